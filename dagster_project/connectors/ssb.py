"""The `ssb` connector: inhabitants by Statistics Norway's PxWebApi 2, as JSON-stat 2.

The interface: https://www.ssb.no/api/api-mot-statistikkbanken--brukerveiledning (no key, a limited
number of cells a request and of requests a minute). Figures: CC BY 4.0, Statistics Norway.
"""

from __future__ import annotations

import csv
import itertools
import math
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from dagster_project.config.installation import Installation
from dagster_project.config.sources import SsbSource
from dagster_project.connectors.errors import FetchError
from dagster_project.connectors.inbox import Draft
from dagster_project.connectors.web import Service
from dagster_project.reference.municipalities import municipalities

# Record type: the table, and of what it counts the main alternative. A projection is succeeded by a
# table of another number every second year.
_TABLES = {"befolkning": ("07459", "Personer1"), "framskriving": ("14288", "Personer")}
_AGE, _SEX = "Alder", "Kjonn"
_SEXES = ("1", "2")
# The standard signs for a number that there is not: not applicable, missing, confidential.
_NO_NUMBER = frozenset({".", "..", "...", ":"})
_NOT_APPLICABLE = "."
_LARGEST_REQUEST = 800_000
_TIMES_FROM_THE_START = 3
_OLDEST = 120
_AGE_CODE = re.compile(r"(\d{3})\+?")
_MUNICIPALITY_CODE = re.compile(r"(?:K-)?\d{4}")
_HEADER = ("region", "kjonn", "alder", "aar", "personer", "merke")


class _ChangedError(Exception):
    """The table was updated between two requests."""


@dataclass(frozen=True)
class _Cell:
    """One number of a table, by the code of each of its variables; None where a sign stands."""

    codes: dict[str, str]
    number: int | None
    sign: str


@dataclass(frozen=True)
class _Table:
    """What is asked of a table: its variables, and the codes that are wanted of each."""

    number: str
    region: str
    time: str
    wanted: dict[str, list[str]]


def fetch(
    source: SsbSource, draft: Draft, installation: Installation, sleep: Callable[[float], None]
) -> None:
    """Write the inhabitants of the installation's municipalities. Raises FetchError.

    Those of the municipalities that became them are written under their own codes, as in the files
    that Statistics Norway offers; landing knows the history. So are those of a municipality that
    was divided, if one of these goes on as it: nobody knows who went where, but all lived there.
    """
    service = Service(
        source, source.url, timeout=source.timeout, sleep=sleep, keys="url:, table:, contents:"
    )
    try:
        table = _table(source, service, installation.codes)
        config = service.ask(f"{source.url}/config").content
        limit = config.get("maxDataCells") if isinstance(config, dict) else None
        largest = limit if isinstance(limit, int) and limit > 0 else _LARGEST_REQUEST
        for _ in range(_TIMES_FROM_THE_START):
            try:
                cells = list(_cells(source, service, table, largest))
                break
            except _ChangedError:
                continue
        else:
            raise service.unusable("the table was updated each time while it was read")
    finally:
        service.close()
    _write(table, cells, draft)
    if not draft.rows:
        raise FetchError("fetch_empty", source=source.name, host=service.host)


def _table(source: SsbSource, service: Service, held: Collection[str]) -> _Table:
    """Choose what to ask for by what the table says of itself."""
    number, contents = _TABLES[source.record]
    number, contents = source.table or number, source.contents or contents
    described = service.ask(f"{source.url}/tables/{number}/metadata", {"lang": "no"}).content

    def wrong(reason: str) -> FetchError:
        return FetchError(
            "fetch_table", source=source.name, host=service.host, table=number, reason=reason
        )

    codes = _codes(service, described)
    region = _role(described, "geo", "Region")
    time = _role(described, "time", "Tid")
    metric = _role(described, "metric", "ContentsCode")
    for variable in (region, time, metric, _AGE):
        if variable not in codes:
            raise wrong(f"has no variable {variable}")
    if contents not in codes[metric]:
        raise wrong(f"does not count {contents} (but {', '.join(codes[metric])})")
    wanted = {
        region: [
            code
            for code in codes[region]
            if _MUNICIPALITY_CODE.fullmatch(code) and _of_today(code) in held
        ],
        _AGE: [code for code in codes[_AGE] if _age(code) is not None],
        metric: [contents],
        time: [code for code in codes[time] if code.isdigit() and int(code) >= source.from_year],
    }
    if _SEX in codes:
        wanted[_SEX] = [code for code in codes[_SEX] if code in _SEXES]
    for variable, chosen in wanted.items():
        if not chosen:
            raise wrong(f"has nothing of what is asked for in {variable}")
    return _Table(number, region, time, wanted)


