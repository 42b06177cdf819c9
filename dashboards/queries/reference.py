"""What the publication"s codes mean: indicators, age groups, service areas, rules, steps."""

from dagster_project.publication.reader.reference import (
    ALL,
    UNKNOWN,
    AgeGroup,
    Indicator,
    Kind,
    Measure,
    Rule,
    age_groups,
    code_names,
    indicators,
    measures,
    rules,
    service_areas,
    step_names,
)

__all__ = [
    "ALL",
    "UNKNOWN",
    "AgeGroup",
    "Indicator",
    "Kind",
    "Measure",
    "Rule",
    "age_groups",
    "code_names",
    "indicators",
    "measures",
    "rules",
    "service_areas",
    "step_names",
]
