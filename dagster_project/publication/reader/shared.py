"""What a share package is made of: true counts of the target group, grades, breaks, inhabitants.

Asked by whoever makes packages; nobody shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dagster_project.publication.reader.comparability import breaks
from dagster_project.publication.reader.publication import Publication, ask
from dagster_project.publication.reader.reference import indicators


@dataclass(frozen=True)
class Cell:
    """True persons of a cell: month (`YYYY-MM`), service area, age group, coordinator, plan."""

    month: str
    service_area: str
    age_group: str
    coordinator: str
    plan: str
    persons: int


@dataclass(frozen=True)
class MonthGrade:
    """The grade of an indicator at a month's end, with the codes of what keeps it from the best."""

    indicator: str
    month: str
    grade: str
    reasons: str


@dataclass(frozen=True)
class MonthBreak:
    """The first month after a break of an indicator's series, and its kind."""

    indicator: str
    month: str
    kind: str


def counted_months(publication: Publication, municipality: str, most: int) -> tuple[str, ...]:
    """Return the newest months whose end is counted for packages, oldest first."""
    rows = ask(
        publication,
        """
        select distinct strftime(reference_date, '%Y-%m') as month
        from read_parquet($share_count)
        where municipality_code = $municipality
        order by month desc
        limit $most
        """,
        municipality=municipality,
        most=most,
    )
    return tuple(month for (month,) in reversed(rows))


def cells(publication: Publication, municipality: str, months: Collection[str]) -> list[Cell]:
    """Return every cell that somebody is in at the end of these months."""
    rows = ask(
        publication,
        """
        select
            strftime(reference_date, '%Y-%m'), service_area, age_group, coordinator, plan, persons
        from read_parquet($share_count)
        where
            municipality_code = $municipality
            and list_contains($months, strftime(reference_date, '%Y-%m'))
        """,
        municipality=municipality,
        months=list(months),
    )
    return [Cell(*row) for row in rows]


def month_grades(
    publication: Publication, municipality: str, months: Collection[str], of: Sequence[str]
) -> list[MonthGrade]:
    """Return the grades of these indicators at the end of these months."""
    rows = ask(
        publication,
        """
        select
            indicator,
            strftime(reference_date, '%Y-%m') as month,
            grade,
            coalesce(
                array_to_string(
                    list_sort(
                        list_distinct(
                            list_transform(
                                string_split(reasons, ';'),
                                lambda reason: string_split(reason, ':')[1]
                            )
                        )
                    ),
                    ';'
                ),
                ''
            )
        from read_parquet($comparability)
        where
            municipality_code = $municipality
            and list_contains($indicators, indicator)
            and reference_date = last_day(reference_date)
            and list_contains($months, strftime(reference_date, '%Y-%m'))
        order by indicator, month
        """,
        municipality=municipality,
        months=list(months),
        indicators=list(of),
    )
    return [MonthGrade(*row) for row in rows]


def month_breaks(
    publication: Publication, municipality: str, of: Sequence[str]
) -> list[MonthBreak]:
    """Return the breaks of these indicators, of every month, once each."""
    known = indicators(publication)
    found = {
        (code, f"{one.first_day_after:%Y-%m}", one.kind)
        for code in of
        for one in breaks(publication, municipality, code, known[code].needs)
    }
    return [MonthBreak(*each) for each in sorted(found)]


def inhabitants_by_group(
    publication: Publication, municipality: str, groups: Sequence[str], since: int
) -> Mapping[int, tuple[int, ...]]:
    """Return counted inhabitants on 1 January by year from one on, in the order of the age groups.

    A group is named by its ages: `0-5`, `90+`.
    """
    rows = ask(
        publication,
        """
        select year, age, persons
        from read_parquet($population)
        where municipality_code = $municipality and basis = 'counted' and year >= $since
        """,
        municipality=municipality,
        since=since,
    )
    ages = [_ages(group) for group in groups]
    found: dict[int, list[int]] = {}
    for year, age, persons in rows:
        by_group = found.setdefault(year, [0] * len(groups))
        place = next(i for i, (low, high) in enumerate(ages) if low <= age <= high)
        by_group[place] += persons
    return {year: tuple(by_group) for year, by_group in sorted(found.items())}


def _ages(group: str) -> tuple[int, int]:
    low, _, high = group.rstrip("+").partition("-")
    return int(low), int(high or 999)
