select
    setting.municipality_code,
    setting.parameter,
    setting.value,
    parameter.default_value,
    setting.is_changed,
    parameter.unit,
    parameter.section,
    parameter.name_nb,
    parameter.name_nn,
    parameter.name_en
from {{ ref("int_parameter") }} as setting
inner join {{ ref("parameters") }} as parameter on setting.parameter = parameter.parameter
