{#-
    Persons whom only their registrations know: a valid id that the municipality's register lacks.
    Resident from the first day of their first row.
-#}
with
    mentioned as (
        {% for record in record_types() if record.about_persons and record.name != "person" -%}
            select
                municipality_code,
                person_key,
                person_id_kind,
                person_id_birth_date,
                {{ "birth_date" if record.tells_birth_date else "cast(null as date)" }}
                as told_birth_date,
                {{ record.first_day }} as day
            from {{ ref(record.rows) }}
            where disposition = 'counted'
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    mentioned.municipality_code,
    mentioned.person_key,
    min(mentioned.person_id_kind) as id_kind,
    -- Only a fødselsnummer tells a birth date; what a row says of it is the second best.
    coalesce(min(mentioned.person_id_birth_date), min(mentioned.told_birth_date)) as birth_date,
    min(mentioned.day) as first_day
from mentioned
left join
    {{ ref("int_person__register") }} as register
    on mentioned.municipality_code = register.municipality_code
    and mentioned.person_key = register.person_key
where register.person_key is null
group by mentioned.municipality_code, mentioned.person_key
