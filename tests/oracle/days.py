"""How the recount reads a date, and which day of a row is its newest."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

DAY = dt.timedelta(days=1)
NEVER = dt.date(9999, 12, 31)
FORMS_OF_DATES = (
    (r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)(T.*)?"),
    (r"(?P<d>\d\d?)[./](?P<m>\d\d?)[./](?P<y>\d{4}|\d\d)"),
    (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)"),
)
NOT_KNOWN = (NEVER, dt.date(2099, 12, 31), dt.date(1900, 1, 1))


@dataclass(frozen=True)
class Unreadable:
    """A date that nobody can read."""


def day_in(text: str) -> dt.date | Unreadable | None:
    """Return the day a cell tells of; None where it is not known."""
    text = text.strip()
    if text in ("", "00.00.0000"):
        return None
    if re.fullmatch(r"[2-6]\d{4}", text):
        return dt.date(1899, 12, 30) + int(text) * DAY
    for form in FORMS_OF_DATES:
        if found := re.fullmatch(form, text):
            year, month, day = (int(found[part]) for part in "ymd")
            if year < 100:
                year += 2000 if year <= 68 else 1900
            try:
                read = dt.date(year, month, day)
            except ValueError:
                return Unreadable()
            return None if read in NOT_KNOWN else read
    return Unreadable()


NEWEST_DAY = {
    "person": ("innflyttet_dato", "utflyttet_dato", "dod_dato"),
    "tjeneste": ("fra_dato", "til_dato"),
    "koordinator": ("fra_dato", "til_dato"),
    "ip": ("opprettet_dato", "avsluttet_dato", "sist_evaluert_dato"),
    "mote": ("motedato",),
    "koordinatortall": ("telledato", "rapportert_dato"),
    "melding": ("mottatt_dato", "vurdert_dato", "vedtak_dato"),
    "endring": ("endringsdato",),
    "ansatt": ("ansatt_fra", "ansatt_til"),
    "kompetanse": ("behov_meldt_dato", "tilbudt_dato", "gjennomfort_dato"),
    "psfs": ("dato",),
    "bolig": ("meldt_dato",),
}


def newest_day(record: str, cells: Mapping[str, str]) -> dt.date:
    """Return the newest day that a row tells of."""
    told = [day_in(cells.get(column, "")) for column in NEWEST_DAY.get(record, ())]
    return max((day for day in told if isinstance(day, dt.date)), default=dt.date.min)
