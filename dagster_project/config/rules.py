"""What `sources.yml` says of the figures: the rules' parameters, breaks in the series, targets.

Breaks that are the same everywhere are a seed (`seeds/breaks.csv`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from dagster_project.identity.detection import looks_like_person_id
from dagster_project.problems import SettingError, did_you_mean
from dagster_project.reference import rows
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.parameters import read_setting
from dagster_project.reference.seeds import BREAK_KINDS

_LONGEST_NOTE = 300
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,4})?")
_YEAR = re.compile(r"20\d\d")
_DAY_OF_YEAR = re.compile(r"(\d{1,2})\.(\d{1,2})\.?")
_NORWEGIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(20\d\d)")
# Each is counted in every year of the series, as a month's end is.
_MOST_OWN_DATES = 12


@dataclass
class Known:
    """What may be named in `sources.yml`, handed to every validator as the context.

    `once` holds what has been said already and may be said once only.
    """

    sources: Collection[str]
    kinds: Collection[str] = BREAK_KINDS
    once: set[object] = field(default_factory=set)

    @cached_property
    def today(self) -> dict[str, str]:
        """Today's code of every municipality's code of any year that was not split."""
        return municipalities().code_today

    @cached_property
    def indicators(self) -> dict[str, str]:
        """The kind of every indicator."""
        return {row["indicator"]: row["kind"] for row in rows("indicators")}


def context_of(info: ValidationInfo) -> Known:
    """Return the context that whatever is validated here has to be validated in."""
    if not isinstance(info.context, Known):
        raise TypeError("what sources.yml says is validated with what it may name")
    return info.context


def _in(known: str, key: str, what: str) -> AfterValidator:
    """Return a validator of what has to be among the known of a sort."""

    def named(value: str, info: ValidationInfo) -> str:
        among = getattr(context_of(info), known)
        if value not in among:
            raise SettingError(f"`{key}`: '{value}' is {what}{did_you_mean(value, among)}")
        return value

    return AfterValidator(named)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SettingError(f"`{key}` must be one value")
    return value


def _first_day(value: object) -> dt.date:
    text = _text("date", value)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise SettingError("`date` must be a date as 2022-08-01") from None


def _last_day(value: object) -> dt.date:
    """Return the day by which it is to be so; of a year, its last."""
    text = _text("by", value)
    if _YEAR.fullmatch(text):
        return dt.date(int(text), 12, 31)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise SettingError("`by` must be a year or a date as 2027-06-30") from None


def _own_date(value: object) -> tuple[int, int, int | None]:
    """Return day, month and year; no year of a day that comes every year."""
    text = _text("date", value)
    yearly = _DAY_OF_YEAR.fullmatch(text)
    written = _NORWEGIAN_DATE.fullmatch(text)
    try:
        if yearly:
            # A leap year, in which every day is.
            day = dt.date(2024, int(yearly[2]), int(yearly[1]))
            return day.day, day.month, None
        if written:
            day = dt.date(int(written[3]), int(written[2]), int(written[1]))
        else:
            day = dt.date.fromisoformat(text)
    except ValueError:
        raise SettingError(
            '`date` must be a day of every year as "15.11", or of one as 2025-11-15'
        ) from None
    return day.day, day.month, day.year


def _aim(value: object, info: ValidationInfo) -> float:
    text = _text("value", value)
    if not _NUMBER.fullmatch(text):
        raise SettingError("`value` must be a number with a point for decimals")
    kind = context_of(info).indicators.get(info.data.get("indicator", ""))
    if kind == "share" and float(text) > 1:
        raise SettingError(
            "`value` must be from 0 to 1, for the indicator is a share: 0.75 is 75 %"
        )
    return float(text)


def _note(text: str) -> str:
    if len(text) > _LONGEST_NOTE:
        raise SettingError(f"`note` has more than {_LONGEST_NOTE} signs")
    if looks_like_person_id(text):
        raise SettingError("`note` holds a number that may be a person's id")
    return text


def _code_today(code: str, info: ValidationInfo) -> str:
    return context_of(info).today[code]


Municipality = Annotated[
    str, _in("today", "kommune", "no municipality's number"), AfterValidator(_code_today)
]
Indicator = Annotated[str, _in("indicators", "indicator", "no indicator")]


class _Entry(BaseModel):
    """An entry of a list; `told_by` says what such a one is told by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    written_as: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _has_keys(cls, content: object) -> object:
        if not isinstance(content, dict):
            raise SettingError(cls.written_as)
        return content


class Break(_Entry):
    """A break: the first day that is counted the new way, and of what; None means of all."""

    written_as = "a break is told by date, kind and note"

    municipality_code: Municipality | None = Field(default=None, alias="kommune")
    source: Annotated[str, _in("sources", "source", "no source of this file")] | None = None
    first_day_after: Annotated[dt.date, BeforeValidator(_first_day)] = Field(alias="date")
    kind: Annotated[str, _in("kinds", "kind", "no kind of break")]
    indicator: Indicator | None = None
    note: Annotated[str, AfterValidator(_note)]


