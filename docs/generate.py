"""Makes the pages that are data: contract, checks, data dictionary, glossary, methods.

    python -m docs.generate

And what dbt knows of the record types, for it reads no file but its own. A test fails where a page
is not what this makes of the code as it is.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from dagster_project import reference
from dagster_project.config.paths import DBT_PROJECT, PROJECT
from dagster_project.contract import RECORD_TYPES, Check, Column, ColumnKind, RecordType
from dagster_project.models import manifest
from dashboards.i18n.texts import Language, Texts
from docs.generated import examples, glossary, methods
from docs.generated.words import Words
from expectations.runner import suite

DOCS = Path(__file__).parent
_STAGED = (
    "| `stg_*` of each [record type](contract.md#record-types) | "
    "Its rows, typed and with their codes. Grain - one row per row read, and year. |"
)
_PLACED = (
    "| `int_*__row` of each [record type](contract.md#record-types) | "
    "Its rows with their persons and the place each ended in. Grain - one row per row read, and "
    "year. |"
)
RECORD_MACRO = DBT_PROJECT / "macros" / "record_types.sql"
INDICATOR_MACRO = DBT_PROJECT / "macros" / "indicators.sql"
_METHODS = {Language.NB: "metode.md", Language.EN: "methods.md"}
_KINDS = {
    ColumnKind.PERSON_ID: "id; never stored",
    ColumnKind.PERSON_NAME: "name; never stored",
    ColumnKind.BIRTH_DATE: "date",
    ColumnKind.EMPLOYEE_ID: "employee number; stored as a keyed hash",
    ColumnKind.EMPLOYEE_NAME: "employee name; stored as a keyed hash",
    ColumnKind.EMPLOYEE_EMAIL: "employee's e-mail address; stored as a keyed hash",
    ColumnKind.FAMILY_ID: "family id; stored as a keyed hash",
    ColumnKind.REGISTRATION_ID: "the registration's own id",
    ColumnKind.MUNICIPALITY: "code, name or both, of any year",
    ColumnKind.DATE: "date",
    ColumnKind.NUMBER: "number",
    ColumnKind.AGE: "age in whole years, or the open one at the top",
    ColumnKind.YEAR: "year",
    ColumnKind.CODE: "code",
    ColumnKind.LABEL: "text",
    ColumnKind.CODE_LIST: "list, by `;` or `,`",
    ColumnKind.PHRASE: "text; only what a known phrase in it means is stored",
    ColumnKind.FREE_TEXT: "text; only whether there is any is stored",
}


def contract() -> str:
    """Return the page of the source contract."""
    return "\n".join(
        [
            (DOCS / "contract.head.md").read_text(encoding="utf-8").rstrip(),
            "",
            *_records(),
            *_values(),
            *_code_lists(),
            "",
        ]
    )


def _records() -> Iterator[str]:
    yield "## Record types"
    yield ""
    yield "`*`: a row does not count without it (a person: `fnr`, or `navn` and `fodselsdato`)."
    for record in RECORD_TYPES.values():
        yield f"\n### `{record.name}`: {record.grain}\n"
        yield f"In the warehouse `stg_{record.model}`, then `int_{record.model}__row`.\n"
        yield "| column | in English | what it holds | other headers | in the warehouse |"
        yield "|---|---|---|---|---|"
        for column in record.columns:
            english = column.english + (f". {column.meaning}" if column.meaning else "")
            where = f"`{column.where}`" if column.where else ""
            others = ", ".join(column.aliases)
            yield f"| {_name(column)} | {english} | {_KINDS[column.kind]} | {others} | {where} |"


def _name(column: Column) -> str:
    return f"`{column.name}`{'*' if column.required else ''}"


def _values() -> Iterator[str]:
    yield "\n## Values\n"
    yield "| field | means | accepted |"
    yield "|---|---|---|"
    values: dict[tuple[str, str], list[str]] = {}
    for row in reference.rows("code_map"):
        values.setdefault((row["field"], row["canonical"]), []).append(row["accepted"])
    for (field, canonical), accepted in values.items():
        yield f"| `{field}` | `{canonical}` | {', '.join(accepted)} |"


def _code_lists() -> Iterator[str]:
    yield "\n## Code lists\n"
    yield "What numbers mean, by the list that `codes:` declares; without one, by the column's own."
    yield ""
    yield "| code list | field | numbers | from | |"
    yield "|---|---|---|---|---|"
    numbers: dict[tuple[str, str], list[str]] = {}
    for row in reference.rows("code_list_values"):
        of_list = numbers.setdefault((row["code_list"], row["field"]), [])
        of_list.append(f"{row['number']} `{row['canonical']}`")
    for row in reference.rows("code_lists"):
        listed = ", ".join(numbers[row["code_list"], row["field"]])
        own = "the field's own" if row["unless_declared"] == "true" else "when declared"
        yield f"| `{row['code_list']}` | `{row['field']}` | {listed} | {row['source']} | {own} |"


def record_types() -> str:
    """Return the macro that says dbt what the record types are."""
    needed = {name for row in reference.rows("indicators") for name in row["needs"].split(";")}
    each = (_of_record(record, needed) for record in RECORD_TYPES.values())
    return _macro("record_types", "seeds/records/", each)


def indicators() -> str:
    """Return the macro that says dbt what each indicator is counted from."""
    family = {row["measure"]: row["counted_with"] for row in reference.rows("measures")}
    each = (
        {
            "indicator": row["indicator"],
            "kind": row["kind"],
            "numerator": row["numerator_measure"] or None,
            "numerator_family": family.get(row["numerator_measure"]),
            "denominator": row["denominator_measure"] or None,
            "denominator_family": family.get(row["denominator_measure"]),
            "bounded": row["bounded"] == "true",
        }
        for row in reference.rows("indicators")
    )
    return _macro("indicators", "seeds/indicators.csv and seeds/measures.csv", each)


def _macro(name: str, source: str, things: Iterable[Mapping[str, Any]]) -> str:
    """Return a macro that returns a list of things, for dbt cannot read the files itself."""
    lines = [
        f"{{#- Made of {source} by `python -m docs.generate`: do not write here. -#}}",
        f"{{% macro {name}() -%}}",
        "    {{",
        "        return(",
        "            [",
    ]
    for thing in things:
        lines += ["                {"]
        lines += [f'                    "{key}": {_jinja(value)},' for key, value in thing.items()]
        lines += ["                },"]
    return "\n".join([*lines, "            ]", "        )", "    }}", "{%- endmacro %}", ""])


def _of_record(record: RecordType, needed: Set[str]) -> dict[str, Any]:
    return {
        "name": record.name,
        "staging": f"stg_{record.model}",
        "rows": f"int_{record.model}__row",
        "about_persons": record.names_persons,
        # The register's own birth date is what the others' are held against.
        "tells_birth_date": record.has(ColumnKind.BIRTH_DATE) and record.name != "person",
        "whole_country": record.whole_country,
        "behind_figures": record.name in needed,
        "days": list(record.days),
        "day": record.day,
        "first_day": record.in_play[0],
        "last_day": record.in_play[1],
        "coded": {c.name: c.codes for c in record.columns if c.kind is ColumnKind.CODE},
    }


def _jinja(value: Any) -> str:
    if isinstance(value, dict) and value:
        each = "".join(
            f"{' ' * 24}{json.dumps(key)}: {json.dumps(of)},\n" for key, of in value.items()
        )
        return f"{{\n{each}{' ' * 20}}}"
    return "none" if value is None else json.dumps(value)


def checks() -> str:
    """Return the page of the checks, from the suites and their words in English."""
    lines = [(DOCS / "checks.head.md").read_text(encoding="utf-8").rstrip(), ""]
    lines += ["| check | in words | of | what fails is |", "|---|---|---|---|"]
    of: dict[tuple[str, str], list[str]] = {}
    for record in [*RECORD_TYPES, "marts"]:
        for check in suite(record).checks:
            of.setdefault((check.name, _consequence(check)), []).append(record)
    like = {
        "every delivery": list(RECORD_TYPES),
        "every delivery about persons": [n for n, r in RECORD_TYPES.items() if r.names_persons],
        "every delivery of registrations that have ids": [
            name for name, record in RECORD_TYPES.items() if record.has(ColumnKind.REGISTRATION_ID)
        ],
    }
    texts = Texts(Language.EN)
    for (name, consequence), records in of.items():
        listed = ", ".join(f"`{each}`" for each in records)
        where = next((words for words, all_ in like.items() if records == all_), listed)
        lines.append(f"| `{name}` | {texts(f'check.{name}')} | {where} | {consequence} |")
    lines += ["", "## What is not misread, not let through and not told", ""]
    lines += [
        "Kinds of input and of sentence that once went wrong, here or elsewhere, with what is"
    ]
    lines += ["right, what each was tried on, and the test that holds it (`tests/kinds/`).", ""]
    lines += ["| kind | right | tried on | test |", "|---|---|---|---|"]
    for kind in kinds():
        path, *names = kind["test"].split("::")
        cells = (kind[each].replace("|", "\\|") for each in ("kind", "right", "tried_on"))
        lines.append(f"| {' | '.join(cells)} | [`{names[-1]}`](../{path}) |")
    return "\n".join([*lines, ""])


def kinds() -> list[dict[str, str]]:
    """Return the kinds of fault that tests hold: what, what is right, tried on what, by which."""
    every: list[dict[str, str]] = []
    for file in sorted((PROJECT / "tests" / "kinds").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            every += csv.DictReader(lines)
    return every


def _consequence(check: Check) -> str:
    if check.holds_below is not None:
        return f"held back below {check.holds_below:g}, else shown"
    return "held back" if check.holds else "shown"


def data_dictionary(manifest: Mapping[str, Any]) -> str:
    """Return the page of the warehouse's tables, from dbt's manifest."""
    models = sorted(
        (node for node in manifest["nodes"].values() if node["resource_type"] == "model"),
        key=lambda node: (["marts", "intermediate", "staging"].index(node["schema"]), node["name"]),
    )
    seeds = sorted(
        (node for node in manifest["nodes"].values() if node["resource_type"] == "seed"),
        key=lambda node: str(node["name"]),
    )
    lines = [
        "# Data dictionary",
        "",
        "Made from the models by `python -m docs.generate`; do not write here. What is published",
        "is in [publication](publication.md).",
        "",
        "## marts: what the warehouse answers with",
    ]
    for model in (node for node in models if node["schema"] == "marts"):
        lines += [
            f"\n### `{model['name']}`\n",
            _sentence(model),
            "",
            "| column | type | |",
            "|---|---|---|",
        ]
        lines += [
            f"| `{name}` | {column['data_type']} | {column['description']} |"
            for name, column in model["columns"].items()
        ]
    # One each for every record type, which the contract names.
    of_records = {f"stg_{record.model}" for record in RECORD_TYPES.values()}
    of_records |= {f"int_{record.model}__row" for record in RECORD_TYPES.values()}
    for schema, title, rows in (
        ("intermediate", "intermediate: the rules, one after the other", _PLACED),
        ("staging", "staging: what has landed, typed", _STAGED),
    ):
        lines += [f"\n## {title}\n", "| table | |", "|---|---|"]
        lines += [rows]
        lines += [
            f"| `{m['name']}` | {_sentence(m)} |"
            for m in models
            if m["schema"] == schema and m["name"] not in of_records
        ]
    lines += ["\n## reference: data that the models read (`seeds/`)"]
    for seed in seeds:
        lines += [f"\n### `{seed['name']}`\n", _sentence(seed), "", "| column | |", "|---|---|"]
        lines += [f"| `{name}` | {c['description']} |" for name, c in seed["columns"].items()]
    return "\n".join([*lines, ""])


def _sentence(node: Mapping[str, Any]) -> str:
    return " ".join(str(node["description"]).split())


def methods_pages() -> dict[Path, str]:
    """Return the methods page in its languages, and its pictures, by file below `docs/`."""
    found = examples.read(DBT_PROJECT / "models")
    pages: dict[Path, str] = {}
    for language, name in _METHODS.items():
        words = Words(language)
        pages[Path(name)] = methods.page(found, words)
        for file, picture in methods.pictures(found, words).items():
            pages[methods.PICTURES / file] = picture
    return pages


def main() -> None:
    """Write the pages, and before them what dbt compiles the models with."""
    RECORD_MACRO.write_text(record_types(), encoding="utf-8")
    INDICATOR_MACRO.write_text(indicators(), encoding="utf-8")
    made = methods_pages()
    (DOCS / methods.PICTURES).mkdir(parents=True, exist_ok=True)
    for old in (DOCS / methods.PICTURES).glob("*.svg"):
        old.unlink()
    for file, text in made.items():
        (DOCS / file).write_text(text, encoding="utf-8")
    (DOCS / "contract.md").write_text(contract(), encoding="utf-8")
    (DOCS / "checks.md").write_text(checks(), encoding="utf-8")
    (DOCS / "data-dictionary.md").write_text(data_dictionary(manifest()), encoding="utf-8")
    (DOCS / "glossary.md").write_text(glossary.page(), encoding="utf-8")


if __name__ == "__main__":
    main()
