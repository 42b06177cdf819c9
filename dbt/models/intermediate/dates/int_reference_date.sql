{#-
    The last day of each month of the years before the municipality's as-of date, from its first
    counted registration of a coordinator or a plan on; and the as-of date itself.
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

    reference as (
        select month_end.municipality_code, month_end.reference_date
        from month_end
        inner join span using (municipality_code)
        where month_end.reference_date < span.as_of and month_end.reference_date > span.not_before
        union
        select municipality_code, as_of as reference_date
        from span
    )

select municipality_code, reference_date, reference_date = span.as_of as is_as_of
from reference
inner join span using (municipality_code)
