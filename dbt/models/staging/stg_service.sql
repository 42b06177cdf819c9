{% set area = "coalesce(" ~ unit_of("area") ~ ".service_area, area.canonical)" -%}

select
    {{ row_columns() }},
    {{ person_columns() }},
    landed.registration_id,
    {{ area }} as service_area,
    case when area.units is not null then area.written_folded end as unit_written,
    kpr.canonical as kpr_service,
    {{ to_date("landed.fra_dato") }} as first_day,
    {{ to_date("landed.til_dato") }} as last_day,
    {{
        problems(
            row_problems()
            + [
                missing("tjeneste_id", landed_as="registration_id_given"),
                missing("fra_dato"),
                unreadable("fra_dato"),
                lost_last_day("til_dato"),
                nested_last_day("til_dato"),
                reversed_interval("fra_dato", "til_dato"),
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + person_notes()
            + [
                unreadable_last_day("til_dato"),
                unknown_unit("tjenesteomrade", area, is_required=true),
                noted(unknown("tjenestekode", "kpr")),
            ]
        )
    }}
from
    {{ from_landed("tjeneste") }}
    {{ join_value("area", "tjenesteomrade", "tjeneste") }}
    {{ join_value("kpr", "tjenestekode", "tjeneste") }}
