"""The seeds, checked before anything is counted by them: reference data and definitions as data.

What each column means stands in `seeds/_seeds.yml`; here is what it may hold. Every fault is told
with its file, line and column, and what to do about it.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from dagster_project.contract import CODE_LISTS, RECORD_TYPES
from dagster_project.problems import Problem, SamordnaError, did_you_mean
from dagster_project.reference.share_plan import plan_faults
from dagster_project.values import bare_number, fold

BREAK_KINDS = ("system_change", "definition_change", "border_change", "other")
# A group's last age where there is none.
NO_LAST_AGE = 999
_SHOWN = 20


@dataclass(frozen=True)
class Rule:
    """What a cell must be, in words, and whether a text is that; `known` are the words it may be.

    An empty cell is refused, unless it may be left empty.
    """

    what: str
    accepts: Callable[[str], bool]
    known: tuple[str, ...] = ()
    may_be_empty: bool = False


@dataclass(frozen=True)
class Seed:
    """One seed: its columns with what they may hold, and the columns that tell rows apart."""

    columns: Mapping[str, Rule]
    key: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One row of a seed, and the line of the file that it stands on."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


Seeds = Mapping[str, list[Row]]


def _matching(what: str, pattern: str) -> Rule:
    return Rule(what, lambda text: re.fullmatch(pattern, text) is not None)


def _one_of(what: str, *known: str) -> Rule:
    return Rule(what, frozenset(known).__contains__, known)


def _or_empty(rule: Rule) -> Rule:
    return Rule(rule.what, rule.accepts, rule.known, may_be_empty=True)


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_WORDS = Rule("words, without a space before or after", lambda text: text == text.strip())
_NAME = _matching("a name of small letters, digits and _", r"[a-z][a-z0-9_]*")
_WHOLE = _matching("a whole number", r"\d{1,9}")
_POSITIVE = _matching("a whole number above 0", r"[1-9]\d{0,8}")
_SHARE = _matching("a share from 0 to 1", r"0(\.\d+)?|1(\.0+)?")
_NUMBER = _matching("a number with a point for decimals", r"\d+(\.\d+)?")
_CODE = _matching("a municipality's number of four digits", r"\d{4}")
_YEAR = _matching("a year", r"1[89]\d\d|20\d\d")
_DATE = Rule("a date as 2022-08-01", _is_date)
_SECTION = _matching("a section of the counting rules, or `contract`", r"contract|D|\d(\.\d)?")
_ANY_NUMBER = _matching("a number with a point for decimals", r"-?\d+(\.\d+)?")
_TRUTH = _one_of("an answer", "true", "false")
_FUNCTION = _matching("a KOSTRA function of three digits", r"\d{3}")
_NAMES = {"name_nb": _WORDS, "name_nn": _WORDS, "name_en": _WORDS}
_ADVICE = ("advice_nb", "advice_nn", "advice_en")
_CODED = sorted(CODE_LISTS)
# Fields of what is published, and the coded column of the contract that each comes from.
_NAMED = {"meeting_type": "motetype", "participant": "deltakere", "sender": "melder"}
# What a list is ordered within, where the seed holds several.
_LISTS = {"age_groups": ("age_scheme",), "code_names": ("field",)}
_RECORDS = Rule(
    "record types, separated by ;",
    lambda text: set(text.split(";")) <= RECORD_TYPES.keys(),
    tuple(RECORD_TYPES),
)

SEEDS: dict[str, Seed] = {
    "assumptions": Seed(
        {
            "assumption": _NAME,
            "sort_order": _POSITIVE,
            "unit": _one_of("a unit", "persons", "hours", "meetings", "share", "kroner"),
            **dict.fromkeys(("min_value", "max_value", "low", "middle", "high"), _ANY_NUMBER),
            "more_costs_more": _TRUTH,
            "own_by_area": _TRUTH,
            **_NAMES,
            "source_nb": _WORDS,
            "source_nn": _WORDS,
            "source_en": _WORDS,
        },
        ("assumption",),
    ),
    "age_groups": Seed(
        {
            "age_scheme": _NAME,
            "age_group": _matching("an age group as 0-17 or 90+", r"\d+(-\d+|\+)"),
            "from_age": _WHOLE,
            "to_age": _WHOLE,
            "sort_order": _POSITIVE,
        },
        ("age_scheme", "age_group"),
    ),
    "breaks": Seed(
        {
            "municipality_code": _or_empty(_CODE),
            "source": _or_empty(_WORDS),
            "first_day_after": _DATE,
            "kind": _one_of("a kind of break", *BREAK_KINDS),
            "indicator": _or_empty(_NAME),
            "note_nb": _WORDS,
            "note_nn": _WORDS,
            "note_en": _WORDS,
        },
        ("municipality_code", "source", "first_day_after", "kind", "indicator"),
    ),
    "code_map": Seed(
        {
            "field": _one_of("a coded column of the contract, or region", *_CODED, "region"),
            "canonical": _NAME,
            "accepted": _WORDS,
        },
        ("field", "accepted"),
    ),
    "code_lists": Seed(
        {
            "code_list": _NAME,
            "field": _one_of("a coded column of the contract", *_CODED),
            "unless_declared": _TRUTH,
            **_NAMES,
            "source": _WORDS,
        },
        ("code_list", "field"),
    ),
    "code_list_values": Seed(
        {
            "code_list": _NAME,
            "field": _one_of("a coded column of the contract", *_CODED),
            "number": _matching("a number without leading zeros", r"0|[1-9]\d*"),
            "canonical": _NAME,
        },
        ("code_list", "field", "number"),
    ),
    "code_names": Seed(
        {
            "field": _one_of(
                "a field whose codes have names",
                *_NAMED,
                "meeting_form",
                "notice_step",
                "register_figure",
                "register_cause",
                "error_kind",
            ),
            "code": _NAME,
            "sort_order": _POSITIVE,
            **_NAMES,
        },
        ("field", "code"),
    ),
    "indicators": Seed(
        {
            "indicator": _NAME,
            "kind": _one_of("a kind of indicator", "share", "rate", "ratio", "median", "count"),
            "multiplier": _POSITIVE,
            "numerator_measure": _or_empty(_NAME),
            "denominator_measure": _or_empty(_NAME),
            "bounded": _one_of("true or false", "true", "false"),
            "needs": _RECORDS,
            "looks_back_days": _WHOLE,
            "polarity": _one_of("a polarity", "more", "less", "none"),
            "sort_order": _POSITIVE,
            **_NAMES,
            "definition_nb": _WORDS,
            "definition_nn": _WORDS,
            "definition_en": _WORDS,
        },
        ("indicator",),
    ),
    "grades": Seed(
        {
            "grade": _one_of("a grade that has limits", "A", "B", "C"),
            "max_quarantined_share": _SHARE,
            "max_changed_share": _SHARE,
            "min_agreement": _SHARE,
            "max_reported_difference": _SHARE,
        },
        ("grade",),
    ),
    "kpr_counted_services": Seed(
        {
            "counted_as": _one_of("what KPR or KOSTRA counts", "kostra_user", "kpr_recipient"),
            "kpr_service": _NAME,
            "first_year": _or_empty(_YEAR),
            "last_year": _or_empty(_YEAR),
            "is_verified": _TRUTH,
            "source": _WORDS,
        },
        ("counted_as", "kpr_service", "first_year"),
    ),
    "kpr_services": Seed(
        {"kpr_service": _NAME, "kpr_code": _or_empty(_POSITIVE), **_NAMES, "source": _WORDS},
        ("kpr_service",),
    ),
    "measures": Seed(
        {
            "measure": _NAME,
            "base": _or_empty(_one_of("a base", "coordinator", "plan", "target_group")),
            "record": _one_of("a record type", *RECORD_TYPES),
            "counted_with": _NAME,
            "sort_order": _POSITIVE,
            **_NAMES,
        },
        ("measure",),
    ),
    "meeting_forms": Seed(
        {
            "accepted": _WORDS,
            "meeting_form": _one_of("a form of meetings", "responsibility_group", "follow_up_team"),
        },
        ("accepted",),
    ),
    "municipalities": Seed(
        {
            "municipality_code": _CODE,
            "municipality_name": _WORDS,
            "valid_from_year": _or_empty(_YEAR),
            "valid_to_year": _or_empty(_YEAR),
            "code_2024": _or_empty(_CODE),
            "name_2024": _or_empty(_WORDS),
            "split_into": _or_empty(
                _matching("codes, separated by spaces, of two parts or more", r"\d{4}( \d{4})+")
            ),
        },
        ("municipality_code",),
    ),
    "parameters": Seed(
        {
            "parameter": _NAME,
            "default_value": _matching("true, false or a number", r"true|false|\d+(\.\d+)?"),
            "value_type": _one_of("a type of value", "boolean", "integer", "decimal"),
            "min_value": _or_empty(_NUMBER),
            "max_value": _or_empty(_NUMBER),
            "unit": _WORDS,
            "section": _SECTION,
            **_NAMES,
        },
        ("parameter",),
    ),
    "poisson_limits": Seed(
        {"events": _WHOLE, "lower_95": _NUMBER, "upper_95": _NUMBER},
        ("events",),
    ),
    "change_causes": Seed({"cause": _NAME, "sort_order": _POSITIVE, **_NAMES}, ("cause",)),
    "national_series": Seed(
        {
            "series": _NAME,
            "indicator": _NAME,
            "year": _YEAR,
            "share": _or_empty(_SHARE),
            "breaks_before": _TRUTH,
            **dict.fromkeys(("source_nb", "source_nn", "source_en"), _WORDS),
            **dict.fromkeys(("note_nb", "note_nn", "note_en"), _or_empty(_WORDS)),
        },
        ("series", "year"),
    ),
    "kostra_functions": Seed(
        {
            "service_area": _NAME,
            "kostra_function": _FUNCTION,
            "first_year": _or_empty(_YEAR),
            "last_year": _or_empty(_YEAR),
            **_NAMES,
        },
        ("service_area", "first_year"),
    ),
    "rules": Seed(
        {
            "rule": _NAME,
            "action": _one_of("an action", "quarantined", "repaired", "merged", "closed", "noted"),
            "severity": _one_of("a severity", "error", "warning", "info"),
            "section": _SECTION,
            "sort_order": _POSITIVE,
            "error_kind": _or_empty(_one_of("a kind of error", "registration", "extract", "code")),
            **_NAMES,
            **dict.fromkeys(_ADVICE, _or_empty(_WORDS)),
        },
        ("rule",),
    ),
    "service_areas": Seed(
        {
            "service_area": _NAME,
            "sector": _one_of("a sector", "health_care", "childhood", "welfare", "specialist"),
            "sort_order": _POSITIVE,
            **_NAMES,
            "has_kpr_codes": _TRUTH,
        },
        ("service_area",),
    ),
    "waterfall_steps": Seed(
        {
            "step": _NAME,
            "kind": _one_of("a kind of step", "level", "change"),
            "sort_order": _POSITIVE,
            **_NAMES,
        },
        ("step",),
    ),
}


@functools.cache
def require_sound(folder: Path) -> None:
    """Raise SamordnaError with every fault of the seeds, once for each process that goes on."""
    faults = check_seeds(folder)
    if faults:
        shown = [str(fault) for fault in faults[:_SHOWN]]
        if len(faults) > _SHOWN:
            shown.append(f"... and {len(faults) - _SHOWN} more.")
        raise SamordnaError("seeds_invalid", faults="\n".join(shown))


def check_seeds(folder: Path) -> list[Problem]:
    """Return what is wrong with the seeds of a folder.

    What they say of one another is asked when each is right in itself.
    """
    faults: list[Problem] = []
    seeds: dict[str, list[Row]] = {}
    for name, seed in SEEDS.items():
        try:
            rows = list(_read(folder, name, seed))
        except _Unreadable as unreadable:
            faults.append(unreadable.problem)
            continue
        seeds[name] = rows
        faults += _wrong_cells(name, seed, rows)
        faults += _repeated(name, seed.key, rows)
    if faults:
        return faults
    indicators = {row["indicator"] for row in seeds["indicators"]}
    parameters = {row["parameter"] for row in seeds["parameters"]}
    return [
        *(fault for check in _BETWEEN for fault in check(seeds)),
        *plan_faults(folder, indicators, parameters),
    ]


class _Unreadable(Exception):
    """Ends the reading of one file."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def _fault(name: str, line: int, column: str, reason: str, remedy: str) -> Problem:
    params: dict[str, str | int] = {"file": f"seeds/{name}.csv", "line": line, "column": column}
    return Problem("seed_invalid", {**params, "reason": reason, "remedy": remedy})


