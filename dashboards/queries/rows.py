"""The rows of one municipality in a table, each read as an object."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Protocol, TypeVar

from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication, ask

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class OfMunicipality(Protocol[T_co]):
    """Reads the rows of a municipality."""

    def __call__(self, publication: Publication, municipality: str, /) -> tuple[T_co, ...]:
        """Return the rows, in the order of the query."""


class OfDate(Protocol[T_co]):
    """Reads the rows of a municipality on a reference date."""

    def __call__(
        self, publication: Publication, municipality: str, reference_date: dt.date, /
    ) -> tuple[T_co, ...]:
        """Return the rows, in the order of the query."""


def of_municipality(make: Callable[..., T], query: str) -> OfMunicipality[T]:
    """Return what reads the rows of a municipality; `{its_own}` stands for which those are."""
    sql = query.format(its_own="municipality_code = $municipality")

    @functools.lru_cache(maxsize=KEPT_ANSWERS)
    def read(publication: Publication, municipality: str, /) -> tuple[T, ...]:
        return tuple(make(*row) for row in ask(publication, sql, municipality=municipality))

    return read


def of_date(make: Callable[..., T], query: str) -> OfDate[T]:
    """Return what reads those of a reference date; `{its_own}` stands for which those are."""
    sql = query.format(
        its_own="municipality_code = $municipality and reference_date = $reference_date"
    )

    @functools.lru_cache(maxsize=KEPT_ANSWERS)
    def read(
        publication: Publication, municipality: str, reference_date: dt.date, /
    ) -> tuple[T, ...]:
        rows = ask(publication, sql, municipality=municipality, reference_date=reference_date)
        return tuple(make(*row) for row in rows)

    return read
