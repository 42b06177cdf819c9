select
    {{ row_columns() }},
    {{ person_columns() }},
    landed.registration_id,
    {{ to_date("landed.endringsdato") }} as changed_on,
    change.canonical as change_type,
    landed.gammel_koordinator_key as old_coordinator_key,
    landed.ny_koordinator_key as new_coordinator_key,
    {{
        problems(
            row_problems()
            + [
                missing("endring_id", landed_as="registration_id_given"),
                missing("endringsdato"),
                unreadable("endringsdato"),
                missing("endringstype"),
                unknown("endringstype", "change"),
            ]
        )
    }},
    {{ notes(row_notes() + person_notes()) }}
from {{ from_landed("endring") }} {{ join_value("change", "endringstype", "endring") }}
