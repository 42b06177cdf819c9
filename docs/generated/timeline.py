"""An example as a picture: bars on one timeline, as registered above, as counted below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from html import escape

from docs.generated.examples import Example
from docs.generated.spans import DAY, Person, Span, dates, describe, outcome, people
from docs.generated.words import Words

WIDTH, LEFT, RIGHT = 760, 96, 744
_LANE, _EVENT, _HEADING, _GAP, _AXIS = 38, 20, 24, 10, 26
_LETTER = 7.0  # about the width of a letter, to keep texts within the picture
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


def picture(example: Example, words: Words) -> str:
    """Return the picture of an example as SVG."""
    return "\n".join([*_Drawing(people(example, words), words, words.text(example, "title"))(), ""])


def in_words(example: Example, words: Words) -> str:
    """Return what the picture shows, for those who do not see it."""
    return describe(people(example, words), words)


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
        yield f'  <desc id="desc">{escape(describe(self._persons, self._words))}</desc>'
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
        below = self._top
        self._top += _EVENT * len(person.events)
        lanes = [
            *self._lanes("before", [(span, None) for span in person.before]),
            *self._lanes("after", person.after),
        ]
        places = [
            (self._x(day), below + _EVENT * n + 14) for n, (day, _) in enumerate(person.events)
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
                label = f"{span.label}: {dates(span, self._words)}"
                yield from self._bar("before", span, top)
            else:
                label = outcome(span, was, self._words)
                for gone in _taken_away(was, span) if was else ():
                    yield from self._bar("gone", gone, top)
                if span.counts and span.has_days:
                    yield from self._bar("after", span, top)
            yield self._beside(self._x(span.first), top + 14, label)

    def _bar(self, kind: str, span: Span, top: int) -> Iterator[str]:
        if not span.has_days:
            return
        left, y = self._x(span.first), top + 20
        if span.last is None:
            tip = RIGHT
            points = f"{left},{y} {tip - 8},{y} {tip},{y + 6} {tip - 8},{y + 12} {left},{y + 12}"
            yield f'  <polygon class="{kind}" points="{points}"/>'
            return
        width = round(max(2.0, self._x(span.last + DAY) - left), 1)
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
        yield Span("", was.first, span.first - DAY)
    if span.last is not None and (was.last is None or was.last > span.last):
        yield Span("", span.last + DAY, was.last)


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


def _text(kind: str, x: float, y: float, text: str, **attributes: str) -> str:
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'  <text class="{kind}" x="{x}" y="{y}"{more}>{escape(text)}</text>'
