{#-
    The finest age groups: every group of every scheme is made of whole ones. A new one begins where a
    group of any scheme does, and after the last age of one; the oldest has no last age.
-#}
with
    bound as (
        select from_age as age
        from {{ ref("age_groups") }}
        union
        select to_age + 1
        from {{ ref("age_groups") }}
    ),

    finest as (select age as from_age, lead(age) over (order by age) - 1 as to_age from bound),

    -- The last bound begins no group: it is the age after the last that there can be.
    oldest as (select max(to_age) as to_age from finest)

select
    case
        when finest.to_age = oldest.to_age
        then finest.from_age || '+'
        else finest.from_age || '-' || finest.to_age
    end as age_group,
    cast(finest.from_age as smallint) as from_age,
    known.age
from finest
cross join oldest
inner join
    (select distinct age from {{ ref("int_age_band") }} where age is not null) as known
    on known.age between finest.from_age and finest.to_age
union all
select 'unknown' as age_group, cast(null as smallint) as from_age, cast(null as smallint) as age
