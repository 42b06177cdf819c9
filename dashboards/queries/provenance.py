"""Where a figure comes from: the steps from row to person, deliveries, findings and checks."""

from dagster_project.publication.reader.provenance import (
    CheckOutcome,
    Delivery,
    FoundRow,
    Parameter,
    RuleCount,
    Step,
    Systems,
    checks,
    deliveries,
    findings_by_rule,
    found_rows,
    parameters,
    records_in_force,
    sources,
    steps,
    systems_behind,
)

__all__ = [
    "CheckOutcome",
    "Delivery",
    "FoundRow",
    "Parameter",
    "RuleCount",
    "Step",
    "Systems",
    "checks",
    "deliveries",
    "findings_by_rule",
    "found_rows",
    "parameters",
    "records_in_force",
    "sources",
    "steps",
    "systems_behind",
]
