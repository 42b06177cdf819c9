"""The parts that an installation is built in: a municipality each, by its own deliveries alone.

The models fall apart by municipality, exactly (decision 15), so each is built without the others
and only when something of its own has changed. Municipalities that share a source, which delivers
rows of several, are one part together. Statistics of the whole country belong to every part.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dagster_project.code_version import code_version
from dagster_project.config.installation import Installation
from dagster_project.contract import WHOLE_COUNTRY
from dagster_project.identity.maskers import Maskers
from dagster_project.landing.catalogue import Catalogue, LandedSource, read_catalogue


@dataclass(frozen=True)
class Part:
    """What is built by itself: whose it is, what the warehouse is told, and a hash of all of it.

    `made_with` names what runs the models.
    """

    municipalities: tuple[str, ...]
    catalogue: Catalogue
    inputs: str
    made_with: str

    @property
    def place(self) -> str:
        """What names the part's municipalities in a folder's name."""
        first, *others = self.municipalities
        return f"{first}+{len(others)}" if others else first

    @property
    def name(self) -> str:
        """What names the part with just these inputs."""
        return f"{self.place}-{self.inputs[:16]}"


def plan(
    installation: Installation,
    maskers: Maskers,
    landed: Sequence[LandedSource],
    as_of: dt.date | None,
    made_with: str,
) -> list[Part]:
    """Return the parts of an installation, in the order of their municipalities."""
    parts = []
    for municipalities in _together(landed):
        theirs = [
            each
            for each in landed
            if each.source.record in WHOLE_COUNTRY or each.municipality in municipalities
        ]
        catalogue = read_catalogue(installation, maskers, theirs, as_of, municipalities)
        inputs = _hash(catalogue, theirs, made_with)
        parts.append(Part(tuple(sorted(municipalities)), catalogue, inputs, made_with))
    return parts


def _together(landed: Iterable[LandedSource]) -> list[frozenset[str]]:
    """Return the municipalities that have to be built together, as the sources tie them."""
    groups: list[frozenset[str]] = []
    for each in landed:
        tied = [group for group in groups if group & each.municipalities]
        groups = [group for group in groups if group not in tied]
        groups.append(each.municipalities.union(*tied))
    return sorted(groups, key=min)


def _hash(catalogue: Catalogue, landed: Sequence[LandedSource], made_with: str) -> str:
    """Return what names the inputs: all that the models are told, and the state of every file."""
    files = []
    for each in landed:
        for delivery in each.deliveries:
            if delivery.parquet:
                stat = delivery.parquet.stat()
                place = (each.source.name, delivery.parquet.name)
                files.append((*place, stat.st_size, stat.st_mtime_ns))
    inputs = [code_version(), made_with, catalogue.tables, files]
    return hashlib.sha256(json.dumps(inputs, default=str).encode()).hexdigest()
