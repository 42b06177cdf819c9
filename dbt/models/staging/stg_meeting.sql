select
    {{ row_columns() }},
    {{ person_columns() }},
    landed.registration_id,
    {{ to_date("landed.motedato") }} as met_on,
    meeting_type.canonical as meeting_type,
    landed.motetype as meeting_type_written,
    landed.koordinator_key as coordinator_key,
    landed.deltakere as participants,
    {{ to_number("landed.varighet_min") }} as minutes,
    landed.referat is not null as has_minutes,
    {{
        problems(
            row_problems()
            + [
                missing("mote_id", landed_as="registration_id_given"),
                missing("motedato"),
                unreadable("motedato"),
                missing("motetype"),
                unknown("motetype", "meeting_type"),
                finding(
                    rule="meeting_after_delivery",
                    when=to_date("landed.motedato") ~ " > delivery.delivered",
                    column="motedato",
                    value="landed.motedato",
                ),
            ]
        )
    }},
    {{ notes(row_notes() + person_notes() + [noted(unreadable("varighet_min", "number"))]) }}
from {{ from_landed("mote") }} {{ join_value("meeting_type", "motetype", "mote") }}
