{#-
    From the registrations taken in to what is counted of meetings, notices, forms, starts, training,
    goals, housing and inhabitants on each reference date. Each way is a relation with a column for each
    level that it passes, from the `rows` taken in to the measures.
-#}
{% set in_the_year = within_a_year("reference.reference_date") %}
{% set year_before = within_the_year_before("reference.reference_date") %}
{% set half_year_ago = within_a_year_until_half_a_year_ago("reference.reference_date") %}
{% set resident_then = lives_here_on("person", "reference.reference_date") %}

with
    reference as (select municipality_code, reference_date from {{ ref("int_reference_date") }}),

    {% for family in ["meetings", "starts", "goals", "housing", "inhabitants"] -%}
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

    meeting_way as (
        select
            reference.municipality_code,
            reference.reference_date,
            total.rows,
            total.counting_rows,
            coalesce(
                sum(day.counting_rows) filter (where day.met_on {{ in_the_year }}), 0
            ) as rows_in_period,
            coalesce(sum(day.meetings) filter (where day.met_on {{ in_the_year }}), 0) as meetings,
            coalesce(any_value(counted.meeting), 0) as meeting,
            coalesce(any_value(counted.meeting_with_gp), 0) as meeting_with_gp
        from reference
        inner join meeting_total as total using (municipality_code)
        left join
            meeting_day as day
            on reference.municipality_code = day.municipality_code
            and day.met_on {{ in_the_year }}
        left join of_meetings as counted using (municipality_code, reference_date)
        group by
            reference.municipality_code, reference.reference_date, total.rows, total.counting_rows
    ),

    {% for measure, period in [("answered", in_the_year), ("appointed", year_before)] -%}
        notice_{{ measure }}_way as (
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
                ) filter (where {{ resident_then }}) as notice_{{ measure }}
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

    training_way as (
        select
            reference.municipality_code,
            reference.reference_date,
            taken_in.rows,
            coalesce(total.rows, 0) as need_rows,
            coalesce(sum(need.registrations), 0) as rows_in_period,
            count(need.needed_on) as training_need,
            count(need.needed_on) filter (
                where need.offered_on <= need.needed_on + 183
            ) as training_offered
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

    {% for declined, change, begun in [
        ("declined", "declined_coordinator", "declined_or_begun"),
        ("declined_plan", "declined_plan", "declined_or_begun_plan"),
    ] -%}
        {{ declined }}_form as (
            select person.municipality_code, form.person_number, form.changed_on, count(*) as rows
            from {{ ref("int_change_form") }} as form
            inner join
                {{ ref("int_person") }} as person on form.person_number = person.person_number
            where form.change_type = '{{ change }}'
            group by person.municipality_code, form.person_number, form.changed_on
        ),

        {{ declined }}_total as (
            select municipality_code, sum(rows) as rows
            from {{ declined }}_form
            group by municipality_code
        ),

        {{ declined }}_way as (
            select
                reference.municipality_code,
                reference.reference_date,
                coalesce(taken_in.rows, 0) as rows,
                coalesce(total.rows, 0) as declined_rows,
                coalesce(sum(form.rows), 0) as rows_in_period,
                count(form.person_number) as forms,
                coalesce(any_value(counted.{{ declined }}), 0) as {{ declined }},
                coalesce(any_value(counted.{{ begun }}), 0) as {{ begun }}
            from reference
            left join
                taken_in
                on reference.municipality_code = taken_in.municipality_code
                and taken_in.record = 'endring'
            left join
                {{ declined }}_total as total
                on reference.municipality_code = total.municipality_code
            left join
                {{ declined }}_form as form
                on reference.municipality_code = form.municipality_code
                and form.changed_on {{ in_the_year }}
            left join
                of_starts as counted
                on reference.municipality_code = counted.municipality_code
                and reference.reference_date = counted.reference_date
            group by
                reference.municipality_code, reference.reference_date, taken_in.rows, total.rows
        ),
    {% endfor %}

    -- A registration belongs to the assignment that it ended up in, if it counts.
    registration as ({{ coordinator_registrations() }}),

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

    start_way as (
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
            ) as coordinator_change
        from reference
        inner join start_total as total on reference.municipality_code = total.municipality_code
        left join
            start
            on reference.municipality_code = start.municipality_code
            and start.first_day {{ in_the_year }}
        left join {{ ref("int_person") }} as person on start.person_number = person.person_number
        group by reference.municipality_code, reference.reference_date, total.rows
    ),

    gap_way as (
        select
            reference.municipality_code,
            reference.reference_date,
            total.rows,
            coalesce(sum(begun.rows), 0) as rows_in_period,
            count(begun.assignment_number) as assignments,
            count(gap.assignment_number) as gaps,
            count(gap.assignment_number) filter (where {{ resident_then }}) as coordinator_gap
        from reference
        inner join start_total as total on reference.municipality_code = total.municipality_code
        left join
            (
                select
                    assignment.municipality_code,
                    assignment.assignment_number,
                    assignment.first_day,
                    coalesce(assignment_rows.rows, 0) as rows
                from {{ ref("int_coordinator__assignment") }} as assignment
                left join assignment_rows using (municipality_code, assignment_number)
                where assignment.counts and not assignment.has_no_day
            ) as begun
            on reference.municipality_code = begun.municipality_code
            and begun.first_day {{ in_the_year }}
        left join
            {{ ref("int_coordinator__gap") }} as gap
            on begun.assignment_number = gap.assignment_number
        left join {{ ref("int_person") }} as person on gap.person_number = person.person_number
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

    goal_way as (
        select
            reference.municipality_code,
            reference.reference_date,
            taken_in.rows,
            coalesce(sum(talk.rows), 0) as rows_in_period,
            coalesce(sum(talk.talks), 0) as talks,
            count(talk.person_number) as persons,
            count(*) filter (where talk.talks > 1) as followed,
            coalesce(any_value(counted.goal_followed), 0) as goal_followed,
            coalesce(any_value(counted.goal_improved), 0) as goal_improved
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

    housing_way as (
        select
            reference.municipality_code,
            reference.reference_date,
            taken_in.rows,
            count(told.row_number) as rows_in_period,
            count(distinct told.person_key) as persons,
            coalesce(any_value(counted.housing_need), 0) as housing_need
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
        select municipality_code, year, is_combined, count(*) as rows, sum(persons) as persons
        from {{ ref("int_population__row") }}
        where disposition = 'counted'
        group by municipality_code, year, is_combined
    ),

    population_way as (
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
            of_inhabitants as counted
            on reference.municipality_code = counted.municipality_code
            and reference.reference_date = counted.reference_date
            and year.is_combined = counted.is_combined
    )

    {{
        ways_down(
            [
                (
                    "meeting_way",
                    "rows",
                    [
                        ("meeting_type_other", "counting_rows"),
                        ("outside_period", "rows_in_period"),
                        ("same_meeting", "meetings"),
                        ("not_resident", "meeting"),
                        ("gp_absent", "meeting_with_gp"),
                    ],
                ),
                (
                    "notice_answered_way",
                    "rows",
                    [
                        ("outside_period", "rows_in_period"),
                        ("same_notice", "notices"),
                        ("not_resident", "of_residents"),
                        ("not_answered", "notice_answered"),
                    ],
                ),
                (
                    "notice_appointed_way",
                    "rows",
                    [
                        ("outside_period", "rows_in_period"),
                        ("same_notice", "notices"),
                        ("not_resident", "of_residents"),
                        ("no_coordinator_in_time", "notice_appointed"),
                    ],
                ),
                (
                    "training_way",
                    "rows",
                    [
                        ("no_need_reported", "need_rows"),
                        ("outside_period", "rows_in_period"),
                        ("same_need", "training_need"),
                        ("not_offered_in_time", "training_offered"),
                    ],
                ),
                (
                    "declined_way",
                    "rows",
                    [
                        ("form_type_other", "declined_rows"),
                        ("outside_period", "rows_in_period"),
                        ("same_form", "forms"),
                        ("not_resident", "declined"),
                        ("newly_begun", "declined_or_begun"),
                    ],
                ),
                (
                    "declined_plan_way",
                    "rows",
                    [
                        ("form_type_other", "declined_rows"),
                        ("outside_period", "rows_in_period"),
                        ("same_form", "forms"),
                        ("not_resident", "declined_plan"),
                        ("plan_newly_begun", "declined_or_begun_plan"),
                    ],
                ),
                (
                    "gap_way",
                    "rows",
                    [
                        ("outside_period", "rows_in_period"),
                        ("same_assignment", "assignments"),
                        ("no_gap", "gaps"),
                        ("not_resident", "coordinator_gap"),
                    ],
                ),
                (
                    "start_way",
                    "rows",
                    [
                        ("outside_period", "rows_in_period"),
                        ("same_assignment", "starts"),
                        ("backlog", "begun"),
                        ("not_resident", "of_residents"),
                        ("first_coordinator", "coordinator_change"),
                    ],
                ),
                (
                    "goal_way",
                    "rows",
                    [
                        ("after_date", "rows_in_period"),
                        ("same_conversation", "talks"),
                        ("same_person", "persons"),
                        ("one_conversation", "followed"),
                        ("not_resident", "goal_followed"),
                        ("gain_below_two", "goal_improved"),
                    ],
                ),
                (
                    "housing_way",
                    "rows",
                    [
                        ("after_date", "rows_in_period"),
                        ("same_person", "persons"),
                        ("not_resident", "housing_need"),
                    ],
                ),
                (
                    "population_way",
                    "rows",
                    [
                        ("outside_period", "rows_in_period"),
                        ("persons_in_rows", "inhabitants"),
                        ("adults", "inhabitants_under_18"),
                    ],
                ),
            ]
        )
    }}
union all
select other.municipality_code, reference.reference_date, measure.measure, other.step, other.rows
from
    (
        select municipality_code, step, - rows as rows
        from never_counts
        union all
        from ({{ coordinators_written_over("registration") }})
    ) as other
inner join reference on other.municipality_code = reference.municipality_code
cross join (values ('coordinator_change'), ('coordinator_gap')) as measure(measure)
