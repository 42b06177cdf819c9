"""`sources.yml`: what an installation reads, and what it says of its figures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from dagster_project.config.exchange import Compare, Comparing, Share, Sharing
from dagster_project.config.paths import Home
from dagster_project.config.rules import (
    Break,
    Breaks,
    Definition,
    HomeFile,
    Known,
    OwnDate,
    OwnDates,
    Target,
    Targets,
)
from dagster_project.config.sources import CONNECTORS, PAGING, Source
from dagster_project.config.units import Unit, read_units
from dagster_project.config.yaml_limits import require_moderate
from dagster_project.config.yaml_tree import key_with_id, line_of, node_at
from dagster_project.identity.detection import holds_person_id
from dagster_project.problems import Problem, SamordnaError, SettingError, did_you_mean
from dagster_project.reference import SEEDS
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.seeds import require_sound

_LARGEST_SETTINGS = 1_000_000
# The lists at the top of the file whose entries are told apart by what they say.
_LISTS: dict[tuple[object, ...], type[BaseModel]] = {
    ("breaks",): Break,
    ("targets",): Target,
    ("reference_dates",): OwnDate,
}
# What stands below a key of its own.
_PARTS: dict[tuple[object, ...], type[BaseModel]] = {("share",): Share, ("compare",): Compare}


class SourcesFile(BaseModel):
    """The top level of `sources.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # A home that only compares is nobody's.
    home_municipality: str = ""
    allow_synthetic_ids: bool = False
    language: Literal["nb", "nn", "en"] = "nb"
    key_file: str | None = None
    definition: Definition = Field(default_factory=Definition.model_construct)
    breaks: Breaks = ()
    targets: Targets = ()
    reference_dates: OwnDates = ()
    units: HomeFile | None = None
    share: Sharing = None
    compare: Comparing | None = None
    sources: list[dict[str, Any]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_somebodys(self) -> SourcesFile:
        only_compares = self.compare is not None and not self.sources and self.share is None
        if not self.home_municipality and not only_compares:
            raise SettingError("the key `home_municipality:` is missing")
        return self


@dataclass(frozen=True)
class Installation:
    """What `sources.yml` says, with the sources that could be read and what was wrong elsewhere.

    `parameters` holds the overrides of the counting rules' parameters by today's code of the
    municipality; those under the empty string hold for all.
    """

    home: Home
    home_municipality: str
    allow_synthetic_ids: bool
    language: str
    key_file: Path | None
    parameters: dict[str, dict[str, str]]
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()
    breaks: tuple[Break, ...] = ()
    targets: tuple[Target, ...] = ()
    reference_dates: tuple[OwnDate, ...] = ()
    units: tuple[Unit, ...] = ()
    share: Share | None = None
    compare: Compare | None = None

    def municipality_of(self, source: Source) -> str:
        """Return the source's municipality as written, by default the home municipality."""
        return source.kommune or self.home_municipality

    @property
    def only_compares(self) -> bool:
        """Whether nothing is counted here: the home holds packages of others alone."""
        return self.compare is not None and not self.sources and not self.problems

    @property
    def home_code(self) -> str | None:
        """Today's code of the home municipality, or None where it is no one's."""
        return municipalities().today(self.home_municipality)

    def code_of(self, source: Source) -> str | None:
        """Return today's code of the source's municipality, or None where it is no one's."""
        return municipalities().today(self.municipality_of(source))

    def require_sources(self) -> None:
        """Raise SamordnaError where there is no source, with what is wrong with those named."""
        if not self.sources:
            problems = "".join(f" {problem}" for problem in self.problems)
            raise SamordnaError("no_sources", file=str(self.home.sources_file), problems=problems)

    @property
    def codes(self) -> list[str]:
        """Today's codes of the municipalities that the sources are of."""
        return sorted({code for source in self.sources if (code := self.code_of(source))})


def load_installation(home: Home) -> Installation:
    """Read `sources.yml`.

    A source that cannot be read is left out and its problem kept, so that the others go on.
    Raises `SamordnaError` where the file as a whole cannot be trusted.
    """
    name = home.sources_file.name
    require_sound(SEEDS)
    if not home.root.is_dir():
        raise SamordnaError("home_missing", path=str(home.root))
    if not home.sources_file.is_file():
        raise SamordnaError("sources_missing", file=str(home.sources_file))
    try:
        text = _settings_text(home.sources_file)
        require_moderate(text)
        tree = yaml.compose(text, Loader=yaml.CBaseLoader)
        # Scalars stay as written: 0301 is a code, not an octal number, and "yes" is a word.
        content = _without_blanks(yaml.load(text, Loader=yaml.CBaseLoader))  # noqa: S506
    except UnicodeDecodeError:
        raise SamordnaError(
            "sources_shape", file=name, line=1, reason="the file is not UTF-8; save it as UTF-8"
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SamordnaError(
            "sources_yaml",
            file=name,
            line=mark.line + 1 if mark else 1,
            reason=str(getattr(error, "problem", None) or "unreadable"),
        ) from None
    if not isinstance(content, dict) or tree is None:
        raise SamordnaError(
            "sources_shape",
            file=name,
            line=1,
            reason="the file must begin with keys such as `home_municipality:`",
        )
    if holding := key_with_id(tree, leave_out="sources"):
        raise SamordnaError("sources_shape", file=name, **holding.params())
    named = content.get("sources")
    known = Known([str(each.get("name")) for each in named or () if isinstance(each, dict)])
    try:
        top = SourcesFile.model_validate(content, context=known)
    except ValidationError as error:
        first = _first(error)
        raise SamordnaError(
            "sources_shape",
            file=name,
            line=line_of(tree, first["loc"]),
            reason=_reason(first, _keys_at_top(first["loc"])),
        ) from None
    sources, problems = _read_sources(top.sources, tree, name)
    return Installation(
        home=home,
        home_municipality=top.home_municipality,
        allow_synthetic_ids=top.allow_synthetic_ids,
        language=top.language,
        key_file=(home.root / Path(top.key_file).expanduser()) if top.key_file else None,
        parameters=top.definition.parameters,
        sources=tuple(sources),
        problems=tuple(problems),
        breaks=top.breaks,
        targets=top.targets,
        reference_dates=top.reference_dates,
        units=_units(home, top),
        share=top.share,
        compare=top.compare,
    )


def _units(home: Home, top: SourcesFile) -> tuple[Unit, ...]:
    if top.units is None:
        return ()
    return read_units(home.root / top.units, municipalities().today(top.home_municipality))


def _settings_text(file: Path) -> str:
    """Return what `sources.yml` says; no more is read than people write."""
    if file.stat().st_size > _LARGEST_SETTINGS:
        reason = f"the file is larger than {_LARGEST_SETTINGS // 1000} kB"
        raise SamordnaError("sources_shape", file=file.name, line=1, reason=reason)
    return file.read_text(encoding="utf-8-sig")


def _without_blanks(content: Any) -> Any:
    """Drop the keys that are left without a value, as if they were not there."""
    if isinstance(content, dict):
        return {key: _without_blanks(value) for key, value in content.items() if value != ""}
    if isinstance(content, list):
        return [_without_blanks(value) for value in content]
    return content


def _read_sources(
    entries: list[dict[str, Any]], tree: yaml.Node, file: str
) -> tuple[list[Source], list[Problem]]:
    sources: list[Source] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        label = str(entry.get("name", f"number {number + 1}"))
        params: dict[str, str | int] = {"file": file, "source": label}
        if holding := key_with_id(node_at(tree, ("sources", number))):
            if holds_person_id(label):
                params["source"] = f"number {number + 1}"
            problems.append(Problem("source_invalid", {**params, **holding.params()}))
            continue
        connector = str(entry.get("connector", "file"))
        if connector not in CONNECTORS:
            params["line"] = line_of(tree, ("sources", number, "connector"))
            reason = f"unknown connector '{connector}'{did_you_mean(connector, CONNECTORS)}"
            problems.append(Problem("source_invalid", {**params, "reason": reason}))
            continue
        model = CONNECTORS[connector]
        try:
            source = model.model_validate(entry)
        except ValidationError as error:
            first = _first(error)
            params["line"] = line_of(tree, ("sources", number, *first["loc"]))
            known = _keys_at(model, first["loc"])
            if first["type"] == "extra_forbidden":
                key = str(first["loc"][-1])
                hint = did_you_mean(key, known)
                problems.append(Problem("source_unknown_key", {**params, "key": key, "hint": hint}))
            else:
                reason = _reason(first, known)
                problems.append(Problem("source_invalid", {**params, "reason": reason}))
            continue
        if source.name in seen:
            params["line"] = line_of(tree, ("sources", number, "name"))
            reason = "two sources have this name; names must be unique"
            problems.append(Problem("source_invalid", {**params, "reason": reason}))
            continue
        seen.add(source.name)
        sources.append(source)
    return sources, problems


def _first(error: ValidationError) -> ErrorDetails:
    """Return what is told of all that is wrong: in an entry of a list, first a key misspelt."""
    first = error.errors()[0]
    entry = first["loc"][:2]
    misspelt = (
        each
        for each in error.errors()
        if each["loc"][:2] == entry and each["type"] == "extra_forbidden"
    )
    return next(misspelt, first) if entry[:1] in _LISTS else first


def _keys_at_top(location: tuple[int | str, ...]) -> set[str]:
    """Return the keys that the file knows at a place: at its top, in an entry, or below a key."""
    of_a_part = _PARTS.get(location[:1]) if len(location) > 1 else None
    model = _LISTS.get(location[:1]) or of_a_part or SourcesFile
    return {field.alias or name for name, field in model.model_fields.items()}


def _keys_at(model: type[Source], location: tuple[int | str, ...]) -> set[str]:
    """Return the keys that a source knows at a place: its own, or those of its paging."""
    paging = len(location) > 2 and location[0] == "paging"
    return set((PAGING[str(location[1])] if paging else model).model_fields)


def _reason(error: ErrorDetails, known: set[str]) -> str:
    """Return what is wrong at a place, in words; a `SettingError` has said it whole."""
    location = error["loc"]
    where = ".".join(str(part) for part in (location[2:] if location[:1] in _LISTS else location))
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, SettingError):
        return cause.reason
    if error["type"] == "extra_forbidden":
        return f"unknown key '{where}'{did_you_mean(where, known)}"
    if error["type"] == "missing":
        return f"the key `{where}:` is missing"
    if error["type"] == "string_type" and location[:1] in _LISTS:
        return f"`{where}` must be one value"
    message = error["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"`{where}`: {message}" if where else message
