"""`samordna run` from a hand-filled home to the published figures, and everything that may go wrong.

The tests of this file build on one another: one home, one run after the other, as in life.
"""

from __future__ import annotations

import json
import os
import re
import resource
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from dagster_project.config.paths import Home
from dagster_project.lock import writing
from dagster_project.publication.layout import files_of, relation
from tests.support.persons import fnr
from tests.support.small_home import as_csv, only_warehouse
from tests.support.terminal import samordna, started

PERSONS = [fnr("1980-05-15", number) for number in range(12)]
BASE = """\
home_municipality: "4602"
allow_synthetic_ids: true
sources:
  - {name: folk, system: egen, record: person, path: inbox/folk/*.txt}
  - {name: tiltak, record: tjeneste, path: "inbox/tiltak_*.csv"}
  - name: ke
    system: excel
    record: koordinator
    path: inbox/ke/*
    columns: {"Tildelt": fra_dato}
    values: {rolle: {"KO": koordinator, "BAKO": barnekoordinator}}
"""


def current(home: Home) -> str:
    return str(json.loads(home.current_pointer.read_text(encoding="utf-8"))["publication"])


def coverage(home: Home) -> list[tuple[object, ...]]:
    published = relation(home.published / current(home), "coverage")
    return duckdb.sql(
        "select reference_date::text, numerator, denominator "
        f"from {published} where indicator = 'coordinator_coverage' "
        "and age_scheme = 'standard' and age_group = 'all' and service_area = 'all' order by all"
    ).fetchall()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("run") / "min kommune")


def write_exports(home: Home) -> None:
    """Exports as no demo municipality makes them: other headers, codes, delimiters, date forms."""
    (home.inbox / "folk").mkdir(exist_ok=True)
    (home.inbox / "ke").mkdir(exist_ok=True)
    people = "\n".join(f"{p[:6]} {p[6:]}|Prøve {n}|15.05.80|1" for n, p in enumerate(PERSONS))
    (home.inbox / "folk" / "folkeregister 20231231.txt").write_text(
        f"Personnr|Brukernavn|F.dato|Kjønn\n{people}\n", encoding="utf-16"
    )
    # Six persons have services in two areas; three of them, and one more, have a coordinator.
    services = [
        {
            "TjenesteID": f"T{n}{area[:2]}",
            "PID": PERSONS[n],
            "Sektor": area,
            "Start": "1.2.2022",
            "Slutt": "",
        }
        for n in range(6)
        for area in ("Heimeteneste", "SKULE")
    ]
    (home.inbox / "tiltak_20231231.csv").write_text(as_csv(services, ","), encoding="cp1252")
    register = "\r\n".join(
        f"KO-{n}\t{PERSONS[n]}\t{'BAKO' if n == 0 else 'KO'}\t20220{n + 1}01\t\tAase Prøvesen"
        for n in (0, 1, 2, 8)
    )
    (home.inbox / "ke" / "liste_20231231.tsv").write_text(
        f"KE sin liste\r\nRegistrering ID\tBruker-ID\tFunksjon\tTildelt\tAvslutta\tAnsvarleg\r\n{register}\r\n",
        encoding="cp1252",
    )


def test_init_makes_a_home_that_explains_itself(home: Home) -> None:
    done = samordna("init", home)
    assert done.returncode == 0, done.stderr
    assert home.inbox.is_dir()
    text = home.sources_file.read_text(encoding="utf-8")
    assert "home_municipality" in text
    assert text.count("#") > 30
    refused = samordna("run", home)
    assert refused.returncode == 1
    assert "names no source" in refused.stderr
    # A municipality that was split since is told of before anything is made.
    home.sources_file.write_text(BASE.replace("4602", "1507"), encoding="utf-8")
    refused = samordna("run", home)
    assert refused.returncode == 1
    assert "`home_municipality: 1507` is misspelt, or was split since" in refused.stderr
    assert "key" not in refused.stdout + refused.stderr
    # A second time, nothing is overwritten.
    home.sources_file.write_text(BASE, encoding="utf-8")
    assert "is there already" in samordna("init", home).stdout
    assert home.sources_file.read_text(encoding="utf-8") == BASE


