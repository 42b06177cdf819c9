"""What goes on around a coordinator: plans, meetings, notices, forms, training and the rest.

Meetings are held one to three times a year (SINTEF 2024:00149), fewer under Covid-19, and what was
called *ansvarsgruppe* becomes *oppfølgingsteam* in the course of the pilot. Plans are far rarer
among those above 50. How much of each there is otherwise is invented.
"""

from __future__ import annotations

import datetime as dt
import random

from dagster_project.demo.coordination import change_forms
from dagster_project.demo.places import COVID_FIRST, COVID_LAST, LAST_DAY, Place, day
from dagster_project.demo.world import (
    OPEN,
    Conversation,
    Coordinator,
    Ending,
    Form,
    HousingNeed,
    Meeting,
    Notice,
    Person,
    Plan,
    Town,
    Training,
    town_chance,
)

_YEAR = 365.25
# The share of those with a coordinator who get a plan, by the upper age.
_PLANNED = ((17, 0.66), (49, 0.62), (66, 0.3), (200, 0.12))
_PLAN_ONLY = 0.1  # plans without a coordinator, of all plans
_POSTPONED = 0.65  # of the plans that would have been made under Covid-19
_SHORTEST_PLAN = 45
_EVALUATED = {2019: 0.6, 2020: 0.38, 2021: 0.5, 2022: 0.6, 2023: 0.62, 2024: 0.65, 2025: 0.65}
# Meetings a year, with weights: some teams never meet.
_MEETINGS = ((0.15, 10), (0.9, 20), (1.7, 36), (2.5, 24), (3.4, 10))
_HELD_UNDER_COVID = 0.45
# The share of coordination meetings that are called ansvarsgruppe, at the beginning of a year.
_CALLED_GROUP = {2018: 0.95, 2019: 0.88, 2020: 0.7, 2021: 0.5, 2022: 0.28, 2023: 0.12, 2024: 0.05}
_MEETING_TYPES = {
    "coordination_meeting": 62,
    "collaboration_meeting": 27,
    "coordinator_meeting": 5,
    "contact": 6,
}
_GP_COMES = 0.3
_NOTICED, _SENDERS = (
    0.62,
    {"municipal_service": 50, "gp": 14, "hospital": 14, "user_or_family": 19, "other": 3},
)
_LAST_NOTICE = day(2025, 11, 1)  # whatever is received later is not assessed within the data
_DECLINERS, _REJECTED = 0.12, 0.2  # for each who got a coordinator
_CONVERSED, _ACTIVITIES = 0.14, 4
_NEEDS_HOUSING = 0.22
_TOPICS = ("Koordinatorrollen", "Individuell plan", "Møteledelse", "Digitalt planverktøy")
_HOUSING = ("Bofellesskap", "Omsorgsbolig", "Samlokalisert bolig", "Selvstendig bolig")


def follow_up(town: Town, seed: int) -> None:
    """Fill in, for every person and coordinator of a town, what goes on around the assignments."""
    chance = town_chance(seed, town.place.code, "followup")
    coordinated = [person for person in town.persons if person.spells]
    for person in coordinated:
        person.forms = change_forms(person)
        if plan := _plan_beside_coordinator(person, chance):
            _add_plan(person, plan, town.place, chance)
    never = [
        person
        for person in town.persons
        if person.complex_need
        and person.registered
        and person.stays
        and not (person.spells or person.namesake)
    ]
    chance.shuffle(never)
    many = len(coordinated)
    plans = sum(bool(person.plans) for person in coordinated)
    for person in _take(never, plans * _PLAN_ONLY):
        if plan := _plan_alone(person, town.place, chance):
            _add_plan(person, plan, town.place, chance)
    for person in _take(never, many * _DECLINERS):
        first = max(town.place.begins, person.services[0].first, person.moved_in or 0)
        if first < LAST_DAY:
            at = chance.randint(first, min(first + 1000, LAST_DAY))
            person.forms.append(Form(at, "declined_coordinator"))
    for person in _take(never, many * _REJECTED):
        _notice_that_leads_nowhere(person, town.place, chance)
    for person in coordinated:
        _meet(person, chance)
        _notify(person, chance)
        _converse(person, chance)
        _look_for_housing(person, town.place, chance)
    for coordinator in town.coordinators:
        _train(coordinator, town.place, chance)


def _take(persons: list[Person], many: float) -> list[Person]:
    """Take so many persons off the end of the list."""
    taken = persons[len(persons) - round(many) :] if round(many) else []
    del persons[len(persons) - len(taken) :]
    return taken


