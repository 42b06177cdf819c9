select
    {{ row_columns() }},
    cast(null as text) as registration_id,
    landed.koordinator_key as coordinator_key,
    landed.epost_key as email_key,
    landed.navn_key as coordinator_name_key,
    landed.tema as topic,
    {{ to_date("landed.behov_meldt_dato") }} as needed_on,
    {{ to_date("landed.tilbudt_dato") }} as offered_on,
    {{ to_date("landed.gjennomfort_dato") }} as completed_on,
    {{
        problems(
            row_problems()
            + [
                missing("koordinator_id", landed_as="is_named"),
                missing("tema"),
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + [
                noted(unreadable("behov_meldt_dato")),
                noted(unreadable("tilbudt_dato")),
                noted(unreadable("gjennomfort_dato")),
            ]
        )
    }}
from {{ from_landed("kompetanse") }}
