"""The page *Årsrapport*: the report of a year is written to, made and taken along."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.content.absence import dates
from dashboards.content.labels import Labels
from dashboards.content.section import Section
from dashboards.content.shared import ON_A_DATE
from dashboards.view.state import Parameter, View


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page: what the report is of, and where it is made."""
    yield Section(filters=[(*ON_A_DATE, Parameter.SCENARIO)])
    dates(labels, view)
    texts = labels.texts
    yield Section(
        lead=[
            texts(
                "report.page.lead",
                municipality=labels.municipality(view.municipality),
                date=view.reference_date,
            )
        ],
        remarks=[texts("report.page.about")],
    )
    yield Section(makes_report=True)
