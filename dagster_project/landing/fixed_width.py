"""Files of an authority whose fields lie at places, which move from year to year.

What a year's layout finds is checked before it is believed: the length of the lines, the year that
they say, a municipality, and a sex. A file of another layout is told by name, and not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dagster_project.landing.columns import MappedTable
from dagster_project.landing.encoding import decode
from dagster_project.landing.limits import LINE_CHARACTERS
from dagster_project.landing.table import Cell, ReadError, clean, refuse_many
from dagster_project.reference.layouts import NAMED, FieldPlaces, FixedWidth
from dagster_project.reference.municipalities import municipalities

_LINE_END = re.compile(r"\r\n|\n|\r")
_CENTURY = 2000
_ONE_OR_TWO = frozenset({"1", "2"})
# What stands in the place of a code that the form does not have.
_NO_CODE = "ugyldig"
# Of the lines, how many must be as the layout says: a slip of the pen is one line's, a shift of the
# places every line's.
_ENOUGH = 0.9
_MOST_NAMED = 10

Lines = Sequence[tuple[int, str]]


def read_fixed_width(
    content: bytes,
    layout: FixedWidth,
    record: str,
    *,
    encoding: str | None,
    layout_year: int | None,
) -> tuple[MappedTable, str | None]:
    """Return the rows of a record type in a file, and its encoding.

    The year is what the lines say; `layout_year` is the year by whose layout they are written,
    where that is another one. Raises ReadError, which names no cell.
    """
    decoded = decode(content, encoding)
    text = decoded.text.lstrip("\ufeff").rstrip("\x1a")
    lines = [(at, line) for at, line in enumerate(_LINE_END.split(text), 1) if line.strip()]
    if not lines:
        raise ReadError("empty_file")
    refuse_many(len(lines), len(layout.rows[record]))
    for at, line in lines:
        if len(line) > LINE_CHARACTERS:
            raise ReadError("line_too_long", line=str(at), most=f"{LINE_CHARACTERS:,}")
    ends = text.endswith(("\n", "\r"))
    year, places = _places(layout, lines, layout_year)
    _require_length(layout, places, lines, ends=ends, year=year)
    _require_places(layout, places, lines, year)
    return _table(layout, places, record, lines, year), decoded.encoding


def _places(layout: FixedWidth, lines: Lines, layout_year: int | None) -> tuple[int, FieldPlaces]:
    """Return the year of a file, and the layout that it is read by."""
    first, length = layout.layouts[-1].fields["version"]
    written = [line[first - 1 : first - 1 + length] for _, line in lines]
    years = {_CENTURY + int(each) for each in written if each.isdecimal() and each.isascii()}
    if len(years) != 1:
        known = ", ".join(map(str, sorted(years)[:_MOST_NAMED])) or "none"
        raise ReadError("layout_years", **_named(layout), years=known, place=str(first))
    (year,) = years
    places = layout.of_year(layout_year or year)
    if places is None:
        known = f"{layout.years[0]}-{layout.years[-1]}"
        wanted = str(layout_year or year)
        raise ReadError("layout_year_unknown", **_named(layout), year=wanted, known=known)
    return year, places


def _require_length(
    layout: FixedWidth, places: FieldPlaces, lines: Lines, *, ends: bool, year: int
) -> None:
    # A program that trims lines takes blanks away, and nothing that is read.
    wrong = [at for at, line in lines if not places.last <= len(line) <= places.length]
    if not wrong:
        return
    if wrong == [lines[-1][0]] and not ends and len(lines) > 1:
        raise ReadError("truncated_file", where=f"in the middle of line {wrong[0]}")
    _refuse_other_layout(layout, places, lines, year)
    found = sorted({len(line) for at, line in lines if at in set(wrong)})
    raise ReadError(
        "layout_length",
        **_named(layout),
        found=", ".join(map(str, found[:_MOST_NAMED])),
        expected=str(places.length),
        lines=_listed(wrong),
    )


def _require_places(layout: FixedWidth, places: FieldPlaces, lines: Lines, year: int) -> None:
    if _share_that_fits(places, lines) >= _ENOUGH:
        return
    _refuse_other_layout(layout, places, lines, year)
    wrong = [at for at, line in lines if not _fits(places, line)]
    raise ReadError(
        "layout_shifted",
        **_named(layout),
        year=str(year),
        lines=_listed(wrong),
        sex=str(places.fields["sex"][0]),
    )


def _refuse_other_layout(layout: FixedWidth, places: FieldPlaces, lines: Lines, year: int) -> None:
    """Raise ReadError where the lines are as another year's layout says."""
    for other in reversed(layout.layouts):
        if other is places or other.fields == places.fields:
            continue
        of_length = all(other.last <= len(line) <= other.length for _, line in lines)
        if of_length and _share_that_fits(other, lines) >= _ENOUGH:
            raise ReadError(
                "layout_of_other_year",
                **_named(layout),
                year=str(year),
                other="-".join(map(str, sorted({other.years[0], other.years[-1]}))),
                newest=str(other.years[-1]),
                expected=str(places.length),
            )


