with
    setting as (
        select
            municipality.municipality_code,
            parameter.parameter,
            parameter.default_value,
            own.value as own_value,
            common.value as common_value
        from {{ ref("int_municipality") }} as municipality
        cross join {{ ref("parameters") }} as parameter
        left join
            {{ source("landing", "parameter_override") }} as own
            on municipality.municipality_code = own.municipality_code
            and parameter.parameter = own.parameter
        left join
            {{ source("landing", "parameter_override") }} as common
            on common.municipality_code is null
            and parameter.parameter = common.parameter
    )

select
    municipality_code,
    parameter,
    coalesce(own_value, common_value, default_value) as value,
    coalesce(own_value, common_value, default_value) <> default_value as is_changed
from setting
