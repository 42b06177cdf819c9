"""Changes of coordinator that the register loses; what else is known gives them back."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

from dagster_project.demo.errors.desk import Desk, mark
from dagster_project.demo.exports.registration import Plain, Registration, Value, Versions
from dagster_project.demo.world import OPEN, Ending, Person, Spell

_FEWEST_DELIVERIES = 5
# What the row with the next coordinator has written over.
_WRITTEN_OVER = ("koordinator_id", "koordinator_navn", "koordinator_tjeneste", "samtykke")


def write_over(desk: Desk) -> None:
    """Write the next coordinator into the row of the one before, where each year is delivered."""
    pairs = [
        (before, after)
        for before, after in _changes(desk)
        if any(before.known <= on < after.known for on in before.specification.days)
        and len(before.specification.days) >= _FEWEST_DELIVERIES
    ]
    for before, after in _some(desk, pairs):
        since = after.known
        for column in (*_WRITTEN_OVER, "til_dato"):
            if column in before.values:
                first, then = before.values[column], after.values[column]
                before.values[column] = Versions(
                    (*_versions(first, until=since), *_versions(then, since=since))
                )
        mark(before, "history_overwritten")
        desk.remove(after)


def leave_to_the_form(desk: Desk) -> None:
    """Leave a change to the form: the register goes on with the one who has left."""
    pairs = [
        (before, after)
        for before, after in _changes(desk)
        if isinstance(after.fact, Spell)
        and after.fact.consent is None
        and after.fact.coordinator.on_staff_list
        and after.fact.family is None
    ]
    for before, after in _some(desk, pairs):
        before.values["til_dato"] = after.values["til_dato"]
        _mark_form(desk, before.person, after.fact)
        desk.remove(after)


def _some(
    desk: Desk, pairs: list[tuple[Registration, Registration]]
) -> list[tuple[Registration, Registration]]:
    chosen = {id(one) for one in desk.some([before for before, _ in pairs])}
    return [pair for pair in pairs if id(pair[0]) in chosen]


def _changes(desk: Desk) -> Iterator[tuple[Registration, Registration]]:
    """Yield the registrations of the last two coordinators of those whom one source alone knows."""
    of_person = Counter(
        one.person.id_number for one in desk.all_of("koordinator") if one.person is not None
    )
    right = {
        id(one.fact): one
        for one in desk.of("koordinator")
        if one.specification.scope.main
        and one.specification.scope.closes == OPEN
        and not one.specification.scope.opens
        and "koordinator_id" in one.specification.columns
    }
    for person in desk.town.persons:
        if of_person[person.id_number] != len(person.spells) or not person.registered:
            continue
        for first, second in itertools.pairwise(person.spells):
            before, after = right.get(id(first)), right.get(id(second))
            if (
                before is not None
                and after is not None
                and before.specification is after.specification
                and first.ending is Ending.CHANGED
                and first.role is second.role
                and before.values["fra_dato"] == first.first
                and after.values["fra_dato"] == second.first == first.last + 1
                # What ends the second one otherwise is another error's.
                and second is person.spells[-1]
                and second.ending in (Ending.GOES_ON, Ending.NEED_OVER)
            ):
                yield before, after


def _versions(value: Value, *, since: int = 0, until: int = OPEN) -> list[tuple[int, Plain]]:
    """Return a value from a day on, or as it was before one."""
    versions: tuple[tuple[int, Plain], ...] = (
        value.versions if isinstance(value, Versions) else ((0, value),)
    )
    if not since:
        return [(day, one) for day, one in versions if day < until]
    on_the_day = Versions(versions).on(since)
    return [(since, on_the_day), *((day, one) for day, one in versions if day > since)]


def _mark_form(desk: Desk, person: Person | None, spell: object) -> None:
    for form in desk.all_of("endring"):
        if (
            form.person is person
            and isinstance(spell, Spell)
            and form.values["endringsdato"] == spell.first
            and form.values["ny_koordinator_id"] == spell.coordinator.number
        ):
            mark(form, "change_by_form")
