"""The glossary: one English name for each Norwegian word, and where it stands.

The words and the columns of the contract are in `glossary.csv`; record types, codes and indicators
are read from where they are said already.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dagster_project.contract import RECORD_TYPES
from dagster_project.reference import SEEDS

_HEAD = """# Glossary

One English name for each Norwegian word, and the table and column where it stands. Made by
`python -m docs.generate` of `docs/generated/glossary.csv`, the contract, the models and the seeds.
A test holds that every record type, column and code of the contract has its line, and that each
table and column is there. How names are made is in [naming](naming.md), what a column says in the
[data dictionary](data-dictionary.md).
"""


def entries() -> list[dict[str, str]]:
    """Return the lines of the glossary that are written by hand."""
    return _rows(Path(__file__).with_name("glossary.csv"))


def page(manifest: Mapping[str, Any]) -> str:
    """Return the page, of dbt's manifest and the seeds."""
    lines = [_HEAD, "## Words", *_head("Norwegian", "English", "where", "")]
    lines += [_line(entry["norwegian"], entry) for entry in _of_kind("word")]
    lines += ["", "## Record types", *_head("record type", "English", "staging", "a row is")]
    for record, model in staging_models(manifest).items():
        english = model.removeprefix("stg_").replace("_", " ")
        lines.append(f"| `{record}` | {english} | `{model}` | {RECORD_TYPES[record].grain} |")
    lines += ["", "## Columns of the contract", *_head("column", "English", "where", "")]
    lines += [_line(f"`{entry['norwegian']}`", entry) for entry in _of_kind("column")]
    lines += ["", "## Codes", "", "What `seeds/code_map.csv` reads, with one of the words for it."]
    lines += _head("column", "code", "Norwegian")
    lines += [f"| `{field}` | `{code}` | {word} |" for (field, code), word in _codes().items()]
    for seed, title in (("service_areas", "Service areas"), ("indicators", "Indicators")):
        lines += ["", f"## {title}", *_head("Norwegian", "English", f"`seeds/{seed}.csv`")]
        for row in _rows(SEEDS / f"{seed}.csv"):
            lines.append(f"| {row['name_nb']} | {row['name_en']} | `{next(iter(row.values()))}` |")
    return "\n".join([*lines, ""])


def staging_models(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the staging model of each record type."""
    reads = {
        source.rpartition(".")[2]: str(node["name"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "staging"
        for source in node["depends_on"]["nodes"]
        if source.startswith("source.") and node["name"] != "stg_written_value"
    }
    return {record: reads[record] for record in RECORD_TYPES}


def _codes() -> dict[tuple[str, str], str]:
    """Return the first word that is read as each code."""
    words: dict[tuple[str, str], str] = {}
    for row in _rows(SEEDS / "code_map.csv"):
        words.setdefault((row["field"], row["canonical"]), row["accepted"])
    return words


def _of_kind(kind: str) -> Iterator[dict[str, str]]:
    return (entry for entry in entries() if entry["kind"] == kind)


def _line(norwegian: str, entry: Mapping[str, str]) -> str:
    where = f"`{entry['table']}.{entry['column']}`" if entry["table"] else ""
    return f"| {norwegian} | {entry['english']} | {where} | {entry['meaning']} |"


def _head(*columns: str) -> list[str]:
    return ["", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
