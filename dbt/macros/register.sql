{#-
    The figures of KPR and KOSTRA that we hold our own against (counting rules, section 9): which of our
    indicators is nearest, and for each side of the fraction whom we count (`ours`) and whom the
    register does, of those with a service that it counts (`service`): who has what `registered` says.
-#}
{% macro register_figures() -%}
    {% set recipients = {
        "side": "denominator",
        "ours": "is_target_group",
        "registered": "true",
        "elsewhere": "false",
    } -%}
    {% set plans = {
        "side": "numerator",
        "ours": "has_plan",
        "registered": "has_registered_plan",
        "elsewhere": "has_plan_elsewhere",
    } -%}
    {% set coordinators = {
        "side": "numerator",
        "ours": "has_coordinator",
        "registered": "has_registered_coordinator",
        "elsewhere": "has_coordinator_elsewhere",
    } -%}
    {{
        return(
            [
                {
                    "figure": "kostra_plan_users",
                    "indicator": "plan_coverage",
                    "what": "plan",
                    "service": "is_kostra_user",
                    "sides": [plans],
                },
                {
                    "figure": "kpr_plan_share",
                    "indicator": "plan_coverage",
                    "what": "plan",
                    "service": "is_kpr_recipient",
                    "sides": [plans, recipients],
                },
                {
                    "figure": "kpr_coordinator_share",
                    "indicator": "coordinator_coverage",
                    "what": "coordinator",
                    "service": "is_kpr_recipient",
                    "sides": [coordinators, recipients],
                },
            ]
        )
    }}
{%- endmacro %}
