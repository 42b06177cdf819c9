{#- Why our count is another than the register's, person by person: the causes add up to the difference. -#}
with
    differing as (
        {% for bound in ["low", "high"] -%}
            select
                municipality_code,
                reference_date,
                figure,
                side,
                cause_{{ bound }} as cause,
                '{{ bound }}' as bound,
                case when is_ours then 1 else -1 end as counts
            from {{ ref("int_register_side") }}
            where cause_{{ bound }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    municipality_code,
    reference_date,
    figure,
    side,
    cause,
    cast(coalesce(sum(counts) filter (where bound = 'low'), 0) as bigint) as persons_if_none,
    cast(coalesce(sum(counts) filter (where bound = 'high'), 0) as bigint) as persons_if_all
from differing
group by municipality_code, reference_date, figure, side, cause
