select
    {{ row_columns() }},
    {{ person_columns() }},
    cast(null as text) as registration_id,
    {{ to_number("landed.samtale_nr") }} as conversation,
    {{ to_date("landed.dato") }} as held_on,
    {{ to_number("landed.aktivitet_nr") }} as activity,
    {{ to_number("landed.skar", "double") }} as score,
    {{
        problems(
            row_problems()
            + [
                missing("samtale_nr"),
                unreadable("samtale_nr", "number"),
                missing("dato"),
                unreadable("dato"),
                missing("aktivitet_nr"),
                unreadable("aktivitet_nr", "number"),
                missing("skar"),
                unreadable("skar", "number"),
                finding(
                    rule="unreadable_number",
                    when="not " ~ to_number("landed.skar", "double") ~ " between 0 and 10",
                    column="skar",
                    value="landed.skar",
                ),
            ]
        )
    }},
    {{ notes(row_notes() + person_notes()) }}
from {{ from_landed("psfs") }}
