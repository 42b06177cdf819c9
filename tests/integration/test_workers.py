"""Parts built by workers in processes of their own, through a real queue, a real object store and
a real database of events: the same publication as on one machine, whoever is killed meanwhile."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import dagster as dg
import duckdb
import pyarrow as pa
import pytest
from dagster._core.definitions.reconstruct import ReconstructableRepository
from moto.server import ThreadedMotoServer

from dagster_project.asking import ask
from dagster_project.config.paths import HOME, PROJECT, STORE, Home
from dagster_project.defs.instance import EVENTS, prepare
from dagster_project.defs.on_workers import BROKER, JOB
from dagster_project.end_with_parent import end_with_parent
from dagster_project.history import since
from dagster_project.pointer import current_folder
from dagster_project.publication.layout import own_file
from tests.support import postgres, rabbitmq
from tests.support.leaks import Planted, Search
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, coordinator, name, person, plan

BUCKET = "deler"
CODES = KINN, SENJA, ALESUND, BO = "4602", "5530", "1508", "1867"
PERSONS = range(8)
_BIN = Path(sys.executable).parent
_PATIENCE_SECONDS = 300


def _first(code: str) -> int:
    return 100 * CODES.index(code)


def town(root: Path) -> SmallHome:
    """Return a home of four municipalities, each a part."""
    home = SmallHome(root / "home", CODES[0])
    for code in CODES:
        first = _first(code)
        home.source(f"folk{code}", "person", kommune=code)
        home.deliver(f"folk{code}", "20231231", [person(first + n) for n in PERSONS])
        home.source(f"ke{code}", "koordinator", kommune=code)
        home.source(f"ip{code}", "ip", kommune=code)
        home.deliver(f"ip{code}", "20240105", [plan(f"P{first}", first + 1, "2022-05-01")])
        deliver(home, code, "20231231", 4)
    return home


def deliver(home: SmallHome, code: str, day: str, coordinators: int) -> None:
    first = _first(code)
    rows = [coordinator(f"K{first + n}", first + n, "2022-01-01") for n in range(coordinators)]
    home.deliver(f"ke{code}", day, rows)


@dataclass
class Worker:
    """A worker with a folder of its own for what it makes."""

    process: subprocess.Popen[bytes]
    folder: Path

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it, and to the process in it that builds."""
        os.killpg(self.process.pid, number)

    def is_building(self) -> bool:
        return any(self.folder.glob("samordna-part-*/made/work/*/warehouse.duckdb"))


@dataclass
class Cluster:
    """A broker, a store and a database, and the workers that reach them."""

    root: Path
    environment: dict[str, str]
    stack: ExitStack
    database: postgres.Postgres
    workers: list[Worker] = field(default_factory=list)

    def start_worker(self, project: Path = PROJECT) -> Worker:
        folder = self.root / f"worker{len(self.workers)}"
        (folder / "settings").mkdir(parents=True)
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "dagster_project.defs.worker"],
                env={
                    **self.environment,
                    "PYTHONPATH": str(project),
                    # Neither the home nor its keys are known to it.
                    "XDG_CONFIG_HOME": str(folder / "settings"),
                    "TMPDIR": str(folder),
                },
                cwd=project,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - it calls the system, and nothing else
            )
        worker = Worker(process, folder)
        self.stack.callback(self.stop, worker)
        self.workers.append(worker)
        return worker

    def stop(self, worker: Worker) -> None:
        if worker.process.poll() is None:
            worker.signal(signal.SIGKILL)
            worker.process.wait()

    def run(self, home: Home) -> tuple[bool, list[str]]:
        """Run the job on a home, in this process, and return whether it succeeded and what not."""
        module = ReconstructableRepository.for_module(
            "dagster_project.definitions", "defs", working_directory=str(PROJECT)
        )
        with dg.DagsterInstance.from_config(str(home.orchestration)) as instance:
            job = module.get_reconstructable_job(JOB)
            with dg.execute_job(job, instance, raise_on_error=False) as result:
                _, said = since(home, None)[-1]
                return result.success, said["failures"]

    @property
    def s3(self) -> Any:
        """Return a client of the object store."""
        return boto3.client(
            "s3",
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            aws_access_key_id="en",
            aws_secret_access_key="to",
            region_name="us-east-1",
        )

    def objects(self) -> list[str]:
        """Return the names of all that lies in the store."""
        found = self.s3.list_objects_v2(Bucket=BUCKET)
        return [each["Key"] for each in found.get("Contents", ())]


