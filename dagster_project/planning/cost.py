"""What a scenario asks for: coordinators, posts, hours and kroner, by year, service area, function.

A year's hours are those of the persons who have a coordinator through it, taken as the mean of its
first and its last day; coverage goes in a straight line from today's to the target. Coordinators
fall on service areas as today's do, moved between health and care and the others until the share
outside is the assumed one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.planning import PlanningError
from dagster_project.planning.need import DRAWS, Year
from dagster_project.planning.scenario import (
    AREA_COST,
    Estimate,
    Scenario,
    Target,
    proposals,
)

Values = NDArray[np.float64]

_LOW, _HIGH = 10.0, 90.0
_SEED = 20240149
_MONTHS = 12
_HEALTH = "health_care"
# Where nobody knows where a single coordinator works.
UNKNOWN_AREA = "unknown"


@dataclass(frozen=True)
class Basis:
    """What is known and expected before anything is decided.

    `counted` has, by age group, how many of the target group have a coordinator and how many it
    has, on the last day of `year`. `need` has the target group expected on the last day of each
    year from that one on. `coordinators` has today's by service area (those of unknown area are
    left out), `sectors` the sector of each area.
    """

    year: int
    counted: Mapping[str, tuple[int, int]]
    need: Mapping[int, Year]
    coordinators: Mapping[str, int]
    sectors: Mapping[str, str]
    # Training needs that have been reported and not met.
    untrained: int = 0


@dataclass(frozen=True)
class Amount:
    """A number and how sure it is: of ten chances, eight that it lies between the limits."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Cost:
    """What one year asks for.

    Persons are those on its last day; hours, posts and kroner those through it. `training_places`
    are of new coordinators, and in the first year of those who wait for one.
    """

    target_group: Amount
    persons: Amount
    coordinators: Amount
    training_places: Amount
    hours: Amount
    posts: Amount
    kroner: Amount
    by_area: Mapping[str, float]
    by_function: Mapping[str, float]


@dataclass(frozen=True)
class Sway:
    """How far one assumption moves the last year's kroner, all others as they are."""

    assumption: str
    area: str
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """How much lies between."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Plan:
    """A scenario reckoned: each year on the way to the target, and with today's coverage."""

    scenario: Scenario
    years: Mapping[int, Cost]
    as_today: Mapping[int, Cost]
    sways: Sequence[Sway]
    # Age groups whose target lies below today's coverage.
    below_today: Sequence[str]

    def at_todays_coverage(self, basis: Basis, year: int) -> float:
        """Return how many would have a coordinator in a year, each age covered as today."""
        need = basis.need[year].by_age
        return sum(_share(*counted) * need[age].persons for age, counted in basis.counted.items())

    def beyond_today(self, year: int) -> float:
        """Return what the target costs in a year beyond today's coverage."""
        return self.years[year].kroner.middle - self.as_today[year].kroner.middle


# The values of the assumptions: one each, or as many as there are draws.
_Values = Mapping[tuple[str, str], Values]


@dataclass(frozen=True)
class Waiting:
    """What it costs to begin a year later.

    `person_years` without a coordinator in the meantime, and how many kroner more a year it takes
    when the target is reached: there are more persons then, and wages have grown.
    """

    person_years: float
    kroner: float


def reckon(basis: Basis, scenario: Scenario) -> Plan:
    """Return what a scenario asks for; raises PlanningError where its years cannot be reckoned."""
    if scenario.first_year <= basis.year:
        raise PlanningError("years_behind")
    # What waiting costs is asked of the year after.
    if scenario.last_year + 1 not in basis.need:
        raise PlanningError("years_ahead")
    model = _Model(basis, scenario)
    return Plan(
        scenario,
        model.costs(),
        _Model(basis, _as_today(scenario)).costs(),
        model.sways(),
        tuple(
            age
            for age, target in scenario.target.by_age.items()
            if target < _share(*basis.counted.get(age, (0, 0)))
        ),
    )


def waiting(basis: Basis, plan: Plan) -> Waiting:
    """Return what it costs to begin a plan a year later."""
    scenario = plan.scenario
    later = scenario.model_copy(
        update={"first_year": scenario.first_year + 1, "last_year": scenario.last_year + 1}
    )
    delayed = _Model(basis, later).costs()
    now, then = scenario.last_year, later.last_year
    through = sum(
        plan.years[year].persons.middle
        - (delayed[year] if year in delayed else plan.as_today[year]).persons.middle
        for year in scenario.years
    )
    return Waiting(through, delayed[then].kroner.middle - plan.years[now].kroner.middle)


def gap(cases: int, persons: int, target: float) -> int:
    """Return how many more persons it takes to reach a target today."""
    return max(0, math.ceil(round(target * persons - cases, 6)))


def _as_today(scenario: Scenario) -> Scenario:
    return scenario.model_copy(update={"target": Target()})


def _share(cases: int, persons: int) -> float:
    return cases / persons if persons else 0.0


@dataclass(frozen=True)
class _Through:
    """What a year asks for, of every draw: arrays of one value or of as many as there are draws."""

    target_group: Values
    persons: Values
    coordinators: Values
    places: Values
    hours: Values
    posts: Values
    by_area: Mapping[str, Values]

    @property
    def kroner(self) -> Values:
        return sum(self.by_area.values(), np.zeros(1))


