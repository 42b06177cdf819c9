{#-
    Each figure of KPR and KOSTRA on 31 December: as the register would count the municipality's own
    registrations, our nearest figure, and what was typed in from the register's own view. A service
    without a code may or may not count: the figure lies between two.
-#}
with
    figure as (
        {% for each in register_figures() -%}
            select
                '{{ each.figure }}' as figure,
                '{{ each.indicator }}' as indicator,
                {{ each.sides | length > 1 }} as is_share
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    day as (
        select
            municipality_code,
            reference_date,
            cast(sum(services_of_kpr) as bigint) as services,
            cast(sum(services_without_code) as bigint) as services_without_code
        from {{ ref("int_register_person") }}
        group by municipality_code, reference_date
    ),

    counted as (
        select
            municipality_code,
            reference_date,
            figure,
            {% for side in ["numerator", "denominator"] -%}
                {% for name, flag in [
                    ("ours", "is_ours"),
                    ("low", "is_low"),
                    ("high", "is_high"),
                ] -%}
                    count(*) filter (
                        where side = '{{ side }}' and {{ flag }}
                    ) as {{ side }}_{{ name }},
                {% endfor -%}
            {%- endfor %}
            count(*) filter (where is_high and is_elsewhere) as persons_elsewhere
        from {{ ref("int_register_side") }}
        group by municipality_code, reference_date, figure
    ),

    bounded as (
        select
            day.municipality_code,
            day.reference_date,
            figure.figure,
            figure.indicator,
            day.services,
            day.services_without_code,
            coalesce(counted.numerator_low, 0) as numerator_low,
            coalesce(counted.numerator_high, 0) as numerator_high,
            case
                when figure.is_share then coalesce(counted.denominator_low, 0)
            end as denominator_low,
            case
                when figure.is_share then coalesce(counted.denominator_high, 0)
            end as denominator_high,
            coalesce(counted.numerator_ours, 0) as own_numerator,
            case
                when figure.is_share then coalesce(counted.denominator_ours, 0)
            end as own_denominator,
            coalesce(counted.persons_elsewhere, 0) as persons_elsewhere
        from day
        cross join figure
        left join counted using (municipality_code, reference_date, figure)
    )

select
    bounded.municipality_code,
    bounded.reference_date,
    bounded.figure,
    bounded.services,
    bounded.services_without_code,
    bounded.numerator_low,
    bounded.numerator_high,
    bounded.denominator_low,
    bounded.denominator_high,
    -- Whoever may be counted is of the numerator and the denominator, or of the denominator
    -- alone: the
    -- share is smallest when all of the latter count, and largest when all of the former do.
    bounded.numerator_low / nullif(
        bounded.denominator_high - (bounded.numerator_high - bounded.numerator_low), 0
    ) as value_low,
    bounded.numerator_high / nullif(
        bounded.denominator_low + (bounded.numerator_high - bounded.numerator_low), 0
    ) as value_high,
    bounded.indicator,
    bounded.own_numerator,
    bounded.own_denominator,
    bounded.own_numerator / nullif(bounded.own_denominator, 0) as own_value,
    bounded.persons_elsewhere,
    reported.numerator as reported_numerator,
    reported.denominator as reported_denominator,
    reported.numerator / nullif(reported.denominator, 0) as reported_value
from bounded
left join
    {{ ref("int_register_view") }} as reported using (municipality_code, reference_date, figure)
