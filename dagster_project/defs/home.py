"""The home folder as a resource: what the job's steps work on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from dagster_project.closed import close_to_others
from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.defs.failures import told
from dagster_project.lock import writing

_PATIENCE_SECONDS = 900.0


class HomeFolder(dg.ConfigurableResource):
    """The home folder of an installation. Whoever runs with it holds its lock to the end."""

    root: str

    @contextmanager
    def yield_for_execution(self, _context: dg.InitResourceContext) -> Iterator["HomeFolder"]:
        """Hold the home for as long as the run lasts."""
        with self.held():
            yield self

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the home's lock until the block ends; a server's run waits for it."""
        with told(), writing(self.home, patience=_PATIENCE_SECONDS):
            close_to_others(self.home)
            yield

    @property
    def home(self) -> Home:
        """The folder."""
        return Home(Path(self.root))

    def installation(self) -> Installation:
        """Read `sources.yml` as it is now."""
        return load_installation(self.home)
