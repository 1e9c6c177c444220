"""The gallery: twelve shapes, each drawn as a small picture of its own rows."""

import re

import pytest

from mist_core.explore.gallery import GALLERY, HEIGHT, WIDTH, shape_of, thumbnail
from mist_core.explore.scenario import Scene


def test_there_are_twelve_different_shapes():
    assert len(set(GALLERY.values())) == len(GALLERY) == 12


@pytest.mark.parametrize("name", GALLERY)
def test_a_thumbnail_holds_the_rows_inside_of_its_frame(name):
    svg = thumbnail(GALLERY[name])
    places = [tuple(map(int, found)) for found in re.findall(r"M(\d+) (\d+)h0", svg)]
    assert len(places) >= 130
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    assert svg == thumbnail(GALLERY[name])


@pytest.mark.parametrize("name", GALLERY)
def test_a_shape_is_known_again_with_another_seed(name):
    shape = GALLERY[name]
    again = Scene(shape.family, shape.parameters, shape.dim_x, shape.dim_y, (), 7)
    assert shape_of(again) == name


def test_other_scenes_are_no_shape():
    assert shape_of(Scene("ring", (("noise", 0.5),))) is None
