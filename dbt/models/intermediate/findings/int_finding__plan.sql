{#-
    What the rules for plans did to registrations that were taken in (counting rules, section 4).
    Grain: one row per rule and registration.
-#}
with
    merged as (
        select
            *,
            -- The last day that the plan has by then; nothing before the first registration.
            max(until) over (
                partition by plan_number
                order by first_day, spell_number
                rows between unbounded preceding and 1 preceding
            ) as reached
        from {{ ref("int_plan__merged") }}
    ),

    -- What another system says of the same person: that there is no plan, or that it was declined.
    denial as (
        select
            registration.delivery_number,
            registration.row_number,
            registration.source_number,
            person.person_number,
            coalesce(registration.created, registration.delivered) as said_on
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

    touched as (
        select delivery_number, row_number, closed_by as rule, last_day as day
        from {{ ref("int_plan__registration") }}
        where closed_by is not null and closed_by <> 'withdrawn'
        union all
        select delivery_number, row_number, 'closed_at_evaluation', last_day
        from {{ ref("int_plan__registration") }}
        where closed_at_evaluation
        union all
        select delivery_number, row_number, 'closed_without_date', null
        from {{ ref("int_plan__registration") }}
        where closed_without_date
        union all
        select delivery_number, row_number, 'no_day_left', last_day
        from {{ ref("int_plan__registration") }}
        where has_no_day and not closed_without_date
        union all
        select delivery_number, row_number, 'plan_type_other', null
        from {{ ref("int_plan__row") }}
        where disposition = 'counted' and plan_type <> 'individual_plan'
        union all
        select
            delivery_number,
            row_number,
            case when first_day > reached then 'plan_reopened' else 'plans_merged' end,
            first_day
        from merged
        where reached is not null
        union all
        select denial.delivery_number, denial.row_number, 'systems_disagree', min(denial.said_on)
        from denial
        inner join
            merged
            on denial.person_number = merged.person_number
            and denial.source_number <> merged.source_number
            and denial.said_on between merged.first_day and merged.until
        group by denial.delivery_number, denial.row_number
    )

select distinct
    touched.rule,
    registration.delivery_number,
    registration.row_number,
    registration.source_number,
    registration.registration,
    registration.registration_id,
    registration.content_key,
    registration.person_key,
    cast(null as text) as column_name,
    cast(touched.day as text) as value
from touched
inner join
    {{ ref("int_plan__row") }} as registration
    on touched.delivery_number = registration.delivery_number
    and touched.row_number = registration.row_number
