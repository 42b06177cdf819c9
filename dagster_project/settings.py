"""The home folder, `sources.yml`, and every path: one place that knows where things lie."""

from __future__ import annotations

import csv
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from dagster_project.breaks import Break, read_breaks
from dagster_project.contract import RECORD_TYPES, code_list, read_vocabulary
from dagster_project.identity.detection import holds_person_id
from dagster_project.parameters import read_definition, read_parameters
from dagster_project.problems import MisfitError, Problem, SamordnaError, did_you_mean
from dagster_project.seeds import require_sound
from dagster_project.targets import Target, read_targets
from dagster_project.values import fold
from dagster_project.yaml_limits import require_moderate

_LARGEST_SETTINGS = 1_000_000
PROJECT = Path(__file__).resolve().parent.parent
SEEDS = PROJECT / "seeds"
DBT_PROJECT = PROJECT / "dbt"
DEFAULT_HOME = Path("home")
# The environment's names for the home folder, and for the store that workers reach.
HOME, STORE = "SAMORDNA_HOME", "SAMORDNA_STORE"


@dataclass(frozen=True)
class Home:
    """The folder of one installation, and where everything in it lies."""

    root: Path

    @property
    def sources_file(self) -> Path:
        """What the installation reads, written by people."""
        return self.root / "sources.yml"

    @property
    def inbox(self) -> Path:
        """Where the exports are put, by people and by the connectors that fetch."""
        return self.root / "inbox"

    @property
    def landing(self) -> Path:
        """The deliveries: `<record>/<source>/<delivery>.parquet` with a `.json` beside it."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """The warehouses behind the current publication, a folder for each part."""
        return self.root / "warehouse"

    @property
    def undivided_warehouse(self) -> Path:
        """The one warehouse of all that earlier versions made."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The publications, and the pointer to the current one."""
        return self.root / "published"

    @property
    def current_pointer(self) -> Path:
        """The small file that names the current publication; replaced atomically."""
        return self.published / "current.json"

    @property
    def state(self) -> Path:
        """What is remembered between runs: the runs, the lock, what went wrong."""
        return self.root / "state"

    @property
    def orchestration(self) -> Path:
        """The orchestrator's own folder (`DAGSTER_HOME`)."""
        return self.state / "dagster"

    @property
    def dbt_target(self) -> Path:
        """What was wrong with the models when they were built, and what dbt itself writes."""
        return self.state / "dbt"

    @property
    def lock(self) -> Path:
        """Held by the one run that may write."""
        return self.state / "run.lock"

    @property
    def runs(self) -> Path:
        """What the latest runs did, a file each."""
        return self.state / "runs"

    @property
    def last_fetch(self) -> Path:
        """What went wrong when deliveries were last fetched, for `samordna status`."""
        return self.state / "last_fetch.json"

    @property
    def saved_views(self) -> Path:
        """The views of the dashboards that readers keep by name."""
        return self.state / "views.json"

    @property
    def identity_card(self) -> Path:
        """The installation's own id and the fingerprints of its keys (never the keys)."""
        return self.state / "home.json"

    @property
    def work(self) -> Path:
        """What a run is making; emptied when a run begins and when it ends."""
        return self.root / "work"

    @property
    def building(self) -> Path:
        """The warehouse of all, as those who compare definitions build it."""
        return self.work / "warehouse.duckdb"

    @property
    def reports(self) -> Path:
        """Reports made for people, to be taken along."""
        return self.root / "reports"

    @property
    def logs(self) -> Path:
        """The logs of the tools."""
        return self.root / "logs"

    @property
    def truth(self) -> Path:
        """Only in a demo home: what the simulated world really looks like."""
        return self.root / "truth"

    def relative(self, path: Path) -> str:
        """Return the path as a person in the home folder would write it."""
        for below, root in ((path, self.root), (path.absolute(), self.root.absolute())):
            if below.is_relative_to(root):
                return below.relative_to(root).as_posix()
        return str(path)


