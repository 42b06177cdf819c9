select
    {{ row_columns() }},
    cast(null as text) as registration_id,
    landed.region,
    {{ to_number("landed.alder") }} as age,
    {{ to_number("landed.aar") }} as year,
    landed.kjonn as sex_written,
    {{ to_number("landed.personer") }} as persons,
    {{
        problems(
            [
                misshapen(),
                missing("region"),
                [
                    "landed.municipality_outcome = 'unknown'",
                    "municipality_unknown",
                    "region",
                    "landed.region",
                ],
                [
                    "landed.municipality_outcome = 'ambiguous'",
                    "municipality_ambiguous",
                    "region",
                    "landed.region",
                ],
                missing("alder"),
                unreadable("alder", "number"),
                missing("aar"),
                unreadable("aar", "number"),
                missing("personer"),
                unreadable("personer", "number"),
            ]
        )
    }},
    cast([] as struct(rule text, column_name text, value text)[]) as notes
from {{ from_landed("framskriving") }}
