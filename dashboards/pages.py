"""Which pages there are: their order, their place in the menu, their addresses."""

from __future__ import annotations

from enum import StrEnum


class PageKey(StrEnum):
    """A page: its module in `content/`, its texts in `locale/`, its address."""

    FRONT = "front"
    COVERAGE = "coverage"
    DEVELOPMENT = "development"
    COORDINATORS = "coordinators"
    PLANS = "plans"
    MEETINGS = "meetings"
    NOTICES = "notices"
    HOUSING = "housing"
    GOALS = "goals"
    COMPARISON = "comparison"
    BUDGET = "budget"
    REPORT = "report"
    CORRECTIONS = "corrections"
    QUALITY = "quality"
    REGISTRATION = "registration"
    NATIONAL_REGISTER = "national_register"

    @property
    def address(self) -> str:
        """What the page's address ends with; the front page's ends with nothing."""
        return "" if self is PageKey.FRONT else str(self)


# Those that show the current publication; the other shows what municipalities have shared.
OF_PUBLICATION = tuple(page for page in PageKey if page is not PageKey.COMPARISON)

# The menu: what its parts are called (`menu.<part>`), and the pages of each. The front page stands
# outside all parts.
MENU = {
    "": (PageKey.FRONT,),
    "figures": (PageKey.COVERAGE, PageKey.DEVELOPMENT, PageKey.COMPARISON),
    "followup": (
        PageKey.COORDINATORS,
        PageKey.PLANS,
        PageKey.MEETINGS,
        PageKey.NOTICES,
        PageKey.HOUSING,
        PageKey.GOALS,
    ),
    "planning": (PageKey.BUDGET, PageKey.REPORT),
    "source": (
        PageKey.CORRECTIONS,
        PageKey.QUALITY,
        PageKey.REGISTRATION,
        PageKey.NATIONAL_REGISTER,
    ),
}
