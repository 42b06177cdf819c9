{#-
    Joins, as `unit`, the unit that an assignment's coordinator works in on a day: what the assignment
    says, else the coordinator's employment (`assignment` and `employee`). So does the area
    `area_of_coordinator` follow a unit that comes to another area.
-#}
{% macro join_unit_of_coordinator(day) -%}
    left join
        {{ ref("stg_unit_name") }} as unit
        on assignment.municipality_code = unit.municipality_code
        and unit.written_folded = case
            when assignment.coordinator_area is null
            then employee.unit_written
            else assignment.unit_written
        end
        and {{ day }} between unit.first_day and unit.last_day
{%- endmacro %}

{% macro area_of_coordinator() -%}
    coalesce(unit.service_area, assignment.coordinator_area, employee.service_area)
{%- endmacro %}
