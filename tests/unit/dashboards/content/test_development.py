"""The page *Utvikling*: its sentences say what its tests found, in three languages."""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.analysis import change
from dashboards.analysis.control import Signal
from dashboards.analysis.trend import Direction, NoTrend, Obstacle, Slope, Trend
from dashboards.charts.colours import DARK, LIGHT
from dashboards.charts.control_chart import Limits, Month, Named, control_chart
from dashboards.content import development as content
from dashboards.content import sentences, side_by_side
from dashboards.content.development import DevelopmentFigures
from dashboards.content.labels import Labels
from dashboards.content.shared import Picture
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.queries.development import Reading
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL

LANGUAGES = ["nb", "nn", "en"]


def _labels(language: Language = Language.NB) -> Labels:
    return Labels(current_publication(Home(made.standing_home())), Texts(language))


def _view(indicator: str = "coordinator_coverage", **chosen: object) -> View:
    view = View(Language.NB, LARGE, AS_OF, indicator, "standard")
    return dataclasses.replace(view, **chosen)  # type: ignore[arg-type]


def _figures(view: View, language: Language = Language.NB) -> DevelopmentFigures:
    found = content.gather(_labels(language), view)
    assert isinstance(found, DevelopmentFigures)
    return found


def _of_values(
    values: list[float], kind: Kind = Kind.SHARE, language: Language = Language.NB
) -> DevelopmentFigures:
    """Return the figures of a page whose months have these shares of a thousand."""
    indicator = {
        Kind.SHARE: "coordinator_coverage",
        Kind.RATIO: "persons_per_coordinator",
    }[kind]
    months = []
    day = AS_OF
    for value in reversed(values):
        months.append(Reading(day, round(1000 * value), 1000, value, value - 0.03, value + 0.03))
        day = day.replace(day=1) - dt.timedelta(days=1)
    months.reverse()
    figures = _figures(_view(indicator), language)
    chart = content.control.control_chart(content.control.changes(values), 0.001)
    found = content.trend.recent_trend(months, AS_OF, kind, 0)
    return dataclasses.replace(
        figures,
        readings=tuple(months),
        months=tuple(months),
        change=change.in_a_year(months, AS_OF, kind),
        chart=chart,
        trend=found,
    )


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


def _lead(figures: DevelopmentFigures) -> str:
    return _plain(content.headline(figures))


STEADY = [0.60, 0.61] * 30


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            Language.NB,
            "Koordinatordekning i Asker: 52,0 %. Andelen er 10,0 prosentpoeng høyere enn for ett "
            "år siden, mer enn tilfeldigheter kan forklare.",
        ),
        (
            Language.NN,
            "Koordinatordekning i Asker: 52,0 %. Prosentdelen er 10,0 prosentpoeng høgare enn for "
            "eitt år sidan, meir enn tilfeldig variasjon kan forklare.",
        ),
        (
            Language.EN,
            "Coordinator coverage in Asker: 52.0 %. The share is 10.0 percentage points higher than a year "
            "ago, more than chance can explain.",
        ),
    ],
)
def test_the_lead_is_the_change_in_a_year_and_the_picture_says_the_same(
    language: Language, expected: str
) -> None:
    figures = _of_values([*[0.42] * 48, *[0.52] * 12], language=language)
    assert _lead(figures) == expected
    assert _plain(content.over_time(figures).title) == expected


