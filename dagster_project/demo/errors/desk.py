"""The registrations of one municipality, where errors are injected into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from dagster_project.demo.exports.generate import numbered
from dagster_project.demo.exports.registration import Mark, Registration, Value
from dagster_project.demo.exports.specification import Specification
from dagster_project.demo.identities import Registry
from dagster_project.demo.world import Person, Town, town_chance

ALL = 1_000_000  # more than there are
# Registrations of a record type that one kind of error is made of, of each thousand.
_PER_MILLE = {
    "koordinator": 9,
    "ip": 11,
    "mote": 3,
    "tjeneste": 0.4,
    "person": 0.6,
    "melding": 6,
    "endring": 6,
    "psfs": 4,
    "bolig": 10,
    "ansatt": 10,
    "kompetanse": 10,
}


class Desk:
    """The registrations of one municipality, by source, and the chance of what happens to them."""

    def __init__(self, town: Town, by_source: dict[str, list[Registration]], seed: int) -> None:
        self.town = town
        self.chance = town_chance(seed, town.place.code, "mess")
        self.names = Registry(self.chance)
        self._by_source = by_source
        self._numbers = {name: len(registrations) for name, registrations in by_source.items()}
        self._of_record: dict[str, list[Registration]] = defaultdict(list)
        for registrations in by_source.values():
            for registration in registrations:
                self._of_record[registration.specification.record].append(registration)

    def of(self, *records: str) -> list[Registration]:
        """Return the registrations of some record types with which nothing is wrong yet."""
        return [one for one in self.all_of(*records) if not one.marks]

    def all_of(self, *records: str) -> list[Registration]:
        """Return all registrations of some record types."""
        return [one for record in records for one in self._of_record[record]]

    def sources(self, record: str) -> list[Specification]:
        """Return the sources of a record type that have told anything."""
        some = (registrations for registrations in self._by_source.values() if registrations)
        found = [registrations[0].specification for registrations in some]
        return [specification for specification in found if specification.record == record]

    def some(self, of: list[Registration], share: float = 1.0) -> list[Registration]:
        """Pick some registrations, as many as the record type has gone wrong with; one at least."""
        if not of:
            return []
        record = of[0].specification.record
        per_mille = _PER_MILLE[record] * self.town.place.untidy * share
        many = max(1, round(len(self.all_of(record)) * per_mille / 1000))
        return self.chance.sample(of, min(many, len(of)))

    def add(
        self,
        specification: Specification,
        known: int,
        values: dict[str, Value],
        person: Person | None,
        *rules: str,
    ) -> Registration:
        """Add a registration to a source, known within the days of its deliveries."""
        known = min(known, specification.last_day)
        marks = [Mark(rule) for rule in rules]
        added = Registration(specification, "", known, values, person, marks=marks)
        self._numbers[specification.name] += 1
        numbered(added, self._numbers[specification.name])
        self._by_source[specification.name].append(added)
        self._of_record[specification.record].append(added)
        return added

    def remove(self, registration: Registration) -> None:
        """Take a registration out of its source: nobody ever entered it."""
        self._by_source[registration.specification.name].remove(registration)
        self._of_record[registration.specification.record].remove(registration)

    def persons(self, fits: Callable[[Person], bool], many: int) -> list[Person]:
        """Pick some persons of the register who fit."""
        found = [
            person
            for person in self.town.persons
            if person.registered and not person.namesake and fits(person)
        ]
        return self.chance.sample(found, min(many, len(found)))


def mark(registration: Registration, *rules: str) -> None:
    """Mark a registration as breaking some rules."""
    registration.marks += [Mark(rule) for rule in rules]
