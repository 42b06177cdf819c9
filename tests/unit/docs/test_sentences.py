"""What is printed to be read aloud: every page speaks, in each language, and in whole words."""

from __future__ import annotations

import re

import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import Publication, current_publication
from dashboards.content.section import Section
from dashboards.i18n.texts import Language
from dashboards.pages import PageKey
from docs.sentences import sentences, sentences_of
from tests.support import publication as made

PAGES = {*PageKey, "steward", "analyst", "explanation"}


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


def test_where_there_is_nothing_the_reason_is_printed() -> None:
    assert list(sentences_of([Section(lead=["Funnet."], absence="Ingen tall.")])) == [
        "Funnet.",
        "Ingen tall.",
    ]
