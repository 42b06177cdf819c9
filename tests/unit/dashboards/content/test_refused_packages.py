"""What was refused is told with its reason, the newest first, in every language."""

from __future__ import annotations

import datetime as dt

import pytest

from dagster_project.sharing.held import Refused
from dagster_project.sharing.refusal import Refusal
from dashboards.content.refused_packages import refused_packages
from dashboards.i18n.texts import Language, Texts
from tests.support.languages import in_another_language

_REFUSED = [
    Refused(dt.datetime(2026, 1, day + 1, tzinfo=dt.UTC), f"{day}.zip", "0" * 64, reason)
    for day, reason in enumerate(Refusal)
]


@pytest.mark.parametrize("language", list(Language))
def test_each_is_told_with_what_to_do(language: Language) -> None:
    (section,) = refused_packages(Texts(language), _REFUSED)
    assert section.table is not None
    assert [row[1] for row in section.table.rows][:2] == ["20.zip", "19.zip"]
    sentences = [str(row[2]) for row in section.table.rows]
    assert len(set(sentences)) == 20
    assert in_another_language(language, sentences) == []


def test_where_nothing_was_refused_there_is_nothing_to_tell() -> None:
    assert list(refused_packages(Texts(Language.NB), [])) == []