class _Model:
    def __init__(self, basis: Basis, scenario: Scenario) -> None:
        self._basis, self._scenario = basis, scenario
        known = {area: number for area, number in basis.coordinators.items() if number}
        self._number = known or {UNKNOWN_AREA: 1}
        self._areas = list(self._number)

    def costs(self) -> dict[int, Cost]:
        """Return each year's cost: reckoned with the middle, its limits by drawing all at once."""
        middle, drawn = self._run(self._middle(), 1), self._run(self._drawn(), DRAWS)
        return {year: self._cost(year, middle[year], drawn[year]) for year in self._scenario.years}

    def sways(self) -> list[Sway]:
        """Return how far each assumption moves the last year's kroner, the most first."""
        last = self._scenario.last_year
        middle = self._middle()
        found = []
        for (name, area), estimate in self._estimates().items():
            ends = [
                float(self._run({**middle, (name, area): np.array([end])}, 1)[last].kroner[0])
                for end in (estimate.low, estimate.high)
            ]
            found.append(Sway(name, area, *ends))
        return sorted(found, key=lambda sway: -sway.width)

    def _estimates(self) -> dict[tuple[str, str], Estimate]:
        return {
            (name, area): self._scenario.estimate(name, area)
            for name, proposal in proposals().items()
            for area in (self._areas if proposal.by_area else [""])
        }

    def _middle(self) -> _Values:
        return {key: np.array([each.middle]) for key, each in self._estimates().items()}

    def _drawn(self) -> _Values:
        """Return draws of every assumption, from triangles of low, middle and high."""
        generator = np.random.default_rng(_SEED)
        return {
            key: generator.triangular(each.low, each.middle, each.high, DRAWS)
            if each.low < each.high
            else np.full(DRAWS, each.middle)
            for key, each in self._estimates().items()
        }

    def _run(self, values: _Values, draws: int) -> dict[int, _Through]:
        """Return every year of the plan, from the last day of the year that is known on."""
        scenario = self._scenario

        def of(name: str) -> Values:
            return values[name, ""]

        before = self._persons(self._basis.year, draws)
        coordinators = before / of("persons_per_coordinator")
        found = {}
        for year in range(self._basis.year + 1, scenario.last_year + 1):
            persons = self._persons(year, draws)
            through = (before + persons) / 2
            now = persons / of("persons_per_coordinator")
            new = np.maximum(now - coordinators * (1 - of("turnover")), 0)
            places = new + (self._basis.untrained if year == scenario.first_year else 0)
            each = _MONTHS * of("hours_per_person_month") + of("meetings_per_year") * of(
                "hours_per_meeting"
            )
            hours = through * each + places * of("hours_per_training")
            found[year] = _Through(
                self._target_group(year, draws),
                persons,
                now,
                places,
                hours,
                hours / of("hours_per_post"),
                {
                    area: hours
                    * share
                    * values[AREA_COST, area]
                    * (1 + of("wage_growth")) ** (year - self._basis.year)
                    for area, share in self._shares(of("share_outside_health")).items()
                },
            )
            before, coordinators = persons, now
        return {year: found[year] for year in scenario.years}

    def _target_group(self, year: int, draws: int) -> Values:
        return sum(self._by_age(year, draws).values(), np.zeros(1))

    def _persons(self, year: int, draws: int) -> Values:
        """Return who has a coordinator on the last day of a year, all ages together."""
        of_age = self._by_age(year, draws)
        return sum(
            (persons * self._coverage(age, year) for age, persons in of_age.items()), np.zeros(1)
        )

    def _by_age(self, year: int, draws: int) -> dict[str, Values]:
        need = self._basis.need[year]
        if draws == 1:
            return {age: np.array([each.persons]) for age, each in need.by_age.items()}
        return {age: need.drawn[age] for age in need.by_age}

    def _coverage(self, age: str, year: int) -> float:
        """Return the share of an age group on the last day of a year, on its way to the target."""
        today = _share(*self._basis.counted.get(age, (0, 0)))
        target = self._scenario.target.by_age.get(age)
        if target is None:
            return today
        # The way begins when the plan does.
        begins = self._scenario.first_year - 1
        part = (year - begins) / (self._scenario.last_year - begins)
        return today + (target - today) * min(max(part, 0.0), 1.0)

    def _shares(self, outside: Values) -> dict[str, Values]:
        """Return the share of the coordinators that each service area has."""
        number = self._number
        is_health = {area: self._basis.sectors.get(area) == _HEALTH for area in self._areas}
        health = sum(number[area] for area in self._areas if is_health[area])
        others = sum(number[area] for area in self._areas if not is_health[area])
        shares = {}
        for area in self._areas:
            # Where there are none on one side, nothing can be moved there.
            if not (health and others):
                shares[area] = np.full(1, number[area] / (health + others))
            elif is_health[area]:
                shares[area] = (1 - outside) * number[area] / health
            else:
                shares[area] = outside * number[area] / others
        return shares

    def _cost(self, year: int, middle: _Through, drawn: _Through) -> Cost:
        by_area = {area: float(kroner[0]) for area, kroner in middle.by_area.items()}
        by_function: dict[str, float] = {}
        for area, kroner in by_area.items():
            for function, share in self._scenario.functions_of(area, year).items():
                by_function[function] = by_function.get(function, 0.0) + kroner * share
        return Cost(
            _amount(middle.target_group, drawn.target_group),
            _amount(middle.persons, drawn.persons),
            _amount(middle.coordinators, drawn.coordinators),
            _amount(middle.places, drawn.places),
            _amount(middle.hours, drawn.hours),
            _amount(middle.posts, drawn.posts),
            _amount(middle.kroner, drawn.kroner),
            by_area,
            dict(sorted(by_function.items())),
        )


def _amount(middle: Values, drawn: Values) -> Amount:
    low, high = np.percentile(drawn, [_LOW, _HIGH])
    return Amount(float(middle[0]), float(low), float(high))
