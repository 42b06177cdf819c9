"""`samordna share`, `samordna receive`, and what `samordna status` says of packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.lock import writing
from dagster_project.problems import SamordnaError
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.exchange import received_line
from dagster_project.sharing.reader import ReceivedError, received

_REFUSED_SHOWN = 5


def share_at_terminal(
    installation: Installation, municipality: str, *, new_key: bool
) -> Iterator[str]:
    """Make a municipality's next package, and return what is to be said of it."""
    from dagster_project.sharing.share import share  # noqa: PLC0415 - loads the solver

    shared = share(installation, municipality, new_key=new_key)
    manifest = shared.manifest
    if not shared.is_new:
        yield f"Nothing new: {shared.file} (version {manifest.version}) says it all already."
    else:
        yield f"Wrote {shared.file}: version {manifest.version}, up to {manifest.month}."
        yield (
            f"Small counts are rounded to 0 or {manifest.base}; no total by age, coordinator or "
            f"plan is more than {manifest.worst_margin} from the true one, and in a single service "
            f"area more than {manifest.worst_margin_of_areas}."
        )
        if manifest.held_back:
            yield (
                f"{manifest.held_back} blocks (a month and service area) that were shared before "
                "are shown as they were: what changed in them is too little to be shown apart."
            )
    if shared.key_is_new:
        yield "The signing key is new. Back it up with the key file, apart from the data."
    yield f"Public key of {manifest.municipality_code}, for receivers: {shared.public_key}"


def preview_at_terminal(installation: Installation, municipality: str, out: Console) -> None:
    """Print what protection would cost a municipality, and write nothing."""
    from dagster_project.sharing.preview import preview, tables  # noqa: PLC0415 - loads the solver
    from dagster_project.sharing.share import code_of  # noqa: PLC0415

    found = preview(installation.home, code_of(installation, municipality))
    for table in tables(found):
        out.print(table)
        out.print()
    for base, groups in found.coarser.items():
        out.print(f"Age groups that say enough of coverage, base {base}: {', '.join(groups)}")
    out.print("Nothing was written.")


def audit_at_terminal(installation: Installation, municipality: str, out: Console) -> bool:
    """Print what the auditor finds in a municipality's packages; return whether they hold.

    Raises SamordnaError where nothing was shared.
    """
    from dagster_project.sharing import own  # noqa: PLC0415 - only here
    from dagster_project.sharing.attack import Version, attack  # noqa: PLC0415 - loads the solver
    from dagster_project.sharing.official import (  # noqa: PLC0415 - loads the solver
        kept_tables,
        months_broken_beside,
    )
    from dagster_project.sharing.share import code_of  # noqa: PLC0415 - loads the solver

    home, plan = installation.home, share_plan().plan
    code = code_of(installation, municipality)
    packages = own.packages(home, code)
    if not packages:
        raise SamordnaError("audit_nothing", municipality=code)
    versions = [Version.of(one, plan) for one in packages]
    base = packages[-1].manifest.base
    audit = attack(versions, base)
    months = sorted({block.month for block in versions[-1].blocks})
    out.print(
        f"Attacked: {_many(len(packages), 'package')} of {code}, {months[0]} to {months[-1]}, as "
        "whoever has all of them, knows how they are protected and how many live there."
    )
    out.print(
        f"{audit.cells:,} counts: every cell and sum, neighbouring age groups together, all areas "
        f"less each area, and what two packages differ by; {audit.programmes:,} of them needed a "
        f"linear or an integer programme. {audit.seconds:.1f} s."
    )
    official = kept_tables(home, code)
    beside = months_broken_beside(versions[-1], base, official, plan)
    if official:
        out.print(f"Beside them: {_many(len(official), 'official table')}.")
    for line in audit.lines() if audit.breaks else ():
        out.print(line)
    for month in beside:
        out.print(f"  {month}: the package and the official table give somebody away together")
    if audit.holds and not beside:
        out.print(f"Nothing was found: no count of 1 to {base - 1} is shown or can be proven.")
    return audit.holds and not beside


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def official_at_terminal(
    installation: Installation, municipality: str, file: Path, out: Console
) -> None:
    """Write a municipality's official table of its newest month, and print what is hidden."""
    from dagster_project.sharing.official import (  # noqa: PLC0415 - loads the solver
        Hidden,
        official_table,
    )
    from dagster_project.sharing.official_file import (  # noqa: PLC0415 - only here
        require_suffix,
        write_official,
    )
    from dagster_project.sharing.share import code_of  # noqa: PLC0415 - loads the solver

    require_suffix(file)
    with writing(installation.home):
        code = code_of(installation, municipality)
        table = official_table(installation.home, code, share_plan().plan)
        write_official(table, file, installation.language)
    hidden = table.hidden
    cells = sum(len(row) for row in table.cells)
    out.print(f"Wrote {file}: {table.month}, {len(table.age_groups)} age groups.")
    out.print(
        f"{sum(hidden.values())} of {cells} cells are hidden: {hidden[Hidden.FEW]} of few persons, "
        f"{hidden[Hidden.SECONDARY]} so that these cannot be worked out, {hidden[Hidden.SHARED]} "
        "because of what was shared of the same month."
    )
    out.print(
        "The auditor found no count of 1 to 4 in it, by itself or beside the share packages. "
        "The month has this one official table: it is the same whenever it is written."
    )


def receive_at_terminal(
    installation: Installation, files: Sequence[Path], out: Console, err: Console
) -> bool:
    """Receive files, or what is new in the folder; return whether none was refused."""
    from dagster_project.sharing.receive import (  # noqa: PLC0415 - only here
        receive_files,
        receive_folder,
    )

    receipt = receive_files(installation, files) if files else receive_folder(installation)
    for manifest in receipt.received:
        out.print(received_line(manifest))
    for remark in receipt.remarks:
        out.print(str(remark))
    for refusal in receipt.refused:
        err.print(f"[red]✗[/red] {refusal}")
    if not receipt.received and not receipt.refused:
        out.print("Nothing new to receive.")
    return not receipt.refused


def print_packages(home: Home, out: Console, err: Console) -> None:
    """Print which packages are held, and the latest that were refused."""
    from dagster_project.sharing.held import read_refused  # noqa: PLC0415 - only here

    try:
        found = received(home)
    except ReceivedError:
        problem = SamordnaError("received_damaged", path="received/current.json")
        err.print(f"[yellow]![/yellow] {problem}")
        return
    if found.packages:
        table = Table(box=None, pad_edge=False)
        for header in ("Municipality", "Package", "Up to", "Version", "Definition set"):
            table.add_column(header)
        names = municipalities().name_today
        for code, package in found.packages.items():
            manifest = package.manifest
            table.add_row(
                names.get(package.municipality_today or "", code),
                "our own" if package.is_own else "received",
                manifest.month,
                str(manifest.version),
                manifest.definition_set,
            )
        out.print(table)
    for code in found.unreadable:
        problem = SamordnaError("received_damaged", path=f"received/{code}")
        err.print(f"[yellow]![/yellow] {problem}")
    for refused in read_refused(home)[-_REFUSED_SHOWN:]:
        err.print(
            f"[yellow]![/yellow] Refused {refused.at:%Y-%m-%d}: {refused.file} ({refused.reason})"
        )
