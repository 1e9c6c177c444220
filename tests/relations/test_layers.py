"""The information plane: what noisy layers know, and what is said of it."""

import numpy as np
import pytest

from mist_core import InputError, ParameterError, information_plane


def network(n=400, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 3))
    label = x[:, 0] > 0
    wide = np.tanh(x @ rng.standard_normal((3, 30)))
    return {"wide": wide, "narrow": np.tanh(3 * x[:, :1])}, x, label


def test_a_layer_that_keeps_one_direction_knows_less_of_the_input_but_all_of_the_label():
    layers, x, label = network()
    plane = information_plane(layers, x, label, rng=np.random.default_rng(1))
    assert plane.layer.tolist() == ["wide", "narrow"]
    assert plane.dims.tolist() == [16, 1]
    assert plane.input[0] > plane.input[1] + 0.5
    assert (plane.label <= np.log(2) + 1e-9).all() and plane.label[1] > 0.4
    assert (plane.input_low <= plane.input_high).all()


def test_more_noise_leaves_less():
    layers, x, label = network()
    little, much = (
        information_plane(layers, x, label, noise=noise, rng=np.random.default_rng(1)).input[1]
        for noise in (0.1, 1.0)
    )
    assert much < little


def test_the_caveat_is_said_with_the_noise():
    layers, x, label = network(50)
    plane = information_plane(layers, x, label, noise=0.2, rng=np.random.default_rng(1))
    assert "infinite" in plane.attrs["caveat"] and "0.2" in plane.attrs["caveat"]


def test_without_noise_there_is_nothing_to_measure():
    layers, x, label = network(50)
    with pytest.raises(ParameterError, match="infinite"):
        information_plane(layers, x, label, noise=0.0, rng=np.random.default_rng(1))


def test_activations_are_tables_of_numbers():
    _, x, label = network(50)
    with pytest.raises(InputError, match="first"):
        information_plane({"first": np.zeros((5, 5, 5))}, x, label, rng=np.random.default_rng(1))
