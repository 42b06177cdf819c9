"""Names that were retired (`docs/naming.md`) do not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from dagster_project.config.paths import PROJECT

CLEAN = (
    "dagster_project",
    "expectations",
    "dashboards/analysis",
    "dashboards/export",
    "docs",
    "benchmarks",
)


def retired() -> set[str]:
    page = (PROJECT / "docs" / "naming.md").read_text(encoding="utf-8")
    table = page.partition("## Retired names")[2]
    return {
        word
        for words in re.findall(r"^\| ([a-z, ]+) \|", table, re.MULTILINE)
        for word in words.split(", ")
    } - {"word"}


def names(file: Path) -> Iterator[str]:
    """Yield what a module is called, and all that it gives a name to."""
    yield file.stem
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.alias(asname=str(name)):
                yield name


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_the_table_is_read() -> None:
    assert {"told", "said", "mess", "furniture"} <= retired()


def test_a_name_is_taken_apart() -> None:
    assert words("_MOST_ROWS_TOLD") == {"most", "rows", "told"}
    assert words("NameSays") == {"name", "says"}


def test_no_retired_word_stands_in_a_name() -> None:
    gone = retired()
    found = sorted(
        f"{file.relative_to(PROJECT)}: {name}"
        for folder in CLEAN
        for file in (PROJECT / folder).rglob("*.py")
        for name in names(file)
        if words(name) & gone
    )
    assert not found, "\n".join(found)
