"""What codes and figures are called where they are shown, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.coverage import Municipality
from dagster_project.publication.reader.provenance import Delivery
from dagster_project.publication.reader.publication import Publication
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Indicator
from dashboards.content.wording import Wording
from dashboards.i18n.texts import Texts
from dashboards.queries.shared import NO_PACKAGES, Packages
from dashboards.view.sharing import name_of

_OLDEST = 999  # the age groups' upper end where there is none


@dataclass(frozen=True)
class Labels(Wording):
    """The names of one publication in one language."""

    publication: Publication
    texts: Texts
    # What the other municipalities have shared: all that is said of them is of these.
    packages: Packages = field(default=NO_PACKAGES, compare=False)

    def municipality(self, code: str) -> str:
        """Return the name of a municipality, of the publication or of another installation."""
        known = coverage.municipalities(self.publication).get(code)
        return known.name if known else name_of(code)

    def municipality_entry(self, code: str) -> Municipality:
        """Return the municipality of a code."""
        return coverage.municipalities(self.publication)[code]

    def indicator(self, code: str) -> str:
        """Return the name of an indicator."""
        return self.texts.named(self.indicator_entry(code).names)

    def indicator_entry(self, code: str) -> Indicator:
        """Return the indicator of a code."""
        return reference.indicators(self.publication)[code]

    def age_group_in_text(self, scheme: str, code: str) -> str:
        """Return an age group as it stands in a sentence: `0-17 år`, `90 år og eldre`."""
        if code in (ALL, UNKNOWN):
            return self.texts(f"age_group.{code}_in_text")
        group = next(
            each for each in reference.age_groups(self.publication)[scheme] if each.code == code
        )
        if group.to_age >= _OLDEST:
            return self.texts("age_group.open_ended", age=group.from_age)
        return self.texts("age_group.years", group=code)

    def service_area(self, code: str) -> str:
        """Return the name of a service area."""
        if code in (ALL, UNKNOWN):
            return self.texts(f"service_area.{code}")
        names = reference.service_areas(self.publication).get(code)
        return self.texts.named(names) if names else code

    def service_area_in_text(self, code: str) -> str:
        """Return a service area as it stands in a sentence: `PPT`, `alle tjenesteområder`."""
        return self.texts("service_area.all_in_text") if code == ALL else self.service_area(code)

    def rule(self, code: str) -> str:
        """Return the name of a rule."""
        rule = reference.rules(self.publication).get(code)
        return self.texts.named(rule.names) if rule else code

    def rule_advice(self, code: str) -> str:
        """Return what can be done about a rule's findings."""
        rule = reference.rules(self.publication).get(code)
        advice = rule.advice if rule else None
        return self.texts.named(advice) if advice else self.texts("advice.otherwise")

    def step(self, code: str) -> str:
        """Return the name of a step from row to figure."""
        names = reference.step_names(self.publication).get(code)
        return self.texts.named(names) if names else code

    def problem_of(self, delivery: Delivery) -> str:
        """Return what is wrong with a delivery, or what was noted of one that was read."""
        sentences = [self.of_code("problem", delivery.problem)] if delivery.problem else []
        for notice in json.loads(delivery.notices):
            key = f"notice.{notice['code']}"
            if self.texts.known(key):
                sentences.append(self.texts(key, **notice["params"]))
        return " ".join(sentences)

    def code(self, field: str, code: str) -> str:
        """Return the name of a code of a field: of a type of meeting, a sender, a step."""
        names = reference.code_names(self.publication, field).get(code)
        return self.texts.named(names) if names else code

    def codes(self, field: str, codes: Iterable[str]) -> dict[str, str]:
        """Return the names of codes of a field."""
        return {code: self.code(field, code) for code in codes}

    def measure(self, code: str) -> str:
        """Return what is counted: `Med koordinator`."""
        measure = reference.measures(self.publication).get(code)
        return self.texts.named(measure.names) if measure else code

    def measure_in_text(self, code: str) -> str:
        """Return what is counted as it stands within a sentence: `med koordinator`."""
        name = self.measure(code)
        return name[:1].lower() + name[1:]