def _read(folder: Path, name: str, seed: Seed) -> Iterator[Row]:
    expected = list(seed.columns)
    try:
        text = (folder / f"{name}.csv").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _Unreadable(_fault(name, 1, "-", "there is no such file", "Put it back")) from None
    except UnicodeDecodeError:
        reason = "the file is not UTF-8"
        raise _Unreadable(_fault(name, 1, "-", reason, "Save it as UTF-8")) from None
    lines = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(lines, [])
        for column in [*expected, *header]:
            if header.count(column) != 1 or column not in expected:
                raise _Unreadable(_wrong_header(name, column, header, expected))
        for cells in lines:
            if len(cells) != len(header):
                reason = f"the row has {len(cells)} cells, the header {len(header)}"
                remedy = "Put a cell that holds a comma in quotation marks"
                raise _Unreadable(_fault(name, lines.line_num, "-", reason, remedy))
            yield Row(lines.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error:
        reason = "a quotation mark is left open, or stands inside a cell"
        raise _Unreadable(
            _fault(name, lines.line_num, "-", reason, "Close it, or write it twice")
        ) from None


def _wrong_header(name: str, column: str, header: list[str], expected: list[str]) -> Problem:
    if column not in header:
        reason, remedy = "the column is missing", f"The header is {','.join(expected)}"
    elif column not in expected:
        reason = f"no column is named so{did_you_mean(column, expected)}"
        remedy = "Take it away, or give it its name"
    else:
        reason, remedy = "the column stands there twice", "Take one of them away"
    return _fault(name, 1, column, reason, remedy)


def _wrong_cells(name: str, seed: Seed, rows: list[Row]) -> Iterator[Problem]:
    for row in rows:
        for column, rule in seed.columns.items():
            cell = row[column]
            if not cell and not rule.may_be_empty:
                yield _fault(name, row.line, column, "the cell is empty", f"Write {rule.what}")
            elif cell and not rule.accepts(cell):
                words = set(cell.split(";")) - set(rule.known)
                hint = "".join(did_you_mean(word, rule.known) for word in sorted(words))
                yield _fault(
                    name, row.line, column, f"'{cell}' is not {rule.what}{hint}",
                    f"Write one of {', '.join(rule.known)}" if rule.known else "Correct it",
                )  # fmt: skip


def _repeated(name: str, key: tuple[str, ...], rows: list[Row]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        # What is compared folded is the same row in other letters.
        value = tuple(fold(row[column]) for column in key)
        line = first.setdefault(value, row.line)
        if line != row.line:
            reason = f"the same {', '.join(key)} stands on line {line} already"
            yield _fault(name, row.line, key[-1], reason, "Take one of the two away")


def _in_order(seeds: Seeds) -> Iterator[Problem]:
    """Places in a list are told apart."""
    for name, seed in SEEDS.items():
        if "sort_order" in seed.columns:
            yield from _repeated(name, (*_LISTS.get(name, ()), "sort_order"), seeds[name])


def _ages(seeds: Seeds) -> Iterator[Problem]:
    """The groups of a scheme follow one another from 0 on, and are named by their ages.

    The standard scheme reaches to the end; another need not cover the old.
    """
    schemes: dict[str, list[Row]] = {}
    for row in seeds["age_groups"]:
        schemes.setdefault(row["age_scheme"], []).append(row)
    for scheme, rows in schemes.items():
        expected = 0
        for row in sorted(rows, key=lambda row: int(row["sort_order"])):
            first, last = int(row["from_age"]), int(row["to_age"])
            named = f"{first}+" if last == NO_LAST_AGE else f"{first}-{last}"
            if first != expected:
                reason = f"{scheme} goes on at {first}, and {expected} is the next age"
                yield _fault("age_groups", row.line, "from_age", reason, f"Write {expected}")
            elif last < first:
                reason = f"the last age, {last}, is below the first, {first}"
                yield _fault("age_groups", row.line, "to_age", reason, "Correct one of the two")
            elif row["age_group"] != named:
                reason = f"'{row['age_group']}' is of the ages {first} to {last}"
                yield _fault("age_groups", row.line, "age_group", reason, f"Name it {named}")
            expected = last + 1
        if scheme == "standard" and expected <= NO_LAST_AGE:
            reason = f"nobody of {expected} years or more has a group in {scheme}"
            remedy = f"Let the last group end at {NO_LAST_AGE}"
            yield _fault("age_groups", rows[-1].line, "to_age", reason, remedy)
    if "standard" not in schemes:
        yield _fault("age_groups", 1, "age_scheme", "there is no scheme `standard`", "Put it back")


def _code_map(seeds: Seeds) -> Iterator[Problem]:
    """Every coded column has its values; a value means one thing; areas are service areas."""
    rows = seeds["code_map"]
    meaning = {(row["field"], row["canonical"]): row["canonical"] for row in rows}
    areas = [row["service_area"] for row in seeds["service_areas"]]
    for row in rows:
        field, canonical = row["field"], row["canonical"]
        stands_for = meaning.get((field, fold(row["accepted"])), canonical)
        if stands_for != canonical:
            reason = f"'{row['accepted']}' means {stands_for} as it is, and cannot mean {canonical}"
            yield _fault("code_map", row.line, "accepted", reason, "Take the row away")
        if bare_number(fold(row["accepted"])) is not None:
            reason = f"'{row['accepted']}' means other things in other systems"
            remedy = "Move it to code_list_values, under the code list that it is of"
            yield _fault("code_map", row.line, "accepted", reason, remedy)
        if field == "tjenesteomrade" and canonical not in areas:
            reason = f"'{canonical}' is no service area{did_you_mean(canonical, areas)}"
            yield _fault(
                "code_map", row.line, "canonical", reason, "Correct it, or add it to service_areas"
            )
    for field in sorted(set(_CODED) - {row["field"] for row in rows}):
        reason = f"no value of the column {field} is known"
        yield _fault("code_map", len(rows) + 1, "field", reason, "Add the values that it may have")


def _code_lists(seeds: Seeds) -> Iterator[Problem]:
    """A list has numbers, each for what a word of its field means; a field has one list at most."""
    listed = {(row["code_list"], row["field"]) for row in seeds["code_lists"]}
    numbered = {(row["code_list"], row["field"]) for row in seeds["code_list_values"]}
    meant = {(row["field"], row["canonical"]) for row in seeds["code_map"]}
    own: dict[str, str] = {}
    for row in seeds["code_lists"]:
        name, field = row["code_list"], row["field"]
        if (name, field) not in numbered:
            reason = f"no number of the code list {name} says anything of {field}"
            remedy = "Add its numbers to code_list_values"
            yield _fault("code_lists", row.line, "field", reason, remedy)
        if row["unless_declared"] == "true" and own.setdefault(field, name) != name:
            reason = f"numbers of {field} are of {own[field]} already where no list is declared"
            yield _fault("code_lists", row.line, "unless_declared", reason, "Write false")
    for row in seeds["code_list_values"]:
        name, field, canonical = row["code_list"], row["field"], row["canonical"]
        if (name, field) not in listed:
            reason = f"there is no code list '{name}' of {field}"
            hint = did_you_mean(name, {name for name, _ in listed})
            remedy = "Correct it, or add it to code_lists"
            yield _fault("code_list_values", row.line, "code_list", f"{reason}{hint}", remedy)
        if (field, canonical) not in meant:
            reason = f"no word of {field} means '{canonical}'"
            hint = did_you_mean(canonical, {means for of, means in meant if of == field})
            yield _fault("code_list_values", row.line, "canonical", f"{reason}{hint}", "Correct it")


def _code_names(seeds: Seeds) -> Iterator[Problem]:
    """Whatever a shown column may mean has a name; participants that are areas have the areas'."""
    rows = seeds["code_names"]
    areas = {row["service_area"] for row in seeds["service_areas"]}
    named = {(row["field"], row["code"]) for row in rows}
    for row in rows:
        if row["field"] == "participant" and row["code"] in areas:
            reason = f"'{row['code']}' is a service area, and is named there"
            yield _fault("code_names", row.line, "code", reason, "Take the row away")
    for field, column in _NAMED.items():
        meant = {row["canonical"] for row in seeds["code_map"] if row["field"] == column}
        for code in sorted(meant):
            if (field, code) not in named:
                reason = f"the {field} '{code}' has no name"
                yield _fault("code_names", len(rows) + 1, "code", reason, "Add a row for it")


def _meeting_forms(seeds: Seeds) -> Iterator[Problem]:
    """A form is of what is written of a coordination meeting, and has a name."""
    named = {row["code"] for row in seeds["code_names"] if row["field"] == "meeting_form"}
    written = {
        fold(row["accepted"]): row["accepted"]
        for row in seeds["code_map"]
        if (row["field"], row["canonical"]) == ("motetype", "coordination_meeting")
    }
    for row in seeds["meeting_forms"]:
        accepted, form = row["accepted"], row["meeting_form"]
        if fold(accepted) not in written:
            hint = did_you_mean(accepted, written.values())
            reason = f"'{accepted}' is not accepted for a coordination meeting{hint}"
            remedy = "Correct it, or add it to code_map"
            yield _fault("meeting_forms", row.line, "accepted", reason, remedy)
        if form not in named:
            reason = f"the meeting_form '{form}' has no name"
            yield _fault(
                "meeting_forms", row.line, "meeting_form", reason, "Add a row to code_names"
            )


def _indicators(seeds: Seeds) -> Iterator[Problem]:
    """Only a count is of no whole and only a median of no part; what they count is a measure.

    A kind that is per something is per more than one.
    """
    measures = [row["measure"] for row in seeds["measures"]]
    for row in seeds["indicators"]:
        for column in ("numerator_measure", "denominator_measure"):
            measure = row[column]
            if measure and measure not in measures:
                reason = f"'{measure}' is no measure{did_you_mean(measure, measures)}"
                remedy = "Correct it, or add it to measures"
                yield _fault("indicators", row.line, column, reason, remedy)
        if (row["numerator_measure"] == "") != (row["kind"] == "median"):
            median = row["kind"] == "median"
            reason = f"a {row['kind']} counts {'nothing of its own' if median else 'something'}"
            yield _fault(
                "indicators", row.line, "numerator_measure", reason,
                "Take it away" if median else "Say what",
            )  # fmt: skip
        if (row["denominator_measure"] == "") != (row["kind"] == "count"):
            reason = f"a {row['kind']} is of {'no' if row['kind'] == 'count' else 'some'} whole"
            yield _fault(
                "indicators", row.line, "denominator_measure", reason,
                "Take it away" if row["kind"] == "count" else "Say of what",
            )  # fmt: skip
        if row["kind"] != "rate" and row["multiplier"] != "1":
            reason = f"a {row['kind']} is not multiplied"
            yield _fault("indicators", row.line, "multiplier", reason, "Write 1")


def _municipalities(seeds: Seeds) -> Iterator[Problem]:
    """What became of a municipality ends in codes of today."""
    rows = {row["municipality_code"]: row for row in seeds["municipalities"]}
    today = {code for code, row in rows.items() if not row["valid_to_year"]}

    def fault(row: Row, column: str, reason: str, remedy: str = "Correct it") -> Problem:
        return _fault("municipalities", row.line, column, reason, remedy)

    for code, row in rows.items():
        now, parts = row["code_2024"], row["split_into"].split()
        begins, ends = row["valid_from_year"], row["valid_to_year"]
        if begins and ends and begins > ends:
            yield fault(row, "valid_to_year", f"it ends in {ends}, before it begins in {begins}")
        if not now and not parts:
            remedy = "Name its successor, or the parts under split_into"
            yield fault(row, "code_2024", f"{code} leads to no code of today", remedy)
        if code in today and now != code:
            reason = f"{code} is of today, and leads to '{now}'"
            yield fault(row, "code_2024", reason, "Write its own code, or say when it ended")
        elif now and now not in today:
            yield fault(row, "code_2024", f"'{now}' is no code of today")
        elif now and row["name_2024"] != rows[now]["name_2024"]:
            reason = f"{now} is named '{rows[now]['name_2024']}'"
            yield fault(row, "name_2024", reason, "Write that name")
        for part in parts:
            if part not in today:
                yield fault(row, "split_into", f"'{part}' is no code of today")


def _parameters(seeds: Seeds) -> Iterator[Problem]:
    """A parameter's default is of its type and within its range."""
    for row in seeds["parameters"]:
        kind, value = row["value_type"], row["default_value"]
        least, most = row["min_value"], row["max_value"]
        if (value in ("true", "false")) != (kind == "boolean"):
            yield _fault("parameters", row.line, "default_value", f"it is no {kind}", "Correct it")
        elif kind == "boolean":
            if least or most:
                column = "min_value" if least else "max_value"
                reason = "true and false have no range"
                yield _fault("parameters", row.line, column, reason, "Take it away")
        elif not least or not most:
            column = "max_value" if least else "min_value"
            yield _fault("parameters", row.line, column, "the cell is empty", "Write a number")
        elif kind == "integer" and "." in value + least + most:
            column = next(
                column
                for column in ("default_value", "min_value", "max_value")
                if "." in row[column]
            )
            yield _fault("parameters", row.line, column, "it is no integer", "Correct it")
        elif not Decimal(least) <= Decimal(value) <= Decimal(most):
            reason = f"{value} is not from {least} to {most}"
            yield _fault(
                "parameters", row.line, "default_value", reason, "Correct one of the three"
            )


def _poisson(seeds: Seeds) -> Iterator[Problem]:
    """The counts follow one another from 0, each between its limits."""
    for number, row in enumerate(seeds["poisson_limits"]):
        if int(row["events"]) != number:
            reason = f"{number} is the next count"
            yield _fault("poisson_limits", row.line, "events", reason, f"Write {number}")
        elif not float(row["lower_95"]) <= number < float(row["upper_95"]):
            reason = f"{number} is not between {row['lower_95']} and {row['upper_95']}"
            yield _fault("poisson_limits", row.line, "lower_95", reason, "Correct the limits")


def _assumptions(seeds: Seeds) -> Iterator[Problem]:
    """What is proposed goes from low to high, within what it may be."""
    order = ("min_value", "low", "middle", "high", "max_value")
    for row in seeds["assumptions"]:
        for less, more in itertools.pairwise(order):
            if float(row[less]) > float(row[more]):
                reason = f"{row[more]} is less than {less}, {row[less]}"
                yield _fault("assumptions", row.line, more, reason, "Correct one of the two")


def _national(seeds: Seeds) -> Iterator[Problem]:
    """What others have published stands beside an indicator that there is."""
    known = {row["indicator"] for row in seeds["indicators"]}
    for row in seeds["national_series"]:
        if row["indicator"] not in known:
            reason = f"'{row['indicator']}' is no indicator{did_you_mean(row['indicator'], known)}"
            yield _fault(
                "national_series", row.line, "indicator", reason, "Write one of indicators.csv"
            )


def _functions(seeds: Seeds) -> Iterator[Problem]:
    """A function is of a service area, and of each year there is one at most."""
    areas = [row["service_area"] for row in seeds["service_areas"]]
    last: dict[str, int] = {}
    for row in seeds["kostra_functions"]:
        area, first = row["service_area"], int(row["first_year"] or 0)
        if area not in areas:
            reason = f"'{area}' is no service area{did_you_mean(area, areas)}"
            yield _fault("kostra_functions", row.line, "service_area", reason, "Correct it")
        if first <= last.get(area, -1):
            reason = f"{area} has a function already that goes on to {last[area]}"
            remedy = "Put the years in order, or end the other before"
            yield _fault("kostra_functions", row.line, "first_year", reason, remedy)
        last[area] = int(row["last_year"] or 9999)


def _rules(seeds: Seeds) -> Iterator[Problem]:
    """What is to be done about a finding is told in every language; of an error, always."""
    for row in seeds["rules"]:
        empty = [column for column in _ADVICE if not row[column]]
        if 0 < len(empty) < len(_ADVICE) or (empty and row["severity"] != "info"):
            reason = "the cell is empty"
            yield _fault("rules", row.line, empty[0], reason, "Write what the data steward does")
        elif empty and row["error_kind"]:
            reason = "the finding is to be corrected, and nothing says how"
            yield _fault("rules", row.line, empty[0], reason, "Write it, or empty error_kind")


def _steps(seeds: Seeds) -> Iterator[Problem]:
    """The waterfalls' steps and the rules, which are steps too, are told apart."""
    rules = {row["rule"] for row in seeds["rules"]}
    for row in seeds["waterfall_steps"]:
        if row["step"] in rules:
            reason = f"'{row['step']}' is a rule"
            yield _fault("waterfall_steps", row.line, "step", reason, "Name the step otherwise")


def _kpr_services(seeds: Seeds) -> Iterator[Problem]:
    """What is counted, and what the code list means, is a service of KPR."""
    known = [row["kpr_service"] for row in seeds["kpr_services"]]
    named = [("kpr_counted_services", "kpr_service", row) for row in seeds["kpr_counted_services"]]
    named += [
        (seed, "canonical", row)
        for seed in ("code_map", "code_list_values")
        for row in seeds[seed]
        if row["field"] == "tjenestekode"
    ]
    for seed, column, row in named:
        if row[column] not in known:
            reason = f"'{row[column]}' is no service of KPR{did_you_mean(row[column], known)}"
            yield _fault(seed, row.line, column, reason, "Correct it, or add it to kpr_services")


def _grades(seeds: Seeds) -> Iterator[Problem]:
    """A grade asks no more than the one before it: the best comes first."""
    rows = seeds["grades"]
    for better, row in itertools.pairwise(rows):
        if row["grade"] < better["grade"]:
            reason = f"{row['grade']} comes before {better['grade']}"
            yield _fault("grades", row.line, "grade", reason, "Put the best grade first")
        for column in row.cells:
            if column == "grade":
                continue
            wider = float(row[column]) - float(better[column])
            if (wider > 0) if column.startswith("min_") else (wider < 0):
                reason = f"{row['grade']} asks more than {better['grade']}"
                yield _fault("grades", row.line, column, reason, "Correct one of the two")


def _breaks(seeds: Seeds) -> Iterator[Problem]:
    """A break is of a municipality of today, and of an indicator."""
    today = {row["municipality_code"]: row for row in seeds["municipalities"]}
    indicators = [row["indicator"] for row in seeds["indicators"]]
    for row in seeds["breaks"]:
        code, indicator = row["municipality_code"], row["indicator"]
        if code and (code not in today or today[code]["valid_to_year"]):
            reason = f"'{code}' is no municipality of today"
            yield _fault("breaks", row.line, "municipality_code", reason, "Write today's code")
        if indicator and indicator not in indicators:
            reason = f"'{indicator}' is no indicator{did_you_mean(indicator, indicators)}"
            yield _fault("breaks", row.line, "indicator", reason, "Correct it, or leave it empty")


_BETWEEN: tuple[Callable[[Seeds], Iterable[Problem]], ...] = (
    _in_order,
    _ages,
    _code_map,
    _code_lists,
    _code_names,
    _meeting_forms,
    _indicators,
    _municipalities,
    _parameters,
    _poisson,
    _assumptions,
    _functions,
    _national,
    _rules,
    _steps,
    _grades,
    _kpr_services,
    _breaks,
)
