{#-
    Inhabitants by age, counted and expected. Of the years that are counted, what was expected of them is
    left out.
-#}
with
    -- A table of the whole country holds others', too.
    counted as (
        select inhabitants.municipality_code, inhabitants.year, inhabitants.age, inhabitants.persons
        from {{ ref("int_inhabitants") }} as inhabitants
        inner join {{ ref("int_municipality") }} as own using (municipality_code)
    ),

    expected as (
        select projected.municipality_code, projected.year, projected.age, projected.persons
        from {{ ref("int_projected_inhabitants") }} as projected
        inner join {{ ref("int_municipality") }} as own using (municipality_code)
        left join
            (
                select municipality_code, max(year) as last_year
                from counted
                group by municipality_code
            ) as known using (municipality_code)
        where projected.year > coalesce(known.last_year, 0)
    )

select
    municipality_code,
    cast(year as integer) as year,
    cast(age as integer) as age,
    persons,
    'counted' as basis
from counted
union all
select
    municipality_code,
    cast(year as integer) as year,
    cast(age as integer) as age,
    persons,
    'projected' as basis
from expected
