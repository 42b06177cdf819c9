{#- What is written as the area may be a unit, and the unit that reports says its area itself. -#}
{% set area = (
    "coalesce("
    ~ unit_of("area")
    ~ ".service_area, area.canonical, reporting.service_area)"
) -%}

select
    {{ row_columns() }},
    cast(null as text) as registration_id,
    coalesce(reporting.unit, landed.enhet) as unit,
    {{ area }} as service_area,
    {{ to_date("landed.telledato") }} as counted_on,
    {{ to_number("landed.antall_koordinatorer") }} as coordinators,
    {{ to_number("landed.antall_med_koordinator") }} as persons_with_coordinator,
    {{ to_number("landed.antall_ip") }} as plans,
    {{ to_number("landed.antall_moter") }} as meetings,
    {{ to_number("landed.kpr_mottakere") }} as kpr_recipients,
    {{ to_number("landed.kpr_med_ip") }} as kpr_plans,
    {{ to_number("landed.kpr_med_koordinator") }} as kpr_coordinators,
    {{ to_number("landed.kostra_med_ip") }} as kostra_plans,
    {{ to_date("landed.rapportert_dato") }} as reported_on,
    {{
        problems(
            row_problems()
            + [
                missing("enhet"),
                missing("telledato"),
                unreadable("telledato"),
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + [
                unknown_unit("tjenesteomrade", area, is_required=true),
                noted(unreadable("antall_koordinatorer", "number")),
                noted(unreadable("antall_med_koordinator", "number")),
                noted(unreadable("antall_ip", "number")),
                noted(unreadable("antall_moter", "number")),
                noted(unreadable("kpr_mottakere", "number")),
                noted(unreadable("kpr_med_ip", "number")),
                noted(unreadable("kpr_med_koordinator", "number")),
                noted(unreadable("kostra_med_ip", "number")),
                noted(unreadable("rapportert_dato")),
            ]
        )
    }}
from
    {{ from_landed("koordinatortall") }}
    {{ join_value("area", "tjenesteomrade", "koordinatortall") }}
left join
    {{ ref("stg_unit_name") }} as reporting
    on landed.municipality_code = reporting.municipality_code
    and {{ fold("landed.enhet") }} = reporting.written_folded
    and coalesce({{ to_date("landed.telledato") }}, delivery.delivered)
    between reporting.first_day and reporting.last_day
