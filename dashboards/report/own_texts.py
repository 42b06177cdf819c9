"""What a municipality writes itself in its report: a file that survives every new making.

`reports/<municipality>/<year>/text.yml` holds a text for each chapter. People write it in any
editor, or on the page *Årsrapport*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dagster_project.config.paths import Home
from dagster_project.identity.detection import holds_person_id
from dagster_project.problems import SamordnaError
from dagster_project.storage import write_atomically
from dashboards.i18n.texts import Texts
from dashboards.report.clean_text import clean
from dashboards.report.content import KEYS

LONGEST = 20_000
# Numbers of several sentences are no id together, and neither are those of a list, unless one is as
# long as the end of an id: a report is full of years and counts.
_SENTENCE = re.compile(r"[.?!:]\s+(?=[^\W\d])|\n\n")
_LISTED = re.compile(r"[;,]\s")
_LONG_NUMBER = re.compile(r"\d{5}")
_LARGEST = 1_000_000
_FILE = "text.yml"


class _Block(str):
    """A text of several lines, written as it reads."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


def _block(dumper: yaml.SafeDumper, text: _Block) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


_Dumper.add_representer(_Block, _block)


def file_of(home: Home, municipality: str, year: int) -> Path:
    """Return where the texts of a report lie."""
    return home.reports / municipality / str(year) / _FILE


def read_texts(file: Path) -> dict[str, str]:
    """Return the texts by chapter; none where there is no file.

    Raises SamordnaError where they cannot be used.
    """
    if not file.is_file():
        return {}
    if file.stat().st_size > _LARGEST:
        raise SamordnaError("report_text_long", file=file.name, chapter="text.yml", most=_LARGEST)
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise SamordnaError("report_text_yaml", file=file.name, line=1) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SamordnaError(
            "report_text_yaml", file=file.name, line=mark.line + 1 if mark else 1
        ) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SamordnaError("report_text_yaml", file=file.name, line=1)
    return checked(content, file.name)


def checked(content: Mapping[Any, object], file: str = _FILE) -> dict[str, str]:
    """Return texts by chapter, or raise what is wrong with them."""
    found: dict[str, str] = {}
    for key, text in content.items():
        if key not in KEYS:
            # A key that holds a person's id is not repeated.
            told = "?" if holds_person_id(str(key)) else str(key)[:40]
            raise SamordnaError(
                "report_text_unknown", file=file, chapter=told, known=", ".join(KEYS)
            )
        if text is None:
            continue
        if not isinstance(text, str):
            raise SamordnaError("report_text_kind", file=file, chapter=str(key))
        if len(text) > LONGEST:
            raise SamordnaError("report_text_long", file=file, chapter=str(key), most=LONGEST)
        if any(map(_holds_id, _SENTENCE.split(clean(text)))):
            raise SamordnaError("report_text_id", file=file, chapter=str(key))
        if written := clean(text):
            found[str(key)] = written
    return found


def keep_texts(file: Path, texts: Mapping[str, str], language: Texts) -> None:
    """Write the texts, every chapter with its name above it."""
    known = checked(texts)
    parts = [f"# {language('report.texts_file')}\n"]
    for key in KEYS:
        content = yaml.dump(
            {key: _Block(known[key]) if key in known else ""},
            Dumper=_Dumper,
            allow_unicode=True,
            width=1_000_000,
        )
        parts.append(f"\n# {language(f'report.chapter.{key}')}\n{content}")
    write_atomically(file, "".join(parts))


def _holds_id(sentence: str) -> bool:
    parts = [sentence] if _LONG_NUMBER.search(sentence) else _LISTED.split(sentence)
    return any(map(holds_person_id, parts))
