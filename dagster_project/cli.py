"""The command `samordna`: what a person at a terminal can do with an installation."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from dagster_project import progress
from dagster_project.closed import close_to_others
from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import PROJECT, Home, home_from
from dagster_project.config.sources import Delivery, Source
from dagster_project.config.template import COMPARE_YML, SOURCES_YML
from dagster_project.connectors.fetch import read_problems
from dagster_project.identity.keys import open_keys
from dagster_project.landing.continuity import changed_settings
from dagster_project.landing.deliveries import Manifest, Status
from dagster_project.landing.outcomes import read_outcome
from dagster_project.lock import writing
from dagster_project.pointer import current_folder
from dagster_project.problems import (
    Problem,
    SamordnaError,
    no_room_left,
    where_it_happened,
    without_right,
)
from dagster_project.publication.explain import Question, rows_of_rule
from dagster_project.publication.explain import explain as explain_figure
from dagster_project.publication.layout import relation
from dagster_project.publication.print_explanation import print_explanation, print_rows
from dagster_project.publication.reader.reference import ALL
from dagster_project.reference.municipalities import municipalities
from dagster_project.run import RunReport, run_once
from dagster_project.serving import public_address
from dagster_project.storage import read_json

if TYPE_CHECKING:
    from dagster_project.compare import Comparison

app = typer.Typer(
    name="samordna",
    help="From a municipality's exports to figures on coordinators and individual plans.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="The home folder of the installation. By default `SAMORDNA_HOME`, else `./home`.",
        show_default=False,
    ),
]
_STALE_AFTER_DAYS = 100
# Statistics of the population come once a year.
_YEARLY_RECORDS = ("befolkning", "framskriving")


def main() -> None:
    """Run the command; a known problem ends it with one sentence and exit status 1."""
    try:
        app()
    except SamordnaError as error:
        err.print(f"[red]✗[/red] {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - its text may quote a cell; its place is enough
        if no_room_left(error):
            problem = Problem("disk_full", {"path": "the home folder"})
        else:
            unexpected = Problem("unexpected_run", where_it_happened(error))
            problem = without_right(error) or unexpected
        err.print(f"[red]✗[/red] {problem}")
        sys.exit(1)


def _closed_home(option: Path | None) -> Home:
    """Return the home that is meant, closed to everybody but its owner."""
    home = home_from(option)
    if opened := close_to_others(home):
        err.print(
            f"[yellow]![/yellow] {opened} files and folders of {home.root} could be read by others "
            "on this machine. They are closed now."
        )
    return home


@app.command()
def init(
    home: HomeOption = None,
    municipality: Annotated[
        str, typer.Option(help="The municipality's number, as the home municipality.")
    ] = "",
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", help="A home that holds others' packages only, and counts nothing."
        ),
    ] = False,
) -> None:
    """Make a home folder: a commented `sources.yml`, an inbox, and a key file outside of both.

    What is there already is left as it is.
    """
    folder = _closed_home(home)
    if compare:
        _init_compare(folder)
        return
    folder.inbox.mkdir(parents=True, exist_ok=True)
    if folder.sources_file.exists():
        out.print(f"{folder.sources_file} is there already and was left as it is.")
    else:
        text = SOURCES_YML.replace("{municipality}", municipality or "0000")
        folder.sources_file.write_text(text, encoding="utf-8")
        out.print(f"Wrote {folder.sources_file}. Every line of it is explained; make it your own.")
    installation = load_installation(folder)
    keys = open_keys(installation)
    code = installation.home_code
    if code:
        keys.pseudonymiser(code)
        out.print(f"The key file is {keys.file}. Back it up apart from the data.")
    else:
        out.print(
            "The key file is made by the first run, when `home_municipality:` has been filled in."
        )
    out.print(f"Put the exports in {folder.inbox}, then: samordna run --home {folder.root}")


def _init_compare(folder: Home) -> None:
    packages = folder.root / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    if folder.sources_file.exists():
        out.print(f"{folder.sources_file} is there already and was left as it is.")
    else:
        folder.sources_file.write_text(COMPARE_YML, encoding="utf-8")
        out.print(f"Wrote {folder.sources_file}. Write the public key of each municipality there.")
    load_installation(folder)
    out.print(f"Put the packages in {packages}, then: samordna receive --home {folder.root}")


@app.command()
def demo(
    home: HomeOption = None,
    seed: Annotated[int, typer.Option(help="Another seed makes another world.")] = 2025,
) -> None:
    """Make a demo home: the exports of six municipalities, simulated, with the truth beside them.

    All persons are test persons. Exports of an earlier demo are replaced. A second home beside it
    receives what the six share.
    """
    from dagster_project.demo import make_demo  # noqa: PLC0415 - only this command needs it
    from dagster_project.demo.comparing import write_comparing_home  # noqa: PLC0415

    folder = _closed_home(home)
    began = time.monotonic()
    summary = make_demo(folder, seed)
    second = write_comparing_home(folder)
    keys = open_keys(load_installation(folder))
    rows, seconds = sum(summary.rows.values()), time.monotonic() - began
    out.print(
        f"Made {summary.files} exports of {summary.municipalities} municipalities "
        f"({rows:,} rows) in {folder.root}, in {seconds:.0f} s."
    )
    out.print(f"The key file will be {keys.file}.")
    out.print(f"What its runs share is received by: samordna run --home {second.root}")


@app.command()
def run(
    home: HomeOption = None,
    as_of: Annotated[
        str,
        typer.Option(
            help="The day the figures are as of, of all (ISO). Default: each municipality's own "
            "latest delivery."
        ),
    ] = "",
    accept_loss: Annotated[
        bool,
        typer.Option(
            "--accept-loss", help="Publish although deliveries of the publication before are gone."
        ),
    ] = False,
    with_dbt: Annotated[
        bool,
        typer.Option(
            "--with-dbt",
            help="Let dbt itself build the models; by default its SQL is run straight, which makes "
            "the same in less time.",
        ),
    ] = False,
) -> None:
    """Fetch and land what has been delivered, build what has changed, check it and publish.

    Only municipalities of which something has changed are built anew. Exit status 0 only if the
    figures of all are published. A delivery that cannot be read fails alone: the others go on, and
    what was published stays until something better is.
    """
    folder = _closed_home(home)
    _as_date("--as-of", as_of)
    began = time.monotonic()
    installation = load_installation(folder)
    if installation.only_compares:
        if not _exchange(installation):
            raise typer.Exit(1)
        out.print("Nothing is counted here. See what was received:")
        out.print(f"samordna serve --home {folder.root}")
        return
    with _ended_in_order(), _progress():
        report = run_once(installation, as_of, accept_loss=accept_loss, with_dbt=with_dbt)
        if report.published:
            from dagster_project.register.ledger import settle_all  # noqa: PLC0415 - slow to load

            report.remarks += settle_all(folder)
    if report.new_keys:
        out.print(
            f"Made a key for {', '.join(report.new_keys)} in {report.key_file}. Back it up apart "
            "from the data: without it nothing that follows can be joined with what has landed."
        )
    _print_problems(installation)
    for remark in report.remarks:
        out.print(remark)
    for failure in report.failures:
        err.print(f"[red]✗[/red] {failure}")
    if not report.published:
        err.print("[red]✗[/red] Nothing was published. What was published before stays.")
        raise typer.Exit(1)
    _print_what_came_out(folder, report, time.monotonic() - began)
    # What is published is published, whatever becomes of packages.
    all_exchanged = _exchange(installation)
    if report.failures or not all_exchanged:
        raise typer.Exit(1)


def _exchange(installation: Installation) -> bool:
    """Share and receive as `sources.yml` says; return whether all went well."""
    from dagster_project.sharing.exchange import exchange  # noqa: PLC0415 - few have it

    with _ended_in_order():
        done = exchange(installation)
    for line in done.lines:
        out.print(line)
    for failure in done.failures:
        err.print(f"[red]✗[/red] {failure}")
    return not done.failures


@app.command()
def share(
    home: HomeOption = None,
    municipality: Annotated[
        str, typer.Option(help="The municipality's number. Default: the home municipality.")
    ] = "",
    preview: Annotated[
        bool,
        typer.Option(
            "--preview", help="Print what protection costs in precision, and write nothing."
        ),
    ] = False,
    audit: Annotated[
        bool,
        typer.Option(
            "--audit", help="Print what the auditor finds in all that was shared; write nothing."
        ),
    ] = False,
    official: Annotated[
        Path | None,
        typer.Option(
            help="Write an official table of the newest month instead (.xlsx or .csv): exact "
            "counts, those of few persons hidden."
        ),
    ] = None,
    new_key: Annotated[
        bool,
        typer.Option(
            "--new-key", help="Make another signing key, in the place of one that was lost."
        ),
    ] = False,
) -> None:
    """Make the municipality's share package of the current publication, protected and signed.

    Where there is nothing new no version is made. What a package holds: docs/share-package.md.
    """
    from dagster_project.sharing.command import (  # noqa: PLC0415 - only here
        audit_at_terminal,
        official_at_terminal,
        preview_at_terminal,
        share_at_terminal,
    )

    installation = load_installation(_closed_home(home))
    with _ended_in_order():
        if preview:
            preview_at_terminal(installation, municipality, out)
            return
        if audit:
            if not audit_at_terminal(installation, municipality, out):
                raise typer.Exit(1)
            return
        if official is not None:
            official_at_terminal(installation, municipality, official, out)
            return
        for line in share_at_terminal(installation, municipality, new_key=new_key):
            out.print(line)


@app.command()
def receive(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Packages. Default: what is new in the folder of `compare:`."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Receive other municipalities' packages. One that is refused says why, and changes nothing."""
    from dagster_project.sharing.command import receive_at_terminal  # noqa: PLC0415 - only here

    installation = load_installation(_closed_home(home))
    with _ended_in_order():
        all_received = receive_at_terminal(installation, files or (), out, err)
    if not all_received:
        raise typer.Exit(1)


