"""Taking deliveries back: what was wrong is no longer counted, and leaves a trace."""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.identity.maskers import Maskers
from dagster_project.landing.catalogue import labelled
from dagster_project.landing.continuity import manifests
from dagster_project.landing.deliveries import Manifest, ManifestEntry, Status, Trace
from dagster_project.lock import writing
from dagster_project.problems import Problem, SamordnaError, did_you_mean

_CAN_BE_TAKEN_BACK = (Status.LANDED, Status.HELD)
# Of these a person is offered: one that another has replaced counts no more as it is.
_IS_OFFERED = ("in_force", "held", "withdrawn")
EVERY_FILE = None


@dataclass(frozen=True)
class LandedDelivery:
    """A delivery as it stands now: the name that people see, and what became of it."""

    entry: ManifestEntry
    label: str
    status: str


def landed(home: Home, sources: Collection[str]) -> list[LandedDelivery]:
    """Return the deliveries of some sources that can be taken or put back, the newest first."""
    found = [
        LandedDelivery(*each)
        for manifest in manifests(home)
        if manifest.folder.name in sources
        for each in labelled(manifest)
        if each[2] in _IS_OFFERED
    ]
    return sorted(found, key=lambda each: each.entry.order, reverse=True)


def take_back(
    home: Home, source: str, file: str | None, why: str, *, undo: bool = False, where: str = ""
) -> list[ManifestEntry]:
    """Take a delivery back, or put it back, for the account that this runs as.

    The next run counts so. `where` is kept beside the account. Raises SamordnaError where that
    cannot be done now.
    """
    act = put_back if undo else withdraw
    with writing(home):
        maskers = Maskers(load_installation(home))
        account = maskers.remark("", getpass.getuser())
        trace = trace_of(f"{account} ({where})" if where else account, why)
        return act(home, source, file, trace, maskers.label, maskers.remark)


def withdraw(
    home: Home,
    source: str,
    file: str | None,
    trace: Trace,
    label: Callable[[str, str], str],
    remark: Callable[[str, str], str],
) -> list[ManifestEntry]:
    """Take back a delivery of a source (`EVERY_FILE`: all), and return what was taken back.

    A file is named as `samordna status` and the dashboards show it, as it is called in the inbox,
    or by its key; of several of one name the one that counts is meant. `label` masks the name
    of a thing of a municipality, `remark` what a person says of it. The caller holds the home's
    lock. Raises SamordnaError where there is no such delivery.
    """
    manifest = _manifest(home, source)
    taken = _found(manifest, source, file, label, _CAN_BE_TAKEN_BACK)
    for entry in taken:
        own = trace.model_copy(
            update={"why": remark(entry.municipality or "", trace.why), "was": entry.status}
        )
        params = {"source": source, "file": entry.file, "day": f"{own.at:%Y-%m-%d}"}
        manifest.write(
            entry.model_copy(
                update={
                    "status": Status.WITHDRAWN,
                    "problem": Problem("withdrawn", params).as_dict(),
                    "trace": [*entry.trace, own],
                }
            )
        )
    return taken


def put_back(
    home: Home,
    source: str,
    file: str | None,
    trace: Trace,
    label: Callable[[str, str], str],
    remark: Callable[[str, str], str],
) -> list[ManifestEntry]:
    """Let a delivery that was taken back count again: the opposite of `withdraw`."""
    manifest = _manifest(home, source)
    found = _found(manifest, source, file, label, (Status.WITHDRAWN,))
    for entry in found:
        was = entry.trace[-1].was or Status.LANDED
        own = trace.model_copy(update={"why": remark(entry.municipality or "", trace.why)})
        # What was held back is looked at anew.
        params = {"source": source, "file": entry.file, "checks": "-"}
        problem = Problem("held", params).as_dict() if was is Status.HELD else None
        update = {"status": was, "problem": problem, "trace": [*entry.trace, own]}
        manifest.write(entry.model_copy(update=update))
    return found


def _manifest(home: Home, source: str) -> Manifest:
    known = manifests(home)
    of_source = [manifest for manifest in known if manifest.folder.name == source]
    if not of_source:
        names = [manifest.folder.name for manifest in known]
        raise SamordnaError("withdraw_source", source=source, hint=did_you_mean(source, names))
    return of_source[0]


def _found(
    manifest: Manifest,
    source: str,
    file: str | None,
    label: Callable[[str, str], str],
    statuses: Sequence[Status],
) -> list[ManifestEntry]:
    """Return the deliveries that a person means."""
    known = [each for each in labelled(manifest) if each[0].status in statuses]
    if file is EVERY_FILE:
        found = [entry for entry, _, _ in known]
    else:
        in_force = {entry.key for entry in manifest.in_force()}
        meant = [
            (entry.key == file, entry.key in in_force, shown == file, entry.order, entry)
            for entry, shown, _ in known
            if file in (shown, entry.file, entry.key)
            or entry.file == label(entry.municipality or "", file)
        ]
        found = [max(meant)[-1]] if meant else []
    if not found:
        shown = [name for _, name, _ in known]
        raise SamordnaError(
            "withdraw_file",
            source=source,
            named=label("", file) if file else "-",
            known=", ".join(shown[-10:]) or "-",
        )
    return found


def trace_of(by: str, why: str) -> Trace:
    """Return the trace of what somebody does now."""
    return Trace(at=dt.datetime.now(tz=dt.UTC), by=by, why=why)
