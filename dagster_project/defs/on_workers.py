"""The nightly job with its parts built on workers: processes that may be on other machines.

The steps that need the home run in the run's own process, which holds the home's lock from the
first to the last. Only `built` goes to the workers, through a queue. What it needs lies in a store
(`store.py`) for as long as the run lasts, so that a worker has neither the home nor its keys.

inputs/<part>.tar.zst           what a part is built of
begun/<part>/<attempt>          that a worker has begun; gone when it ends in any way but killed
made/<part>/<attempt>.tar.zst   what came of it
made/<part>.json                which attempt it was, and its problem if any: what makes it exist
values/<run>/...                what a step hands to the next
"""

import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import dagster as dg
from celery import Celery
from celery.result import AsyncResult
from dagster import _check as check
from dagster._core.execution.retries import RetryMode
from dagster_celery.core_execution_loop import core_celery_execution_loop
from dagster_celery.executor import CeleryExecutor, _submit_task

from dagster_project.built import make
from dagster_project.config.paths import STORE, Home
from dagster_project.defs.builders import Builder
from dagster_project.defs.home import HomeFolder
from dagster_project.defs.job import WORKERS, stages
from dagster_project.history import Run
from dagster_project.lock import writing
from dagster_project.models import BuildError
from dagster_project.parcels import pack, pack_made, take_in, unpack
from dagster_project.parts import Part
from dagster_project.problems import Problem, SamordnaError
from dagster_project.store import Store

JOB = "nightly_on_workers"
BROKER = "SAMORDNA_BROKER"
# Results go back to the run that waits for them, and to nobody else.
BACKEND = "rpc://"
# A part that has ended so many workers would end the next one, too.
_MOST_LOST = 3
# How the folders begin that parts are built in, among what else is temporary.
_FOLDER = "samordna-part-"


class OnWorkers(Builder):
    """Builds wherever a worker takes a part from the queue."""

    address: str

    def hand_out(self, home: Home, parts: Sequence[Part]) -> None:
        """Put what the parts are built of into the store, and remove what others left there.

        What was made of one of them in a run that did not come to its end is kept.
        """
        store = Store(self.address)
        names = {part.name for part in parts}
        made = {
            name: entry
            for name, entry in _made(store).items()
            if name in names and not entry["problem"]
        }
        kept = {_made_entry(name) for name in made}
        kept |= {_made_file(name, entry["attempt"]) for name, entry in made.items()}
        store.remove(set(store.names()) - kept)
        home.work.mkdir(parents=True, exist_ok=True)
        for part in parts:
            if part.name not in made:
                file = home.work / part.name
                pack(part, file)
                store.put(_inputs_file(part.name), file)
                file.unlink()

    def build(self, name: str, noted: Run) -> None:
        """Build a part of what lies in the store, unless another worker has, and put it there."""
        store = Store(self.address)
        entry = store.read_entry(_made_entry(name)) or _build(store, name, noted)
        if entry["problem"]:
            raise SamordnaError.of(Problem.from_dict(entry["problem"]))

    def bring_home(self, home: Home, parts: Sequence[Part]) -> None:
        """Fetch what was made of these parts, and empty the store."""
        store = Store(self.address)
        home.work.mkdir(parents=True, exist_ok=True)
        made = _made(store)
        lost = []
        for part in parts:
            if entry := made.get(part.name):
                file = home.work / f"{entry['attempt']}.tar.zst"
                store.get(_made_file(part.name, entry["attempt"]), file)
                is_whole = take_in(file, home, part)
                file.unlink()
                if not is_whole and not entry["problem"]:
                    lost.append(part.name)
        store.remove(store.names())
        if lost:
            raise SamordnaError("parts_lost", parts=", ".join(lost))


