"""Making packages: read what is published, protect it, attack it, sign it, write it.

A version is there when its zip is; what is behind it was written before. A package that the auditor
breaks does not leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from dagster_project.config.exchange import Share
from dagster_project.config.installation import Installation
from dagster_project.disclosure.protect import Protected, stated_deviation
from dagster_project.lock import writing
from dagster_project.problems import SamordnaError
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing import own
from dagster_project.sharing.attack import Version, attack
from dagster_project.sharing.gather import Content, gather, published
from dagster_project.sharing.official import kept_tables
from dagster_project.sharing.own_newest import own_files
from dagster_project.sharing.package import (
    COUNTS,
    MANIFEST,
    SIGNATURE,
    TABLES,
    Manifest,
    Package,
    counts_table,
    entries_of,
    parquet_bytes,
)
from dagster_project.sharing.protected import protect_content, shown_blocks, stated
from dagster_project.sharing.refusal import RefusedError
from dagster_project.sharing.signing import SigningKey, is_signed
from dagster_project.sharing.signing_keys import SigningKeys, open_signing_keys
from dagster_project.sharing.state import read_state, write_state

_BREAKS_SHOWN = 10
# What of a manifest makes no package another one.
_BESIDE = {"version", "previous", "publication", "code_version"}


@dataclass(frozen=True)
class Shared:
    """The municipality's newest package, and whether it was made now (`is_new`).

    `key_is_new` says that its signing key was made now: whoever receives has to pin it.
    """

    file: Path
    manifest: Manifest
    public_key: str
    is_new: bool
    key_is_new: bool


def share(installation: Installation, municipality: str = "", *, new_key: bool = False) -> Shared:
    """Make a municipality's next package, where there is something new to share.

    By default it is the home municipality's. `new_key` makes another signing key, in the place of
    one that was lost. Raises SamordnaError where there is nothing, or what there is cannot leave.
    """
    home, code = installation.home, code_of(installation, municipality)
    with writing(home):
        earlier = own.packages(home, code)
        _require_same_rules(installation, code, earlier)
        keys = open_signing_keys(installation)
        key, key_is_new = _signing_key(keys, code, earlier, new_key=new_key)
        newest = earlier[-1].manifest if earlier and not key_is_new else None
        # What the newest was made of makes no other: nothing is protected again for that.
        if newest and newest.publication == published(home):
            # What is lost is told of while a backup may have it still.
            read_state(home, code, newest.version)
            return _nothing_new(installation, code, newest, key)
        content = gather(home, code, share_plan().plan)
        protected = _protect(installation, code, content, earlier, key)
        if not protected:
            raise SamordnaError("share_beside_official", municipality=code)
        made = _package(installation, code, content, protected, earlier, key)
        if newest and _content_of(made.manifest) == _content_of(newest):
            return _nothing_new(installation, code, newest, key)
        _require_unbroken([*earlier, made])
        if key_is_new:
            keys.keep(code, key)
        write_state(home, code, made.manifest.version, protected)
        file = own.write(home, made)
        _put_in_folder(installation, file)
    return Shared(file, made.manifest, key.public, is_new=True, key_is_new=key_is_new)


def _nothing_new(
    installation: Installation, code: str, newest: Manifest, key: SigningKey
) -> Shared:
    """Return the newest package, which says it all already."""
    file = own_files(installation.home, code)[-1]
    _put_in_folder(installation, file)
    return Shared(file, newest, key.public, is_new=False, key_is_new=False)


def code_of(installation: Installation, municipality: str) -> str:
    """Return today's code of the municipality that is meant. Raises SamordnaError."""
    written = municipality or installation.home_municipality
    code = municipalities().today(written)
    if code is None:
        known = ", ".join(installation.codes) or "-"
        raise SamordnaError("share_not_ours", municipality=written or "-", known=known)
    return code


def _put_in_folder(installation: Installation, file: Path) -> None:
    """Have a package in the folder that `share:` names, too, where one is named."""
    if folder := _settings(installation).folder:
        target = installation.home.root / Path(folder).expanduser() / file.name
        if not target.exists():
            own.put(file.read_bytes(), target)


def _settings(installation: Installation) -> Share:
    return installation.share or Share()


