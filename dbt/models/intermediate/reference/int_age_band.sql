{#- Which group of which scheme an age belongs to; everybody belongs to `all`, an unknown age to `unknown`. -#}
with age as (select cast(unnest(generate_series(0, 130)) as smallint) as age)

select age_scheme, age_group, age.age
from {{ ref("age_groups") }} as band
inner join age on age.age between band.from_age and band.to_age
union all
select scheme.age_scheme, 'all' as age_group, age.age
from (select distinct age_scheme from {{ ref("age_groups") }}) as scheme
cross join
    (
        select age
        from age
        union all
        select cast(null as smallint)
    ) as age
union all
select distinct age_scheme, 'unknown' as age_group, cast(null as smallint) as age
from {{ ref("age_groups") }}
