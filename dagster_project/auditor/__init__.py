"""An attacker who knows only what is published, and what he can prove of single persons.

The room reads counts as anybody can read them, and knows of how they were protected what
`docs/share-package.md` says. It imports nothing of the house: whoever protects and whoever attacks
share no mistake. Linear and integer programmes are solved by HiGHS.
"""

from dagster_project.auditor.audit import Audit, Break, BreakKind, Interval
from dagster_project.auditor.group import NOT_PUBLISHED, ExactSum, audit_group
from dagster_project.auditor.rounded import audit_rounded
from dagster_project.auditor.shown import ALL_AREAS, ShownBlock
from dagster_project.auditor.suppressed import Rate, audit_suppressed

__all__ = [
    "ALL_AREAS",
    "NOT_PUBLISHED",
    "Audit",
    "Break",
    "BreakKind",
    "ExactSum",
    "Interval",
    "Rate",
    "ShownBlock",
    "audit_group",
    "audit_rounded",
    "audit_suppressed",
]
