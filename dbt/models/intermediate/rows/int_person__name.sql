select distinct municipality_code, person_key, unnest(string_split(name_keys, ' ')) as name_key
from {{ ref("int_person__row") }}
where disposition = 'counted' and name_keys is not null
