"""Views that readers keep by name, for everybody who reads this installation.

A view is a page and an address; what it shows is counted anew whenever it is opened. They lie in
the register (`dagster_project/register/views.py`); what was kept in a file before moves into it.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from dagster_project.config.paths import Home
from dagster_project.identity.detection import looks_like_person_id
from dagster_project.register import views
from dagster_project.register.database import Register, RegisterError, open_register
from dagster_project.register.events import READER
from dagster_project.register.views import SavedView
from dagster_project.storage import DamagedError
from dashboards.view.state import Parameter, Query

LONGEST_NAME = 60
# Letters and digits, and the marks that names of views are written with: nothing that is markup.
_NOT_IN_NAMES = re.compile(r"[^\w .,:;()/+&%?'–-]|_")


class Refusal(StrEnum):
    """Why a view is not kept; each has its sentence in the locale files."""

    NO_NAME = "no_name"
    NAME_TAKEN = "name_taken"
    LOOKS_LIKE_ID = "looks_like_id"
    TOO_MANY = "too_many"
    NOT_WRITTEN = "not_written"
    DAMAGED = "damaged"


class ViewsError(Exception):
    """A view cannot be kept, or those that are kept cannot be read."""

    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(reason)


def cleaned(name: str) -> str:
    """Return a name as it is kept; raise ViewsError where nothing may be kept under it."""
    composed = unicodedata.normalize("NFKC", name)
    plain = " ".join(_NOT_IN_NAMES.sub(" ", composed).split())[:LONGEST_NAME].strip()
    if not any(letter.isalnum() for letter in plain):
        raise ViewsError(Refusal.NO_NAME)
    # Nobody's number becomes a name, however it is written.
    if looks_like_person_id(name) or looks_like_person_id(plain):
        raise ViewsError(Refusal.LOOKS_LIKE_ID)
    return plain


def saved_views(home: Home) -> tuple[SavedView, ...]:
    """Return the views that are kept, by name."""
    with _opened(home) as register:
        return views.saved_views(register)


def save(home: Home, name: str, page: str, query: Query) -> SavedView:
    """Keep a view under a name that no other has."""
    kept_query = {
        each: list(values) for each, values in query.items() if each != Parameter.LANGUAGE
    }
    if any(looks_like_person_id(value) for values in kept_query.values() for value in values):
        raise ViewsError(Refusal.LOOKS_LIKE_ID)
    view = SavedView(secrets.token_hex(6), cleaned(name), page, kept_query)
    with _opened(home) as register:
        views.save(register, view, READER)
    return view


def delete(home: Home, identity: str) -> None:
    """Drop a view; one that somebody else has dropped already is no matter."""
    with _opened(home) as register:
        views.delete(register, identity, READER)


@contextmanager
def _opened(home: Home) -> Iterator[Register]:
    """Yield the register with all views in it; whatever goes wrong is told as a ViewsError."""
    try:
        register = open_register(home)
        views.move_in(register, home)
        yield register
    except views.NameTakenError:
        raise ViewsError(Refusal.NAME_TAKEN) from None
    except views.TooManyError:
        raise ViewsError(Refusal.TOO_MANY) from None
    except DamagedError:
        raise ViewsError(Refusal.DAMAGED) from None
    except RegisterError as error:
        damaged = error.problem.code in {
            "register_damaged",
            "register_gone",
            "register_newer",
        }
        raise ViewsError(Refusal.DAMAGED if damaged else Refusal.NOT_WRITTEN) from None
    except OSError:
        raise ViewsError(Refusal.NOT_WRITTEN) from None
