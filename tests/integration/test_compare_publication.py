"""`samordna compare --publication`: the figures as counted now, beside those of a former publication.

What another version of the rules does is done here by a definition of the installation's own, which
is told in the same place: a set of another name.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from tests.support.small_home import SmallHome, coordinator, person, service
from tests.support.terminal import samordna

# Of ten in the target group, four have a coordinator and three a primary contact.
PERSONS, COORDINATORS, CONTACTS = 10, 4, 3
CONTACTS_COUNT = {"count_primary_contact": True}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    """A home that was published, and counts otherwise since; nothing is published of that."""
    made = SmallHome(tmp_path_factory.mktemp("since") / "home")
    made.source("folk", "person").source("tiltak", "tjeneste").source("epj", "koordinator")
    made.deliver("folk", "20240131", [person(n) for n in range(PERSONS)])
    areas = ("skole", "ppt")
    made.deliver(
        "tiltak",
        "20240131",
        [service(f"T-{n}-{a}", n, a, "2021-01-01") for n in range(PERSONS) for a in areas],
    )
    made.deliver("epj", "20240131", _assignments())
    done = samordna("run", made.home)
    assert done.returncode == 0, done.stderr
    made.say(definition=CONTACTS_COUNT)
    return made


def _assignments() -> list[dict[str, object]]:
    rows = [coordinator(f"K-{n}", n, "2022-01-01") for n in range(COORDINATORS)]
    rows += [
        coordinator(f"P-{n}", COORDINATORS + n, "2022-01-01", rolle="primærkontakt")
        for n in range(CONTACTS)
    ]
    return rows


def _publication(home: Home) -> str:
    return str(json.loads(home.current_pointer.read_text(encoding="utf-8"))["publication"])


def _reports(home: Home) -> dict[str, list[dict[str, str]]]:
    return {
        file.name: list(
            csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")), delimiter=";")
        )
        for file in home.reports.glob("*.csv")
    }


def _files(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_what_other_definitions_change_is_told_with_its_rules(small: SmallHome) -> None:
    published = _files(small.home.published)
    done = samordna("compare", small.home, "--publication", "previous")
    assert done.returncode == 0, done.stderr
    id_ = _publication(small.home)
    assert f"publiseringen {id_} fra" in done.stdout
    assert "definisjonssett 2026.2 count_primary_contact=true" in done.stdout
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "Koordinatordekning 40,0 % (4/10) 70,0 % (7/10) +30,0 prosentpoeng" in lines
    assert any(line.startswith("Kinn: ") and line.endswith(" er endret.") for line in lines)
    assert "Leveransene er de samme som da, så det er tellereglene som har endret tallene." in lines
    # The three contacts were not counted then.
    assert any(line.endswith(" 3 0") for line in lines)
    assert _files(small.home.published) == published
    assert not small.home.work.exists()
    ((name, rows),) = _reports(small.home).items()
    assert id_ in name
    (row,) = (
        row
        for row in rows
        if (row["Indikator"], row["Telledato"]) == ("Koordinatordekning", "31.01.2024")
        and (row["Aldersinndeling"], row["Aldersgruppe"]) == ("standard", "Alle aldre")
        and row["Tjenesteområde"] == "Alle områder"
    )
    assert (row["Verdi før"], row["Verdi nå"], row["Differanse"]) == ("40", "70", "30")
    assert row["Definisjonssett før"] == "2026.2"


def test_another_delivery_is_told_for_it_moves_figures_too(small: SmallHome) -> None:
    id_ = _publication(small.home)
    more = [*_assignments(), coordinator("K-9", 9, "2024-02-01")]
    small.deliver("epj", "20240229", more)
    small.land()
    done = samordna("compare", small.home, "--publication", id_, "--municipality", "4602")
    assert done.returncode == 0, done.stderr
    assert "Leveransene er ikke de samme som da (1 nye, 0 som ikke gjelder lenger)." in done.stdout
    # On the day that both count, which the new delivery says nothing else of.
    assert "31.01.2024" in done.stdout
    assert "70,0 % (7/10)" in done.stdout


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nn", "Talt no med definisjonssett 2026.2 count_primary_contact=true."),
        ("en", "Counted now by definition set 2026.2 count_primary_contact=true."),
    ],
)
def test_it_is_told_in_the_language_of_the_installation(
    small: SmallHome, language: str, said: str
) -> None:
    small.say(language=language)
    done = samordna("compare", small.home, "--publication", "previous")
    small.say(language="nb")
    assert done.returncode == 0, done.stderr
    assert said in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name what to compare with"),
        (["--publication", "previous", "--set", "bridge_days=60"], "one of the two"),
        (["--publication", "20200101-0123456789"], "no publication of that name. Here are: 2024"),
        (["--publication", "../published"], "no publication of that name"),
        (["--publication", "previous", "--municipality", "0301"], "Here are: 4602."),
    ],
)
def test_what_cannot_be_compared_is_told(small: SmallHome, arguments: list[str], said: str) -> None:
    done = samordna("compare", small.home, *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_where_nothing_was_counted_otherwise_there_is_no_previous_one(small: SmallHome) -> None:
    small.say(definition={"count_primary_contact": False})
    done = samordna("compare", small.home, "--publication", "previous")
    small.say(definition=CONTACTS_COUNT)
    assert done.returncode == 1
    assert "was counted by the definitions of today (2026.2)" in done.stderr
    assert _publication(small.home) in done.stderr


def test_a_damaged_publication_is_refused(small: SmallHome) -> None:
    (file,) = small.home.published.glob("*/coverage/*/data.parquet")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    done = samordna("compare", small.home, "--publication", "previous")
    file.write_bytes(whole)
    assert done.returncode == 1
    assert "cannot be read: files of it are gone or damaged" in done.stderr
    assert not small.home.work.exists()
