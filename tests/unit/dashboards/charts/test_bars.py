"""Horizontal bars, read back from the figures that they make."""

import itertools

import pytest

from dashboards.charts.bars import Bar, Part, bars
from dashboards.charts.colours import DARK, LIGHT, Palette, contrast

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
PARTS = [Part("Levende", 1.0), Part("Ikke levende", 0.06)]


def _bar(label: str, *values: int, **settings: object) -> Bar:
    texts = [str(value) for value in values]
    bar = Bar(label, str(sum(values)), values, texts, texts)
    return Bar(**{**vars(bar), **settings})


@PALETTES
def test_each_part_is_drawn_with_its_number_and_each_bar_says_its_whole(palette: Palette) -> None:
    figure = bars(palette, PARTS, [_bar("1 år", 5, 2), _bar("2 år", 3, 0)])
    assert [list(trace.x) for trace in figure.data] == [[5, 3], [2, 0]]
    assert [list(trace.text) for trace in figure.data] == [["5", "3"], ["2", "0"]]
    assert list(figure.layout.yaxis.ticktext) == ["1 år:\u00a07", "2 år:\u00a03"]
    assert figure.layout.showlegend
    assert [trace.name for trace in figure.data] == ["Levende", "Ikke levende"]


def test_bars_of_one_part_need_no_legend() -> None:
    assert not bars(LIGHT, PARTS[:1], [_bar("1 år", 5)]).layout.showlegend


def test_as_wholes_all_bars_have_one_length() -> None:
    figure = bars(LIGHT, PARTS, [_bar("Skole", 5, 15), _bar("PPT", 1, 1)], as_wholes=True)
    assert [list(trace.x) for trace in figure.data] == [[0.25, 0.5], [0.75, 0.5]]


def test_a_bar_of_nothing_is_drawn_without_a_length() -> None:
    figure = bars(LIGHT, PARTS, [_bar("Skole", 0, 0)], as_wholes=True)
    assert [list(trace.x) for trace in figure.data] == [[0], [0]]


def test_the_mark_of_a_year_before_has_room_beyond_the_bar() -> None:
    figure = bars(LIGHT, PARTS[:1], [_bar("1 år", 5, before=9), _bar("2 år", 3)])
    (tick,) = figure.layout.shapes
    assert (tick.x0, tick.x1) == (9, 9)
    assert tick.y0 < 0 < tick.y1
    assert figure.layout.xaxis.range[1] >= 9


def test_small_bars_are_thin_and_groups_stand_apart() -> None:
    figure = bars(
        LIGHT,
        PARTS,
        [
            _bar("Skole", 5, 15),
            _bar("PPT", 1, 1, is_small=True),
            _bar("Alle", 6, 16, is_all=True, begins_group=True),
        ],
    )
    whole, small, _ = figure.data[0].width
    assert small < whole / 2
    first, second, last = figure.data[0].y
    assert last - second > second - first
    assert figure.layout.yaxis.ticktext[2] == "<b>Alle:\u00a022</b>"


@PALETTES
def test_the_loads_are_told_apart_without_their_hue(palette: Palette) -> None:
    shades = [palette.shade(darkness) for darkness in (0.06, 0.4, 0.7, 1.0)]
    for lighter, darker in itertools.pairwise(shades):
        assert contrast(lighter, darker) > 1.2
