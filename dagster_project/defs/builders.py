"""Where the job's parts are built: in the home itself, or elsewhere (`on_workers.py`)."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import dagster as dg

from dagster_project.built import find, make
from dagster_project.config.paths import Home
from dagster_project.defs.home import HomeFolder
from dagster_project.history import Run
from dagster_project.parts import Part
from dagster_project.run import open_home, plan_parts


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

    def hand_out(self, home: Home, parts: Sequence[Part]) -> None:
        """Leave everything where it is: it is in the home."""

    def build(self, name: str, noted: Run) -> None:
        """Build a part of what has landed, unless it is there."""
        installation = self.home_folder.installation()
        planned = plan_parts(installation, open_home(installation))
        (part,) = (each for each in planned if each.name == name)
        if find(installation.home, part) is None:
            noted.built(make(installation.home, part))

    def bring_home(self, home: Home, parts: Sequence[Part]) -> None:
        """Leave everything where it is."""
