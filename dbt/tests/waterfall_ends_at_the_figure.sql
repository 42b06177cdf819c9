-- The end of a measure's waterfall is what the coverage counts of it, as numerator and as
-- denominator.
with
    figure as (
        {% for side in ["numerator", "denominator"] -%}
            select
                coverage.municipality_code,
                coverage.reference_date,
                indicator.{{ side }}_measure as measure,
                coverage.{{ side }} as counted
            from {{ ref("coverage") }} as coverage
            inner join
                {{ ref("indicators") }} as indicator on coverage.indicator = indicator.indicator
            where
                coverage.age_scheme = 'standard'
                and coverage.age_group = 'all'
                and coverage.service_area = 'all'
                and indicator.{{ side }}_measure is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    reached as (
        select municipality_code, reference_date, measure, arg_max(rows, step_order) as counted
        from {{ ref("waterfall") }}
        where kind = 'level'
        group by municipality_code, reference_date, measure
    )

select figure.*, reached.counted as reached
from figure
left join reached using (municipality_code, reference_date, measure)
where figure.counted is distinct from reached.counted