def home_from(option: Path | None) -> Home:
    """Return the home named by the option, else by `SAMORDNA_HOME`, else `./home`."""
    root = option or Path(os.environ.get(HOME, DEFAULT_HOME))
    return Home(root.expanduser().resolve())


class Delivery(StrEnum):
    """How a source delivers: the full register each time, or what is new and changed."""

    SNAPSHOT = "snapshot"
    INCREMENTAL = "incremental"


@dataclass(frozen=True)
class Files:
    """Where the deliveries of a source lie (a glob below the home folder), and how they are read.

    What is None is found by looking.
    """

    pattern: str
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


class Source(BaseModel, ABC):
    """One source of `sources.yml`: what is said of it whichever way its deliveries arrive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)
    system: str = ""
    record: str
    delivery: Delivery = Delivery.SNAPSHOT
    kommune: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    accept: list[str] = Field(default_factory=list)
    # Files that are parts of one snapshot though they share registrations.
    parts: list[str] = Field(default_factory=list)
    # A delivery dated further ahead of today is held back: a slip of the pen in its name.
    days_ahead: int = Field(default=7, ge=0, le=366)

    @property
    @abstractmethod
    def files(self) -> Files:
        """Where the deliveries lie in the inbox."""

    @field_validator("record")
    @classmethod
    def _known_record(cls, value: str) -> str:
        if value not in RECORD_TYPES:
            raise ValueError(f"unknown record type '{value}'{did_you_mean(value, RECORD_TYPES)}")
        return value

    def model_post_init(self, _context: Any) -> None:
        """Refuse mappings to columns or values that the contract does not have."""
        known = {column.name for column in RECORD_TYPES[self.record].columns}
        for target in [*self.columns.values(), *self.values]:
            if target not in known:
                raise ValueError(
                    f"record type {self.record} has no column '{target}'"
                    f"{did_you_mean(target, known)}"
                )
        vocabulary = read_vocabulary(SEEDS / "code_map.csv") if self.values else None
        for column, values in self.values.items():
            accepted = vocabulary.fields.get(code_list(column), {}) if vocabulary else {}
            for value in values.values():
                if accepted and fold(value) not in accepted:
                    raise ValueError(
                        f"'{value}' is no value of {column}{did_you_mean(value, accepted)}"
                    )


class FileSource(Source):
    """Exports that somebody puts in the inbox."""

    connector: Literal["file"] = "file"
    path: str = Field(min_length=1)
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)

    @property
    def files(self) -> Files:
        """The files that `path` names."""
        return Files(self.path, self.sheet, self.encoding, self.delimiter)

    @field_validator("path")
    @classmethod
    def _path_stays_home(cls, value: str) -> str:
        if Path(value).is_absolute() or ".." in Path(value).parts:
            raise ValueError("the path must be relative to the home folder and stay inside it")
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                "".encode(value)
            except LookupError:
                raise ValueError(f"unknown encoding '{value}'") from None
        return value


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise ValueError(
            "must be the name of an environment variable; the address or the secret itself "
            "is never written in sources.yml"
        )
    return value


# What services call a secret that stands in an address.
_SECRET_NAME = re.compile(
    r"token|secret|passw|passord|pwd|credential|signature|bearer|jwt|session"
    r"|(^|[._-])(key|sig|sas|auth|pin|pass)$|(api|access|subscription|account|function|host)[._-]?key",
    re.IGNORECASE,
)
# A code of a code list is a short word; `code=` in front of a service is also a key to it.
_SECRET_VALUE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/_~.-]{20,}={0,2}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _is_secret(name: str, value: str) -> bool:
    """Whether a parameter of an address is one by its name, or by what it looks like."""
    if _SECRET_NAME.search(name):
        return True
    return _SECRET_VALUE.fullmatch(value) is not None and _UUID.fullmatch(value) is None


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("not a web address") from None
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("must be a web address that begins with https://")
    if parts.scheme == "http" and host not in LOCAL_HOSTS:
        raise ValueError("must begin with https://; only this machine is spoken to unencrypted")
    if "@" in parts.netloc or any(
        _is_secret(name, said)
        for query in (parts.query, parts.fragment)
        for name, said in parse_qsl(query, keep_blank_values=True)
    ):
        raise ValueError(
            "holds a secret; put the secret in an environment variable and name that with "
            "`token_env:`"
        )
    return value


LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
Variable = Annotated[str, AfterValidator(_variable)]
Address = Annotated[str, AfterValidator(_address)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
# Names joined by full stops: the way from the top of a JSON answer.
JsonPath = Annotated[str, Field(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]


class FetchedSource(Source):
    """A source whose deliveries are fetched: each becomes a dated file in a folder of its own."""

    ending: ClassVar[str] = "csv"

    @property
    def files(self) -> Files:
        """What has been fetched."""
        pattern = f"inbox/{self.name}/{self.name}_*.{self.ending}"
        return Files(pattern, encoding="utf-8", delimiter=";")


class SqlSource(FetchedSource):
    """A table or a query of a database; with `watermark`, only what changed since it landed."""

    connector: Literal["sql"]
    url_env: Variable
    query: str | None = None
    table: str | None = Field(default=None, pattern=r"^[^.\s]+(\.[^.\s]+){0,2}$")
    watermark: str | None = None
    timeout: Seconds = 600

    @field_validator("query")
    @classmethod
    def _one_reading_query(cls, value: str) -> str:
        query = value.strip().removesuffix(";")
        if not re.match(r"(select|with)\b", query, re.IGNORECASE):
            raise ValueError("must be one query that begins with SELECT or WITH")
        return query

    @model_validator(mode="after")
    def _whole(self) -> SqlSource:
        if (self.query is None) == (self.table is None):
            raise ValueError("name what to read with either `query:` or `table:`")
        if self.watermark and self.delivery is not Delivery.INCREMENTAL:
            raise ValueError(
                "`watermark:` fetches only new and changed rows; say `delivery: incremental` too"
            )
        return self


class _Paging(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LinkPaging(_Paging):
    """The next page is in the header `Link` (rel="next")."""

    by: Literal["link"]


class NextPaging(_Paging):
    """The address of the next page is in the answer."""

    by: Literal["next"]
    path: JsonPath


class FhirPaging(_Paging):
    """The answer is a FHIR Bundle: the next page is its link `next`, the records its resources."""

    by: Literal["fhir"]


class PagePaging(_Paging):
    """Pages are asked for by number."""

    by: Literal["page"]
    parameter: str = "page"
    first: int = Field(default=1, ge=0, le=1)
    size: int | None = Field(default=None, ge=1)
    size_parameter: str = "size"


class OffsetPaging(_Paging):
    """Pages are asked for by how many records to pass over."""

    by: Literal["offset"]
    parameter: str = "offset"
    limit: int = Field(default=100, ge=1)
    limit_parameter: str = "limit"


_PAGING: dict[str, type[BaseModel]] = {
    "link": LinkPaging,
    "next": NextPaging,
    "fhir": FhirPaging,
    "page": PagePaging,
    "offset": OffsetPaging,
}
Paging = LinkPaging | NextPaging | FhirPaging | PagePaging | OffsetPaging


class RestSource(FetchedSource):
    """An address that answers with JSON, in one answer or in pages."""

    ending: ClassVar[str] = "jsonl"

    connector: Literal["rest"]
    url: Address
    token_env: Variable | None = None
    token_header: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]+$")
    records: JsonPath | None = None
    total: JsonPath | None = None
    paging: Paging | None = Field(default=None, discriminator="by")
    max_pages: int = Field(default=10_000, ge=1)
    timeout: Seconds = 60

    @model_validator(mode="after")
    def _whole(self) -> RestSource:
        if self.token_header and not self.token_env:
            raise ValueError("`token_header:` needs `token_env:`, which says where the token is")
        if isinstance(self.paging, FhirPaging) and self.records:
            raise ValueError("leave `records:` out: those of a FHIR Bundle are its resources")
        return self


class SsbSource(FetchedSource):
    """A table of Statistics Norway's: inhabitants, or the projection of them.

    `table` and `contents` are the current ones where they are left out.
    """

    connector: Literal["ssb"]
    url: Address = "https://data.ssb.no/api/pxwebapi/v2"
    table: str | None = Field(default=None, pattern=r"^\d{5}$")
    contents: str | None = None
    from_year: int = Field(default=2015, ge=1986)
    timeout: Seconds = 60

    @field_validator("record")
    @classmethod
    def _population(cls, value: str) -> str:
        if value not in ("befolkning", "framskriving"):
            raise ValueError("the connector ssb delivers `befolkning` and `framskriving` only")
        return value


CONNECTORS: dict[str, type[Source]] = {
    "file": FileSource,
    "sql": SqlSource,
    "rest": RestSource,
    "ssb": SsbSource,
}


class SourcesFile(BaseModel):
    """The top level of `sources.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home_municipality: str = Field(min_length=1)
    allow_synthetic_ids: bool = False
    language: Literal["nb", "nn", "en"] = "nb"
    key_file: str | None = None
    definition: Any = Field(default_factory=dict)
    breaks: Any = Field(default_factory=list)
    targets: Any = Field(default_factory=list)
    sources: list[dict[str, Any]] = Field(default_factory=list)


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
    problems: tuple[Problem, ...] = field(default=())
    breaks: tuple[Break, ...] = field(default=())
    targets: tuple[Target, ...] = field(default=())

    def municipality_of(self, source: Source) -> str:
        """Return the source's municipality as written, by default the home municipality."""
        return source.kommune or self.home_municipality


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
    if holding := _key_with_id(tree, leave_out="sources"):
        raise SamordnaError("sources_shape", file=name, **holding.params())
    try:
        top = SourcesFile.model_validate(content)
    except ValidationError as error:
        raise SamordnaError(
            "sources_shape",
            file=name,
            line=_line_of(tree, error.errors()[0]["loc"]),
            reason=_reason(error, set(SourcesFile.model_fields)),
        ) from None
    sources, problems = _read_sources(top.sources, tree, name)
    today = _todays_codes() if top.definition or top.breaks or top.targets else {}
    indicators = _indicators()
    with _told(tree, name, "definition"):
        parameters = read_definition(
            top.definition, read_parameters(SEEDS / "parameters.csv"), today
        )
    with _told(tree, name, "breaks"):
        breaks = read_breaks(
            top.breaks,
            today=today,
            sources=[str(entry.get("name")) for entry in top.sources],
            indicators=indicators,
        )
    with _told(tree, name, "targets"):
        targets = read_targets(top.targets, today=today, indicators=indicators)
    return Installation(
        home=home,
        home_municipality=top.home_municipality,
        allow_synthetic_ids=top.allow_synthetic_ids,
        language=top.language,
        key_file=(home.root / Path(top.key_file).expanduser()) if top.key_file else None,
        parameters=parameters,
        sources=tuple(sources),
        problems=tuple(problems),
        breaks=breaks,
        targets=targets,
    )


def _settings_text(file: Path) -> str:
    """Return what `sources.yml` says; no more is read than people write."""
    if file.stat().st_size > _LARGEST_SETTINGS:
        reason = f"the file is larger than {_LARGEST_SETTINGS // 1000} kB"
        raise SamordnaError("sources_shape", file=file.name, line=1, reason=reason)
    return file.read_text(encoding="utf-8-sig")


@contextmanager
def _told(tree: yaml.Node, file: str, key: str) -> Iterator[None]:
    """Turn what does not fit below a key into a problem that names its line."""
    try:
        yield
    except MisfitError as misfit:
        raise SamordnaError(
            "sources_shape",
            file=file,
            line=_line_of(tree, (key, *misfit.where)),
            reason=misfit.reason,
        ) from None


def _todays_codes() -> dict[str, str]:
    """Return today's code of every municipality's code of any year that was not split."""
    with (SEEDS / "municipalities.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["municipality_code"]: row["code_2024"]
            for row in csv.DictReader(lines)
            if row["code_2024"] and not row["split_into"]
        }


def _indicators() -> dict[str, str]:
    """Return the kind of every indicator."""
    with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as lines:
        return {row["indicator"]: row["kind"] for row in csv.DictReader(lines)}


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
        if holding := _key_with_id(_node_at(tree, ("sources", number))):
            if holds_person_id(label):
                params["source"] = f"number {number + 1}"
            problems.append(Problem("source_invalid", {**params, **holding.params()}))
            continue
        connector = str(entry.get("connector", "file"))
        if connector not in CONNECTORS:
            params["line"] = _line_of(tree, ("sources", number, "connector"))
            reason = f"unknown connector '{connector}'{did_you_mean(connector, CONNECTORS)}"
            problems.append(Problem("source_invalid", {**params, "reason": reason}))
            continue
        model = CONNECTORS[connector]
        try:
            source = model.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            params["line"] = _line_of(tree, ("sources", number, *first["loc"]))
            known = _keys_at(model, first["loc"])
            if first["type"] == "extra_forbidden":
                key = str(first["loc"][-1])
                hint = did_you_mean(key, known)
                problems.append(Problem("source_unknown_key", {**params, "key": key, "hint": hint}))
            else:
                reason = _reason(error, known)
                problems.append(Problem("source_invalid", {**params, "reason": reason}))
            continue
        if source.name in seen:
            params["line"] = _line_of(tree, ("sources", number, "name"))
            reason = "two sources have this name; names must be unique"
            problems.append(Problem("source_invalid", {**params, "reason": reason}))
            continue
        seen.add(source.name)
        sources.append(source)
    return sources, problems


def _keys_at(model: type[Source], location: tuple[int | str, ...]) -> set[str]:
    """Return the keys that a source knows at a place: its own, or those of its paging."""
    paging = len(location) > 2 and location[0] == "paging"
    return set((_PAGING[str(location[1])] if paging else model).model_fields)


def _reason(error: ValidationError, known: set[str]) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"unknown key '{where}'{did_you_mean(where, known)}"
    if first["type"] == "missing":
        return f"the key `{where}:` is missing"
    message = first["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"`{where}`: {message}" if where else message


@dataclass(frozen=True)
class _KeyWithId:
    """Where a person's id stands in `sources.yml`: its line, and the key that it stands under."""

    line: int
    key: str | None

    def params(self) -> dict[str, str | int]:
        where = f"`{self.key}`" if self.key else "a key"
        reason = f"{where} holds a number that may be a person's id; write it without"
        return {"line": self.line, "reason": reason}


# What asks a database or a service, and is written nowhere: it may be full of numbers.
_NOT_WRITTEN = frozenset({"query", "url"})


def _key_with_id(tree: yaml.Node | None, leave_out: str | None = None) -> _KeyWithId | None:
    """Return the first place of a tree where a person's id stands, in a key or below one."""
    waiting: list[tuple[yaml.Node, str | None]] = [(tree, None)] if tree else []
    seen: set[int] = set()
    while waiting:
        node, key = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            if holds_person_id(node.value):
                return _KeyWithId(node.start_mark.line + 1, key)
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(child, key) for child in reversed(node.value)]
        elif isinstance(node, yaml.MappingNode):
            for name, child in reversed(node.value):
                written = name.value if isinstance(name, yaml.ScalarNode) else ""
                if holds_person_id(written):
                    return _KeyWithId(name.start_mark.line + 1, None)
                if written not in (_NOT_WRITTEN | {leave_out}):
                    waiting.append((child, written))
    return None


def _node_at(tree: yaml.Node, location: tuple[int | str, ...]) -> yaml.Node | None:
    """Return the node at a place of the YAML tree."""
    node: yaml.Node | None = tree
    for part in location:
        node = next((child for _, child in _children(node, part)), None) if node else None
    return node


def _line_of(tree: yaml.Node, location: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of the place in the YAML tree, or of the nearest one above it."""
    node, line = tree, tree.start_mark.line
    for part in location:
        step = next(_children(node, part), None)
        if step is None:
            break
        line, node = step
    return line + 1


def _children(node: yaml.Node, part: int | str) -> Iterator[tuple[int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                yield key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        yield child.start_mark.line, child
