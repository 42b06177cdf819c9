"""`samordna run` with every connector: what is fetched lands, and nobody's name leaves the inbox."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dagster_project.config.paths import DBT_PROJECT, Home
from dagster_project.definitions import build_defs
from dagster_project.defs.job import JOB
from dagster_project.defs.jobs import inbox_sensor
from dagster_project.defs.keys import landing_key
from tests.support.leaks import Planted, Search
from tests.support.persons import fnr
from tests.support.postgres import PASSWORD, Postgres, running
from tests.support.small_home import SmallHome, only_warehouse
from tests.support.statbank import Statbank
from tests.support.terminal import samordna
from tests.support.web_service import Asked, Reply, serving

TOKEN = "Qvz-tegn-4711-hemmelig"
PERSONS = [
    Planted(fnr(f"19{50 + n}-03-{10 + n}", n), f"Qvx{'abcdefghij'[n]}ba", f"Zjw{'abcdefghij'[n]}de")
    for n in range(8)
]
SOURCES = """\
home_municipality: "4602"
allow_synthetic_ids: true
sources:
  - {{name: folk, record: person, connector: sql, url_env: EPJ_URL, table: epj.person}}
  - name: epj
    record: koordinator
    connector: sql
    url_env: EPJ_URL
    query: select * from epj.koordinator
    delivery: incremental
    watermark: endret
  - name: ip
    record: ip
    connector: rest
    url: {url}/v1/planer
    token_env: IP_TOKEN
    records: data
    paging: {{by: page}}
    columns: {{"bruker.id": fnr}}
  - {{name: ssb, record: befolkning, connector: ssb, url: "{url}/ssb"}}
  # Each of these fails, and where it fails lies somebody's name, a token or a password.
  - {{name: f1, record: ip, connector: rest, url: "{url}/broken", token_env: IP_TOKEN}}
  - {{name: f2, record: ip, connector: rest, url: "{url}/refused", token_env: IP_TOKEN}}
  - {{name: f3, record: ip, connector: rest, url: "{url}/elsewhere", token_env: IP_TOKEN}}
  - {{name: f4, record: ip, connector: sql, url_env: EPJ_URL, query: "select navn::int from epj.person"}}
  - {{name: f5, record: ip, connector: sql, url_env: WRONG_URL, table: epj.person}}
  - {{name: f6, record: ip, connector: sql, url_env: EPJ_URL, query: "select fnr, navn::bytea from epj.person"}}
  - {{name: f7, record: ip, connector: sql, url_env: GONE_URL, table: epj.person}}
  - {{name: f8, record: koordinator, connector: sql, url_env: EPJ_URL, query: "select fnr, navn from epj.person"}}
