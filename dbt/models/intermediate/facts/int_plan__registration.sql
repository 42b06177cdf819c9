{#-
    The registrations of individual plans with the days they can have (counting rules, 4.1 and
    4.2): from the day it was created to the day before it was closed.
-#}
with
    plan as (
        select
            registration.delivery_number,
            registration.row_number,
            registration.source_number,
            registration.registration,
            registration.registration_id,
            registration.delivered,
            registration.municipality_code,
            person.person_number,
            person.has_returned,
            person.moved_in,
            person.moved_out,
            person.died,
            registration.plan_status,
            registration.created as first_day,
            registration.closed,
            registration.last_evaluated,
            registration.coordinator_key,
            registration.consent,
            registration.withdrawn_last_day
        from {{ ref("int_plan__row") }} as registration
        inner join
            {{ ref("int_person") }} as person
            on registration.municipality_code = person.municipality_code
            and registration.person_key = person.person_key
        where
            registration.disposition = 'counted'
            and registration.plan_type = 'individual_plan'
            and registration.plan_status in ('active', 'closed')
    ),

    form as (
        select
            plan.delivery_number,
            plan.row_number,
            min(form.changed_on) filter (where form.change_type = 'declined_plan') as declined_on,
            min(form.changed_on) filter (where form.change_type = 'plan_ended') as ended_on
        from plan
        inner join
            {{ ref("int_change_form") }} as form
            on plan.person_number = form.person_number
            and form.changed_on > plan.first_day
        where form.change_type in ('declined_plan', 'plan_ended')
        group by plan.delivery_number, plan.row_number
    ),

    ends as (
        select
            plan.* exclude (has_returned, moved_in, moved_out, died),
            -- A plan that was closed nobody knows when, ended when it was last worked with.
            case
                when plan.closed is not null
                then cast(plan.closed - 1 as date)
                when plan.plan_status = 'closed'
                then plan.last_evaluated
            end as registered_last_day,
            plan.plan_status = 'closed'
            and plan.closed is null
            and plan.last_evaluated is not null as closed_at_evaluation,
            plan.plan_status = 'closed'
            and plan.closed is null
            and plan.last_evaluated is null as closed_without_date,
            cast(plan.died - 1 as date) as before_death,
            case
                when plan.has_returned and plan.first_day >= plan.moved_in
                then null
                else cast(plan.moved_out - 1 as date)
            end as before_move,
            cast(form.declined_on - 1 as date) as before_decline,
            cast(form.ended_on - 1 as date) as before_end_form
        from plan
        left join
            form
            on plan.delivery_number = form.delivery_number
            and plan.row_number = form.row_number
    ),

    closing as (
        select
            *,
            least(
                before_death, before_move, before_decline, before_end_form, withdrawn_last_day
            ) as closing_day
        from ends
    )

select
    * exclude (before_death, before_move, before_decline, before_end_form, closing_day),
    least(registered_last_day, closing_day) as last_day,
    case
        when closed_without_date or closing_day is null or registered_last_day <= closing_day
        then null
        when closing_day = before_death
        then 'closed_by_death'
        when closing_day = before_move
        then 'closed_by_move'
        when closing_day = before_decline
        then 'closed_by_decline'
        when closing_day = before_end_form
        then 'closed_by_end_form'
        else 'withdrawn'
    end as closed_by,
    closed_without_date
    or coalesce(least(registered_last_day, closing_day) < first_day, false) as has_no_day
from closing
