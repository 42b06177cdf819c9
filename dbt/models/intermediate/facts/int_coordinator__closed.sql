{#-
    Each registration with the last day it can have, and the rule that set it (counting rules,
    3.3). A registration that is left without a day stays, and counts none.
-#}
with
    form as (
        select
            registration.delivery_number,
            registration.row_number,
            registration.first_day,
            min(form.changed_on) filter (
                where form.change_type = 'declined_coordinator'
            ) as declined_on,
            min(form.changed_on) filter (where form.change_type = 'coordinator_ended') as ended_on
        from {{ ref("int_coordinator__handed_over") }} as registration
        inner join
            {{ ref("int_change_form") }} as form
            on registration.person_number = form.person_number
            and form.changed_on > registration.first_day
        where form.change_type in ('declined_coordinator', 'coordinator_ended')
        group by registration.delivery_number, registration.row_number, registration.first_day
    ),

    ends as (
        select
            registration.*,
            cast(person.died - 1 as date) as before_death,
            -- A move out from an earlier stay does not end what began after the return.
            case
                when person.has_returned and registration.first_day >= person.moved_in
                then null
                else cast(person.moved_out - 1 as date)
            end as before_move,
            cast(form.declined_on - 1 as date) as before_decline,
            cast(form.ended_on - 1 as date) as before_end_form,
            employee.last_day as last_employed_day,
            case
                when registration.role = 'child_coordinator' then cast(person.turns_18 - 1 as date)
            end as before_18
        from {{ ref("int_coordinator__handed_over") }} as registration
        inner join
            {{ ref("int_person") }} as person on registration.person_number = person.person_number
        left join
            form
            on registration.delivery_number = form.delivery_number
            and registration.row_number = form.row_number
            and registration.first_day = form.first_day
        left join
            {{ ref("int_employee") }} as employee
            on registration.municipality_code = employee.municipality_code
            and registration.coordinator_key = employee.coordinator_key
    ),

    closing as (
        select
            * exclude (last_day),
            last_day as registered_last_day,
            least(
                before_death,
                before_move,
                before_decline,
                before_end_form,
                last_employed_day,
                before_18,
                withdrawn_last_day
            ) as closing_day,
            -- What the last day would be, were the coordinator still employed.
            least(
                last_day,
                before_death,
                before_move,
                before_decline,
                before_end_form,
                before_18,
                withdrawn_last_day
            ) as last_day_if_employed
        from ends
    )

select
    * exclude (
        before_death,
        before_move,
        before_decline,
        before_end_form,
        last_employed_day,
        before_18,
        closing_day
    ),
    least(registered_last_day, closing_day) as last_day,
    case
        when closing_day is null or registered_last_day <= closing_day
        then null
        when closing_day = before_death
        then 'closed_by_death'
        when closing_day = before_move
        then 'closed_by_move'
        when closing_day = before_decline
        then 'closed_by_decline'
        when closing_day = before_end_form
        then 'closed_by_end_form'
        when closing_day = last_employed_day
        then 'closed_by_employment'
        when closing_day = before_18
        then 'closed_by_age_18'
        else 'withdrawn'
    end as closed_by,
    coalesce(least(registered_last_day, closing_day) < first_day, false) as has_no_day
from closing
