{#- The record types that each indicator needs. -#}
select indicator, unnest(string_split(needs, ';')) as record, looks_back_days
from {{ ref("indicators") }}