def _plan_beside_coordinator(person: Person, chance: random.Random) -> Plan | None:
    first_spell, last_spell = person.spells[0], person.spells[-1]
    age = person.age(first_spell.first)
    share = next(share for upper, share in _PLANNED if age <= upper)
    # A register by name cannot tell of namesakes, or of those whom no register has.
    if person.namesake or not person.registered or chance.random() > share:
        return None
    first = first_spell.first + chance.randint(10, 240)
    if COVID_FIRST <= first <= COVID_LAST and chance.random() < _POSTPONED:
        first = COVID_LAST + chance.randint(1, 300)
    if last_spell.last == OPEN:
        last = OPEN if chance.random() < 0.8 else first + chance.randint(120, 1200)
    elif chance.random() < 0.7:
        last = last_spell.last + chance.randint(-30, 20)
    else:
        last = last_spell.last + chance.randint(60, 700)
    return _plan(person, first, last, chance)


def _plan_alone(person: Person, place: Place, chance: random.Random) -> Plan | None:
    earliest = max(place.begins, person.services[0].first, person.moved_in or 0)
    if earliest + _SHORTEST_PLAN >= LAST_DAY:
        return None
    first = chance.randint(earliest, LAST_DAY - _SHORTEST_PLAN)
    return _plan(person, first, first + chance.randint(200, 1500), chance)


def _plan(person: Person, first: int, last: int, chance: random.Random) -> Plan | None:
    ending = Ending.NEED_OVER
    if last >= person.resident_until:
        last, ending = person.resident_until, Ending.DIED if person.died else Ending.MOVED
    elif person.stays:
        endings = {
            Ending.NEED_OVER: 45,
            Ending.END_FORM: 20,
            Ending.DECLINED: 7,
            Ending.UNREPORTED: 10,
            Ending.AT_EVALUATION: 18,
        }
        ending = chance.choices(list(endings), weights=list(endings.values()))[0]
    if last >= LAST_DAY:
        last, ending = OPEN, Ending.GOES_ON
    if min(last, LAST_DAY) - first < _SHORTEST_PLAN:
        return None
    return Plan(first, last, ending, [])


def _add_plan(person: Person, plan: Plan, place: Place, chance: random.Random) -> None:
    """Add the plan with its evaluations, at most one in a calendar year, and the forms it gives.

    One a year, for a register delivered at the end of the year shows the last one only.
    """
    first_year = dt.date.fromordinal(plan.first).year + 1
    for year in range(first_year, dt.date.fromordinal(min(plan.last, LAST_DAY)).year + 1):
        earliest = max(day(year, 1, 1), plan.first + 60)
        latest = min(day(year, 12, 31), plan.last)
        if earliest <= latest and chance.random() < _EVALUATED[year]:
            plan.evaluations.append(chance.randint(earliest, latest))
    _settle_end(plan, place)
    if plan.ending in (Ending.END_FORM, Ending.DECLINED):
        kind = "plan_ended" if plan.ending is Ending.END_FORM else "declined_plan"
        person.forms.append(Form(plan.last + 1, kind))
        person.forms.sort(key=lambda form: form.day)
    person.plans.append(plan)


def _settle_end(plan: Plan, place: Place) -> None:
    """Let a plan end as it is found out to have ended, or say plainly that its need was over."""
    if plan.ending is Ending.AT_EVALUATION:
        last = plan.evaluations[-1] if plan.evaluations else plan.last
        month_end = dt.date.fromordinal(last + 1).day == 1
        if plan.evaluations and not month_end and last - plan.first >= _SHORTEST_PLAN:
            plan.last = last
            return
        plan.ending = Ending.NEED_OVER
    if plan.ending is Ending.UNREPORTED:
        year = dt.date.fromordinal(plan.last).year
        seen_gone = day(year, 12, 31)
        # Seen in the delivery of the year before, and gone from this year's.
        if plan.first < day(year - 1, 12, 1) and year > dt.date.fromordinal(place.begins).year + 1:
            plan.last = seen_gone - 1
            plan.evaluations = [at for at in plan.evaluations if at < day(year, 1, 1)]
        else:
            plan.ending = Ending.NEED_OVER


def _meet(person: Person, chance: random.Random) -> None:
    yearly = chance.choices(
        [many for many, _ in _MEETINGS], weights=[weight for _, weight in _MEETINGS]
    )[0]
    at = person.spells[0].first + chance.randint(5, 40)
    last = min(person.spells[-1].last, LAST_DAY)
    while True:
        at += 7 + round(chance.expovariate(yearly / _YEAR))
        at += {5: 2, 6: 1}.get(dt.date.fromordinal(at).weekday(), 0)
        if at > last:
            return
        if COVID_FIRST <= at <= COVID_LAST and chance.random() > _HELD_UNDER_COVID:
            continue
        if not any(spell.first <= at <= spell.last for spell in person.spells):
            continue
        person.meetings.append(_meeting(person, at, chance))


