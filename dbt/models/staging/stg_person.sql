select
    {{ row_columns() }},
    {{ person_columns() }},
    landed.earlier_person_key,
    {{ to_date("landed.fodselsdato") }} as birth_date,
    -- Both sexes are those of a table, not of a person.
    nullif(sex.canonical, 'both') as sex,
    {{ to_date("landed.innflyttet_dato") }} as moved_in,
    {{ to_date("landed.utflyttet_dato") }} as moved_out,
    {{ to_date("landed.dod_dato") }} as died,
    cast(null as text) as registration_id,
    {{
        problems(
            row_problems()
            + [
                finding(
                    rule="missing_required",
                    when="landed.person_id_problem = 'missing'",
                    column="fnr",
                ),
                finding(rule="person_unresolved", when="landed.person_key is null", column="fnr"),
            ]
        )
    }},
    {{
        notes(
            row_notes()
            + person_notes()
            + [
                noted(unreadable("fodselsdato")),
                finding(
                    rule="birth_date_against_id",
                    when=to_date("landed.fodselsdato")
                    ~ " <> "
                    ~ to_date("landed.person_id_birth_date"),
                    column="fodselsdato",
                ),
                noted(unreadable("innflyttet_dato")),
                noted(unreadable("utflyttet_dato")),
                noted(unreadable("dod_dato")),
                noted(unknown("kjonn", "sex")),
                finding(
                    rule="unknown_value_noted",
                    when="sex.canonical = 'both'",
                    column="kjonn",
                    value="landed.kjonn",
                ),
            ]
        )
    }}
from {{ from_landed("person") }} {{ join_value("sex", "kjonn", "person") }}
