"""Which tables a publication holds, and what of them.

Some lie apart for each municipality, some are gathered from all of them into one file, and some say
the same to everybody (`layout`).

The profile `internal` is for the municipality's own people. Persons stay in the warehouse: what is
published says which row of which file, never whose it is. What one municipality sees of another is
share packages.
"""

from __future__ import annotations

from dagster_project.contract import WHOLE_COUNTRY

_OF_THE_COUNTRY = ", ".join(f"'{record}'" for record in sorted(WHOLE_COUNTRY))

# A municipality's own, in a file of its own.
OWN: dict[str, str] = {
    "coverage": """
        select * from marts.coverage
        order by municipality_code, indicator, age_scheme, age_group, service_area, reference_date
    """,
    "coverage_change": """
        select * from marts.coverage_change
        order by municipality_code, reference_date, indicator, age_group, cause
    """,
    "unmet_need": """
        select * from marts.unmet_need
        order by
            municipality_code, reference_date, lacking, age_group, service_area, months_in_group,
            under_way
    """,
    "share_count": """
        select * from marts.share_count
        order by
            municipality_code, reference_date, service_area, age_group, coordinator, plan
    """,
    "population": """
        select * from marts.population order by municipality_code, year, age
    """,
    "waterfall": """
        select * from marts.waterfall
        order by municipality_code, measure, reference_date, step_order
    """,
    "comparability": """
        select * from marts.comparability order by municipality_code, indicator, reference_date
    """,
    "reported_vs_registered": """
        select * from marts.reported_vs_registered
        order by municipality_code, reference_date, measure, service_area, unit
    """,
    "unit": "select * from marts.unit order by municipality_code, unit, first_day",
    "unit_count": """
        select * from marts.unit_count
        order by municipality_code, reference_date, service_area, unit
    """,
    "unit_report": """
        select * from marts.unit_report order by municipality_code, reference_date, unit
    """,
    "register_mirror": """
        select * from marts.register_mirror order by municipality_code, reference_date, figure
    """,
    "register_mirror_cause": """
        select * from marts.register_mirror_cause
        order by municipality_code, reference_date, figure, side, cause
    """,
    "register_mirror_finding": """
        select * from marts.register_mirror_finding
        order by municipality_code, reference_date, figure, rule, record
    """,
    "housing_need": """
        select * from marts.housing_need
        order by municipality_code, reference_date, wanted_year
    """,
    "housing_type": """
        select * from marts.housing_type
        order by municipality_code, reference_date, housing_type
    """,
    "coordinator_load": """
        select * from marts.coordinator_load
        order by municipality_code, reference_date, service_area, sector, load
    """,
    "departed_coordinator": """
        select * from marts.departed_coordinator
        order by municipality_code, reference_date, service_area
    """,
    "plan_age": """
        select * from marts.plan_age order by municipality_code, reference_date, age_of_plan
    """,
    "transition": """
        select * from marts.transition
        order by municipality_code, reference_date, turns, quarter
    """,
    "transition_row": """
        select * from marts.transition_row
        order by municipality_code, turns, case_number, record, source, row_number
    """,
    "primary_contact": """
        select * from marts.primary_contact order by municipality_code, reference_date, age_group
    """,
    "plan_not_active": """
        select * from marts.plan_not_active
        order by municipality_code, reference_date, plan_status, age_group
    """,
    "trained_coordinator": """
        select * from marts.trained_coordinator
        order by municipality_code, reference_date, service_area
    """,
    "training_need_status": """
        select * from marts.training_need_status
        order by municipality_code, reference_date, topic, need_status
    """,
    "goal_followup": """
        select * from marts.goal_followup
        order by municipality_code, reference_date, months_since_first
    """,
    "target": "select * from marts.target order by municipality_code, indicator",
    "meeting_count": """
        select * from marts.meeting_count order by municipality_code, month, meeting_type
    """,
    "meeting_form_count": """
        select * from marts.meeting_form_count order by municipality_code, month, meeting_form
    """,
    "meeting_frequency": """
        select * from marts.meeting_frequency
        order by municipality_code, reference_date, meetings_in_year
    """,
    "active_team": """
        select * from marts.active_team order by municipality_code, reference_date, meeting_form
    """,
    "meeting_participation": """
        select * from marts.meeting_participation
        order by municipality_code, reference_date, participant
    """,
    "notice_flow": """
        select * from marts.notice_flow
        order by municipality_code, reference_date, step_order, step, outcome_order, outcome
    """,
    "notice_sender": """
        select * from marts.notice_sender order by municipality_code, reference_date, sender
    """,
    "notice_channel": """
        select * from marts.notice_channel
        order by municipality_code, reference_date, channel
    """,
    "notice_survival": """
        select * from marts.notice_survival order by municipality_code, reference_date, days
    """,
    "journal_count": """
        select * from marts.journal_count order by municipality_code, month
    """,
    "reconciliation": """
        select * from marts.reconciliation order by municipality_code, source, delivered, delivery
    """,
    "findings": """
        select * exclude (person_key) from marts.findings order by municipality_code, finding_id
    """,
    "check_result": """
        select
            delivery.source,
            delivery.record,
            delivery.municipality_code,
            delivery.delivery,
            delivery.delivered,
            delivery_check.* exclude (delivery_number)
        from landing.delivery_check
        inner join intermediate.int_delivery as delivery using (delivery_number)
        order by delivery.municipality_code, source, delivered, delivery, check_name
    """,
    "definition": """
        select * from marts.definition order by municipality_code, parameter
    """,
    "series_break": """
        select * from marts.series_break
        order by municipality_code, first_day_after, kind, indicator, record, source
    """,
}

