"""Parts of pages of what is counted beside the indicators: what they say of which rows."""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.content import (
    competence,
    coordinated,
    followup,
    housing,
    meetings_each,
    plans_not_active,
    primary_contacts,
    turning_rows,
)
from dashboards.content.competence import Competence
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.queries.practice import Frequency, NotActive, Team, Trained
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.no_figure import absence
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, LARGE, MIDDLE
from tests.support.publication_files import rewrite

EARLIER = dt.date(2024, 12, 31)


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = made.standing_home()
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    yield home


def _labels(home: Path | None = None) -> Labels:
    return Labels(current_publication(Home(home or made.standing_home())), Texts(Language.NB))


def _view(municipality: str = LARGE, day: dt.date = AS_OF, **chosen: object) -> View:
    view = View(Language.NB, municipality, day, "coordinator_coverage", "standard")
    return replace(view, **chosen)  # type: ignore[arg-type]


def _data(municipality: str = LARGE, day: dt.date = AS_OF) -> PageData:
    return PageData(_labels(), _view(municipality, day))


def _plain(sentence: str) -> str:
    return sentence.replace(NO_BREAK_SPACE, " ")


# Meetings of each, and teams.


def test_everybody_with_a_coordinator_has_a_number_of_meetings() -> None:
    data = _data()
    found = meetings_each.frequencies(data)
    everybody = coordinated.gather(data.labels, data.view).persons["all", "all"]
    assert sum(each.persons for each in found.values()) == everybody
    table = meetings_each.table_of_each(data, found)
    assert [row[0] for row in table.rows] == [
        "Ingen møter", "1 møte", "2 møter", "3 møter", "4 møter eller flere",
    ]  # fmt: skip
    assert table.total is not None
    assert table.total[1:3] == (everybody, pytest.approx(1.0))


def test_a_number_of_meetings_that_nobody_has_is_none() -> None:
    data = _data()
    found = {
        each: Frequency(each, persons, 0)
        for each, persons in {"0": 3, "1": 2, "2": 1, "3": 0, "4+": 4}.items()
    }
    assert _plain(meetings_each.meetings_of_each(data, found).title) == (
        "3 av 10 personer med koordinator har ikke hatt møte de siste 365 dagene, 2 har hatt ett, og 5 har "
        "hatt to eller flere."
    )


def test_teams_without_a_coordinator_are_something_to_look_at() -> None:
    data = _data()
    found = (Team("follow_up_team", 7, 5, 9), Team("responsibility_group", 3, 3, 3))
    picture = meetings_each.teams_that_met(data, found)
    assert _plain(picture.title) == (
        "10 personer har et team som har møttes de siste 365 dagene. 7 av teamene kalles "
        "oppfølgingsteam, 3 ansvarsgruppe."
    )
    assert picture.remarks[0].startswith("2 personer med team har ingen koordinator.")
    assert meetings_each.table_of_teams(data, found).total == ("Sum", 10, 8, 2, 12)
    all_have = (Team("follow_up_team", 7, 7, 9), Team("responsibility_group", 0, 0, 0))
    assert not any(
        "ingen koordinator" in remark
        for remark in meetings_each.teams_that_met(data, all_have).remarks
    )


# Who has a coordinator.


def test_the_ages_of_those_with_a_coordinator_add_up() -> None:
    found = coordinated.gather(_labels(), _view())
    table = coordinated.table_of_ages(found)
    assert table.total is not None
    assert sum(table.total[1:-1]) == table.total[-1]  # type: ignore[arg-type]
    for row in table.rows:
        assert sum(row[1:-1]) == row[-1]  # type: ignore[arg-type]
    # Somebody with two services is in both areas.
    assert sum(row[-1] for row in table.rows) > table.total[-1]  # type: ignore[misc,operator]


def test_families_are_told_where_they_are_known() -> None:
    found = coordinated.gather(_labels(), _view())
    known = coordinated.families_in_words(replace(found, children=12, families=9))
    assert known is not None
    assert "Familier i alt: 9." in known
    unknown = coordinated.families_in_words(replace(found, children=12, families=0))
    assert unknown is not None
    assert "Vi vet ikke hvor mange familier" in unknown
    assert coordinated.families_in_words(replace(found, children=None)) is None


# Training.


def _competence(**needs: int) -> Competence:
    found = competence.gather(_labels(), _view())
    return replace(found, topics=(("individuell plan", needs),))


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        ({"overdue": 2, "open": 1}, "Over fristen på et halvt år: 2 behov for opplæring."),
        ({"open": 1, "late": 3}, "Ingen behov for opplæring er over fristen på et halvt år."),
        ({"in_time": 4, "late": 1}, "Ingen behov for opplæring venter. De siste 365 dagene er 5"),
    ],
)
def test_what_waits_is_told_first(needs: dict[str, int], told: str) -> None:
    assert _plain(competence.needs_in_words(_competence(**needs))).startswith(told)


