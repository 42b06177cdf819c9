"""What a publication has to choose from."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.coverage import EVERY_CUT, Cuts
from dagster_project.publication.reader.publication import KEPT_ANSWERS, Publication
from dagster_project.publication.reader.reference import ALL, UNKNOWN
from dashboards.i18n.texts import Language, Texts, alphabetical
from dashboards.pages import PageKey
from dashboards.queries.scenarios import scenarios_of
from dashboards.queries.shared import NO_PACKAGES, Packages, ReceivedError
from dashboards.view.preferences import Preferences
from dashboards.view.profile import may_look_as

# The pages that show an indicator by age group.
_BY_AGE = (PageKey.COVERAGE, PageKey.REGISTRATION)


@dataclass(frozen=True)
class PublishedOffer:
    """The choices of one publication on one page; in each list the default comes first."""

    publication: Publication
    preferences: Preferences
    page: PageKey
    # What other municipalities have shared.
    packages: Packages = NO_PACKAGES
    # How the shown indicator is cut, where that decides what can be chosen.
    cuts: Cuts = EVERY_CUT

    def fitted(self, indicator: str) -> PublishedOffer:
        """Return the offer with the groups and areas that an indicator is counted by."""
        return replace(self, cuts=coverage.cuts(self.publication)[indicator])

    @property
    def default_language(self) -> Language:
        """The language of the installation."""
        return self.preferences.language

    def municipalities(self) -> Sequence[str]:
        """Return whom the reader may look as: the home municipality first, the empty last."""
        may = may_look_as(self.publication)
        known = _municipalities(self.publication, self.preferences.municipality)
        return [code for code in known if code in may]

    def comparable(self) -> Collection[str]:
        """Return the municipalities that have shared, to stand beside another's own figures."""
        try:
            return self.packages.found.packages.keys()
        except ReceivedError:
            # The page says so where somebody is to be compared.
            return ()

    def has_figures(self, municipality: str) -> bool:
        """Return whether anything is counted for a municipality."""
        return municipality in coverage.counted(self.publication)

    def reference_dates(self, municipality: str) -> Sequence[dt.date]:
        """Return the dates that a municipality is counted on, newest first."""
        counted = coverage.reference_dates(self.publication, municipality)
        return counted or (self.publication.counted_up_to(municipality),)

    def indicators(self) -> Sequence[str]:
        """Return the indicators that the page can show.

        Where figures stand by age group: those that are counted so and that there are sentences
        for. Elsewhere: all that are counted.
        """
        counted = coverage.cuts(self.publication)
        texts = Texts(self.default_language)

        def is_shown(code: str) -> bool:
            return self.page not in _BY_AGE or (
                counted[code].has_ages and texts.known(f"level.{code}.now")
            )

        known = reference.indicators(self.publication)
        return [code for code in known if code in counted and is_shown(code)]

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
        return [ALL, *reference.service_areas(self.publication), UNKNOWN]

    def rules(self) -> Collection[str]:
        """Return the rules that findings may be looked up by."""
        return reference.rules(self.publication)

    def scenarios(self, municipality: str) -> Sequence[str]:
        """Return the files of a municipality's scenarios, none (empty) first."""
        # Only the pages that reckon with one look for them.
        reckons = self.page in (PageKey.BUDGET, PageKey.REPORT)
        kept = scenarios_of(municipality) if reckons else ()
        return ("", *(each.file for each in kept))


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def _municipalities(publication: Publication, own: str) -> tuple[str, ...]:
    counted = coverage.counted(publication)

    def rank(each: coverage.Municipality) -> tuple[bool, bool, str]:
        return (
            each.code not in counted,
            own not in (each.code, each.name),
            alphabetical(each.name),
        )

    return tuple(
        each.code for each in sorted(coverage.municipalities(publication).values(), key=rank)
    )
