"""What a publication has to choose from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from dashboards.pages import PageKey
from dashboards.preferences import Preferences
from dashboards.queries import coverage, development, reference
from dashboards.queries.development import EVERY_CUT, Cuts
from dashboards.queries.publication import Publication
from dashboards.queries.reference import ALL
from dashboards.texts import Language, Texts, alphabetical

# The pages that show an indicator by age group.
_BY_AGE = (PageKey.COVERAGE, PageKey.REGISTRATION)


@dataclass(frozen=True)
class PublishedOffer:
    """The choices of one publication on one page; in each list the default comes first."""

    publication: Publication
    preferences: Preferences
    page: PageKey
    # How the shown indicator is cut, where that decides what can be chosen.
    cuts: Cuts = EVERY_CUT

    def fitted(self, indicator: str) -> PublishedOffer:
        """Return the offer with the groups and areas that an indicator is counted by."""
        return replace(self, cuts=development.cuts(self.publication, indicator))

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
        """Return the indicators that the page can show.

        Where figures stand by age group: those that are counted so and that there are sentences
        for. Elsewhere: all that are counted.
        """
        counted = set(coverage.indicators(self.publication))
        if self.page in _BY_AGE:
            texts = Texts(self.default_language)
            by_age = set(coverage.indicators_by_age(self.publication))
            counted = {code for code in by_age if texts.known(f"level.{code}.now")}
        return [code for code in reference.indicators(self.publication) if code in counted]

    def age_schemes(self) -> Sequence[str]:
        """Return the age schemes, the standard one first."""
        schemes = list(reference.age_groups(self.publication))
        return schemes if self.cuts.has_ages else schemes[:1]

    def age_groups(self, age_scheme: str) -> Sequence[str]:
        """Return the groups of a scheme, `all` first."""
        if not self.cuts.has_ages:
            return [ALL]
        groups = reference.age_groups(self.publication)[age_scheme]
        return [ALL, *(group.code for group in groups)]

    def service_areas(self) -> Sequence[str]:
        """Return the service areas, `all` first."""
        if not self.cuts.has_areas:
            return [ALL]
        return [ALL, *reference.service_areas(self.publication)]

    def rules(self) -> Collection[str]:
        """Return the rules that findings may be looked up by."""
        return reference.rules(self.publication)
