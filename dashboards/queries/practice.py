"""What is counted beside the indicators: meetings of each, teams, training, contacts, goals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboards.queries.rows import of_date, of_municipality


@dataclass(frozen=True)
class Frequency:
    """How many persons with a coordinator have had so many meetings in a year."""

    meetings_each: str
    persons: int
    meetings: int


@dataclass(frozen=True)
class Team:
    """How many persons have a team that has met in a year, by what it is called."""

    form: str
    teams: int
    with_coordinator: int
    meetings: int

    @property
    def without_coordinator(self) -> int:
        """The teams of persons without a coordinator."""
        return self.teams - self.with_coordinator


@dataclass(frozen=True)
class NotActive:
    """How many persons of an age group are registered with a plan that is not in force."""

    status: str
    age_group: str
    persons: int
    with_plan: int


@dataclass(frozen=True)
class Contacts:
    """Coordinators and primary contacts of an age group on a date.

    `outside` have a primary contact and are not of the target group.
    """

    date: dt.date
    age_group: str
    target_group: int
    with_coordinator: int
    contact_only: int
    outside: int


@dataclass(frozen=True)
class TrainingNeeds:
    """How many needs of a topic have come to what."""

    topic: str
    status: str
    needs: int


@dataclass(frozen=True)
class Trained:
    """The coordinators of a service area, by whether they have ever been trained."""

    service_area: str
    coordinators: int
    trained: int
    offered: int
    unnamed: int

    @property
    def never(self) -> int:
        """Those who have neither completed a training nor been offered one."""
        return self.coordinators - self.trained - self.offered - self.unnamed


@dataclass(frozen=True)
class Goals:
    """Persons by how many months ago the first conversation about their goals was."""

    months: str
    persons: int
    followed: int
    improved: int
    conversations: int
    of_the_year: int
    due: int
    evaluated: int

    @property
    def once(self) -> int:
        """Those who have had one conversation alone."""
        return self.persons - self.followed

    @property
    def not_improved(self) -> int:
        """Those who have had more, and have not improved by two points."""
        return self.followed - self.improved


@dataclass(frozen=True)
class TurningRow:
    """A registration of somebody who comes of age soon: where it stands, never whose it is."""

    turns: int
    quarter: dt.date
    case: int
    has_coordinator: bool
    has_plan: bool
    record: str
    source: str
    delivery: str
    row_number: int
    registration: str | None


# Those with a coordinator by their meetings of the year up to a date, fewest first.
frequencies = of_date(
    Frequency,
    """
    select meetings_in_year, persons, meetings
    from read_parquet($meeting_frequency)
    where {its_own}
    order by meetings_in_year
    """,
)
# The teams that have met in the year up to a date, by name.
teams = of_date(
    Team,
    """
    select meeting_form, teams, teams_with_coordinator, meetings
    from read_parquet($active_team)
    where {its_own}
    order by meeting_form
    """,
)
# Those with a plan that is not in force, by its status and their age; `all` ages too.
plans_not_active = of_date(
    NotActive,
    """
    select plan_status, age_group, persons, persons_with_plan
    from read_parquet($plan_not_active)
    where {its_own}
    order by plan_status, age_group
    """,
)
# Coordinators and primary contacts by date and age group, oldest first.
contacts = of_municipality(
    Contacts,
    """
    select
        reference_date, age_group, target_group, persons_with_coordinator,
        persons_with_contact_only, persons_outside
    from read_parquet($primary_contact)
    where {its_own}
    order by reference_date, age_group
    """,
)
# The training needs by topic, those with most that is overdue first.
training_needs = of_date(
    TrainingNeeds,
    """
    select topic_name, need_status, needs
    from read_parquet($training_need_status)
    where {its_own}
    order by
        sum(needs) filter (where need_status = 'overdue') over (partition by topic) desc nulls last,
        sum(needs) over (partition by topic) desc,
        topic,
        need_status
    """,
)
# The coordinators by service area, those with most who were never trained first; `all` too.
trained = of_date(
    Trained,
    """
    select
        service_area, coordinators, coordinators_trained, coordinators_offered,
        coordinators_unnamed
    from read_parquet($trained_coordinator)
    where {its_own}
    order by
        coordinators - coordinators_trained - coordinators_offered - coordinators_unnamed desc,
        service_area
    """,
)
# Those with goals by how long they have had them, the newest first.
goals = of_date(
    Goals,
    """
    select
        months_since_first, persons, persons_followed, persons_improved, conversations,
        conversations_of_the_year, persons_due, persons_evaluated
    from read_parquet($goal_followup)
    where {its_own}
    order by cast(regexp_extract(months_since_first, '^[0-9]+') as integer)
    """,
)
# The registrations of those who come of age soon; there are none but of the newest date.
turning_rows = of_date(
    TurningRow,
    """
    select
        turns, quarter, case_number, has_coordinator, has_plan, record, source, delivery,
        row_number, registration_id
    from read_parquet($transition_row)
    where {its_own}
    order by turns, case_number, record, source, row_number
    """,
)
