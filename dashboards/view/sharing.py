"""What is chosen on the page of shared packages alone, and what packages have to choose from.

These choices stand in the address beside the others and are kept there from page to page; where
they are what they would be anyway they are not written.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dagster_project.reference import rows
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.share_plan import ALL, UNKNOWN, share_plan
from dashboards.i18n.texts import Language, alphabetical
from dashboards.queries.shared import Received, areas
from dashboards.view.preferences import Preferences

_CODE = re.compile(r"\d{4}")
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
_WEIGHTS = re.compile(r"[0-3]-[0-3]-[0-3]")
_OPEN_ENDED = "+"
_OF_GROUP = "group:"


class Among(StrEnum):
    """Whom a municipality is compared with."""

    EVERYBODY = "everybody"
    COUNTY = "county"
    SIMILAR = "similar"
    CHOSEN = "chosen"
    # One of those that the installation names.
    GROUP = "group"


class Breakdown(StrEnum):
    """What the table of municipalities has a column for each of."""

    AGES = "ages"
    AREAS = "areas"


@dataclass(frozen=True)
class SharedChoice:
    """What is chosen of shared packages.

    `group` is the name of the group, where it is one of the installation's that is compared with.
    `month` is empty for the newest that all compared have reached. `weights` are those of size, age
    profile and need when similar municipalities are looked for, each from 0 to 3.
    """

    month: str = ""
    among: Among = Among.EVERYBODY
    peers: tuple[str, ...] = ()
    by: Breakdown = Breakdown.AGES
    weights: str = "1-1-1"
    group: str = ""

    @property
    def among_written(self) -> str:
        """Whom it is compared with as the address has it: `county`, `group:KOSTRA-gruppe 2`."""
        return f"{_OF_GROUP}{self.group}" if self.among is Among.GROUP else self.among.value

    @property
    def weight_of_each(self) -> tuple[int, int, int]:
        """The weights as numbers: size, age profile, need."""
        size, ages, need = map(int, self.weights.split("-"))
        return size, ages, need


class SharedName(StrEnum):
    """The names in the address."""

    MONTH = "month"
    AMONG = "among"
    PEERS = "peers"
    BY = "by"
    WEIGHTS = "weights"


def read_choice(query: Mapping[str, Sequence[str]]) -> tuple[SharedChoice, list[SharedName]]:
    """Return what an address chooses, and which of it cannot be what it should be."""
    wrong: list[SharedName] = []

    def only(name: SharedName, default: str, pattern: str) -> str:
        written = query.get(name, ())
        if not written:
            return default
        if len(written) == 1 and re.fullmatch(pattern, written[0]):
            return written[0]
        wrong.append(name)
        return default

    peers = [code for code in query.get(SharedName.PEERS, ()) if _CODE.fullmatch(code)]
    if len(peers) < len(query.get(SharedName.PEERS, ())):
        wrong.append(SharedName.PEERS)
    among = only(
        SharedName.AMONG,
        Among.EVERYBODY,
        "|".join([*(each for each in Among if each is not Among.GROUP), f"{_OF_GROUP}.{{1,60}}"]),
    )
    group = among.removeprefix(_OF_GROUP) if among.startswith(_OF_GROUP) else ""
    choice = SharedChoice(
        month=only(SharedName.MONTH, "", _MONTH.pattern),
        among=Among.GROUP if group else Among(among),
        peers=tuple(dict.fromkeys(peers)),
        by=Breakdown(only(SharedName.BY, Breakdown.AGES, "|".join(Breakdown))),
        weights=only(SharedName.WEIGHTS, "1-1-1", _WEIGHTS.pattern),
        group=group,
    )
    return choice, wrong


def write_choice(choice: SharedChoice) -> dict[str, list[str]]:
    """Return what stands in the address: what is other than by default."""
    usual = SharedChoice()
    written = {
        SharedName.MONTH: [choice.month] if choice.month else [],
        SharedName.AMONG: [choice.among_written] if choice.among is not usual.among else [],
        SharedName.PEERS: list(choice.peers),
        SharedName.BY: [choice.by.value] if choice.by is not usual.by else [],
        SharedName.WEIGHTS: [choice.weights] if choice.weights != usual.weights else [],
    }
    return {name.value: values for name, values in written.items() if values}


@dataclass(frozen=True)
class SharedOffer:
    """The choices of what was received; in each list the default comes first.

    `kept` is the reference date of the other pages, which this one has no use for: it is handed on.
    """

    received: Received
    preferences: Preferences
    kept: dt.date | None = None

    @property
    def default_language(self) -> Language:
        """The language of the installation."""
        return self.preferences.language

    def municipalities(self) -> Sequence[str]:
        """Return the municipalities that have shared: the installation's own, then by name."""
        own = self.preferences.municipality

        def rank(code: str) -> tuple[bool, str]:
            name = name_of(code)
            return (own not in (code, name), alphabetical(name))

        return sorted(self.received.packages, key=rank)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The groups of the installation with the municipalities of each that have shared."""
        shared = self.received.packages
        return {
            name: tuple(code for code in codes if code in shared)
            for name, codes in self.preferences.groups
        }

    def whom(self) -> list[str]:
        """Return whom one can be compared with, as the address has it."""
        general = [each.value for each in Among if each is not Among.GROUP]
        return [*general, *(f"{_OF_GROUP}{name}" for name in self.groups)]

    def has_figures(self, municipality: str) -> bool:
        """Return whether anything is shared by a municipality."""
        return municipality in self.received.packages

    def comparable(self) -> Collection[str]:
        """Return the municipalities that have shared."""
        return self.received.packages.keys()

    def reference_dates(self, municipality: str) -> Sequence[dt.date]:
        """Return the date to hand on, or the last day of the municipality's newest month."""
        if self.kept:
            return [self.kept]
        return [last_day(self.received.packages[municipality].months[-1])]

    def indicators(self) -> Sequence[str]:
        """Return the indicators of the plan, in the order of the plan."""
        return list(share_plan().plan.indicators)

    def age_schemes(self) -> Sequence[str]:
        """Return the age schemes, the standard one first."""
        return sorted(
            {row["age_scheme"] for row in rows("age_groups")},
            key=lambda scheme: (scheme != "standard", scheme),
        )

    def age_groups(self, age_scheme: str) -> Sequence[str]:  # noqa: ARG002 - every scheme's are there
        """Return all ages, the standard groups, and every other union of neighbouring groups."""
        return list(unions())

    def service_areas(self) -> Sequence[str]:
        """Return the service areas that anybody has shared, `all` first."""
        shared = areas(self.received)
        return [area for area in share_plan().plan.service_areas if area in shared]

    def rules(self) -> Collection[str]:
        """Return the rules, which this page has no use for."""
        return {row["rule"] for row in rows("rules")}

    def scenarios(self, municipality: str) -> Sequence[str]:  # noqa: ARG002 - none is reckoned with
        """Return that none is chosen."""
        return ("",)