def test_a_topic_is_written_as_the_source_has_it_and_all_of_them_last() -> None:
    found = competence.gather(_labels(), _view())
    table = competence.table_of_topics(found)
    assert {str(row[0]) for row in table.rows} <= {"Tema 2023", "Tema 2024", "Tema 2025"}
    assert table.total is not None
    for number in range(1, 6):
        assert sum(row[number] for row in table.rows) == table.total[number]  # type: ignore[misc]


def test_those_whom_nobody_names_are_not_called_untrained() -> None:
    found = competence.gather(_labels(), _view())
    areas = (Trained("all", 10, 4, 1, 2), Trained("school", 10, 4, 1, 2))
    picture = competence.trained(replace(found, areas=areas))
    assert _plain(picture.title).startswith("3 av 8 koordinatorer har aldri")
    assert picture.remarks[0].startswith("2 oppnevninger sier ikke hvem")
    everybody = replace(found, areas=(Trained("all", 5, 4, 1, 0),))
    assert competence.trained_in_words(everybody).startswith("Alle har gjennomført")


# Plans that are not in force.


def test_a_plan_in_preparation_and_one_declined_are_always_told() -> None:
    labels, view = _labels(), _view()
    rows = {("in_assessment", "all"): NotActive("in_assessment", "all", 3, 1)}
    found = plans_not_active.PlansNotActive(labels, view, rows)
    assert found.statuses == ["in_preparation", "in_assessment", "declined"]
    table = plans_not_active.table_of_statuses(found)
    assert [row[:3] for row in table.rows] == [
        ("Under arbeid", 0, 0), ("Vurderes", 3, 1), ("Takket nei", 0, 0),
    ]  # fmt: skip


def test_an_earlier_date_says_that_the_register_was_written_over() -> None:
    now = plans_not_active.by_status(plans_not_active.gather(_labels(), _view()))
    then = plans_not_active.by_status(plans_not_active.gather(_labels(), _view(day=EARLIER)))
    assert not any("skrevet over" in remark for remark in now.remarks)
    assert any("skrevet over" in remark for remark in then.remarks)
    assert then.title.startswith("31. desember 2024 hadde ")


# Primary contacts.


@pytest.fixture(name="with_contacts")
def _with_contacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home in which a fifth of the old have a contact, and one municipality counts them."""
    folder = made.publish(tmp_path)
    rewrite(
        folder,
        "primary_contact",
        "select * replace (cast(target_group // 5 as bigint) as persons_with_contact_only) from told",
    )
    rewrite(
        folder,
        "definition",
        "select * replace (case when parameter = 'count_primary_contact' and "
        f"municipality_code = '{MIDDLE}' then 'true' else value end as value) from told",
    )
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    return tmp_path


def test_without_contacts_nothing_is_said_of_them() -> None:
    assert not primary_contacts.is_told(_labels(), _view())
    assert "Primærkontakter" not in open_page("coverage").html


def test_contacts_stand_beside_the_coverage_of_the_old(with_contacts: Path) -> None:
    labels = _labels(with_contacts)
    found = primary_contacts.gather(labels, _view())
    now = found.now
    assert primary_contacts.strict(now).denominator == now.target_group
    assert primary_contacts.wide(now).numerator == now.with_coordinator + now.contact_only
    picture = primary_contacts.over_time(found)
    assert "har primærkontakt og ingen koordinator" in picture.title
    assert picture.remarks[0].endswith("teller ikke primærkontakten som koordinator.")
    table = primary_contacts.table_over_time(found)
    assert table.rows[0][0] == AS_OF
    assert len(table.rows) == len(found.dates)
    page = open_page("coverage")
    assert any("primærkontakt" in each for each in page.pictures)


# Those who come of age.


def test_the_rows_are_of_as_many_as_turn_the_age_soon() -> None:
    figures = housing.gather(_labels(), _view())
    for age in housing.AGES:
        rows = turning_rows.rows(figures, age)
        soon = sum(each.persons for each in figures.turning_soon(age))
        assert len({row.case for row in rows}) == soon > 0
        assert {row.quarter for row in rows} <= set(figures.near)
        without = {row.case for row in rows if not row.has_coordinator}
        assert len(without) == sum(each.without_coordinator for each in figures.turning_soon(age))


def test_of_an_earlier_date_no_row_is_told() -> None:
    data = _data(day=EARLIER)
    (section,) = turning_rows.sections(data, 18)
    assert section.table is None
    assert section.remarks == [
        "Hvilke registreringer det gjelder, vises bare for den nyeste telledatoen."
    ]


def test_what_is_not_delivered_is_said_to_be_lacking(tmp_path: Path) -> None:
    shutil.copytree(made.standing_home() / "published", tmp_path / "published")
    (folder,) = (tmp_path / "published").glob("*/")
    made.without(folder, "kompetanse", "ip")
    labels = _labels(tmp_path)
    for part in (competence, plans_not_active):
        told = absence(lambda part=part: part.gather(labels, _view()))
        assert told.startswith("Dette kan ikke vises. Det er ikke levert")
    assert followup.is_newest(labels, _view())
