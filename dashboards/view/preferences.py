"""What `sources.yml` says that the dashboards want to know: the language and whose house it is."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

from dagster_project.config.paths import Home
from dashboards.i18n.texts import Language


@dataclass(frozen=True)
class Preferences:
    """What a reader meets who has chosen nothing yet."""

    language: Language = Language.NB
    municipality: str = ""
    # Names of groups to compare with, each with the codes of its municipalities.
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_preferences(home: Home) -> Preferences:
    """Return what the file says, or the defaults: a fault elsewhere in it closes no dashboard."""
    try:
        state = home.sources_file.stat()
    except OSError:
        return Preferences()
    return _read(home.sources_file, state.st_mtime_ns, state.st_size, state.st_ino)


@functools.lru_cache(maxsize=4)
def _read(file: Path, *_state: int) -> Preferences:
    """Return what a file says in a state that it is in: every look asks, and it seldom changes."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        # Scalars stay as written: 0301 is a code, not an octal number.
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return Preferences()
    if not isinstance(content, dict):
        return Preferences()
    language = str(content.get("language", ""))
    return Preferences(
        language=Language(language) if language in set(Language) else Language.NB,
        municipality=str(content.get("home_municipality", "")),
        groups=_groups(content.get("compare")),
    )


def _groups(compare: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the groups that `compare:` names, in their order; what is no group is none."""
    written = compare.get("groups") if isinstance(compare, dict) else None
    if not isinstance(written, dict):
        return ()
    return tuple(
        (str(name), tuple(map(str, codes)))
        for name, codes in written.items()
        if isinstance(codes, list)
    )