@app.command()
def withdraw(
    source: Annotated[str, typer.Argument(help="The source, as sources.yml names it.")],
    file: Annotated[
        str, typer.Argument(help="The delivery, as `samordna status` or the dashboards name it.")
    ] = "",
    home: HomeOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every delivery of the source instead of one.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Let it count again.")] = False,
    why: Annotated[str, typer.Option(help="Why; kept with the delivery.")] = "",
) -> None:
    """Take a delivery back that was wrong: the next run builds the figures without it.

    The file may lie in the inbox still; it does not land again. `--undo` lets it count again.
    """
    from dagster_project.landing.withdrawal import take_back  # noqa: PLC0415 - only here

    if bool(file) == every:
        raise SamordnaError("withdraw_which", source=source)
    folder = _closed_home(home)
    for entry in take_back(folder, source, None if every else file, why, undo=undo):
        did = "Counts again" if undo else "Taken back"
        out.print(f"{did}: {source}, {entry.file} of {entry.delivered} ({entry.rows_read:,} rows).")
    out.print(f"The figures are as before until: samordna run --home {folder.root}")


@app.command()
def rename(
    old: Annotated[str, typer.Argument(help="The name that the source had.")],
    new: Annotated[str, typer.Argument(help="The name that sources.yml gives it now.")],
    home: HomeOption = None,
) -> None:
    """Move what has landed of a source to the new name that `sources.yml` gives it."""
    from dagster_project.landing.renaming import rename_source  # noqa: PLC0415 - only here

    folder = _closed_home(home)
    with writing(folder):
        moved = rename_source(load_installation(folder), old, new)
    out.print(
        f"Moved {moved} deliveries from {old} to {new}. Now: samordna run --home {folder.root}"
    )


