{% set area = "coalesce(" ~ unit_of("area") ~ ".service_area, area.canonical)" -%}

select
    {{ row_columns() }},
    cast(null as text) as registration_id,
    landed.koordinator_key as coordinator_key,
    landed.navn_key as coordinator_name_key,
    landed.epost_key as email_key,
    {{ area }} as service_area,
    case when area.units is not null then area.written_folded end as unit_written,
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
                unknown_unit("tjenesteomrade", area),
            ]
        )
    }}
from {{ from_landed("ansatt") }} {{ join_value("area", "tjenesteomrade", "ansatt") }}
