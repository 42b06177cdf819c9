"""Which publication is current, and how its tables are asked."""

from dagster_project.publication.reader.publication import (
    KEPT_ANSWERS,
    Previous,
    Publication,
    PublicationError,
    Source,
    Table,
    Unreadable,
    ask,
    current_publication,
)

__all__ = [
    "KEPT_ANSWERS",
    "Previous",
    "Publication",
    "PublicationError",
    "Source",
    "Table",
    "Unreadable",
    "ask",
    "current_publication",
]
