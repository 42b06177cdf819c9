"""What a publication has to choose from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dashboards.preferences import Preferences
from dashboards.queries import coverage, reference
from dashboards.queries.publication import Publication
from dashboards.queries.reference import ALL
from dashboards.texts import Language, Texts, alphabetical


@dataclass(frozen=True)
class PublishedOffer:
    """The choices of one publication; in each list the default comes first."""

    publication: Publication
    preferences: Preferences

    @property
    def default_language(self) -> Language:
        """The language of the installation."""
        return self.preferences.language

    def municipalities(self) -> Sequence[str]:
        """Return the municipalities: the installation's own first, those without figures last."""
        own = self.preferences.municipality

        def rank(each: coverage.Municipality) -> tuple[bool, bool, str]:
            return (
                not self.has_figures(each.code),
                own not in (each.code, each.name),
                alphabetical(each.name),
            )

        return [each.code for each in sorted(coverage.municipalities(self.publication), key=rank)]

    def has_figures(self, municipality: str) -> bool:
        """Return whether anything is counted for a municipality."""
        return bool(coverage.reference_dates(self.publication, municipality))

    def reference_dates(self, municipality: str) -> Sequence[dt.date]:
        """Return the dates that a municipality is counted on, newest first."""
        counted = coverage.reference_dates(self.publication, municipality)
        return counted or (self.publication.as_of,)

    def indicators(self) -> Sequence[str]:
        """Return the indicators that are counted by age group and that there are sentences for."""
        counted = set(coverage.indicators_by_age(self.publication))
        texts = Texts(self.default_language)
        return [
            code
            for code in reference.indicators(self.publication)
            if code in counted and texts.known(f"level.{code}.now")
        ]

    def age_schemes(self) -> Sequence[str]:
        """Return the age schemes, the standard one first."""
        return list(reference.age_groups(self.publication))

    def age_groups(self, age_scheme: str) -> Sequence[str]:
        """Return the groups of a scheme, `all` first."""
        groups = reference.age_groups(self.publication)[age_scheme]
        return [ALL, *(group.code for group in groups)]

    def service_areas(self) -> Sequence[str]:
        """Return the service areas, `all` first."""
        return [ALL, *reference.service_areas(self.publication)]

    def rules(self) -> Collection[str]:
        """Return the rules that findings may be looked up by."""
        return reference.rules(self.publication)
