{#-
    The registrations with what change forms tell that the register does not: one that a form ends is
    the next one's from its day on, with all that follows from form to form (counting rules, 3.9).
-#}
{% set far_off = "date '9999-12-31'" %}

with
    registration as (
        select *, coalesce(least(last_day, withdrawn_last_day), {{ far_off }}) as until
        from {{ ref("int_coordinator__registration") }}
        semi join {{ ref("int_coordinator__form") }} as form using (person_number)
        where role_counts and not is_specialist
    ),

    turn as (
        select
            registration.delivery_number,
            registration.row_number,
            registration.first_day as registered_first_day,
            registration.until,
            form.changed_on,
            form.form_number,
            form.old_coordinator_key,
            form.new_coordinator_key,
            form.outcome = 'overwritten' as is_overwritten
        from registration
        inner join
            {{ ref("int_coordinator__form") }} as form
            on registration.person_number = form.person_number
            and form.changed_on > registration.first_day
            and coalesce(form.owner_key = registration.coordinator_key, form.owner_key is null)
        inner join
            {{ ref("int_definition") }} as definition
            on registration.municipality_code = definition.municipality_code
        where
            form.outcome in ('applied', 'overwritten')
            and form.changed_on - 1 - definition.reporting_days <= registration.until
    ),

    -- Each form begins a stretch; what is before the first is one, too.
    stretch as (
        select
            delivery_number,
            row_number,
            registered_first_day,
            until,
            changed_on as first_day,
            lead(changed_on) over forms as next_first_day,
            new_coordinator_key as key_then,
            true as is_by_form
        from turn
        window
            forms as (
                partition by delivery_number, row_number, registered_first_day order by form_number
            )
        -- Of forms of one day the last stands.
        qualify coalesce(changed_on < lead(changed_on) over forms, true)
        union all
        select
            delivery_number,
            row_number,
            registered_first_day,
            any_value(until),
            registered_first_day,
            min(changed_on),
            arg_min_null(old_coordinator_key, form_number),
            bool_or(is_overwritten)
        from turn
        group by delivery_number, row_number, registered_first_day
    )

select
    registration.* exclude (until) replace (
        case
            when stretch.is_by_form then stretch.key_then else registration.coordinator_key
        end as coordinator_key,
        case when is_own then registration.coordinator_name_key end as coordinator_name_key,
        case when is_own then registration.coordinator_area end as coordinator_area,
        case when is_own then registration.consent end as consent,
        cast(stretch.first_day as date) as first_day,
        case
            when stretch.first_day > registration.until
            then cast(stretch.next_first_day - 1 as date)
            else cast(least(registration.last_day, stretch.next_first_day - 1) as date)
        end as last_day,
        case
            when stretch.first_day <= registration.until then registration.withdrawn_last_day
        end as withdrawn_last_day,
        registration.is_migrated and stretch.first_day = stretch.registered_first_day as is_migrated
    )
from
    (
        select
            stretch.*,
            not stretch.is_by_form
            or coalesce(stretch.key_then = registration.coordinator_key, false) as is_own
        from stretch
        inner join
            registration
            on stretch.delivery_number = registration.delivery_number
            and stretch.row_number = registration.row_number
            and stretch.registered_first_day = registration.first_day
    ) as stretch
inner join
    registration
    on stretch.delivery_number = registration.delivery_number
    and stretch.row_number = registration.row_number
    and stretch.registered_first_day = registration.first_day
union all
select registration.*
from {{ ref("int_coordinator__registration") }} as registration
anti join
    turn
    on registration.delivery_number = turn.delivery_number
    and registration.row_number = turn.row_number
    and registration.first_day = turn.registered_first_day
