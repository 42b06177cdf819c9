{#- What units reported: one row for each count that was given. -#}
with
    report as (
        select
            municipality_code,
            unit,
            coalesce(service_area, 'unknown') as service_area,
            counted_on,
            -- A unit that reports again corrects what it reported before.
            arg_max(
                coordinators, (delivered, reported_on, delivery_number, content_key, row_number)
            ) as coordinators,
            arg_max(
                persons_with_coordinator,
                (delivered, reported_on, delivery_number, content_key, row_number)
            ) as persons_with_coordinator,
            arg_max(
                plans, (delivered, reported_on, delivery_number, content_key, row_number)
            ) as plans,
            arg_max(
                meetings, (delivered, reported_on, delivery_number, content_key, row_number)
            ) as meetings
        from {{ ref("int_reported_count__row") }}
        where disposition = 'counted'
        group by all
    )

{% for measure in ["coordinators", "persons_with_coordinator", "plans", "meetings"] -%}
    select
        municipality_code,
        unit,
        service_area,
        counted_on,
        '{{ measure }}' as measure,
        cast({{ measure }} as bigint) as reported
    from report
    where {{ measure }} is not null
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