def test_a_hand_filled_home_is_counted(home: Home) -> None:
    write_exports(home)
    done = started("run", home)
    assert done.returncode == 0, done.stderr
    assert "Rows read 28, counted 28, quarantined 0" in done.stdout
    # The 31 December is counted: seven of the target group, of whom four have a coordinator; the
    # child coordinator of an adult ended before it began.
    assert coverage(home)[-1] == ("2023-12-31", 3, 7)
    with duckdb.connect(str(only_warehouse(home)), read_only=True) as warehouse:
        roles = warehouse.sql(
            "select role, counts, not_counted_because from marts.coordinator_assignment order by all"
        ).fetchall()
        tables = {
            name
            for (name,) in warehouse.sql(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
        }
    assert roles.count(("coordinator", True, None)) == 3
    assert {
        "coverage",
        "reconciliation",
        "findings",
        "coordinator_assignment",
        "individual_plan",
        "person",
    } <= tables
    status = samordna("status", home)
    assert status.returncode == 0
    assert "folkeregister 20231231.txt" in status.stdout
    assert current(home) in status.stdout


def test_of_the_first_publication_nothing_has_changed(home: Home) -> None:
    folder = home.published / current(home)
    said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tables"]["change"]
    assert said["rows"] == 0
    for table in (
        "coordinator_load",
        "departed_coordinator",
        "plan_age",
        "transition",
        "target",
        "transition_row",
    ):
        (file,) = files_of(folder, table)
        names = pq.read_schema(file).names
        assert names[0] == "municipality_code"
        assert not {"person_key", "person_number", "coordinator_key"} & set(names)


def test_a_figure_is_explained_down_to_its_rows(home: Home) -> None:
    asked = ("--municipality", "Kinn", "--indicator", "coordinator_coverage")
    done = samordna("explain", home, *asked)
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "Coordinator coverage, Kinn (4602), 2023-12-31, all ages, all service areas" in told
    assert "3 of 7: 42.9 % (95 % interval 15.8 % to 75.0 %)" in told
    assert "As counted 42.9 %" in told
    assert "Definition (2026.2)" in told
    assert "bridge_days 30" in told
    assert re.search(r"Grade [ABCD]", told)
    assert "folk egen person folkeregister 20231231.txt 2023-12-31" in told
    assert "From the rows to: With a coordinator (coordinator)" in told
    assert "From the rows to: Estimated target group (target_group)" in told
    assert "* no_day_left" in told
    rows = samordna("explain", home, *asked, "--rule", "no_day_left")
    assert rows.returncode == 0
    assert "no_day_left: 1 row\n" in rows.stdout
    narrowed = samordna("explain", home, *asked, "--age-group", "18-49", "--date", "2023-11-30")
    assert narrowed.returncode == 0, narrowed.stderr
    assert "age 18-49" in narrowed.stdout


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (("--municipality", "Kin"), "There is no municipality 'Kin'. Did you mean 'Kinn'?"),
        (("--indicator", "coverage"), "There is no indicator 'coverage'."),
        (("--date", "2023-12-30"), "The nearest is 2023-12-31."),
        (("--date", "31.12.2023"), "--date 31.12.2023: not a date"),
        (("--age-group", "18-66"), "There is no age group '18-66'."),
        (("--service-area", "homecare"), "Did you mean 'home_care'?"),
        (("--service-area", "specialist"), "has nobody to count"),
        (("--rule", "unknown"), "There is no rule 'unknown'."),
    ],
)
def test_what_cannot_be_explained_is_told(home: Home, said: tuple[str, str], answer: str) -> None:
    asked = {"--municipality": "4602", "--indicator": "coordinator_coverage", said[0]: said[1]}
    done = samordna("explain", home, *(word for pair in asked.items() for word in pair))
    assert done.returncode == 1
    assert answer in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_run_again_publishes_the_same(home: Home) -> None:
    before = current(home)
    manifest = (home.published / before / "manifest.json").read_bytes()
    done = samordna("run", home)
    assert done.returncode == 0, done.stderr
    assert current(home) == before
    assert (home.published / before / "manifest.json").read_bytes() == manifest
    assert not home.work.exists()


