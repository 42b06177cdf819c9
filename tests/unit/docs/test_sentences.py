"""What is printed to be read aloud: every page speaks, in each language, and in whole words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import Publication, current_publication
from dashboards.content.section import Section
from dashboards.i18n.texts import Language
from dashboards.pages import OF_PUBLICATION
from docs.sentences import sentences, sentences_of, sentences_of_packages
from tests.support import packages
from tests.support import publication as made
from tests.support.languages import in_another_language

PAGES = {
    *OF_PUBLICATION,
    "steward",
    "analyst",
    "explanation",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    root = tmp_path_factory.mktemp("sentences")
    made.publish(root)
    return current_publication(Home(root))


@pytest.mark.parametrize("language", Language)
def test_every_page_says_something(published: Publication, language: Language) -> None:
    lines = list(sentences(published, [language], [made.LARGE]))
    headings = [line for line in lines if line.startswith("== ")]
    assert {heading.split(", ")[1] for heading in headings} == PAGES
    assert not [line for line in lines if re.search(r"<.+ object at|\{\w*\}", line)]


@pytest.mark.parametrize("language", Language)
def test_what_is_said_of_packages_is_printed(tmp_path: Path, language: Language) -> None:
    packages.keep(tmp_path)
    lines = list(sentences_of_packages(Home(tmp_path), [language]))
    headings = [line for line in lines if line.startswith("== ")]
    assert len(headings) == len(packages.USUAL)
    assert not [line for line in lines if re.search(r"<.+ object at|\{\w*\}", line)]
    assert in_another_language(language, lines) == []


def test_where_there_is_nothing_the_reason_is_printed() -> None:
    assert list(sentences_of([Section(lead=["Funnet."], absence="Ingen tall.")])) == [
        "Funnet.",
        "Ingen tall.",
    ]
