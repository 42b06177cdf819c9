"""The home folder as a resource: what the assets of a run work on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from dagster_project.closed import close_to_others
from dagster_project.defs.failures import told
from dagster_project.landing.continuity import refuse_to_lose
from dagster_project.landing.land import Lander
from dagster_project.lock import writing
from dagster_project.settings import Home, Installation, load_installation
from expectations.process import check_source

_PATIENCE_SECONDS = 900.0
# So long a file must have been left alone: exports are written with shorter pauses. Loading and
# checking take about as long, so that a run seldom waits.
_QUIET_SECONDS = 8.0


class HomeFolder(dg.ConfigurableResource):
    """The home folder of an installation, and the day its figures are as of (ISO, or empty).

    `accept_loss` lets it publish less than before although no delivery says so; `with_dbt` lets dbt
    itself build the models.

    Whoever runs with it holds the home's lock until the run ends.
    """

    root: str
    as_of: str = ""
    accept_loss: bool = False
    with_dbt: bool = False

    @contextmanager
    def yield_for_execution(self, _context: dg.InitResourceContext) -> Iterator["HomeFolder"]:
        """Hold the home's lock for as long as the run lasts; a server's run waits for it."""
        with told(), writing(self.home, patience=_PATIENCE_SECONDS):
            close_to_others(self.home)
            refuse_to_lose(self.installation())
            yield self

    @property
    def home(self) -> Home:
        """The folder."""
        return Home(Path(self.root))

    def installation(self) -> Installation:
        """Read `sources.yml` as it is now."""
        return load_installation(self.home)

    def lander(self, installation: Installation) -> Lander:
        """Return what lands deliveries, with their checks."""
        return Lander(installation, check_source, quiet_seconds=_QUIET_SECONDS)
