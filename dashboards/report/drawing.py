"""The few forms of a report's charts, as SVG: the same numbers give the same bytes.

No browser is needed and no font is measured: a letter is taken to be so wide as letters mostly are.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from dashboards.charts.colours import LIGHT

_WIDTH, _PAD = 680, 8
_SIZE, _SMALL = 13, 11
_LETTER = 0.48  # how wide a letter is, of its height
_ROW, _BAR = 26, 15
_FONT = "Libertinus Serif"
Write = Callable[[float], str]


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its length, what is written behind it, and its interval.

    `value` is None where nothing may be drawn; the text says why.
    """

    label: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    faint: bool = False


@dataclass(frozen=True)
class Dot:
    """One point of a line, with its limits; a line is broken between segments."""

    date: dt.date
    value: float
    low: float | None = None
    high: float | None = None
    segment: int = 0


@dataclass(frozen=True)
class Line:
    """One line and its name."""

    name: str
    dots: Sequence[Dot]


@dataclass
class _Canvas:
    """What has been drawn so far."""

    height: int
    parts: list[str] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, **more: str) -> None:
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, **more)

    def rect(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._add("rect", x=x, y=y, width=max(width, 0.0), height=height, fill=colour)

    def circle(self, x: float, y: float, radius: float, colour: str) -> None:
        self._add("circle", cx=x, cy=y, r=radius, fill=colour)

    def path(self, points: Sequence[tuple[float, float]], **more: str) -> None:
        steps = " ".join(
            f"{'L' if at else 'M'}{_number(x)} {_number(y)}" for at, (x, y) in enumerate(points)
        )
        self._add("path", d=steps, **more)

    def text(
        self,
        x: float,
        y: float,
        content: str,
        *,
        anchor: str = "start",
        size: int = _SIZE,
        colour: str = LIGHT.ink,
        bold: bool = False,
    ) -> None:
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{_number(x)}" y="{_number(y)}" font-size="{size}" text-anchor="{anchor}"'
            f' fill="{colour}"{weight}>{escape(content)}</text>'
        )

    def whole(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{self.height}"'
            f' viewBox="0 0 {_WIDTH} {self.height}" font-family="{_FONT}">'
            f'<rect width="{_WIDTH}" height="{self.height}" fill="{LIGHT.paper}"/>'
            f"{''.join(self.parts)}</svg>"
        )

    def _add(self, name: str, **attributes: str | float) -> None:
        written = "".join(
            f' {key.replace("_", "-")}="'
            f'{escape(value) if isinstance(value, str) else _number(value)}"'
            for key, value in attributes.items()
        )
        self.parts.append(f"<{name}{written}/>")


def bars(
    shown: Sequence[Bar],
    write: Write,
    *,
    target: float | None = None,
    target_text: str = "",
) -> str:
    """Return bars one below the other, with their intervals, and a line where the target is."""
    top = 22 if target is not None else 6
    canvas = _Canvas(top + _ROW * len(shown) + 30)
    left = _label_width(bar.label for bar in shown)
    room = max((_width(bar.text) for bar in shown), default=0) + 12
    highest = max(
        (each for bar in shown for each in (bar.value, bar.high, target) if each), default=1.0
    )
    step = _step(highest)
    end = _WIDTH - _PAD - room
    scale = (end - left) / highest
    bottom = top + _ROW * len(shown)
    _grid(canvas, [step * n for n in range(int(highest / step) + 1)], left, scale, top, write)
    for place, bar in enumerate(shown):
        middle = top + _ROW * place + _ROW / 2
        canvas.text(left - 8, middle + 4, bar.label, anchor="end")
        if bar.value is not None:
            colour = LIGHT.accent_light if bar.faint else LIGHT.accent
            canvas.rect(left, middle - _BAR / 2, bar.value * scale, _BAR, colour)
        if bar.low is not None and bar.high is not None:
            low, high = left + bar.low * scale, left + bar.high * scale
            canvas.line(low, middle, high, middle, LIGHT.ink, stroke_width="1.4")
            for at in (low, high):
                canvas.line(at, middle - 4, at, middle + 4, LIGHT.ink, stroke_width="1.4")
        # Numbers stand below each other, where no line of the target crosses them.
        canvas.text(_WIDTH - _PAD, middle + 4, bar.text, anchor="end")
    canvas.line(left, top, left, bottom, LIGHT.ink_soft)
    if target is not None:
        at = left + target * scale
        canvas.line(
            at, top - 2, at, bottom, LIGHT.lines[1], stroke_width="2", stroke_dasharray="5 3"
        )
        anchor = "end" if at > _WIDTH * 0.8 else "middle"
        canvas.text(at, top - 8, target_text, anchor=anchor, size=_SMALL, colour=LIGHT.ink)
    return canvas.whole()


def differences(shown: Sequence[Bar], write: Write) -> str:
    """Return bars to both sides of nothing: what took a figure up, and what took it down."""
    canvas = _Canvas(6 + _ROW * len(shown) + 30)
    left = _label_width(bar.label for bar in shown)
    room = max((_width(bar.text) for bar in shown), default=0) + 10
    values = [bar.value or 0.0 for bar in shown]
    lowest, highest = min([*values, 0.0]), max([*values, 0.0])
    whole = (highest - lowest) or 1.0
    begin, end = left + room, _WIDTH - _PAD - room
    scale = (end - begin) / whole
    zero = begin - lowest * scale
    step = _step(max(highest, -lowest) or 1.0)
    ticks = [
        step * n for n in range(math.ceil(lowest / step - 1e-9), int(highest / step + 1e-9) + 1)
    ]
    _grid(canvas, ticks, zero, scale, 6, write)
    for place, bar in enumerate(shown):
        middle = 6 + _ROW * place + _ROW / 2
        canvas.text(left - 8, middle + 4, bar.label, anchor="end")
        value = bar.value or 0.0
        colour = LIGHT.accent if value > 0 else LIGHT.lines[1]
        canvas.rect(
            min(zero, zero + value * scale), middle - _BAR / 2, abs(value) * scale, _BAR, colour
        )
        down = value < 0
        at = zero + value * scale + (-6 if down else 6)
        canvas.text(at, middle + 4, bar.text, anchor="end" if down else "start")
    canvas.line(zero, 6, zero, 6 + _ROW * len(shown), LIGHT.ink_soft)
    return canvas.whole()


