select
    {{ row_columns() }},
    {{ person_columns() }},
    landed.registration_id,
    {{ to_date("landed.mottatt_dato") }} as received_on,
    notifier.canonical as notifier,
    landed.kanal as channel,
    {{ to_date("landed.vurdert_dato") }} as assessed_on,
    case when landed.utfall is null then 'pending' else outcome.canonical end as outcome,
    {{ to_date("landed.vedtak_dato") }} as decided_on,
    {{
        problems(
            row_problems()
            + [
                missing("melding_id", landed_as="registration_id_given"),
                missing("mottatt_dato"),
                unreadable("mottatt_dato"),
                reversed_interval("mottatt_dato", "vurdert_dato"),
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + person_notes()
            + [
                noted(unknown("melder", "notifier")),
                noted(unreadable("vurdert_dato")),
                noted(unknown("utfall", "outcome")),
                noted(unreadable("vedtak_dato")),
            ]
        )
    }}
from
    {{ from_landed("melding") }}
    {{ join_value("notifier", "melder", "melding") }}
    {{ join_value("outcome", "utfall", "melding") }}
