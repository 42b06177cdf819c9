"""The tables of the register.

They are made by the migrations (`migrations/versions/`); a test holds that both say the same.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

# The newest migration: what a register that needs none has.
NEWEST = "0001"

LONGEST_ACTOR = 60
LONGEST_TEXT = 2_000


class UtcTime(sa.types.TypeDecorator[dt.datetime]):
    """A moment, kept in UTC whatever the database makes of time zones."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(
        self,
        value: dt.datetime | None,
        dialect: Any,  # noqa: ARG002 - what SQLAlchemy calls it with
    ) -> dt.datetime | None:
        """Return the moment without its zone."""
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value else None

    def process_result_value(
        self,
        value: dt.datetime | None,
        dialect: Any,  # noqa: ARG002 - what SQLAlchemy calls it with
    ) -> dt.datetime | None:
        """Return the moment with its zone."""
        return value.replace(tzinfo=dt.UTC) if value else None


# SQLite counts rows in a column of just this type.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData()

# Who did what, to what, when. Never altered: the database itself refuses it.
event = sa.Table(
    "event",
    metadata,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("at", UtcTime(), nullable=False),
    sa.Column("actor", sa.String(LONGEST_ACTOR), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("municipality_code", sa.String(4)),
    sa.Column("content", sa.JSON(), nullable=False),
    sa.Index("event_subject", "subject"),
    sqlite_autoincrement=True,
)

# The views that readers keep by name.
saved_view = sa.Table(
    "saved_view",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("name_folded", sa.String(180), nullable=False, unique=True),
    sa.Column("page", sa.String(60), nullable=False),
    sa.Column("query", sa.JSON(), nullable=False),
)

# Findings that somebody should act on, as they stand.
issue = sa.Table(
    "issue",
    metadata,
    # The finding's id (`marts.findings`), the same over all deliveries.
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
    sa.Column("changed_at", UtcTime(), nullable=False),
    # How many events it has: who writes on an older one is told what came between.
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("owner", sa.String(LONGEST_ACTOR)),
    sa.Column("accepted_until", sa.Date()),
    # Why it is accepted, or not ours.
    sa.Column("reason", sa.Text()),
    sa.Column("reopened", sa.Integer(), nullable=False),
    # The deliveries since which it is gone: pairs of source and delivery.
    sa.Column("proof", sa.JSON()),
    sa.Index("issue_municipality", "municipality_code", "state"),
)

# What the issues of a municipality were last held against: the digest of what was published of
# findings and deliveries, and the newest delivery of each source.
settled = sa.Table(
    "settled",
    metadata,
    sa.Column("municipality_code", sa.String(4), primary_key=True),
    sa.Column("basis", sa.String(64), nullable=False),
    sa.Column("at", UtcTime(), nullable=False),
    sa.Column("deliveries", sa.JSON(), nullable=False),
)
