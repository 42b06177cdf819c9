"""The annual report at the terminal, and in the orchestrator's job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError, did_you_mean
from dashboards.i18n.texts import Language
from dashboards.report.blocks import Edition
from dashboards.report.make import (
    Asked,
    Told,
    make_report,
    read_scenario_file,
    write_template,
)
from dashboards.view.preferences import read_preferences

Code = TypeVar("Code", Language, Edition)


def make_at_terminal(
    home: Home,
    municipality: str,
    day: dt.date | None,
    language: str,
    scenario: Path | None,
    edition: str,
    out: Path | None,
    told: Told,
    *,
    template_only: bool = False,
) -> Iterator[str]:
    """Make a report as it was asked for in words, and yield what is said of it."""
    if template_only:
        file = write_template(home, municipality)
        yield f"The template is {file}. Change it in Word, and keep the marks."
        return
    asked = Asked(
        municipality,
        day,
        _one_of(Language, "language", language) if language else read_preferences(home).language,
        _one_of(Edition, "edition", edition),
        read_scenario_file(scenario) if scenario else None,
        out,
    )
    files = make_report(home, asked, told)
    if day is not None and files.date != day:
        yield f"{day} is not counted: the figures are of {files.date}, the nearest that is."
    for notice in files.notices:
        yield str(notice)
    yield f"Made {files.docx.name}, {files.pdf.name} and {files.pptx.name} in {files.folder}."


def _one_of(kind: type[Code], what: str, given: str) -> Code:
    try:
        return kind(given)
    except ValueError:
        known = ", ".join(kind)
        hint = did_you_mean(given, list(kind))
        raise SamordnaError(
            "report_choice", what=what, given=given[:20], known=known, hint=hint
        ) from None
