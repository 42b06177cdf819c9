"""The public journal: dates and kinds of documents, of whose titles nothing is kept."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.support.persons import fnr
from tests.support.small_home import SmallHome, days, fetch, person

TITLES = {
    "Melding - behov for koordinerte tjenester": "notice_of_need",
    "MELDING – Behov for  koordinerte tenester - Kari Prøvesen": "notice_of_need",
    "Kari Prøvesen, f. 15.05.1980: melding om behov for koordinator": "notice_of_need",
    "Svar på melding - behov for koordinerte tjenester": "answer",
    "Endringsskjema for koordinator": "change_form",
    "Ubehov for koordinatorkurs": "other",
    "Byggesøknad Storgata 1": "other",
}


@pytest.fixture
def home(tmp_path: Path) -> SmallHome:
    made = SmallHome(tmp_path / "home")
    return made.source("arkiv", "journal").source("folk", "person").source("ke", "melding")


def entry(number: int, day: str, title: str, direction: str = "Inngående") -> dict[str, str]:
    return {
        "Saksnr": f"2024/{number}-1",
        "Journalført": day,
        "Dokumenttype": direction,
        "Tittel": title,
        "Avsender": "Kari Prøvesen",
    }


def test_of_a_title_only_what_it_means_is_written(home: SmallHome) -> None:
    home.deliver(
        "arkiv", "20240331", [entry(n, "05.01.2024", title) for n, title in enumerate(TITLES)]
    )
    (landed,) = home.land()["arkiv"].landed
    rows = pq.read_table(home.home.root / str(landed.parquet)).to_pylist()
    assert [row["innhold"] for row in rows] == list(TITLES.values())
    written = b"".join(
        path.read_bytes()
        for folder in (home.home.landing, home.home.state)
        for path in folder.rglob("*")
        if path.is_file()
    )
    for word in ("Kari", "Prøvesen", "Storgata", "15.05.1980", "koordinerte"):
        assert word.encode() not in written


def test_the_journal_is_held_against_what_was_registered(home: SmallHome) -> None:
    notice, _, _, answer, *_ = TITLES
    home.deliver("folk", "20240101", [person(n) for n in range(1, 4)])
    home.deliver(
        "arkiv",
        "20240331",
        [
            entry(1, "2024-01-05", notice),
            entry(2, "2024-01-20", notice),
            entry(3, "2024-01-21", answer, "Utgående"),
            entry(4, "2024-02-02", notice),
            entry(5, "2024-03-15", "Byggesøknad"),
            entry(6, "", notice),
        ],
    )
    notices = [("2023-12-30", 1), ("2024-01-19", 1), ("2024-02-01", 2), ("2024-02-11", 3)]
    home.deliver(
        "ke",
        "20240331",
        [
            {"melding_id": f"B-{day}", "fnr": fnr("1980-05-15", n), "mottatt_dato": day}
            for day, n in notices
        ],
    )
    found = fetch(
        home.build(),
        "select month, journaled, registered, more_in_journal from marts.journal_count order by month",
    )
    assert days(found) == [("2024-01-01", 2, 1, 1), ("2024-02-01", 1, 2, 0)]


def test_a_journal_without_titles_is_refused(home: SmallHome) -> None:
    rows = [{"Saksnr": "2024/1-1", "Journalført": "05.01.2024"}]
    home.deliver("arkiv", "20240331", rows)
    (problem,) = home.land()["arkiv"].problems
    assert "the required column innhold is missing" in str(problem)
