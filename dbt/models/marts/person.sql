select
    person_key,
    municipality_code,
    id_kind,
    year(birth_date) as birth_year,
    sex,
    moved_in,
    moved_out,
    died,
    last_resident_day,
    is_in_register
from {{ ref("int_person") }}