def _cells(source: SsbSource, service: Service, table: _Table, largest: int) -> Iterator[_Cell]:
    """Ask for the cells in as many requests as the largest one allowed makes of them."""
    updated: set[str] = set()
    for part in _parts(table, largest):
        body = {
            "selection": [
                {"variableCode": variable, "valueCodes": codes} for variable, codes in part.items()
            ]
        }
        url = f"{source.url}/tables/{table.number}/data?lang=no&outputFormat=json-stat2"
        answer = service.ask(url, body=body).content
        updated.add(str(answer.get("updated")) if isinstance(answer, dict) else "")
        if len(updated) > 1:
            raise _ChangedError
        yield from _read(service, answer, part)


def _parts(table: _Table, largest: int) -> Iterator[dict[str, list[str]]]:
    """Divide a selection by year, and where one year is too large by municipality."""
    regions, years = table.wanted[table.region], table.wanted[table.time]
    divided = (table.region, table.time)
    each = math.prod(len(codes) for name, codes in table.wanted.items() if name not in divided)
    regions_at_a_time = max(1, min(len(regions), largest // each))
    years_at_a_time = max(1, largest // (each * regions_at_a_time))
    for some_years in _chunks(years, years_at_a_time):
        for some_regions in _chunks(regions, regions_at_a_time):
            yield {**table.wanted, table.region: some_regions, table.time: some_years}


def _of_today(code: str) -> str | None:
    history = municipalities()
    return history.today(code) or history.goes_on_as.get(code)


def _chunks(codes: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(codes), size):
        yield codes[start : start + size]


def _read(service: Service, answer: Any, asked: dict[str, list[str]]) -> Iterator[_Cell]:
    """Return the cells of a JSON-stat data set: row by row, the last variable the fastest."""
    codes = _codes(service, answer)
    if {name: set(given) for name, given in codes.items()} != {
        name: set(wanted) for name, wanted in asked.items()
    }:
        raise service.unusable("it is not what was asked for")
    places = math.prod(len(given) for given in codes.values())
    values = _by_place(answer.get("value"), places)
    signs = _by_place(answer.get("status"), places)
    if not values:
        raise service.unusable("its values are not as many as its places")
    for place, combination in enumerate(itertools.product(*codes.values())):
        sign = str(signs.get(place) or "")
        number = None if sign in _NO_NUMBER else _persons(service, values.get(place))
        yield _Cell(dict(zip(codes, combination, strict=True)), number, sign)


def _by_place(written: Any, places: int) -> dict[int, Any]:
    """Return values or signs by their place; JSON-stat writes them in three ways."""
    match written:
        case str():
            return dict.fromkeys(range(places), written)
        case list() if len(written) == places:
            return dict(enumerate(written))
        case dict() if all(place.isdigit() and int(place) < places for place in written):
            return {int(place): value for place, value in written.items()}
    return {}


def _persons(service: Service, value: Any) -> int | None:
    try:
        number = None if value is None else float(value)
    except (TypeError, ValueError):
        number = -1.0
    if number is None:
        return None
    if number < 0 or not number.is_integer():
        raise service.unusable("a number of persons is none")
    return int(number)


def _codes(service: Service, dataset: Any) -> dict[str, list[str]]:
    """Return the codes of each variable of a JSON-stat data set, in the order of its values."""
    try:
        return {name: _in_order(dataset["dimension"][name]["category"]) for name in dataset["id"]}
    except (KeyError, TypeError, AttributeError):
        raise service.unusable("it is no JSON-stat data set") from None


def _in_order(category: dict[str, Any]) -> list[str]:
    index = category.get("index", category.get("label", {}))
    return list(index) if isinstance(index, list) else sorted(index, key=index.__getitem__)


def _role(dataset: dict[str, Any], role: str, usual: str) -> str:
    named = (dataset.get("role") or {}).get(role) or [usual]
    return str(named[0])


def _age(code: str) -> int | None:
    """Return the age of a code for one year of age; `105+` is that age and all above."""
    match = _AGE_CODE.fullmatch(code)
    age = int(match[1]) if match else _OLDEST + 1
    return age if age <= _OLDEST else None


def _write(table: _Table, cells: list[_Cell], draft: Draft) -> None:
    """Write the cells, without the years in which a municipality was none.

    A number that there is not is an empty cell, with its sign beside it; never a zero.
    """
    rows = csv.writer(draft.file, delimiter=";", lineterminator="\n")
    rows.writerow(_HEADER)
    existed = {
        (cell.codes[table.region], cell.codes[table.time])
        for cell in cells
        if cell.number or cell.sign in _NO_NUMBER - {_NOT_APPLICABLE}
    }
    for cell in cells:
        region, year = cell.codes[table.region], cell.codes[table.time]
        if (region, year) in existed:
            number = "" if cell.number is None else cell.number
            sex = cell.codes.get(_SEX, "")
            rows.writerow([region[-4:], sex, _age(cell.codes[_AGE]), year, number, cell.sign])
            draft.rows += 1
