{#-
    Of the persons whom several sources know, and at least one says has a coordinator (a plan) on the
    reference date: how many all of them say it of.
-#}
with
    said as (
        select
            'koordinator' as record,
            municipality_code,
            person_number,
            source_number,
            first_day as known_from,
            first_day,
            last_day
        from {{ ref("int_coordinator__closed") }}
        where role_counts and not is_specialist and not has_no_day
        union all
        select 'ip', municipality_code, person_number, source_number, first_day, first_day, last_day
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

    spell as (
        select
            record,
            municipality_code,
            person_number,
            known_from as first_day,
            cast(null as date) as last_day,
            source as knows,
            0 as says_so
        from known_by_several
        union all
        select record, municipality_code, person_number, first_day, last_day, 0, source
        from known_by_several
        where first_day is not null
    ),

    {{
        runs(
            "agreement",
            spells="spell",
            of="record, municipality_code, person_number",
            what={"sources": "bit_or(knows)", "saying_so": "bit_or(says_so)"},
        )
    }}

select
    agreement.record,
    agreement.municipality_code,
    reference.reference_date,
    count(*) as persons,
    count_if(agreement.saying_so = agreement.sources) as agreed
from agreement
inner join
    {{ ref("int_reference_date") }} as reference
    on agreement.municipality_code = reference.municipality_code
    and reference.reference_date >= agreement.from_date
    and reference.reference_date < agreement.until_date
where bit_count(agreement.sources) > 1 and agreement.saying_so <> 0
group by agreement.record, agreement.municipality_code, reference.reference_date
