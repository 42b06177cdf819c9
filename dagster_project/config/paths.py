"""Every path: one place that knows where things lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DBT_PROJECT = PROJECT / "dbt"
DEFAULT_HOME = Path("home")
# The environment's names for the home folder, and for the store that workers reach.
HOME, STORE = "SAMORDNA_HOME", "SAMORDNA_STORE"


@dataclass(frozen=True)
class Home:
    """The folder of one installation, and where everything in it lies."""

    root: Path

    @property
    def sources_file(self) -> Path:
        """What the installation reads, written by people."""
        return self.root / "sources.yml"

    @property
    def inbox(self) -> Path:
        """Where the exports are put, by people and by the connectors that fetch."""
        return self.root / "inbox"

    @property
    def landing(self) -> Path:
        """The deliveries: `<record>/<source>/<delivery>.parquet` with a `.json` beside it."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """The warehouses behind the current publication, a folder for each part."""
        return self.root / "warehouse"

    @property
    def undivided_warehouse(self) -> Path:
        """The one warehouse of all that earlier versions made."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The publications, and the pointer to the current one."""
        return self.root / "published"

    @property
    def current_pointer(self) -> Path:
        """The small file that names the current publication; replaced atomically."""
        return self.published / "current.json"

    @property
    def state(self) -> Path:
        """What is remembered between runs: the runs, the lock, what went wrong."""
        return self.root / "state"

    @property
    def orchestration(self) -> Path:
        """The orchestrator's own folder (`DAGSTER_HOME`)."""
        return self.state / "dagster"

    @property
    def dbt_target(self) -> Path:
        """What was wrong with the models when they were built, and what dbt itself writes."""
        return self.state / "dbt"

    @property
    def lock(self) -> Path:
        """Held by the one run that may write."""
        return self.state / "run.lock"

    @property
    def runs(self) -> Path:
        """What the latest runs did, a file each."""
        return self.state / "runs"

    @property
    def last_fetch(self) -> Path:
        """What went wrong when deliveries were last fetched, for `samordna status`."""
        return self.state / "last_fetch.json"

    @property
    def register(self) -> Path:
        """What people write and no run can make again, where no database is named for it."""
        return self.state / "register.sqlite"

    @property
    def register_mark(self) -> Path:
        """Says that there is a register: one that is gone is told, and not begun anew."""
        return self.state / "register.begun"

    @property
    def former_views(self) -> Path:
        """The views that readers kept before there was a register; they move into it."""
        return self.state / "views.json"

    @property
    def home_metadata(self) -> Path:
        """The installation's own id and the fingerprints of its keys (never the keys)."""
        return self.state / "home.json"

    @property
    def work(self) -> Path:
        """What a run is making; emptied when a run begins and when it ends."""
        return self.root / "work"

    @property
    def building(self) -> Path:
        """The warehouse of all, as those who compare definitions build it."""
        return self.work / "warehouse.duckdb"

    @property
    def scenarios(self) -> Path:
        """What leaders decide and assume about the coming years, a folder for each municipality."""
        return self.root / "scenarios"

    @property
    def reports(self) -> Path:
        """Reports made for people, to be taken along."""
        return self.root / "reports"

    @property
    def shared(self) -> Path:
        """The packages that this installation has shared, a folder for each municipality."""
        return self.root / "shared"

    @property
    def received(self) -> Path:
        """The packages of other municipalities that passed, and what was refused."""
        return self.root / "received"

    @property
    def share_state(self) -> Path:
        """The counts behind the shared packages, not rounded: never shared, nobody else's."""
        return self.state / "shared"

    @property
    def truth(self) -> Path:
        """Only in a demo home: what the simulated world really looks like."""
        return self.root / "truth"

    def relative(self, path: Path) -> str:
        """Return the path as a person in the home folder would write it."""
        for below, root in ((path, self.root), (path.absolute(), self.root.absolute())):
            if below.is_relative_to(root):
                return below.relative_to(root).as_posix()
        return str(path)


def home_from(option: Path | None) -> Home:
    """Return the home named by the option, else by `SAMORDNA_HOME`, else `./home`."""
    root = option or Path(os.environ.get(HOME, DEFAULT_HOME))
    return Home(root.expanduser().resolve())
