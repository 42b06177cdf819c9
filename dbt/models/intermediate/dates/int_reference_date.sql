{#-
    The last day of each month of the years before the municipality's as-of date, from its first
    counted registration of a coordinator or a plan on; the as-of date itself; and the days of its own
    that the municipality has asked for (`reference_dates:` in sources.yml), within the same years.
-#}
with
    registration as (
        select municipality_code, first_day
        from {{ ref("int_coordinator__assignment") }}
        where counts and not has_no_day
        union all
        select municipality_code, first_day
        from {{ ref("int_plan") }}
    ),

    began as (
        select municipality_code, min(first_day) as first_day
        from registration
        group by municipality_code
    ),

    span as (
        select
            as_of.municipality_code,
            as_of.as_of,
            began.first_day,
            cast(as_of.as_of - {{ years("definition.reference_years") }} as date) as not_before
        from {{ ref("int_as_of") }} as as_of
        inner join {{ ref("int_definition") }} as definition using (municipality_code)
        left join began using (municipality_code)
    ),

    month_end as (
        select
            municipality_code,
            cast(
                unnest(
                    generate_series(
                        date_trunc('month', greatest(first_day, not_before)),
                        date_trunc('month', as_of),
                        interval 1 month
                    )
                )
                + interval 1 month
                - interval 1 day as date
            ) as reference_date
        from span
        where first_day <= as_of
    ),

    -- A day that comes every year, in each of them; 29 February in leap years.
    own as (
        select
            span.municipality_code,
            try_cast(
                printf(
                    '%04d-%02d-%02d', coalesce(asked.year, counted.year), asked.month, asked.day
                ) as date
            ) as reference_date
        from span
        inner join
            {{ source("landing", "reference_date") }} as asked
            on span.municipality_code = coalesce(asked.municipality_code, span.municipality_code)
        cross join
            unnest(
                generate_series(
                    cast(extract(year from greatest(span.first_day, span.not_before)) as integer),
                    cast(extract(year from span.as_of) as integer)
                )
            ) as counted(year)
        where span.first_day <= span.as_of
    ),

    reference as (
        select month_end.municipality_code, month_end.reference_date, false as is_own
        from month_end
        inner join span using (municipality_code)
        where month_end.reference_date < span.as_of and month_end.reference_date > span.not_before
        union
        select municipality_code, as_of, false
        from span
        union
        select own.municipality_code, own.reference_date, true
        from own
        inner join span using (municipality_code)
        where
            own.reference_date < span.as_of
            and own.reference_date > span.not_before
            and own.reference_date >= span.first_day
    )

select
    municipality_code,
    reference.reference_date,
    reference.reference_date = any_value(span.as_of) as is_as_of,
    -- Whether it is there only because it was asked for: no series is made of such days.
    bool_and(reference.is_own) as is_own
from reference
inner join span using (municipality_code)
group by municipality_code, reference.reference_date