def lines(
    shown: Sequence[Line],
    write: Write,
    *,
    breaks: Sequence[tuple[dt.date, str]] = (),
    target: float | None = None,
    target_text: str = "",
) -> str:
    """Return lines over time with their limits as bands, parted where a series is broken."""
    height, top, bottom, left = 300, 24, 270, 52
    canvas = _Canvas(height)
    dots = [dot for line in shown for dot in line.dots]
    first, last = min(dot.date for dot in dots), max(dot.date for dot in dots)
    days = max((last - first).days, 1)
    highest = max(
        each for dot in dots for each in (dot.value, dot.high, target, 0.0) if each is not None
    )
    step = _step(highest or 1.0, 5)
    ceiling = math.ceil((highest or 1.0) / step - 1e-9) * step
    room = max(_width(line.name) for line in shown) + 12 if len(shown) > 1 else 70
    end = _WIDTH - _PAD - room

    def across(day: dt.date) -> float:
        return left + (end - left) * (day - first).days / days

    def up(value: float) -> float:
        return bottom - (bottom - top) * value / ceiling

    for n in range(round(ceiling / step) + 1):
        canvas.line(left, up(step * n), end, up(step * n), LIGHT.rule)
        canvas.text(left - 6, up(step * n) + 4, write(step * n), anchor="end", size=_SMALL)
    years = [dt.date(year, 1, 1) for year in range(first.year, last.year + 2)]
    within = [day for day in years if first <= day <= last]
    for day in within[:: math.ceil(len(within) / 12) or 1]:
        canvas.line(across(day), bottom, across(day), bottom + 4, LIGHT.ink_soft)
        canvas.text(across(day), bottom + 18, str(day.year), anchor="middle", size=_SMALL)
    canvas.line(left, bottom, end, bottom, LIGHT.ink_soft)
    if target is not None:
        canvas.line(
            left,
            up(target),
            end,
            up(target),
            LIGHT.lines[1],
            stroke_width="2",
            stroke_dasharray="5 3",
        )
        canvas.text(end - 4, up(target) - 5, target_text, anchor="end", size=_SMALL)
    free = 0.0
    for day, words in breaks:
        if first < day <= last:
            canvas.line(
                across(day), top - 6, across(day), bottom, LIGHT.ink_soft, stroke_dasharray="2 3"
            )
            # Where breaks stand close, the first says its name; all are told below the drawing.
            if across(day) >= free:
                at = min(across(day), end - _width(words, _SMALL))
                canvas.text(at, top - 10, words, size=_SMALL)
                free = at + _width(words, _SMALL) + _PAD
    written: list[float] = []
    for place, line in enumerate(shown):
        colour = LIGHT.lines[place % len(LIGHT.lines)]
        for segment in sorted({dot.segment for dot in line.dots}):
            part = [dot for dot in line.dots if dot.segment == segment]
            for band in _bands(part):
                edge = [(across(dot.date), up(dot.high or 0.0)) for dot in band]
                edge += [(across(dot.date), up(dot.low or 0.0)) for dot in reversed(band)]
                canvas.path([*edge, edge[0]], fill=colour, fill_opacity="0.15")
            if len(part) == 1:
                canvas.circle(across(part[0].date), up(part[0].value), 2.5, colour)
            points = [(across(dot.date), up(dot.value)) for dot in part]
            canvas.path(points, fill="none", stroke=colour, stroke_width="2.2")
        newest = line.dots[-1]
        canvas.circle(across(newest.date), up(newest.value), 3.5, colour)
        name = line.name if len(shown) > 1 else write(newest.value)
        at = up(newest.value) + 4
        # Names that would stand on each other stand below each other.
        while any(abs(at - other) < _SIZE for other in written):
            at += _SIZE
        written.append(at)
        canvas.text(across(newest.date) + 8, at, name, bold=len(shown) == 1)
    return canvas.whole()


def _bands(dots: Sequence[Dot]) -> list[list[Dot]]:
    """Return the stretches of a line that have limits; a gap is not filled."""
    found: list[list[Dot]] = [[]]
    for dot in dots:
        if dot.low is None or dot.high is None:
            found.append([])
        else:
            found[-1].append(dot)
    return [each for each in found if len(each) > 1]


def _grid(
    canvas: _Canvas, ticks: Sequence[float], zero: float, scale: float, top: float, write: Write
) -> None:
    bottom = canvas.height - 30
    for tick in ticks:
        at = zero + tick * scale
        canvas.line(at, top, at, bottom, LIGHT.rule)
        canvas.text(
            at, bottom + 16, write(tick), anchor="middle", size=_SMALL, colour=LIGHT.ink_soft
        )


def _label_width(labels: Iterable[str]) -> float:
    return min(320.0, max((_width(label) for label in labels), default=0.0) + _PAD + 10)


def _width(text: str, size: int = _SIZE) -> float:
    return len(text) * size * _LETTER


def _step(highest: float, most: int = 5) -> float:
    """Return a round step of which a few reach as high as is needed."""
    rough = highest / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)


def _number(value: float) -> str:
    """Return a number with at most two decimals, always written alike."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