def _signing_key(
    keys: SigningKeys, code: str, earlier: Sequence[Package], *, new_key: bool
) -> tuple[SigningKey, bool]:
    """Return a municipality's signing key, and whether it was made now and is still to be kept.

    Once it has shared, no other is made by itself: receivers know it by the one that they pinned.
    """
    key = keys.get(code)
    if new_key or (key is None and not earlier):
        return SigningKey.generate(), True
    newest = earlier[-1] if earlier else None
    if key is None or (
        newest and not is_signed(newest.members[MANIFEST], newest.members[SIGNATURE], key.public)
    ):
        raise SamordnaError("signing_key_lost", municipality=code, file=str(keys.file))
    return key, False


def _require_same_rules(installation: Installation, code: str, earlier: Sequence[Package]) -> None:
    """Raise SamordnaError where what was shared cannot be held against what would be."""
    base = _settings(installation).base
    for manifest in (each.manifest for each in earlier):
        if manifest.plan != share_plan().sha256:
            raise SamordnaError("share_plan_changed", municipality=code)
        if manifest.base != base:
            raise SamordnaError("share_base_changed", municipality=code, before=manifest.base)


def _protect(
    installation: Installation,
    code: str,
    content: Content,
    earlier: Sequence[Package],
    key: SigningKey,
) -> list[Protected]:
    """Return what may be shown, by what was shown of the same before."""
    settings, plan = _settings(installation), share_plan().plan
    states = [read_state(installation.home, code, each.manifest.version) for each in earlier]
    return protect_content(
        content,
        plan,
        settings.base,
        key.secret("rounding"),
        _versions(earlier),
        states,
        float(settings.seconds),
        {month: table.sums(plan) for month, table in kept_tables(installation.home, code).items()},
    )


def _require_unbroken(packages: Sequence[Package]) -> None:
    """Raise SamordnaError where all versions together give away what they should not.

    The newest is read as its receivers will, who refuse what is not as it should be.
    """
    try:
        audit = attack(_versions(packages), packages[-1].manifest.base)
    except RefusedError as refused:
        raise SamordnaError("share_breaks", many=1, breaks=f"  {refused.reason}") from None
    if not audit.holds:
        listed = "\n".join(f"  {one.line()}" for one in audit.breaks[:_BREAKS_SHOWN])
        raise SamordnaError("share_breaks", many=len(audit.breaks), breaks=listed)


def _versions(packages: Sequence[Package]) -> list[Version]:
    plan = share_plan().plan
    return [Version.of(each, plan) for each in packages]


def _package(
    installation: Installation,
    code: str,
    content: Content,
    protected: Sequence[Protected],
    earlier: Sequence[Package],
    key: SigningKey,
) -> Package:
    """Return the package that comes after the earlier ones, signed."""
    plan, base = share_plan(), _settings(installation).base
    blocks = shown_blocks(protected)
    tables = {**content.tables, COUNTS: counts_table(blocks, plan.plan)}
    files = {name: parquet_bytes(tables[name]) for name in TABLES}
    newest = earlier[-1].manifest if earlier else None
    manifest = Manifest(
        municipality_code=code,
        version=newest.version + 1 if newest else 1,
        previous=newest.sha256 if newest else None,
        month=max(block.month for block in blocks),
        publication=content.publication,
        definition_set=content.definition_set,
        parameters=content.parameters,
        plan=plan.sha256,
        method="rounding",
        base=base,
        worst_margin=stated(protected, base, is_whole=True),
        worst_margin_of_areas=stated(protected, base, is_whole=False),
        margin_bound=_stated_bound(protected, base),
        held_back=sum(bool(one.held_back) for one in protected),
        code_version=version("samordna"),
        tables=entries_of(tables, files),
    )
    signed = manifest.canonical()
    return Package(manifest, {MANIFEST: signed, SIGNATURE: key.sign(signed), **files})


def _stated_bound(protected: Sequence[Protected], base: int) -> float:
    """Return what was proven of the worst deviation; within the limit nothing is said of it."""
    limit = stated_deviation((), base)
    return float(max([limit, *(one.margin_bound for one in protected)]))


def _content_of(manifest: Manifest) -> dict[str, object]:
    return manifest.model_dump(exclude=_BESIDE)
