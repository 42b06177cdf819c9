{#-
    What change forms tell, held against the registers (counting rules, 3.9): the day of the form first,
    then that of the register. Grain: one row per rule and form.
-#}
with
    coordinator as (
        select municipality_code, coordinator_key
        from {{ ref("int_coordinator__row") }}
        where coordinator_key is not null and disposition <> 'quarantined'
        union
        select municipality_code, coordinator_key
        from {{ ref("int_employment__row") }}
        where coordinator_key is not null and disposition <> 'quarantined'
    ),

    told as (
        select
            delivery_number,
            row_number,
            unnest(
                list_filter(
                    [
                        case
                            when outcome in ('applied', 'overwritten')
                            then 'change_by_form'
                            when outcome = 'told' and registered_on <> changed_on
                            then 'form_day_differs'
                            when outcome = 'contradicted'
                            then 'form_contradicted'
                            when outcome = 'without_assignment'
                            then 'form_without_assignment'
                        end,
                        case
                            when outcome = 'applied' and old_is_unknown and owner_key is null
                            then 'form_old_coordinator_differs'
                        end,
                        case
                            when
                                (
                                    old_coordinator_key is not null
                                    and (municipality_code, old_coordinator_key) not in (
                                        select (municipality_code, coordinator_key) from coordinator
                                    )
                                )
                                or (
                                    new_coordinator_key is not null
                                    and (municipality_code, new_coordinator_key) not in (
                                        select (municipality_code, coordinator_key) from coordinator
                                    )
                                )
                            then 'form_unknown_coordinator'
                        end
                    ],
                    lambda rule:rule is not null
                )
            ) as rule,
            changed_on || coalesce(' / ' || registered_on, '') as value
        from {{ ref("int_coordinator__form") }}
        union all
        select
            form.delivery_number,
            form.row_number,
            'form_contradicted',
            form.changed_on
            || ' / '
            || case form.change_type when 'moved' then register.moved_out else register.died end
        from {{ ref("int_change_form__row") }} as form
        inner join
            {{ ref("int_person__register") }} as register
            on form.municipality_code = register.municipality_code
            and form.person_key = register.person_key
        where
            form.disposition = 'counted'
            and form.change_type in ('moved', 'died')
            and form.changed_on
            <> case form.change_type when 'moved' then register.moved_out else register.died end
    )

select
    told.rule,
    form.delivery_number,
    form.row_number,
    form.source_number,
    form.registration,
    form.registration_id,
    form.content_key,
    form.person_key,
    cast(null as text) as column_name,
    told.value
from told
inner join
    {{ ref("int_change_form__row") }} as form
    on told.delivery_number = form.delivery_number
    and told.row_number = form.row_number
