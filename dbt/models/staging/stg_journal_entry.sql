select
    {{ row_columns() }},
    landed.registration_id,
    {{ to_date("landed.journaldato") }} as journaled_on,
    direction.canonical as direction,
    -- Landing has written what the title means, and nothing of it.
    landed.innhold as document_kind,
    {{
        problems(
            row_problems()
            + [
                missing("journalpost_id", landed_as="registration_id_given"),
                missing("journaldato"),
                unreadable("journaldato"),
            ]
        )
    }},
    {{ notes(row_notes() + [noted(unknown("retning", "direction"))]) }}
from {{ from_landed("journal") }} {{ join_value("direction", "retning", "journal") }}
