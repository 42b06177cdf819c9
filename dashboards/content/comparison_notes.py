"""What stands under the pictures and tables of shared packages, and in their files."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.content.shared import package_in_words
from dashboards.content.shared_figures import SideBySide
from dashboards.content.shared_labels import SharedLabels
from dashboards.export.downloads import Notes
from dashboards.i18n.texts import NO_BREAK_SPACE
from dashboards.view.sharing import last_day

# The shape and the word of each grade: neither colour nor letter alone.
SHAPES = {"A": "●", "B": "■", "C": "▲", "D": "◇", "X": "✕"}


def grade(labels: SharedLabels, letter: str) -> str:
    """Return a grade as its shape, its letter and its word: `■ B, kan sammenlignes`."""
    if letter not in SHAPES:
        return labels.texts("comparison.grade_none")
    word = labels.texts(f"comparison.grade_{letter}")
    # In one line: what stands beside it in a row is higher than it has to be otherwise.
    return f"{SHAPES[letter]} {letter}, {word}".replace(" ", NO_BREAK_SPACE)


def notes(found: SideBySide, title: str, part: str, about: Iterable[str] = ()) -> Notes:
    """Return the notes of a part; `about` are the municipalities in it, where not all compared."""
    labels, view, texts = found.labels, found.view, found.labels.texts
    codes = list(about) or [each.municipality for each in found.everybody]
    packages = [labels.received.packages[code] for code in codes]
    sets = sorted({each.manifest.definition_set for each in packages})
    return Notes(
        title=title,
        definition=labels.definition(view.indicator),
        filters=filters(found),
        source=texts("comparison.source", number=len(codes)),
        publication=texts("comparison.publication", definition_set=", ".join(sets)),
        reference_date=texts.date_in_table(last_day(found.month)),
        file_part=f"{view.municipality}-{found.month}-{part}",
        sources_by_municipality=tuple(
            (
                labels.municipality(each.municipality),
                package_in_words(texts, each),
            )
            for each in packages
        ),
    )


def filters(found: SideBySide) -> str:
    """Return everything that the figures are filtered by."""
    labels, view, texts = found.labels, found.view, found.labels.texts
    chosen = {
        "filter.municipality": labels.municipality(view.municipality),
        "filter.date": texts.date_in_table(last_day(found.month)),
        "filter.indicator": labels.indicator(view.indicator),
        "filter.age": labels.age_group(view.age_group),
        "filter.area": labels.service_area(view.service_area),
        "filter.among": labels.among(view.shared.among_written),
    }
    return "; ".join(f"{texts(name)}: {value}" for name, value in chosen.items())
