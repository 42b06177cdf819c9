{#-
    Training that a list without employee numbers tells of: found by address or name, or of nobody
    (counting rules, 5.4). Grain: one row per rule and registration.
-#}
select
    case
        found_by
        when 'email'
        then 'employee_by_email'
        when 'name'
        then 'employee_by_name'
        else 'employee_unresolved'
    end as rule,
    delivery_number,
    row_number,
    source_number,
    registration,
    registration_id,
    content_key,
    cast(null as text) as person_key,
    cast(null as text) as column_name,
    cast(null as text) as value
from {{ ref("int_training") }}
where found_by <> 'number'
