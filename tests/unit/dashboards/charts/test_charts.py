"""The pictures: pure functions, read back from the figures that they make."""

import dataclasses
import datetime as dt

import plotly.graph_objects as go
import pytest

from dashboards.charts.base import SeriesPoint, broken, round_up, stacked
from dashboards.charts.colours import DARK, LIGHT, Palette, contrast, text_on
from dashboards.charts.dots import Dot, dots
from dashboards.charts.heat_map import HeatCell, Line, heat_map
from dashboards.charts.sparkline import sparkline
from dashboards.charts.survival_curve import Reached, survival_curve
from dashboards.charts.time_series import BreakMark, Series, month_ticks, time_series
from dashboards.charts.waterfall import Bar, waterfall


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@PALETTES
@pytest.mark.parametrize("part", [step / 100 for step in range(101)])
def test_text_is_read_on_every_shade(palette: Palette, part: float) -> None:
    shade = palette.shade(part)
    assert contrast(text_on(shade), shade) >= 4.5


@PALETTES
def test_ink_links_and_lines_are_read_where_they_are_used(palette: Palette) -> None:
    for under in (palette.small, palette.paper, palette.ground):
        for text in (palette.ink, palette.ink_soft, palette.link):
            assert contrast(text, under) >= 4.5
    assert contrast(palette.accent, palette.paper) >= 3
    assert all(contrast(line, palette.paper) >= 2 for line in palette.lines)
    assert palette.lines[0] == palette.accent


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@PALETTES
def test_the_scale_is_one_hue_that_leaves_the_paper(palette: Palette) -> None:
    on_paper = [contrast(palette.shade(step / 10), palette.paper) for step in range(11)]
    assert on_paper == sorted(on_paper)
    assert palette.shade(-1) == palette.shade(0)
    assert palette.shade(2) == palette.shade(1)


@pytest.mark.parametrize(
    ("number", "expected"), [(0.612, 0.8), (1.0, 1.0), (0.15, 0.2), (14.2, 20), (0, 1), (103, 200)]
)
def test_axes_end_at_round_numbers(number: float, expected: float) -> None:
    assert round_up(number) == pytest.approx(expected)


def test_long_labels_are_broken() -> None:
    assert broken("Habilitering, bo- og miljøtjenester", 26) == (
        "Habilitering, bo- og<br>miljøtjenester"
    )
    assert broken("Helsestasjon og skolehelsetjeneste:\u00a0118", 20) == (
        "Helsestasjon og<br>skolehelsetjeneste:\u00a0118"
    )


def test_a_heat_map_writes_every_figure_and_sets_all_apart() -> None:
    rows = [Line("a", "Barnehage"), Line("b", "Skole"), Line("all", "Alle", is_all=True)]
    columns = [Line("0-17", "0-17"), Line("all", "Alle", is_all=True)]
    cells = {
        (row.code, column.code): HeatCell(0.5, f"{row.code}/{column.code}", "1 av 2", "hover")
        for row in rows
        for column in columns
    }
    cells["a", "0-17"] = HeatCell(0.1, "10 %*", "1 av 9", "small", is_small=True)
    cells["b", "0-17"] = HeatCell(None, ".", "", "nobody")
    figure = heat_map(LIGHT, rows, columns, cells)
    boxes, values, counts, hover = figure.data
    assert list(values.text) == ["10 %*", "a/all", ".", "b/all", "all/0-17", "all/all"]
    assert list(counts.text)[:3] == ["1 av 9", "1 av 2", ""]
    assert hover.hovertext[0] == "small"
    # One box for each cell that has a figure; the small one in its own colour.
    assert len(boxes.marker.color) == 5
    assert boxes.marker.color[0] == LIGHT.small
    first, last = figure.layout.xaxis.tickvals
    assert last - first > 1
    assert figure.layout.xaxis.ticktext[-1] == "<b>Alle</b>"


def _line(name: str, values: list[float], step: int = 1) -> Series:
    days = [dt.date(2025, month, 28) for month in range(1, 1 + step * len(values), step)]
    return Series(
        name,
        [
            SeriesPoint(day, value, value - 0.1, value + 0.1, name)
            for day, value in zip(days, values, strict=True)
        ],
    )


def test_a_series_names_its_lines_and_bands_the_chosen_one() -> None:
    lines = [_line("Asker", [0.5, 0.6]), _line("Senja", [0.55, 0.61])]
    figure = time_series(LIGHT, lines, dt.date(2025, 2, 28), [], _percent, _percent, str)
    assert [trace.name for trace in figure.data if trace.name] == ["Senja", "Asker"]
    assert sum(trace.fill == "toself" for trace in figure.data) == 1
    names = [note.text for note in figure.layout.annotations]
    assert any("<b>Asker</b>" in name for name in names)
    assert "<b>60 %</b>" in names
    assert figure.layout.yaxis.range[0] == 0
    heights = sorted(note.y for note in figure.layout.annotations if "●" in note.text)
    assert heights[1] - heights[0] > 0.03


