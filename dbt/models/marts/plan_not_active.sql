{#-
    Residents whose newest registration of an individual plan is of one that is not in force, on each
    reference date: in preparation, being assessed, dormant, refused or declined.
-#}
{% set answered = "('refused', 'declined')" %}

with
    registration as (
        select
            person.municipality_code,
            person.person_number,
            registration.plan_status,
            coalesce(registration.created, registration.delivered) as first_day,
            -- The day on which a refusal was closed ends the case, not what was answered.
            case
                when registration.plan_status in {{ answered }}
                then registration.withdrawn_last_day
                else least(registration.closed - 1, registration.withdrawn_last_day)
            end as last_day
        from {{ ref("int_plan__row") }} as registration
        inner join
            {{ ref("int_person") }} as person
            on registration.municipality_code = person.municipality_code
            and registration.person_key = person.person_key
        where
            registration.disposition = 'counted'
            and registration.plan_type = 'individual_plan'
            and registration.plan_status
            in ('in_preparation', 'in_assessment', 'dormant', 'refused', 'declined')
    ),

    newest as (
        select
            reference.municipality_code,
            reference.reference_date,
            registration.person_number,
            arg_max(
                registration.plan_status, (registration.first_day, registration.plan_status)
            ) as plan_status,
            max(registration.first_day) as first_day
        from registration
        inner join
            {{ ref("int_reference_date") }} as reference
            on registration.municipality_code = reference.municipality_code
            and reference.reference_date
            between registration.first_day and coalesce(registration.last_day, date '9999-12-31')
        inner join
            {{ ref("int_person") }} as person
            on registration.person_number = person.person_number
            and {{ lives_here_on("person", "reference.reference_date") }}
        group by reference.municipality_code, reference.reference_date, registration.person_number
    ),

    -- A plan that has begun since is what it came to.
    without_plan_since as (
        select newest.*
        from newest
        anti join
            {{ ref("int_plan") }} as plan
            on newest.person_number = plan.person_number
            and plan.first_day >= newest.first_day
            and plan.first_day <= newest.reference_date
    )

select
    waiting.municipality_code,
    waiting.reference_date,
    waiting.plan_status,
    band.age_group,
    cast(count(*) as bigint) as persons,
    cast(count(*) filter (where plan.plan_number is not null) as bigint) as persons_with_plan
from without_plan_since as waiting
inner join {{ ref("int_person") }} as person on waiting.person_number = person.person_number
inner join
    {{ ref("int_age_band") }} as band
    on {{ age_on("person.birth_date", "waiting.reference_date") }} is not distinct from band.age
    and band.age_scheme = 'standard'
-- One that began earlier goes on meanwhile.
left join
    {{ ref("int_plan") }} as plan
    on waiting.person_number = plan.person_number
    and waiting.reference_date between plan.first_day and coalesce(plan.last_day, date '9999-12-31')
group by waiting.municipality_code, waiting.reference_date, waiting.plan_status, band.age_group
