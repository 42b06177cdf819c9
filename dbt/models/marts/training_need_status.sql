{#-
    The training that coordinators need, by topic, on each reference date: what of the year's has been
    offered, and what is open, however long ago it was reported.
-#}
with
    need as (
        select
            reference.municipality_code,
            reference.reference_date,
            need.topic,
            case
                when need.offered_on <= reference.reference_date
                then
                    case when need.offered_on <= need.needed_on + 183 then 'in_time' else 'late' end
                when need.needed_on + 183 >= reference.reference_date
                then 'open'
                else 'overdue'
            end as need_status,
            need.needed_on {{ within_a_year("reference.reference_date") }} as is_of_the_year,
            coalesce(employee.last_day < reference.reference_date, false) as has_left
        from {{ ref("int_reference_date") }} as reference
        inner join
            {{ ref("int_training_need") }} as need
            on reference.municipality_code = need.municipality_code
            and need.needed_on <= reference.reference_date
        left join
            {{ ref("int_employee") }} as employee
            on need.municipality_code = employee.municipality_code
            and need.coordinator_key = employee.coordinator_key
    )

select municipality_code, reference_date, topic, need_status, cast(count(*) as bigint) as needs
from need
where if(need_status in ('in_time', 'late'), is_of_the_year, not has_left)
group by municipality_code, reference_date, topic, need_status
