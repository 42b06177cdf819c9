"""The home folder as a resource: what the job's steps work on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from dagster_project.closed import close_to_others
from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.defs.failures import as_failure
from dagster_project.landing.land import Lander
from dagster_project.lock import writing
from dagster_project.parts import Part
from dagster_project.run import open_home, plan_parts

_PATIENCE_SECONDS = 900.0


class HomeFolder(dg.ConfigurableResource):
    """The home folder of an installation. Whoever runs with it holds its lock to the end."""

    root: str
    _lander: Lander | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, _context: dg.InitResourceContext) -> Iterator["HomeFolder"]:
        """Hold the home for as long as the run lasts."""
        with self.held():
            yield self

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the home's lock until the block ends; a server's run waits for it."""
        with as_failure(), writing(self.home, patience=_PATIENCE_SECONDS):
            close_to_others(self.home)
            yield

    @property
    def home(self) -> Home:
        """The folder."""
        return Home(Path(self.root))

    def installation(self) -> Installation:
        """Read `sources.yml` as it is now."""
        return load_installation(self.home)

    def open(self, installation: Installation) -> Lander:
        """Open the home for a run; the run's other steps in this process go on with it."""
        self._lander = open_home(installation)
        return self._lander

    def opened(self) -> Lander:
        """Return the home as an earlier step opened it, or open it."""
        return self._lander or self.open(self.installation())

    def parts(self) -> list[Part]:
        """Return the parts of what has landed."""
        lander = self.opened()
        return plan_parts(lander.installation, lander.maskers)