def _meeting(person: Person, at: int, chance: random.Random) -> Meeting:
    kind = chance.choices(list(_MEETING_TYPES), weights=list(_MEETING_TYPES.values()))[0]
    term = kind
    if kind == "coordination_meeting":
        year = dt.date.fromordinal(at).year
        called = chance.random() < _CALLED_GROUP.get(year, 0.02)
        term = "ansvarsgruppe" if called else "oppfølgingsteam"
    present = ["coordinator"]
    if kind != "coordinator_meeting":
        present.append("family" if person.age(at) < 18 else "user")
    if kind in ("coordination_meeting", "collaboration_meeting"):
        # The doctor is told apart as the GP, or not at all.
        areas = sorted(person.areas_on(at) - {"primary_medical"})
        present += [area for area in areas if chance.random() < 0.8]
        if chance.random() < _GP_COMES:
            present.append("gp")
    return Meeting(at, kind, term, tuple(present), chance.choice((30, 45, 60, 60, 75, 90)))


def _notify(person: Person, chance: random.Random) -> None:
    """Let a notice come before the first coordinator, for those whose whole story is known."""
    first = person.spells[0].first
    if not (person.stays and person.registered) or chance.random() > _NOTICED:
        return
    received = first - 5 - min(240, round(chance.gammavariate(2, 28)))
    assessed = min(first, received + 2 + round(chance.gammavariate(2, 7)))
    if person.moved_in is not None and received < person.moved_in:
        return
    soon = [plan for plan in person.plans if plan.first < first + 200]
    outcome = "coordinator_and_plan" if soon else "coordinator"
    person.notices.append(Notice(received, assessed, outcome, _sender(chance)))


def _notice_that_leads_nowhere(person: Person, place: Place, chance: random.Random) -> None:
    first = max(place.begins, person.services[0].first, person.moved_in or 0)
    if first >= _LAST_NOTICE:
        return
    received = chance.randint(first, min(first + 1000, _LAST_NOTICE))
    assessed = received + 3 + min(50, round(chance.gammavariate(2, 9)))
    outcome = chance.choices(("rejected", "withdrawn"), weights=(6, 4))[0]
    person.notices.append(Notice(received, assessed, outcome, _sender(chance)))


def _sender(chance: random.Random) -> str:
    return chance.choices(list(_SENDERS), weights=list(_SENDERS.values()))[0]


def _converse(person: Person, chance: random.Random) -> None:
    if not (person.stays and person.registered) or chance.random() > _CONVERSED:
        return
    at = person.spells[0].first + chance.randint(15, 90)
    scores = [chance.randint(1, 6) for _ in range(_ACTIVITIES)]
    for _ in range(chance.choice((1, 2, 2, 3, 4))):
        if at > LAST_DAY:
            return
        person.conversations.append(Conversation(at, tuple(scores)))
        at += chance.randint(120, 300)
        scores = [min(10, max(0, score + chance.choice((-1, 0, 1, 1, 2, 3)))) for score in scores]


def _look_for_housing(person: Person, place: Place, chance: random.Random) -> None:
    at = max(place.begins, person.spells[0].first) + chance.randint(30, 700)
    grown_up = 17 <= person.age(at) <= 45 and at <= LAST_DAY
    if person.stays and person.registered and grown_up and chance.random() < _NEEDS_HOUSING:
        person.housing.append(
            HousingNeed(
                at, chance.randint(2026, 2031), chance.choice(_HOUSING), chance.random() < 0.45
            )
        )


def _train(coordinator: Coordinator, place: Place, chance: random.Random) -> None:
    """Let the unit report one or two training needs when the coordinator gets a first person."""
    first = coordinator.spells[0].first
    for topic in chance.sample(_TOPICS, chance.choice((1, 1, 2))):
        reported = max(place.begins, first + chance.randint(-30, 60))
        offered: int | None = reported + 10 + round(chance.gammavariate(2, 65))
        if reported > LAST_DAY:
            continue
        if offered is None or offered > min(LAST_DAY, coordinator.leaves) or chance.random() < 0.12:
            offered = None
        completed = None
        if offered is not None and chance.random() < 0.85:
            completed = offered + chance.randint(0, 45)
            completed = completed if completed <= LAST_DAY else None
        coordinator.needs.append(Training(topic, reported, offered, completed))
