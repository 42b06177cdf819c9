{#-
    Forms that tell of a change of coordinator, held against the registrations (counting rules, 3.9):

    told                the register tells of the new coordinator within the days that reporting takes
    overwritten         it has had the new one from before the day; the old one it does not know
    applied             it has somebody before the day, and nobody who follows
    contradicted        it has another one who follows
    without_assignment  it has nobody who could be followed on the day
-#}
{% set far_off = "date '9999-12-31'" %}

with recursive
    form as (
        select
            form.municipality_code,
            form.person_number,
            form.changed_on,
            form.old_coordinator_key,
            form.new_coordinator_key,
            min({'delivery_number':form.delivery_number, 'row_number':form.row_number}) as place,
            row_number() over (
                partition by form.person_number
                order by
                    form.changed_on,
                    min({'delivery_number':form.delivery_number, 'row_number':form.row_number})
            ) as form_number
        from {{ ref("int_change_form") }} as form
        where
            form.change_type = 'coordinator_change'
            and coalesce(form.old_coordinator_key <> form.new_coordinator_key, true)
        group by
            form.municipality_code,
            form.person_number,
            form.changed_on,
            form.old_coordinator_key,
            form.new_coordinator_key
    ),

    registered as (
        select
            person_number,
            coordinator_key,
            first_day,
            coalesce(least(last_day, withdrawn_last_day), {{ far_off }}) as last_day
        from {{ ref("int_coordinator__registration") }}
        where role_counts and not is_specialist
    ),

    beside as (
        select
            form.*,
            registered.coordinator_key,
            registered.first_day,
            registered.last_day,
            abs(registered.first_day - form.changed_on) <= definition.reporting_days as is_near,
            coalesce(
                registered.coordinator_key = form.new_coordinator_key,
                -- One without a number may be anybody but who was there before.
                registered.coordinator_key is distinct from form.old_coordinator_key
            ) as may_be_new,
            coalesce(registered.coordinator_key = form.new_coordinator_key, false) as is_new,
            coalesce(registered.coordinator_key = form.old_coordinator_key, false) as is_old,
            registered.first_day < form.changed_on
            and registered.last_day >= form.changed_on - 1 - definition.reporting_days as is_before
        from form
        inner join registered using (person_number)
        inner join {{ ref("int_definition") }} as definition using (municipality_code)
    ),

    told as (
        select
            person_number,
            form_number,
            arg_min(first_day, (not is_new, abs(first_day - changed_on), first_day)) as first_day
        from beside
        where is_near and may_be_new
        group by person_number, form_number
    ),

    known as (
        select
            beside.person_number,
            beside.form_number,
            bool_or(beside.is_before) as has_somebody,
            bool_or(beside.is_old) as has_old,
            min(beside.first_day) filter (where beside.is_old) as old_first_day,
            min(beside.first_day) filter (
                where beside.is_new and beside.last_day >= beside.changed_on
            ) as new_first_day
        from beside
        group by beside.person_number, beside.form_number
    ),

    -- Another one who follows, whom no other form tells of.
    other as (
        select beside.person_number, beside.form_number, min(beside.first_day) as first_day
        from beside
        inner join known using (person_number, form_number)
        left join
            told as explained
            on beside.person_number = explained.person_number
            and beside.first_day = explained.first_day
        where
            beside.is_near
            and not beside.may_be_new
            and not beside.is_old
            and explained.form_number is null
            and (beside.first_day >= beside.changed_on or known.old_first_day < beside.first_day)
        group by beside.person_number, beside.form_number
    ),

    weighed as (
        select
            form.*,
            case
                when told.form_number is not null
                then 'told'
                when
                    known.new_first_day < form.changed_on
                    and form.old_coordinator_key is not null
                    and not known.has_old
                then 'overwritten'
                when known.new_first_day < form.changed_on or other.form_number is not null
                then 'contradicted'
                when known.has_somebody
                then 'applied'
                else 'without_assignment'
            end as outcome,
            coalesce(told.first_day, other.first_day, known.new_first_day) as registered_on,
            coalesce(known.has_old, false) as has_old
        from form
        left join known using (person_number, form_number)
        left join told using (person_number, form_number)
        left join other using (person_number, form_number)
    ),

    -- A form goes on from the latest one before it that tells of its old coordinator as the new
    -- one.
    linked as (
        select
            form.person_number,
            form.form_number,
            max(before.form_number) as before_number,
            -- The one whom the register names is whose registration it is about.
            any_value(case when form.has_old then form.old_coordinator_key end) as owner_key
        from weighed as form
        left join
            weighed as before
            on form.person_number = before.person_number
            and form.old_coordinator_key = before.new_coordinator_key
            and before.form_number < form.form_number
        group by form.person_number, form.form_number
    ),

    chain as (
        select person_number, form_number, form_number as root_number, owner_key
        from linked
        where before_number is null
        union all
        select
            linked.person_number,
            linked.form_number,
            chain.root_number,
            coalesce(linked.owner_key, chain.owner_key)
        from linked
        inner join
            chain
            on linked.person_number = chain.person_number
            and linked.before_number = chain.form_number
    )

select
    weighed.municipality_code,
    weighed.person_number,
    weighed.form_number,
    weighed.place.delivery_number as delivery_number,
    weighed.place.row_number as row_number,
    weighed.changed_on,
    weighed.old_coordinator_key,
    weighed.new_coordinator_key,
    weighed.outcome,
    weighed.registered_on,
    weighed.old_coordinator_key is not null and not weighed.has_old as old_is_unknown,
    -- Whose registration the form changes; empty where it is whoever was there.
    coalesce(
        chain.owner_key,
        arg_max(weighed.new_coordinator_key, weighed.form_number) filter (
            where weighed.outcome = 'overwritten'
        ) over (partition by weighed.person_number, chain.root_number)
    ) as owner_key
from weighed
inner join chain using (person_number, form_number)