class HandedOn(dg.ConfigurableIOManager):
    """Hands on names and numbers from step to step through the store."""

    address: str

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Store what a step came to."""
        Store(self.address).write_entry(_value(context), obj)

    def load_input(self, context: dg.InputContext) -> Any:
        """Return what a step before came to."""
        output = check.not_none(context.upstream_output)
        return Store(self.address).read_entry(_value(output))


class _Executor(dg.Executor):
    """Dagster's executor for Celery, but for the steps that need the home: they are run here."""

    def __init__(self, home_folder: HomeFolder) -> None:
        self._home_folder = home_folder

    @property
    def retries(self) -> RetryMode:
        """What becomes of a step that asks to be tried again: this process sees to it."""
        return RetryMode.ENABLED

    def app_args(self) -> dict[str, Any]:
        """Return how the queue is reached, as Dagster's loop for Celery asks for it."""
        app_args: dict[str, Any] = CeleryExecutor(
            self.retries, broker=os.environ[BROKER], backend=BACKEND
        ).app_args()
        return app_args

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[Any]:
        """Run the steps, and hold the home until the last has ended."""
        with self._home_folder.held():
            yield from core_celery_execution_loop(plan_context, execution_plan, _submit)


def _submit(app: Celery, context: Any, step: Any, queue: str, *more: Any) -> AsyncResult:
    app.conf.task_always_eager = queue != WORKERS
    return _submit_task(app, context, step, queue, *more)


def on_workers(home_folder: HomeFolder) -> dg.JobDefinition:
    """Return the job that builds on workers; the environment names the store and the broker."""

    @dg.executor(name="workers", requirements=dg.multiple_process_executor_requirements())
    def workers(_context: dg.InitExecutorContext) -> dg.Executor:
        return _Executor(home_folder)

    address = os.environ[STORE]
    return stages.to_job(
        name=JOB,
        executor_def=workers,
        description="As `nightly`, with the parts built on workers.",
        resource_defs={
            "home_folder": home_folder,
            "builder": OnWorkers(address=address),
            "io_manager": HandedOn(address=address),
        },
    )


def _build(store: Store, name: str, noted: Run) -> dict[str, Any]:
    """Build a part, and return what was said of it in the store."""
    _clear_of_killed()
    attempt = uuid.uuid4().hex
    with TemporaryDirectory(prefix=_FOLDER) as folder:
        made_in = Home(Path(folder, "made"))
        file = Path(folder, "parcel")
        problem = None
        with writing(made_in):
            store.get(_inputs_file(name), file)
            part = unpack(file, Path(folder, "inputs"))
            with _begun(store, part, attempt):
                try:
                    noted.built(make(made_in, part))
                except BuildError as error:
                    as_failure = dict(error.problem.params)
                    # As it will lie in the home.
                    as_failure["log"] = made_in.relative(Path(str(as_failure["log"])))
                    problem = Problem(error.problem.code, as_failure).as_dict()
                pack_made(made_in, file)
                store.put(_made_file(name, attempt), file)
                entry = {"attempt": attempt, "problem": problem}
                store.write_entry(_made_entry(name), entry)
    return entry


def _clear_of_killed() -> None:
    """Remove what killed workers left on this machine; whoever lives holds the lock."""
    for made in Path(gettempdir()).glob(f"{_FOLDER}*/made"):
        with suppress(SamordnaError), writing(Home(made)):
            shutil.rmtree(made.parent, ignore_errors=True)


@contextmanager
def _begun(store: Store, part: Part, attempt: str) -> Iterator[None]:
    """Note that a part is being built: whoever is killed with it cannot say so afterwards."""
    before = store.names(f"begun/{part.name}/")
    if len(before) >= _MOST_LOST:
        raise SamordnaError("worker_lost_too_often", municipality=part.place, times=len(before))
    note = f"begun/{part.name}/{attempt}"
    store.write_entry(note, {})
    try:
        yield
    finally:
        store.remove([note])


def _made(store: Store) -> dict[str, dict[str, Any]]:
    """Return what was said of the parts that have been made, by their names."""
    found = {}
    for file in store.names("made/"):
        if file.endswith(".json") and (entry := store.read_entry(file)):
            found[file.removeprefix("made/").removesuffix(".json")] = entry
    return found


def _inputs_file(name: str) -> str:
    return f"inputs/{name}.tar.zst"


def _made_file(name: str, attempt: str) -> str:
    return f"made/{name}/{attempt}.tar.zst"


def _made_entry(name: str) -> str:
    return f"made/{name}.json"


def _value(context: dg.OutputContext) -> str:
    return "/".join(("values", *context.get_identifier()))
