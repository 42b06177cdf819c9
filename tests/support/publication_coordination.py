"""The made-up publication's tables of how the work is coordinated.

Loads, departed coordinators, ages of plans, who comes of age, targets and what changed: made of the
made-up coverage, so that what is summed of them is what it counts.
"""

from __future__ import annotations

import datetime as dt

import duckdb

LARGE, MIDDLE, SMALL = "3203", "5530", "1134"
PREVIOUS, PREVIOUS_AS_OF = "20251130-0f9e8d7c6b", dt.date(2025, 11, 30)
# Where coordinators work: each area, its sector, and how many of ten work there.
_AREAS = (
    ("home_care", "health", 3),
    ("mental_health", "health", 2),
    ("disability", "health", 2),
    ("school", "other", 1),
    ("child_welfare", "other", 1),
    ("unknown", "unknown", 1),
)
_TARGETS = (
    (LARGE, "coordinator_coverage", 0.75, dt.date(2027, 12, 31)),
    (LARGE, "plan_coverage", 0.5, dt.date(2027, 12, 31)),
    (LARGE, "living_plan_share", 0.9, None),
    (MIDDLE, "coordinator_coverage", 0.7, dt.date(2026, 6, 30)),
    (MIDDLE, "plan_without_coordinator", 0.1, None),
    (MIDDLE, "persons_per_coordinator", 4.0, dt.date(2026, 12, 31)),
)
# Municipality, indicator, why it is another figure than before, persons more than before.
_CHANGES = (
    (LARGE, "coordinator_coverage", "new_delivery:tjeneste;new_delivery:koordinator", 6),
    (LARGE, "coordinator_rate", "new_delivery:koordinator", 6),
    (LARGE, "plan_coverage", "new_delivery:person;withdrawn_delivery:ip", -4),
    (MIDDLE, "coordinator_coverage", "definition", 3),
    (MIDDLE, "persons_per_coordinator", "definition;new_delivery:koordinator", 3),
    (SMALL, "coordinator_coverage", "rules", 1),
    (SMALL, "living_plan_share", None, -1),
)


