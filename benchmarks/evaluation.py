"""What the national evaluation published or tried to, asked of the warehouse of a demo home.

SINTEF evaluated the pilot of *strukturert tverrfaglig oppfølgingsteam* in six municipalities, those
of the demo (2024:00149, by chapter). What it told in numbers it had from interviews and surveys;
the registers it gave up. Each `Question` is one such figure: where it stands, what was published,
and the SQL that computes it from the marts, at the day and in the places of the published one.

    python -m benchmarks.evaluation [--home demo] [--write docs/evaluation.md]

The demo's persons are simulated. Some published figures were built into its world: there, likeness
says that they are found again through the mess. Elsewhere it says nothing: the question is answered.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby
from pathlib import Path

import duckdb

from dagster_project.asking import opened
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.demo import make_demo
from dagster_project.run import run_once

PLACES = {
    "1134": "Suldal",
    "1867": "Bø",
    "3203": "Asker",
    "4602": "Kinn",
    "5006": "Steinkjer",
    "5530": "Senja",
}
SIX = tuple(PLACES)
# Asker and Steinkjer left the pilot when it was prolonged.
FOUR = ("1134", "1867", "4602", "5530")
# Table 3: the surveys of January 2021 and of spring and summer 2023, the interviews of 2021.
SURVEY_2021, SURVEY_2023 = dt.date(2021, 1, 31), dt.date(2023, 6, 30)
INTERVIEWS = dt.date(2021, 6, 30)
AGE_GROUPS = ("0-10", "11-17", "18-49", "50+")


class Unit(Enum):
    """What a figure is told in: how it is multiplied, and written."""

    SHARE = (100, "{:,.0f} %")
    NUMBER = (1, "{:,.0f}")
    MEAN = (1, "{:,.1f}")
    YEAR = (1, "{:.0f}")

    def write(self, value: float | None) -> str:
        """Write a value as people read it; a dash where there is none."""
        factor, form = self.value
        return "–" if value is None else form.format(value * factor)


@dataclass(frozen=True)
class Question:
    """A published figure and how the marts answer it.

    `sql` gives rows of municipality (empty: all the places together) and value. It can read, beside
    the marts, the tables of `_ON_DAY`. `built_in`: the published figure was given to the demo's world.
    """

    asks: str
    where: str
    published: str
    unit: Unit
    sql: str
    day: dt.date
    places: tuple[str, ...] = FOUR
    remark: str = ""
    built_in: bool = False
    published_by_place: Mapping[str, float] = field(default_factory=dict)

    @property
    def chapter(self) -> int:
        """The chapter that it was published in."""
        return int(self.where.split(".")[0])


@dataclass(frozen=True)
class Answer:
    """What the marts say: the value of all places together, and of each that has one."""

    question: Question
    together: float | None
    by_place: Mapping[str, float | None]

    def shown(self) -> str:
        """Write the value of all places together; their span where they cannot be put together."""
        if self.together is None and (
            values := [v for v in self.by_place.values() if v is not None]
        ):
            low, high = (self.question.unit.write(end) for end in (min(values), max(values)))
            return low if low == high else f"{low} to {high}"
        return self.question.unit.write(self.together)

    def shown_of(self, place: str) -> str:
        """Write the value of a place, its own published one in brackets."""
        written = self.question.unit.write(self.by_place.get(place))
        if (published := self.question.published_by_place.get(place)) is not None:
            written += f" ({self.question.unit.write(published)})"
        return written


# What stands on the day in the places asked for. `age` is in completed years, as rule 2.5 has it.
_ON_DAY = """
with cell as (
    select * from marts.coverage
    where reference_date = $day and list_contains($places, municipality_code)
),
person as (
    select
        municipality_code, person_key,
        year($day) - year(birth_date)
        - (strftime($day, '%m%d') < strftime(birth_date, '%m%d'))::integer as age
    from intermediate.int_person where list_contains($places, municipality_code)
),
coordinated as (
    select municipality_code, person_key, coordinator_key, coordinator_area, age
    from marts.coordinator_assignment inner join person using (municipality_code, person_key)
    where counts and $day between first_day and coalesce(last_day, $day)
),
planned as (
    select municipality_code, person_key, age
    from marts.individual_plan inner join person using (municipality_code, person_key)
    where $day between first_day and coalesce(last_day, $day)
),
meeting as (
    select
        municipality_code, person_key, age, meeting_type, has_gp,
        string_split(participants, ';') as participants,
        case
            when regexp_matches(written_as, '^(AG|[Aa]nsvarsgruppe)') then 'group'
            when regexp_matches(written_as, '^(OT|[Oo]ppf.lgings?team)') then 'team'
        end as called
    from marts.meeting inner join person using (municipality_code, person_key)
    where counts and met_on between $day - 364 and $day
),
load as (
    select
        municipality_code, coordinator_key,
        count(*) as persons, bool_or(age < 25) as has_young, bool_or(age >= 67) as has_elder
    from coordinated where coordinator_key is not null group by all
)
"""


def _of_cells(indicator: str, value: str, ages: str = "all") -> str:
    scheme = "standard" if ages == "all" else "sintef"
    return f"""
        select municipality_code, {value} from cell
        where indicator = '{indicator}' and age_scheme = '{scheme}' and age_group = '{ages}'
            and service_area = 'all'
        group by rollup (municipality_code)
    """


def _share(indicator: str, ages: str = "all", factor: int = 1) -> str:
    return _of_cells(indicator, f"{factor} * sum(numerator) / sum(denominator)", ages)


def _median(indicator: str) -> str:
    return f"""
        select municipality_code, value from cell
        where indicator = '{indicator}' and age_scheme = 'standard' and age_group = 'all'
            and service_area = 'all'
    """


def _part(of: str, where: str) -> str:
    """Return the share of the rows of a table, or of several joined, for which something holds."""
    return f"""
        select municipality_code, count(*) filter ({where}) / count(*) from {of}
        group by rollup (municipality_code)
    """


def _areas(ages: str) -> str:
    """Return in how many service areas a person of the target group has services, on average."""
    return f"""
        select
            municipality_code,
            sum(denominator) filter (service_area <> 'all')
            / sum(denominator) filter (service_area = 'all')
        from cell
        where indicator = 'coordinator_coverage' and age_scheme = 'sintef' and age_group = '{ages}'
        group by rollup (municipality_code)
    """


# Those who have any of the arrangements that the evaluation recruited by.
_ARRANGED = """(
    select municipality_code, person_key,
        bool_or(what = 'coordinator') as has_coordinator,
        bool_or(what = 'plan') as has_plan,
        bool_or(what = 'meeting') as has_meeting
    from (
        select municipality_code, person_key, 'coordinator' as what from coordinated
        union all select municipality_code, person_key, 'plan' from planned
        union all select municipality_code, person_key, 'meeting' from meeting
    ) group by all
)"""
_MEETINGS_HELD = """(
    select municipality_code, person_key, count(*) as held, bool_or(has_gp) as has_gp
    from meeting semi join coordinated using (municipality_code, person_key) group by all
)"""
_FROM_SERVICES = """(
    select municipality_code, unnest(participants) as comes_from from meeting
) where comes_from not in ('coordinator', 'user', 'family', 'gp')"""
_AGES = {
    "0-10": "age <= 10",
    "11-17": "age between 11 and 17",
    "18-49": "age between 18 and 49",
    "50+": "age >= 50",
}
_COUNT_OF = "select municipality_code, count(*) from {} group by rollup (municipality_code)"
_NONE = "no figure"
_ALL_SIX = "66 coordinators answered. Built into the demo's six municipalities together, in September 2023."
_RECRUITED = "SINTEF recruited among those who had an arrangement; the warehouse counts everybody."


def _municipalities() -> Iterator[Question]:
    yield Question(
        asks="Inhabitants (innbyggertall) 2023",
        where="2.3, table 1",
        published="by municipality",
        unit=Unit.NUMBER,
        sql=_of_cells("coordinator_rate", "sum(denominator)"),
        day=SURVEY_2023,
        places=SIX,
        built_in=True,
        published_by_place={
            "1134": 3820, "1867": 2580, "3203": 97780, "4602": 17180, "5006": 23960, "5530": 14850,
        },
        remark="On 1 January, as the denominators of the rates have it.",
    )  # fmt: skip
    for year in (2019, 2022):
        yield Question(
            asks=f"Persons with coordinator and/or individual plan at the end of {year}",
            where="3.2",
            published="given up",
            unit=Unit.NUMBER,
            sql="""
                select municipality_code, count(distinct person_key) from (
                    select municipality_code, person_key from coordinated
                    union all select municipality_code, person_key from planned
                ) group by rollup (municipality_code)
            """,
            day=dt.date(year, 12, 31),
            places=SIX,
            remark="How the recipients of oppfølgingsteam were to be found in the national registers, "
            "2017-2022: too faulty to compare municipalities or years, said SINTEF, and dropped it. "
            "The demo begins in autumn 2018.",
        )
    yield Question(
        asks="Ends of 2019-2022 at which coordinator coverage may be ranked (grade A to C)",
        where="3.2",
        published=_NONE,
        unit=Unit.SHARE,
        sql=_part(
            "marts.comparability where indicator = 'coordinator_coverage' "
            "and list_contains($places, municipality_code) and month(reference_date) = 12 "
            "and year(reference_date) between year($day) - 3 and year($day)",
            "grade in ('A', 'B', 'C')",
        ),
        day=dt.date(2022, 12, 31),
        places=SIX,
        remark="The registers did not say how far they could be compared; the warehouse grades each "
        "figure and says why. Bø's coordinating unit began in 2020: it has three such ends of year.",
    )
    yield Question(
        asks="Breaks of series to the end of 2022 that a comparison must know of",
        where="3.2",
        published=_NONE,
        unit=Unit.NUMBER,
        sql="""
            select municipality_code, count(distinct (municipality_code, first_day_after, kind))
            from marts.series_break
            where list_contains($places, municipality_code) and first_day_after <= $day
            group by rollup (municipality_code)
        """,
        day=dt.date(2022, 12, 31),
        places=SIX,
        remark="Mergers (2.3), new systems, new rules, jumps in the number of registrations.",
    )


def _structures() -> Iterator[Question]:
    yield Question(
        asks="Year in which the coordinating unit (koordinerende enhet) has its first figures",
        where="5.1, table 4",
        published="by municipality",
        unit=Unit.YEAR,
        sql="""
            select municipality_code, min(year(reference_date)) from marts.coverage
            where indicator = 'coordinator_coverage' and reference_date <= $day
                and list_contains($places, municipality_code)
            group by municipality_code
        """,
        day=SURVEY_2023,
        built_in=True,
        published_by_place={"1134": 2012, "1867": 2020, "4602": 2012, "5530": 2019},
        remark="The demo begins in autumn 2018, so only Bø's year can be seen in it. Senja had an "
        "allocation office in that place before.",
    )
    yield Question(
        asks="Notices of need (meldinger) assessed in the last 365 days",
        where="5.2",
        published="2 of 3 staff",
        unit=Unit.NUMBER,
        sql=_of_cells("answer_days", "sum(denominator)"),
        day=SURVEY_2023,
        remark="SINTEF asked staff whether they ever sent one (55 to 77 % by municipality); the warehouse "
        "counts notices and does not know who of the staff sent them.",
    )
    yield Question(
        asks="Median days from notice of need to an appointed coordinator",
        where="5.4",
        published=_NONE,
        unit=Unit.NUMBER,
        sql=_median("appointment_days"),
        day=SURVEY_2023,
        remark="Told of as hard recruitment only. Medians cannot be put together: the span is shown.",
    )
    yield Question(
        asks="Coordinators (koordinatorer), January 2021",
        where="3.2, table 3",
        published="93 answered",
        unit=Unit.NUMBER,
        sql=_COUNT_OF.format("load"),
        day=SURVEY_2021,
        places=SIX,
        remark="40 % of everybody asked answered; how many coordinators there were is not told.",
    )
    yield Question(
        asks="Coordinators, spring 2023",
        where="3.2, table 3",
        published="66 answered",
        unit=Unit.NUMBER,
        sql=_COUNT_OF.format("load"),
        day=SURVEY_2023,
        remark="25 % of everybody asked answered; how many coordinators there were is not told.",
    )
    yield Question(
        asks="Persons with a plan and no coordinator",
        where="5.5",
        published=_NONE,
        unit=Unit.SHARE,
        sql=_share("plan_without_coordinator"),
        day=SURVEY_2023,
    )
    yield Question(
        asks="Persons with a coordinator: what units report, as a share of what is registered",
        where="5.6",
        published=_NONE,
        unit=Unit.SHARE,
        sql="""
            select municipality_code, sum(reported) / sum(registered)
            from marts.reported_vs_registered
            where measure = 'persons_with_coordinator' and unit = 'all' and service_area = 'all'
                and reference_date = $day and list_contains($places, municipality_code)
            group by rollup (municipality_code)
        """,
        day=dt.date(2023, 11, 15),
        remark="SINTEF could not count teams, as municipalities defined them differently.",
    )
    for title, day, published, teams in (
        ("first quarter of 2021", dt.date(2021, 3, 31), "50 in Senja", 50),
        ("autumn 2023", dt.date(2023, 10, 31), "over 100 in Senja", 100),
    ):
        yield Question(
            asks=f"Teams (oppfølgingsteam), {title}: persons with a coordinator",
            where="5.6",
            published=published,
            unit=Unit.NUMBER,
            sql=_COUNT_OF.format("coordinated"),
            day=day,
            places=SIX,
            built_in=True,
            published_by_place={"5530": teams},
            remark="Each team is led by a coordinator (8.2). What municipalities called a team differed "
            "between them and over time, so SINTEF could not count teams elsewhere.",
        )
        yield Question(
            asks=f"Teams, {title}: persons whose meeting was called oppfølgingsteam in 365 days",
            where="5.6",
            published=published,
            unit=Unit.NUMBER,
            sql="""
                select municipality_code, count(distinct person_key) from meeting
                where called = 'team' group by rollup (municipality_code)
            """,
            day=day,
            places=SIX,
            published_by_place={"5530": teams},
            remark="The narrow reading: the name must be used. Far fewer, as the name came late.",
        )
    yield Question(
        asks="Training needs met with an offer within six months",
        where="5.7, figure 13",
        published="nearly 2 of 3",
        unit=Unit.SHARE,
        sql=_share("training_within_6_months"),
        day=SURVEY_2023,
        remark="SINTEF asked coordinators whether they had ever taken the course in their role; the "
        "warehouse counts needs that were reported, and offers.",
    )


def _users() -> Iterator[Question]:
    for what, column, published in (
        ("a coordinator", "has_coordinator", "77 %"),
        ("an individual plan", "has_plan", "69 %"),
        ("a meeting of a team (ansvarsgruppe/oppfølgingsteam)", "has_meeting", "72 %"),
    ):
        yield Question(
            asks=f"Of those with any arrangement: have {what}",
            where="7.1",
            published=published,
            unit=Unit.SHARE,
            sql=_part(_ARRANGED, column),
            day=INTERVIEWS,
            places=SIX,
            remark="65 interviewed in 2019 and 2021, most of them recruited for having one, and asked. "
            "Here: coordinator or plan on the day, or a meeting in the 365 days before.",
        )
    for ages, published in zip(
        AGE_GROUPS,
        ("15 of 33, with 50+", "8 of 33", "10 of 33", "15 of 33, with 0-10"),
        strict=True,
    ):
        yield Question(
            asks=f"Age of those with a coordinator: {ages}",
            where="7.2",
            published=published,
            unit=Unit.SHARE,
            sql=_part("coordinated where age is not null", _AGES[ages]),
            day=SURVEY_2023,
            remark="The age groups of the users' survey; what is left of the 33 is 0-10 and 50+. No sample of users.",
        )
    for ages, published in zip(AGE_GROUPS, ("most", "most", _NONE, "one person"), strict=True):
        yield Question(
            asks=f"Target group with an individual plan, {ages}",
            where="7.1",
            published=published,
            unit=Unit.SHARE,
            sql=_share("plan_coverage", ages),
            day=SURVEY_2023,
            built_in=ages == "50+",
            remark=f"18 of 33 in all. {_RECRUITED}",
        )
    for ages in AGE_GROUPS:
        yield Question(
            asks=f"Target group with a coordinator, {ages}",
            where="7.1",
            published="as for plans",
            unit=Unit.SHARE,
            sql=_share("coordinator_coverage", ages),
            day=SURVEY_2023,
            remark=_RECRUITED,
        )
    for ages, published in zip(
        AGE_GROUPS, ("4 to 9", "2 to 7", "most 3 or 4", "most 4 to 7"), strict=True
    ):
        yield Question(
            asks=f"Service areas per person of the target group, {ages}",
            where="7.2",
            published=published,
            unit=Unit.MEAN,
            sql=_areas(ages),
            day=SURVEY_2023,
            remark="From the fewest to the most, or what most had. Users counted services, GP and respite among "
            "them; the warehouse has 15 service areas, and two are enough for the target group.",
        )
    yield Question(
        asks="Target group 11-17 with a service from school",
        where="7.2, figure 20",
        published="88 %",
        unit=Unit.SHARE,
        sql="""
            select
                municipality_code,
                coalesce(sum(denominator) filter (service_area = 'school'), 0)
                / sum(denominator) filter (service_area = 'all')
            from cell
            where indicator = 'coordinator_coverage' and age_scheme = 'sintef' and age_group = '11-17'
            group by rollup (municipality_code)
        """,
        day=SURVEY_2023,
        remark="SINTEF asked eight young people what they need help with; the warehouse knows what is given.",
    )
    yield Question(
        asks="One to three meetings in the last 365 days, of those with a coordinator who met",
        where="7.3",
        published="usual",
        unit=Unit.SHARE,
        sql=_part(_MEETINGS_HELD, "held <= 3"),
        day=INTERVIEWS,
        places=SIX,
        built_in=True,
        remark="Interviews: one, two or three a year, for a few more often.",
    )
    yield Question(
        asks="A meeting in the last 365 days, of those with a coordinator",
        where="7.3",
        published=_NONE,
        unit=Unit.SHARE,
        sql=_share("meeting_coverage"),
        day=SURVEY_2023,
        remark="Flexible meetings need somebody to call them, said users; nobody knew how many had none.",
    )
    yield Question(
        asks="Changes of coordinator in the last 365 days per 100 with a coordinator",
        where="7.4",
        published=_NONE,
        unit=Unit.MEAN,
        sql=_share("coordinator_changes", factor=100),
        day=SURVEY_2023,
        remark="Told of as examples of frequent changes.",
    )
    yield Question(
        asks="Better at own goals (PSFS, two points or more)",
        where="7.7; 5.3, figure 10",
        published="just under 60 %",
        unit=Unit.SHARE,
        sql=_share("goal_improvement"),
        day=SURVEY_2023,
        remark="SINTEF asked 33 users whether help made them cope better. The two points are the form's own.",
    )
    yield Question(
        asks="Persons with a registered need for housing (boligbehov)",
        where="7.8",
        published=_NONE,
        unit=Unit.NUMBER,
        sql="""
            select municipality_code, sum(persons) from marts.housing_need
            where reference_date = $day and list_contains($places, municipality_code)
            group by rollup (municipality_code)
        """,
        day=SURVEY_2023,
        remark="A home of one's own is among the changes that users named.",
    )


def _teams() -> Iterator[Question]:
    for year, published in ((2019, "ansvarsgruppe"), (2021, "still ansvarsgruppe"), (2023, _NONE)):
        yield Question(
            asks=f"Called oppfølgingsteam, of those called that or ansvarsgruppe, {year}",
            where="8.1; 7.8" if year < 2023 else "8.1; 8.6",
            published=published,
            unit=Unit.SHARE,
            sql=_part("meeting where called is not null", "called = 'team'"),
            day=dt.date(year, 12, 31),
            places=SIX if year < 2023 else FOUR,
            built_in=True,
            remark="Told of as the word most used, until 2021; in 2023 a chief physician said that ansvarsgrupper were gone in one "
            "municipality. By what the meeting was called, not how it was held. How fast the name changed in "
            "the demo is invented.",
        )
    for name, what in (("ansvarsgruppe", "group"), ("oppfølgingsteam", "team")):
        yield Question(
            asks=f"Participants per meeting called {name}",
            where="8.1, table 6",
            published="many" if what == "group" else "fewer",
            unit=Unit.MEAN,
            sql=f"""
                select municipality_code, avg(len(participants)) from meeting
                where called = '{what}' group by rollup (municipality_code)
            """,
            day=dt.date(2021, 12, 31),
            places=SIX,
            remark="The demo makes no difference between them.",
        )
    for what, where, published in (
        ("one person", "persons = 1", "35 %"),
        ("two persons", "persons = 2", "22 %"),
        ("3 to 5 persons", "persons between 3 and 5", _NONE),
        ("more than five persons", "persons > 5", "just under 20 %"),
    ):
        yield Question(
            asks=f"Coordinators with {what}",
            where="8.2",
            published=published,
            unit=Unit.SHARE,
            sql=_part("load", where),
            day=SURVEY_2023,
            built_in=published != _NONE,
            remark=f"For 3 to 5 the other shares leave just above 23 %. {_ALL_SIX}",
        )
    yield Question(
        asks="Persons per coordinator",
        where="8.2",
        published=_NONE,
        unit=Unit.MEAN,
        sql=_share("persons_per_coordinator"),
        day=SURVEY_2023,
    )
    yield Question(
        asks="Coordinators for children and young people (under 25)",
        where="8.2",
        published="nearly half",
        unit=Unit.SHARE,
        sql=_part("load", "has_young"),
        day=SURVEY_2023,
        built_in=True,
        remark=f"How old a young person is, is not told; table 1 has 0-24. {_ALL_SIX}",
    )
    yield Question(
        asks="Coordinators for an elderly person (67 or older)",
        where="8.2",
        published="14 %",
        unit=Unit.SHARE,
        sql=_part("load", "has_elder"),
        day=SURVEY_2023,
        built_in=True,
        remark=f"How old an elderly person is, is not told. {_ALL_SIX}",
    )
    yield Question(
        asks="Coordinators from health and care (helse og omsorg)",
        where="8.2",
        published="85 %",
        unit=Unit.SHARE,
        sql=_share("health_sector_share"),
        day=SURVEY_2023,
        built_in=True,
        remark=f"Of coordinators whose service area is known. {_ALL_SIX}",
    )
    yield Question(
        asks="Assignments with consent (samtykke), of those with a consent value",
        where="8.2",
        published=_NONE,
        unit=Unit.SHARE,
        sql=_share("consent_share"),
        day=SURVEY_2023,
        remark="Named as the coordinator's first task.",
    )
    yield Question(
        asks="Participants from childhood services and child welfare (oppvekst og barnevern)",
        where="8.3",
        published="42 %",
        unit=Unit.SHARE,
        sql=_part(
            _FROM_SERVICES,
            "comes_from in ('kindergarten', 'school', 'educational_psychology', 'child_welfare')",
        ),
        day=SURVEY_2023,
        remark="127 team members were asked once each; here every seat at a meeting of the 365 days "
        "counts. Coordinator, user, family and GP are left out.",
    )
    yield Question(
        asks="GP (fastlege) took part at least once in 365 days, of those whose team met",
        where="8.6",
        published="9 of 9 teams",
        unit=Unit.SHARE,
        sql=_part(_MEETINGS_HELD, "has_gp"),
        day=dt.date(2022, 12, 31),
        remark="SINTEF: included in all nine teams that were studied, also where the GP seldom met.",
    )
    yield Question(
        asks="Meetings in which the GP took part",
        where="8.6, figure 25",
        published=_NONE,
        unit=Unit.SHARE,
        sql=_share("gp_participation"),
        day=SURVEY_2023,
        remark="The figure tells how staff saw the GP's part in good and bad teams.",
    )
    yield Question(
        asks="Median days from notice of need to an answer",
        where="8.6",
        published="long",
        unit=Unit.NUMBER,
        sql=_median("answer_days"),
        day=SURVEY_2023,
        remark="GPs said that it took long before they heard. Medians cannot be put together: the span.",
    )
    yield Question(
        asks="Declined a coordinator, of declined and newly begun",
        where="8.6",
        published=_NONE,
        unit=Unit.SHARE,
        sql=_share("decline_share"),
        day=SURVEY_2023,
        remark="Several GPs had patients who did not want a team. The 12 % (2023) and 25 % (2021) of 8.2 "
        "are employees who did not want the role: no register has them.",
    )


def _results() -> Iterator[Question]:
    for what, indicator in (
        ("a coordinator", "coordinator_coverage"),
        ("an individual plan", "plan_coverage"),
        ("both", "both_coverage"),
    ):
        yield Question(
            asks=f"Target group with {what}",
            where="9.2, figure 29",
            published="51 to 62 % agree",
            unit=Unit.SHARE,
            sql=_share(indicator),
            day=SURVEY_2023,
            remark="Staff agreed that most who need plan, coordinator or team are offered it. The "
            "warehouse counts who has it, of an estimate of who needs it.",
        )
    yield Question(
        asks="Plans made or evaluated in the last 12 months (living plans)",
        where="9.2, figure 29",
        published="50 to 53 % agree",
        unit=Unit.SHARE,
        sql=_share("living_plan_share"),
        day=SURVEY_2023,
        remark="Staff agreed that plans are used actively.",
    )
    yield Question(
        asks="Children with a child coordinator (barnekoordinator) per 1,000 under 18",
        where="9.6; 4.2",
        published=_NONE,
        unit=Unit.MEAN,
        sql=_share("child_coordinator_rate", factor=1000),
        day=SURVEY_2023,
        remark="A right from 1 August 2022, in the pilot's last year; named among what goes on.",
    )
    yield Question(
        asks="Year in which Bø's plans changed system",
        where="9.6",
        published="end of 2023",
        unit=Unit.YEAR,
        sql="""
            select municipality_code, max(year(first_day_after - 1)) from marts.series_break
            where kind = 'system_change' and record = 'ip' and first_day_after - 1 <= $day
                and list_contains($places, municipality_code)
            group by municipality_code
        """,
        day=dt.date(2023, 12, 31),
        places=("1867",),
        built_in=True,
        remark="Visma Samspill was bought at the end of 2023, to be taken into use in 2024.",
    )


QUESTIONS = (*_municipalities(), *_structures(), *_users(), *_teams(), *_results())
CHAPTERS = {
    2: "Municipalities",
    3: "Registers and surveys",
    5: "System, structures and routines",
    7: "Users",
    8: "Teams and coordinators",
    9: "Results",
}
NOT_IN_REGISTERS = (
    "What staff and users think: whether teams work well, tools are good, help is useful (7.3-7.7, 8.2, 8.4, 8.5, 9.1-9.3).",
    "Employees who did not want to be coordinators: 12 % in 2023, 25 % in 2021 (8.2).",
    "Which courses coordinators took, by subject (5.7), and who proposed the coordinator (8.2).",
    "Diagnoses and kinds of need, such as psykisk helse og rus (8.2).",
    "Effects on admissions and the use of services, and benefits in money (3.2, 9): given up by SINTEF, not tried here.",
)
_HEADS = ("", "chapter", "month", "published", "demo", *PLACES.values())
_ASKS_WIDE = 50


def answer(warehouse: duckdb.DuckDBPyConnection, question: Question) -> Answer:
    """Ask a warehouse, whose marts lie in its schema `marts`, one question."""
    asked = {"day": question.day, "places": list(question.places)}
    rows = warehouse.execute(_ON_DAY + question.sql, asked).fetchall()
    values: dict[str | None, float | None] = dict(rows)
    together = values.pop(None, None)
    return Answer(question, together, {code: v for code, v in values.items() if code is not None})


def answers(home: Home) -> list[Answer]:
    """Ask the warehouse of a home that has been run every question."""
    with opened(home) as warehouse:
        return [answer(warehouse, question) for question in QUESTIONS]


def _by_chapter(answered: Iterable[Answer]) -> Iterator[tuple[str, list[Answer]]]:
    in_order = sorted(answered, key=lambda one: one.question.chapter)
    for chapter, some in groupby(in_order, key=lambda one: one.question.chapter):
        yield f"{chapter} {CHAPTERS[chapter]}", list(some)


def _in_cells(one: Answer) -> list[str]:
    asked = one.question
    marked = one.shown() + (" *" if asked.built_in else "")
    month = f"{asked.day:%Y-%m}"
    return [asked.asks, asked.where, month, asked.published, marked, *map(one.shown_of, PLACES)]


def print_table(answered: Iterable[Answer]) -> None:
    """Print every question with its answers, by chapter of the evaluation."""
    for chapter, some in _by_chapter(answered):
        rows = [[chapter, *_HEADS[1:]], *map(_in_cells, some)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)][1:]
        print()
        for asks, *shown in rows:
            first, *more = textwrap.wrap(asks, _ASKS_WIDE)
            cells = [f"{cell:>{width}}" for cell, width in zip(shown, widths, strict=True)]
            print("  ".join([f"{first:{_ASKS_WIDE}}", *cells]))
            print(*(f"  {line}\n" for line in more), sep="", end="")
    print("\n* built into the demo's world; in brackets: published of that municipality")


_HEAD = """
# What the national evaluation asked, asked of the warehouse

