-- What we count less what the register does is the sum of the causes, on both sides and at both
-- bounds;
-- and what we count is our nearest figure of that day.
with
    side as (
        {% for side in ["numerator", "denominator"] -%}
            select
                municipality_code,
                reference_date,
                figure,
                '{{ side }}' as side,
                own_{{ side }} - {{ side }}_low as persons_if_none,
                own_{{ side }} - {{ side }}_high as persons_if_all
            from {{ ref("register_mirror") }}
            where own_{{ side }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    cause as (
        select
            municipality_code,
            reference_date,
            figure,
            side,
            sum(persons_if_none) as persons_if_none,
            sum(persons_if_all) as persons_if_all
        from {{ ref("register_mirror_cause") }}
        group by municipality_code, reference_date, figure, side
    ),

    figure as (
        select municipality_code, reference_date, indicator, numerator, denominator
        from {{ ref("coverage") }}
        where age_scheme = 'standard' and age_group = 'all' and service_area = 'all'
    )

select municipality_code, reference_date, figure
from side
full join cause using (municipality_code, reference_date, figure, side)
where
    coalesce(side.persons_if_none, 0) <> coalesce(cause.persons_if_none, 0)
    or coalesce(side.persons_if_all, 0) <> coalesce(cause.persons_if_all, 0)
    or side.figure is null
union all
select mirror.municipality_code, mirror.reference_date, mirror.figure
from {{ ref("register_mirror") }} as mirror
inner join figure using (municipality_code, reference_date, indicator)
where
    mirror.own_numerator <> figure.numerator
    or coalesce(mirror.own_denominator <> figure.denominator, false)
