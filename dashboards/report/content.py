"""The content of a report: which chapters there are, and what goes before and behind them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from dagster_project.planning.scenario import write_scenario
from dagster_project.planning.store import KeptScenario
from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.publication import (
    Publication,
    PublicationError,
    Unreadable,
)
from dashboards.content import beside
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure
from dashboards.i18n.texts import Language, Texts
from dashboards.queries.shared import NO_PACKAGES, Packages
from dashboards.report import basis_chapters as basis
from dashboards.report import coverage_chapters as covered
from dashboards.report import followup_chapters as followed
from dashboards.report.blocks import (
    Block,
    Chapter,
    Edition,
    Paragraph,
    Report,
    Style,
)
from dashboards.report.clean_text import clean, paragraphs
from dashboards.report.findings import slides_of
from dashboards.report.memory import Remembered, fingerprint
from dashboards.report.subject import Subject
from dashboards.view.state import View

_CHAPTERS: dict[str, Callable[[Subject], Iterator[Block]]] = {
    "summary": covered.summary,
    "profile": covered.profile,
    "coverage": covered.of_coverage,
    "missing": covered.missing,
    "causes": covered.causes,
    "since": covered.since_last_report,
    "plans": followed.of_plans,
    "coordinators": followed.of_coordinators,
    "training": followed.of_training,
    "meetings": followed.of_meetings,
    "notices": followed.of_notices,
    "housing": followed.of_housing,
    "needs": basis.of_needs,
    "reported": basis.reported,
    "quality": basis.of_quality,
}
METHOD = "method"
# The chapters that somebody may write a text of their own to.
KEYS = (*_CHAPTERS, METHOD)


@dataclass(frozen=True)
class Order:
    """Which report is made.

    `texts` are what the municipality has written itself, by chapter.
    """

    municipality: str
    date: dt.date
    language: Language
    edition: Edition
    scenario: KeptScenario | None
    texts: Mapping[str, str]
    before: Remembered | None


@dataclass(frozen=True)
class Made:
    """A report, and what it was made of."""

    report: Report
    made_of: Mapping[str, object]
    figures: Mapping[str, float]


def nearest_date(publication: Publication, municipality: str, wanted: dt.date | None) -> dt.date:
    """Return the day that is counted nearest to the wanted one, the newest where none is wanted.

    Of two that are as near it is the earlier: what was known on the day.
    """
    dates = coverage.reference_dates(publication, municipality)
    if not dates:
        raise PublicationError(Unreadable.NO_FIGURES)
    if wanted is None:
        return dates[0]
    return min(dates, key=lambda day: (abs(day - wanted), day))


def make(
    publication: Publication,
    order: Order,
    told: Callable[[str], None],
    packages: Packages = NO_PACKAGES,
) -> Made:
    """Return the report; `told` hears of each chapter as it is made."""
    texts = Texts(order.language)
    labels = Labels(publication, texts, packages)
    view = View(
        language=order.language,
        municipality=order.municipality,
        reference_date=order.date,
        indicator=covered.COVERAGE,
        age_scheme=next(iter(reference.age_groups(publication))),
    )
    subject = Subject(
        labels=labels,
        view=view,
        edition=order.edition,
        scenario=order.scenario,
        before=order.before,
    )
    made_of = _made_of(publication, order, labels)
    chapters = []
    for key, blocks in _CHAPTERS.items():
        told(texts(f"report.chapter.{key}"))
        chapters.append(_chapter(subject, key, partial(blocks, subject), order.texts))
    told(texts(f"report.chapter.{METHOD}"))
    shown = {texts(f"report.made_of.{key}"): str(value) for key, value in made_of.items() if value}
    of_method = partial(basis.method, subject, shown)
    chapters.append(_chapter(subject, METHOD, of_method, order.texts))
    name = labels.municipality(order.municipality)
    title = texts("report.title", year=str(order.date.year))
    report = Report(
        title=title,
        subtitle=texts("report.subtitle", municipality=name),
        municipality=name,
        date=order.date,
        made_on=publication.made_on,
        language=order.language,
        edition=order.edition,
        facts=(
            (texts("report.fact.date"), texts.date(order.date)),
            (texts("report.fact.edition"), texts(f"report.edition.{order.edition}")),
            (
                texts("report.fact.publication"),
                f"{publication.id}, {texts.date(publication.made_on)}",
            ),
        ),
        chapters=tuple(chapters),
        slides=tuple(slides_of(chapters)),
        contents_heading=texts("report.contents"),
        footer=texts("report.footer", municipality=name, title=title),
    )
    return Made(report, made_of, covered.remembered(subject))


def _chapter(
    subject: Subject,
    key: str,
    blocks: Callable[[], Iterable[Block]],
    own: Mapping[str, str],
) -> Chapter:
    """Return a chapter, what the municipality has written itself first."""
    found: list[Block] = [Paragraph(each, Style.OWN) for each in paragraphs(own.get(key, ""))]
    try:
        for block in blocks():
            found.append(block)
    except NoFigure as absence:
        found += subject.say(absence.sentence)
    except PublicationError as error:
        # A publication of an earlier version lacks what newer chapters tell.
        if error.reason is not Unreadable.OLDER_VERSION:
            raise
        found += subject.say(subject.texts("report.older_version"))
    return Chapter(key, subject.texts(f"report.chapter.{key}"), tuple(found))


def _packages(labels: Labels, municipality: str) -> str:
    """Return what names the packages of the others; empty where there are none to be read."""
    try:
        packages = beside.packages_of_others(labels, municipality)
    except NoFigure:
        return ""
    named = [f"{code}:{each.folder.name}" for code, each in sorted(packages.items())]
    return f"{len(named)}, {fingerprint(json.dumps(named))}" if named else ""


def _made_of(publication: Publication, order: Order, labels: Labels) -> dict[str, object]:
    """Return what decides every byte of a report."""
    manifest = json.loads((publication.folder / "manifest.json").read_text(encoding="utf-8"))
    scenario = order.scenario.scenario if order.scenario else None
    own = {key: text for key in KEYS if (text := clean(order.texts.get(key, "")))}
    return {
        "publication": publication.id,
        "code_version": str(manifest.get("code_version", "")),
        "samordna": version("samordna"),
        "definition_set": labels.municipality_entry(order.municipality).definition_set,
        "date": order.date.isoformat(),
        "language": order.language.value,
        "edition": order.edition.value,
        "scenario": scenario.name if scenario else "",
        "scenario_hash": fingerprint(write_scenario(scenario)) if scenario else "",
        "own_texts_hash": fingerprint(json.dumps(own, sort_keys=True)) if own else "",
        "packages": _packages(labels, order.municipality),
        "before": f"{order.before.publication}, {order.before.date}" if order.before else "",
    }
