"""What a run does with packages after it has published: share, and receive, where it is set to."""

from __future__ import annotations

from dataclasses import dataclass, field

from dagster_project.config.installation import Installation
from dagster_project.problems import SamordnaError
from dagster_project.reference.municipalities import municipalities
from dagster_project.sharing.package import Manifest


@dataclass
class Exchanged:
    """What was shared and received, in a line each, and what was not, and why."""

    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def exchange(installation: Installation) -> Exchanged:
    """Share what `share:` says and receive from the folder that `compare:` names.

    A municipality that cannot share stops no other; so does a package that is refused.
    """
    done = Exchanged()
    if installation.share is not None:
        share_all(installation, done)
    if installation.compare is not None and installation.compare.packages is not None:
        receive_new(installation, done)
    return done


def share_all(installation: Installation, done: Exchanged) -> None:
    """Make the next packages of the municipalities that `share:` names."""
    # The solver takes a while to load, and most installations share nothing.
    from dagster_project.sharing.share import share  # noqa: PLC0415

    of = installation.share.municipalities if installation.share else ()
    for code in of or (installation.home_municipality,):
        try:
            shared = share(installation, code)
        except SamordnaError as error:
            done.failures.append(str(error))
            continue
        name = installation.home.relative(shared.file)
        if shared.is_new:
            done.lines.append(f"Shared {name}.")
        if shared.key_is_new:
            done.lines.append(f"Its public key, for those who receive it: {shared.public_key}")


def receive_new(installation: Installation, done: Exchanged) -> None:
    """Receive what is new in the folder of packages."""
    from dagster_project.sharing.receive import receive_folder  # noqa: PLC0415

    try:
        receipt = receive_folder(installation)
    except SamordnaError as error:
        done.failures.append(str(error))
        return
    done.lines += [received_line(manifest) for manifest in receipt.received]
    done.lines += map(str, receipt.remarks)
    done.failures += map(str, receipt.refused)


def received_line(manifest: Manifest) -> str:
    """Return what is told of a package that was received."""
    code = manifest.municipality_code
    name = municipalities().name_today.get(code, code)
    return f"Received version {manifest.version} of {name} ({code}), up to {manifest.month}."
