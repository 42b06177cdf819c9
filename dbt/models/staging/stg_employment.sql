select
    {{ row_columns() }},
    cast(null as text) as registration_id,
    landed.koordinator_key as coordinator_key,
    landed.navn_key as coordinator_name_key,
    landed.epost_key as email_key,
    area.canonical as service_area,
    {{ to_date("landed.ansatt_fra") }} as employed_from,
    {{ to_date("landed.ansatt_til") }} as employed_to,
    {{
        problems(
            row_problems()
            + [
                missing("koordinator_id", landed_as="koordinator_key"),
                lost_last_day("ansatt_til"),
                nested_last_day("ansatt_til"),
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + [
                noted(unreadable("ansatt_fra")),
                unreadable_last_day("ansatt_til"),
                noted(unknown("tjenesteomrade", "area")),
            ]
        )
    }}
from {{ from_landed("ansatt") }} {{ join_value("area", "tjenesteomrade", "ansatt") }}