"""


def answer(asked: Asked) -> Reply:
    if asked.path.startswith("/ssb"):
        return BANK(asked)
    one = PERSONS[1]
    quoted = f"{one.given} {one.surname} {one.fnr}"
    match asked.path:
        case "/v1/planer" if asked.headers.get("Authorization") == f"Bearer {TOKEN}":
            plans = [
                {
                    "registrering_id": f"P-{n}",
                    "bruker": {"id": person.fnr, "navn": f"{person.given} {person.surname}"},
                    "status": "aktiv",
                    "opprettet_dato": "2023-05-01",
                }
                for n, person in enumerate(PERSONS[:4])
            ]
            at = int(asked.query["page"]) - 1
            return Reply({"data": plans[2 * at : 2 * at + 2]})
        case "/broken":
            return Reply(raw=f'[{{"navn": "{quoted}'.encode())
        case "/refused":
            return Reply({"detail": quoted}, status=403)
        case "/elsewhere":
            return Reply(status=302, headers={"Location": f"https://x.invalid/{one.fnr}"})
    return Reply({"detail": quoted}, status=404)


BANK = Statbank(
    "07459",
    {
        "Region": ["0", "4602"],
        "Kjonn": ["1", "2"],
        "Alder": [f"{age:03}" for age in range(100)],
        "ContentsCode": ["Personer1"],
        "Tid": ["2023", "2024"],
    },
    lambda _: 90,
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running() as server:
        people = ", ".join(f"('{p.fnr}', '{p.given} {p.surname}', '{p.fnr}')" for p in PERSONS)
        coordinators = ", ".join(
            f"('K-{n}', '{p.fnr}', 'koordinator', '17', '2022-02-0{1 + n}', '2024-01-0{1 + n}')"
            for n, p in enumerate(PERSONS[:5])
        )
        server.owner(
            "create schema epj",
            "grant usage on schema epj to leser",
            "create table epj.person (fnr text, navn text, merknad text)",
            f"insert into epj.person values {people}",
            "create table epj.koordinator (registrering_id text, fnr text, rolle text, "
            "koordinator_id text, fra_dato date, endret timestamp)",
            f"insert into epj.koordinator values {coordinators}",
        )
        yield server


def run(home: Home, postgres: Postgres) -> subprocess.CompletedProcess[str]:
    addresses = {
        "EPJ_URL": postgres.url(),
        "WRONG_URL": postgres.url(password=f"feil-{PASSWORD}"),
        "GONE_URL": f"postgresql://leser:{PASSWORD}@127.0.0.1:9/x",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"IP_TOKEN": TOKEN, **addresses}.items():
            patch.setenv(name, value)
        done = samordna("run", home)
    # What was said on the terminal is written as well: somebody keeps it in a log.
    with (home.root / "terminal.txt").open("a", encoding="utf-8") as log:
        log.write(done.stdout + done.stderr)
    return done


@pytest.fixture(scope="module")
def ran(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, subprocess.CompletedProcess[str]]:
    home = Home(tmp_path_factory.mktemp("fetched") / "home")
    home.inbox.mkdir(parents=True)
    with serving(answer) as service:
        home.sources_file.write_text(SOURCES.format(url=service.url), encoding="utf-8")
        return home, run(home, postgres)


def test_everything_lands_after_what_is_fetched(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("epj", "koordinator")
    fetched = dg.AssetKey(["inbox", "fetched"])
    specs = {spec.key: spec for spec in build_defs(home.home).resolve_all_asset_specs()}
    assert fetched not in specs
    home.source("ssb", "befolkning", connector="ssb")
    specs = {spec.key: spec for spec in build_defs(home.home).resolve_all_asset_specs()}
    assert fetched in specs
    for record in ("koordinator", "befolkning"):
        after = {dependency.asset_key for dependency in specs[landing_key(record)].deps}
        assert fetched in after


def test_what_a_run_fetched_is_no_reason_for_another(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("ssb", "befolkning", connector="ssb")
    sensor = inbox_sensor(home.home, JOB)
    context = dg.build_sensor_context()
    sensor(context)
    home.deliver("ssb", "20240131", "region;alder;aar;personer\n4602;1;2024;5\n")
    assert len(home.fetched("ssb")) == 1
    assert isinstance(sensor(dg.build_sensor_context(cursor=context.cursor)), dg.SkipReason)


def test_what_was_fetched_is_counted(
    ran: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    home, done = ran
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(only_warehouse(home)), read_only=True) as warehouse:
        counted = warehouse.sql(
            "select source, sum(rows_counted)::int from marts.reconciliation "
            "where rows_counted > 0 group by all order by all"
        ).fetchall()
    assert counted == [("epj", 5), ("folk", 8), ("ip", 4), ("ssb", 400)]


def test_each_source_that_failed_is_told_once(
    ran: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    said = ran[1].stderr
    assert [said.count(f"Source f{number}") for number in (1, 2, 3, 4, 5, 6, 8)] == [1] * 7
    assert said.count("Not reached: 127.0.0.1 (sources f7)") == 1
    assert said.count("Fetching deliveries") == 1


def test_ids_names_and_secrets_are_nowhere_but_in_the_inbox(
    ran: tuple[Home, subprocess.CompletedProcess[str]],
) -> None:
    home, _ = ran
    inside = Search(PERSONS)
    inside.tree(home.inbox)
    assert {person.fnr for person in PERSONS} <= {what for what, _, _ in inside.found}
    search = Search(PERSONS)
    search.tree(home.root, leave_out=[home.inbox])
    search.tree(Path(os.environ["XDG_CONFIG_HOME"]))
    search.tree(DBT_PROJECT / "target")
    assert search.files > 20
    assert search.found == []
    secrets = [secret.encode() for secret in (TOKEN, PASSWORD)]
    for file in (path for path in home.root.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert not any(secret in content for secret in secrets), file


def test_a_run_without_a_network_goes_on_with_what_had_landed(
    ran: tuple[Home, subprocess.CompletedProcess[str]], postgres: Postgres
) -> None:
    """The services are gone, the database has a new row: that one is fetched all the same."""
    home, _ = ran
    postgres.owner(
        f"insert into epj.koordinator values ('K-9', '{PERSONS[6].fnr}', 'koordinator', '17', "
        "'2023-02-01', '2024-02-01')"
    )
    before = json.loads(home.current_pointer.read_text(encoding="utf-8"))
    done = run(home, postgres)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Not reached: 127.0.0.1 (sources ip, ssb, f1, f2, f3, f7)") == 1
    assert json.loads(home.current_pointer.read_text(encoding="utf-8")) != before
    with duckdb.connect(str(only_warehouse(home)), read_only=True) as warehouse:
        landed = warehouse.sql(
            "select source, count(*) from landing.delivery inner join landing.source "
            "using (source_number) where status = 'in_force' group by all order by all"
        ).fetchall()
    assert landed == [("epj", 2), ("folk", 1), ("ip", 1), ("ssb", 1)]
