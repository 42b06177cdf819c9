{% set makes_interval = "coalesce(plan_type.canonical, 'individual_plan') = 'individual_plan' and coalesce(plan_status.canonical, 'unknown') in ('active', 'closed')" %}

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
                [
                    "landed.registration_id_given is null",
                    "missing_required",
                    "registrering_id",
                    none,
                ],
                unknown("status", "plan_status"),
                unknown("plantype", "plan_type"),
                [
                    "landed.opprettet_dato is null and " ~ makes_interval,
                    "missing_required",
                    "opprettet_dato",
                    none,
                ],
                [
                    is_unreadable("landed.opprettet_dato") ~ " and " ~ makes_interval,
                    "unreadable_date",
                    "opprettet_dato",
                    unread_text("landed.opprettet_dato"),
                ],
                lost_last_day("avsluttet_dato"),
                nested_last_day("avsluttet_dato"),
                [
                    to_date("landed.avsluttet_dato")
                    ~ " < "
                    ~ to_date("landed.opprettet_dato")
                    ~ " and "
                    ~ makes_interval,
                    "reversed_interval",
                    "avsluttet_dato",
                    "landed.avsluttet_dato",
                ],
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + person_notes()
            + [
                noted(unreadable("fodselsdato")),
                [
                    is_unreadable("landed.opprettet_dato") ~ " and not (" ~ makes_interval ~ ")",
                    "unreadable_date_noted",
                    "opprettet_dato",
                    unread_text("landed.opprettet_dato"),
                ],
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