class Target(_Entry):
    """What an indicator is to come to, and by when; without a municipality, that of all."""

    written_as = "a target is told by indicator and value"

    municipality_code: Municipality | None = Field(default=None, alias="kommune")
    indicator: Indicator
    value: Annotated[float, BeforeValidator(_aim)]
    by_date: Annotated[dt.date, BeforeValidator(_last_day)] | None = Field(default=None, alias="by")

    @model_validator(mode="after")
    def _is_the_only_one(self, info: ValidationInfo) -> Target:
        if (self.municipality_code, self.indicator) in context_of(info).once:
            raise SettingError(f"`{self.indicator}` has a target above already; leave one of them")
        context_of(info).once.add((self.municipality_code, self.indicator))
        return self


class OwnDate(_Entry):
    """A day that a municipality is counted on beside the months' ends.

    Without a year it is that day of every year; without a municipality, that of all.
    """

    written_as = 'a reference date is told by date, as "15.11" for every year or 2025-11-15 for one'

    municipality_code: Municipality | None = Field(default=None, alias="kommune")
    date: Annotated[tuple[int, int, int | None], BeforeValidator(_own_date)]

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_date_alone(cls, content: object) -> object:
        return {"date": content} if isinstance(content, str) else content

    @property
    def day(self) -> int:
        """The day of the month."""
        return self.date[0]

    @property
    def month(self) -> int:
        """The month, 1 to 12."""
        return self.date[1]

    @property
    def year(self) -> int | None:
        """The year; None of every year."""
        return self.date[2]


def _few(dates: tuple[OwnDate, ...]) -> tuple[OwnDate, ...]:
    of_each = Counter(each.municipality_code for each in dates)
    of_all = of_each.pop(None, 0)
    if of_all + max(of_each.values(), default=0) > _MOST_OWN_DATES:
        raise SettingError(
            f"`reference_dates:` has more than {_MOST_OWN_DATES} dates of a municipality"
        )
    return dates


def _inside_home(value: str) -> str:
    if Path(value).is_absolute() or ".." in Path(value).parts:
        raise SettingError("`units:` must be a file in the home folder, as enheter.csv")
    return value


HomeFile = Annotated[str, AfterValidator(_inside_home)]


def _list(reason: str) -> BeforeValidator:
    def is_list(content: object) -> object:
        if not isinstance(content, list):
            raise SettingError(reason)
        return content

    return BeforeValidator(is_list)


Breaks = Annotated[
    tuple[Break, ...], _list("`breaks:` must be a list, each with date, kind and note")
]
Targets = Annotated[
    tuple[Target, ...], _list("`targets:` must be a list, each with indicator and value")
]
OwnDates = Annotated[
    tuple[OwnDate, ...],
    _list('`reference_dates:` must be a list, each a day of every year as "15.11" or a date'),
    AfterValidator(_few),
]


def _with_names(content: object, reason: str) -> dict[str, tuple[str, object]]:
    """Return what is said below names, each with its name: whoever reads it has to know it."""
    if not isinstance(content, dict):
        raise SettingError(reason)
    return {name: (name, value) for name, value in content.items()}


def _setting(setting: tuple[str, object]) -> str:
    return read_setting(*setting)


def _settings(setting: tuple[str, object]) -> object:
    return _with_names(setting[1], f"`{setting[0]}:` must name parameters")


def _of_each(content: object) -> object:
    return _with_names(
        content, "`municipalities:` must name municipalities, each with its parameters"
    )


def _another(code: str, info: ValidationInfo) -> str:
    known = context_of(info)
    if code not in known.today:
        raise SettingError(f"'{code}' is no municipality's number{did_you_mean(code, known.today)}")
    if known.today[code] in known.once:
        raise SettingError(f"'{code}' is the same municipality as one above")
    known.once.add(known.today[code])
    return known.today[code]


Setting = Annotated[str, BeforeValidator(_setting)]


class Definition(BaseModel):
    """What the counting rules' parameters are set to: for all, and otherwise for some.

    `{bridge_days: 14, municipalities: {"5530": {bridge_days: 30}}}` says 14 for all and 30 for
    one. Municipalities are kept by today's code.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    __pydantic_extra__: dict[str, Setting]
    municipalities: Annotated[
        dict[
            Annotated[str, AfterValidator(_another)],
            Annotated[dict[str, Setting], BeforeValidator(_settings)],
        ],
        BeforeValidator(_of_each),
    ] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _names_parameters(cls, content: object) -> dict[str, object]:
        named = _with_names(content, "`definition:` must name parameters")
        return {name: each[1] if name in cls.model_fields else each for name, each in named.items()}

    @property
    def parameters(self) -> dict[str, dict[str, str]]:
        """What is set, by municipality; "" is all of them."""
        return {"": dict(self.__pydantic_extra__), **self.municipalities}
