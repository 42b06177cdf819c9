{#-
    Inhabitants on 1 January by today's municipality and age. Where a source tells men and women
    apart, both are added; a municipality that was merged is the sum of its parts. A year that
    several deliveries tell of, perhaps under the codes of other years, is taken of each age from one
    of them: the newest of the source that is named first.
-#}
with
    counted as (
        select municipality_code, year, age, age_form, persons, source_number, delivery_number
        from {{ ref("int_population__row") }}
        where disposition = 'counted' and age is not null
    ),

    speaking as (
        select
            municipality_code,
            year,
            age,
            max_by(delivery_number, (- source_number, delivery_number)) as delivery_number
        from counted
        group by municipality_code, year, age
    ),

    spoken as (
        select counted.*
        from counted
        inner join speaking using (municipality_code, year, age, delivery_number)
    ),

    -- An open age holds all older ones: another delivery that tells of them tells of the same.
    topmost as (
        select
            municipality_code,
            year,
            min(age) as age,
            arg_min(delivery_number, age) as delivery_number
        from spoken
        where age_form = 'open'
        group by municipality_code, year
    )

select
    spoken.municipality_code,
    spoken.year,
    spoken.age,
    cast(sum(spoken.persons) as bigint) as persons
from spoken
left join topmost using (municipality_code, year)
where
    topmost.age is null
    or spoken.age <= topmost.age
    or spoken.delivery_number = topmost.delivery_number
group by spoken.municipality_code, spoken.year, spoken.age
