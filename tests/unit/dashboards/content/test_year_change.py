"""The change of each age group from a year before: what is drawn, and what is claimed of it."""

import dataclasses
import datetime as dt

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import ALL
from dashboards.analysis import significance
from dashboards.charts.colours import LIGHT
from dashboards.content import development, series, year_change
from dashboards.content.development import DevelopmentFigures
from dashboards.content.year_change import GroupChange, YearChange
from dashboards.i18n.texts import NO_BREAK_SPACE, Language
from dashboards.queries.development import Reading
from dashboards.view.state import View
from tests.support.no_figure import absence
from tests.support.publication import AS_OF, LARGE, MIDDLE, SMALL
from tests.unit.dashboards.content.test_development import _labels

UNITS = {Language.NB: "prosentpoeng", Language.NN: "prosentpoeng", Language.EN: "percentage points"}


def _figures(
    view: View | None = None, language: Language = Language.NB, **chosen: object
) -> DevelopmentFigures:
    asked = view or View(Language.NB, MIDDLE, AS_OF, "coordinator_coverage", "standard")
    found = development.gather(
        _labels(language),
        dataclasses.replace(asked, **chosen),  # type: ignore[arg-type]
    )
    assert isinstance(found, DevelopmentFigures)
    return found


def _change(**chosen: object) -> YearChange:
    figures = _figures(**chosen)  # type: ignore[arg-type]
    return year_change.gather(figures.labels, figures.view)


def _measured(numerator: int, denominator: int) -> Measured:
    low, high = proportion_confint(numerator, denominator, method="wilson")
    return Measured(numerator, denominator, numerator / denominator, low, high)