def test_bad_deliveries_fail_alone_and_the_good_ones_go_on(home: Home) -> None:
    before = current(home)
    home.sources_file.write_text(
        BASE
        + "  - {name: plan, record: ip, path: inbox/plan/*.csv}\n"
        + "  - {name: skjema, record: endring, path: inbox/skjema/*.xlsx}\n"
        + "  - {name: moter, record: mote, path: inbox/moter/*.csv, delimeter: ';'}\n",
        encoding="utf-8",
    )
    (home.inbox / "skjema").mkdir()
    (home.inbox / "skjema" / "skjema_20240131.xlsx").write_bytes(b"%PDF-1.4")
    # A register cut to less than half: held back. And one more person with a coordinator.
    (home.inbox / "folk" / "folkeregister 20240131.txt").write_text(
        "Personnr|Brukernavn|F.dato|Kjønn\n"
        + "\n".join(
            f"{p}|x|15.05.80|1" for p in [*PERSONS, *(fnr("1980-05-15", n) for n in range(12, 30))]
        ),
        encoding="utf-8",
    )
    (home.inbox / "folk" / "folkeregister 20240229.txt").write_text(
        f"Personnr|Brukernavn|F.dato|Kjønn\n{PERSONS[0]}|x|15.05.80|1\n", encoding="utf-8"
    )
    old = (home.inbox / "ke" / "liste_20231231.tsv").read_text(encoding="cp1252")
    (home.inbox / "ke" / "liste_20240131.tsv").write_text(
        f"{old.rstrip()}\nKO-3\t{PERSONS[3]}\tKO\t20240101\t\tAase Prøvesen\n", encoding="cp1252"
    )
    done = samordna("run", home)
    assert done.returncode == 0, done.stderr
    assert "Source plan: no file matches inbox/plan/*.csv" in done.stderr
    assert "Source skjema, skjema_20240131.xlsx: this is a PDF document" in done.stderr
    assert "source moter: unknown key 'delimeter' (did you mean 'delimiter'?)" in done.stderr
    assert "sources.yml, line 14, source moter" in done.stderr
    assert "folkeregister 20240229.txt: held back" in done.stderr
    assert "rows_as_before" in done.stderr
    assert current(home) != before
    assert files_of(home.published / before, "coverage")
    assert coverage(home)[-1] == ("2024-01-31", 4, 7)
    status = samordna("status", home).stdout
    assert "1 failed" in status
    assert "1 held back" in status


def test_a_later_good_delivery_heals(home: Home) -> None:
    home.sources_file.write_text(
        BASE + "  - {name: plan, record: ip, path: inbox/plan/*.csv}\n", encoding="utf-8"
    )
    (home.inbox / "folk" / "folkeregister 20240229.txt").unlink()
    (home.inbox / "plan").mkdir()
    (home.inbox / "plan" / "plan_20240131.csv").write_text(
        f"Registrering ID;Fødselsnr;IP-status;Oppretta\nP1;{PERSONS[1]};I bruk;5/3/2023\n",
        encoding="utf-8",
    )
    done = samordna("run", home)
    assert done.returncode == 0, done.stderr
    assert "no file matches" not in done.stderr
    with duckdb.connect(str(only_warehouse(home)), read_only=True) as warehouse:
        plans = warehouse.sql("select first_day::text from marts.individual_plan").fetchall()
    assert plans == [("2023-03-05",)]


def test_malformed_yaml_stops_before_anything_and_says_the_line(home: Home) -> None:
    before = current(home)
    good = home.sources_file.read_text(encoding="utf-8")
    home.sources_file.write_text(good + "  - {name: x\n  record: y\n", encoding="utf-8")
    done = samordna("run", home)
    home.sources_file.write_text(good, encoding="utf-8")
    assert done.returncode == 1
    assert re.search(r"sources.yml, line 1[345]: not valid YAML", done.stderr)
    assert current(home) == before


def test_a_slip_in_a_source_that_has_delivered_does_not_publish_figures_without_it(
    home: Home,
) -> None:
    before = current(home)
    good = home.sources_file.read_text(encoding="utf-8")
    home.sources_file.write_text(good.replace("fra_dato}", "fra_datto}"), encoding="utf-8")
    done = samordna("run", home)
    home.sources_file.write_text(good, encoding="utf-8")
    assert done.returncode == 1
    assert "source ke: record type koordinator has no column 'fra_datto'" in done.stderr
    assert "what was published stays" in done.stderr
    assert current(home) == before


