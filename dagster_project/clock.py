"""The clock of the place: days and hours are those of Norway, wherever the machine stands."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def today_here() -> dt.date:
    """Return the day it is in Norway."""
    return dt.datetime.now(tz=OSLO).date()
