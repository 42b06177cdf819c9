"""What a leader decides and assumes about the coming years, as a file that can be read and mended.

Whatever a scenario does not say is the proposal of `seeds/assumptions.csv`, with where that is
from: no assumption stands in code.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from dagster_project.config.yaml_limits import require_moderate
from dagster_project.config.yaml_tree import key_with_id, line_of
from dagster_project.problems import Problem, did_you_mean
from dagster_project.reference import rows

VERSION = 1
AREA_COST = "hourly_cost"
STANDARD = "standard"
_MOST_YEARS = 15
_FIRST_YEAR, _LAST_YEAR = 2015, 2100
# With more of them a number could be taken for a person's id.
_DECIMALS = 4
_LONGEST_NAME, _LONGEST_TEXT = 80, 2000
# How far shares of a whole may be from it, by rounding.
_ROUNDING = 0.001


@dataclass(frozen=True)
class Proposal:
    """What is assumed where a scenario says nothing: `seeds/assumptions.csv`."""

    unit: str
    least: float
    most: float
    estimate: Estimate
    more_costs_more: bool
    by_area: bool


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("scenario_number", "it is no number")
    return round(float(value), _DECIMALS)


def _text(longest: int) -> AfterValidator:
    def short(value: str) -> str:
        if len(value) > longest:
            raise PydanticCustomError("scenario_long", "it is too long", {"most": longest})
        return " ".join(value.split())

    return AfterValidator(short)


def _not_empty(value: str) -> str:
    if not value:
        raise PydanticCustomError("scenario_missing", "it is empty")
    return value


def _code(value: str) -> str:
    if not re.fullmatch(r"\d{4}", value, re.ASCII):
        raise PydanticCustomError("scenario_municipality", "no number of a municipality")
    return value


def _within(least: float, most: float) -> AfterValidator:
    def inside(value: float) -> float:
        _require_within(value, least, most)
        return value

    return AfterValidator(inside)


def _require_within(value: float, least: float, most: float, under: str = "") -> None:
    if not least <= value <= most:
        raise PydanticCustomError(
            "scenario_range", "out of range", {"least": least, "most": most, "under": under}
        )


def _one_of(known: Collection[str]) -> AfterValidator:
    def among(value: str) -> str:
        if value not in known:
            hint = did_you_mean(value, known)
            raise PydanticCustomError("scenario_unknown", "it is unknown", {"hint": hint})
        return value

    return AfterValidator(among)


Number = Annotated[float, BeforeValidator(_number)]
Share = Annotated[Number, _within(0, 1)]
Year = Annotated[int, _within(_FIRST_YEAR, _LAST_YEAR)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Estimate(_Part):
    """A number that nobody knows: what is likely, the least and the most, and where it is from."""

    low: Number
    middle: Number
    high: Number
    source: Annotated[str, _text(_LONGEST_TEXT)] = ""

    @model_validator(mode="before")
    @classmethod
    def _may_be_one_number(cls, content: object) -> object:
        if isinstance(content, int | float) and not isinstance(content, bool):
            return {"low": content, "middle": content, "high": content}
        if not isinstance(content, dict | Estimate):
            raise PydanticCustomError("scenario_number", "it is no number")
        return content

    @model_validator(mode="after")
    def _goes_from_low_to_high(self) -> Self:
        if not self.low <= self.middle <= self.high:
            raise PydanticCustomError("scenario_order", "low, middle and high are out of order")
        return self


@functools.cache
def proposals() -> dict[str, Proposal]:
    """Return the assumptions by name, in their order."""
    return {
        row["assumption"]: Proposal(
            row["unit"],
            float(row["min_value"]),
            float(row["max_value"]),
            Estimate(low=float(row["low"]), middle=float(row["middle"]), high=float(row["high"])),
            row["more_costs_more"] == "true",
            row["own_by_area"] == "true",
        )
        for row in rows("assumptions")
    }


@functools.cache
def age_groups() -> tuple[str, ...]:
    """Return the age groups that needs are reckoned by, youngest first."""
    return tuple(row["age_group"] for row in rows("age_groups") if row["age_scheme"] == STANDARD)


@functools.cache
def service_areas() -> tuple[str, ...]:
    """Return the service areas in their order."""
    return tuple(row["service_area"] for row in rows("service_areas"))


def _known_functions(year: int) -> dict[str, str]:
    return {
        row["service_area"]: row["kostra_function"]
        for row in rows("kostra_functions")
        if int(row["first_year"] or 0) <= year <= int(row["last_year"] or 9999)
    }


def _require_possible(estimate: Estimate, name: str, under: str) -> None:
    for value in (estimate.low, estimate.high):
        _require_within(value, proposals()[name].least, proposals()[name].most, under)


AgeGroup = Annotated[str, _one_of(age_groups())]
ServiceArea = Annotated[str, _one_of(service_areas())]
Assumption = Annotated[str, _one_of([name for name in proposals() if name != AREA_COST])]
Function = Annotated[str, _one_of({row["kostra_function"] for row in rows("kostra_functions")})]


class Target(_Part):
    """The share of those in the target group who are to have a coordinator in the last year."""

    by_age: dict[AgeGroup, Share] = Field(default_factory=dict)
    by_service_area: dict[ServiceArea, Share] = Field(default_factory=dict)


class Scenario(_Part):
    """What a leader decides and assumes, of one municipality and some years.

    `growth` is how much the share of an age group that belongs to the target group grows in a year,
    `functions` how a service area's kroner fall on KOSTRA functions, where not on the one proposed.
    """

    scenario: int = VERSION
    name: Annotated[str, _text(_LONGEST_NAME), AfterValidator(_not_empty)]
    municipality: Annotated[str, AfterValidator(_code)]
    first_year: Year
    last_year: Year
    target: Target = Target()
    growth: dict[AgeGroup, Annotated[Number, _within(-0.2, 0.2)]] = Field(default_factory=dict)
    assumptions: dict[Assumption, Estimate] = Field(default_factory=dict)
    hourly_cost: dict[ServiceArea, Estimate] = Field(default_factory=dict)
    functions: dict[ServiceArea, dict[Function, Share]] = Field(default_factory=dict)
    note: Annotated[str, _text(_LONGEST_TEXT)] = ""

    @field_validator("assumptions")
    @classmethod
    def _can_be(cls, assumptions: dict[str, Estimate]) -> dict[str, Estimate]:
        for name, estimate in assumptions.items():
            _require_possible(estimate, name, name)
        return assumptions

    @field_validator("hourly_cost")
    @classmethod
    def _can_cost(cls, costs: dict[str, Estimate]) -> dict[str, Estimate]:
        for area, estimate in costs.items():
            _require_possible(estimate, AREA_COST, area)
        return costs

    @field_validator("functions")
    @classmethod
    def _are_a_whole(cls, functions: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        for area, shares in functions.items():
            if abs(sum(shares.values()) - 1) > _ROUNDING:
                raise PydanticCustomError("scenario_functions", "no whole", {"under": area})
        return functions

    @model_validator(mode="after")
    def _has_years(self) -> Self:
        if not 0 <= self.last_year - self.first_year < _MOST_YEARS:
            raise PydanticCustomError("scenario_years", "no such years", {"most": _MOST_YEARS})
        return self

    @property
    def years(self) -> range:
        """The years of the plan."""
        return range(self.first_year, self.last_year + 1)

    def estimate(self, name: str, area: str = "") -> Estimate:
        """Return what is assumed: what the municipality has said itself, else the proposal."""
        own = self.hourly_cost.get(area) if name == AREA_COST else self.assumptions.get(name)
        return own or proposals()[name].estimate

    def is_own(self, name: str, area: str = "") -> bool:
        """Return whether the municipality has said it itself."""
        return area in self.hourly_cost if name == AREA_COST else name in self.assumptions

    def functions_of(self, area: str, year: int) -> Mapping[str, float]:
        """Return the share of an area's kroner that falls on each function, if on any."""
        if area in self.functions:
            return self.functions[area]
        function = _known_functions(year).get(area)
        return {function: 1.0} if function else {}


