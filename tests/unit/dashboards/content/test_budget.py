"""The page of the budget: its sentences say what its figures say, whichever way they point."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dagster_project.config.paths import Home
from dagster_project.planning.cost import Amount, reckon
from dagster_project.planning.scenario import Scenario, Target, age_groups
from dagster_project.planning.store import KeptScenario
from dagster_project.publication.reader.publication import Publication, current_publication
from dashboards.charts.colours import LIGHT
from dashboards.content import budget
from dashboards.content.budget import BudgetFigures
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.publication import AS_OF, MIDDLE
from tests.support.publication_files import rewrite


def _figures(
    publication: Publication | None = None, language: Language = Language.NB, **said: Any
) -> BudgetFigures:
    publication = publication or current_publication(Home(made.standing_home()))
    view = View(language, MIDDLE, AS_OF, "coordinator_coverage", "standard")
    content = {"name": "Plan", "municipality": MIDDLE, "first_year": 2027, "last_year": 2030}
    kept = KeptScenario("", Scenario.model_validate(content | said))
    return budget.gather(Labels(publication, Texts(language)), view, kept)


def _everybody(share: float) -> Target:
    return Target(by_age=dict.fromkeys(age_groups(), share))


def _as_today() -> Target:
    counted = _figures().basis.counted
    return Target(by_age={age: cases / persons for age, (cases, persons) in counted.items()})


class TestHeadline:
    @pytest.mark.parametrize(
        ("language", "share", "said"),
        [
            (Language.NB, 1.0, "146 personer flere"),
            (Language.NN, 1.0, "146 personar fleire"),
            (Language.EN, 1.0, "146 people more"),
            (Language.NB, 0.0, "210 personer færre"),
            (Language.NN, 0.0, "210 personar færre"),
            (Language.EN, 0.0, "210 people fewer"),
        ],
    )
    def test_it_says_whether_they_are_more_or_fewer(
        self, language: Language, share: float, said: str
    ) -> None:
        assert said in budget.headline(_figures(language=language, target=_everybody(share)))[0]

    def test_a_target_that_is_todays_coverage_asks_for_nothing_more(self) -> None:
        told = budget.headline(_figures(target=_as_today()))
        assert len(told) == 1
        assert "er 0 med koordinator, 0,0 årsverk og 0 kr i året" in told[0]

    def test_more_persons_for_fewer_kroner_are_said_apart(self) -> None:
        figures = _figures(target=_as_today())
        plan, year = figures.plan, figures.scenario.last_year
        cost = plan.years[year]
        cost = replace(
            cost,
            persons=Amount(cost.persons.middle + 2, 0, 0),
            kroner=Amount(cost.kroner.middle - 50_000, 0, 0),
        )
        told = budget.headline(
            replace(figures, plan=replace(plan, years={**plan.years, year: cost}))
        )
        assert "er +2 med koordinator, 0,0 årsverk og −50 000 kr i året" in told[0].replace(
            "\N{NO-BREAK SPACE}", " "
        )

    def test_what_waiting_costs_is_held_against_the_year_before(self) -> None:
        figures = _figures(target=_everybody(1.0))
        later = figures.scenario.model_copy(update={"first_year": 2028, "last_year": 2031})
        more = (
            reckon(
                budget.reader.needs(figures.labels.publication, MIDDLE, AS_OF, 2035).basis, later
            )
            .years[2031]
            .kroner.middle
            - figures.last.kroner.middle
        )
        assert figures.waiting.kroner == pytest.approx(more)
        told = budget.headline(figures)
        assert told[2].startswith("Målet nås da i 2031, og det året koster koordinatorarbeidet 423")
        assert told[2].endswith("mer enn det ville ha gjort i 2030.")

    def test_waiting_that_costs_nothing_is_not_said_to_cost(self) -> None:
        figures = _figures(target=_everybody(1.0))
        cheaper = replace(figures, waiting=replace(figures.waiting, kroner=-400_000.0))
        told = budget.headline(cheaper)
        assert len(told) == 2
        assert told[1].startswith("Begynner arbeidet ett år senere")


class TestReservations:
    def test_who_says_how_many_will_live_there(self) -> None:
        figures = _figures()
        last = max(figures.basis.need) + 1

        def told(projected: int | None) -> str:
            inhabitants = replace(figures.needs.inhabitants, last_projected=projected)
            needs = replace(figures.needs, inhabitants=inhabitants)
            return budget.reservations(replace(figures, needs=needs))[1]

        assert told(None).endswith("framskriving er ikke levert.")
        assert told(last - 1).startswith(
            f"Folketallet er Statistisk sentralbyrås framskriving fram til 1. januar {last - 1}."
        )
        assert told(last) == "Folketallet framover er Statistisk sentralbyrås framskriving."

    def test_those_of_unknown_age_are_said_to_be_left_out(self, tmp_path: Path) -> None:
        folder = made.publish(tmp_path)
        renamed = "if(age_group = '90+' and age_scheme = 'standard', 'unknown', age_group)"
        rewrite(folder, "coverage", f"select * replace ({renamed} as age_group) from told")
        figures = _figures(current_publication(Home(tmp_path)))
        (told,) = (each for each in budget.reservations(figures) if "ikke kjent alder" in each)
        known = sum(persons for _, persons in figures.basis.counted.values())
        whole = sum(persons for _, persons in _figures().basis.counted.values())
        assert told.startswith(f"{whole - known} personer i den anslåtte målgruppen har ikke")
        assert not any("ikke kjent alder" in each for each in budget.reservations(_figures()))


def test_what_falls_on_no_function_stands_apart() -> None:
    figures = _figures(target=_everybody(0.8))
    year = figures.scenario.last_year
    lost = figures.last.by_function["258"]
    by_function = {"257": figures.last.by_function["257"]}
    last = replace(figures.last, by_function=by_function)
    changed = replace(figures, plan=replace(figures.plan, years={**figures.plan.years, year: last}))
    table = budget.table_of_cost_by_function(changed)
    rest = next(row for row in table.rows if row[0] == "Ikke fordelt på funksjon")
    assert rest[-1] >= round(lost / 1_000)
    assert rest[1] == 0
    assert table.total is not None
    areas = budget.table_of_cost_by_area(changed).total
    assert areas is not None
    assert table.total[1:] == pytest.approx(areas[1:], abs=3)


def test_the_picture_joins_the_years() -> None:
    figures = _figures(target=_everybody(0.8))
    drawn = budget.need_over_time(figures).draw(LIGHT)
    lines = [trace for trace in drawn.data if trace.mode and "lines" in trace.mode]
    years = len(figures.basis.need)
    assert years in {len(trace.x) for trace in lines}
    # A band goes there and back.
    assert 2 * years in {len(trace.x) for trace in lines}


def test_what_is_split_adds_up_to_what_the_plan_says() -> None:
    figures = _figures(target=_everybody(0.37))
    cost = [round(each.kroner.middle / 1000) for each in figures.plan.years.values()]
    for table in (budget.table_of_cost_by_area(figures), budget.table_of_cost_by_function(figures)):
        assert list((table.total or ())[1:]) == cost
        assert [sum(column) for column in list(zip(*table.rows, strict=True))[1:]] == cost
    needs = budget.table_of_needs(figures)
    ages = len(figures.basis.counted)
    today = needs.rows[0][ages + 1]
    for row in needs.rows:
        assert sum(row[1 : ages + 1]) == row[ages + 1]
        assert sum(row[-3:]) == row[ages + 1] - today