def unions() -> dict[str, tuple[int, ...]]:
    """Return the age groups that can be made of the finest: their places among these, by code.

    All ages first, then the standard groups, then every other run of neighbouring groups.
    """
    finest = [group for group in share_plan().plan.age_groups if group != UNKNOWN]
    runs: dict[str, tuple[int, ...]] = {}
    for first, last in itertools.combinations_with_replacement(range(len(finest)), 2):
        beginning, end = finest[first].split("-")[0], finest[last].split("-")[-1]
        code = end if first == last and end.endswith(_OPEN_ENDED) else f"{beginning}-{end}"
        if end.endswith(_OPEN_ENDED):
            code = f"{beginning.rstrip(_OPEN_ENDED)}{_OPEN_ENDED}"
        if (first, last) == (0, len(finest) - 1):
            continue
        runs[code] = tuple(range(first, last + 1))
    everybody = {ALL: tuple(range(len(share_plan().plan.age_groups)))}
    standard = {code: runs[code] for code in standard_groups()}
    return {**everybody, **standard, **runs}


def standard_groups() -> list[str]:
    """Return the codes of the standard age groups, youngest first."""
    return [row["age_group"] for row in rows("age_groups") if row["age_scheme"] == "standard"]


def last_day(month: str) -> dt.date:
    """Return the last day of a month `YYYY-MM`."""
    year, number = int(month[:4]), int(month[5:])
    return dt.date(year + number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)


@functools.cache
def known_codes() -> frozenset[str]:
    """Return the codes of the municipalities of every year that is known."""
    return frozenset(row["municipality_code"] for row in rows("municipalities"))


@functools.cache
def name_of(code: str) -> str:
    """Return the name of a municipality of any year, or its code."""
    known = municipalities()
    if known.code_today.get(code) == code:
        return known.name_today[code]
    names = {row["municipality_code"]: row["municipality_name"] for row in rows("municipalities")}
    return names.get(code, code)
