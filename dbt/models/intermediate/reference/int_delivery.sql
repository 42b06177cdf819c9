select * from {{ ref("stg_delivery") }}
