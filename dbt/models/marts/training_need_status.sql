{#-
    The training that coordinators need, by topic, on each reference date: what of the year's has been
    offered, and what is open, however long ago it was reported.
-#}
with
    -- A topic is written in many ways: it is called as the first of them in the alphabet.
    written as (
        select municipality_code, {{ fold("topic") }} as topic, min(trim(topic)) as topic_name
        from {{ ref("int_training__row") }}
        where disposition = 'counted'
        group by municipality_code, {{ fold("topic") }}
    ),

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

select
    need.municipality_code,
    need.reference_date,
    need.topic,
    coalesce(written.topic_name, need.topic) as topic_name,
    need.need_status,
    cast(count(*) as bigint) as needs
from need
left join
    written on need.municipality_code = written.municipality_code and need.topic = written.topic
where if(need.need_status in ('in_time', 'late'), need.is_of_the_year, not need.has_left)
group by all
