"""The documentation: what is made from data is up to date, what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dagster_project.settings import PROJECT
from docs import generate

PAGES = sorted([PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")])


def test_the_contract_page_is_what_the_code_says() -> None:
    assert (PROJECT / "docs" / "contract.md").read_text(encoding="utf-8") == generate.contract()


def test_the_page_of_the_checks_is_what_the_suites_say() -> None:
    assert (PROJECT / "docs" / "checks.md").read_text(encoding="utf-8") == generate.checks()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_readme_is_short() -> None:
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 45
    assert "make demo" in "\n".join(lines)
    assert "make test" in "\n".join(lines)


def test_every_command_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page in PAGES:
        named = set(re.findall(r"`make (\w+)", page.read_text(encoding="utf-8")))
        assert named <= targets, page
