"""What a picture shows: the days that were registered, what happened, and the days that count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docs.generated.examples import Example, Row, as_date
from docs.generated.words import Words

DAY = dt.timedelta(days=1)
# What names a bar: codes with a meaning, and keys that stand for a coordinator.
_CODES = ("role", "plan_type", "plan_status", "disposition")
_COORDINATORS = ("known_coordinator", "coordinator_key")


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both included; open where there is no last."""

    label: str
    first: dt.date
    last: dt.date | None
    counts: bool = True
    no_day: bool = False

    @property
    def has_days(self) -> bool:
        """Whether there is a day in it."""
        return not self.no_day and (self.last is None or self.last >= self.first)


@dataclass(frozen=True)
class Person:
    """What a picture shows of one person."""

    number: str
    events: Sequence[tuple[dt.date, str]]
    before: Sequence[Span]
    # What is counted, and the days registered beside it that are not.
    after: Sequence[tuple[Span, Span | None]]


def people(example: Example, words: Words) -> list[Person]:
    """Return what the picture of an example shows, person by person."""
    rows = next(rows for rows in example.given.values() if rows)
    answers = [_Answer(example, answer, asked) for answer, asked in example.answers(rows)]
    persons = list(dict.fromkeys(example.person(row) or "" for row in rows))
    return [
        Person(
            number=person,
            events=sorted(_events(example, words, rows, person)),
            before=[
                _registered(example, words, row) for row in rows if example.person(row) == person
            ],
            after=_counted(example, words, rows, answers, person),
        )
        for person in persons
    ]


@dataclass(frozen=True)
class _Answer:
    example: Example
    answer: Row
    asked: Row | None

    @property
    def row(self) -> Row:
        """What is expected; what it does not say is as it was."""
        return {**(self.asked or {}), **self.answer}

    @property
    def person(self) -> str | None:
        return self.example.person(self.row)


def _registered(example: Example, words: Words, row: Row) -> Span:
    first = as_date(row.get("first_day", row.get("created")))
    last = as_date(row.get("last_day", row.get("until", row.get("closed"))))
    if first is None:
        raise ValueError(f"{example.name}: a row without a first day cannot be drawn")
    return Span(_label(example, words, row), first, last)


def _counted(
    example: Example, words: Words, rows: Sequence[Row], answers: Sequence[_Answer], person: str
) -> list[tuple[Span, Span | None]]:
    groups: dict[object, list[_Answer]] = {}
    for number, answer in enumerate(answers):
        if answer.person == person:
            groups.setdefault(_what_is_one(example, answer, number), []).append(answer)
    counted = []
    for group in groups.values():
        asked = group[0].asked
        # Days are left over where one row has one answer, not where rows were joined or parted.
        alone = len(group) == 1 and sum(answer.asked is asked for answer in answers) == 1
        was = _registered(example, words, asked) if asked is not None and alone else None
        counted.append((_joined(example, words, group), was))
    if all(answer.asked is None for answer in answers):
        return counted
    answered = [id(answer.asked) for answer in answers]
    unanswered = [row for row in rows if id(row) not in answered and example.person(row) == person]
    for row in unanswered:
        was = _registered(example, words, row)
        counted.append((replace(was, counts=False), was))
    return counted


def _what_is_one(example: Example, answer: _Answer, number: int) -> object:
    """Return what answers that are counted as one have in common; alone by its number."""
    together = example.meta.get("together")
    return tuple(str(answer.row.get(column)) for column in together) if together else number


def _joined(example: Example, words: Words, group: Sequence[_Answer]) -> Span:
    spans = [_registered(example, words, answer.row) for answer in group]
    lasts = [span.last for span in spans if span.last is not None]
    return Span(
        " + ".join(dict.fromkeys(span.label for span in spans)),
        min(span.first for span in spans),
        max(lasts) if len(lasts) == len(spans) else None,
        counts=bool(group[0].row.get("counts", True)),
        no_day=bool(group[0].row.get("has_no_day")),
    )


def _label(example: Example, words: Words, row: Row) -> str:
    lanes = list(example.meta["lanes"])
    parts = [words.code(str(row[c])) for c in lanes if c in _CODES and row.get(c) != "counted"]
    if any(column in row for column in lanes if column in _COORDINATORS):
        key = next(str(row[c]) for c in lanes if c in _COORDINATORS and c in row)
        letter = example.coordinators.get(key, words("labels.without_id"))
        parts = [f"{', '.join(parts) or words('values.coordinator')} {letter}"]
    if "source_number" in lanes:
        parts.append(f"{words('labels.system')} {row['source_number']}")
    return _capital(", ".join(parts))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _events(
    example: Example, words: Words, rows: Sequence[Row], person: str
) -> Iterator[tuple[dt.date, str]]:
    own = [row for row in rows if example.person(row) == person]
    withdrawn = {day for row in own if (day := as_date(row.get("withdrawn_last_day")))}
    yield from ((day + DAY, words("events.withdrawn")) for day in withdrawn)
    evaluated = {day for row in own if (day := as_date(row.get("last_evaluated")))}
    yield from ((day, words("events.last_evaluated")) for day in evaluated)
    for row in example.given.get("int_person", ()):
        for column in ("died", "moved_in", "moved_out", "turns_18"):
            day = as_date(row.get(column))
            if day and example.person(row) == person:
                yield day, words(f"events.{column}")
    for row in example.given.get("int_change_form", ()):
        day = as_date(row["changed_on"])
        if day and example.person(row) == person:
            yield day, words(f"events.{row['change_type']}")
    for row in example.given.get("int_employee", ()):
        day = as_date(row["last_day"])
        if day and any(each.get("coordinator_key") == row["coordinator_key"] for each in own):
            letter = example.coordinators[str(row["coordinator_key"])]
            who = f"{_capital(words('values.coordinator'))} {letter}"
            yield day, words("events.leaves", coordinator=who)


def dates(span: Span, words: Words) -> str:
    """Return the first and the last day in words."""
    last = words.date(span.last) if span.last else f"({words('labels.open')})"
    return f"{words.date(span.first)} – {last}"


def outcome(span: Span, was: Span | None, words: Words) -> str:
    """Return what is counted, in words: its days, or that there are none."""
    if not span.has_days or (was is not None and not was.has_days):
        return f"{span.label}: {words('labels.no_day')}"
    if not span.counts:
        return f"{span.label}: {words('labels.not_counted')}"
    return f"{span.label}: {dates(span, words)}"


def describe(persons: Sequence[Person], words: Words) -> str:
    """Return everything that a picture shows, in words."""
    sentences = []
    for person in persons:
        who = f"{words('labels.person')} {person.number}. " if len(persons) > 1 else ""
        before = "; ".join(f"{span.label}: {dates(span, words)}" for span in person.before)
        events = "".join(
            f" {words('labels.event')}: {what} {words.date(day)}." for day, what in person.events
        )
        after = "; ".join(outcome(span, was, words) for span, was in person.after)
        sentences.append(
            f"{who}{words('labels.before')}: {before}.{events} {words('labels.after')}: {after}."
        )
    return " ".join(sentences)
