"""Which packages of other municipalities were refused, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dagster_project.sharing.held import Refused
from dashboards.content.section import Section
from dashboards.export.table import Holds, table_of
from dashboards.i18n.texts import Texts

_NEWEST = 20


def refused_packages(texts: Texts, refused: Sequence[Refused]) -> Iterator[Section]:
    """Yield what was refused last, the newest first; nothing where nothing was."""
    if not refused:
        return
    newest = sorted(refused, key=lambda each: each.at, reverse=True)[:_NEWEST]
    yield Section(
        key="refused_packages",
        heading=texts("refused_package.heading"),
        of_table=[texts("refused_package.lead")],
        table=table_of(
            texts("refused_package.heading"),
            newest,
            (texts("refused_package.on"), Holds.DATE, lambda each: each.at.date()),
            (texts("refused_package.file"), Holds.TEXT, lambda each: each.file),
            (
                texts("refused_package.why"),
                Holds.PROSE,
                lambda each: texts(f"refusal.{each.reason}"),
            ),
        ),
    )
