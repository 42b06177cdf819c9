{#- An earlier id may itself have followed another: three steps are more than registers hold. -#}
with
    told as (
        select
            earlier_person_key,
            person_key,
            row_number() over (
                partition by earlier_person_key order by delivery_number desc, row_number desc
            ) as newest_first
        from {{ ref("stg_person") }}
        where
            earlier_person_key is not null
            and person_key is not null
            and earlier_person_key <> person_key
            and delivery_status = 'in_force'
    ),

    link as (select earlier_person_key, person_key from told where newest_first = 1),

    -- Two ids that each claim to follow the other say nothing.
    one_way as (
        select link.earlier_person_key, link.person_key
        from link
        left join
            link as back
            on link.person_key = back.earlier_person_key
            and link.earlier_person_key = back.person_key
        where back.person_key is null
    )

select
    one_way.earlier_person_key,
    coalesce(third.person_key, second.person_key, one_way.person_key) as person_key
from one_way
left join one_way as second on one_way.person_key = second.earlier_person_key
left join one_way as third on second.person_key = third.earlier_person_key
