select
    {{ row_columns() }},
    {{ person_columns() }},
    cast(null as text) as registration_id,
    {{ to_date("landed.meldt_dato") }} as reported_on,
    {{ to_number("landed.onsket_aar") }} as wanted_year,
    landed.boligtype as housing_type,
    all_day.canonical = 'yes' as around_the_clock,
    {{
        problems(
            row_problems()
            + [
                missing("meldt_dato"),
                unreadable("meldt_dato"),
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + person_notes()
            + [
                noted(unreadable("onsket_aar", "number")),
                noted(unknown("heldogn", "all_day")),
            ]
        )
    }}
from {{ from_landed("bolig") }} {{ join_value("all_day", "heldogn", "bolig") }}
