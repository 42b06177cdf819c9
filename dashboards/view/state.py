"""What the reader has chosen, and the address that says so.

A view is the whole of it: two readers with the same address see the same. The address is the only
place it is kept; the widgets follow it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from dagster_project.publication.reader.reference import ALL
from dashboards.i18n.texts import Language
from dashboards.view.sharing import SharedChoice, SharedName, known_codes, read_choice, write_choice

# How many municipalities may stand beside the chosen one: colours that everybody can tell apart.
MOST_COMPARED = 5

T = TypeVar("T")


class Parameter(StrEnum):
    """The names in the address."""

    LANGUAGE = "lang"
    MUNICIPALITY = "municipality"
    REFERENCE_DATE = "date"
    INDICATOR = "indicator"
    AGE_SCHEME = "ages"
    AGE_GROUP = "age"
    SERVICE_AREA = "area"
    COMPARED = "compare"
    RULE = "rule"
    ROLE = "role"
    SCENARIO = "scenario"


class Role(StrEnum):
    """Who looks: what the front page leads with."""

    LEADER = "leader"
    ANALYST = "analyst"
    STEWARD = "steward"


@dataclass(frozen=True)
class View:
    """Everything that decides what a page shows."""

    language: Language
    municipality: str
    reference_date: dt.date
    indicator: str
    age_scheme: str
    age_group: str = ALL
    service_area: str = ALL
    compared: tuple[str, ...] = ()
    rule: str | None = None
    role: Role = Role.LEADER
    # The file of a scenario that is kept; empty where one is proposed.
    scenario: str = ""
    # What is chosen of shared packages.
    shared: SharedChoice = field(default_factory=SharedChoice)


class Offer(Protocol):
    """What there is to choose from; in each list the default comes first."""

    @property
    def default_language(self) -> Language:
        """Return the language of the installation."""

    def municipalities(self) -> Sequence[str]:
        """Return the municipalities that have figures."""

    def has_figures(self, municipality: str) -> bool:
        """Return whether there is anything to show of a municipality."""

    def comparable(self) -> Collection[str]:
        """Return the municipalities that can stand beside the chosen one: they have shared."""

    def reference_dates(self, municipality: str) -> Sequence[dt.date]:
        """Return the dates that a municipality is counted on."""

    def indicators(self) -> Sequence[str]:
        """Return the indicators that the page can show."""

    def age_schemes(self) -> Sequence[str]:
        """Return the age schemes."""

    def age_groups(self, age_scheme: str) -> Sequence[str]:
        """Return the groups of a scheme, `all` first."""

    def service_areas(self) -> Sequence[str]:
        """Return the service areas, `all` first."""

    def rules(self) -> Collection[str]:
        """Return the rules that findings may be looked up by."""

    def scenarios(self, municipality: str) -> Sequence[str]:
        """Return the files of a municipality's scenarios, none (empty) first."""


class UnusableParameter(StrEnum):
    """Stands beside the parameters among what was wrong with an address."""

    UNKNOWN_NAME = "unknown_name"


Complaint = Parameter | SharedName | UnusableParameter
Query = Mapping[str, Sequence[str]]


def read_language(query: Query, default: Language) -> Language:
    """Return the language of an address, alone: it is needed where nothing else can be read."""
    try:
        return Language(_only(query.get(Parameter.LANGUAGE, ())) or "")
    except ValueError:
        return default


def read_date(query: Query) -> dt.date | None:
    """Return the reference date of an address, alone; None where it has none that is a date."""
    try:
        return dt.date.fromisoformat(_only(query.get(Parameter.REFERENCE_DATE, ())) or "")
    except ValueError:
        return None


def read_view(query: Query, offer: Offer) -> tuple[View, tuple[Complaint, ...]]:
    """Return the view that an address asks for, and what in it could not be used.

    Whatever is missing takes its default without a word; whatever is not on offer takes its default
    too, and is complained about.
    """
    complaints: list[Complaint] = []
    if not set(query) <= {str(parameter) for parameter in (*Parameter, *SharedName)}:
        complaints.append(UnusableParameter.UNKNOWN_NAME)

    def chosen(parameter: Parameter, options: Sequence[T], read: Callable[[str], T]) -> T:
        written = query.get(parameter, ())
        if written:
            try:
                value = read(_only(written) or "")
            except ValueError:
                value = None
            if value is not None and value in options:
                return value
            complaints.append(parameter)
        return options[0]

    languages = sorted(Language, key=lambda language: language is not offer.default_language)
    municipality = chosen(Parameter.MUNICIPALITY, offer.municipalities(), str)
    age_scheme = chosen(Parameter.AGE_SCHEME, offer.age_schemes(), str)
    compared, all_known = _compared(query, municipality, offer)
    rule = _only(query.get(Parameter.RULE, ()))
    if rule is not None and rule not in offer.rules():
        complaints.append(Parameter.RULE)
        rule = None
    if not all_known:
        complaints.append(Parameter.COMPARED)
    shared, unusable = read_choice(query)
    complaints += unusable
    view = View(
        language=chosen(Parameter.LANGUAGE, languages, Language),
        municipality=municipality,
        reference_date=chosen(
            Parameter.REFERENCE_DATE, offer.reference_dates(municipality), dt.date.fromisoformat
        ),
        indicator=chosen(Parameter.INDICATOR, offer.indicators(), str),
        age_scheme=age_scheme,
        age_group=chosen(Parameter.AGE_GROUP, offer.age_groups(age_scheme), str),
        service_area=chosen(Parameter.SERVICE_AREA, offer.service_areas(), str),
        compared=compared,
        rule=rule,
        role=chosen(Parameter.ROLE, list(Role), Role),
        scenario=chosen(Parameter.SCENARIO, offer.scenarios(municipality), str),
        shared=shared,
    )
    return view, tuple(complaints)


def write_query(view: View) -> dict[str, list[str]]:
    """Return the address of a view; defaults are written too, for they may change."""
    query = {
        Parameter.LANGUAGE: [view.language.value],
        Parameter.MUNICIPALITY: [view.municipality],
        Parameter.REFERENCE_DATE: [view.reference_date.isoformat()],
        Parameter.INDICATOR: [view.indicator],
        Parameter.AGE_SCHEME: [view.age_scheme],
        Parameter.AGE_GROUP: [view.age_group],
        Parameter.SERVICE_AREA: [view.service_area],
        Parameter.COMPARED: list(view.compared),
        Parameter.RULE: [view.rule] if view.rule else [],
        Parameter.ROLE: [view.role.value],
        Parameter.SCENARIO: [view.scenario] if view.scenario else [],
    }
    written = {name.value: values for name, values in query.items() if values}
    return {**written, **write_choice(view.shared)}


def _compared(query: Query, municipality: str, offer: Offer) -> tuple[tuple[str, ...], bool]:
    """Return the municipalities to compare with, and whether all that were asked for are there.

    One that has shared nothing is kept: the page says so, and what to do about it.
    """
    asked = dict.fromkeys(query.get(Parameter.COMPARED, ()))
    if not asked:
        return (), True
    known = {*offer.comparable(), *offer.municipalities(), *known_codes()}
    usable = [code for code in asked if code in known]
    beside = tuple(code for code in usable if code != municipality)
    return beside[:MOST_COMPARED], len(usable) == len(asked) and len(beside) <= MOST_COMPARED


def _only(written: Sequence[str]) -> str | None:
    """Return the one value; a name written twice has none that could be used."""
    return written[0] if len(written) == 1 else ("" if written else None)