def write_scenario(scenario: Scenario) -> str:
    """Return a scenario as the text of a file, what it does not say left out."""
    content: dict[str, Any] = scenario.model_dump(exclude_defaults=True)
    return yaml.safe_dump(
        {"scenario": scenario.scenario, **content}, sort_keys=False, allow_unicode=True
    )


class ScenarioError(Exception):
    """What is wrong with a scenario's file, each with its line."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def read_scenario(text: str) -> Scenario:
    """Return the scenario of a file's text; raises ScenarioError with all that is wrong."""
    try:
        require_moderate(text)
        tree = yaml.compose(text, Loader=yaml.CSafeLoader)
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise ScenarioError(
            Problem("scenario_yaml", {"line": mark.line + 1 if mark else 1})
        ) from None
    if tree is None or not isinstance(content, dict):
        raise ScenarioError(Problem("scenario_yaml", {"line": 1}))
    if key := key_with_id(tree):
        raise ScenarioError(Problem("scenario_id", {"line": key.line}))
    if content.get("scenario") != VERSION:
        raise ScenarioError(Problem("scenario_version", {"version": VERSION}))
    try:
        return Scenario.model_validate(content)
    except ValidationError as invalid:
        raise ScenarioError(*faults_of(invalid, tree)) from None


def faults_of(invalid: ValidationError, tree: yaml.Node | None = None) -> list[Problem]:
    """Return what is wrong with a scenario, by the line of its file where it is of one."""
    return [_problem(dict(error), tree) for error in invalid.errors()]


# What pydantic itself finds, and what it is called here.
_FOUND = {"missing": "scenario_missing", "extra_forbidden": "scenario_unknown"}


def _problem(error: dict[str, Any], tree: yaml.Node | None) -> Problem:
    kind = error["type"]
    found = {key: value for key, value in error.get("ctx", {}).items() if key != "under"}
    place = [part for part in error["loc"] if part != "[key]"]
    place += [error["ctx"]["under"]] if error.get("ctx", {}).get("under") else []
    if kind == "extra_forbidden":
        found["hint"] = did_you_mean(str(place[-1]), Scenario.model_fields)
    code = kind if kind.startswith("scenario_") else _FOUND.get(kind, "scenario_number")
    key = ".".join(map(str, place)) or "scenario"
    line = line_of(tree, tuple(place)) if tree else 0
    return Problem(code, {"line": line, "key": key, **found})
