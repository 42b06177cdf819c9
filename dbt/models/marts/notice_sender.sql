{#-
    Who sends notices, and what becomes of them: answers of the notices of the last year, as
    answer_days counts them, and coordinators of those of the year before, as appointment_days does.
-#}
select
    municipality_code,
    reference_date,
    coalesce(notifier, 'not_recorded') as sender,
    cast(count(*) filter (where is_of_the_year) as bigint) as notices,
    cast(
        count(*) filter (where is_of_the_year and days_to_answer is not null) as bigint
    ) as assessed,
    cast(count(*) filter (where not is_of_the_year) as bigint) as notices_year_before,
    cast(
        count(*) filter (where not is_of_the_year and days_to_coordinator is not null) as bigint
    ) as appointed,
    {% for column, part in [
        ("first_quartile", 0.25),
        ("median_days", 0.5),
        ("third_quartile", 0.75),
    ] -%}
        quantile_cont(days_to_coordinator, {{ part }}) filter (
            where not is_of_the_year
        ) as {{ column }}
        {% if not loop.last %},{% endif %}
    {% endfor %}
from {{ ref("int_notice_date") }}
where is_resident
group by municipality_code, reference_date, coalesce(notifier, 'not_recorded')
