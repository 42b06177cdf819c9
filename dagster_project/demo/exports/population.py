"""Population files, in the forms in which Statistics Norway's table 07459 is downloaded.

One file has the codes of its years and one column a year, one the codes of 2020-2023, one is long
and has today's. The projection is of today's municipalities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dagster_project.config.paths import Home
from dagster_project.demo.places import PLACES, Place
from dagster_project.demo.population import (
    LAST_PROJECTED_YEAR,
    LAST_YEAR,
    Ages,
    inhabitants,
    published,
)

_FOLDER = "inbox/3203/ssb"
_UNMERGED, _MERGED = range(2018, 2020), range(2020, 2024)
_TODAY, _AHEAD = range(2024, LAST_YEAR + 1), range(LAST_YEAR + 1, LAST_PROJECTED_YEAR + 1)


@dataclass(frozen=True)
class _Region:
    """A municipality of some years: how it is written, and its inhabitants of each year."""

    label: str
    years: Sequence[Ages]


def write_population(
    home: Home, codes: Iterable[str], rows: dict[tuple[str, str], int]
) -> list[dict[str, Any]]:
    """Write the files, note how many rows landing will count, and return the sources' entries."""
    places = [PLACES[code] for code in codes]
    unmerged = [
        _Region(f"{part.code} {part.name}", [published()[part.code, year] for year in _UNMERGED])
        for place in places
        for part in place.parts
    ]
    merged = [_region(place, _MERGED, "K-") for place in places]
    today = [_region(place, _TODAY) for place in places]
    ahead = [_region(place, _AHEAD) for place in places]
    folder = home.root / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, text, encoding, regions in (
        ("07459_20190301.csv", _wide(unmerged, _UNMERGED, ",", "region,age"), "utf-8", unmerged),
        ("07459_20230301.csv", _wide(merged, _MERGED, "\t", "region\tage"), "latin-1", merged),
        ("07459_20250301.csv", _long(today), "cp1252", today),
        ("framskriving_20250601.csv", _wide(ahead, _AHEAD, ";", "region;age"), "utf-8", ahead),
    ):
        (folder / name).write_bytes(text.encode(encoding))
        source = "ssb_befolkning" if name.startswith("07459") else "ssb_framskriving"
        rows[source, f"{_FOLDER}/{name}"] = sum(
            len(ages) for region in regions for ages in region.years
        )
    return [_entry("befolkning", "07459_*"), _entry("framskriving", "framskriving_*")]


def _region(place: Place, years: range, prefix: str = "") -> _Region:
    code = place.code_in(years.start, place.parts[0].code)
    label = f"{prefix}{code} {place.name}"
    return _Region(label, [inhabitants(place.code).on(year) for year in years])


def _wide(regions: list[_Region], years: range, delimiter: str, first: str) -> str:
    """Return a table with one column a year."""
    lines = [delimiter.join([first, *(f"Persons {year}" for year in years)])]
    for region in regions:
        for age, persons in enumerate(zip(*region.years, strict=True)):
            numbers = [str(number) for number in persons]
            lines.append(delimiter.join([region.label, _age(age), *numbers]))
    return "\r\n".join([*lines, ""])


def _long(regions: list[_Region]) -> str:
    """Return a table with one row a year, below Statistics Norway's heading."""
    lines = ['"07459: Befolkning, etter region, alder, statistikkvariabel og år"', ""]
    lines.append('"region";"alder";"år";"Personer"')
    for region in regions:
        for year, ages in zip(_TODAY, region.years, strict=True):
            for age, persons in enumerate(ages):
                lines.append(f'"{region.label}";"{age} år";"{year}";{persons}')
    return "\r\n".join([*lines, ""])


def _age(age: int) -> str:
    return {0: "0 years", 1: "1 year", 105: "105 years or older"}.get(age, f"{age} years")


def _entry(record: str, files: str) -> dict[str, Any]:
    return {
        "name": f"ssb_{record}",
        "system": "Statistisk sentralbyrå",
        "record": record,
        "connector": "file",
        "path": f"{_FOLDER}/{files}.csv",
        # Each file has its own years: a later one does not take the place of an earlier.
        "delivery": "incremental",
        "kommune": "3203",
    }
