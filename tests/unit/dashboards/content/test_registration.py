"""The rows of a finding, as the steward looks through them."""

from __future__ import annotations

import datetime as dt

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.content import registration
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts
from dashboards.view.state import View
from tests.support import publication as made


def test_a_day_in_a_finding_is_sorted_as_days_are() -> None:
    labels = Labels(current_publication(Home(made.standing_home())), Texts(Language.NB))
    view = View(Language.NB, "3203", made.AS_OF, "coordinator_coverage", "standard")
    found = registration.gather(labels, view)
    assert isinstance(found, registration.Provenance)
    closed = registration.table_of_rows(found, "closed_by_employment", 50)
    assert {row[4] for row in closed.rows} == {dt.date(2024, 8, 31), dt.date(2025, 8, 31)}
    unknown = registration.table_of_rows(found, "unknown_value", 50)
    assert {row[4] for row in unknown.rows} == {"rolle: =SUM(1;1)"}
