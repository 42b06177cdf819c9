"""Every colour of the dashboards, light and dark, and which text can be read on which."""

from __future__ import annotations

from dataclasses import dataclass

_INK = "#1c2429"
_PAPER = "#ffffff"

# Okabe and Ito's colours in an order in which neighbours differ in lightness too. Yellow is left
# out: nobody sees it on white.
_LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


@dataclass(frozen=True)
class Palette:
    """The colours of one theme; every colour is written `#rrggbb`.

    `lines` tells series apart, in their order; the first is the accent. `few` and `many` are the
    ends of the sequential scale: one hue, on which text is read all the way.
    """

    is_dark: bool
    ink: str
    ink_soft: str
    rule: str
    paper: str
    ground: str  # boxes on the paper
    small: str  # cells whose figure says little
    accent: str
    accent_light: str
    taken_away: str
    link: str
    lines: tuple[str, ...]
    few: str
    many: str

    def shade(self, part: float) -> str:
        """Return the colour of a part (0 to 1) of the sequential scale."""
        within = min(1.0, max(0.0, part))
        ends = zip(_channels(self.few), _channels(self.many), strict=True)
        return "#" + "".join(f"{round(few + (many - few) * within):02x}" for few, many in ends)


LIGHT = Palette(
    is_dark=False,
    ink=_INK,
    ink_soft="#56626b",
    rule="#d5dce1",
    paper=_PAPER,
    ground="#f4f6f8",
    small="#f0f2f4",
    accent=_LINES[0],
    accent_light="#8fc1df",
    taken_away="#9aa5ad",
    link="#005b94",
    lines=_LINES,
    few="#f3f8fc",
    many="#489cd0",
)
DARK = Palette(
    is_dark=True,
    ink="#e8edf1",
    ink_soft="#aab6bf",
    rule="#3a464e",
    paper="#12181c",
    ground="#1c252b",
    small="#222c33",
    accent="#56b4e9",
    accent_light="#2f6f95",
    taken_away="#75828b",
    link="#7cc4f0",
    # The same hues; the accent is the one of them that is read on black.
    lines=("#56b4e9", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#4d8fd6"),
    few="#17222a",
    many="#27709e",
)


def text_on(background: str) -> str:
    """Return ink or paper, whichever is read more easily on the background."""
    return max((_INK, _PAPER), key=lambda colour: contrast(colour, background))


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2.1 defines it (1 to 21)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def transparent(colour: str, opacity: float) -> str:
    """Return a colour that lets what is behind it through."""
    red, green, blue = _channels(colour)
    return f"rgba({red}, {green}, {blue}, {opacity})"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