def test_a_source_that_changes_its_record_type_stops_the_run(home: Home) -> None:
    before = current(home)
    good = home.sources_file.read_text(encoding="utf-8")
    assert "record: tjeneste" in good
    home.sources_file.write_text(good.replace("record: tjeneste", "record: mote"), encoding="utf-8")
    done = samordna("run", home)
    home.sources_file.write_text(good, encoding="utf-8")
    assert done.returncode == 1
    assert "source tiltak: it is of record type mote now" in done.stderr
    assert "landed as tjeneste" in done.stderr
    assert current(home) == before


def test_a_row_taken_out_of_a_landed_file_is_caught(home: Home) -> None:
    """The reconciliation blocks: a delivery no longer has the rows that were read of it."""
    before = current(home)
    landed = next(iter(sorted(home.landing.glob("koordinator/ke/*.parquet"))))
    whole = landed.read_bytes()
    table = pq.read_table(landed)
    pq.write_table(table.slice(1), landed)
    done = samordna("run", home)
    landed.write_bytes(whole)
    assert done.returncode == 1
    assert "every_row_ends_in_one_place" in done.stderr
    assert "Nothing was published" in done.stderr
    assert current(home) == before


def test_one_run_at_a_time(home: Home) -> None:
    with writing(home):
        done = started("run", home)
    assert done.returncode == 1
    assert f"process {os.getpid()}" in done.stderr


def test_deliveries_that_are_gone_stop_publication(home: Home) -> None:
    """Figures that lost a municipality's register do not go out."""
    before = current(home)
    kept = {path: path.read_bytes() for path in home.inbox.rglob("*") if path.is_file()}
    # Every file is replaced by one whose rows are all of another municipality.
    for path in kept:
        path.unlink()
    (home.inbox / "ke" / "liste_20240131.tsv").write_text(
        f"Registrering ID\tBruker-ID\tFunksjon\tTildelt\tKommune\nKO-9\t{PERSONS[0]}\tKO\t2023-01-01\tOslo\n",
        encoding="utf-8",
    )
    accepted = BASE.replace("    columns:", "    accept: [liste_20240131.tsv]\n    columns:")
    home.sources_file.write_text(accepted, encoding="utf-8")
    for file in home.landing.rglob("*.json"):
        file.unlink()
    done = samordna("run", home)
    assert done.returncode == 1
    assert "deliveries behind the current publication are gone" in done.stderr
    assert "Nothing was published" in done.stderr
    assert current(home) == before
    for path, content in kept.items():
        path.write_bytes(content)
    home.sources_file.write_text(
        BASE + "  - {name: plan, record: ip, path: inbox/plan/*.csv}\n", encoding="utf-8"
    )
    healed = samordna("run", home)
    assert healed.returncode == 0, healed.stderr
    assert coverage(home)[-1] == ("2024-01-31", 4, 7)


def test_a_disk_without_room_is_told_and_what_was_published_stays(home: Home) -> None:
    before = current(home)
    (home.inbox / "plan" / "plan_20240229.csv").write_text(
        f"Registrering ID;Fødselsnr;IP-status;Oppretta\nP1;{PERSONS[1]};I bruk;5/3/2023\n",
        encoding="utf-8",
    )

    def little_room() -> None:
        # No file may grow beyond a megabyte: the warehouse being built cannot be written.
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    done = started("run", home, preexec=little_room)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert current(home) == before
    healed = samordna("run", home)
    assert healed.returncode == 0, healed.stderr
    assert current(home) != before
    assert not home.work.exists()


def test_a_key_that_is_gone_is_explained(home: Home, tmp_path: Path) -> None:
    before = current(home)
    environment = os.environ["XDG_CONFIG_HOME"]
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path)
    try:
        done = samordna("run", home)
    finally:
        os.environ["XDG_CONFIG_HOME"] = environment
    assert done.returncode == 1
    assert "every person would become somebody else" in done.stderr
    assert current(home) == before
