"""The coordinating unit's part of the true world: who coordinates whom, from when to when.

Each municipality is gone through day by day: persons get a coordinator until as many have one as
`Place.with_coordinator` says, coordinators leave and are followed by others, children change to
child coordinators when the right comes. How the persons are spread on the coordinators follows the
evaluation's survey (SINTEF 2024:00149, 8.2): 35 % have one person, 22 % two, just under a fifth
more than five; 85 % come from health and care; nearly half are there for children and young people,
14 % for an elderly person.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from dagster_project.demo.identities import Registry
from dagster_project.demo.places import LAST_DAY, Place, day
from dagster_project.demo.world import (
    OPEN,
    Coordinator,
    Employment,
    Ending,
    Form,
    Person,
    Role,
    Spell,
    Town,
    birthday,
    town_chance,
)

_CHILD, _ADULT, _ELDER = "child", "adult", "elder"
# How likely a person with a complex need is to be chosen, by the upper age.
_CHOSEN = ((17, 0.88), (24, 0.33), (49, 0.52), (66, 0.31), (79, 0.07), (200, 0.02))
# How many persons a coordinator has room for, with weights. Not everyone is full at all times, so
# the weights lie a little above the shares of the survey.
_CAPACITY = {
    _CHILD: ((1, 28), (2, 19), (3, 10), (4, 9), (5, 7), (7, 12), (9, 9), (12, 6)),
    _ADULT: ((1, 37), (2, 22), (3, 10), (4, 8), (5, 5), (7, 8), (9, 5), (12, 3)),
    _ELDER: ((1, 30), (2, 25), (3, 20), (4, 15), (6, 10)),
}
# The service areas that coordinators come from, with weights.
_FROM = {
    _CHILD: {
        "child_health": 49,
        "disability": 22,
        "mental_health": 8,
        "school": 8,
        "educational_psychology": 6,
        "child_welfare": 5,
        "kindergarten": 2,
    },
    _ADULT: {
        "mental_health": 48,
        "disability": 20,
        "home_care": 14,
        "rehabilitation": 8,
        "social_services": 8,
        "integration": 2,
    },
    _ELDER: {"home_care": 70, "rehabilitation": 18, "allocation": 12},
}
# Employed by others (an intermunicipal service), and so not on the municipality's staff list.
_OFTEN_ELSEWHERE = {"educational_psychology": 0.6, "child_welfare": 0.3}
_YEAR = 365.25
_LEAVES, _YEARS_BEFORE_LEAVING = 0.5, 3.0
_SWAPS_A_YEAR = 0.07
_FOLLOWED_AFTER_LEAVING, _FOLLOWED_AFTER_18 = 0.8, 0.6
_CHILD_RIGHT, _CHANGES_OVER = 0.6, 0.5
_DECLINES, _END_FORM, _UNREPORTED = 0.05, 0.3, 0.4
_CONSENTS = (("yes", 82), ("no", 9), (None, 9))
_SHORTEST = 60  # days that a coordinator is there for a person at least
_SMALL_TOWN = 60  # persons with a coordinator; in such a town no two begin on one day
_EMPLOYED_BEFORE, _SIBLINGS = 0.1, 0.15
_T = TypeVar("_T")


@dataclass
class _Career:
    """What a person goes through: from the first coordinator's first day to the last one's last."""

    person: Person
    last: int
    ending: Ending
    child_right: bool


class _Dealer(Generic[_T]):
    """Deals values so that their shares are right all along, not only in the long run."""

    def __init__(self, weights: Mapping[_T, int], chance: random.Random) -> None:
        total = sum(weights.values())
        self._shares = {value: weight / total for value, weight in weights.items()}
        self._dealt = dict.fromkeys(weights, 0)
        self._chance = chance

    def deal(self) -> _T:
        """Return the value that lags most behind its share; chance decides where it is close."""
        many = sum(self._dealt.values()) + 1
        value = max(
            self._shares,
            key=lambda one: self._shares[one] * many - self._dealt[one] + self._chance.random() / 2,
        )
        self._dealt[value] += 1
        return value


@dataclass(frozen=True, eq=False)
class _Waiting:
    """A person with a complex need and no coordinator yet: since when, and until when at most."""

    person: Person
    since: int
    until: int


def coordinate(place: Place, persons: list[Person], seed: int) -> Town:
    """Give persons coordinators as the years go by, and return the municipality."""
    office = _Office(place, persons, seed)
    office.run()
    return Town(place, persons, office.staff)


class _Office:
    def __init__(self, place: Place, persons: list[Person], seed: int) -> None:
        self._place = place
        self._chance = town_chance(seed, place.code, "coordination")
        self._names = Registry(self._chance)
        self._numbers = iter(self._chance.sample(range(1012, 9890), 1500))
        self._waiting = [
            _Waiting(
                person,
                since=max(person.services[0].first, person.moved_in or 0),
                until=min(person.need_ends, person.resident_until),
            )
            for person in persons
            if person.complex_need
        ]
        self._careers: list[_Career] = []
        self._queue: list[tuple[int, int, _Career]] = []
        self._days_used: set[int] = set()
        self._families = 0
        self._areas = {group: _Dealer(areas, self._chance) for group, areas in _FROM.items()}
        self._rooms = {
            group: _Dealer(dict(rooms), self._chance) for group, rooms in _CAPACITY.items()
        }
        self.staff: list[Coordinator] = []

    def run(self) -> None:
        """Go through the months."""
        first = dt.date.fromordinal(self._place.begins).replace(day=1)
        still = 0
        while first.toordinal() <= LAST_DAY:
            after = (first + dt.timedelta(days=32)).replace(day=1)
            begin, end = max(first.toordinal(), self._place.begins), after.toordinal() - 1
            self._follow_up_until(begin - 1)
            wanted = round(on_the_line(self._place.with_coordinator, end))
            new = wanted - sum(career.last >= end for career in self._careers)
            # Somebody begins every other month at least: a unit at work is never quite still.
            still = still + 1 if new <= 0 else 0
            for person in self._choose(max(new, still // 2), end):
                self._begin(person, begin, end)
                still = 0
            self._follow_up_until(end)
            first = after

    def _choose(self, many: int, end: int) -> list[Person]:
        """Choose persons whose complex need goes on for a while yet; the young rather."""
        if many <= 0:
            return []
        self._waiting = [one for one in self._waiting if one.until > end + 2 * _SHORTEST]
        pool = [
            one
            for one in self._waiting
            if one.since < end - 30 and len(one.person.areas_on(end)) >= 2
        ]
        weights = [_likely(one.person.age(end)) for one in pool]
        chosen: list[_Waiting] = []
        for _ in range(min(many, len(pool))):
            at = self._chance.choices(range(len(pool)), weights=weights)[0]
            weights.pop(at)
            chosen.append(pool.pop(at))
        self._waiting = [one for one in self._waiting if one not in chosen]
        return [one.person for one in chosen]

    def _begin(self, person: Person, begin: int, end: int) -> None:
        """Begin a person's career, on a day between two."""
        first = self._free_day(max(begin, person.resident_from), end)
        lasting = self._chance.gammavariate(2, self._place.years_with_coordinator / 2 * _YEAR)
        last, ending = first + _SHORTEST + round(lasting), Ending.NEED_OVER
        if person.need_ends < last:
            last = person.need_ends + self._chance.randint(0, 45)
        if not person.stays and person.resident_until <= last:
            last, ending = person.resident_until, Ending.DIED if person.died else Ending.MOVED
        elif person.stays:
            drawn = self._chance.random()
            if drawn < _DECLINES + _END_FORM:
                ending = Ending.DECLINED if drawn < _DECLINES else Ending.END_FORM
        if last >= LAST_DAY:
            last, ending = OPEN, Ending.GOES_ON
        right = person.registered and first < birthday(person.birth, 17)
        career = _Career(person, last, ending, right and self._chance.random() < _CHILD_RIGHT)
        self._careers.append(career)
        heapq.heappush(self._queue, (first, len(self._careers), career))

    def _free_day(self, begin: int, end: int) -> int:
        """Return a day on which nobody has begun yet; in a larger town, any day."""
        first = self._chance.randint(begin, end)
        if self._is_small(end):
            free = [on for on in range(begin, end + 1) if on not in self._days_used]
            first = self._chance.choice(free or [first])
        self._days_used.add(first)
        return first

    def _is_small(self, on: int) -> bool:
        return on_the_line(self._place.with_coordinator, on) < _SMALL_TOWN

    def _follow_up_until(self, end: int) -> None:
        while self._queue and self._queue[0][0] <= end:
            first, number, career = heapq.heappop(self._queue)
            spell = self._assign(career, first)
            if spell.last < career.last:
                heapq.heappush(self._queue, (spell.last + 1, number, career))

    def _assign(self, career: _Career, first: int) -> Spell:
        """Give the person a coordinator from a day on, and see how long that one lasts.

        The career goes on if somebody follows; else it ends with the assignment.
        """
        person = career.person
        role = self._role(career, first)
        coordinator = self._coordinator_for(person, first)
        last, ending = self._end_of(career, role, coordinator, first)
        if last >= LAST_DAY:
            last, ending, career.last = OPEN, Ending.GOES_ON, OPEN
        elif last < career.last and not self._is_followed(career, last, ending):
            career.last = last
        if ending is Ending.NEED_OVER:
            unreported = self._unreported_end(person, role, coordinator, first, last)
            if unreported is not None:
                career.last = last = unreported
                ending = Ending.UNREPORTED
        consent = self._chance.choices(
            [value for value, _ in _CONSENTS], weights=[weight for _, weight in _CONSENTS]
        )[0]
        spell = Spell(coordinator, role, first, last, ending, consent)
        if role is Role.CHILD_COORDINATOR:
            spell.family = self._family_of(person, coordinator, first)
        coordinator.spells.append(spell)
        person.spells.append(spell)
        return spell

    def _role(self, career: _Career, first: int) -> Role:
        grown = birthday(career.person.birth, 18)
        child = career.child_right and first >= self._place.child_scheme_begins
        return Role.CHILD_COORDINATOR if child and first < grown - _SHORTEST else Role.COORDINATOR

    def _end_of(
        self, career: _Career, role: Role, coordinator: Coordinator, first: int
    ) -> tuple[int, Ending]:
        """Return the last day and why: what comes first of all that may come."""
        person = career.person
        ends = [(career.last, career.ending)]
        latest_change = min(career.last, LAST_DAY) - _SHORTEST
        if coordinator.leaves < career.last:
            followed = person.stays and coordinator.leaves <= latest_change
            if followed and self._chance.random() < _FOLLOWED_AFTER_LEAVING:
                # Handed over one by one, the last ones on the last day of employment.
                early = 0 if self._chance.random() < 0.3 else self._chance.randint(1, 75)
                ends.append((max(first + 20, coordinator.leaves - early), Ending.CHANGED))
            else:
                ends.append((coordinator.leaves, Ending.LEFT))
        if person.stays:
            swap = first + 120 + round(self._chance.expovariate(_SWAPS_A_YEAR) * _YEAR)
            if swap <= latest_change:
                ends.append((swap, Ending.CHANGED))
        if role is Role.CHILD_COORDINATOR:
            ends.append((birthday(person.birth, 18) - 1, Ending.GREW_UP))
        elif career.child_right and person.stays and self._chance.random() < _CHANGES_OVER:
            over = self._place.child_scheme_begins - 1 + self._chance.randint(0, 330)
            if first + 30 <= over <= min(latest_change, birthday(person.birth, 17)):
                ends.append((over, Ending.CHANGED))
        last, ending = min(ends)
        if ending is Ending.CHANGED and self._is_small(last):
            while last + 1 in self._days_used and last > first + 20:
                last -= 1
            self._days_used.add(last + 1)
        return min(last, coordinator.leaves), ending

    def _is_followed(self, career: _Career, last: int, ending: Ending) -> bool:
        if ending is Ending.GREW_UP:
            enough = career.last - last >= _SHORTEST and career.person.stays
            return enough and self._chance.random() < _FOLLOWED_AFTER_18
        return ending is Ending.CHANGED

    def _unreported_end(
        self, person: Person, role: Role, coordinator: Coordinator, first: int, last: int
    ) -> int | None:
        """Return the day before the delivery of the register that no longer has the assignment."""
        years = self._place.register_years
        limit = min(coordinator.leaves, person.resident_until - 1)
        if role is Role.CHILD_COORDINATOR:
            limit = min(limit, birthday(person.birth, 18) - 1)
        for earlier, year in itertools.pairwise(years):
            seen_gone = day(year, 12, 31)
            if first < day(earlier, 12, 1) and seen_gone - 250 < last < seen_gone <= limit:
                return seen_gone - 1 if self._chance.random() < _UNREPORTED else None
        return None

    def _coordinator_for(self, person: Person, first: int) -> Coordinator:
        age = person.age(first)
        group = _CHILD if age < 20 else _ADULT if age < 67 else _ELDER
        had = {spell.coordinator.number for spell in person.spells}
        free = [
            coordinator
            for coordinator in self.staff
            if coordinator.group == group
            and coordinator.leaves >= first + _SHORTEST
            and coordinator.number not in had
            and coordinator.has_room(first)
        ]
        return self._chance.choice(free) if free else self._hire(group, first)

    def _hire(self, group: str, first: int) -> Coordinator:
        chance = self._chance
        area = self._areas[group].deal()
        elsewhere = chance.random() < _OFTEN_ELSEWHERE.get(area, 0.0)
        leaves = OPEN
        if not elsewhere and chance.random() < _LEAVES:
            leaves = first + 200 + round(chance.gammavariate(2, _YEARS_BEFORE_LEAVING / 2 * _YEAR))
        leaves = leaves if leaves < LAST_DAY else OPEN
        employments = [Employment(first - chance.randint(20, 2500), leaves)]
        if chance.random() < _EMPLOYED_BEFORE:
            before = employments[0].first - chance.randint(60, 700)
            employments.insert(0, Employment(before - chance.randint(200, 2000), before))
        coordinator = Coordinator(
            number=str(next(self._numbers)),
            name=self._names.name(chance.random() < 0.8, "employee"),
            area=area,
            group=group,
            capacity=self._rooms[group].deal(),
            employments=employments,
            on_staff_list=not elsewhere,
        )
        self.staff.append(coordinator)
        return coordinator

    def _family_of(self, person: Person, coordinator: Coordinator, first: int) -> str:
        """Return the person's family: a new one, or that of a child with the same coordinator."""
        for spell in person.spells:
            if spell.family:
                return spell.family
        others = [spell.family for spell in coordinator.spells if spell.last >= first]
        families = [family for family in others if family]
        if families and self._chance.random() < _SIBLINGS:
            return families[-1]
        self._families += 1
        return f"F{1000 + self._families}"


def on_the_line(points: tuple[tuple[int, int], ...], at: int) -> float:
    """Return the height on a day of the line through the points (day, height)."""
    for (before, low), (after, high) in itertools.pairwise(points):
        if before <= at <= after:
            return low + (high - low) * (at - before) / (after - before)
    return points[-1][1] if at > points[-1][0] else points[0][1]


def change_forms(person: Person) -> list[Form]:
    """Return the forms that tell of the person's changes and endings, by day."""
    forms = [
        Form(later.first, "coordinator_change", earlier.coordinator, later.coordinator)
        for earlier, later in itertools.pairwise(person.spells)
    ]
    for spell in person.spells:
        if spell.ending in _FORM_OF_ENDING:
            forms.append(Form(spell.last + 1, _FORM_OF_ENDING[spell.ending], spell.coordinator))
    return sorted(forms, key=lambda form: form.day)


_FORM_OF_ENDING = {
    Ending.END_FORM: "coordinator_ended",
    Ending.DECLINED: "declined_coordinator",
}


def _likely(age: int) -> float:
    return next(weight for upper, weight in _CHOSEN if age <= upper)