def write(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables beside a `coverage` that is there."""
    connection.execute(
        """
        create temp view of_all as
        select * from coverage
        where age_scheme = 'standard' and age_group = 'all' and service_area = 'all'
        """
    )
    _coordinator_load(connection)
    _departed_coordinator(connection)
    _plan_age(connection)
    _transition(connection)
    _target(connection)
    _change(connection)
    connection.execute("drop view of_all")


def _coordinator_load(connection: duckdb.DuckDBPyConnection) -> None:
    """Spread persons over coordinators: few have many, and each has one at least."""
    listed = ", ".join(
        f"({first}, {first + many - 1}, '{area}', '{sector}')"
        for first, (area, sector, many) in zip(_firsts(), _AREAS, strict=True)
    )
    connection.execute(
        f"""
        create table coordinator_load as
        with
            total as (
                select municipality_code, reference_date, numerator as persons, denominator as many
                from of_all where indicator = 'persons_per_coordinator' and numerator > 0
            ),
            -- Of ten coordinators one has six persons, one three, three two and five one, as long as
            -- there are persons left beside the first of each.
            base as (
                select *, least(many, persons) as counted, greatest(0, persons - many) as left_over
                from total
            ),
            coordinator as (
                select
                    municipality_code, reference_date, number,
                    1 + greatest(
                        0,
                        least(
                            [5, 2, 1, 1, 1, 0, 0, 0, 0, 0][1 + number % 10],
                            left_over - number // 10 * 10
                            - [0, 5, 7, 8, 9, 10, 10, 10, 10, 10][1 + number % 10]
                        )
                    )::bigint as persons
                from base, unnest(generate_series(0::bigint, counted - 1)) as numbered(number)
            ),
            placed as (
                select
                    coordinator.* exclude (number), place.service_area, place.sector,
                    case
                        when persons <= 2 then persons::text when persons <= 5 then '3-5' else '6+'
                    end as load
                from coordinator
                inner join (values {listed}) as place(first, last, service_area, sector)
                    on (number + number // 10) % 10 between place.first and place.last
            )
        select
            municipality_code, reference_date, coalesce(service_area, 'all') as service_area,
            coalesce(sector, 'all') as sector, load, count(*)::bigint as coordinators,
            sum(persons)::bigint as persons
        from placed
        group by municipality_code, reference_date, load, cube (service_area, sector)
        order by all
        """
    )


def _firsts() -> list[int]:
    return [sum(many for *_, many in _AREAS[:number]) for number in range(len(_AREAS))]


def _departed_coordinator(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create table departed_coordinator as
        with
            -- One of a dozen who coordinate in an area has left; of their persons, two in three
            -- have nobody else.
            area as (
                select
                    municipality_code, reference_date, service_area,
                    sum(coordinators) // 12 as coordinators, sum(persons) // 12 as persons
                from coordinator_load
                where sector = 'all' and service_area <> 'all'
                group by all
            ),
            summed as (
                select
                    municipality_code, reference_date, coalesce(service_area, 'all') as service_area,
                    sum(coordinators)::bigint as coordinators, sum(persons)::bigint as persons,
                    sum(persons * 2 // 3)::bigint as persons_without
                from area
                where coordinators > 0
                group by municipality_code, reference_date, cube (service_area)
            )
        from summed order by all
        """
    )


def _plan_age(connection: duckdb.DuckDBPyConnection) -> None:
    """Spread plans over ages; the youngest are living, as real ones are."""
    connection.execute(
        """
        create table plan_age as
        with
            total as (
                select
                    municipality_code, reference_date,
                    max(denominator) filter (where indicator = 'living_plan_share') as plans,
                    max(numerator) filter (where indicator = 'living_plan_share') as living,
                    max(denominator - numerator) filter (
                        where indicator = 'plan_without_coordinator'
                    ) as with_coordinator
                from of_all group by all having plans > 0
            ),
            -- Up to here of a hundred plans, living ones and ones with a coordinator.
            band(age_of_plan, first, last) as (
                values ('0', 0, 28), ('1', 28, 50), ('2', 50, 68), ('3-4', 68, 86), ('5+', 86, 100)
            ),
            spread as (
                select
                    total.*, age_of_plan, plans * first // 100 as from_plan,
                    plans * last // 100 as to_plan, plans * 28 // 100 as youngest
                from total cross join band
            )
        -- A plan of the last year is living; what else lives is spread over the older ones.
        select
            municipality_code, reference_date, age_of_plan, (to_plan - from_plan)::bigint as plans,
            case
                when age_of_plan = '0' then youngest
                else
                    (living - youngest) * (to_plan - youngest) // (plans - youngest)
                    - (living - youngest) * (from_plan - youngest) // (plans - youngest)
            end::bigint as living,
            (with_coordinator * to_plan // plans - with_coordinator * from_plan // plans)::bigint
            as with_coordinator
        from spread where to_plan > from_plan
        order by all
        """
    )


def _transition(connection: duckdb.DuckDBPyConnection) -> None:
    """Spread those of 16 and 17 over the eight quarters that follow; a few had the birthday."""
    connection.execute(
        """
        create table transition as
        with
            total as (
                select
                    municipality_code, reference_date,
                    max(denominator) filter (where indicator = 'coordinator_coverage') as persons,
                    max(numerator) filter (where indicator = 'coordinator_coverage') as coordinator,
                    max(numerator) filter (where indicator = 'plan_coverage') as plan
                from coverage
                where age_scheme = 'childhood' and age_group = '16-17' and service_area = 'all'
                group by all
            ),
            spread as (
                select
                    municipality_code, reference_date, turns,
                    (date_trunc('quarter', reference_date) + to_months(3 * ahead))::date as quarter,
                    persons * (ahead + 1) // 9 - persons * ahead // 9 as persons,
                    coordinator * (ahead + 1) // 9 - coordinator * ahead // 9 as coordinator,
                    plan * (ahead + 1) // 9 - plan * ahead // 9 as plan
                from total
                cross join (values (16), (18)) as age(turns)
                cross join unnest(generate_series(0, 8)) as quarters(ahead)
            )
        select
            municipality_code, reference_date, turns::integer as turns, quarter,
            persons::bigint as persons,
            least(persons, coordinator)::bigint as with_coordinator,
            (least(persons, coordinator) * 3 // 4)::bigint as with_child_coordinator,
            least(persons, plan)::bigint as with_plan
        from spread where persons > 0
        order by all
        """
    )


def _target(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create table target (municipality_code text, indicator text, value double, by_date date)"
    )
    connection.executemany("insert into target values (?, ?, ?, ?)", sorted(_TARGETS, key=str))


def previous() -> dict[str, dict[str, str]]:
    """Return what the manifest says of the publication before: the same day was the newest of all."""
    day = PREVIOUS_AS_OF.isoformat()
    said = {"publication": PREVIOUS, "as_of": day, "compared_on": day}
    return {code: said for code, *_ in _CHANGES}


def _change(connection: duckdb.DuckDBPyConnection) -> None:
    """Tell of the month before the newest, as it was and as it is now."""
    connection.execute(
        """
        create table change (
            municipality_code text, indicator text, reference_date date, before_numerator bigint,
            before_denominator bigint, before_value double, after_numerator bigint,
            after_denominator bigint, after_value double, reasons text, previous_publication text,
            previous_as_of date
        )
        """
    )
    for code, indicator, reasons, more in sorted(_CHANGES, key=str):
        connection.execute(
            """
            insert into change
            select
                municipality_code, indicator, reference_date, greatest(0, numerator - $more),
                denominator,
                greatest(0, numerator - $more) * case when numerator > 0 then value / numerator else 0 end,
                numerator, denominator, value, $reasons, $publication, $as_of
            from of_all
            where
                municipality_code = $code and indicator = $indicator and reference_date = $as_of
            """,
            {
                "more": more,
                "reasons": reasons,
                "publication": PREVIOUS,
                "as_of": PREVIOUS_AS_OF,
                "code": code,
                "indicator": indicator,
            },
        )
