{#- Several sources may know a person: the newest delivery speaks first, then the first source. -#}
with
    told as (
        select
            person.*,
            -- A birth date may be typed wrong; the one in an id is held by its control digits.
            coalesce(person.person_id_birth_date, person.birth_date) as told_birth_date,
            row_number() over (
                partition by person.municipality_code, person.person_key
                order by person.delivered desc, person.source_number, person.content_key
            ) as speaks
        from {{ ref("int_person__row") }} as person
        where person.disposition = 'counted'
    )

select
    municipality_code,
    person_key,
    arg_min(person_id_kind, speaks) as id_kind,
    -- What the first to speak leaves out, the next may say.
    arg_min(told_birth_date, speaks) filter (where told_birth_date is not null) as birth_date,
    arg_min(sex, speaks) filter (where sex is not null) as sex,
    arg_min(moved_in, speaks) filter (where moved_in is not null) as moved_in,
    arg_min(moved_out, speaks) filter (where moved_out is not null) as moved_out,
    arg_min(died, speaks) filter (where died is not null) as died,
    -- A person whom no register has any longer left the day before.
    case
        when count(*) = count(withdrawn_last_day) then max(withdrawn_last_day)
    end as withdrawn_last_day,
    count(*) as registrations,
    count(distinct source_number) as sources,
    count(distinct coalesce(birth_date, told_birth_date)) > 1
    or count(distinct died) > 1
    or count(distinct moved_out) > 1 as sources_disagree
from told
group by municipality_code, person_key