def run_alone(home: SmallHome) -> subprocess.Popen[str]:
    """Begin a run on one machine, while the workers are at it."""
    return subprocess.Popen(
        [_BIN / "samordna", "run", "--home", str(home.home.root)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - it calls the system, and nothing else
    )


def kill_one_that_builds(workers: list[Worker]) -> Worker:
    """Kill the first worker that is seen in the middle of building a part, and return it."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for worker in workers:
            if worker.is_building():
                worker.signal(signal.SIGSTOP)
                # It may have come to the end while it was being stopped.
                if worker.is_building():
                    worker.signal(signal.SIGKILL)
                    worker.process.wait()
                    return worker
                worker.signal(signal.SIGCONT)
        time.sleep(0.02)
    raise AssertionError("no worker has built anything")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    root = tmp_path_factory.mktemp("cluster")
    with ExitStack() as stack:
        broker = stack.enter_context(rabbitmq.running())
        database = stack.enter_context(postgres.running())
        s3 = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        s3.start()
        stack.callback(s3.stop)
        host, port = s3.get_host_and_port()
        environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(PROJECT),
            "AWS_ACCESS_KEY_ID": "en",
            "AWS_SECRET_ACCESS_KEY": "to",
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            STORE: f"s3://{BUCKET}/kinn",
            BROKER: broker,
            EVENTS: f"postgresql+psycopg2://eier:{postgres.PASSWORD}@/postgres?host={database.socket}",
        }
        made = Cluster(root, environment, stack, database)
        made.s3.create_bucket(Bucket=BUCKET)
        # What is removed is kept as what it was: all that was ever there can be searched.
        made.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        made.start_worker()
        made.start_worker()
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for key, value in environment.items():
            patch.setenv(key, value)
        yield made


@dataclass(frozen=True)
class Twins:
    """Two homes with the same deliveries and the same keys, one for a machine alone."""

    alone: SmallHome
    shared: SmallHome


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Twins]:
    alone, shared = (town(tmp_path_factory.mktemp(name)) for name in ("alone", "shared"))
    alone.land()
    shutil.copytree(alone.home.root, shared.home.root, dirs_exist_ok=True)
    prepare(shared.home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME, str(shared.home.root))
        yield Twins(alone, shared)


def publication(home: SmallHome) -> Path:
    folder = current_folder(home.home)
    assert folder is not None
    return folder


def test_a_worker_is_killed_and_the_publication_is_that_of_one_machine(
    twins: Twins, cluster: Cluster
) -> None:
    beside = run_alone(twins.alone)
    with ThreadPoolExecutor(1) as threads:
        killing = threads.submit(kill_one_that_builds, cluster.workers)
        assert cluster.run(twins.shared.home) == (True, [])
        killed = killing.result()
    said, _ = beside.communicate(timeout=_PATIENCE_SECONDS)
    assert beside.returncode == 0, said
    assert publication(twins.shared).name == publication(twins.alone).name
    assert cluster.objects() == []
    # Every figure has its way back to the rows, which never left.
    for home in (twins.shared, twins.alone):
        _, rows, _ = ask(home.home, "select count(*) from marts.coordinator_assignment")
        assert rows == [(16,)]
    for part in twins.shared.home.warehouse.iterdir():
        with duckdb.connect(str(part / "warehouse.duckdb"), read_only=True) as connection:
            rows = connection.sql("select count(*) from landing.person").fetchall()
        assert rows == [(len(PERSONS),)]
    # The part that was being built is there as all others are.
    (unfinished,) = killed.folder.glob("samordna-part-*/made/work/*")
    assert (twins.shared.home.warehouse / unfinished.name / "part.json").exists()


def test_nobodys_id_or_name_was_ever_in_the_store(
    twins: Twins, cluster: Cluster, tmp_path: Path
) -> None:
    numbers = [_first(code) + n for code in CODES for n in PERSONS]
    persons = [Planted(fnr("1980-05-15", n), *name(n).split()) for n in numbers]
    stored = [
        each
        for each in cluster.s3.list_object_versions(Bucket=BUCKET)["Versions"]
        # Of what was made, one part: the others are made of the same by the same.
        if not each["Key"].startswith("kinn/made/") or f"/{BO}-" in each["Key"]
    ]
    assert {each["Key"].split("/")[1] for each in stored} == {"inputs", "begun", "made", "values"}
    for number, each in enumerate(stored):
        content = cluster.s3.get_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])
        file = tmp_path / f"{number}-{Path(each['Key']).name}"
        file.write_bytes(content["Body"].read())
        if file.suffix == ".zst":
            with pa.input_stream(str(file), compression="zstd") as opened:
                packed = io.BytesIO(opened.read())
            with tarfile.open(fileobj=packed) as tar:
                assert {(told.uname, told.gname) for told in tar} == {("", "")}
                tar.extractall(tmp_path / str(number), filter="data")
            file.unlink()
    search = Search(persons)
    # Its tables hold what was published of it, and the rows of what it was built of.
    search.tree(tmp_path, leave_out=tmp_path.rglob("warehouse.duckdb"))
    assert search.files > 50
    assert search.found == []
    # It would have been found.
    search.tree(twins.shared.home.inbox)
    assert {found for found, *_ in search.found} >= {person.fnr for person in persons}


def test_a_part_that_fails_on_a_worker_fails_alone(twins: Twins, cluster: Cluster) -> None:
    before = publication(twins.shared)
    deliver(twins.shared, ALESUND, "20240301", 2)
    (landed,) = twins.shared.home.landing.glob(f"koordinator/ke{KINN}/*.parquet")
    _damage(landed)
    succeeded, (wrong, told) = cluster.run(twins.shared.home)
    assert not succeeded
    assert f"state/dbt/{KINN}/build.log" in wrong
    assert f"Municipality {KINN}: the figures of before stay" in told
    after = publication(twins.shared)
    old, new = (own_file(after, "coverage", code) for code in (KINN, ALESUND))
    assert old.samefile(own_file(before, "coverage", KINN))
    assert not new.samefile(own_file(before, "coverage", ALESUND))
    # What was wrong with its models was brought home.
    (log,) = twins.shared.home.dbt_target.glob(f"{KINN}/build.log")
    assert log.read_text("utf-8")
    assert cluster.objects() == []


def _damage(file: Path) -> None:
    """Damage the rows of a Parquet file; what it says of itself at its end stays."""
    content = bytearray(file.read_bytes())
    content[4:400] = bytes(396)
    file.write_bytes(content)


def test_a_worker_of_another_version_refuses(twins: Twins, cluster: Cluster) -> None:
    before = publication(twins.shared)
    for worker in cluster.workers:
        cluster.stop(worker)
    another = cluster.root / "another version"
    for folder in ("dagster_project", "dbt", "expectations", "seeds"):
        ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
        shutil.copytree(PROJECT / folder, another / folder, ignore=ignored)
    with (another / "seeds" / "parameters.csv").open("a", encoding="utf-8") as rules:
        rules.write("\n")
    cluster.start_worker(another)
    deliver(twins.shared, SENJA, "20240301", 2)
    succeeded, said = cluster.run(twins.shared.home)
    assert not succeeded
    assert f"refuses to build municipality {SENJA}" in " ".join(said)
    assert publication(twins.shared) == before
    assert cluster.objects() == []
