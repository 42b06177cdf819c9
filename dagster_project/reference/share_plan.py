"""The closed list of what municipalities share (`seeds/share_plan.yml`), checked and made whole."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dagster_project.problems import Problem, SamordnaError, SettingError, did_you_mean
from dagster_project.reference import SEEDS, rows

FILE = "share_plan.yml"
# All values of a dimension together: a margin.
ALL = "all"
UNKNOWN = "unknown"
# Persons whose age the register does not know are in no scheme's groups.
_OLDEST = 999

Code = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
Codes = Annotated[tuple[Code, ...], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Selection(_Part):
    """Which values of the two dimensions are added up; None means all of them."""

    coordinator: Codes | None = None
    plan: Codes | None = None


class Share(_Part):
    """An indicator: the persons of one selection by those of another that holds it.

    `parameters` are those of the counting rules that change it beside those that change the group.
    """

    numerator: Selection
    denominator: Selection = Selection()
    parameters: tuple[Code, ...] = ()


class Dimensions(_Part):
    """The values of the two dimensions beside age, each in the order that counts have them in."""

    coordinator: Codes
    plan: Codes


class SharePlan(_Part):
    """The plan of one hypercube: which months of it, which dimensions, which shares are made of it.

    Counts of it have the axes age group, coordinator, plan.
    """

    cube: Code
    months: int = Field(ge=1, le=120)
    dimensions: Dimensions
    indicators: dict[Code, Share] = Field(min_length=1)
    parameters: tuple[Code, ...]

    @model_validator(mode="after")
    def _selects_what_is_there(self) -> SharePlan:
        for name, share in self.indicators.items():
            for part in ("numerator", "denominator"):
                selection: Selection = getattr(share, part)
                for dimension in Dimensions.model_fields:
                    there = getattr(self.dimensions, dimension)
                    for value in getattr(selection, dimension) or ():
                        if value not in there:
                            raise SettingError(
                                f"indicators.{name}.{part}: '{value}' is no value of {dimension}"
                                f"{did_you_mean(value, there)}"
                            )
            if not self._weights(share.numerator)[~self._weights(share.denominator)].sum() == 0:
                raise SettingError(
                    f"indicators.{name}: the numerator counts persons whom the denominator does not"
                )
        return self

    @cached_property
    def age_groups(self) -> tuple[str, ...]:
        """The finest age groups, youngest first, and those whose age is not known last."""
        return finest_age_groups(rows("age_groups"))

    @cached_property
    def service_areas(self) -> tuple[str, ...]:
        """Everybody, and then the service areas in their order."""
        return (ALL, *(row["service_area"] for row in rows("service_areas")))

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many age groups, values of coordinator and of plan there are, without margins."""
        return (
            len(self.age_groups),
            len(self.dimensions.coordinator),
            len(self.dimensions.plan),
        )

    @property
    def values(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """The values of the three axes, each with its margin last, as packages have them."""
        return (
            (*self.age_groups, ALL),
            (*self.dimensions.coordinator, ALL),
            (*self.dimensions.plan, ALL),
        )

    def weights(self, indicator: str) -> tuple[np.ndarray, np.ndarray]:
        """Return which cells (coordinator, plan) an indicator's numerator and denominator add up.

        Both are booleans of the shape of one age group's counts.
        """
        share = self.indicators[indicator]
        return self._weights(share.numerator), self._weights(share.denominator)

    def depends_on(self, indicator: str) -> frozenset[str]:
        """Return the counting rules' parameters that a shared indicator depends on."""
        return frozenset({*self.parameters, *self.indicators[indicator].parameters})

    def _weights(self, selection: Selection) -> np.ndarray:
        chosen = [
            np.isin(np.array(there), np.array(selected if selected is not None else there))
            for there, selected in (
                (self.dimensions.coordinator, selection.coordinator),
                (self.dimensions.plan, selection.plan),
            )
        ]
        return np.logical_and.outer(*chosen)


@dataclass(frozen=True)
class PlanFile:
    """The plan, and the hash of what it says (SHA-256, hexadecimal)."""

    plan: SharePlan
    sha256: str


@cache
def share_plan() -> PlanFile:
    """Return the plan, read once. Raises SamordnaError where the file does not hold together."""
    found = read_share_plan(SEEDS)
    if isinstance(found, Problem):
        raise SamordnaError.of(found)
    return found


def read_share_plan(folder: Path) -> PlanFile | Problem:
    """Return the plan of a folder of seeds, or what is wrong with it."""
    try:
        content = (folder / FILE).read_bytes()
        plan = SharePlan.model_validate(yaml.load(content, Loader=yaml.BaseLoader))  # noqa: S506
    except FileNotFoundError:
        return _fault("-", "there is no such file; put it back")
    except (yaml.YAMLError, UnicodeDecodeError):
        return _fault("-", "it is not YAML")
    except ValidationError as error:
        first = error.errors()[0]
        cause = first.get("ctx", {}).get("error")
        if isinstance(cause, SettingError):
            return _fault("-", cause.reason)
        return _fault(".".join(map(str, first["loc"])) or "-", first["msg"])
    # Of what it means: a comment that is mended makes no other plan, another age group does.
    meant = f"{plan.model_dump_json()}{plan.values}{plan.service_areas}"
    return PlanFile(plan, hashlib.sha256(meant.encode()).hexdigest())


def finest_age_groups(groups: list[dict[str, str]]) -> tuple[str, ...]:
    """Return the groups that all age schemes are made of, of the rows of `age_groups.csv`.

    Wherever a scheme has a border there is one: `0-5`, ..., `90+`, and `unknown` last.
    """
    first = {int(row["from_age"]) for row in groups}
    after = {int(row["to_age"]) + 1 for row in groups} - {_OLDEST + 1}
    borders = sorted(first | after)
    closed = [f"{low}-{high - 1}" for low, high in itertools.pairwise(borders)]
    return (*closed, f"{borders[-1]}+", UNKNOWN)


def plan_faults(folder: Path, indicators: set[str], parameters: set[str]) -> list[Problem]:
    """Return what is wrong with the plan of a folder whose other seeds have these names."""
    found = read_share_plan(folder)
    if isinstance(found, Problem):
        return [found]
    plan = found.plan
    faults = [
        _fault("indicators", f"'{name}' is no indicator{did_you_mean(name, indicators)}")
        for name in plan.indicators
        if name not in indicators
    ]
    named = {*plan.parameters, *(p for share in plan.indicators.values() for p in share.parameters)}
    return faults + [
        _fault("parameters", f"'{name}' is no parameter{did_you_mean(name, parameters)}")
        for name in sorted(named - parameters)
    ]


def _fault(key: str, reason: str) -> Problem:
    return Problem("record_invalid", {"file": f"seeds/{FILE}", "key": key, "reason": reason})
