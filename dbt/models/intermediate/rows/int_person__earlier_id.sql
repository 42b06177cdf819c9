{#-
    Whom an earlier id belongs to (counting rules, 2.2). It may itself have followed another, and two
    ids may each claim to follow the other: all of them are one person, who goes by the last id of
    the chain. Where several persons claim one earlier id nobody can tell: `person_key` is null.
-#}
with recursive
    -- What the newest delivery of each source to speak of an earlier id says.
    told as (
        select earlier_person_key, person_key
        from {{ ref("stg_person") }}
        where
            earlier_person_key is not null
            and person_key is not null
            and earlier_person_key <> person_key
            and delivery_status = 'in_force'
        qualify
            delivery_number
            = max(delivery_number) over (partition by source_number, earlier_person_key)
    ),

    claimed as (
        select
            earlier_person_key,
            min(person_key) as person_key,
            count(distinct person_key) = 1 as by_one
        from told
        group by earlier_person_key
    ),

    link as (select earlier_person_key, person_key from claimed where by_one),

    -- Every id that a chain of links leads to; a ring ends where it has been round.
    walk as (
        select earlier_person_key, person_key
        from link
        union
        select walk.earlier_person_key, link.person_key
        from walk
        inner join link on walk.person_key = link.earlier_person_key
    ),

    ring as (select person_key from walk where earlier_person_key = person_key),

    chain as (
        select
            walk.earlier_person_key,
            coalesce(
                min(walk.person_key) filter (where link.person_key is null),
                min(walk.person_key) filter (where ring.person_key is not null)
            ) as person_key
        from walk
        left join link on walk.person_key = link.earlier_person_key
        left join ring on walk.person_key = ring.person_key
        group by walk.earlier_person_key
    ),

    -- Several ids that claim one may be one person's.
    contested as (
        select
            told.earlier_person_key,
            case
                when count(distinct coalesce(chain.person_key, told.person_key)) = 1
                then min(coalesce(chain.person_key, told.person_key))
            end as person_key
        from told
        inner join claimed on told.earlier_person_key = claimed.earlier_person_key
        left join chain on told.person_key = chain.earlier_person_key
        where not claimed.by_one
        group by told.earlier_person_key
    )

select chain.earlier_person_key, coalesce(contested.person_key, chain.person_key) as person_key
from chain
left join contested on chain.person_key = contested.earlier_person_key
where chain.earlier_person_key <> coalesce(contested.person_key, chain.person_key)
union all
select earlier_person_key, person_key
from contested
where person_key is distinct from earlier_person_key
