{% set area = "coalesce(" ~ unit_of("area") ~ ".service_area, area.canonical)" -%}

select
    {{ row_columns() }},
    {{ person_columns() }},
    landed.registration_id,
    landed.municipality_was,
    {{ to_date("landed.fodselsdato") }} as birth_date,
    role.canonical as role,
    landed.koordinator_key as coordinator_key,
    landed.koordinator_navn_key as coordinator_name_key,
    {{ area }} as coordinator_area,
    case when area.units is not null then area.written_folded end as unit_written,
    {{ to_date("landed.fra_dato") }} as first_day,
    {{ to_date("landed.til_dato") }} as last_day,
    consent.canonical as consent,
    landed.familie_key as family_key,
    {{
        problems(
            row_problems()
            + [
                missing("registrering_id", landed_as="registration_id_given"),
                missing("rolle"),
                unknown("rolle", "role"),
                missing("fra_dato"),
                unreadable("fra_dato"),
                lost_last_day("til_dato"),
                nested_last_day("til_dato"),
                reversed_interval("fra_dato", "til_dato"),
                finding(
                    rule="awaiting_appointment",
                    when="landed.koordinator_navn_vacant is not null and landed.koordinator_key is null",
                    column="koordinator_navn",
                ),
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + person_notes()
            + [
                noted(unreadable("fodselsdato")),
                unreadable_last_day("til_dato"),
                unknown_unit("koordinator_tjeneste", area),
                noted(unknown("samtykke", "consent")),
                finding(
                    rule="planned_start",
                    when=to_date("landed.fra_dato") ~ " > delivery.delivered",
                    column="fra_dato",
                    value="landed.fra_dato",
                ),
            ]
        )
    }}
from
    {{ from_landed("koordinator") }}
    {{ join_value("role", "rolle", "koordinator") }}
    {{ join_value("area", "koordinator_tjeneste", "koordinator") }}
    {{ join_value("consent", "samtykke", "koordinator") }}
