"""Receiving packages: one that passes everything is kept, any other changes nothing.

Asked of it, in this order: that it is whole and its sender's (`opening`), that it follows what is
held, that its tables are what they should be (`content`), and that all that the sender has shared
so far narrows nobody down (`auditor`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.identity.detection import holds_person_id
from dagster_project.lock import writing
from dagster_project.problems import Problem, SamordnaError
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.share_plan import SharePlan, share_plan
from dagster_project.sharing.held import (
    HeldPackage,
    Refused,
    keep,
    note_refused,
    read_held,
    read_manifest,
    read_members,
)
from dagster_project.sharing.opening import LARGEST, open_package
from dagster_project.sharing.package import Manifest, Package, digest
from dagster_project.sharing.refusal import Refusal, RefusedError, require, sentence

# What packages are called: municipality, month, version.
_NAME = re.compile(r"(\d{4})-\d{4}-\d{2}-v(\d{1,5})\.zip")


@dataclass
class Receipt:
    """What became of some files: which packages were received, and what was refused and why."""

    received: list[Manifest] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)


def receive_folder(installation: Installation) -> Receipt:
    """Receive what is new in the folder that `sources.yml` names. Raises SamordnaError."""
    compare = installation.compare
    if compare is None or compare.packages is None:
        raise SamordnaError("no_packages_folder", file=str(installation.home.sources_file))
    folder = installation.home.root / Path(compare.packages).expanduser()
    if not folder.is_dir():
        raise SamordnaError("packages_folder_missing", path=str(folder))
    files = [path for path in folder.glob("*.zip") if path.is_file() and not path.is_symlink()]
    return receive_files(installation, files, only_new=True)


def receive_files(
    installation: Installation, files: Iterable[Path], *, only_new: bool = False
) -> Receipt:
    """Receive packages, those of one municipality by their version.

    `only_new` passes over files that are held already; otherwise such a one is refused. Raises
    SamordnaError where nothing can be received at all.
    """
    home, receipt = installation.home, Receipt()
    keys = installation.compare.keys if installation.compare else {}
    with writing(home):
        known = {one.file_sha256 for each in read_held(home).values() for one in each}
        for path in sorted(files, key=_by_version):
            content = _content(path)
            sha256 = digest(content)
            if only_new and sha256 in known:
                continue
            name = _shown_name(path)
            try:
                manifest = _receive(home, content, keys, path.name)
            except RefusedError as refused:
                now = dt.datetime.now(tz=dt.UTC)
                note_refused(home, Refused(now, name, sha256, refused.reason))
                receipt.refused.append(sentence(refused.reason, name))
                continue
            receipt.received.append(manifest)
            receipt.remarks += _remarks(manifest, name)
    return receipt


def _receive(home: Home, content: bytes, keys: Mapping[str, str], file_name: str) -> Manifest:
    package = open_package(content, keys, file_name)
    manifest = package.manifest
    held = read_held(home)
    before = held.get(manifest.municipality_code, ())
    _require_next(manifest, before)
    plan = share_plan()
    require(manifest.plan == plan.sha256, Refusal.OTHER_PLAN)
    earlier = [_opened(home, one) for one in before]
    for one in earlier:
        # By another plan, or rounded to another base, the two could not be held together.
        is_alike = (one.manifest.plan, one.manifest.base) == (manifest.plan, manifest.base)
        require(is_alike, Refusal.HISTORY_DIFFERS)
    _require_unbroken([*earlier, package], plan.plan)
    folder = f"{manifest.municipality_code}/{manifest.folder_name}"
    made = HeldPackage(manifest.version, folder, digest(content), manifest.sha256)
    keep(home, held, made, manifest.municipality_code, package.members)
    return manifest


def _require_unbroken(packages: Sequence[Package], plan: SharePlan) -> None:
    """Refuse a package that is not as it should be, or says too much with those before it."""
    # The solver takes a while to load, and most runs receive nothing.
    from dagster_project.sharing.attack import Version, attack  # noqa: PLC0415

    versions = [Version.of(one, plan) for one in packages]
    require(attack(versions, packages[-1].manifest.base).holds, Refusal.DISCLOSIVE)


def _require_next(manifest: Manifest, before: Sequence[HeldPackage]) -> None:
    """Refuse what does not follow the newest version that is held; the first one may be any."""
    if not before:
        return
    newest = before[-1]
    require(manifest.sha256 not in {one.manifest_sha256 for one in before}, Refusal.REPLAYED)
    require(manifest.version > newest.version, Refusal.OLDER_VERSION)
    require(manifest.version == newest.version + 1, Refusal.VERSION_MISSING)
    require(manifest.previous == newest.manifest_sha256, Refusal.HISTORY_DIFFERS)


def _opened(home: Home, held: HeldPackage) -> Package:
    folder = home.received / held.folder
    return Package(read_manifest(folder), read_members(folder))


def _remarks(manifest: Manifest, name: str) -> list[Problem]:
    """Return what a person should know of a package that passed."""
    code = manifest.municipality_code
    today = municipalities().code_today.get(code)
    if today == code:
        return []
    return [Problem("package_of_merged", {"package": name, "code": code, "today": today or "-"})]


def _content(path: Path) -> bytes:
    """Return what a file holds; of one that is too large only so much that this is known."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or "no access"
        raise SamordnaError("package_unreadable", path=str(path), reason=reason) from None


def _shown_name(path: Path) -> str:
    """Return a file's name, but where it may name a person; a package's own numbers do not."""
    if _NAME.fullmatch(path.name) or not holds_person_id(path.name):
        return path.name
    return "(not shown: it may hold a person's id)"


def _by_version(path: Path) -> tuple[str, int, str]:
    """Return what puts packages in their order; versions go on over months."""
    match = _NAME.fullmatch(path.name)
    return (match[1], int(match[2]), path.name) if match else (path.name, 0, path.name)
