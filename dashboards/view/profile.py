"""Whose own figures a reader may see: the profile that one looks with (decision 0021).

The chosen municipality is seen with the profile *internal*; of every other there is what it has
shared, the profile *shared*.
"""

from __future__ import annotations

from collections.abc import Collection

from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.publication import Publication


def may_look_as(publication: Publication) -> Collection[str]:
    """Return the municipalities that this reader may look as.

    The one place where it is decided who may choose whom. There is no login: whoever reaches the
    server may choose any municipality that the installation runs, one at a time.
    """
    return list(coverage.municipalities(publication))
