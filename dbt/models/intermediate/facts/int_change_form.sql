select
    form.delivery_number,
    form.row_number,
    form.municipality_code,
    person.person_number,
    form.changed_on,
    form.change_type,
    form.old_coordinator_key,
    form.new_coordinator_key
from {{ ref("int_change_form__row") }} as form
inner join
    {{ ref("int_person") }} as person
    on form.municipality_code = person.municipality_code
    and form.person_key = person.person_key
where form.disposition = 'counted'
