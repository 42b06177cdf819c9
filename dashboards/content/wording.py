"""What codes are called, and how figures are written, whatever they were read from."""

from __future__ import annotations

from abc import ABC, abstractmethod

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Kind
from dashboards.i18n.texts import NO_BREAK_SPACE, Texts


class Wording(ABC):
    """Names and numbers in the reader's language."""

    texts: Texts

    @abstractmethod
    def municipality(self, code: str) -> str:
        """Return the name of a municipality."""

    @abstractmethod
    def indicator(self, code: str) -> str:
        """Return the name of an indicator."""

    @abstractmethod
    def service_area(self, code: str) -> str:
        """Return the name of a service area."""

    def age_scheme(self, code: str) -> str:
        """Return the name of an age scheme, with its groups where it has no name of its own."""
        key = f"age_scheme.{code}"
        return self.texts(key) if self.texts.known(key) else code

    def age_group(self, code: str) -> str:
        """Return an age group as it stands on an axis or in a table: `0-17`, `90+`."""
        if code == ALL:
            return self.texts("age_group.all")
        return self.texts("age_group.unknown") if code == UNKNOWN else code

    def of_code(self, kind: str, code: str) -> str:
        """Return the text of a code of the pipeline, or the code where it is newer than us."""
        key = f"{kind}.{code}"
        return self.texts(key) if self.texts.known(key) else code

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