def _share_that_fits(places: FieldPlaces, lines: Lines) -> float:
    return sum(_fits(places, line) for _, line in lines) / len(lines)


def _fits(places: FieldPlaces, line: str) -> bool:
    """Whether a line has a municipality, a sex and an answer where its layout says."""
    municipality = places.cut(line, "municipality")
    return (
        municipalities().years_of(municipality) is not None
        and places.cut(line, "sex") in _ONE_OR_TWO
        and places.cut(line, "plan") in ("", *_ONE_OR_TWO)
        and len(places.cut(line, "person")) in (0, 11)
    )


def _table(
    layout: FixedWidth, places: FieldPlaces, record: str, lines: Lines, year: int
) -> MappedTable:
    templates = layout.rows[record]
    answered = [(at, line) for at, line in lines if places.cut(line, layout.answer)]
    rows = [_row(layout, places, templates, line, year) for _, line in answered]
    silent = [at for at, line in lines if not places.cut(line, layout.answer)]
    odd = [at for at, line in answered if not _fits(places, line)]
    remarks: dict[str, Sequence[int]] = {
        "layout_assumed": [at for at, _ in lines[:1]] if places.assumed else [],
        "not_answered": silent,
        "line_odd": odd,
        "day_of_year": [at for at, _ in answered],
    }
    return table_of(list(templates), rows, [at for at, _ in answered], remarks)


def _row(
    layout: FixedWidth,
    places: FieldPlaces,
    templates: Mapping[str, str],
    line: str,
    year: int,
) -> list[Cell]:
    values = {name: places.cut(line, name) for name in places.fields} | {"year": str(year)}
    cells: list[Cell] = []
    for column, template in templates.items():
        named = NAMED.findall(template)
        # A cell of a field that is empty says nothing, whatever stands beside it.
        whole = all(values.get(name) for name in named)
        text = NAMED.sub(lambda match: values[match[1]], template) if whole else ""
        if column in layout.values and text not in layout.values[column]:
            text = _NO_CODE
        cells.append(clean(layout.word(column, text)))
    return cells


def table_of(
    names: Sequence[str],
    rows: list[list[Cell]],
    numbers: list[int],
    remarks: Mapping[str, Sequence[int]],
) -> MappedTable:
    """Return rows whose columns are known beforehand as what a reader hands on."""
    return MappedTable(
        columns={name: [row[at] for row in rows] for at, name in enumerate(names)},
        whole=rows,
        numbers=numbers,
        too_wide=[False] * len(rows),
        too_short=[False] * len(rows),
        remarks={code: list(of) for code, of in remarks.items() if of},
    )


def _named(layout: FixedWidth) -> dict[str, str]:
    return {"form": layout.name}


def _listed(numbers: Sequence[int]) -> str:
    listed = ", ".join(map(str, numbers[:_MOST_NAMED]))
    return f"{listed}, ..." if len(numbers) > _MOST_NAMED else listed
