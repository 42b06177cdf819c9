{#-
    Coordinators and plans that began and those that were declined in the 365 days up to and including each
    reference date, by age group: of residents on the date and by their age on it.
-#}
{% set unknown_age = -999 %}
{% set age_then %}
    coalesce({{ age_on("person.birth_date", "reference.reference_date") }}, {{ unknown_age }})
{% endset %}
{% set in_the_year = within_a_year("reference.reference_date") %}
{% set resident_then = lives_here_on("person", "reference.reference_date") %}

with
    begun as (
        select
            reference.municipality_code,
            reference.reference_date,
            {{ age_then }} as age,
            count(*) as begun,
            count(*) filter (where start.is_change) as changes
        from {{ ref("int_reference_date") }} as reference
        inner join
            {{ ref("int_coordinator__start") }} as start
            on reference.municipality_code = start.municipality_code
            and start.first_day {{ in_the_year }}
        inner join
            {{ ref("int_person") }} as person
            on start.person_number = person.person_number
            and {{ resident_then }}
        where not start.is_migrated
        group by all
    ),

    declined as (
        select
            reference.municipality_code,
            reference.reference_date,
            {{ age_then }} as age,
            count(distinct(form.person_number, form.changed_on)) filter (
                where form.change_type = 'declined_coordinator'
            ) as declined,
            count(distinct(form.person_number, form.changed_on)) filter (
                where form.change_type = 'declined_plan'
            ) as declined_plan
        from {{ ref("int_reference_date") }} as reference
        inner join
            {{ ref("int_person") }} as person
            on reference.municipality_code = person.municipality_code
            and {{ resident_then }}
        inner join
            {{ ref("int_change_form") }} as form
            on person.person_number = form.person_number
            and form.changed_on {{ in_the_year }}
        where form.change_type in ('declined_coordinator', 'declined_plan')
        group by all
    ),

    begun_plan as (
        select
            reference.municipality_code,
            reference.reference_date,
            {{ age_then }} as age,
            count(*) as begun
        from {{ ref("int_reference_date") }} as reference
        inner join
            {{ ref("int_plan") }} as plan
            on reference.municipality_code = plan.municipality_code
            and plan.first_day {{ in_the_year }}
        inner join
            {{ ref("int_person") }} as person
            on plan.person_number = person.person_number
            and {{ resident_then }}
        group by all
    ),

    either as (
        select
            municipality_code,
            reference_date,
            nullif(age, {{ unknown_age }}) as age,
            coalesce(begun.changes, 0) as coordinator_change,
            coalesce(declined.declined, 0) as declined,
            coalesce(declined.declined, 0) + coalesce(begun.begun, 0) as declined_or_begun,
            coalesce(declined.declined_plan, 0) as declined_plan,
            coalesce(declined.declined_plan, 0)
            + coalesce(begun_plan.begun, 0) as declined_or_begun_plan
        from declined
        full outer join begun using (municipality_code, reference_date, age)
        full outer join begun_plan using (municipality_code, reference_date, age)
    )

    {{
        in_age_groups(
            "either",
            [
                "coordinator_change",
                "declined",
                "declined_or_begun",
                "declined_plan",
                "declined_or_begun_plan",
            ],
        )
    }}
