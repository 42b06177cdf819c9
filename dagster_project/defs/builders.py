"""Where the job's parts are built: in the home itself, or elsewhere (`on_workers.py`)."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import dagster as dg
from pydantic import PrivateAttr

from dagster_project.built import find, make
from dagster_project.config.paths import Home
from dagster_project.defs.home import HomeFolder
from dagster_project.history import Run
from dagster_project.parts import Part


class Builder(dg.ConfigurableResource, ABC):
    """Builds parts. Only `build` may be called where there is no home."""

    @abstractmethod
    def hand_out(self, home: Home, parts: Sequence[Part]) -> None:
        """Have at hand what these parts are built of, and nothing else."""

    @abstractmethod
    def build(self, name: str, noted: Run) -> None:
        """Build the part of a name that was handed out, and note it.

        Raises SamordnaError where it cannot be, which is said of this part alone.
        """

    @abstractmethod
    def bring_home(self, home: Home, parts: Sequence[Part]) -> None:
        """Have in a home what was built of these parts, and nothing elsewhere."""


class AtHome(Builder):
    """Builds in the home itself."""

    home_folder: dg.ResourceDependency[HomeFolder]
    _parts: dict[str, Part] = PrivateAttr(default_factory=dict)

    def hand_out(self, home: Home, parts: Sequence[Part]) -> None:  # noqa: ARG002 - it is there
        """Leave everything where it is: it is in the home."""
        self._parts = {part.name: part for part in parts}

    def build(self, name: str, noted: Run) -> None:
        """Build a part of what has landed, unless it is there."""
        home = self.home_folder.home
        # Where a step alone is run again, nothing was handed out before it.
        parts = self._parts or {part.name: part for part in self.home_folder.parts()}
        part = parts[name]
        if find(home, part) is None:
            noted.built(make(home, part))

    def bring_home(self, home: Home, parts: Sequence[Part]) -> None:
        """Leave everything where it is."""
