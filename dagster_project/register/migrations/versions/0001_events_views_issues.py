"""Events, the views that readers keep, and the issues that findings make."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ALTERED = "events of the register are never altered"


def upgrade() -> None:
    """Make the first tables, and have the database itself refuse to alter an event."""
    op.create_table(
        "event",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("municipality_code", sa.String(4)),
        sa.Column("content", sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("event_subject", "event", ["subject"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_folded", sa.String(180), nullable=False, unique=True),
        sa.Column("page", sa.String(60), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("municipality_code", sa.String(4), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("record", sa.String(60), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("delivery", sa.String(300), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.String(300)),
        sa.Column("column_name", sa.String(200)),
        sa.Column("detail", sa.Text()),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(60)),
        sa.Column("accepted_until", sa.Date()),
        sa.Column("reason", sa.Text()),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("proof", sa.JSON()),
    )
    op.create_index("issue_municipality", "issue", ["municipality_code", "state"])
    op.create_table(
        "settled",
        sa.Column("municipality_code", sa.String(4), primary_key=True),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("deliveries", sa.JSON(), nullable=False),
    )
    _refuse_to_alter_events()


def _refuse_to_alter_events() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("update", "delete"):
            op.execute(
                f"create trigger event_no_{change} before {change} on event "
                f"begin select raise(abort, '{_ALTERED}'); end"
            )
        return
    op.execute(
        "create function refuse_to_alter_event() returns trigger language plpgsql as "
        f"$$ begin raise exception '{_ALTERED}'; end $$"
    )
    op.execute(
        "create trigger event_no_change before update or delete or truncate on event "
        "for each statement execute function refuse_to_alter_event()"
    )
