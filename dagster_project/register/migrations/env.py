"""Run by Alembic, on the connection that opens the register."""

from __future__ import annotations

from alembic import context

from dagster_project.register.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