SINTEF's evaluation of the pilot of structured interdisciplinary teams (*strukturert tverrfaglig oppfølgingsteam*, 2024:00149)
had its numbers from interviews and surveys, and had to drop what it had planned to draw from the national registers. Here are its
figures, and what it told of without a figure, beside what the warehouse computes of the same things, in the same six
municipalities, at the time of the published figure.

**The persons of the demo are simulated.** Likeness says only that the question can be answered, not that the answer is true of any
municipality. Where a figure is marked `*` the published one was built into the demo's world (`dagster_project/demo/`): there,
likeness says that the pipeline finds it again behind the mess of the exports. Everything unmarked is invented, and would differ
from any real municipality.

`demo` is of all the municipalities of the published figure together: the six, or the four that stayed in the pilot to its end, where
Asker and Steinkjer have a dash. In brackets: what was published of that municipality. The numbers of chapters, tables and figures are
the report's. `agree`: the share of staff who agreed with a statement about it.

Made by `python -m benchmarks.evaluation --write docs/evaluation.md`.
"""


def page(answered: Iterable[Answer]) -> str:
    """Return the answers as a page of Markdown: a table and its remarks for each chapter."""
    lines = [_HEAD.strip()]
    for chapter, some in _by_chapter(answered):
        remarks = list(dict.fromkeys(one.question.remark for one in some if one.question.remark))
        lines += ["", f"## {chapter}", ""]
        lines.append(f"| {' | '.join(_HEADS)} | |")
        lines.append("|---|---|---|--:|--:|" + "--:|" * len(PLACES) + "---|")
        for one in some:
            remark = one.question.remark
            note = f"[{remarks.index(remark) + 1}]" if remark else ""
            cells = [cell.replace("*", r"\*") for cell in (*_in_cells(one), note)]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
        lines += [f"{number}. {remark}" for number, remark in enumerate(remarks, 1)]
    lines += ["", "## What no registration tells", ""]
    lines += [f"- {what}" for what in NOT_IN_REGISTERS]
    return "\n".join(lines) + "\n"


@contextmanager
def _home(root: Path | None) -> Iterator[Home]:
    if root is not None:
        yield Home(root.resolve())
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        make_demo(home)
        report = run_once(load_installation(home))
        if not report.published:
            raise SystemExit(str(report.failures))
        yield home


def main() -> None:
    """Print the answers of a home that has been run, or of a fresh demo, and write them as a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    with _home(options.home) as home:
        answered = answers(home)
    print_table(answered)
    if options.write:
        options.write.write_text(page(answered), encoding="utf-8")


if __name__ == "__main__":
    main()
