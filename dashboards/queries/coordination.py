"""What coordinators carry, who of them has left, and how old plans are."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.queries.rows import of_date


@dataclass(frozen=True)
class Load:
    """How many coordinators of an area and a sector have so many persons."""

    service_area: str
    sector: str
    load: str
    coordinators: int
    persons: int


@dataclass(frozen=True)
class Departed:
    """Coordinators who have left and are still registered, and their persons.

    `without` are the persons who have no other coordinator.
    """

    service_area: str
    coordinators: int
    persons: int
    without: int

    @property
    def with_another(self) -> int:
        """The persons who have another coordinator."""
        return self.persons - self.without


@dataclass(frozen=True)
class PlanAge:
    """The plans that were created so many whole years ago.

    `living` is one of the two others: of those that are living where minutes of a coordination
    meeting do not keep a plan so, and where they do.
    """

    age: str
    plans: int
    living: int
    living_without_minutes: int
    living_with_minutes: int
    with_coordinator: int

    @property
    def not_living(self) -> int:
        """Those that are not living."""
        return self.plans - self.living

    @property
    def without_coordinator(self) -> int:
        """Those of persons without a coordinator."""
        return self.plans - self.with_coordinator


# The coordinators by area, sector and load; areas and sectors have an `all` too.
loads = of_date(
    Load,
    """
    select service_area, sector, load, coordinators, persons
    from read_parquet($coordinator_load)
    where {its_own}
    order by service_area, sector, load
    """,
)
# The areas that somebody registered has left; those with most persons first.
departed = of_date(
    Departed,
    """
    select service_area, coordinators, persons, persons_without
    from read_parquet($departed_coordinator)
    where {its_own}
    order by persons_without desc, persons desc, service_area
    """,
)
# The plans by their age, newest first.
plan_ages = of_date(
    PlanAge,
    """
    select
        age_of_plan, plans, living, living_without_minutes, living_with_minutes, with_coordinator
    from read_parquet($plan_age)
    where {its_own}
    order by age_of_plan
    """,
)
