"""Making a report: Word, PDF, slides, and what it remembers, beside each other in a folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dagster_project.config.paths import Home
from dagster_project.planning.scenario import ScenarioError, read_scenario
from dagster_project.planning.store import KeptScenario
from dagster_project.problems import Problem, SamordnaError
from dagster_project.publication.reader.coverage import counted
from dagster_project.publication.reader.publication import (
    PublicationError,
    Unreadable,
    current_publication,
)
from dagster_project.storage import sync_folder, write_atomically
from dashboards.i18n.texts import Language, Texts
from dashboards.queries.shared import Packages
from dashboards.report import memory, own_texts
from dashboards.report.blocks import Edition, Report, charts
from dashboards.report.content import Order, make, nearest_date

TEMPLATE = "template.docx"
Told = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What is asked for; what is left out takes what is usual."""

    municipality: str
    date: dt.date | None = None
    language: Language = Language.NB
    edition: Edition = Edition.INTERNAL
    scenario: KeptScenario | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Files:
    """The files of a report, and what somebody should know of them."""

    folder: Path
    docx: Path
    pdf: Path
    pptx: Path
    date: dt.date
    notices: tuple[Problem, ...] = ()


def make_report(home: Home, asked: Asked, told: Told = lambda _: None) -> Files:
    """Make a report and return where it lies; `told` hears how far it has come.

    Raises SamordnaError where none can be made.
    """
    # What writes the files is needed here alone, and takes a while to load.
    from dashboards.report.pdf import pdf, pictures  # noqa: PLC0415
    from dashboards.report.slides import slides  # noqa: PLC0415

    texts = Texts(asked.language)
    try:
        whole = current_publication(home)
        if asked.municipality not in counted(whole):
            raise SamordnaError("report_municipality", municipality=asked.municipality)
        publication = whole.as_seen_by(asked.municipality)
        date = nearest_date(publication, asked.municipality, asked.date)
        reports = home.reports / asked.municipality
        own = own_texts.read_texts(own_texts.file_of(home, asked.municipality, date.year))
        order = Order(
            asked.municipality,
            date,
            asked.language,
            asked.edition,
            asked.scenario,
            own,
            memory.before(reports, date.year),
        )
        made = make(publication, order, told, Packages(home))
    except PublicationError as error:
        code = (
            "nothing_published"
            if error.reason is Unreadable.NOTHING_PUBLISHED
            else "publication_unreadable"
        )
        raise SamordnaError(code, home=str(home.root), folder=str(home.published)) from None
    report = made.report
    told(texts("report.step.charts"))
    drawn = pictures(charts(report))
    told("Word")
    document, notices = _document(home, asked, report, drawn, texts)
    told("PDF")
    content = {"docx": document, "pdf": pdf(report, texts)}
    told("PowerPoint")
    content["pptx"] = slides(report, drawn, texts)
    folder = asked.out or reports / str(date.year) / f"{asked.edition}-{asked.language}"
    name = texts("report.file", municipality=asked.municipality, year=str(date.year))
    paths = {ending: folder / f"{name}.{ending}" for ending in content}
    _write(folder, {paths[ending]: data for ending, data in content.items()})
    write_atomically(
        folder / memory.FILE,
        memory.written(
            {
                **made.made_of,
                "figures": made.figures,
                "files": {
                    paths[ending].name: memory.fingerprint(data) for ending, data in content.items()
                },
            }
        ),
    )
    return Files(folder, paths["docx"], paths["pdf"], paths["pptx"], date, notices)


def read_scenario_file(file: Path) -> KeptScenario:
    """Return a scenario of a file that lies anywhere, or raise what is wrong with it."""
    try:
        return KeptScenario(file.name, read_scenario(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        raise SamordnaError("report_scenario", file=str(file)) from None
    except ScenarioError as error:
        raise SamordnaError.of(error.problems[0]) from None


def write_template(home: Home, municipality: str) -> Path:
    """Write the usual template where a municipality's own is looked for; one there is kept."""
    from dashboards.report.word import default_template  # noqa: PLC0415

    file = home.reports / municipality / TEMPLATE
    if not file.exists():
        _write(file.parent, {file: default_template()})
    return file


def _document(
    home: Home, asked: Asked, report: Report, drawn: dict[str, bytes], texts: Texts
) -> tuple[bytes, tuple[Problem, ...]]:
    """Return the Word document; where the municipality's template fails, in the usual one."""
    from dashboards.report.word import TemplateError, word  # noqa: PLC0415

    own = home.reports / asked.municipality / TEMPLATE
    if own.is_file():
        try:
            return word(report, drawn, own.read_bytes(), texts), ()
        except TemplateError as error:
            notice = Problem(
                "report_template_mark" if error.mark else "report_template",
                {"file": home.relative(own), "mark": error.mark},
            )
            return word(report, drawn, None, texts), (notice,)
    return word(report, drawn, None, texts), ()


def _write(folder: Path, files: dict[Path, bytes]) -> None:
    """Write files whole, so that nobody opens half of one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in files.items():
            fresh = path.with_name(f".{path.name}.new")
            fresh.write_bytes(data)
            fresh.replace(path)
        sync_folder(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SamordnaError("report_unwritten", folder=str(folder), reason=reason) from None
