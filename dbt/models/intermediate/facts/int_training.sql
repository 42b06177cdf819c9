{#-
    Training that was taken in, and the employee whom it is of: the one who is named by number, else by
    the e-mail address, else by the name, where exactly one of the register has it (counting rules, 5.4).
-#}
select
    training.delivery_number,
    training.row_number,
    training.source_number,
    training.registration,
    training.registration_id,
    training.content_key,
    training.municipality_code,
    case
        when training.coordinator_key is not null
        then training.coordinator_key
        -- An address that several have names nobody, whatever the name beside it.
        when by_email.key is not null
        then by_email.coordinator_key
        else by_name.coordinator_key
    end as coordinator_key,
    case
        when training.coordinator_key is not null
        then 'number'
        when by_email.coordinator_key is not null
        then 'email'
        when by_email.key is null and by_name.coordinator_key is not null
        then 'name'
        else 'nobody'
    end as found_by,
    {{ fold("training.topic") }} as topic,
    training.needed_on,
    training.offered_on,
    training.completed_on
from {{ ref("int_training__row") }} as training
left join
    {{ ref("int_employee__known_as") }} as by_email
    on training.municipality_code = by_email.municipality_code
    and training.email_key = by_email.key
left join
    {{ ref("int_employee__known_as") }} as by_name
    on training.municipality_code = by_name.municipality_code
    and training.coordinator_name_key = by_name.key
where training.disposition = 'counted'
