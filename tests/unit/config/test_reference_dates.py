"""`reference_dates:` of sources.yml: days of a municipality's own, and what is said where they err."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError


def _load(root: Path, dates: str) -> Installation:
    home = Home(root)
    home.sources_file.write_text(
        'home_municipality: "5530"\n'
        "sources:\n"
        "  - {name: epj, record: koordinator, path: inbox/*}\n"
        f"reference_dates: {dates}\n",
        encoding="utf-8",
    )
    return load_installation(home)


def test_days_of_every_year_and_of_one(tmp_path: Path) -> None:
    read = _load(
        tmp_path,
        '["15.11", "1.2.", 29.02, "2025-11-15", "03.04.2024", {date: "15.11", kommune: "1931"}]',
    )
    found = [(d.municipality_code, d.day, d.month, d.year) for d in read.reference_dates]
    assert found == [
        (None, 15, 11, None),
        (None, 1, 2, None),
        (None, 29, 2, None),
        (None, 15, 11, 2025),
        (None, 3, 4, 2024),
        ("5530", 15, 11, None),
    ]


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ("15.11", "line 4: `reference_dates:` must be a list"),
        ('["31.04"]', '`date` must be a day of every year as "15.11", or of one as 2025-11-15'),
        ('["15.13"]', "`date` must be a day of every year"),
        ('["29.02.2023"]', "`date` must be a day of every year"),
        ("[november]", "`date` must be a day of every year"),
        ("[[15, 11]]", "a reference date is told by date"),
        ('[{dato: "15.11"}]', "unknown key 'dato' (did you mean 'date'?)"),
        ('[{kommune: "5530"}]', "the key `date:` is missing"),
        ('[{date: "15.11", kommune: "9999"}]', "`kommune`: '9999' is no municipality's number"),
        (str([f"{day:02}.06" for day in range(1, 14)]), "more than 12 dates of a municipality"),
    ],
)
def test_what_is_no_day_is_refused_with_its_line(tmp_path: Path, dates: str, said: str) -> None:
    with pytest.raises(SamordnaError) as refused:
        _load(tmp_path, dates)
    assert "sources.yml, line 4: " in str(refused.value)
    assert said.removeprefix("line 4: ") in str(refused.value)


def test_each_municipality_of_a_region_may_ask_for_days(tmp_path: Path) -> None:
    codes = ("1108", "1103", "1133")
    dates = [{"kommune": code, "date": f"{day:02}.06"} for code in codes for day in range(1, 13)]
    assert len(_load(tmp_path, str(dates)).reference_dates) == 36
