"""The gradient of eigenvectors: right where it exists, finite where it does not."""

import torch

from mist_core.statistics.eigen import eigh


def symmetric(dim, generator):
    matrix = torch.randn(3, dim, dim, generator=generator, dtype=torch.float64)
    return matrix + matrix.mT


def reconstructed(matrix, function):
    """A smooth function of the matrix through its eigenvalues and eigenvectors."""
    values, vectors = function(matrix)
    return (vectors * values.exp().unsqueeze(-2)) @ vectors.mT


def test_values_and_vectors_are_those_of_torch(generator):
    matrix = symmetric(4, generator)
    for ours, theirs in zip(eigh(matrix), torch.linalg.eigh(matrix), strict=True):
        assert torch.equal(ours, theirs)


def test_the_gradient_of_vectors_is_that_of_torch_where_eigenvalues_differ(generator):
    weights = torch.randn(4, 4, generator=generator, dtype=torch.float64)
    gradients = []
    for function in (eigh, torch.linalg.eigh):
        matrix = symmetric(4, torch.Generator().manual_seed(1)).requires_grad_()
        (
            (reconstructed(matrix, function) + function(matrix)[1].square()) * weights
        ).sum().backward()
        gradients.append((matrix.grad + matrix.grad.mT) / 2)
    torch.testing.assert_close(*gradients, rtol=1e-5, atol=1e-5)


def test_a_smooth_function_of_an_identity_has_a_finite_gradient():
    matrix = torch.eye(3, dtype=torch.float64, requires_grad=True)
    reconstructed(matrix, eigh).diagonal().sum().backward()
    assert torch.isfinite(matrix.grad).all()
    torch.testing.assert_close(matrix.grad.diagonal(), torch.ones(3).double().exp())
