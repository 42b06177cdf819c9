{#-
    Rows that count the inhabitants of municipalities, of today or projected. Each inhabitant is counted
    once, though a file may hold both parts and their sum: men, women and both sexes, single years of
    age and all of them together, a municipality under two names or under the codes of two times.
-#}
{% macro population_rows(record) -%}
    {#- Who lived in a municipality that was divided since is known of the years in which it was one. -#}
    {% set divided = [] -%}
    {% for found in municipality_problems("region") -%}
        {% if found.rule == "municipality_divided" -%}
            {% do divided.append(only_if("former.code_2024 is null", found)) -%}
        {% else -%} {% do divided.append(found) -%}
        {% endif -%}
    {% endfor -%}
    with
        typed as (
            select
                {{ row_columns() }},
                cast(null as text) as registration_id,
                landed.region,
                {{ to_number("landed.alder") }} as age,
                coalesce(landed.alder_form, 'single') as age_form,
                {{ to_number("landed.aar") }} as year,
                landed.kjonn as sex_written,
                case
                    when sex.canonical is not null
                    then sex.canonical
                    when landed.kjonn is null
                    then 'both'
                    else 'other'
                end as sex,
                {{ to_number("landed.personer") }} as persons,
                landed.municipality_was,
                former.code_2024 as goes_on_as,
                {{
                    problems(
                        [misshapen(), missing("region")]
                        + divided
                        + [
                            finding(
                                rule="age_group",
                                when="landed.alder_form = 'group'",
                                column="alder",
                                value=unread_text("landed.alder"),
                            ),
                            finding(
                                rule="missing_required",
                                when="landed.alder is null and landed.alder_form is null",
                                column="alder",
                            ),
                            unreadable("alder", "number"),
                            missing("aar"),
                            unreadable("aar", "number"),
                            missing("personer"),
                            unreadable("personer", "number"),
                        ]
                    )
                }}
            from {{ from_landed(record) }} {{ join_value("sex", "kjonn", record) }}
            left join
                {{ ref("municipalities") }} as former
                on landed.municipality_outcome = 'divided'
                and '{{ record }}' = 'befolkning'
                and landed.municipality_was = former.municipality_code
                and {{ to_number("landed.aar") }}
                between coalesce(former.valid_from_year, 0) and former.valid_to_year
        ),

        -- Which of the codes of a municipality is that of the row's own year.
        dated as (
            select
                typed.* exclude (goes_on_as) replace (
                    coalesce(typed.municipality_code, typed.goes_on_as) as municipality_code
                ),
                typed.goes_on_as is not null as is_combined,
                coalesce(typed.persons, 0) > 0
                and typed.problem_rule is null
                and typed.age_form <> 'all' as has_persons,
                coalesce(
                    typed.year between coalesce(history.valid_from_year, 0) and coalesce(
                        history.valid_to_year, 9999
                    ),
                    true
                ) as is_of_its_time
            from typed
            left join
                {{ ref("municipalities") }} as history
                on typed.municipality_was = history.municipality_code
        ),

        -- What else the file says of the same inhabitants.
        beside as (
            select
                *,
                bool_or(problem_rule is null and sex = 'both') over same_age as has_both,
                bool_or(problem_rule is null and sex = 'male') over same_age
                and bool_or(problem_rule is null and sex = 'female') over same_age as has_each,
                max(oldest_of_sex) over same_place as oldest,
                arg_min(region, row_number) over same_cell as first_name,
                bool_or(has_persons and is_of_its_time) over same_year as is_told_by_time,
                bool_or(has_persons and sex = 'male') over same_place
                <> bool_or(has_persons and sex = 'female') over same_place
                and not bool_or(has_persons and sex = 'both') over same_place
                and row_number
                = min(case when has_persons then row_number end) over same_place
                as is_first_of_one_sex
            from
                (
                    select
                        *,
                        max(case when problem_rule is null then age end) over (
                            partition by delivery_number, region, municipality_code, year, sex
                        ) as oldest_of_sex
                    from dated
                )
            window
                same_place as (partition by delivery_number, region, municipality_code, year),
                same_age as (
                    partition by delivery_number, region, municipality_code, year, age, age_form
                ),
                same_cell as (
                    partition by
                        delivery_number,
                        coalesce(municipality_was, municipality_code, region),
                        year,
                        age,
                        age_form,
                        sex
                ),
                same_year as (partition by delivery_number, municipality_code, is_combined, year)
        ),

        told_apart as (
            select
                * exclude (problem_rule, problem_column, problem_value),
                coalesce(
                    problem_rule is null
                    and (
                        -- Both sexes beside men and women; one of the two beside both.
                        (sex = 'both' and has_each)
                        or (sex <> 'both' and has_both and not has_each)
                        -- All ages, or all above one, beside the ages themselves.
                        or (
                            age_form <> 'single'
                            and coalesce(age, -1)
                            < case when sex = 'both' then oldest else oldest_of_sex end
                        )
                        -- The same municipality by another name, or by its codes of another time.
                        or region <> first_name
                        or (has_persons and is_told_by_time and not is_of_its_time)
                    ),
                    false
                ) as is_counted_elsewhere,
                problem_rule,
                problem_column,
                problem_value
            from beside
        ),

        -- What the file sums up itself, beside the sum of what is counted.
        summed as (
            select
                whole.delivery_number,
                whole.row_number,
                whole.year,
                any_value(whole.persons) as told,
                sum(part.persons) as counted
            from told_apart as whole
            inner join
                told_apart as part
                on whole.delivery_number = part.delivery_number
                and whole.region = part.region
                and whole.year = part.year
                and (whole.sex = 'both' or whole.sex = part.sex)
                and case
                    when whole.age_form = 'all'
                    then true
                    when whole.age_form = 'open'
                    then whole.age <= part.age
                    else whole.age = part.age
                end
            where
                whole.is_counted_elsewhere
                and not part.is_counted_elsewhere
                and part.problem_rule is null
                and part.age_form <> 'all'
            group by whole.delivery_number, whole.row_number, whole.year
        )

    select
        told_apart.* exclude (
            problem_rule,
            problem_column,
            problem_value,
            municipality_was,
            has_persons,
            is_of_its_time,
            oldest_of_sex,
            has_both,
            has_each,
            oldest,
            first_name,
            is_told_by_time,
            is_first_of_one_sex,
            is_counted_elsewhere
        ),
        -- A year's population is known from its file on: it stays when later files tell of others.
        make_date(told_apart.year, 1, 1) as counted_on,
        case
            when told_apart.problem_rule is not null
            then told_apart.problem_rule
            when told_apart.is_counted_elsewhere
            then 'population_twice'
            when told_apart.age_form = 'all'
            then 'age_group'
        end as problem_rule,
        case
            when
                told_apart.problem_rule is null
                and told_apart.age_form = 'all'
                and not told_apart.is_counted_elsewhere
            then 'alder'
            else told_apart.problem_column
        end as problem_column,
        told_apart.problem_value,
        list_concat(
            case
                when summed.told <> summed.counted
                then
                    [
                        {
                            'rule':'population_sum_differs',
                            'column_name':'personer',
                            'value':cast(summed.told as text)
                            || ' / '
                            || cast(summed.counted as text)
                        }
                    ]
                when told_apart.is_first_of_one_sex
                then
                    [
                        {
                            'rule':'population_one_sex',
                            'column_name':'kjonn',
                            'value':cast(told_apart.year as text)
                        }
                    ]
            end,
            case
                when told_apart.is_combined
                then
                    [
                        {
                            'rule':'municipality_combined',
                            'column_name':'region',
                            'value':told_apart.region
                        }
                    ]
            end
        ) as notes
    from told_apart
    left join
        summed
        on told_apart.delivery_number = summed.delivery_number
        and told_apart.row_number = summed.row_number
        and told_apart.year = summed.year
{%- endmacro %}

{#-
    Inhabitants on 1 January by today's municipality and age. Where a source tells men and women
    apart, both are added; a municipality that was merged is the sum of its parts. A year that
    several deliveries tell of, perhaps under the codes of other years, is taken of each age from one
    of them: the newest of the source that is named first.
-#}
{% macro inhabitants_of(rows, where="true") -%}
    with
        counted as (
            select municipality_code, year, age, age_form, persons, source_number, delivery_number
            from {{ rows }}
            where disposition = 'counted' and age is not null and {{ where }}
        ),

        speaking as (
            select
                municipality_code,
                year,
                age,
                max_by(delivery_number, (- source_number, delivery_number)) as delivery_number
            from counted
            group by municipality_code, year, age
        ),

        spoken as (
            select counted.*
            from counted
            inner join speaking using (municipality_code, year, age, delivery_number)
        ),

        -- An open age holds all older ones: another delivery that tells of them tells of the same.
        topmost as (
            select
                municipality_code,
                year,
                min(age) as age,
                arg_min(delivery_number, age) as delivery_number
            from spoken
            where age_form = 'open'
            group by municipality_code, year
        )

    select
        spoken.municipality_code,
        spoken.year,
        spoken.age,
        cast(sum(spoken.persons) as bigint) as persons
    from spoken
    left join topmost using (municipality_code, year)
    where
        topmost.age is null
        or spoken.age <= topmost.age
        or spoken.delivery_number = topmost.delivery_number
    group by spoken.municipality_code, spoken.year, spoken.age
{%- endmacro %}
