"""A worker: `python -m dagster_project.defs.worker`, as many as there is memory for.

A part is taken off the queue once it is made, not before: one whose worker is killed, or whose
machine is gone, is given to another as soon as the broker has lost the connection.
"""

import os

from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

from dagster_project.defs.job import WORKERS
from dagster_project.defs.on_workers import BACKEND, BROKER

# As every command of Samordna: what is made is closed to others.
os.umask(0o077)

app = make_app({"broker": os.environ[BROKER], "backend": BACKEND})
app.conf.update(
    task_queues=None,
    task_default_queue=WORKERS,
    # A part at a time: it uses two cores, and as much memory as it is given.
    worker_concurrency=1,
    worker_prefetch_multiplier=1,
)
execute_plan = create_task(app, acks_late=True, reject_on_worker_lost=True)

if __name__ == "__main__":
    # Those of one machine need names of their own. What they did is told by the orchestrator.
    name = ["--hostname", f"{os.getpid()}@%h"]
    app.worker_main(
        ["worker", *name, "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    )
