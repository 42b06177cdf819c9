"""The glossary: one English name for each Norwegian word, and where it stands.

The words are in `glossary.csv`; service areas and indicators are read from where they are said
already, and record types, columns and codes are on the page of the contract.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from dagster_project import reference

_HEAD = """# Glossary

One English name for each Norwegian word, and the table and column where it stands. Made by
`python -m docs.generate` of `docs/generated/glossary.csv` and the seeds. Record types, columns and
codes have theirs in [the contract](contract.md#record-types). A test holds that each table and
column that is named is there. How names are made is in [naming](naming.md), what a column says in
the [data dictionary](data-dictionary.md).
"""


def entries() -> list[dict[str, str]]:
    """Return the lines of the glossary that are written by hand."""
    file = Path(__file__).with_name("glossary.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def page() -> str:
    """Return the page, of the words and the seeds."""
    lines = [_HEAD, "## Words", *_head("Norwegian", "English", "where", "")]
    lines += [_line(entry["norwegian"], entry) for entry in entries()]
    for seed, title in (("service_areas", "Service areas"), ("indicators", "Indicators")):
        lines += ["", f"## {title}", *_head("Norwegian", "English", f"`seeds/{seed}.csv`")]
        for row in reference.rows(seed):
            lines.append(f"| {row['name_nb']} | {row['name_en']} | `{next(iter(row.values()))}` |")
    return "\n".join([*lines, ""])


def _line(norwegian: str, entry: Mapping[str, str]) -> str:
    where = f"`{entry['table']}.{entry['column']}`" if entry["table"] else ""
    return f"| {norwegian} | {entry['english']} | {where} | {entry['meaning']} |"


def _head(*columns: str) -> list[str]:
    return ["", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
