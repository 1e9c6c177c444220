"""Conditional laws in closed form: normal and Student sides, and correlations that Z moderates."""

import math

import torch
from torch import Tensor

from mist_core.distributions.numerics.randomness import (
    Source,
    coin,
    log_uniform,
    normal,
    random_covariance,
)
from mist_core.priors.conditional.batch import Shape, Triples, latents, shown
from mist_core.priors.random_functions import RandomNetwork

# How often a normal law is the root of a Student law, and how often rows in time have no Z.
STUDENT, STILL = 0.3, 0.4
# Rows besides those drawn over which a moderated information is averaged.
POOL = 8192


def gaussian(shape: Shape, source: Source) -> Triples:
    """X = A Z + E and Y = B Z + F, E and F jointly normal; often all divided by one radius."""
    still = shape.ordered and source.rng.random() < STILL
    covariance = _left_over(shape, source)
    noise = latents(shape, shape.p + shape.q, source) @ torch.linalg.cholesky(covariance).mT
    e, f = noise.split([shape.p, shape.q], -1)
    z = latents(shape, shape.r, source)
    information = _information(covariance, shape.p)
    if still:
        z = 0 * z
    else:
        turn = random_covariance(source, log_uniform(source, 0.1, 2, shape.count), shape.r)
        z = z @ torch.linalg.cholesky(turn).mT
        e, f = (side + z @ _loads(side.shape[-1], shape, source) for side in (e, f))
    if not shape.ordered and source.rng.random() < STUDENT:
        df = log_uniform(source, 1, 15, shape.count)
        gamma = torch._standard_gamma(df[:, None, None] / 2 + 0 * e[..., :1], source.generator)
        radius = (gamma.clamp_min(1e-12) / (df[:, None, None] / 2)).sqrt()
        e, f, z = (side / radius for side in (e, f, z))
        information = information + _student_excess(df, shape)
    sides = shown((e, f, z), shape, source)
    if still:
        sides = *sides[:2], z.float()
    return Triples(*sides, information, "gaussian", shape.ordered)


def moderated(shape: Shape, source: Source) -> Triples:
    """Normal pairs whose correlation is a random function of Z, as is where they lie."""
    pairs = int(source.rng.integers(1, min(shape.p, shape.q), endpoint=True))
    z = latents(shape, shape.r, source)
    pool = torch.cat([z, normal(source, shape.count, POOL, shape.r)], 1)
    strength = log_uniform(source, 0.3, 3, shape.count, 1, 1)
    bias = normal(source, shape.count, 1, 1)
    rho = 0.97 * (strength * (RandomNetwork(shape.r, 1, shape.count, source)(pool) + bias)).tanh()
    if shape.nothing:
        rho = 0 * rho
    information = pairs * (-torch.log1p(-rho.square()) / 2).mean((1, 2))
    rho = rho[:, : shape.n]
    e, f = latents(shape, 2 * pairs, source).split(pairs, -1)
    f = rho * e + (1 - rho.square()).sqrt() * f
    e, f = (side + _moved(z, pairs, shape, source) for side in (e, f))
    return Triples(*shown((e, f, z), shape, source), information, "moderated", shape.ordered)


def _moved(z: Tensor, columns: int, shape: Shape, source: Source) -> Tensor:
    size = log_uniform(source, 0.05, 3, shape.count, 1, 1)
    return size * RandomNetwork(shape.r, columns, shape.count, source)(z)


def _left_over(shape: Shape, source: Source) -> Tensor:
    """(B, p + q, p + q) covariances of what Z leaves: dense, or pairs of columns only."""
    d, m = shape.p + shape.q, min(shape.p, shape.q)
    if source.rng.random() < 0.5:
        spread = log_uniform(source, 0.1, 3, shape.count)
        covariance = random_covariance(source, spread, d)
    else:
        covariance = torch.eye(d, dtype=torch.float64).repeat(shape.count, 1, 1)
        pairs = int(source.rng.integers(1, m, endpoint=True))
        top = source.uniform(0, 1, shape.count, 1).sqrt() * 0.99
        rho = top * source.uniform(0.3, 1, shape.count, pairs)
        for k in range(pairs):
            covariance[:, k, shape.p + k] = covariance[:, shape.p + k, k] = rho[:, k]
    if shape.nothing:
        covariance[:, : shape.p, shape.p :] = 0
        covariance[:, shape.p :, : shape.p] = 0
    return covariance


def _loads(columns: int, shape: Shape, source: Source) -> Tensor:
    size = log_uniform(source, 0.05, 3, shape.count, 1, 1) / shape.r**0.5
    loads = size * normal(source, shape.count, shape.r, columns)
    if source.rng.random() < 0.4:  # few of them
        loads = loads * coin(source, 0.4, shape.count, shape.r, columns)
    return loads


def _information(covariance: Tensor, p: int) -> Tensor:
    whole = torch.linalg.slogdet(covariance)[1]
    parts = (covariance[:, :p, :p], covariance[:, p:, p:])
    return ((sum(torch.linalg.slogdet(part)[1] for part in parts) - whole) / 2).clamp_min(0)


def _student_excess(df: Tensor, shape: Shape) -> Tensor:
    """What a common radius adds: entropies of standard Student vectors of the four sizes."""

    def entropy(d: int) -> Tensor:
        whole, own = (df + d) / 2, df / 2
        shape_term = own.lgamma() - whole.lgamma() + d / 2 * (df * math.pi).log()
        return shape_term + whole * (whole.digamma() - own.digamma())

    p, q, r = shape.p, shape.q, shape.r
    return entropy(p + r) + entropy(q + r) - entropy(r) - entropy(p + q + r)
