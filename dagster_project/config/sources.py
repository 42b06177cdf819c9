"""What may be said of a source in `sources.yml`, by the way its deliveries arrive."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from dagster_project.contract import RECORD_TYPES, code_list
from dagster_project.problems import did_you_mean
from dagster_project.reference.layouts import FixedWidth, layouts
from dagster_project.reference.vocabulary import vocabulary
from dagster_project.values import fold


class Delivery(StrEnum):
    """How a source delivers: the full register each time, or what is new and changed."""

    SNAPSHOT = "snapshot"
    INCREMENTAL = "incremental"


@dataclass(frozen=True)
class Files:
    """Where the deliveries of a source lie (a glob below the home folder), and how they are read.

    What is None is found by looking. `format` is an authority's layout (`seeds/layouts/`), and
    `layout_year` the year by whose layout its files are written, where they say another one.
    """

    pattern: str
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    format: str | None = None
    layout_year: int | None = None


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_UNFIT = re.compile(r"[^a-z0-9_.-]+")


class Source(BaseModel, ABC):
    """One source of `sources.yml`: what is said of it whichever way its deliveries arrive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(max_length=80)
    system: str = ""
    record: str
    delivery: Delivery = Delivery.SNAPSHOT
    kommune: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    # By which code list numbers are read: of every column that it is of, or column by column.
    codes: str | dict[str, str] = Field(default_factory=dict)
    accept: list[str] = Field(default_factory=list)
    # Files that are parts of one snapshot though they share registrations.
    parts: list[str] = Field(default_factory=list)
    # A delivery dated further ahead of today is held back: a slip of the pen in its name.
    days_ahead: int = Field(default=7, ge=0, le=366)

    @property
    @abstractmethod
    def files(self) -> Files:
        """Where the deliveries lie in the inbox."""

    @field_validator("name")
    @classmethod
    def _name_of_a_folder(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            fit = _UNFIT.sub("_", fold(value)).strip("_.-")
            proposed = f", for instance {fit}" if fit else ""
            raise ValueError(
                "it names a folder, too: write letters from a to z, numbers, _ - and . only, "
                f"a letter or a number first{proposed}"
            )
        return value

    @field_validator("record")
    @classmethod
    def _known_record(cls, value: str) -> str:
        if value not in RECORD_TYPES:
            raise ValueError(f"unknown record type '{value}'{did_you_mean(value, RECORD_TYPES)}")
        return value

    def model_post_init(self, _context: Any) -> None:
        """Refuse mappings to columns or values that the contract does not have."""
        record = RECORD_TYPES[self.record]
        # A header may be said to name what is not taken in.
        known = {column.name for column in record.columns} | record.not_taken.keys()
        for target in [*self.columns.values(), *self.values]:
            if target not in known:
                raise ValueError(
                    f"record type {self.record} has no column '{target}'"
                    f"{did_you_mean(target, known)}"
                )
        for column, values in self.values.items():
            accepted = vocabulary().accepted(code_list(column))
            for value in values.values():
                if accepted and fold(value) not in accepted:
                    raise ValueError(
                        f"'{value}' is no value of {column}{did_you_mean(value, accepted)}"
                    )
        for of, declared in self._declared():
            self._require_code_list(of, declared)

    @property
    def code_lists(self) -> dict[str, str]:
        """The code list that is declared for each column."""
        if isinstance(self.codes, dict):
            return self.codes
        fields = vocabulary().fields_of(self.codes)
        columns = RECORD_TYPES[self.record].columns
        return {column.name: self.codes for column in columns if column.codes in fields}

    def _declared(self) -> list[tuple[str | None, str]]:
        """Return what `codes:` says: columns, or None for all, and their lists."""
        return [(None, self.codes)] if isinstance(self.codes, str) else [*self.codes.items()]

    def _require_code_list(self, target: str | None, declared: str) -> None:
        """Refuse a code list that there is not, or that says nothing of what it is declared for."""
        known = vocabulary().numbers
        if declared not in known:
            raise ValueError(
                f"unknown code list '{declared}'{did_you_mean(declared, known)}; there are "
                f"{', '.join(known)}"
            )
        columns = {column.name: column.codes for column in RECORD_TYPES[self.record].columns}
        if target is not None and target not in columns:
            raise ValueError(
                f"record type {self.record} has no column '{target}'{did_you_mean(target, columns)}"
            )
        fields = vocabulary().fields_of(declared)
        asked = [columns[target]] if target is not None else columns.values()
        if not any(codes in fields for codes in asked):
            of = (
                f"the column '{target}'"
                if target
                else f"any column of the record type {self.record}"
            )
            raise ValueError(
                f"the code list '{declared}' says nothing of {of}; it is of {', '.join(fields)}"
            )


class FileSource(Source):
    """Exports that somebody puts in the inbox."""

    connector: Literal["file"] = "file"
    path: str = Field(min_length=1)
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    # Files that are laid out as an authority says: `kostra_11f`, `kostra_15f`, `digibarnevern`.
    format: str | None = None
    layout_year: int | None = None

    @property
    def files(self) -> Files:
        """The files that `path` names."""
        return Files(
            self.path, self.sheet, self.encoding, self.delimiter, self.format, self.layout_year
        )

    @model_validator(mode="after")
    def _laid_out_as_known(self) -> FileSource:
        if self.format is None:
            if self.layout_year is not None:
                raise ValueError("`layout_year:` is of a `format:`, and there is none")
            return self
        if (layout := layouts().get(self.format)) is None:
            known = ", ".join(layouts())
            hint = did_you_mean(self.format, layouts())
            raise ValueError(f"unknown format '{self.format}'{hint}; known are {known}")
        if self.record not in layout.holds:
            held = " and ".join(layout.holds)
            raise ValueError(f"{self.format} holds rows of {held}, not of {self.record}")
        if self.sheet or self.delimiter or self.columns:
            raise ValueError(
                f"where the fields of {self.format} lie is known; leave `sheet:`, `delimiter:` and "
                "`columns:` out"
            )
        if self.layout_year is not None:
            if not isinstance(layout, FixedWidth):
                raise ValueError(f"{self.format} has no layouts by year; leave `layout_year:` out")
            if layout.of_year(self.layout_year) is None:
                known = f"{layout.years[0]} to {layout.years[-1]}"
                raise ValueError(
                    f"no layout of {self.format} is known of {self.layout_year}; known are {known}"
                )
        return self

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
        _is_secret(name, value)
        for query in (parts.query, parts.fragment)
        for name, value in parse_qsl(query, keep_blank_values=True)
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


PAGING: dict[str, type[BaseModel]] = {
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
