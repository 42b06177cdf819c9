"""What comes after a notice: meetings, the way to a coordinator, housing needs, coming of age."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dashboards.queries.rows import of_date, of_municipality

T = TypeVar("T")


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
class JournalMonth:
    """The notices of a month in the public journal, and those registered."""

    month: dt.date
    journaled: int
    registered: int
    more_in_journal: int


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
class Channel:
    """The notices that came by one way; None where no way is said."""

    name: str | None
    notices: int
    assessed: int
    notices_year_before: int


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
class HousingType:
    """The persons who need a home of one type; None where no type is said."""

    name: str | None
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


def _with_days(make: Callable[..., T], columns: int) -> Callable[..., T]:
    """Return what makes an object of some columns, and of the quartiles in those after them."""
    return lambda *row: make(*row[:columns], Days(*row[columns:]))


# The meetings by month and type, oldest first.
meeting_counts = of_municipality(
    MeetingCount,
    """
    select month, meeting_type, counts_for_followup, meetings
    from read_parquet($meeting_count)
    where {its_own}
    order by month, meeting_type
    """,
)
# The coordination meetings by month and by what they are called, oldest first.
form_counts = of_municipality(
    FormCount,
    """
    select month, meeting_form, meetings
    from read_parquet($meeting_form_count)
    where {its_own}
    order by month, meeting_form
    """,
)
# Who took part in the meetings of the year up to a date, the most frequent first.
participation = of_date(
    Participation,
    """
    select participant, meetings_with, meetings
    from read_parquet($meeting_participation)
    where {its_own}
    order by meetings_with desc, participant
    """,
)
# The ways of the notices of the year up to a date, in the order of the steps.
notice_flow = of_date(
    _with_days(FlowLink, 6),
    """
    select
        step, step_order, outcome, outcome_order, is_waiting, notices, days_known,
        first_quartile, median_days, third_quartile
    from read_parquet($notice_flow)
    where {its_own}
    order by step_order, outcome_order, notices desc, step, outcome
    """,
)
# Who sent notices, those with the most of the last year first.
notice_senders = of_date(
    _with_days(Sender, 4),
    """
    select
        sender, notices, assessed, notices_year_before, appointed, first_quartile,
        median_days, third_quartile
    from read_parquet($notice_sender)
    where {its_own}
    order by notices desc, sender
    """,
)
# The notices in the public journal beside those registered, by month.
journal_months = of_municipality(
    JournalMonth,
    """
    select month, journaled, registered, more_in_journal
    from read_parquet($journal_count)
    where {its_own}
    order by month
    """,
)
# By which way notices come, those with the most of the last year first.
notice_channels = of_date(
    Channel,
    """
    select channel, notices, assessed, notices_year_before
    from read_parquet($notice_channel)
    where {its_own}
    order by notices desc, channel nulls last
    """,
)
# The days from notice to coordinator, of the two years up to a date.
notice_survival = of_date(
    SurvivalDay,
    """
    select days, at_risk, appointed, censored
    from read_parquet($notice_survival)
    where {its_own}
    order by days
    """,
)
# The housing needs by wanted year, those without a year last.
housing_needs = of_date(
    HousingYear,
    """
    select wanted_year, persons, around_the_clock
    from read_parquet($housing_need)
    where {its_own}
    order by wanted_year nulls last
    """,
)
# The housing needs by type of home, the most first.
housing_types = of_date(
    HousingType,
    """
    select housing_type, persons, around_the_clock
    from read_parquet($housing_type)
    where {its_own}
    order by housing_type is null, persons desc, housing_type
    """,
)
# Those who turn 16 or 18 in the two years after a date, by quarter.
birthdays = of_date(
    Birthdays,
    """
    select turns, quarter, persons, with_coordinator, with_child_coordinator, with_plan
    from read_parquet($transition)
    where {its_own}
    order by turns, quarter
    """,
)
