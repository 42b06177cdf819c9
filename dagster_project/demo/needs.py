"""Who is in touch with the services, and for how long: the persons of the true world.

About six of a hundred inhabitants have a service on a given day, most of them in one service area,
about two in a hundred long services in two or more. The shares by age are invented; they are set so
that the sum looks like a Norwegian municipality.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import dataclass

from dagster_project.demo.identities import Registry
from dagster_project.demo.places import FIRST_DAY, LAST_DAY, Place, day
from dagster_project.demo.population import inhabitants
from dagster_project.demo.world import OPEN, Person, Service, birthday, town_chance

# Needs that begin earlier than this are over when the data begin.
_HORIZON = day(2006, 1, 1)
_YEAR = 365.25
_SHORTEST_SERVICE = 20


@dataclass(frozen=True)
class _Band:
    """Inhabitants of some ages: the share in need on a given day, and how long needs last.

    `simple` is one service area, `complex` two or more; years are means. `dying` and `moving` are
    yearly chances.
    """

    from_age: int
    to_age: int
    simple: float
    complex: float
    simple_years: float
    complex_years: float
    dying: float
    moving: float


_BANDS = (
    _Band(0, 5, 0.024, 0.021, 4.0, 5.5, 0.0003, 0.012),
    _Band(6, 12, 0.030, 0.025, 4.5, 5.5, 0.0003, 0.012),
    _Band(13, 17, 0.030, 0.020, 4.0, 5.0, 0.0005, 0.012),
    _Band(18, 24, 0.022, 0.014, 4.0, 5.0, 0.001, 0.025),
    _Band(25, 49, 0.018, 0.0115, 5.5, 5.5, 0.003, 0.015),
    _Band(50, 66, 0.022, 0.016, 6.5, 5.5, 0.010, 0.006),
    _Band(67, 79, 0.065, 0.034, 8.0, 5.0, 0.04, 0.003),
    _Band(80, 89, 0.24, 0.11, 8.0, 4.5, 0.12, 0.002),
    _Band(90, 105, 0.40, 0.20, 5.0, 4.0, 0.27, 0.001),
)

# What one service area a person may have, by the upper age of the band.
_SIMPLE_AREAS: dict[int, dict[str, float]] = {
    5: {"child_health": 6, "kindergarten": 2, "child_welfare": 1, "rehabilitation": 1},
    12: {"educational_psychology": 5, "child_health": 3, "child_welfare": 2, "rehabilitation": 1},
    17: {"child_health": 4, "educational_psychology": 3, "child_welfare": 2, "mental_health": 2},
    24: {"social_services": 4, "mental_health": 4, "integration": 1, "rehabilitation": 1},
    49: {"social_services": 4, "mental_health": 4, "integration": 1, "rehabilitation": 3},
    66: {"home_care": 3, "mental_health": 3, "social_services": 2, "rehabilitation": 4},
    79: {"home_care": 6, "rehabilitation": 3, "mental_health": 0.5},
    89: {"home_care": 9, "rehabilitation": 2, "residential_care": 1},
    105: {"home_care": 8, "residential_care": 4, "rehabilitation": 0.5},
}
# What long services in several areas a person may have. `education` is the kindergarten or the
# school, as the age has it.
_COMPLEX_AREAS: dict[int, dict[tuple[str, ...], float]] = {
    17: {
        ("child_health", "educational_psychology", "education"): 4,
        ("disability", "education", "rehabilitation"): 3,
        ("child_welfare", "education", "child_health"): 3,
        ("disability", "educational_psychology", "child_health"): 2,
        ("mental_health", "child_welfare"): 2,
        ("child_health", "mental_health", "education"): 2,
    },
    49: {
        ("mental_health", "social_services"): 5,
        ("mental_health", "social_services", "home_care"): 2,
        ("disability", "home_care"): 2,
        ("disability", "social_services"): 2,
        ("integration", "social_services", "mental_health"): 1,
        ("rehabilitation", "home_care"): 1.5,
        ("mental_health", "primary_medical"): 0.7,
    },
    66: {
        ("mental_health", "home_care"): 3,
        ("mental_health", "social_services"): 2,
        ("rehabilitation", "home_care"): 4,
        ("disability", "home_care"): 2,
        ("rehabilitation", "home_care", "primary_medical"): 1,
    },
    105: {
        ("home_care", "rehabilitation"): 6,
        ("home_care", "residential_care"): 3,
        ("home_care", "mental_health"): 1,
        ("home_care", "rehabilitation", "primary_medical"): 1,
    },
}
# The ages at which a service area ends, whatever the need.
_AREA_AGES = {
    "child_health": (0, 20),
    "educational_psychology": (1, 19),
    "child_welfare": (0, 23),
}
_AFTER_18 = (("mental_health", "social_services"), ("disability", "social_services"))
_SHORT_SECOND_AREA = 0.12  # of those with one area: a second one for too short to count
_MOVED_IN, _EARLIER_ID, _UNREPORTED = 0.14, 0.012, 0.1


def people_with_needs(place: Place, seed: int) -> list[Person]:
    """Return the persons in touch with the services of a municipality, by first day of need."""
    chance = town_chance(seed, place.code, "needs")
    registry = Registry(chance)
    population = inhabitants(place.code).on(2019)
    persons: list[Person] = []
    years = (LAST_DAY - _HORIZON) / _YEAR
    for band in _BANDS:
        many = int(population[band.from_age : band.to_age + 1].sum()) * place.need
        for is_complex, share, mean in (
            (False, band.simple, band.simple_years),
            (True, band.complex, band.complex_years),
        ):
            for _ in range(round(many * share / mean * years)):
                first = chance.randint(_HORIZON, LAST_DAY)
                lasting = chance.gammavariate(2, mean / 2 * _YEAR)
                last = first + max(400 if is_complex else 45, round(lasting))
                if last < FIRST_DAY:
                    continue
                if person := _person(place, band, is_complex, first, last, chance, registry):
                    persons.append(person)
    persons.sort(key=lambda person: (person.services[0].first, person.id_number))
    _leave_out_of_register(persons, chance, registry)
    _make_namesakes(persons, registry)
    return persons


def _person(
    place: Place,
    band: _Band,
    is_complex: bool,
    first: int,
    last: int,
    chance: random.Random,
    registry: Registry,
) -> Person | None:
    birth = first - round(chance.uniform(band.from_age, band.to_age + 0.99) * _YEAR)
    died = first + 60 + round(chance.expovariate(band.dying) * _YEAR)
    moved_out = first + 120 + round(chance.expovariate(band.moving) * _YEAR)
    if died < FIRST_DAY or moved_out < FIRST_DAY:
        return None
    if died <= moved_out:
        moved_out = OPEN
    else:
        died = OPEN
    last = min(last, died, moved_out)
    areas: tuple[str, ...]
    if is_complex:
        mixes = _first_at_least(_COMPLEX_AREAS, band.to_age)
        areas = chance.choices(list(mixes), weights=list(mixes.values()))[0]
    else:
        kinds = _SIMPLE_AREAS[band.to_age]
        areas = (chance.choices(list(kinds), weights=list(kinds.values()))[0],)
    services = _services(birth, areas, first, last, is_complex, chance)
    if not services:
        return None
    _end_some_unreported(services, place, min(died, moved_out), chance)
    female = chance.random() < 0.5
    moved_in = None
    if chance.random() < _MOVED_IN:
        moved_in = services[0].first - chance.randint(0, 900)
        moved_in = moved_in if moved_in > birth else None
    earlier = registry.d_number(birth, female) if chance.random() < _EARLIER_ID else None
    return Person(
        id_number=registry.fnr(birth, female),
        name=registry.name(female, birth),
        birth=birth,
        female=female,
        part=chance.choices(place.parts, weights=[part.weight for part in place.parts])[0].code,
        services=services,
        complex_need=is_complex,
        earlier_id=earlier,
        moved_in=moved_in,
        moved_out=moved_out if moved_out <= LAST_DAY else None,
        died=died if died <= LAST_DAY else None,
    )


def _services(
    birth: int,
    areas: tuple[str, ...],
    first: int,
    last: int,
    is_complex: bool,
    chance: random.Random,
) -> list[Service]:
    pieces: list[tuple[str, int, int]] = []
    begins = [first] + [first + chance.randint(0, 240) for _ in areas[1:]]
    for area, begin in zip(areas, begins, strict=True):
        end = last if area == areas[0] else last - chance.randint(0, 90)
        if area == "education":
            pieces += _education(birth, begin, end)
        else:
            from_age, to_age = _AREA_AGES.get(area, (0, 110))
            of_age, too_old = birthday(birth, from_age), birthday(birth, to_age)
            pieces.append((area, max(begin, of_age), min(end, too_old)))
    grown = birthday(birth, 18)
    if is_complex and first < grown < last:
        new_areas = chance.choice(_AFTER_18)
        pieces += [
            (area, grown + chance.randint(-60, 200), last)
            for area in new_areas
            if area not in areas
        ]
    if not is_complex and chance.random() < _SHORT_SECOND_AREA and areas[0] != "rehabilitation":
        begin = first + chance.randint(20, 300)
        pieces.append(("rehabilitation", begin, min(last, begin + chance.randint(25, 85))))
    services = []
    for area, begin, end in sorted(pieces, key=lambda piece: piece[1]):
        if end - begin < _SHORTEST_SERVICE or begin > LAST_DAY:
            continue
        services.append(Service(area, begin, end if end <= LAST_DAY else OPEN))
    return services


def _education(birth: int, first: int, last: int) -> list[tuple[str, int, int]]:
    """Return the kindergarten from one year old, and the school of the following years."""
    year = dt.date.fromordinal(birth).year
    school, leaving = day(year + 6, 8, 15), day(year + 19, 6, 20)
    return [
        ("kindergarten", max(first, birthday(birth, 1)), min(last, school - 1)),
        ("school", max(first, school), min(last, leaving)),
    ]


def _end_some_unreported(
    services: list[Service], place: Place, gone: int, chance: random.Random
) -> None:
    """Let some services last until the day before a delivery of the journal that lacks them."""
    for earlier, year in itertools.pairwise(place.journal_years):
        seen_gone = day(year, 12, 31)
        for service in services:
            was_seen = service.first < day(earlier, 11, 1)
            ends_soon = seen_gone - 300 < service.last < seen_gone < gone
            if was_seen and ends_soon and chance.random() < _UNREPORTED:
                service.last, service.unreported = seen_gone - 1, True


def _first_at_least(
    table: dict[int, dict[tuple[str, ...], float]], age: int
) -> dict[tuple[str, ...], float]:
    return next(mixes for upper, mixes in table.items() if age <= upper)


def _leave_out_of_register(
    persons: list[Person], chance: random.Random, registry: Registry
) -> None:
    """Let the person register lack some; two of them have a D-number, and so no known age."""
    staying = [
        person
        for person in persons
        if person.complex_need and person.stays and person.need_ends > LAST_DAY
    ]
    for person in chance.sample(staying, max(4, len(staying) // 150)):
        person.registered, person.moved_in, person.earlier_id = False, None, None
    unknown = [person for person in persons if not person.registered][:2]
    for person in unknown:
        person.birth_known = False
        person.id_number = registry.d_number(person.birth, person.female)


def _make_namesakes(persons: list[Person], registry: Registry) -> None:
    """Give one person with a complex need a namesake, born on the same day."""
    first = next(person for person in persons if person.registered and _middle_aged(person))
    second = next(
        person
        for person in persons
        if person is not first
        and not person.complex_need
        and person.female == first.female
        and abs(person.birth - first.birth) < 3 * _YEAR
        and max(person.birth, first.birth) < (person.moved_in or person.services[0].first)
    )
    first.namesake = second.namesake = True
    second.birth, second.name = first.birth, first.name
    second.id_number = registry.fnr(first.birth, first.female)


def _middle_aged(person: Person) -> bool:
    return person.complex_need and person.stays and 35 <= person.age(FIRST_DAY) <= 60
