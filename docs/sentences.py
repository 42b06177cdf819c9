"""Prints what the pages say, page by page, to be read aloud.

    python -m docs.sentences --home demo --out sentences.txt [--language nb] [--municipality 4602]

Every lead, title, remark and judgement of the newest reference date of each municipality: of each
indicator where a page has them, in each language. Whether they are true is what the tests are for;
whether they can be understood, and whether two of them can be read as a contradiction, is not.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from dagster_project.config.paths import Home
from dagster_project.publication.reader import coverage as figures
from dagster_project.publication.reader import reference
from dagster_project.publication.reader.publication import Publication, current_publication
from dashboards.content import coverage, development, explanation, front_analyst, registration
from dashboards.content.labels import Labels
from dashboards.content.section import Section, part
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.pages import OF_PUBLICATION, PageKey
from dashboards.queries.shared import NO_PACKAGES, Packages, holds_packages, received
from dashboards.render.page_runner import open_view, sections_of
from dashboards.view.choices import PublishedOffer
from dashboards.view.preferences import Preferences
from dashboards.view.state import Role, View

# Those that say something else of each indicator are asked of each.
_OF_INDICATOR = {PageKey.COVERAGE, PageKey.DEVELOPMENT, PageKey.REGISTRATION}


def sentences(
    publication: Publication,
    languages: Iterable[Language],
    municipalities: Iterable[str],
    packages: Packages = NO_PACKAGES,
) -> Iterator[str]:
    """Yield the lines: a heading for each page, and what it says."""
    municipalities = list(municipalities)
    for language in languages:
        for view in views(publication, language, municipalities):
            seen = publication.as_seen_by(view.municipality)
            labels = Labels(seen, Texts(language), packages)
            place = f"{language} {labels.municipality(view.municipality)}"
            for key in OF_PUBLICATION:
                if key not in _OF_INDICATOR:
                    yield from _page(
                        f"{place}, {key}", sentences_of(sections_of(key, labels, view))
                    )
            steward = replace(view, role=Role.STEWARD)
            yield from _page(
                f"{place}, steward", sentences_of(sections_of(PageKey.FRONT, labels, steward))
            )
            for code in reference.indicators(publication):
                of_indicator = replace(view, indicator=code)
                for name, lines in _pages_of_indicator(labels, of_indicator):
                    yield from _page(f"{place}, {name}, {code}", lines)


def sentences_of_packages(home: Home, languages: Iterable[Language]) -> Iterator[str]:
    """Yield what the page of shared packages says, of each municipality that has shared."""
    for language in languages:
        preferences = Preferences(language)
        for code in received(home).packages:
            asked = {"municipality": [code], "lang": [language.value]}
            opened = open_view(PageKey.COMPARISON, home, preferences, asked)
            place = f"{language} {opened.labels.municipality(code)}"
            made = sections_of(PageKey.COMPARISON, opened.labels, opened.view)
            yield from _page(f"{place}, {PageKey.COMPARISON}", sentences_of(made))


def views(
    publication: Publication, language: Language, municipalities: Iterable[str]
) -> Iterator[View]:
    """Yield the view of each municipality that has figures, on its newest date."""
    scheme = next(iter(reference.age_groups(publication)))
    first = next(iter(reference.indicators(publication)))
    for code in municipalities:
        dates = figures.reference_dates(publication, code)
        if dates:
            yield View(language, code, dates[0], first, scheme)


def sentences_of(sections: Iterable[Section]) -> Iterator[str]:
    """Yield what sections say, but for their tables."""
    for section in sections:
        yield from (*section.lead, section.absence)
        for each in section.key_figures:
            yield " | ".join([each.name, each.value, each.interval, *each.held_against])
        yield from section.remarks
        if section.picture:
            yield section.picture.title
            yield f"  {section.picture.subtitle}"
            yield from (f"  {remark}" for remark in section.picture.remarks)
        yield from section.of_table


def _pages_of_indicator(labels: Labels, view: View) -> Iterator[tuple[str, Iterator[str]]]:
    if view.indicator not in figures.cuts(labels.publication):
        return  # not counted
    for cut in _cuts(labels, view):
        yield "development", sentences_of(part(development.sections(labels, cut)))
    yield "analyst", _analyst(labels, view)
    explained = explanation.gather(labels, view)
    yield "explanation", sentences_of(explanation.sections(explained, has_page=False))
    preferences = Preferences(view.language, view.municipality)
    offered = PublishedOffer(labels.publication, preferences, PageKey.COVERAGE)
    if view.indicator in offered.indicators():
        for cut in _cuts(labels, view):
            yield "coverage", sentences_of(part(coverage.sections(labels, cut)))
        yield "registration", sentences_of(part(registration.sections(labels, view)))


def _cuts(labels: Labels, view: View) -> Iterator[View]:
    """Yield the view of everybody, and of the youngest."""
    yield view
    if figures.cuts(labels.publication)[view.indicator].has_ages:
        youngest = reference.age_groups(labels.publication)[view.age_scheme][0].code
        yield replace(view, age_group=youngest)


def _analyst(labels: Labels, view: View) -> Iterator[str]:
    """Yield what the page says, and of each municipality the judgement."""
    sections = list(part(front_analyst.sections(labels, view)))
    yield from sentences_of(sections)
    for table in (each.table for each in sections if each.table):
        yield from (": ".join(str(cell) for cell in (row[0], *row[-2:])) for row in table.rows)


def _page(heading: str, lines: Iterable[str]) -> Iterator[str]:
    lines = [line.replace(NO_BREAK_SPACE, " ") for line in lines if line]
    if lines:
        yield f"== {heading}"
        yield from lines
        yield ""


def main() -> None:
    """Write the sentences of a home's current publication to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--language", nargs="*", type=Language, default=list(Language))
    parser.add_argument("--municipality", nargs="*")
    asked = parser.parse_args()
    publication = current_publication(Home(asked.home))
    municipalities = asked.municipality or list(figures.municipalities(publication))
    home = Home(asked.home)
    lines = [*sentences(publication, asked.language, municipalities, Packages(home))]
    if holds_packages(home):
        lines += sentences_of_packages(home, asked.language)
    asked.out.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
