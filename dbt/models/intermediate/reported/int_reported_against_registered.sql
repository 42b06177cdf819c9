{#-
    What units report, beside what the registrations say. Where several units share a service area
    the registrations do not tell them apart: each is shown with what it reported, and the area as a
    whole, under the unit `all`. So is the municipality, over the areas that reported.
-#}
{% set measures = ["coordinators", "persons_with_coordinator", "plans", "meetings"] %}

with
    registered as (
        {% for measure in measures -%}
            select
                municipality_code,
                counted_on,
                service_area,
                '{{ measure }}' as measure,
                {{ measure }} as registered
            from {{ ref("int_registered_count") }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    by_area as (
        select
            municipality_code,
            service_area,
            counted_on,
            measure,
            count(*) as units,
            sum(reported) as reported
        from {{ ref("int_reported_count") }}
        group by municipality_code, service_area, counted_on, measure
    ),

    compared as (
        select by_area.*, coalesce(registered.registered, 0) as registered
        from by_area
        left join registered using (municipality_code, service_area, counted_on, measure)
    ),

    every_row as (
        select
            unit.municipality_code,
            unit.unit,
            unit.service_area,
            unit.counted_on,
            unit.measure,
            unit.reported,
            case when compared.units = 1 then compared.registered end as registered
        from {{ ref("int_reported_count") }} as unit
        inner join compared using (municipality_code, service_area, counted_on, measure)
        union all
        select municipality_code, 'all', service_area, counted_on, measure, reported, registered
        from compared
        where units > 1
        union all
        select municipality_code, 'all', 'all', counted_on, measure, sum(reported), sum(registered)
        from compared
        group by municipality_code, counted_on, measure
    )

select
    municipality_code,
    unit,
    service_area,
    counted_on,
    measure,
    case
        measure when 'plans' then 'ip' when 'meetings' then 'mote' else 'koordinator'
    end as record,
    cast(reported as bigint) as reported,
    cast(registered as bigint) as registered
from every_row
