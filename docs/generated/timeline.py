"""An example as a picture: bars on one timeline, as registered above, as counted below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from docs.generated.examples import Example, Row, as_date
from docs.generated.words import Words

WIDTH, LEFT, RIGHT = 760, 96, 744
_LANE, _EVENT, _HEADING, _GAP, _AXIS = 38, 20, 24, 10, 26
_LETTER = 7.0  # about the width of a letter, to keep texts within the picture
_DAY = dt.timedelta(days=1)
# What names a bar: codes with a meaning, and keys that stand for a coordinator.
_CODES = ("role", "plan_type", "plan_status", "disposition")
_COORDINATORS = ("known_coordinator", "coordinator_key")

# Hollow and solid differ without colour; the ratios of text to paper are above 7 in both modes.
_STYLE = """
    .paper { fill: #ffffff } .ink { fill: #1c2429 } .soft { fill: #4a555d }
    .rule { stroke: #d5dce1 } .before { fill: #ffffff; stroke: #4a555d; stroke-width: 1.5 }
    .after { fill: #0b5c8f; stroke: #0b5c8f; stroke-width: 1.5 }
    .gone { fill: none; stroke: #4a555d; stroke-dasharray: 4 3 }
    .event { stroke: #1c2429; stroke-width: 1.2; stroke-dasharray: 2 3 }
    text { paint-order: stroke; stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #12181c } .ink { fill: #f0f3f5 } .soft { fill: #b6c0c7 }
      .rule { stroke: #3a464e } .before { fill: #12181c; stroke: #b6c0c7 }
      .after { fill: #7cc0ea; stroke: #7cc0ea } .gone { stroke: #b6c0c7 }
      .event { stroke: #f0f3f5 } text { stroke: #12181c }
    }
"""


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


def picture(example: Example, words: Words) -> str:
    """Return the picture of an example as SVG."""
    return "\n".join([*_Drawing(people(example, words), words, words.said(example, "title"))(), ""])


def in_words(example: Example, words: Words) -> str:
    """Return what the picture shows, for those who do not see it."""
    return _told(people(example, words), words)


def people(example: Example, words: Words) -> list[Person]:
    """Return what the picture of an example shows, person by person."""
    rows = next(rows for rows in example.given.values() if rows)
    answers = [(_Answer(example, said, asked)) for said, asked in example.answers(rows)]
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
    said: Row
    asked: Row | None

    @property
    def row(self) -> Row:
        """What is expected; what it does not say is as it was."""
        return {**(self.asked or {}), **self.said}

    @property
    def person(self) -> str | None:
        return self.example.person(self.row)


def _registered(example: Example, words: Words, row: Row) -> Span:
    first = as_date(row.get("first_day") or row.get("created"))
    last = as_date(row.get("last_day") or row.get("until") or row.get("closed"))
    if first is None:
        raise ValueError(f"{example.name}: a row without a first day cannot be drawn")
    return Span(_label(example, words, row), first, last)


def _counted(
    example: Example, words: Words, rows: Sequence[Row], answers: Sequence[_Answer], person: str
) -> list[tuple[Span, Span | None]]:
    together = list(example.said.get("together", ()))
    own = [answer for answer in answers if answer.person == person]
    shared: Any = [[answer] for answer in own]
    if together:
        by = {id(answer): str([answer.row.get(c) for c in together]) for answer in own}
        ordered = sorted(own, key=lambda answer: by[id(answer)])
        shared = [list(group) for _, group in groupby(ordered, key=lambda answer: by[id(answer)])]
    counted: list[tuple[Span, Span | None]] = []
    for group in shared:
        spans = [_registered(example, words, answer.row) for answer in group]
        lasts = [span.last for span in spans]
        span = Span(
            " + ".join(dict.fromkeys(each.label for each in spans)),
            min(span.first for span in spans),
            None if None in lasts else max(last for last in lasts if last),
            counts=bool(group[0].row.get("counts", True)),
            no_day=bool(group[0].row.get("has_no_day")),
        )
        asked = group[0].asked if len(group) == 1 else None
        # A row that became several has no days left over that one of them could show.
        if sum(answer.asked is asked for answer in own) > 1:
            asked = None
        counted.append((span, _registered(example, words, asked) if asked else None))
    answered = [id(answer.asked) for answer in answers]
    some_named = any(answer.asked is not None for answer in answers)
    counted += [
        (Span(was.label, was.first, was.last, counts=False), was)
        for row in rows
        if some_named and example.person(row) == person and id(row) not in answered
        for was in [_registered(example, words, row)]
    ]
    return counted


def _label(example: Example, words: Words, row: Row) -> str:
    lanes = list(example.said["lanes"])
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
    yield from ((day + _DAY, words("events.withdrawn")) for day in withdrawn)
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


def _days(span: Span, words: Words) -> str:
    last = words.date(span.last) if span.last else f"({words('labels.open')})"
    return f"{words.date(span.first)} – {last}"


def _outcome(span: Span, was: Span | None, words: Words) -> str:
    if not span.has_days or (was is not None and not was.has_days):
        return f"{span.label}: {words('labels.no_day')}"
    if not span.counts:
        return f"{span.label}: {words('labels.not_counted')}"
    return f"{span.label}: {_days(span, words)}"


def _told(persons: Sequence[Person], words: Words) -> str:
    told = []
    for person in persons:
        who = f"{words('labels.person')} {person.number}. " if len(persons) > 1 else ""
        before = "; ".join(f"{span.label}: {_days(span, words)}" for span in person.before)
        events = "".join(
            f" {words('labels.event')}: {what} {words.date(day)}." for day, what in person.events
        )
        after = "; ".join(_outcome(span, was, words) for span, was in person.after)
        told.append(
            f"{who}{words('labels.before')}: {before}.{events} {words('labels.after')}: {after}."
        )
    return " ".join(told)


class _Drawing:
    """Lays the lanes out from the top, and draws them."""

    def __init__(self, persons: Sequence[Person], words: Words, title: str) -> None:
        self._persons, self._words, self._title = persons, words, title
        days = [day for person in persons for day in _all_days(person)]
        margin = max(dt.timedelta(days=45), (max(days) - min(days)) / 12)
        self._from, self._to = min(days) - margin, max(days) + 2 * margin
        self._top = 12

    def __call__(self) -> Iterator[str]:
        body = [line for person in self._persons for line in self._person(person)]
        foot = self._top
        height = foot + _AXIS
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title desc" '
            f'font-family="system-ui, Segoe UI, Helvetica, Arial, sans-serif" font-size="13">'
        )
        yield f'  <title id="title">{escape(self._title)}</title>'
        yield f'  <desc id="desc">{escape(_told(self._persons, self._words))}</desc>'
        yield f"  <style>{_STYLE}  </style>"
        yield f'  <rect class="paper" width="{WIDTH}" height="{height}"/>'
        yield from self._axis(foot)
        yield from body
        yield "</svg>"

    def _x(self, day: dt.date) -> float:
        part = (day - self._from) / (self._to - self._from)
        return round(LEFT + part * (RIGHT - LEFT), 1)

    def _axis(self, foot: int) -> Iterator[str]:
        for day in _ticks(self._from, self._to):
            x = self._x(day)
            yield f'  <line class="rule" x1="{x}" y1="8" x2="{x}" y2="{foot}"/>'
            yield _text("soft", x, foot + 17, self._words.month(day), text_anchor="middle")

    def _person(self, person: Person) -> Iterator[str]:
        if len(self._persons) > 1:
            self._top += _HEADING
            who = f"{self._words('labels.person')} {person.number}"
            yield _text("ink", 12, self._top - 8, who, font_weight="bold")
        told = self._top
        self._top += _EVENT * len(person.events)
        lanes = [
            *self._lanes("before", [(span, None) for span in person.before]),
            *self._lanes("after", person.after),
        ]
        places = [
            (self._x(day), told + _EVENT * n + 14) for n, (day, _) in enumerate(person.events)
        ]
        for x, y in places:
            yield f'  <line class="event" x1="{x}" y1="{y + 3}" x2="{x}" y2="{self._top - 6}"/>'
        for (x, y), (day, what) in zip(places, person.events, strict=True):
            yield self._beside(x, y, f"{what} {self._words.date(day)}", centre=True)
        yield from lanes
        self._top += _GAP

    def _lanes(self, kind: str, spans: Sequence[tuple[Span, Span | None]]) -> Iterator[str]:
        for number, (span, was) in enumerate(spans):
            top = self._top
            self._top += _LANE
            if number == 0:
                yield _text("soft", 12, top + 29, self._words(f"labels.{kind}"))
            if kind == "before":
                said = f"{span.label}: {_days(span, self._words)}"
                yield from self._bar("before", span, top)
            else:
                said = _outcome(span, was, self._words)
                for days in _taken_away(was, span) if was else ():
                    yield from self._bar("gone", days, top)
                if span.counts and span.has_days:
                    yield from self._bar("after", span, top)
            yield self._beside(self._x(span.first), top + 14, said)

    def _bar(self, kind: str, span: Span, top: int) -> Iterator[str]:
        if not span.has_days:
            return
        left, y = self._x(span.first), top + 20
        if span.last is None:
            tip = RIGHT
            points = f"{left},{y} {tip - 8},{y} {tip},{y + 6} {tip - 8},{y + 12} {left},{y + 12}"
            yield f'  <polygon class="{kind}" points="{points}"/>'
            return
        width = round(max(2.0, self._x(span.last + _DAY) - left), 1)
        yield f'  <rect class="{kind}" x="{left}" y="{y}" width="{width}" height="12"/>'

    def _beside(self, x: float, y: int, text: str, *, centre: bool = False) -> str:
        """Return a text at a place, moved to the left as far as it takes to stay within."""
        width = len(text) * _LETTER
        start = x - width / 2 if centre else x
        return _text("ink", round(max(LEFT, min(start, RIGHT - width)), 1), y, text)


def _taken_away(was: Span, span: Span) -> Iterator[Span]:
    """Yield the days that were registered and are not counted."""
    if not span.counts or not span.has_days:
        yield was
        return
    if was.first < span.first:
        yield Span("", was.first, span.first - _DAY)
    if span.last is not None and (was.last is None or was.last > span.last):
        yield Span("", span.last + _DAY, was.last)


def _all_days(person: Person) -> Iterator[dt.date]:
    yield from (day for day, _ in person.events)
    for span in [*person.before, *(span for span, _ in person.after)]:
        yield span.first
        if span.last is not None:
            yield span.last


def _ticks(first: dt.date, last: dt.date) -> list[dt.date]:
    years = (last - first).days / 365
    months = (1, 4, 7, 10) if years < 1.6 else (1, 7) if years < 3.2 else (1,)
    days = [
        dt.date(year, month, 1) for year in range(first.year, last.year + 1) for month in months
    ]
    edge = (last - first) / 25
    return [day for day in days if first + edge < day < last - edge]


def _text(kind: str, x: float, y: float, text: str, **said: str) -> str:
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in said.items())
    return f'  <text class="{kind}" x="{x}" y="{y}"{more}>{escape(text)}</text>'
