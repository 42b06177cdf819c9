"""Small homes: a few files, landed and built by the real code, for tests of rules and failures."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import duckdb
import yaml

from dagster_project.built import find, make
from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import DBT_PROJECT, Home
from dagster_project.config.sources import Source
from dagster_project.connectors.fetch import fetch_all
from dagster_project.identity.maskers import Maskers
from dagster_project.landing.catalogue import read_catalogue, read_landed, write_catalogue
from dagster_project.landing.deliveries import CheckResult, Unchecked
from dagster_project.landing.files import find_files
from dagster_project.landing.land import Check, Lander
from dagster_project.landing.reading import SourceOutcome
from dagster_project.publication.publish import PublicationResult, publish
from dagster_project.run import plan_parts
from dagster_project.straight import build
from dagster_project.warehouse import Building, begin, build_environment
from tests.support.persons import fnr

Row = Mapping[str, object]
DBT = Path(sys.executable).with_name("samordna-dbt")


def found_at_once(found: list[list[CheckResult]]) -> Future[list[list[CheckResult]]]:
    """Return what checks have found without waiting."""
    answer: Future[list[list[CheckResult]]] = Future()
    answer.set_result(found)
    return answer


def no_checks(
    _source: Source, _standing: Sequence[Unchecked], arrived: Sequence[Unchecked]
) -> Future[list[list[CheckResult]]]:
    """Check nothing: for tests that are not about checks."""
    return found_at_once([[] for _ in arrived])


def tell_warehouse(connection: duckdb.DuckDBPyConnection, installation: Installation) -> None:
    """Make the schema `landing` of all that has landed of an installation."""
    landed = read_landed(installation)
    write_catalogue(connection, read_catalogue(installation, Maskers(installation), landed, None))


def only_warehouse(home: Home) -> Path:
    """Return the one warehouse behind the publication of a home of one part."""
    (file,) = home.warehouse.glob("*/warehouse.duckdb")
    return file


def publish_parts(home: Home, as_of: str = "") -> PublicationResult:
    """Build what has landed, each municipality by itself, and publish it. Data tests fail it."""
    installation = load_installation(home)
    parts = plan_parts(installation, Maskers(installation), as_of, accept_loss=True)
    return publish(home, [find(home, part) or make(home, part) for part in parts])


def land_all(lander: Lander) -> dict[str, SourceOutcome]:
    """Land every source of an installation, and return what was done by source."""
    sources = lander.installation.sources
    return {source.name: lander.commit(lander.read(source)) for source in sources}


class SmallHome:
    """A home folder that a test fills source by source."""

    def __init__(self, root: Path, municipality: str = "4602", **top: object) -> None:
        self.home = Home(root)
        self.home.inbox.mkdir(parents=True)
        self.waited: list[float] = []
        self._settings: dict[str, Any] = {
            "home_municipality": municipality,
            "allow_synthetic_ids": True,
            **top,
            "sources": [],
        }

    def source(self, name: str, record: str, **said: object) -> SmallHome:
        """Add a source whose files lie in `inbox/<name>/`, or are fetched by a connector."""
        place = {} if "connector" in said else {"path": f"inbox/{name}/*"}
        entry = {"name": name, "record": record, **place, **said}
        self._settings["sources"].append(entry)
        (self.home.inbox / name).mkdir(exist_ok=True)
        self.write_settings()
        return self

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The sources as `write_settings` writes them."""
        sources: list[dict[str, Any]] = self._settings["sources"]
        return sources

    def say(self, **top: object) -> None:
        """Say something else at the top of `sources.yml`."""
        self._settings |= top
        self.write_settings()

    def write_settings(self) -> None:
        """Write `sources.yml` as it is now."""
        text = yaml.safe_dump(self._settings, allow_unicode=True, sort_keys=False)
        self.home.sources_file.write_text(text, encoding="utf-8")

    def deliver(
        self, name: str, date: str, rows: Sequence[Row] | str | bytes, ending: str = "csv"
    ) -> Path:
        """Put a delivery of that date (yyyymmdd) in the inbox."""
        path = self.home.inbox / name / f"{name}_{date}.{ending}"
        if isinstance(rows, bytes):
            path.write_bytes(rows)
        else:
            path.write_text(rows if isinstance(rows, str) else as_csv(rows), encoding="utf-8")
        # Long enough ago that a run need not wait whether it goes on being written.
        then = time.time_ns() - 60 * 10**9
        os.utime(path, ns=(then, then))
        return path

    def fetch(self, date: str = "20240131") -> list[str]:
        """Fetch from every source that is fetched, on that day and without waiting.

        Returns what went wrong; `waited` holds the seconds that would have been waited.
        """
        self.waited = []
        today = dt.datetime.strptime(date, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        problems = fetch_all(load_installation(self.home), today, self.waited.append)
        return [str(problem) for problem in problems]

    def fetched(self, name: str) -> list[str]:
        """Return what has been fetched of a source, as text, in the order of delivery."""
        files = find_files(self.home, self.source_named(name))
        return [file.read_text(encoding="utf-8") for file in files]

    def land(self, check: Check = no_checks) -> dict[str, SourceOutcome]:
        """Land everything, and return what was done by source."""
        return land_all(Lander(load_installation(self.home), check))

    def build(self, as_of: str | None = None, *, tests: bool = True) -> duckdb.DuckDBPyConnection:
        """Land and build the warehouse, and return it open. Data tests fail the build."""
        self.land()
        installation = load_installation(self.home)
        date = dt.date.fromisoformat(as_of) if as_of else None
        begin(installation, Maskers(installation), date).close()
        build(Building.whole(self.home), tests=tests)
        return duckdb.connect(str(self.home.building), read_only=True)

    def publish(self, as_of: str = "") -> PublicationResult:
        """Land, build each municipality by itself, and publish."""
        self.land()
        return publish_parts(self.home, as_of)

    def source_named(self, name: str) -> Source:
        """Return the source as the settings read it."""
        return next(s for s in load_installation(self.home).sources if s.name == name)


def run_dbt(home: Home, command: str, *extra: str) -> None:
    """Run dbt on a home's file; what failed is in the error."""
    done = subprocess.run(
        [str(DBT), "--quiet", command, "--target-path", str(home.dbt_target), *extra],
        cwd=DBT_PROJECT,
        env={
            **os.environ,
            **build_environment(Building.whole(home)),
            "DBT_LOG_PATH": str(home.dbt_target),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"dbt {command} failed:\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}")


def as_csv(rows: Sequence[Row], delimiter: str = ";") -> str:
    """Return rows as delimited text; the columns are those of all rows together."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return text.getvalue()


def person(number: int, born: str = "1980-05-15", **said: object) -> dict[str, object]:
    """Return a row of the person register; the name follows the number."""
    return {"fnr": fnr(born, number), "navn": name(number), "fodselsdato": born, **said}


def name(number: int) -> str:
    """Return a name that only the number-th person of a test has."""
    syllables = ["ba", "de", "fi", "go", "lu", "my", "nå", "pæ", "rø", "sa"]
    word = "".join(syllables[int(digit)] for digit in str(number))
    return f"Test{word} Prøve{word}"


def coordinator(registration: str, number: int, first: str, last: str = "", **said: object) -> Row:
    """Return a coordinator registration of a person born 1980-05-15 by default."""
    born = str(said.pop("born", "1980-05-15"))
    return {
        "registrering_id": registration,
        "fnr": fnr(born, number),
        "rolle": "koordinator",
        "koordinator_id": "17",
        "fra_dato": first,
        "til_dato": last,
        **said,
    }


def plan(registration: str, number: int, created: str, closed: str = "", **said: object) -> Row:
    """Return a plan registration of a person born 1980-05-15 by default."""
    born = str(said.pop("born", "1980-05-15"))
    return {
        "registrering_id": registration,
        "fnr": fnr(born, number),
        "status": "aktiv",
        "opprettet_dato": created,
        "avsluttet_dato": closed,
        **said,
    }


def service(
    registration: str, number: int, area: str, first: str, last: str = "", **said: object
) -> Row:
    """Return a service of a person born 1980-05-15 by default."""
    born = str(said.pop("born", "1980-05-15"))
    return {
        "tjeneste_id": registration,
        "fnr": fnr(born, number),
        "tjenesteomrade": area,
        "fra_dato": first,
        "til_dato": last,
        **said,
    }


def fetch(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    return warehouse.sql(query).fetchall()


def days(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return rows with dates as ISO text, for reading in an assertion."""
    return [tuple(v.isoformat() if isinstance(v, dt.date) else v for v in row) for row in rows]
