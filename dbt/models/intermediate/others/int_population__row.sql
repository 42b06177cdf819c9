{#- A year's population is known from its file on: it stays when later files tell of later years. -#}
with
    staged as not materialized(
        select * exclude (notes), make_date(year, 1, 1) as counted_on
        from {{ ref("stg_population") }}
    ),

    {{ judged("staged", ["counted_on"], event_date="counted_on", about_persons=false) }}

select *
from judged
