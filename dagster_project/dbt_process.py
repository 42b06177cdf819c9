"""dbt as a process of its own that does not outlive the run that started it."""

from __future__ import annotations

from dagster_project.end_with_parent import end_with_parent


def main() -> None:
    """Run dbt with the arguments given, to be killed when the parent is."""
    end_with_parent()
    from dbt.cli.main import cli  # noqa: PLC0415 - after the parent is watched, for it takes long

    cli()
