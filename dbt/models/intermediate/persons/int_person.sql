{#-
    Everybody whom a register or a registration knows, numbered: a number is smaller to carry than a
    key, and means nothing outside this build.
-#}
with
    registered as (
        select
            municipality_code,
            person_key,
            id_kind,
            birth_date,
            sex,
            moved_in,
            moved_out,
            withdrawn_last_day + 1 as gone_on,
            died,
            true as is_in_register
        from {{ ref("int_person__register") }}
        union all
        select
            municipality_code,
            person_key,
            id_kind,
            birth_date,
            null as sex,
            first_day as moved_in,
            null as moved_out,
            null as gone_on,
            null as died,
            false as is_in_register
        from {{ ref("int_person__made") }}
    ),

    form as (
        select
            municipality_code,
            person_key,
            max(changed_on) filter (where change_type = 'moved') as moved_out,
            min(changed_on) filter (where change_type = 'died') as died
        from {{ ref("int_change_form__row") }}
        where disposition = 'counted' and change_type in ('moved', 'died')
        group by municipality_code, person_key
    ),

    -- A form tells what the register does not; where that has a day of its own, it stands.
    known as (
        select
            registered.* exclude (gone_on) replace (
                cast(
                    least(
                        registered.gone_on,
                        coalesce(
                            registered.moved_out,
                            case
                                when coalesce(form.moved_out > registered.moved_in, true)
                                then form.moved_out
                            end
                        )
                    ) as date
                ) as moved_out,
                coalesce(registered.died, form.died) as died
            )
        from registered
        left join form using (municipality_code, person_key)
    )

select
    row_number() over (order by municipality_code, person_key) as person_number,
    municipality_code,
    person_key,
    id_kind,
    birth_date,
    sex,
    moved_in,
    moved_out,
    died,
    is_in_register,
    -- One who moved out and came back is known by the newer day in; the older day out ends the stay
    -- before it.
    coalesce(moved_in > moved_out, false) as has_returned,
    -- The last day of living here; open where nothing ended it.
    least(
        cast(died - 1 as date),
        case
            when coalesce(moved_in > moved_out, false) then null else cast(moved_out - 1 as date)
        end
    ) as last_resident_day,
    {{ birthday("birth_date", 18) }} as turns_18
from known
