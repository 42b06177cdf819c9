{#-
    What had become of the notices of the last year by the reference date, as links between steps:
    each notice goes out of every step that it has come to by one outcome, which is the next step, or
    where it waits or ends. Days are from the day the notice was received.
-#}
{% set orders = {
    "received": 1,
    "assessed": 2,
    "awaiting_assessment": 2,
    "coordinator": 3,
    "coordinator_and_plan": 3,
    "plan": 3,
    "pending": 3,
    "not_recorded": 3,
    "rejected": 3,
    "withdrawn": 3,
    "appointed": 4,
    "has_coordinator": 4,
    "awaiting_coordinator": 4,
    "closed": 4,
    "plan_begun": 5,
    "has_plan": 5,
    "without_plan": 5,
    "met": 6,
    "without_meeting": 6,
} %}
{% set waiting = [
    "awaiting_assessment",
    "awaiting_coordinator",
    "without_plan",
    "without_meeting",
] %}

with
    -- The first plan that begins, and the first meeting that counts, on the day or later.
    followed as (
        select
            notice.person_number,
            notice.received_on,
            plan.first_day as plan_on,
            meeting.met_on as met_on
        from {{ ref("int_notice") }} as notice
        asof left join
            (
                select distinct person_number, first_day
                from {{ ref("int_plan") }}
                where last_day is null or last_day >= first_day
            ) as plan
            on notice.person_number = plan.person_number
            and notice.received_on <= plan.first_day
        asof left join
            (
                select distinct person_number, met_on from {{ ref("int_meeting") }} where counts
            ) as meeting
            on notice.person_number = meeting.person_number
            and notice.received_on <= meeting.met_on
    ),

    notice as (
        select
            notice.municipality_code,
            notice.reference_date,
            notice.received_on,
            -- What is told without a day has been told all along.
            coalesce(
                coalesce(notice.assessed_on, notice.decided_on) <= notice.reference_date,
                notice.outcome <> 'pending',
                false
            ) as is_assessed,
            coalesce(notice.outcome, 'not_recorded') as outcome,
            coalesce(notice.appointed_on <= notice.reference_date, false) as is_appointed,
            coalesce(person.has_coordinator, false) as has_coordinator,
            coalesce(followed.plan_on <= notice.reference_date, false) as is_planned,
            coalesce(person.has_plan, false) as has_plan,
            coalesce(followed.met_on <= notice.reference_date, false) as is_met,
            case
                when notice.assessed_on <= notice.reference_date then notice.days_to_answer
            end as days_to_answer,
            notice.appointed_on - notice.received_on as days_to_coordinator,
            followed.plan_on - notice.received_on as days_to_plan,
            followed.met_on - notice.received_on as days_to_meeting,
            notice.reference_date - notice.received_on as days_waited
        from {{ ref("int_notice_date") }} as notice
        inner join
            followed
            on notice.person_number = followed.person_number
            and notice.received_on = followed.received_on
        left join
            {{ ref("int_person_date") }} as person
            on notice.person_number = person.person_number
            and notice.reference_date = person.reference_date
        where notice.is_of_the_year and notice.is_resident
    ),

    -- Where each notice goes from each step; nowhere, from one that it has not come to.
    path as (
        select
            *,
            case
                when is_assessed
                then 'assessed'
                when is_appointed
                then 'appointed'
                else 'awaiting_assessment'
            end as after_received,
            case
                when is_appointed
                then 'appointed'
                when not is_assessed
                then null
                when outcome in ('rejected', 'withdrawn')
                then 'closed'
                when has_coordinator
                then 'has_coordinator'
                else 'awaiting_coordinator'
            end as after_outcome,
            case
                when is_planned then 'plan_begun' when has_plan then 'has_plan' else 'without_plan'
            end as after_coordinator,
            case when is_met then 'met' else 'without_meeting' end as after_plan
        from notice
    ),

    link as (
        select *, 'received' as step, after_received as leads_to
        from path
        union all
        select *, 'assessed', outcome
        from path
        where is_assessed
        union all
        select *, outcome, after_outcome
        from path
        where is_assessed
        union all
        select *, after_outcome, after_coordinator
        from path
        where after_outcome in ('appointed', 'has_coordinator')
        union all
        select *, after_coordinator, after_plan
        from path
        where after_outcome in ('appointed', 'has_coordinator')
    ),

    timed as (
        select
            municipality_code,
            reference_date,
            step,
            leads_to as outcome,
            case
                when leads_to in ('{{ waiting | join("', '") }}')
                then days_waited
                when leads_to = 'appointed'
                then days_to_coordinator
                when leads_to = 'plan_begun'
                then days_to_plan
                when leads_to = 'met'
                then days_to_meeting
                when leads_to not in ('has_coordinator', 'has_plan')
                then days_to_answer
            end as days
        from link
    )

select
    municipality_code,
    reference_date,
    step,
    {% for column, as_name in [("step", "step_order"), ("outcome", "outcome_order")] -%}
        cast(
            case
                {{ column }}
                {% for name, order in orders.items() -%}
                    when '{{ name }}' then {{ order }}
                {% endfor %}
            end as integer
        ) as {{ as_name }},
        {% if loop.first %} outcome, {% endif %}
    {% endfor -%}
    outcome in ('{{ waiting | join("', '") }}') as is_waiting,
    cast(count(*) as bigint) as notices,
    quantile_cont(days, 0.5) as median_days,
    quantile_cont(days, 0.25) as first_quartile,
    quantile_cont(days, 0.75) as third_quartile,
    cast(count(days) as bigint) as days_known
from timed
group by municipality_code, reference_date, step, outcome
