{#-
    Of the persons whom several sources know, and at least one says has a coordinator (a plan) on the
    reference date: how many all of them say it of.
-#}
{% set far_off = "date '9999-12-31'" %}

with
    said as (
        select
            'koordinator' as record,
            municipality_code,
            person_number,
            source_number,
            first_day as known_from,
            first_day,
            coalesce(last_day, {{ far_off }}) as until
        from {{ ref("int_coordinator__closed") }}
        where role_counts and not is_specialist and not has_no_day
        union all
        select
            'ip',
            municipality_code,
            person_number,
            source_number,
            first_day,
            first_day,
            coalesce(last_day, {{ far_off }})
        from {{ ref("int_plan__registration") }}
        where not has_no_day
        union all
        -- That there is no plan is something said, too.
        select
            'ip',
            registration.municipality_code,
            person.person_number,
            registration.source_number,
            coalesce(registration.created, registration.delivered),
            null,
            null
        from {{ ref("int_plan__row") }} as registration
        inner join
            {{ ref("int_person") }} as person
            on registration.municipality_code = person.municipality_code
            and registration.person_key = person.person_key
        where
            registration.disposition = 'counted'
            and registration.plan_type = 'individual_plan'
            and registration.plan_status in ('none', 'declined')
    ),

    -- The sources of a person are counted as bits: that takes less room than to keep them.
    known_by_several as (
        select
            *,
            cast(1 as bigint) << cast(
                dense_rank() over (partition by record, person_number order by source_number)
                - 1 as bigint
            ) as source
        from said
        qualify
            min(source_number) over (partition by record, person_number)
            < max(source_number) over (partition by record, person_number)
    ),

    by_person as (
        select
            said.record,
            reference.municipality_code,
            reference.reference_date,
            bit_or(said.source) as sources,
            coalesce(
                bit_or(said.source) filter (
                    where reference.reference_date between said.first_day and said.until
                ),
                0
            ) as saying_so
        from known_by_several as said
        inner join
            {{ ref("int_reference_date") }} as reference
            on said.municipality_code = reference.municipality_code
            and reference.reference_date >= said.known_from
        -- A person is of one municipality.
        group by
            said.person_number, reference.reference_date, said.record, reference.municipality_code
    )

select
    record,
    municipality_code,
    reference_date,
    count(*) as persons,
    count_if(saying_so = sources) as agreed
from by_person
where bit_count(sources) > 1 and saying_so <> 0
group by record, municipality_code, reference_date
