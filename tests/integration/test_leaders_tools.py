"""What a leader plans with, from files in the inbox to the page: needs, causes, who is without."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dagster_project.planning import PlanningError
from dagster_project.planning.scenario import Scenario
from dagster_project.planning.store import keep_scenario
from dagster_project.publication.reader import coverage, needs
from dagster_project.publication.reader.needs import Projected
from dagster_project.publication.reader.publication import Publication, current_publication
from dashboards.charts.colours import LIGHT
from dashboards.content.labels import Labels
from dashboards.content.section import Section
from dashboards.export.table import Table
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import PageKey
from dashboards.queries import causes
from dashboards.render.page_runner import sections_of
from dashboards.view.state import View
from tests.support.small_home import SmallHome, coordinator, person, service

KINN, VIK = "4602", "4639"
DAY = dt.date(2023, 12, 31)
ADULTS = range(18, 50)


def population(*years: int, each: int = 100) -> str:
    """As many of every age from 0 to 90 in every year, in Kinn only."""
    lines = ["region;alder;aar;personer"]
    lines += [f"{KINN};{age};{year};{each}" for year in years for age in range(91)]
    return "\n".join(lines) + "\n"


def home(root: Path) -> SmallHome:
    """Ten persons with services in two areas from 2021 on, six with a coordinator by the end.

    1 to 4 have had one all along. 5 and 6 got one in 2023. 7's left (employment ended) and 8
    declined in 2023. 9 died. 10 came in 2023, and has none.
    """
    made = (
        SmallHome(root)
        .source("folk", "person")
        .source("epj", "koordinator")
        .source("tiltak", "tjeneste")
        .source("lonn", "ansatt")
        .source("skjema", "endring")
    )
    made.deliver(
        "folk",
        "20231231",
        [
            person(number, **({"dod_dato": "2023-06-01"} if number == 9 else {}))
            for number in range(1, 11)
        ],
    )
    begins = {5: "2023-03-01", 6: "2023-03-01"}
    made.deliver(
        "epj",
        "20231231",
        [
            coordinator(
                f"A-{number}",
                number,
                begins.get(number, "2021-06-01"),
                koordinator_id="99" if number == 7 else "17",
            )
            for number in range(1, 10)
        ],
    )
    made.deliver(
        "tiltak",
        "20231231",
        [
            service(
                f"T-{number}-{area}", number, area, "2023-03-01" if number == 10 else "2021-01-01"
            )
            for number in range(1, 11)
            for area in ("skole", "ppt")
        ],
    )
    made.deliver(
        "lonn",
        "20231231",
        [{"koordinator_id": "99", "ansatt_fra": "2020-01-01", "ansatt_til": "2023-05-31"}],
    )
    made.deliver(
        "skjema",
        "20231231",
        [
            {
                "endring_id": "S-8",
                "fnr": person(8)["fnr"],
                "endringstype": "takket nei til koordinator",
                "endringsdato": "2023-05-01",
            }
        ],
    )
    return made


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHome]:
    made = home(tmp_path_factory.mktemp("tools") / "home")
    made.source("ssb", "befolkning").source("framskr", "framskriving")
    made.deliver("ssb", "20231231", population(2021, 2022, 2023))
    made.deliver(
        "framskr",
        "20231231",
        population(2023, each=110) + population(2024, 2025).partition("\n")[2],
    )
    made.publish()
    yield made


@pytest.fixture(name="publication")
def _publication(made: SmallHome) -> Publication:
    return current_publication(made.home)


def test_coverage_is_six_of_ten_less_the_one_who_died(publication: Publication) -> None:
    figure = coverage.figure(publication, KINN, DAY, needs.COVERAGE, needs.SCHEME, "all", "all")
    assert figure is not None
    assert (figure.numerator, figure.denominator) == (6, 9)


class TestNeeds:
    def test_the_projection_goes_on_after_what_is_counted(self, publication: Publication) -> None:
        known = needs.inhabitants(publication, KINN)
        assert known is not None
        assert (known.last_counted, known.last_projected) == (2023, 2025)
        assert known.population.persons[2023][30] == 100
        assert known.population.persons[2024][30] == 100
        assert known.projected_by(2025) is Projected.STATISTICS_NORWAY
        assert known.projected_by(2026) is Projected.COHORT_CHANGE

    def test_today_gives_todays_count(self, publication: Publication) -> None:
        found = needs.needs(publication, KINN, DAY, 2030)
        assert found.basis.year == 2023
        assert found.basis.counted["18-49"] == (6, 9)
        assert found.basis.need[2023].of_all.persons == pytest.approx(9)
        # Of level inhabitants as many; after the projection cohort change goes on from it.
        assert found.basis.need[2024].of_all.persons == pytest.approx(9)
        assert found.by_area["school"][2023].of_all.persons == pytest.approx(9)

    def test_one_area_knows_its_coordinators(self, publication: Publication) -> None:
        found = needs.needs(publication, KINN, DAY, 2030)
        assert sum(found.basis.coordinators.values()) in (0, 1)
        assert found.basis.sectors["school"] == "childhood"

    def test_without_inhabitants_nothing_is_said(self, tmp_path: Path) -> None:
        made = home(tmp_path / "home")
        made.publish()
        with pytest.raises(PlanningError, match="no_inhabitants"):
            needs.needs(current_publication(made.home), KINN, DAY, 2030)


class TestCauses:
    def test_each_person_once_by_what_happened(self, publication: Publication) -> None:
        found = causes.causes(publication, KINN, DAY, needs.COVERAGE, "all")
        assert found is not None
        assert found.compared_on == dt.date(2022, 12, 31)
        told = {
            each.code: (each.persons, each.numerator, each.denominator) for each in found.causes
        }
        assert told == {
            "gained": (2, 2, 0),
            "came_without": (1, 0, 1),
            "lost_employment": (1, -1, 0),
            "lost_declined": (1, -1, 0),
            "died": (1, -1, -1),
        }

    def test_they_sum_to_the_change(self, publication: Publication) -> None:
        for group in ("all", "18-49"):
            found = causes.causes(publication, KINN, DAY, needs.COVERAGE, group)
            now, before = (
                next(
                    cell.measured
                    for cell in coverage.cells(publication, KINN, day, needs.COVERAGE, needs.SCHEME)
                    if (cell.age_group, cell.service_area) == (group, "all")
                )
                for day in (DAY, dt.date(2022, 12, 31))
            )
            told = found.causes if found else ()
            assert sum(each.numerator for each in told) == now.numerator - before.numerator
            assert sum(each.denominator for each in told) == now.denominator - before.denominator


class TestUnmet:
    def test_who_is_without_and_what_is_under_way(self, publication: Publication) -> None:
        found = causes.without(publication, KINN, DAY, "coordinator")
        assert {
            (each.under_way, each.months): each.persons
            for each in found
            if (each.age_group, each.service_area) == ("all", "all")
        } == {("declined", "12-35"): 1, ("had_before", "12-35"): 1, ("nothing", "3-11"): 1}

    def test_every_cell_is_what_coverage_leaves(self, publication: Publication) -> None:
        by_area: Counter[str] = Counter()
        for each in causes.without(publication, KINN, DAY, "coordinator"):
            if each.age_group == "all":
                by_area[each.service_area] += each.persons
        assert by_area == {"all": 3, "educational_psychology": 3, "school": 3}


@pytest.fixture(name="at_home")
def _at_home(made: SmallHome, monkeypatch: pytest.MonkeyPatch) -> SmallHome:
    monkeypatch.setenv("SAMORDNA_HOME", str(made.home.root))
    return made


def view(language: Language = Language.NB, **said: Any) -> View:
    return replace(View(language, KINN, DAY, needs.COVERAGE, needs.SCHEME), **said)


def drawn(page: PageKey, publication: Publication, chosen: View) -> list[Section]:
    """Return the sections of a page, every picture drawn."""
    found = list(sections_of(page, Labels(publication, Texts(chosen.language)), chosen))
    for section in found:
        if section.picture:
            section.picture.draw(LIGHT)
    return found


def table(found: list[Section], key: str) -> Table:
    return next(each.table for each in found if each.key == key and each.table)


def scenario(**said: Any) -> Scenario:
    content = {
        "name": "Alle",
        "municipality": KINN,
        "first_year": 2025,
        "last_year": 2028,
        "target": {"by_age": {"18-49": 1.0}, "by_service_area": {"school": 0.9}},
        "assumptions": {"persons_per_coordinator": 1.0},
    }
    return Scenario.model_validate(content | said)


class TestBudget:
    @pytest.mark.parametrize("language", list(Language))
    def test_without_a_target_it_says_what_today_costs(
        self, at_home: SmallHome, publication: Publication, language: Language
    ) -> None:
        found = drawn(PageKey.BUDGET, publication, view(language))
        lead = next(each.lead for each in found if each.lead)
        assert "2028" in lead[0]
        assert not any(each.absence for each in found if each.key.startswith("budget"))

    def test_the_headline_is_what_the_table_says(
        self, at_home: SmallHome, publication: Publication
    ) -> None:
        file = keep_scenario(at_home.home, scenario())
        found = drawn(PageKey.BUDGET, publication, view(scenario=file))
        lead = next(each.lead for each in found if each.lead)
        # All nine, where today's six of nine would be six.
        assert lead[0].startswith(
            "For å nå målet i 2028 må 9 personer ha koordinator, 3 personer flere enn med dagens"
        )
        plan = {row[0]: row[1:] for row in table(found, "budget_plan").rows}
        assert plan["Med koordinator"][:4] == (7, 7, 8, 9)
        assert plan["Koordinatorer"][:4] == (7, 7, 8, 9)
        gaps = table(found, "budget_gap_age")
        assert gaps.total is not None and gaps.total[-1] == 3
        areas = {row[0]: row[-1] for row in table(found, "budget_gap_area").rows}
        assert areas["Skole og SFO"] == 3
        assert areas["PPT"] is None

    def test_two_that_are_kept_stand_side_by_side(
        self, at_home: SmallHome, publication: Publication
    ) -> None:
        for name in ("Alle", "Alle ett år før"):
            keep_scenario(at_home.home, scenario(name=name, last_year=2028 - (name != "Alle")))
        found = drawn(PageKey.BUDGET, publication, view())
        assert [row[:2] for row in table(found, "budget_compared").rows] == [
            ("Alle ett år før", "2027"),
            ("Alle", "2028"),
        ]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("scenario: 1\nname: [", "Dette kan ikke leses. Rett linjen"),
            ("scenario: 2\n", "Filen er ikke av versjon 1."),
        ],
    )
    def test_a_file_that_cannot_be_read_says_what_to_do(
        self, at_home: SmallHome, publication: Publication, text: str, said: str
    ) -> None:
        folder = at_home.home.scenarios / KINN
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "broken.yml").write_text(text, encoding="utf-8")
        found = drawn(PageKey.BUDGET, publication, view(scenario="broken.yml"))
        assert any(said in each.absence for each in found)
        (folder / "broken.yml").unlink()

    @pytest.mark.parametrize(
        ("years", "said"),
        [((2020, 2023), "som er telt allerede"), ((2050, 2060), "lenger fram enn")],
    )
    def test_years_that_cannot_be_reckoned(
        self, at_home: SmallHome, publication: Publication, years: tuple[int, int], said: str
    ) -> None:
        file = keep_scenario(
            at_home.home, scenario(name="Andre år", first_year=years[0], last_year=years[1])
        )
        found = drawn(PageKey.BUDGET, publication, view(scenario=file))
        assert any(said in each.absence for each in found)


class TestPages:
    @pytest.mark.parametrize("language", list(Language))
    def test_why_and_who(
        self, at_home: SmallHome, publication: Publication, language: Language
    ) -> None:
        why = table(drawn(PageKey.DEVELOPMENT, publication, view(language)), "causes")
        assert [row[1:4] for row in why.rows] == [
            (2, 2, 0), (1, 0, 1), (1, -1, 0), (1, -1, 0), (1, -1, -1)
        ]  # fmt: skip
        # Seven of nine to six of nine.
        assert why.total == (why.total[0] if why.total else "", 6, -1, 0, -11.1)
        unmet = table(drawn(PageKey.COVERAGE, publication, view(language)), "unmet")
        assert unmet.total is not None and unmet.total[1:] == (0, 1, 2, 0, 3)

    def test_in_words(self, at_home: SmallHome, publication: Publication) -> None:
        found = drawn(PageKey.DEVELOPMENT, publication, view())
        picture = next(each.picture for each in found if each.key == "causes")
        assert picture is not None
        assert picture.title.startswith(
            "Fra 77,8\u00a0% til 66,7\u00a0% siden 31. desember 2022 (−11,1 prosentpoeng). Mest betydde: "
        )