@pytest.mark.parametrize(
    ("language", "up", "down", "neither"),
    [
        (Language.NB, "Opp fra 40,0 %", "Ned fra 60,0 %", "sikker"),
        (Language.NN, "Opp frå 40,0 %", "Ned frå 60,0 %", "sikker"),
        (Language.EN, "Up from 40.0 %", "Down from", "clear"),
    ],
)
def test_the_trend_stands_beside_its_years_and_not_in_the_lead(
    language: Language, up: str, down: str, neither: str
) -> None:
    rising = _of_values([0.40 + 0.03 * (at // 12) for at in range(-11, 49)], language=language)
    falling = _of_values([0.60 - 0.03 * (at // 12) for at in range(-11, 49)], language=language)
    still = _of_values(STEADY, language=language)
    for figures, expected in ((rising, up), (falling, down)):
        assert _plain(content.how_tested(figures)).startswith(expected)
        assert expected not in _lead(figures)
    assert neither in content.how_tested(still).split(". ")[0]


@pytest.mark.parametrize(
    ("last", "expected", "is_news"),
    [
        ([], "Ingen av de 59 månedene siden januar 2021 har hatt en uvanlig endring.", False),
        ([0.90], "Økningen i desember 2025 (+30,0) er større enn det som har vært vanlig", True),
        ([0.30], "Nedgangen i desember 2025 (\u221230,0) er større enn det som har vært", True),
        (
            [0.62, 0.635, 0.65, 0.665, 0.68, 0.695, 0.71, 0.725],
            "De siste 9 månedene har endringen vært over gjennomsnittet siden januar 2021.",
            False,
        ),
        (
            [0.90, 0.60, 0.61, 0.60, 0.61],
            "2 av de 59 månedene siden januar 2021 har hatt en uvanlig endring, sist september "
            "2025.",
            False,
        ),
    ],
)
def test_the_lead_ends_with_what_stands_out_by_month_only_where_it_is_news(
    last: list[float], expected: str, is_news: bool
) -> None:
    figures = _of_values([*STEADY[: 60 - len(last)], *last])
    picture = content.by_month(figures)
    assert isinstance(picture, Picture)
    assert _plain(picture.title).startswith(expected)
    assert (_plain(picture.title) in _lead(figures)) is is_news


def test_a_level_that_moves_all_the_while_is_no_news() -> None:
    climbing = _of_values([0.30 + 0.005 * at + 0.004 * (-1) ** at for at in range(60)])
    assert climbing.chart is not None
    assert climbing.chart.marked == ()
    assert "uvanlig" not in _lead(climbing)


def test_differences_that_nobody_can_read_are_not_told_of() -> None:
    figures = _figures(_view("persons_per_coordinator", municipality=SMALL))
    assert figures.chart is not None
    assert figures.chart.stretches == ()
    changes = content.control.changes([month.value for month in figures.months])
    assert content.control.control_chart(changes, 0.0).stretches


@pytest.mark.parametrize("language", list(Language))
def test_the_usual_changes_are_told_with_their_unit(language: Language) -> None:
    picture = content.by_month(_of_values(STEADY, language=language))
    assert isinstance(picture, Picture)
    told = picture.remarks[0].replace(".", ",")
    assert "\u22125,3" in told
    assert "+5,3" in told
    unit = "percentage points" if language is Language.EN else "prosentpoeng"
    assert unit in told


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_why_there_is_no_trend_is_told(language: Language, obstacle: Obstacle) -> None:
    figures = _of_values(STEADY, language=language)
    without = dataclasses.replace(figures, trend=NoTrend(obstacle, figures.readings[:3]))
    told = content.how_tested(without)
    assert len(told) > 60
    assert told not in content.headline(without)


def test_what_has_no_test_is_set_beside_the_year_before_and_not_judged() -> None:
    title = content.over_time(_of_values([2.0] * 24 + [3.0], Kind.RATIO)).title
    assert title.endswith(
        "3,0. For ett år siden var tallet 2,0. Det er ikke testet om endringen kan være tilfeldig."
    )


def test_the_trend_does_not_reach_over_a_break() -> None:
    found = _figures(_view(municipality=MIDDLE)).trend
    assert isinstance(found, NoTrend)
    assert found.obstacle is Obstacle.BROKEN
    assert [reading.date.year for reading in found.readings] == [2024, 2025]


def test_the_months_begin_at_the_break() -> None:
    figures = _figures(_view(municipality=MIDDLE))
    assert figures.months[0].date == dt.date(2024, 1, 31)
    assert len(figures.months) == 24


def test_a_break_is_named_in_the_picture_and_told_below_it() -> None:
    picture = content.over_time(_figures(_view(municipality=MIDDLE)))
    figure = picture.draw(LIGHT)
    assert "nytt system" in [note.text for note in figure.layout.annotations]
    assert any("1. januar 2024 (bytte av system: Gerica)" in each for each in picture.remarks)


def test_compared_municipalities_are_lines_and_stand_in_one_table_with_their_grades() -> None:
    picture = content.over_time(_figures(_view(compared=(MIDDLE, SMALL))))
    names = {trace.name for trace in picture.draw(DARK).data}
    assert {"Asker", "Senja", "Suldal"} <= names
    assert picture.remarks[0].startswith("31. desember 2025 kan 3 kommuner sammenlignes: fra 59,0")
    labels, view = _figures(_view(compared=(MIDDLE, SMALL))).labels, _view(compared=(MIDDLE, SMALL))
    rows = [(row[0], row[-2]) for row in side_by_side.table(labels, view).rows]
    assert rows == [("Suldal", "B"), ("Asker", "A"), ("Senja", "B")]
    assert any(each.startswith("Hull i linjene") for each in picture.remarks)


def test_a_municipality_without_such_figures_has_no_line() -> None:
    picture = content.over_time(_figures(_view("coordinator_rate", compared=(SMALL,))))
    assert any("tall mangler for gruppen: Suldal" in each for each in picture.remarks)


def test_a_group_of_few_persons_is_drawn_hollow_and_not_judged_by_month() -> None:
    figures = _figures(_view(municipality=SMALL, age_group="90+"))
    picture = content.over_time(figures)
    assert any(each.startswith("Åpne punkter bygger på færre enn 10") for each in picture.remarks)
    hollow = [trace for trace in picture.draw(LIGHT).data if trace.marker.color == LIGHT.paper]
    assert hollow
    assert "mer enn 12 måneder" in absence(lambda: content.by_month(figures))


@pytest.mark.parametrize(
    ("kind", "numerator", "denominator", "low"),
    [
        (Kind.SHARE, 1, 2, 0.1),
        (Kind.RATE, 1, 2, 0.1),
        (Kind.RATIO, 1, 2, None),
        (Kind.MEDIAN, None, 2, 0.1),
        (Kind.COUNT, 1, None, None),
    ],
)
def test_every_kind_of_figure_has_its_table_and_its_hover(
    kind: Kind, numerator: int | None, denominator: int | None, low: float | None
) -> None:
    figures = _figures(_view())
    indicator = dataclasses.replace(figures.indicator, kind=kind)
    readings = tuple(
        Reading(each.date, numerator, denominator, 1.0, low, low and 2.0)
        for each in figures.readings
    )
    figures = dataclasses.replace(
        figures,
        indicator=indicator,
        readings=readings,
        trend=NoTrend(Obstacle.NO_INTERVAL, readings[-2:]),
    )
    table = content.table_of_years(figures)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert not any(value is None for row in table.rows for value in row)
    series = content.table_over_time(figures)
    assert all(len(row) == len(series.columns) for row in series.rows)
    assert content.headline(figures)


def test_days_are_written_as_days() -> None:
    labels = _labels()
    written = [sentences.value(labels, Kind.MEDIAN, value) for value in (1.0, 12.0, 12.5)]
    assert written == ["1 dag", "12 dager", "12,5 dager"]
    assert sentences.value(labels, Kind.COUNT, 1234.0) == f"1{NO_BREAK_SPACE}234"


def test_the_table_of_months_names_the_signals() -> None:
    figures = _of_values([*STEADY[:-1], 0.90])
    assert figures.chart is not None
    table = content.table_by_month(figures, figures.chart)
    assert table.rows[0] == (AS_OF, 0.90, pytest.approx(30), "uvanlig økning")
    assert {row[3] for row in table.rows[1:]} == {""}


def test_marked_months_have_their_own_shape_and_each_stretch_is_named() -> None:
    days = [dt.date(2025, month, 28) for month in range(1, 13)]
    months = [Month(day, 0.5, "hover") for day in days]
    months[3] = dataclasses.replace(months[3], symbol="diamond")
    named = [
        Named(days[3], days[3], "over grensen"),
        Named(days[3], days[11], "9 på rad over snittet"),
    ]
    limits = Limits(0.5, 0.4, 0.6, "Snitt<br>50 %", "Nedre<br>40 %", "Øvre<br>60 %")
    figure = control_chart(LIGHT, months, limits, named, str, str, 0.001)
    (trace,) = figure.data
    assert trace.marker.symbol.count("diamond") == 1
    assert trace.marker.symbol[3] == "diamond"
    assert trace.marker.size[3] > trace.marker.size[2]
    written = {note.text: note for note in figure.layout.annotations}
    assert {"over grensen", "9 på rad over snittet", "<b>Snitt<br>50 %</b>"} <= set(written)
    # They overlap, so that they stand in different rows.
    assert written["over grensen"].y != written["9 på rad over snittet"].y
    low, high = figure.layout.yaxis.range
    assert low < limits.lower
    assert high > limits.upper


def test_an_axis_of_equal_figures_has_ticks_that_differ() -> None:
    days = [dt.date(2025, month, 28) for month in range(1, 13)]
    limits = Limits(0.5, 0.5, 0.5, "a", "b", "c")
    months = [Month(day, 0.5, "hover") for day in days]
    figure = control_chart(LIGHT, months, limits, [], "{:.3f}".format, str, 0.001)
    ticks = figure.layout.yaxis.ticktext
    assert len(ticks) == len(set(ticks)) > 1


def test_every_signal_has_its_words() -> None:
    assert set(content._SHAPES) == set(Signal)
    assert {Slope(1.0, direction).direction for direction in Direction} == set(Direction)
    assert isinstance(_of_values(STEADY).trend, Trend)


@pytest.fixture(name="_home")
def _published(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SAMORDNA_HOME", str(made.standing_home()))
    yield


@pytest.mark.usefixtures("_home")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_its_pictures_and_their_tables(language: str) -> None:
    page = open_page("development", lang=language, municipality=MIDDLE, compare=[LARGE])
    assert (
        page.app.title[0].value
        == {"nb": "Utvikling", "nn": "Utvikling", "en": "Development"}[language]
    )
    (lead,) = page.texts("lead")
    assert len(lead) > 100
    pictures = [chart.proto.alt for chart in page.app.get("plotly_chart")]
    assert len(pictures) == 4
    assert all(len(description) > 60 for description in pictures)
    assert page.html.count('<table class="figures">') == 6
    assert len(page.texts("notes")) == 4
    assert not page.app.warning


@pytest.mark.usefixtures("_home")
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("municipality", MIDDLE),
        ("date", "2024-12-31"),
        ("indicator", "plan_coverage"),
        ("ages", "childhood"),
        ("age", "0-17"),
        ("area", "home_care"),
    ],
)
def test_each_filter_changes_the_page(parameter: str, value: str) -> None:
    page = open_page("development")
    before = page.html
    page.app.selectbox(key=f"choose_{parameter}").select(value)
    page.app.run()
    assert not page.app.exception
    assert page.html != before
    assert not page.app.warning


@pytest.mark.usefixtures("_home")
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_indicator_without_groups_offers_all_of_them_and_does_not_complain(
    language: str,
) -> None:
    page = open_page(
        "development",
        lang=language,
        indicator="persons_per_coordinator",
        ages="childhood",
        age="0-5",
        area="school",
    )
    assert not page.app.warning
    assert page.texts("told") == []
    assert len(page.app.get("plotly_chart")) == 2
    for parameter in ("age", "area", "ages"):
        assert len(page.app.selectbox(key=f"choose_{parameter}").options) == 1
    assert page.app.selectbox(key="choose_age").value == ALL
    assert "0-5" not in "".join(page.texts("notes"))


@pytest.mark.usefixtures("_home")
def test_a_rate_has_ages_and_no_areas() -> None:
    page = open_page("development", indicator="coordinator_rate", area="home_care", age="0-17")
    assert not page.app.warning
    assert len(page.app.selectbox(key="choose_area").options) == 1
    assert page.app.selectbox(key="choose_age").value == "0-17"


@pytest.mark.usefixtures("_home")
@pytest.mark.parametrize("language", LANGUAGES)
def test_absence_is_told(language: str) -> None:
    (told,) = open_page("development", lang=language, municipality=EMPTY).texts("told")
    assert told.startswith("Bø ")
    (told,) = open_page("development", lang=language, age="90+", area="school").texts("told")
    assert len(told) > 60
    (told,) = open_page(
        "development", lang=language, municipality=SMALL, indicator="coordinator_rate"
    ).texts("told")
    assert "Suldal" in told


@pytest.mark.parametrize("language", list(Language))
def test_a_series_that_has_no_figure_on_the_date_says_which_is_nearest(
    language: Language,
) -> None:
    figures = _of_values(STEADY, language=language)
    ended = dataclasses.replace(
        figures, readings=figures.readings[:-1], months=(), chart=None,
        trend=NoTrend(Obstacle.FEW_POINTS, ()),
    )  # fmt: skip
    lead = _lead(ended)
    assert "2025" in lead
    assert "30" in lead
    assert re.search(r"60[.,]0", lead)
    assert content.over_time(ended).title
    assert absence(lambda: content.by_month(ended))