def test_a_value_does_not_stand_over_the_fall_that_leads_to_it() -> None:
    def anchor(values: list[float]) -> str:
        figure = time_series(
            LIGHT, [_line("Senja", values)], dt.date(2025, 4, 28), [], _percent, _percent, str
        )
        (written,) = [note for note in figure.layout.annotations if "%" in note.text]
        return str(written.yanchor)

    assert anchor([0.6, 0.6, 0.6, 0.5]) == "top"
    assert anchor([0.5, 0.5, 0.5, 0.6]) == "bottom"
    assert anchor([0.6, 0.6, 0.6, 0.01]) == "bottom"  # below it stand the years


def test_a_missing_month_is_a_gap_in_the_line() -> None:
    figure = time_series(
        LIGHT,
        [_line("Asker", [0.5, 0.6], step=3)],
        dt.date(2025, 4, 28),
        [],
        _percent,
        _percent,
        str,
    )
    line = next(trace for trace in figure.data if trace.name == "Asker")
    assert list(line.y) == [0.5, None, 0.6]


def _months(values: list[float | None]) -> list[SeriesPoint]:
    """Return a point for each month that has a value, without its interval where it is over one."""
    return [
        SeriesPoint(
            dt.date(2025, month, 1),
            value,
            None if value > 1 else value - 0.1,
            None if value > 1 else value + 0.1,
            "",
        )
        for month, value in enumerate(values, start=1)
        if value is not None
    ]


