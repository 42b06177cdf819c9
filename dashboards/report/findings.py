"""What slides say of a chapter: its finding as a title, and what else it leads with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dashboards.report.blocks import Chapter, Chart, Grid, Paragraph, Slide, Style

# Of a chapter a slide shows its first sentences, and its first drawing or table.
_SHOWN = ("coverage", "missing", "causes", "plans", "coordinators", "notices", "needs", "quality")
_POINTS = 3
# A title of a word or two names a figure and says nothing of it; one of three lines is not read.
_SHORTEST_TITLE, _LONGEST_TITLE = 30, 120
# A date has a full stop too, and a small letter after it.
_END_OF_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-ZÆØÅ0-9«])")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")


def slides_of(chapters: Iterable[Chapter]) -> Iterator[Slide]:
    """Yield what is shown at a meeting: the summary, then of each chapter what it leads with."""
    by_key = {chapter.key: chapter for chapter in chapters}
    yield _slide(by_key["summary"], _POINTS + 1)
    for key in _SHOWN:
        chapter = by_key[key]
        chart = next((each for each in chapter.blocks if isinstance(each, Chart)), None)
        grid = next((each for each in chapter.blocks if isinstance(each, Grid)), None)
        yield _slide(chapter, _POINTS, chart, None if chart else grid)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return _END_OF_SENTENCE.split(text.strip())


def finding(text: str) -> tuple[str, str]:
    """Return the finding that a text begins with, for a title, and what is left to say.

    The title is as many whole sentences as make one; what stands in brackets is left out where it
    is too long with it, and then nothing is left out of the rest. Nothing where no title can be
    made of it.
    """
    said = sentences(text)
    grown = (" ".join(said[:number]) for number in range(1, len(said) + 1))
    title = next((each for each in grown if len(each) >= _SHORTEST_TITLE), "")
    if not title:
        return "", text
    bare = _IN_BRACKETS.sub("", title)
    if len(title) <= _LONGEST_TITLE:
        return title.removesuffix("."), text.strip().removeprefix(title).strip()
    if len(bare) <= _LONGEST_TITLE:
        return bare.removesuffix("."), text
    return "", text


def _slide(
    chapter: Chapter, most: int, chart: Chart | None = None, grid: Grid | None = None
) -> Slide:
    own = list(_said(chapter, Style.OWN))
    led = list(_said(chapter, Style.LEAD, Style.POINT, Style.PLAIN))
    title, rest = finding(led[0]) if led else ("", "")
    if not title:
        return Slide(chapter.heading, "", tuple([*own, *led][:most]), chart, grid)
    points = [*own, *([rest] if rest else []), *led[1:]]
    return Slide(title, chapter.heading, tuple(points[:most]), chart, grid)


def _said(chapter: Chapter, *styles: Style) -> Iterator[str]:
    for style in styles:
        for block in chapter.blocks:
            if isinstance(block, Paragraph) and block.style is style:
                yield block.text
