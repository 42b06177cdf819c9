{#- Whether the row is of a plan that counts while it lasts: only of those must the days be right. -#}
{% set makes_interval -%}
    coalesce(plan_type.canonical, 'individual_plan') = 'individual_plan'
    and coalesce(plan_status.canonical, 'unknown') in ('active', 'closed')
{%- endset %}

select
    {{ row_columns() }},
    {{ person_columns() }},
    landed.registration_id,
    {{ to_date("landed.fodselsdato") }} as birth_date,
    -- An empty status says that nobody knows; an empty type, in a register of plans, is a plan.
    case when landed.status is null then 'unknown' else plan_status.canonical end as plan_status,
    case
        when landed.plantype is null then 'individual_plan' else plan_type.canonical
    end as plan_type,
    {{ to_date("landed.opprettet_dato") }} as created,
    {{ to_date("landed.avsluttet_dato") }} as closed,
    {{ to_date("landed.sist_evaluert_dato") }} as last_evaluated,
    landed.koordinator_key as coordinator_key,
    consent.canonical as consent,
    {{
        problems(
            row_problems()
            + [
                missing("registrering_id", landed_as="registration_id_given"),
                unknown("status", "plan_status"),
                unknown("plantype", "plan_type"),
                only_if(makes_interval, missing("opprettet_dato")),
                only_if(makes_interval, unreadable("opprettet_dato")),
                lost_last_day("avsluttet_dato"),
                nested_last_day("avsluttet_dato"),
                only_if(makes_interval, reversed_interval("opprettet_dato", "avsluttet_dato")),
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + person_notes()
            + [
                noted(unreadable("fodselsdato")),
                noted(only_if("not (" ~ makes_interval ~ ")", unreadable("opprettet_dato"))),
                unreadable_last_day("avsluttet_dato"),
                noted(unreadable("sist_evaluert_dato")),
                noted(unknown("samtykke", "consent")),
            ]
        )
    }}
from
    {{ from_landed("ip") }}
    {{ join_value("plan_status", "status", "ip") }}
    {{ join_value("plan_type", "plantype", "ip") }}
    {{ join_value("consent", "samtykke", "ip") }}