def _bands(figure: go.Figure) -> list[list[int]]:
    """Return the months that each field of intervals is drawn over."""
    return [
        [day.month for day in trace.x[: len(trace.x) // 2]]
        for trace in figure.data
        if trace.fill == "toself"
    ]


# A month of five without a figure, a month without an interval, and one that stands alone.
_GAPS = ([0.5, 0.6, None, 0.7, 0.7], [0.5, 0.6, 1.2, 0.7, 0.7], [0.5, None, 0.6, 0.7, 1.2])
_PARTS = ([[1, 2], [4, 5]], [[1, 2], [4, 5]], [[1], [3, 4]])


@pytest.mark.parametrize(("values", "parts"), list(zip(_GAPS, _PARTS, strict=True)))
def test_a_band_is_parted_wherever_a_month_has_none(
    values: list[float | None], parts: list[list[int]]
) -> None:
    points = _months(values)
    lines = [Series("Kinn", points)]
    figure = time_series(LIGHT, lines, points[-1].date, [], _percent, _percent, str)
    small = [SeriesPoint(p.date, p.value, p.low, p.high, "") for p in points]
    for drawn in (figure, sparkline(LIGHT, small, points[-1].date, [])):
        assert _bands(drawn) == parts
    # What is one month wide is a rule of its own width, or it could not be seen.
    widths = [trace.line.width for trace in figure.data if trace.fill == "toself"]
    assert [width > 0 for width in widths] == [len(part) == 1 for part in parts]


def test_the_band_of_a_curve_ends_where_a_step_has_no_limits() -> None:
    limits = [None, (0.1, 0.3), (0.2, 0.5), None, (0.5, 0.9)]
    steps = [
        Reached(10 * at, at / 5, *(each or (None, None)), hover="")
        for at, each in enumerate(limits)
    ]
    figure = survival_curve(LIGHT, steps, 50, [], "", _percent)
    tops = [trace for trace in figure.data if trace.fill == "tonexty"]
    assert [(top.x[0], top.x[-1]) for top in tops] == [(10, 30), (40, 50)]
    assert [set(top.y) for top in tops] == [{0.3, 0.5}, {0.9}]


def test_a_small_line_is_parted_where_a_month_is_missing() -> None:
    points = [SeriesPoint(p.date, p.value, p.low, p.high, "") for p in _months(_GAPS[0])]
    figure = sparkline(LIGHT, points, points[-1].date, [])
    lines = [trace for trace in figure.data if trace.fill is None and trace.mode == "lines"]
    assert [[day.month for day in line.x] for line in lines] == [[1, 2], [4, 5]]


def test_a_break_parts_the_line_and_its_band_and_is_marked() -> None:
    whole = _line("Asker", [0.5, 0.6, 0.7, 0.8])
    points = [
        dataclasses.replace(point, segment=int(place > 1))
        for place, point in enumerate(whole.points)
    ]
    figure = time_series(
        LIGHT,
        [Series("Asker", points)],
        dt.date(2025, 4, 28),
        [
            BreakMark(dt.date(2015, 1, 1), "ny grense"),
            BreakMark(dt.date(2025, 3, 1), "nytt system"),
        ],
        _percent,
        _percent,
        str,
    )
    line = next(trace for trace in figure.data if trace.name == "Asker")
    assert list(line.y) == [0.5, 0.6, None, 0.7, 0.8]
    assert sum(trace.fill == "toself" for trace in figure.data) == 2
    # A break before the first point has nothing to part.
    assert [shape.x0 for shape in figure.layout.shapes] == [dt.date(2025, 3, 1)]
    assert "nytt system" in [note.text for note in figure.layout.annotations]
    assert "ny grense" not in [note.text for note in figure.layout.annotations]


def test_breaks_that_lie_close_have_their_names_in_rows() -> None:
    line = _line("Asker", [0.5, 0.6, 0.7, 0.8])
    marks = [BreakMark(dt.date(2025, 3, day), f"brudd {day}") for day in (1, 2)]
    figure = time_series(
        LIGHT, [line], dt.date(2025, 4, 28), marks, _percent, _percent, str
    )  # fmt: skip
    heights = [note.y for note in figure.layout.annotations if str(note.text).startswith("brudd")]
    assert heights[0] > heights[1] > 1
    assert [shape.y1 for shape in figure.layout.shapes] == heights


@pytest.mark.parametrize(
    ("spans", "rows"),
    [
        ([], []),
        ([(0, 10), (10, 10), (20, 10)], [0, 0, 0]),
        ([(0, 11), (10, 10)], [1, 0]),
        # The last rule goes up through the lowest row only: the first text is above it.
        ([(0, 25), (10, 15), (20, 5)], [2, 1, 0]),
        ([(0, 5), (10, 15), (20, 5)], [0, 1, 0]),
    ],
)
def test_names_stand_in_rows_where_they_would_meet(
    spans: list[tuple[float, float]], rows: list[int]
) -> None:
    assert stacked(spans) == rows


def test_a_point_that_no_line_leads_to_is_a_dot() -> None:
    whole = _line("Asker", [0.5, 0.4, 0.6, 0.6]).points
    first = [
        dataclasses.replace(point, segment=1 + (number > 0)) for number, point in enumerate(whole)
    ]
    lines = [Series("Asker", first), _line("Kinn", [0.3]), Series("Bø", [])]
    figure = time_series(LIGHT, lines, dt.date(2024, 1, 1), [], _percent, _percent, str)
    dots = {tuple(trace.x) for trace in figure.data if trace.mode == "markers"}
    assert dots == {(whole[0].date,), (lines[1].points[0].date,)}
    assert [trace.name for trace in figure.data if trace.name] == ["Kinn", "Asker"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (dt.date(2018, 9, 30), dt.date(2025, 12, 31), [(year, 1) for year in range(2019, 2026)]),
        (dt.date(2024, 1, 31), dt.date(2025, 12, 31), [(2024, 7), (2025, 1), (2025, 7)]),
        (dt.date(2025, 1, 31), dt.date(2025, 12, 31), [(2025, 4), (2025, 7), (2025, 10)]),
        (dt.date(2025, 1, 31), dt.date(2025, 3, 31), [(2025, 2), (2025, 3)]),
        (dt.date(2025, 1, 31), dt.date(2025, 1, 31), []),
    ],
)
def test_months_are_named_as_densely_as_there_is_room(
    first: dt.date, last: dt.date, expected: list[tuple[int, int]]
) -> None:
    assert [(tick.year, tick.month) for tick in month_ticks(first, last)] == expected


def test_dots_have_intervals_and_everybody_as_a_line() -> None:
    groups = [
        Dot("0-17 år", 13.5, 11.0, 16.0, "13,5", "hover"),
        Dot("18-49 år", None, None, None, "..", ""),
    ]
    figure = dots(LIGHT, groups, Dot("Alle aldre", 10.0, 9.0, 11.0, "10,0", "hover"), _percent)
    (trace,) = figure.data
    assert list(trace.x) == [13.5, 10.0]
    assert list(trace.error_x.array) == [2.5, 1.0]
    assert figure.layout.shapes[0].x0 == 10.0
    assert [text.strip() for text in figure.layout.yaxis.ticktext] == [
        "0-17 år: 13,5",
        "18-49 år: ..",
        "<b>Alle aldre: 10,0</b>",
    ]


def test_a_waterfall_hangs_its_changes_between_its_levels() -> None:
    bars = [
        Bar("Rader lest", 0, 100, True, "100", "read"),
        Bar("Dubletter", 100, 90, False, "−10", "duplicates", address="?rule=x#findings"),
        Bar("Opphold", 90, 95, False, "+5", "gaps"),
        Bar("Personer", 0, 95, True, "95", "persons"),
        Bar("Herav 0-17 år", 0, 20, True, "20", "part", is_part=True),
    ]
    figure = waterfall(LIGHT, bars)
    (trace,) = figure.data
    assert list(trace.base) == [0, 90, 90, 0, 0]
    assert list(trace.x) == [100, 10, 5, 95, 20]
    assert trace.marker.color[1] == LIGHT.taken_away
    assert trace.marker.color[4] == LIGHT.accent_light
    assert 'href="?rule=x#findings"' in figure.layout.yaxis.ticktext[1]
    assert [note.text for note in figure.layout.annotations][:2] == ["<b>100</b>", "−10"]