@pytest.mark.parametrize(
    ("first", "second"), [((56, 70), (48, 80)), ((9, 10), (3, 10)), ((0, 20), (5, 25))]
)
def test_the_interval_of_a_difference_is_newcombes(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    found = significance.difference(_measured(*first), _measured(*second))
    assert found is not None
    low, high = confint_proportions_2indep(
        *first, *second, method="newcomb", compare="diff", correction=False
    )
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.value == pytest.approx(first[0] / first[1] - second[0] / second[1])


def test_a_figure_without_an_interval_has_no_difference() -> None:
    bare = Measured(5, 10, 0.5, None, None)
    assert significance.difference(bare, _measured(5, 10)) is None
    assert significance.difference(_measured(5, 10), bare) is None


def test_every_age_group_is_compared_with_itself_a_year_before() -> None:
    change = _change()
    assert [group.age_group for group in change.groups][-1] == ALL
    for group in change.groups:
        assert group.now is not None
        assert group.earlier is not None
        assert (group.now.date, group.earlier.date) == (AS_OF, dt.date(2024, 12, 31))
        assert group.difference is not None
        assert group.difference.value == pytest.approx(group.now.value - group.earlier.value)


@pytest.mark.parametrize(
    ("language", "beginning"),
    [
        (Language.NB, "Endringene fra året før i aldersgruppene kan skyldes tilfeldigheter."),
        (Language.NN, "Endringane frå året før i aldersgruppene kan vere tilfeldige."),
        (Language.EN, "The changes of the age groups from the year before may be due to chance."),
    ],
)
def test_what_is_within_chance_is_not_claimed(language: Language, beginning: str) -> None:
    change = _change(language=language, municipality=LARGE)
    assert not any(group.change.verdict.is_sure for group in change.parts)
    assert year_change.headline(change).startswith(beginning)


def _reading(year: int, numerator: int, denominator: int) -> Reading:
    found = _measured(numerator, denominator)
    return Reading(
        dt.date(year, 12, 31), numerator, denominator, found.value, found.low, found.high
    )


def _with(
    monkeypatch: pytest.MonkeyPatch, readings: dict[str, tuple[Reading, ...]], **chosen: object
) -> YearChange:
    """Compare readings that are set beside the published ones, all of whom are otherwise empty."""
    figures = _figures(**chosen)  # type: ignore[arg-type]
    with monkeypatch.context() as patched:
        patched.setattr(series, "readings", lambda _, view: readings.get(view.age_group, ()))
        return year_change.gather(figures.labels, figures.view)


def test_who_has_changed_is_named_with_a_signed_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _with(
        monkeypatch,
        {
            "0-17": (_reading(2024, 400, 1000), _reading(2025, 600, 1000)),
            "18-49": (_reading(2024, 500, 1000), _reading(2025, 300, 1000)),
            "50-66": (_reading(2024, 500, 1000), _reading(2025, 510, 1000)),
        },
    )
    assert year_change.headline(found) == (
        "Endret fra året før mer enn tilfeldigheter kan forklare: "
        "0-17 år (+20,0), 18-49 år (\u221220,0)."
    )


def test_the_more_groups_the_more_is_asked_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    doubtful = (_reading(2024, 500, 1000), _reading(2025, 550, 1000))
    alone = _with(monkeypatch, {"0-17": doubtful})
    same = (_reading(2024, 500, 1000), _reading(2025, 500, 1000))
    among = _with(monkeypatch, {"0-17": doubtful, "18-49": same, "50-66": same, "67-79": same})
    assert "0-17" in year_change.headline(alone)
    assert "0-17" not in year_change.headline(among)


def test_few_persons_are_drawn_and_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _with(monkeypatch, {"0-17": (_reading(2024, 0, 9), _reading(2025, 9, 9))})
    (group, _) = found.groups
    assert group.difference is not None
    assert not group.change.verdict.is_sure
    assert year_change.headline(found).startswith("Aldersgruppene er for små")
    assert any("Små grupper" in each for each in year_change.picture(found).remarks)


def test_a_year_on_the_other_side_of_a_break_is_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = dataclasses.replace(_reading(2024, 400, 1000), segment=0)
    after = dataclasses.replace(_reading(2025, 600, 1000), segment=1)
    found = absence(lambda: _with(monkeypatch, {"0-17": (before, after), ALL: (before, after)}))
    assert found.startswith("Tallserien er brutt")


def test_the_first_year_has_nothing_before_it() -> None:
    found = absence(lambda: _change(reference_date=dt.date(2023, 6, 30)))
    assert found.startswith("Det finnes ikke tall fra ett år tidligere")


def test_the_break_of_the_made_up_publication_is_told() -> None:
    found = absence(lambda: _change(reference_date=dt.date(2024, 6, 30)))
    assert found.startswith("Tallserien er brutt")


def test_what_has_no_ages_or_no_test_is_not_compared() -> None:
    figures = _figures(indicator="persons_per_coordinator")
    assert not year_change.is_compared(figures.labels, figures.view)


@pytest.mark.parametrize("language", list(Language))
def test_the_picture_and_its_table_say_the_same(language: Language) -> None:
    change = _change(language=language)
    picture, table = year_change.picture(change), year_change.table(change)
    assert UNITS[language] in picture.subtitle
    figure = picture.draw(LIGHT)
    (trace,) = figure.data
    assert len(trace.x) == len(change.groups)
    assert [row[3] for row in table.all_rows] == pytest.approx(list(trace.x))
    assert trace.marker.symbol[-1] == "diamond"
    low, high = figure.layout.xaxis.range
    assert low == -high
    for place, group in enumerate(change.groups):
        is_filled = trace.marker.color[place] != LIGHT.paper
        assert is_filled is group.change.verdict.is_sure


def test_a_group_without_a_year_before_is_named_without_a_dot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _with(
        monkeypatch,
        {
            "0-17": (_reading(2024, 400, 1000), _reading(2025, 600, 1000)),
            "18-49": (_reading(2025, 300, 1000),),
        },
    )
    assert [group.age_group for group in found.groups] == ["0-17", "18-49", ALL]
    figure = year_change.picture(found).draw(LIGHT)
    assert len(figure.data[0].x) == 1
    assert "18-49 år: .." in figure.layout.yaxis.ticktext


def test_rates_are_compared_by_their_multiplier() -> None:
    change = _change(indicator="coordinator_rate", municipality=LARGE)
    assert f"per 1{NO_BREAK_SPACE}000" in year_change.picture(change).subtitle


def test_no_difference_has_no_sign() -> None:
    texts = _labels().texts
    assert [texts.signed_decimal(number) for number in (-0.04, 0.0, 0.04, 0.06)] == [
        "0,0",
        "0,0",
        "0,0",
        "+0,1",
    ]


def test_small_municipalities_do_not_fail() -> None:
    change = _change(municipality=SMALL, age_scheme="childhood")
    assert all(isinstance(group, GroupChange) for group in change.groups)
    assert year_change.headline(change)