@app.command()
def compare(
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="A parameter and its other value: `bridge_days=60`. Repeatable."
        ),
    ] = None,
    publication: Annotated[
        str,
        typer.Option(
            help="Instead of `--set`: the id of a former publication, or `previous` for the newest "
            "that was counted by other definitions."
        ),
    ] = "",
    home: HomeOption = None,
    municipality: Annotated[
        str, typer.Option(help="The number of the one municipality to compare. Default: all.")
    ] = "",
    as_of: Annotated[
        str,
        typer.Option(
            help="The day the figures are as of, of all (ISO). Default: each municipality's own "
            "latest delivery."
        ),
    ] = "",
) -> None:
    """Show what the figures are by other definitions: by `--set`, or as `--publication` had them.

    Counts what has landed, and publishes nothing. Every figure that differs is written as CSV to
    `reports/` in the home folder.
    """
    from dagster_project.compare import compare as compare_sets  # noqa: PLC0415 - only here
    from dagster_project.compare_publication import compare_with_publication  # noqa: PLC0415
    from dagster_project.compare_report import write_report  # noqa: PLC0415
    from dagster_project.compare_terminal import print_since  # noqa: PLC0415

    if bool(setting) == bool(publication):
        raise SamordnaError("compare_which")
    folder = _closed_home(home)
    day = _as_date("--as-of", as_of)
    language = load_installation(folder).language
    with _ended_in_order(), _progress():
        if publication:
            since = compare_with_publication(folder, publication, municipality, day)
            found = since.figures
        else:
            found = compare_sets(folder, setting or (), municipality, day)
    if publication:
        print_since(since, language, out)
    else:
        _print_comparison(found)
    if found.cells:
        file = write_report(folder, found, language)
        out.print(f"\nEvery figure that differs ({len(found.cells):,}): {folder.reports / file}")


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a request to end (SIGTERM) end the command as Ctrl-C does: what it made is removed."""

    def end(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _print_comparison(found: Comparison) -> None:
    shown = found.at_a_glance
    out.print(f"\nAs defined now: {found.set_before}. Changed: {found.set_after}.")
    if not shown:
        days = ", ".join(sorted({str(day) for day in found.as_of.values()}))
        out.print(f"No figure of all ages and service areas differs on {days}.")
        return
    table = Table(box=None, pad_edge=False, title_justify="left")
    table.title = "All ages and service areas, on the day that each municipality is counted up to"
    for header in ("Municipality", "Day", "Indicator"):
        table.add_column(header)
    for header in ("Now", "Changed", "Difference"):
        table.add_column(header, justify="right")
    for cell in shown:
        table.add_row(
            found.municipalities[cell.municipality_code],
            str(cell.reference_date),
            cell.indicator,
            _figure(cell.kind, cell.value_before),
            _figure(cell.kind, cell.value_after),
            _figure(cell.kind, cell.difference, is_difference=True),
        )
    out.print(table)


def _figure(kind: str, value: float | None, *, is_difference: bool = False) -> str:
    if value is None:
        return "-"
    sign = "+" if is_difference else ""
    if kind == "share":
        return f"{100 * value:{sign}.1f} {'pp' if is_difference else '%'}"
    return f"{value:{sign},.0f}" if kind == "count" else f"{value:{sign},.1f}"


@app.command()
def serve(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="The port of this machine.")] = 8501,
    address: Annotated[
        str,
        typer.Option(
            help="What readers know the server by: a host name of this machine, which it then"
            " listens on; or the URL of a proxy before it, as `https://figures.example.no/`."
        ),
    ] = "",
    allow_withdraw: Annotated[
        bool,
        typer.Option(
            "--allow-withdraw",
            help="Whoever opens the pages on this machine may take deliveries back there.",
        ),
    ] = False,
) -> None:
    """Serve the dashboards of the current publication, on this machine or by an address."""
    if allow_withdraw and address:
        raise SamordnaError("withdraw_served", address=address)
    folder = _closed_home(home)
    load_installation(folder)
    public = public_address(address, port)
    out.print(f"The dashboards are at {public.url} (stop with Ctrl-C).")
    sys.stdout.flush()
    command = [sys.executable, "-m", "streamlit", "run", "server.py"]
    command += [f"--server.port={port}", *public.settings]
    # The dashboards' own configuration lies beside them.
    os.chdir(PROJECT / "dashboards")
    # The server takes this process's place: whoever ends one has ended the other.
    environment = {**os.environ, "SAMORDNA_HOME": str(folder.root)}
    if address:
        environment["SAMORDNA_ADDRESS"] = public.url
    environment["SAMORDNA_ALLOW_WITHDRAW"] = "yes" if allow_withdraw else ""
    os.execve(sys.executable, command, environment)  # noqa: S606


@app.command()
def report(
    home: HomeOption = None,
    municipality: Annotated[
        str, typer.Option(help="The municipality's number. Default: the home municipality.")
    ] = "",
    date: Annotated[
        str,
        typer.Option(
            help="The day that the figures are of (ISO); the nearest that is counted. Default: the "
            "newest."
        ),
    ] = "",
    language: Annotated[
        str, typer.Option(help="nb, nn or en. Default: as `sources.yml` has it.")
    ] = "",
    scenario: Annotated[
        Path | None, typer.Option(help="A scenario file that the budget is reckoned by.")
    ] = None,
    edition: Annotated[
        str, typer.Option(help="internal, or public: without counts of 1 to 4 persons.")
    ] = "internal",
    to: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Where to. Default: `reports/<municipality>/<year>/` in the home."
        ),
    ] = None,
    template: Annotated[
        bool,
        typer.Option(
            "--template", help="Write the Word template to make your own of, and no report."
        ),
    ] = False,
) -> None:
    """Make the annual report: Word, PDF, slides, and what it was made of.

    What you write in `reports/<municipality>/<year>/text.yml`, or on the page *Årsrapport*, stands
    first in its chapter. The same publication, texts and scenario give the same bytes.
    """
    # What makes reports takes a while to load, and no other command needs it.
    from dashboards.report.command import make_at_terminal  # noqa: PLC0415

    folder = _closed_home(home)
    installation = load_installation(folder)
    code = municipality or installation.home_code or ""
    day = _as_date("--date", date)
    began = time.monotonic()

    def progressed(what: str) -> None:
        err.print(f"{time.monotonic() - began:5.1f} s  {what}")

    for line in make_at_terminal(
        folder, code, day, language, scenario, edition, to, progressed, template_only=template
    ):
        out.print(line)


@app.command("backup")
def back_up(
    file: Annotated[Path, typer.Argument(help="The file that is written.", show_default=False)],
    home: HomeOption = None,
) -> None:
    """Write what people have written (the register) into one file, to be kept elsewhere."""
    from dagster_project.register.backup import backup  # noqa: PLC0415 - loads a database's tools
    from dagster_project.register.database import open_register  # noqa: PLC0415

    try:
        contents = backup(open_register(_closed_home(home)), file)
    except OSError as error:
        reason = error.strerror or "unknown"
        raise SamordnaError("home_unwritable", path=str(file), reason=reason) from None
    out.print(f"Wrote {file}: {_rows_in_words(contents.rows)}.")


@app.command("restore")
def restore_register(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.", show_default=False)],
    home: HomeOption = None,
) -> None:
    """Fill an empty register with what a backup holds, all of it or nothing."""
    from dagster_project.register.backup import restore  # noqa: PLC0415 - loads a database's tools
    from dagster_project.register.database import unopened_register  # noqa: PLC0415

    register = unopened_register(_closed_home(home))
    contents = restore(register, file)
    out.print(f"Restored {register.place}: {_rows_in_words(contents.rows)}.")


def _rows_in_words(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in rows.items())


@app.command()
def explain(
    municipality: Annotated[str, typer.Option(help="The municipality, by number or name.")],
    indicator: Annotated[str, typer.Option(help="The indicator, as `coordinator_coverage`.")],
    home: HomeOption = None,
    date: Annotated[str, typer.Option(help="The reference date (ISO). Default: the latest.")] = "",
    age_group: Annotated[str, typer.Option(help="An age group, as `80-89`.")] = ALL,
    service_area: Annotated[str, typer.Option(help="A service area, as `home_care`.")] = ALL,
    rule: Annotated[
        str, typer.Option(help="List the rows that this rule touched, instead of the figure.")
    ] = "",
) -> None:
    """Explain a published figure: its definition, sources, the way from the rows, and its grade."""
    folder = _closed_home(home)
    load_installation(folder)
    # Rather a line that the terminal breaks than a file's name that is cut.
    wide = Console(highlight=False, soft_wrap=True, width=max(out.width, 240))
    if rule:
        print_rows(wide, rule, rows_of_rule(folder, municipality, rule))
        return
    asked = Question(municipality, indicator, _as_date("--date", date), age_group, service_area)
    print_explanation(wide, explain_figure(folder, asked))


@app.command("sql")
def ask_in_sql(
    query: Annotated[str, typer.Argument(help='As `"select * from marts.coverage limit 10"`.')],
    home: HomeOption = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Every row as CSV, with a header, to the terminal.")
    ] = False,
) -> None:
    """Ask the marts of all municipalities in SQL (DuckDB), as they are published now; read only."""
    from dagster_project.asking import ask, write_csv  # noqa: PLC0415 - only here

    folder = _closed_home(home)
    load_installation(folder)
    if as_csv:
        write_csv(folder, query, sys.stdout)
        return
    columns, rows, has_more = ask(folder, query)
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    out.print(table)
    if has_more:
        out.print(f"\nThe first {len(rows):,} rows. All of them: --csv.")


@app.command()
def status(home: HomeOption = None) -> None:
    """Show what was delivered and when, what is stale, what failed, and what is published."""
    from dagster_project.sharing.command import print_packages  # noqa: PLC0415 - only here

    folder = _closed_home(home)
    installation = load_installation(folder)
    print_packages(folder, out, err)
    if installation.only_compares:
        out.print("Nothing is counted here: the home holds packages of others alone.")
        return
    table = Table(box=None, pad_edge=False)
    for header in ("Source", "Record", "Latest delivery", "Date", "Rows", "Status"):
        table.add_column(header, justify="right" if header == "Rows" else "left")
    manifests = {source.name: Manifest(folder, source) for source in installation.sources}
    # A source is late beside the others of its municipality, and of no other one.
    newest_of: dict[str, dt.date] = {}
    for source in installation.sources:
        delivered = [entry.delivered for entry in manifests[source.name].in_force()]
        place = installation.municipality_of(source)
        newest_of[place] = max([newest_of.get(place, dt.date.min), *delivered])
    for source in installation.sources:
        newest = newest_of[installation.municipality_of(source)]
        table.add_row(*_status_row(folder, source, manifests[source.name], newest))
    out.print(table)
    newest = max(newest_of.values(), default=dt.date.min)
    if newest > dt.date.min:
        age = (dt.datetime.now(tz=dt.UTC).date() - newest).days
        out.print(f"\nThe newest delivery is of {newest} ({age} days ago).")
    _print_problems(installation)
    published = current_folder(folder)
    if published is None:
        out.print("Nothing has been published yet.")
    else:
        manifest = read_json(published / "manifest.json")
        out.print(f"Published: {manifest['publication']}, made {manifest['made_at']}.")
        names = municipalities().name_today
        for code, day in manifest.get("as_of_by_municipality", {}).items():
            out.print(f"  {names.get(code, code)} is counted up to {day}.")


def _as_date(option: str, written: str) -> dt.date | None:
    if not written:
        return None
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        err.print(f"[red]✗[/red] {option} {written}: not a date. Write it as 2025-12-31.")
        raise typer.Exit(1) from None


def _status_row(home: Home, source: Source, manifest: Manifest, newest: dt.date) -> list[str]:
    entries, in_force = manifest.entries(), manifest.in_force()
    latest = in_force[-1] if in_force else None
    of_day = in_force[-1:]
    if latest and source.delivery is Delivery.SNAPSHOT:
        of_day = [entry for entry in in_force if entry.delivered == latest.delivered]
    states = []
    if len(of_day) > 1:
        states.append(f"{len(of_day)} parts")
    if taken_back := sum(entry.status is Status.WITHDRAWN for entry in entries):
        states.append(f"{taken_back} taken back")
    if failed := sum(entry.status is Status.FAILED for entry in entries):
        states.append(f"[red]{failed} failed[/red]")
    if held := sum(entry.status is Status.HELD for entry in entries):
        states.append(f"[yellow]{held} held back[/yellow]")
    awaited = source.record not in _YEARLY_RECORDS
    if awaited and latest and (newest - latest.delivered).days > _STALE_AFTER_DAYS:
        states.append(f"[yellow]stale: {(newest - latest.delivered).days} days behind[/yellow]")
    if latest is None and not states:
        states.append(
            "[red]nothing delivered[/red]" if read_outcome(home, source.name) else "not run yet"
        )
    return [
        source.name,
        source.record,
        " + ".join(entry.file for entry in of_day) or "-",
        str(latest.delivered) if latest else "-",
        f"{sum(entry.rows_read for entry in of_day):,}" if latest else "-",
        ", ".join(states) or "[green]ok[/green]",
    ]


def _print_problems(installation: Installation) -> None:
    for problem in (*installation.problems, *changed_settings(installation)):
        err.print(f"[yellow]![/yellow] {problem}")
    for problem in read_problems(installation):
        err.print(f"[yellow]![/yellow] {problem}")
    for source in installation.sources:
        for problem in read_outcome(installation.home, source.name).get("problems", []):
            err.print(f"[yellow]![/yellow] {problem}")
        for entry in Manifest(installation.home, source).in_force()[-1:]:
            for notice in entry.read_notices():
                err.print(f"[blue]i[/blue] {notice}")


def _print_what_came_out(home: Home, report: RunReport, seconds: float) -> None:
    folder = home.published / (report.publication or "")
    with duckdb.connect() as connection:
        read, counted, quarantined = connection.execute(
            "select sum(rows_read), sum(rows_counted), sum(rows_quarantined) "  # noqa: S608
            f"from {relation(folder, 'reconciliation')} "
            "where status in ('in_force', 'replaced', 'held')"
        ).fetchone() or (0, 0, 0)
        figures = connection.execute(
            f"""
            select municipality_name, reference_date, numerator, denominator, value
            from {relation(folder, "coverage")} as coverage
            inner join {relation(folder, "municipality")} as municipality
                using (municipality_code)
            where
                indicator = 'coordinator_coverage'
                and (age_scheme, age_group, service_area) = ('standard', 'all', 'all')
            qualify reference_date = max(reference_date) over (partition by municipality_code)
            order by municipality_name
            """  # noqa: S608 - of nothing but the words above and the publication's files
        ).fetchall()
    out.print(
        f"\nRows read {read or 0:,}, counted {counted or 0:,}, quarantined {quarantined or 0:,}."
    )
    if figures:
        table = Table(box=None, pad_edge=False, title_justify="left")
        table.title = "Coordinator coverage of the estimated target group"
        for header in ("Municipality", "Up to", "With coordinator", "Target group", "Coverage"):
            table.add_column(header, justify="left" if header == "Municipality" else "right")
        for name, day, numerator, denominator, value in figures:
            shown = (f"{numerator:,}", f"{denominator:,}", f"{100 * value:.1f} %")
            table.add_row(name, str(day), *shown)
        covered, of = sum(row[2] for row in figures), sum(row[3] for row in figures)
        table.add_row("Persons covered", "", f"{covered:,}", f"{of:,}", "")
        out.print(table)
    if report.built or report.is_new:
        out.print(f"\nPublished {folder} in {seconds:.0f} s; built: {len(report.built)} parts.")
    else:
        out.print(f"\nNothing new. {folder} is confirmed, in {seconds:.1f} s.")
    out.print(f"See it: samordna serve --home {home.root}")
    out.print(f'Ask it: samordna sql "select ..." --home {home.root}')


_STAGES = {
    progress.Stage.FETCHING: "Fetching deliveries",
    progress.Stage.LANDING: "Reading deliveries",
    progress.Stage.WAREHOUSE: "Building the warehouse",
    progress.Stage.CHECKS: "Checking the figures",
    progress.Stage.PUBLICATION: "Publishing",
}


@contextmanager
def _progress() -> Iterator[None]:
    """Show how far a run has come; on a terminal as bars, elsewhere as a line for each stage."""
    if not err.is_terminal:
        reported: set[progress.Stage] = set()

        def report_once(stage: progress.Stage, _what: str, _done: int, _total: int) -> None:
            if stage not in reported:
                reported.add(stage)
                err.print(f"{_STAGES[stage]} ...")

        with progress.listening(report_once):
            yield
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[what]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bars:
        tasks: dict[progress.Stage, TaskID] = {}

        def show(stage: progress.Stage, what: str, done: int, total: int) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bars.update(task, total=1, completed=1, what="")
                tasks[stage] = bars.add_task(_STAGES[stage], total=None, what=what)
            bars.update(tasks[stage], what=what, completed=done, total=total or None)

        with progress.listening(show):
            yield
        for task in tasks.values():
            bars.update(task, total=1, completed=1, what="")
