{#-
    How the measures that go on from persons with a coordinator or a plan leave some of them out.
-#}
with
    persons as (
        select *
        from {{ ref("int_coverage__persons") }}
        where age_scheme = 'standard' and age_group = 'all' and service_area = 'all'
    ),

    coordinators as (
        select coordinators.*, persons.coordinator as persons
        from {{ ref("int_coverage__coordinators") }} as coordinators
        inner join persons using (municipality_code, reference_date)
    )

    {{
        ways_down(
            [
                ("persons", "coordinator", [("no_child_coordinator", "child_coordinator")]),
                ("persons", "coordinator", [("without_plan", "coordinator_and_plan")]),
                ("persons", "coordinator", [("without_meeting", "coordinator_with_meeting")]),
                (
                    "persons",
                    "coordinator",
                    [("no_consent_value", "consent_known"), ("consent_not_given", "consent_yes")],
                ),
                ("persons", "plan", [("with_coordinator", "plan_without_coordinator")]),
                ("persons", "plan", [("plan_not_living", "living_plan")]),
                (
                    "coordinators",
                    "persons",
                    [
                        ("same_coordinator", "distinct_coordinator"),
                        ("area_unknown", "distinct_coordinator_known_area"),
                        ("other_sector", "coordinator_from_health"),
                    ],
                ),
            ]
        )
    }}
