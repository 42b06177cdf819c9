"""What keeps a register from shrinking without a delivery that says so.

Settings change after data have landed: a source is given another name, another record type or
another municipality, or is left out; files are removed. Each would publish a municipality without
its register, and each stops the run with what to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.landing.catalogue import LandedSource
from dagster_project.landing.deliveries import Manifest, ManifestEntry
from dagster_project.problems import Problem, SamordnaError

# What a delivery that has landed can have become since; a failed one never landed.
_HAD_LANDED = ("in_force", "replaced", "withdrawn")


def refuse_to_lose(installation: Installation) -> None:
    """Raise SamordnaError where what has landed no longer fits what sources.yml says."""
    for problem in changed_settings(installation):
        raise SamordnaError.of(problem)


def changed_settings(installation: Installation) -> Iterable[Problem]:
    """Tell of what has landed and would be lost by what sources.yml says now."""
    home = installation.home
    folders = {
        (manifest.folder.parent.name, manifest.folder.name): entries
        for manifest in manifests(home)
        if (entries := manifest.in_force())
    }
    file = home.sources_file.name
    named = {source.name: source for source in installation.sources}
    for source in installation.sources:
        records = {record for record, name in folders if name == source.name}
        if records and source.record not in records:
            params = {"file": file, "source": source.name, "record": source.record}
            yield Problem("source_record_changed", {**params, "landed": ", ".join(sorted(records))})
    landed = {name for _, name in folders}
    for problem in installation.problems:
        if problem.params["source"] in landed - named.keys():
            yield Problem("source_lost", {"said": str(problem)})
    for (record, name), entries in folders.items():
        if name not in named:
            yield _gone(installation, record, name, entries, landed)
            continue
        own = installation.code_of(named[name])
        before = sorted({entry.municipality for entry in entries if entry.municipality} - {own})
        if own and before and named[name].record == record:
            changed = {"source": name, "now": own, "before": ", ".join(before)}
            yield Problem("municipality_changed", changed)


def _gone(
    installation: Installation,
    record: str,
    name: str,
    entries: Sequence[ManifestEntry],
    landed: Iterable[str],
) -> Problem:
    """Tell of a source that sources.yml names no more; a new one of its kind may be its heir."""
    heirs = [
        source.name
        for source in installation.sources
        if source.record == record and source.name not in landed
    ]
    params: dict[str, str | int] = {
        "source": name,
        "record": record,
        "count": len(entries),
        "heir": heirs[0] if len(heirs) == 1 else "NEW",
    }
    return Problem("source_gone", params)


def manifests(home: Home) -> list[Manifest]:
    """Return the manifest of every source that has landed, named in sources.yml or not."""
    folders = (folder for folder in home.landing.glob("*/*") if not folder.name.startswith("."))
    return [Manifest.of_folder(folder) for folder in sorted(folders) if folder.is_dir()]


def require_all_there(
    landed: Iterable[LandedSource], home: Home, published: Mapping[str, Any]
) -> None:
    """Raise SamordnaError where deliveries of the publication before are there no more.

    `published` is the manifest of the publication that is current, or empty.
    """
    now = {
        each.source.name: sum(delivery.status != "failed" for delivery in each.deliveries)
        for each in landed
    }
    before = Counter(
        str(source["source"])
        for source in published.get("sources", [])
        if source["status"] in _HAD_LANDED and source["source"] in now
    )
    for source, count in before.items():
        if now[source] < count:
            raise SamordnaError(
                "landed_gone",
                source=source,
                lost=count - now[source],
                count=count,
                folder=str(home.landing),
            )
