"""The truth is counted by the counting rules: a few persons, counted by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from dagster_project.demo.identities import Name
from dagster_project.demo.places import PLACES, day
from dagster_project.demo.truth import true_coverage, true_registrations, write_truth
from dagster_project.demo.world import (
    OPEN,
    Conversation,
    Coordinator,
    Employment,
    Ending,
    Form,
    HousingNeed,
    Meeting,
    Notice,
    Person,
    Plan,
    Role,
    Service,
    Spell,
    Town,
    Training,
    World,
    age_on,
    birthday,
)

ON = day(2023, 12, 31)
Cell = tuple[int | None, int | None, float]


def coordinator(number: str = "1", area: str = "home_care") -> Coordinator:
    hired = [Employment(day(2010, 1, 1), OPEN)]
    return Coordinator(number, Name("Test", "", "Testen"), area, "adult", 5, hired, True)


def person(
    birth: int = day(1980, 5, 5),
    services: tuple[Service, ...] = (),
    spells: tuple[Spell, ...] = (),
    plans: tuple[Plan, ...] = (),
) -> Person:
    return Person(
        id_number=str(birth),
        name=Name("Test", "", "Testen"),
        birth=birth,
        female=True,
        part="1134",
        services=list(services),
        complex_need=True,
        spells=list(spells),
        plans=list(plans),
    )


def spell(
    first: int,
    last: int = OPEN,
    by: Coordinator | None = None,
    role: Role = Role.COORDINATOR,
    consent: str | None = "yes",
) -> Spell:
    return Spell(by or coordinator(), role, first, last, Ending.GOES_ON, consent)


def counted(
    persons: list[Person], staff: list[Coordinator] | None = None
) -> dict[tuple[object, ...], Cell]:
    """Return the truth as cells by (date, scheme, age group, area, indicator)."""
    # Somebody who has a coordinator from the beginning, and dies: the dates are counted from there.
    earliest = spell(day(2019, 1, 1), day(2019, 1, 2), by=coordinator("0"))
    first = person(day(1950, 1, 1), spells=(earliest,))
    first.died = day(2019, 1, 3)
    staff = staff or [one.coordinator for each in [first, *persons] for one in each.spells]
    unique = list({one.number: one for one in [*staff, first.spells[0].coordinator]}.values())
    table = true_coverage(World({"1134": Town(PLACES["1134"], [first, *persons], unique)}))
    return {
        (
            row["reference_date"].toordinal(),
            row["age_scheme"],
            row["age_group"],
            row["service_area"],
            row["indicator"],
        ): (row["numerator"], row["denominator"], row["value"])
        for row in table.to_pylist()
    }


def whole(cells: dict[tuple[object, ...], Cell], indicator: str, on: int = ON) -> Cell | None:
    return cells.get((on, "standard", "all", "all", indicator))


class TestTargetGroup:
    def test_two_areas_each_since_ninety_days(self) -> None:
        long = Service("home_care", day(2020, 1, 1), OPEN)
        just = Service("mental_health", ON - 90, OPEN)
        late = Service("mental_health", ON - 89, OPEN)
        same = Service("home_care", day(2020, 1, 1), OPEN)
        ended = Service("mental_health", day(2020, 1, 1), ON - 1)
        last_day = Service("mental_health", day(2020, 1, 1), ON)
        for other, counts in ((just, 1), (late, 0), (same, 0), (ended, 0), (last_day, 1)):
            helped = person(services=(long, other))
            with_coordinator = person(day(1990, 1, 1), spells=(spell(ON),))
            cells = counted([helped, with_coordinator])
            assert whole(cells, "coordinator_coverage") == (1, 1 + counts, 1 / (1 + counts))

    def test_who_has_moved_or_died_is_no_resident(self) -> None:
        for gone, counts in ((ON, False), (ON + 1, True)):
            for attribute in ("died", "moved_out"):
                one = person(spells=(spell(day(2022, 1, 1)),))
                setattr(one, attribute, gone)
                assert (whole(counted([one]), "coordinator_coverage") is not None) == counts

    def test_service_areas_are_those_of_the_day(self) -> None:
        services = (
            Service("home_care", ON, OPEN),
            Service("school", day(2020, 1, 1), ON - 1),
        )
        cells = counted([person(services=services, spells=(spell(day(2022, 1, 1)),))])
        areas = {key[3] for key in cells if key[0] == ON and key[4] == "coordinator_coverage"}
        assert areas == {"all", "home_care"}


class TestAges:
    def test_born_on_the_29th_of_february(self) -> None:
        birth = day(2004, 2, 29)
        assert birthday(birth, 18) == day(2022, 3, 1)
        assert age_on(birth, day(2022, 2, 28)) == 17
        cells = counted([person(birth, spells=(spell(day(2020, 1, 1)),))])
        assert (day(2022, 2, 28), "standard", "0-17", "all", "coordinator_coverage") in cells
        assert (day(2022, 3, 31), "standard", "18-49", "all", "coordinator_coverage") in cells

    def test_an_unknown_age_counts_in_all_and_in_unknown(self) -> None:
        one = person(spells=(spell(day(2020, 1, 1)),))
        one.birth_known = False
        cells = counted([one])
        groups = {
            key[2]
            for key in cells
            if key[:2] == (ON, "childhood") and key[4] == "coordinator_coverage"
        }
        assert groups == {"all", "unknown"}

    def test_every_age_is_in_all_of_every_scheme(self) -> None:
        cells = counted([person(day(1930, 1, 1), spells=(spell(day(2020, 1, 1)),))])
        assert cells[ON, "childhood", "all", "all", "coordinator_coverage"] == (1, 1, 1.0)
        assert cells[ON, "sintef", "50+", "all", "coordinator_coverage"] == (1, 1, 1.0)
        assert cells[ON, "standard", "90+", "all", "coordinator_coverage"] == (1, 1, 1.0)


class TestPlansAndMeetings:
    def test_a_plan_lives_for_a_year_after_its_last_day_of_work(self) -> None:
        for evaluated, living in ((ON - 365, 1), (ON - 366, 0)):
            plan = Plan(day(2020, 1, 1), OPEN, Ending.GOES_ON, [evaluated])
            cells = counted([person(plans=(plan,))])
            assert whole(cells, "living_plan_share") == (living, 1, float(living))
            assert whole(cells, "plan_without_coordinator") == (1, 1, 1.0)

    def test_meetings_of_the_365_days_up_to_the_day(self) -> None:
        for at, kind, met in (
            (ON - 364, "coordination_meeting", 1),
            (ON - 365, "coordination_meeting", 0),
            (ON, "contact", 0),
        ):
            one = person(spells=(spell(day(2020, 1, 1)),))
            one.meetings = [Meeting(at, kind, kind, ("gp",), 60)]
            cells = counted([one])
            assert whole(cells, "meeting_coverage") == (met, 1, float(met))
            assert (whole(cells, "gp_participation") is not None) == bool(met)

    def test_consent_is_counted_where_it_is_known(self) -> None:
        others = [
            person(day(1980 + at, 1, 1), spells=(spell(day(2020, 1, 1), consent=consent),))
            for at, consent in enumerate(("yes", "yes", "no", None))
        ]
        assert whole(counted(others), "consent_share") == (2, 3, 2 / 3)


class TestAsAWhole:
    def test_coordinators(self) -> None:
        nurse, teacher = coordinator("1"), coordinator("2", "school")
        persons = [
            person(day(1980, 1, 1 + at), spells=(spell(day(2020, 1, 1), by=by),))
            for at, by in enumerate((nurse, nurse, teacher))
        ]
        cells = counted(persons)
        assert whole(cells, "persons_per_coordinator") == (3, 2, 1.5)
        assert whole(cells, "health_sector_share") == (1, 2, 0.5)

    def test_changes_and_newly_begun(self) -> None:
        change = ON - 364
        one = person(
            spells=(spell(day(2020, 1, 1), change - 1), spell(change, by=coordinator("2")))
        )
        declining = person(day(1990, 1, 1), services=(Service("home_care", 1, OPEN),))
        declining.forms = [Form(ON, "declined_coordinator")]
        cells = counted([one, declining])
        assert whole(cells, "coordinator_changes") == (1, 1, 100.0)
        assert whole(cells, "decline_share") == (1, 2, 0.5)

    def test_notices(self) -> None:
        received = ON - 365 - 364
        one = person(spells=(spell(received + 40),))
        one.notices = [Notice(received, received + 12, "coordinator", "gp")]
        never = person(day(1990, 1, 1), services=(Service("home_care", 1, OPEN),))
        never.notices = [Notice(ON - 3, ON - 1, "rejected", "gp")]
        cells = counted([one, never])
        assert whole(cells, "appointment_days") == (None, 1, 40.0)
        assert whole(cells, "answer_days") == (None, 1, 2.0)

    def test_training_within_183_days(self) -> None:
        nurse = coordinator()
        reported = ON - 183
        nurse.needs = [
            Training("Koordinatorrollen", reported, reported + 183, None),
            Training("Møteledelse", reported, None, None),
            Training("Individuell plan", reported + 1, reported + 2, None),
        ]
        cells = counted([person(spells=(spell(day(2020, 1, 1), by=nurse),))], [nurse])
        assert whole(cells, "training_within_6_months") == (1, 2, 0.5)

    def test_goals_and_housing(self) -> None:
        one = person(spells=(spell(day(2020, 1, 1)),))
        one.conversations = [
            Conversation(ON - 300, (2, 4, 6, 8)),
            Conversation(ON - 200, (3, 4, 6, 8)),
            Conversation(ON, (4, 6, 8, 10)),
        ]
        one.housing = [HousingNeed(ON - 10, 2026, "Omsorgsbolig", True)]
        cells = counted([one])
        assert whole(cells, "goal_improvement") == (1, 1, 1.0)
        assert whole(cells, "goal_improvement", day(2023, 11, 30)) == (0, 1, 0.0)
        assert whole(cells, "housing_need") == (1, None, 1.0)

    def test_rates_have_the_inhabitants_of_the_year(self) -> None:
        child = person(
            day(2015, 1, 1),
            spells=(spell(day(2023, 1, 1), role=Role.CHILD_COORDINATOR),),
        )
        cells = counted([child])
        found = whole(cells, "coordinator_rate")
        assert found == (1, 3820, pytest.approx(1000 / 3820))
        numerator, denominator, _ = cells[ON, "standard", "all", "all", "child_coordinator_rate"]
        assert numerator == 1
        assert denominator is not None
        assert denominator < 1000
        assert (ON, "standard", "18-49", "all", "child_coordinator_rate") not in cells


def test_dates_are_the_month_ends_from_the_first_registration(tmp_path: Path) -> None:
    dates = sorted({key[0] for key in counted([person(spells=(spell(day(2025, 11, 3)),))])})
    first, last = (dt.date.fromordinal(int(str(on))) for on in (dates[0], dates[-1]))
    assert (first, last) == (dt.date(2019, 1, 31), dt.date(2025, 12, 31))


def test_registrations_say_what_is_true_without_saying_of_whom(tmp_path: Path) -> None:
    town = Town(PLACES["1134"], [person(spells=(spell(day(2020, 1, 1)),))], [coordinator()])
    world = World({"1134": town})
    assert true_registrations(world).to_pylist() == [
        {
            "municipality_code": "1134",
            "fact": "coordinator",
            "service_area": "home_care",
            "first_day": dt.date(2020, 1, 1),
            "last_day": None,
        }
    ]
    write_truth(world, tmp_path / "truth")
    assert {file.name for file in (tmp_path / "truth").iterdir()} == {
        "coverage.parquet",
        "register.parquet",
        "registrations.parquet",
    }
