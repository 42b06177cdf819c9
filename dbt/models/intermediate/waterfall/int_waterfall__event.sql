{#-
    From the registrations taken in to what is counted of meetings, notices, forms, starts, training,
    goals, housing and inhabitants on each reference date.
-#}
{% set in_the_year = within_a_year("reference.reference_date") %}
{% set year_before = within_the_year_before("reference.reference_date") %}
{% set half_year_ago = within_a_year_until_half_a_year_ago("reference.reference_date") %}
{% set resident_then = lives_here_on("person", "reference.reference_date") %}

with
    reference as (select municipality_code, reference_date from {{ ref("int_reference_date") }}),

    {% for family in ["meetings", "starts", "goals", "housing"] -%}
        of_{{ family }} as (
            select *
            from {{ ref("int_coverage__" ~ family) }}
            where age_scheme = 'standard' and age_group = 'all'
        ),
    {% endfor %}

    taken_in as (
        select record, municipality_code, rows
        from {{ ref("int_waterfall__row") }}
        where step = 'registrations'
    ),

    -- Meetings are many: they are counted by day first.
    meeting_day as (
        select
            municipality_code,
            met_on,
            sum(registrations) as rows,
            sum(registrations) filter (where counts) as counting_rows,
            count_if(counts) as meetings
        from {{ ref("int_meeting") }}
        group by municipality_code, met_on
    ),

    meeting_total as (
        select
            municipality_code, sum(rows) as rows, coalesce(sum(counting_rows), 0) as counting_rows
        from meeting_day
        group by municipality_code
    ),

    meeting as (
        select
            reference.municipality_code,
            reference.reference_date,
            total.rows,
            total.counting_rows,
            coalesce(
                sum(day.counting_rows) filter (where day.met_on {{ in_the_year }}), 0
            ) as rows_in_period,
            coalesce(sum(day.meetings) filter (where day.met_on {{ in_the_year }}), 0) as meetings,
            coalesce(any_value(counted.meeting), 0) as counted,
            coalesce(any_value(counted.meeting_with_gp), 0) as with_gp
        from reference
        inner join meeting_total as total using (municipality_code)
        left join
            meeting_day as day
            on reference.municipality_code = day.municipality_code
            and day.met_on {{ in_the_year }}
        left join
            of_meetings as counted
            on reference.municipality_code = counted.municipality_code
            and reference.reference_date = counted.reference_date
        group by
            reference.municipality_code, reference.reference_date, total.rows, total.counting_rows
    ),

    {% for measure, period in [("answered", in_the_year), ("appointed", year_before)] -%}
        notice_{{ measure }} as (
            select
                reference.municipality_code,
                reference.reference_date,
                taken_in.rows,
                coalesce(sum(notice.registrations), 0) as rows_in_period,
                count(notice.person_number) as notices,
                count(notice.person_number) filter (where {{ resident_then }}) as of_residents,
                count(
                    {{
                        (
                            "notice.days_to_answer"
                            if measure == "answered"
                            else "notice.days_to_coordinator"
                        )
                    }}
                ) filter (where {{ resident_then }}) as counted
            from reference
            inner join
                taken_in
                on reference.municipality_code = taken_in.municipality_code
                and taken_in.record = 'melding'
            left join
                {{ ref("int_notice") }} as notice
                on reference.municipality_code = notice.municipality_code
                and notice.received_on {{ period }}
            left join
                {{ ref("int_person") }} as person on notice.person_number = person.person_number
            group by reference.municipality_code, reference.reference_date, taken_in.rows
        ),
    {% endfor %}

    training_total as (
        select municipality_code, sum(registrations) as rows
        from {{ ref("int_training_need") }}
        group by municipality_code
    ),

    training as (
        select
            reference.municipality_code,
            reference.reference_date,
            taken_in.rows,
            coalesce(total.rows, 0) as need_rows,
            coalesce(sum(need.registrations), 0) as rows_in_period,
            count(need.needed_on) as needs,
            count(need.needed_on) filter (where need.offered_on <= need.needed_on + 183) as offered
        from reference
        inner join
            taken_in
            on reference.municipality_code = taken_in.municipality_code
            and taken_in.record = 'kompetanse'
        left join training_total as total on reference.municipality_code = total.municipality_code
        left join
            {{ ref("int_training_need") }} as need
            on reference.municipality_code = need.municipality_code
            and need.needed_on {{ half_year_ago }}
        group by reference.municipality_code, reference.reference_date, taken_in.rows, total.rows
    ),

    declined_form as (
        select person.municipality_code, form.person_number, form.changed_on, count(*) as rows
        from {{ ref("int_change_form") }} as form
        inner join {{ ref("int_person") }} as person on form.person_number = person.person_number
        where form.change_type = 'declined_coordinator'
        group by person.municipality_code, form.person_number, form.changed_on
    ),

    declined_total as (
        select municipality_code, sum(rows) as rows from declined_form group by municipality_code
    ),

    declined as (
        select
            reference.municipality_code,
            reference.reference_date,
            coalesce(taken_in.rows, 0) as rows,
            coalesce(total.rows, 0) as declined_rows,
            coalesce(sum(form.rows), 0) as rows_in_period,
            count(form.person_number) as forms,
            coalesce(any_value(counted.declined), 0) as counted,
            coalesce(any_value(counted.declined_or_begun), 0) as with_begun
        from reference
        left join
            taken_in
            on reference.municipality_code = taken_in.municipality_code
            and taken_in.record = 'endring'
        left join declined_total as total on reference.municipality_code = total.municipality_code
        left join
            declined_form as form
            on reference.municipality_code = form.municipality_code
            and form.changed_on {{ in_the_year }}
        left join
            of_starts as counted
            on reference.municipality_code = counted.municipality_code
            and reference.reference_date = counted.reference_date
        group by reference.municipality_code, reference.reference_date, taken_in.rows, total.rows
    ),

    -- A registration belongs to the assignment that it ended up in, if it counts.
    registration as (
        select
            closed.municipality_code,
            max(merged.assignment_number) as assignment_number,
            case
                when not any_value(closed.role_counts)
                then 'role_not_counted'
                when any_value(closed.is_specialist)
                then 'specialist_coordinator'
                when any_value(closed.has_no_day)
                then 'no_day_left'
            end as never_counts
        from {{ ref("int_coordinator__closed") }} as closed
        left join
            {{ ref("int_coordinator__merged") }} as merged
            on closed.delivery_number = merged.delivery_number
            and closed.row_number = merged.row_number
        group by closed.municipality_code, closed.delivery_number, closed.row_number
    ),

    never_counts as (
        select municipality_code, never_counts as step, count(*) as rows
        from registration
        where never_counts is not null
        group by municipality_code, never_counts
    ),

    assignment_rows as (
        select municipality_code, assignment_number, count(*) as rows
        from registration
        where never_counts is null
        group by municipality_code, assignment_number
    ),

    start as (
        select begun.*, coalesce(assignment_rows.rows, 0) as rows
        from {{ ref("int_coordinator__start") }} as begun
        left join assignment_rows using (municipality_code, assignment_number)
    ),

    start_total as (
        select municipality_code, sum(rows) as rows from assignment_rows group by municipality_code
    ),

    started as (
        select
            reference.municipality_code,
            reference.reference_date,
            total.rows,
            coalesce(sum(start.rows), 0) as rows_in_period,
            count(start.person_number) as starts,
            count(*) filter (where not start.is_migrated) as begun,
            count(*) filter (where not start.is_migrated and {{ resident_then }}) as of_residents,
            count(*) filter (
                where not start.is_migrated and start.is_change and {{ resident_then }}
            ) as changes
        from reference
        inner join start_total as total on reference.municipality_code = total.municipality_code
        left join
            start
            on reference.municipality_code = start.municipality_code
            and start.first_day {{ in_the_year }}
        left join {{ ref("int_person") }} as person on start.person_number = person.person_number
        group by reference.municipality_code, reference.reference_date, total.rows
    ),

    talk as (
        select
            reference.municipality_code,
            reference.reference_date,
            progress.person_number,
            sum(progress.registrations) as rows,
            count(*) as talks
        from reference
        inner join
            {{ ref("int_goal_progress") }} as progress
            on reference.municipality_code = progress.municipality_code
            and progress.held_on <= reference.reference_date
        group by reference.municipality_code, reference.reference_date, progress.person_number
    ),

    goal as (
        select
            reference.municipality_code,
            reference.reference_date,
            taken_in.rows,
            coalesce(sum(talk.rows), 0) as rows_in_period,
            coalesce(sum(talk.talks), 0) as talks,
            count(talk.person_number) as persons,
            count(*) filter (where talk.talks > 1) as followed,
            coalesce(any_value(counted.goal_followed), 0) as counted,
            coalesce(any_value(counted.goal_improved), 0) as improved
        from reference
        inner join
            taken_in
            on reference.municipality_code = taken_in.municipality_code
            and taken_in.record = 'psfs'
        left join
            talk
            on reference.municipality_code = talk.municipality_code
            and reference.reference_date = talk.reference_date
        left join
            of_goals as counted
            on reference.municipality_code = counted.municipality_code
            and reference.reference_date = counted.reference_date
        group by reference.municipality_code, reference.reference_date, taken_in.rows
    ),

    housing as (
        select
            reference.municipality_code,
            reference.reference_date,
            taken_in.rows,
            count(told.row_number) as rows_in_period,
            count(distinct told.person_key) as persons,
            coalesce(any_value(counted.housing_need), 0) as counted
        from reference
        inner join
            taken_in
            on reference.municipality_code = taken_in.municipality_code
            and taken_in.record = 'bolig'
        left join
            {{ ref("int_housing_need__row") }} as told
            on reference.municipality_code = told.municipality_code
            and told.reported_on <= reference.reference_date
            and told.disposition = 'counted'
        left join
            of_housing as counted
            on reference.municipality_code = counted.municipality_code
            and reference.reference_date = counted.reference_date
        group by reference.municipality_code, reference.reference_date, taken_in.rows
    ),

    population_year as (
        select municipality_code, year, count(*) as rows, sum(persons) as persons
        from {{ ref("int_population__row") }}
        where disposition = 'counted'
        group by municipality_code, year
    ),

    inhabitants as (
        select
            reference.municipality_code,
            reference.reference_date,
            taken_in.rows,
            year.rows as rows_in_period,
            counted.inhabitants,
            counted.inhabitants_under_18
        from reference
        inner join
            taken_in
            on reference.municipality_code = taken_in.municipality_code
            and taken_in.record = 'befolkning'
        inner join
            population_year as year
            on reference.municipality_code = year.municipality_code
            and extract(year from reference.reference_date) = year.year
        inner join
            {{ ref("int_coverage__inhabitants") }} as counted
            on reference.municipality_code = counted.municipality_code
            and reference.reference_date = counted.reference_date
            and counted.age_scheme = 'standard'
            and counted.age_group = 'all'
    )

    {% set meeting_steps = [
        ("meeting_type_other", "counting_rows - rows"),
        ("outside_period", "rows_in_period - counting_rows"),
        ("in_period", "rows_in_period"),
        ("same_meeting", "meetings - rows_in_period"),
        ("not_resident", "counted - meetings"),
    ] %}
    {% set training_steps = [
        ("no_need_reported", "need_rows - rows"),
        ("outside_period", "rows_in_period - need_rows"),
        ("in_period", "rows_in_period"),
        ("same_need", "needs - rows_in_period"),
    ] %}
    {% set declined_steps = [
        ("form_type_other", "declined_rows - rows"),
        ("outside_period", "rows_in_period - declined_rows"),
        ("in_period", "rows_in_period"),
        ("same_form", "forms - rows_in_period"),
        ("not_resident", "counted - forms"),
    ] %}
    {% set goal_steps = [
        ("after_date", "rows_in_period - rows"),
        ("in_period", "rows_in_period"),
        ("same_conversation", "talks - rows_in_period"),
        ("same_person", "persons - talks"),
        ("one_conversation", "followed - persons"),
        ("not_resident", "counted - followed"),
    ] %}
    {% set population_steps = [
        ("outside_period", "rows_in_period - rows"),
        ("in_period", "rows_in_period"),
        ("persons_in_rows", "inhabitants - rows_in_period"),
    ] %}
    {% set measures = [
        ("meeting", "meeting", meeting_steps + [("counted", "counted")]),
        (
            "meeting_with_gp",
            "meeting",
            meeting_steps + [("gp_absent", "with_gp - counted"), ("counted", "with_gp")],
        ),
        (
            "notice_answered",
            "notice_answered",
            [
                ("outside_period", "rows_in_period - rows"),
                ("in_period", "rows_in_period"),
                ("same_notice", "notices - rows_in_period"),
                ("not_resident", "of_residents - notices"),
                ("not_answered", "counted - of_residents"),
                ("counted", "counted"),
            ],
        ),
        (
            "notice_appointed",
            "notice_appointed",
            [
                ("outside_period", "rows_in_period - rows"),
                ("in_period", "rows_in_period"),
                ("same_notice", "notices - rows_in_period"),
                ("not_resident", "of_residents - notices"),
                ("no_coordinator_in_time", "counted - of_residents"),
                ("counted", "counted"),
            ],
        ),
        ("training_need", "training", training_steps + [("counted", "needs")]),
        (
            "training_offered",
            "training",
            training_steps
            + [("not_offered_in_time", "offered - needs"), ("counted", "offered")],
        ),
        ("declined", "declined", declined_steps + [("counted", "counted")]),
        (
            "declined_or_begun",
            "declined",
            declined_steps
            + [("newly_begun", "with_begun - counted"), ("counted", "with_begun")],
        ),
        (
            "coordinator_change",
            "started",
            [
                ("outside_period", "rows_in_period - rows"),
                ("in_period", "rows_in_period"),
                ("same_assignment", "starts - rows_in_period"),
                ("backlog", "begun - starts"),
                ("not_resident", "of_residents - begun"),
                ("first_coordinator", "changes - of_residents"),
                ("counted", "changes"),
            ],
        ),
        ("goal_followed", "goal", goal_steps + [("counted", "counted")]),
        (
            "goal_improved",
            "goal",
            goal_steps
            + [("gain_below_two", "improved - counted"), ("counted", "improved")],
        ),
        (
            "housing_need",
            "housing",
            [
                ("after_date", "rows_in_period - rows"),
                ("in_period", "rows_in_period"),
                ("same_person", "persons - rows_in_period"),
                ("not_resident", "counted - persons"),
                ("counted", "counted"),
            ],
        ),
        ("inhabitants", "inhabitants", population_steps + [("counted", "inhabitants")]),
        (
            "inhabitants_under_18",
            "inhabitants",
            population_steps
            + [
                ("adults", "inhabitants_under_18 - inhabitants"),
                ("counted", "inhabitants_under_18"),
            ],
        ),
    ] %}
{% for measure, relation, steps in measures -%}
    {% for step, rows in steps -%}
        select
            municipality_code,
            reference_date,
            '{{ measure }}' as measure,
            '{{ step }}' as step,
            {{ rows }} as rows
        from {{ relation }}
        union all
    {% endfor -%}
{% endfor -%}
select
    never_counts.municipality_code,
    reference.reference_date,
    'coordinator_change' as measure,
    never_counts.step,
    - never_counts.rows
from never_counts
inner join reference on never_counts.municipality_code = reference.municipality_code
