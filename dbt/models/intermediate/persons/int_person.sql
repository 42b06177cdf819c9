{#-
    Everybody whom a register or a registration knows, numbered: a number is smaller to carry than a
    key, and means nothing outside this build.
-#}
with
    known as (
        select
            municipality_code,
            person_key,
            id_kind,
            birth_date,
            sex,
            moved_in,
            least(moved_out, withdrawn_last_day + 1) as moved_out,
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
            null as died,
            false as is_in_register
        from {{ ref("int_person__made") }}
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
