"""What codes and figures are called where they are shown, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.coverage import Measured, Municipality
from dagster_project.publication.reader.provenance import Delivery
from dagster_project.publication.reader.publication import Publication
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Indicator, Kind
from dashboards.i18n.texts import NO_BREAK_SPACE, Texts

_OLDEST = 999  # the age groups' upper end where there is none


@dataclass(frozen=True)
class Labels:
    """The names of one publication in one language."""

    publication: Publication
    texts: Texts

    def municipality(self, code: str) -> str:
        """Return the name of a municipality."""
        return self.municipality_entry(code).name

    def municipality_entry(self, code: str) -> Municipality:
        """Return the municipality of a code."""
        return coverage.municipalities(self.publication)[code]

    def indicator(self, code: str) -> str:
        """Return the name of an indicator."""
        return self.texts.named(self.indicator_entry(code).names)

    def indicator_entry(self, code: str) -> Indicator:
        """Return the indicator of a code."""
        return reference.indicators(self.publication)[code]

    def age_scheme(self, code: str) -> str:
        """Return the name of an age scheme, with its groups where it has no name of its own."""
        key = f"age_scheme.{code}"
        return self.texts(key) if self.texts.known(key) else code

    def age_group(self, code: str) -> str:
        """Return an age group as it stands on an axis or in a table: `0-17`, `90+`."""
        if code == ALL:
            return self.texts("age_group.all")
        return self.texts("age_group.unknown") if code == UNKNOWN else code

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

    def of_code(self, kind: str, code: str) -> str:
        """Return the text of a code of the pipeline, or the code where it is newer than us."""
        key = f"{kind}.{code}"
        return self.texts(key) if self.texts.known(key) else code

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

    def value(self, kind: Kind, value: float) -> str:
        """Return a figure's value: `61,2 %` for shares, `12,3` for rates, `12` for whole days."""
        if kind is Kind.SHARE:
            return self.texts.per_cent(value)
        if kind in (Kind.MEDIAN, Kind.COUNT) and float(value).is_integer():
            return self.texts.whole(int(value))
        return self.texts.decimal(value)

    def tick(self, kind: Kind, value: float) -> str:
        """Return a value on an axis, without the decimals that a round number does not need."""
        shown = round(100 * value if kind is Kind.SHARE else value, 6)
        number = self.texts.whole(int(shown)) if shown.is_integer() else self.texts.decimal(shown)
        return f"{number}{NO_BREAK_SPACE}%" if kind is Kind.SHARE else number

    def interval(self, kind: Kind, measured: Measured) -> str:
        """Return a figure's interval: `57,9-64,4`, without a unit; empty where there is none."""
        if measured.low is None or measured.high is None:
            return ""
        ends = (measured.low, measured.high)
        if kind is Kind.SHARE:
            low, high = (self.texts.decimal(100 * end) for end in ends)
        else:
            low, high = (self.value(kind, end) for end in ends)
        return f"{low}-{high}"

    def value_with_interval(self, kind: Kind, measured: Measured) -> str:
        """Return the value and how sure it is: `61,2 % (95 % KI 57,9-64,4)`."""
        value = self.value(kind, measured.value)
        interval = self.interval(kind, measured)
        return (
            self.texts("measured.interval", value=value, interval=interval) if interval else value
        )
