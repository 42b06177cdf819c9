"""Every colour of the dashboards' pictures, and which text can be read on which."""

from __future__ import annotations

INK = "#1c2429"
INK_SOFT = "#56626b"
RULE = "#d5dce1"
PAPER = "#ffffff"
SMALL = "#f0f2f4"  # cells whose figure says little
ACCENT = "#0072b2"
ACCENT_LIGHT = "#8fc1df"
TAKEN_AWAY = "#9aa5ad"

# One hue, from few to many; light enough all the way that ink is read on it, on paper too.
_FEW, _MANY = (243, 248, 252), (72, 156, 208)

# Okabe and Ito's colours in an order in which neighbours differ in lightness too; the first is the
# accent. Yellow is left out: nobody sees it on white.
LINES = (ACCENT, "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


def shade(part: float) -> str:
    """Return the colour of a part (0 to 1) of the sequential scale."""
    within = min(1.0, max(0.0, part))
    channels = (round(few + (many - few) * within) for few, many in zip(_FEW, _MANY, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def text_on(background: str) -> str:
    """Return ink or paper, whichever is read more easily on the background."""
    return max((INK, PAPER), key=lambda colour: contrast(colour, background))


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
