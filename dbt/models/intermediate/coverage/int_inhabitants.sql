{#-
    Inhabitants on 1 January by today's municipality and age. Where a source tells men and women
    apart, both are added; a municipality that was merged is the sum of its parts. A year that
    several deliveries tell of, perhaps under the codes of other years, is taken of each age from one
    of them: the newest of the source that is named first.
-#}
with
    counted as (
        select municipality_code, year, age, persons, source_number, delivery_number
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
    )

select
    counted.municipality_code,
    counted.year,
    counted.age,
    cast(sum(counted.persons) as bigint) as persons
from counted
inner join speaking using (municipality_code, year, age, delivery_number)
group by counted.municipality_code, counted.year, counted.age