# Read across the municipalities, so that none has to be opened for it: nobody's counts, for whoever
# sees one municipality's figures opens these too (decision 0021).
GATHERED: dict[str, str] = {
    # Which figures there are, and how each is cut; what they are is in `coverage`.
    "overview": """
        select
            municipality_code,
            indicator,
            reference_date,
            bool_or(age_group <> 'all') as has_ages,
            bool_or(service_area <> 'all') as has_areas
        from marts.coverage
        group by municipality_code, indicator, reference_date
        order by indicator, reference_date, municipality_code
    """,
    # Statistics of the whole country are delivered once, and stand behind everybody's figures.
    "common_delivery": f"""
        select * from marts.reconciliation
        where record in ({_OF_THE_COUNTRY})
        order by source, delivered, delivery
    """,  # noqa: S608 - the record types' own names
    "municipality": """
        select municipality_code, municipality_name, definition_set, as_of
        from intermediate.int_municipality
        inner join intermediate.int_definition using (municipality_code)
        left join intermediate.int_as_of using (municipality_code)
        order by municipality_code
    """,
}

# What the figures are of: the same for every municipality.
COMMON: dict[str, str] = {
    "indicator": "select * exclude (bounded) from reference.indicators order by sort_order",
    "age_group": "select * from reference.age_groups order by age_scheme, sort_order",
    "service_area": "select * from reference.service_areas order by sort_order",
    "code_name": "select * from reference.code_names order by field, sort_order",
    "measure": "select * exclude (counted_with) from reference.measures order by sort_order",
    "change_cause": "select * from reference.change_causes order by sort_order",
    "grade": "select * from reference.grades order by grade",
    "rule": "select * from reference.rules order by sort_order",
    "waterfall_step": "select * from reference.waterfall_steps order by sort_order",
}

INTERNAL = {**OWN, **GATHERED, **COMMON}

# What of a table names a publication, where some of it only leads back to a row: the same rows in
# another order, in a copy of the file or under another name are the same figures (decision 0007).
NAMED_BY: dict[str, str] = {
    "reconciliation": """
        select * exclude (delivery, problem_text, notices) from marts.reconciliation
        where status <> 'repeated'
    """,
    # Which of several rows alike is told of first, and so the finding's number, is their order's.
    "findings": """
        select
            rule, source, registration_id, first_seen, municipality_code, delivered, column_name,
            case when rule <> 'duplicate_row' then detail end as detail
        from marts.findings
    """,
    "check_result": """
        select
            delivery.municipality_code,
            delivery.source,
            delivery.delivered,
            delivery_check.* exclude (delivery_number)
        from landing.delivery_check
        inner join intermediate.int_delivery as delivery using (delivery_number)
    """,
}
