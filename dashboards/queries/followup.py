"""What comes after a notice: meetings, the way to a coordinator, housing needs, coming of age."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask


@dataclass(frozen=True)
class MeetingCount:
    """How many meetings of a type were held in a month, and in how many the GP took part."""

    month: dt.date
    code: str
    counts: bool
    meetings: int


@dataclass(frozen=True)
class FormCount:
    """How many coordination meetings of a month were called by the name of a form."""

    month: dt.date
    code: str
    meetings: int


@dataclass(frozen=True)
class Participation:
    """In how many of the meetings of a year somebody took part."""

    participant: str
    meetings_with: int
    meetings: int


@dataclass(frozen=True)
class Days:
    """The quartiles of a number of days, and of how many they are; none are known of nobody."""

    known: int
    first_quartile: float | None
    median: float | None
    third_quartile: float | None


@dataclass(frozen=True)
class FlowLink:
    """How many notices went from one step to another, and how long after they came."""

    step: str
    step_order: int
    outcome: str
    outcome_order: int
    is_waiting: bool
    notices: int
    days: Days


@dataclass(frozen=True)
class Sender:
    """The notices of one kind of sender, and what became of them.

    The notices and the assessed ones are of the last year; the coordinators are of the year before
    it, each of which has had a year to come.
    """

    code: str
    notices: int
    assessed: int
    notices_year_before: int
    days: Days


@dataclass(frozen=True)
class SurvivalDay:
    """The notices without a coordinator just before a day, and what came on it."""

    days: int
    at_risk: int
    appointed: int
    censored: int


@dataclass(frozen=True)
class HousingYear:
    """The persons who want a home in a year; None where no year is said."""

    wanted_year: int | None
    persons: int
    around_the_clock: int


@dataclass(frozen=True)
class Birthdays:
    """Those of the target group who reach an age in a quarter, and what they have today."""

    turns: int
    quarter: dt.date
    persons: int
    with_coordinator: int
    with_child_coordinator: int
    with_plan: int

    @property
    def with_other_coordinator(self) -> int:
        """Those whose coordinator is no child coordinator."""
        return self.with_coordinator - self.with_child_coordinator

    @property
    def without_coordinator(self) -> int:
        """Those without a coordinator."""
        return self.persons - self.with_coordinator

    @property
    def without_plan(self) -> int:
        """Those without a plan."""
        return self.persons - self.with_plan


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def meeting_counts(publication: Publication, municipality: str) -> tuple[MeetingCount, ...]:
    """Return the meetings by month and type, oldest first."""
    rows = ask(
        publication,
        """
        select month, meeting_type, counts_for_followup, meetings
        from read_parquet($meeting_count)
        where municipality_code = $municipality
        order by month, meeting_type
        """,
        municipality=municipality,
    )
    return tuple(MeetingCount(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def form_counts(publication: Publication, municipality: str) -> tuple[FormCount, ...]:
    """Return the coordination meetings by month and by what they are called, oldest first."""
    rows = ask(
        publication,
        """
        select month, meeting_form, meetings
        from read_parquet($meeting_form_count)
        where municipality_code = $municipality
        order by month, meeting_form
        """,
        municipality=municipality,
    )
    return tuple(FormCount(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def participation(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[Participation, ...]:
    """Return who took part in the meetings of the year up to a date, the most frequent first."""
    rows = ask(
        publication,
        """
        select participant, meetings_with, meetings
        from read_parquet($meeting_participation)
        where municipality_code = $municipality and reference_date = $reference_date
        order by meetings_with desc, participant
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(Participation(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def notice_flow(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[FlowLink, ...]:
    """Return the ways of the notices of the year up to a date, in the order of the steps."""
    rows = ask(
        publication,
        """
        select
            step, step_order, outcome, outcome_order, is_waiting, notices, days_known,
            first_quartile, median_days, third_quartile
        from read_parquet($notice_flow)
        where municipality_code = $municipality and reference_date = $reference_date
        order by step_order, outcome_order, notices desc, step, outcome
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(
        FlowLink(row[0], row[1], row[2], row[3], row[4], row[5], Days(*row[6:])) for row in rows
    )


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def notice_senders(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[Sender, ...]:
    """Return who sent notices, those with the most of the last year first."""
    rows = ask(
        publication,
        """
        select
            sender, notices, assessed, notices_year_before, appointed, first_quartile,
            median_days, third_quartile
        from read_parquet($notice_sender)
        where municipality_code = $municipality and reference_date = $reference_date
        order by notices desc, sender
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(Sender(row[0], row[1], row[2], row[3], Days(*row[4:])) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def notice_survival(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[SurvivalDay, ...]:
    """Return the days from notice to coordinator, of the two years up to a date."""
    rows = ask(
        publication,
        """
        select days, at_risk, appointed, censored
        from read_parquet($notice_survival)
        where municipality_code = $municipality and reference_date = $reference_date
        order by days
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(SurvivalDay(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def housing_needs(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[HousingYear, ...]:
    """Return the housing needs by wanted year, those without a year last."""
    rows = ask(
        publication,
        """
        select wanted_year, persons, around_the_clock
        from read_parquet($housing_need)
        where municipality_code = $municipality and reference_date = $reference_date
        order by wanted_year nulls last
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(HousingYear(*row) for row in rows)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def birthdays(
    publication: Publication, municipality: str, reference_date: dt.date
) -> tuple[Birthdays, ...]:
    """Return those who turn 16 or 18 in the two years after a date, by quarter."""
    rows = ask(
        publication,
        """
        select turns, quarter, persons, with_coordinator, with_child_coordinator, with_plan
        from read_parquet($transition)
        where municipality_code = $municipality and reference_date = $reference_date
        order by turns, quarter
        """,
        municipality=municipality,
        reference_date=reference_date,
    )
    return tuple(Birthdays(*row) for row in rows)
