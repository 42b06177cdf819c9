"""What the codes of shared packages are called: of the seeds, for a package holds codes alone."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dagster_project.publication.reader.names import Names
from dagster_project.publication.reader.reference import ALL, UNKNOWN
from dagster_project.reference import rows
from dagster_project.reference.share_plan import share_plan
from dashboards.content.wording import Wording
from dashboards.i18n.texts import Texts
from dashboards.queries.shared import Received
from dashboards.view.sharing import last_day, name_of

_OPEN_ENDED = "+"


@dataclass(frozen=True)
class SharedLabels(Wording):
    """The names of what was received, in one language."""

    received: Received
    texts: Texts
    # Whom one can be compared with besides: names of groups, each with those that have shared.
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict, compare=False)

    def among(self, written: str) -> str:
        """Return whom a municipality is compared with, as the address has it: its name."""
        code, _, group = written.partition(":")
        return group or self.texts(f"comparison.among_{code}")

    def municipality(self, code: str) -> str:
        """Return the name of a municipality, of today or as it was called."""
        return name_of(code)

    def listed(self, codes: Sequence[str], most: int) -> str:
        """Return the names of municipalities, of many the first and how many there are beside."""
        names = ", ".join(self.municipality(code) for code in codes[:most])
        if len(codes) <= most:
            return names
        return self.texts("comparison.and_more", names=names, number=len(codes) - most)

    def indicator(self, code: str) -> str:
        """Return the name of an indicator."""
        return self.texts.named(_names("indicators", "indicator", "name")[code])

    def definition(self, code: str) -> str:
        """Return what an indicator is."""
        return self.texts.named(_names("indicators", "indicator", "definition")[code])

    def parameter(self, code: str) -> str:
        """Return the name of a parameter of the counting rules."""
        return self.texts.named(_names("parameters", "parameter", "name")[code])

    def polarity(self, indicator: str) -> str:
        """Return whether more or less of an indicator is better; `none` where neither is."""
        return _polarities()[indicator]

    def service_area(self, code: str) -> str:
        """Return the name of a service area."""
        if code in (ALL, UNKNOWN):
            return self.texts(f"service_area.{code}")
        return self.texts.named(_names("service_areas", "service_area", "name")[code])

    def service_areas(self) -> tuple[str, ...]:
        """Return the codes of all service areas in their order, `all` first."""
        return share_plan().plan.service_areas

    def age_group_in_text(self, code: str) -> str:
        """Return an age group as it stands in a sentence: `0-17 år`, `90 år og eldre`."""
        if code in (ALL, UNKNOWN):
            return self.texts(f"age_group.{code}_in_text")
        if code.endswith(_OPEN_ENDED):
            return self.texts("age_group.open_ended", age=int(code.rstrip(_OPEN_ENDED)))
        return self.texts("age_group.years", group=code)

    def group_in_text(self, age_group: str, service_area: str) -> str:
        """Return which age group and service area are chosen: `0-17 år, PPT`."""
        area = (
            self.texts("service_area.all_in_text")
            if service_area == ALL
            else self.service_area(service_area)
        )
        return f"{self.age_group_in_text(age_group)}, {area}"

    def month(self, month: str) -> str:
        """Return a month `YYYY-MM` as it stands in text: `desember 2025`."""
        return self.texts.month(last_day(month))


@functools.cache
def _names(seed: str, key: str, what: str) -> dict[str, Names]:
    return {
        row[key]: Names(row[f"{what}_nb"], row[f"{what}_nn"], row[f"{what}_en"])
        for row in rows(seed)
    }


@functools.cache
def _polarities() -> dict[str, str]:
    return {row["indicator"]: row["polarity"] for row in rows("indicators")}
