"""What the publication's codes mean: indicators, age groups, service areas, rules, steps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dagster_project.publication.reader.names import Names
from dagster_project.publication.reader.publication import Publication, ask, kept_for_all

ALL = "all"
UNKNOWN = "unknown"


class Kind(StrEnum):
    """What an indicator's value is."""

    SHARE = "share"
    RATE = "rate"
    RATIO = "ratio"
    MEDIAN = "median"
    COUNT = "count"


@dataclass(frozen=True)
class Indicator:
    """One indicator: how it is made and what it is called."""

    code: str
    kind: Kind
    multiplier: int
    numerator_measure: str
    denominator_measure: str
    needs: tuple[str, ...]
    looks_back_days: int
    names: Names
    definitions: Names


@dataclass(frozen=True)
class Measure:
    """What a numerator or a denominator counts, and the record types it is counted from.

    The base is the measure whose waterfall it goes on from, if it has none of its own.
    """

    code: str
    base: str | None
    record: str
    names: Names


@dataclass(frozen=True)
class AgeGroup:
    """One age group of a scheme; `all` and `unknown` belong to every scheme."""

    code: str
    from_age: int
    to_age: int


@dataclass(frozen=True)
class Rule:
    """One counting rule or check of a row: what it does, how grave a finding it is, what to do.

    There is no advice where nothing is to be done about it, and `error_kind` (registration, extract
    or code) only where somebody should correct it.
    """

    code: str
    action: str
    severity: str
    names: Names
    advice: Names | None
    error_kind: str | None


@kept_for_all
def indicators(publication: Publication) -> dict[str, Indicator]:
    """Return the indicators by code, in their order."""
    rows = ask(
        publication,
        """
        select
            indicator, kind, multiplier, coalesce(numerator_measure, ''),
            coalesce(denominator_measure, ''),
            string_split(needs, ';'), looks_back_days, name_nb, name_nn, name_en,
            definition_nb, definition_nn, definition_en
        from read_parquet($indicator)
        order by sort_order
        """,
    )
    return {
        row[0]: Indicator(
            row[0], Kind(row[1]), row[2], row[3], row[4], tuple(row[5]), row[6],
            Names(*row[7:10]), Names(*row[10:13]),
        )
        for row in rows
    }  # fmt: skip


@kept_for_all
def measures(publication: Publication) -> dict[str, Measure]:
    """Return the measures by code, in their order."""
    rows = ask(
        publication,
        """
        select measure, base, record, name_nb, name_nn, name_en
        from read_parquet($measure)
        order by sort_order
        """,
    )
    return {row[0]: Measure(row[0], row[1], row[2], Names(*row[3:])) for row in rows}


@kept_for_all
def age_groups(publication: Publication) -> dict[str, tuple[AgeGroup, ...]]:
    """Return the groups of each age scheme, youngest first; the standard scheme comes first."""
    rows = ask(
        publication,
        """
        select age_scheme, age_group, from_age, to_age
        from read_parquet($age_group)
        order by age_scheme <> 'standard', age_scheme, sort_order
        """,
    )
    schemes: dict[str, tuple[AgeGroup, ...]] = {}
    for scheme, *group in rows:
        schemes[scheme] = (*schemes.get(scheme, ()), AgeGroup(*group))
    return schemes


@kept_for_all
def service_areas(publication: Publication) -> dict[str, Names]:
    """Return the service areas by code, in their order."""
    rows = ask(
        publication,
        """
        select service_area, name_nb, name_nn, name_en
        from read_parquet($service_area)
        order by sort_order
        """,
    )
    return {row[0]: Names(*row[1:]) for row in rows}


@kept_for_all
def sectors(publication: Publication) -> dict[str, str]:
    """Return the sector of each service area."""
    rows = ask(publication, "select service_area, sector from read_parquet($service_area)")
    return dict(rows)


@kept_for_all
def change_causes(publication: Publication) -> dict[str, Names]:
    """Return why a share is another than a year before, by code, in their order."""
    rows = ask(
        publication,
        """
        select cause, name_nb, name_nn, name_en
        from read_parquet($change_cause)
        order by sort_order
        """,
    )
    return {row[0]: Names(*row[1:]) for row in rows}


@kept_for_all
def rules(publication: Publication) -> dict[str, Rule]:
    """Return the rules by code, in their order."""
    rows = ask(
        publication,
        """
        select
            rule, action, severity, error_kind,
            name_nb, name_nn, name_en, advice_nb, advice_nn, advice_en
        from read_parquet($rule)
        order by sort_order
        """,
    )
    return {
        code: Rule(
            code, action, severity, Names(*words[:3]), Names(*words[3:]) if words[3] else None, kind
        )
        for code, action, severity, kind, *words in rows
    }


@kept_for_all
def step_names(publication: Publication) -> dict[str, Names]:
    """Return what the steps from row to figure are called; the rules are steps too."""
    rows = ask(
        publication,
        "select step, name_nb, name_nn, name_en from read_parquet($waterfall_step)",
    )
    of_rules = {code: rule.names for code, rule in rules(publication).items()}
    return of_rules | {row[0]: Names(*row[1:]) for row in rows}


@kept_for_all
def code_names(publication: Publication, field: str) -> dict[str, Names]:
    """Return what the codes of a field are called, in their order; areas have their own names."""
    rows = ask(
        publication,
        """
        select code, name_nb, name_nn, name_en
        from read_parquet($code_name)
        where field = $field
        order by sort_order
        """,
        field=field,
    )
    return {row[0]: Names(*row[1:]) for row in rows}
