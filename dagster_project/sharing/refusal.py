"""Why a package is refused: a closed list of reasons, each with its sentences.

At the terminal they are `package_<reason>` of `problems.py`, on the pages `refusal.<reason>` of the
locale files.
"""

from __future__ import annotations

from enum import StrEnum

from dagster_project.problems import Problem


class Refusal(StrEnum):
    """Why a package is refused."""

    TOO_LARGE = "too_large"
    NOT_A_PACKAGE = "not_a_package"
    MANIFEST_INVALID = "manifest_invalid"
    OTHER_FORM = "other_form"
    NAMED_OTHERWISE = "named_otherwise"
    SENDER_UNKNOWN = "sender_unknown"
    SIGNATURE_WRONG = "signature_wrong"
    TABLE_ALTERED = "table_altered"
    OTHER_PLAN = "other_plan"
    MUNICIPALITY_NOT_THEN = "municipality_not_then"
    REPLAYED = "replayed"
    OLDER_VERSION = "older_version"
    VERSION_MISSING = "version_missing"
    HISTORY_DIFFERS = "history_differs"
    COLUMNS_WRONG = "columns_wrong"
    HOLDS_PERSON_ID = "holds_person_id"
    CODES_UNKNOWN = "codes_unknown"
    CELLS_WRONG = "cells_wrong"
    NUMBERS_IMPOSSIBLE = "numbers_impossible"
    SUMS_WRONG = "sums_wrong"
    DISCLOSIVE = "disclosive"


class RefusedError(Exception):
    """Ends the reading of a package that is refused."""

    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(reason)


def sentence(reason: Refusal, package: str) -> Problem:
    """Return the problem that says why a file is refused; `package` is what it may be called."""
    return Problem(f"package_{reason}", {"package": package})


def require(holds: object, otherwise: Refusal) -> None:
    """Raise RefusedError where something does not hold."""
    if not holds:
        raise RefusedError(otherwise)
