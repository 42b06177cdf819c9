{#- The register's own rows are told apart by the person, whichever id they came under. -#}
with
    identified as not materialized(
        select
            person.* exclude (notes) replace (
                coalesce(link.person_key, person.person_key) as person_key,
                coalesce(link.person_key, person.person_key, person.registration) as registration
            ),
            link.person_key is not null as linked_by_earlier_id,
            false as found_by_name
        from {{ ref("stg_person") }} as person
        left join
            {{ ref("int_person__earlier_id") }} as link
            on person.person_key = link.earlier_person_key
    ),

    {{ judged("identified", ["moved_in", "moved_out", "died"]) }}

select *
from judged
