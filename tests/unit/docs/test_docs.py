"""The documentation: what is made from data is up to date, what it names is there."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from dagster_project.config.paths import DBT_PROJECT, PROJECT
from dagster_project.reference import SEEDS
from dagster_project.reference.municipalities import Outcome, municipalities
from dashboards.charts.colours import contrast
from dashboards.i18n.texts import Language
from docs import generate
from docs.generated import examples, methods
from docs.generated.examples import Example
from docs.generated.indicators import Indicators
from docs.generated.tables import anchor
from docs.generated.words import Words

DOCS = PROJECT / "docs"
PAGES = sorted([PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])
EXAMPLES = examples.read(DBT_PROJECT / "models")
METHODS = ("metode.md", "methods.md")
LANGUAGES = (Language.NB, Language.EN)


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def test_the_contract_page_is_what_the_code_says() -> None:
    assert text_of("contract.md") == generate.contract()


def test_the_page_of_the_checks_is_what_the_suites_say() -> None:
    assert (PROJECT / "docs" / "checks.md").read_text(encoding="utf-8") == generate.checks()


@pytest.mark.parametrize("kind", generate.kinds(), ids=lambda kind: kind["kind"][:60])
def test_every_kind_of_fault_is_held_by_a_test_that_exists(kind: dict[str, str]) -> None:
    assert all(kind[column].strip() for column in ("kind", "right", "tried_on"))
    path, *names = kind["test"].partition("[")[0].split("::")
    text = (PROJECT / path).read_text(encoding="utf-8")
    for name in names:
        assert re.search(rf"^ *(def|class) {re.escape(name)}\b", text, re.M), kind["test"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), target
    headings = [anchor(heading) for heading in re.findall(r"(?m)^#+ (.*)$", text)]
    for target in re.findall(r"\]\(#([^)]+)\)", text):
        assert headings.count(target) == 1, target


def test_the_readme_is_short() -> None:
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    assert "make demo" in "\n".join(lines)
    assert "make test" in "\n".join(lines)


def test_every_command_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page in PAGES:
        named = set(re.findall(r"`make (\w+)", page.read_text(encoding="utf-8")))
        assert named <= targets, page


@pytest.mark.parametrize("page", sorted((DOCS / "dev").glob("*.md")), ids=lambda page: page.name)
def test_every_file_that_a_page_for_developers_names_is_there(page: Path) -> None:
    folders = "dagster_project|dashboards|dbt|docs|expectations|seeds|tests"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (PROJECT / name).exists()] == []


def test_a_forge_runs_what_the_makefile_has() -> None:
    workflow = yaml.safe_load((PROJECT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
    ran = [step["run"] for step in workflow["jobs"]["tests"]["steps"] if "run" in step]
    assert ran == ["make lint", "make test"]


def test_the_licence_is_whole_and_named() -> None:
    text = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    articles = re.findall(r"(?m)^(\d+)\.[A-Z]", text)
    assert articles == [str(number) for number in range(1, 16)]
    assert text.endswith("require the production of a new EUPL version.\n")
    assert (
        tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "license"
        ]
        == "EUPL-1.2"
    )


# --- the methods page ---


def test_the_methods_pages_and_their_pictures_are_what_the_unit_tests_say() -> None:
    made = generate.methods_pages()
    for file, text in made.items():
        assert (DOCS / file).read_text(encoding="utf-8") == text, file
    pictures = {file.relative_to(DOCS) for file in (DOCS / methods.PICTURES).iterdir()}
    assert pictures == {file for file in made if file.suffix == ".svg"}


def rules() -> dict[str, str]:
    with (SEEDS / "rules.csv").open(encoding="utf-8", newline="") as lines:
        return {row["rule"]: row["action"] for row in csv.DictReader(lines)}


def test_every_rule_that_changes_the_count_has_an_example() -> None:
    shown = {rule for example in EXAMPLES for rule in example.rules}
    assert {rule for rule, action in rules().items() if action != "noted"} <= shown
    assert shown <= rules().keys()


def sections() -> Iterator[str]:
    """Yield the sections of the counting rules and their numbered parts: `3`, `3.1`, `3.2`."""
    for number, text in re.findall(
        r"(?ms)^## (\d)\. [^\n]*\n(.*?)(?=^## |\Z)", text_of("counting-rules.md")
    ):
        yield number
        part = 1
        while re.search(rf"(?<![\w.]){part}\. (?=[A-Z*`])", text):
            yield f"{number}.{part}"
            part += 1


def test_every_section_of_the_counting_rules_has_an_example() -> None:
    shown = {example.section for example in EXAMPLES}
    shown |= {section.partition(".")[0] for section in shown}
    assert len(list(sections())) > 25
    assert [section for section in sections() if section not in shown] == []


def test_every_indicator_has_its_arithmetic_and_its_name_on_the_page() -> None:
    with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            assert f"\n### {row['name_nb']}\n" in text_of("metode.md")
            assert f"\n### {row['name_en']}\n" in text_of("methods.md")


def changed(column: str, value: Any) -> Any:
    """Return another value of the same kind."""
    if column.endswith("rule"):
        return "row_shape" if value != "row_shape" else "missing_required"
    if column == "municipality_code":
        return "0301"
    if column == "service_area":
        return "school" if value != "school" else "home_care"
    if column == "notes":
        return "[{'rule': row_shape}]"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    day = examples.as_date(value or "2030-01-01")
    if day:
        return (day + dt.timedelta(days=400)).isoformat()
    return str(float(value) * 1.5) if re.fullmatch(r"[\d.]+", value) else f"{value}9"


def told(example: Example) -> list[tuple[int, str]]:
    """Return the cells of the expected rows that the page tells, by row and column."""
    columns = {
        "table": example.meta.get("after", ()),
        "timeline": ("first_day", "last_day"),
        "arithmetic": ("numerator", "denominator", "value", "ci_low", "ci_high"),
    }[example.form]
    return [
        (number, column)
        for number, row in enumerate(example.expect)
        for column in columns
        if example.form == "table"
        or row.get(column) is not None
        or (column == "last_day" and column in row)
        # A number of persons is told as a value only.
        if not (column == "numerator" and row["denominator"] is None)
    ]


def decisive(example: Example) -> list[tuple[int, str]]:
    """Return the cells that say what is one, or that there is no day: some of them decide."""
    columns = (*example.meta.get("together", ()), "has_no_day", "closed_without_date")
    return [
        (number, column)
        for number, row in enumerate(example.expect)
        for column in columns
        if example.form == "timeline" and column in row
    ]


def with_change(example: Example, number: int, column: str) -> Example:
    expect = copy.deepcopy(list(example.expect))
    expect[number] = {**expect[number], column: changed(column, expect[number].get(column))}
    return replace(example, expect=expect)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_unit_test_changes_the_page(example: Example, language: Language) -> None:
    words = Words(language)

    def page(one: Example) -> str:
        if one.form != "arithmetic":
            return methods.example(one, words)
        indicators = Indicators([one], words)
        return "\n".join([*indicators.each(), *indicators.imagined().values()])

    before = page(example)
    assert told(example) or decisive(example)
    for number, column in told(example):
        assert page(with_change(example, number, column)) != before, (number, column)
    changes = [page(with_change(example, *cell)) != before for cell in decisive(example)]
    assert any(changes) or told(example)


@pytest.mark.parametrize("page", METHODS)
def test_the_methods_page_speaks_in_words(page: str) -> None:
    text = re.sub(r"\]\([^)]*\)|<!--.*?-->", "", text_of(page))
    assert re.findall(r"\w+_\w+|\{|\}|\bNone\b|\bTrue\b|\bFalse\b", text) == []


@pytest.mark.parametrize("file", sorted((DOCS / methods.PICTURES).glob("*.svg")), ids=str)
def test_a_picture_can_be_read_by_everybody(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    name = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert root.findtext(f"{name}title")
    assert root.findtext(f"{name}desc")
    light, dark = text[: text.index("@media")], text[text.index("@media") :]
    for style in (light, dark):
        paper, ink, soft, after = (
            re.search(rf"\.{kind} {{ fill: (#\w+)", style)
            for kind in ("paper", "ink", "soft", "after")
        )
        assert paper and ink and soft and after
        assert contrast(paper[1], ink[1]) >= 7
        assert contrast(paper[1], soft[1]) >= 7
        assert contrast(paper[1], after[1]) >= 4.5


def test_the_example_of_municipalities_is_what_landing_makes_of_them() -> None:
    # The unit test begins where landing has answered; this holds the two together.
    example = next(each for each in EXAMPLES if each.name == "municipality_recoded")
    history = municipalities()
    own = history.today("Ålesund")
    for row in example.given["koordinator"]:
        found = history.resolve(row["kommune"], own)
        if row["municipality_outcome"] == Outcome.NOT_HELD:
            assert found.outcome is Outcome.TODAY
            assert found.code != own
        else:
            assert (found.outcome, found.code) == (
                row["municipality_outcome"],
                row["municipality_code"],
            )
