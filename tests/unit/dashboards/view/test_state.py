"""The address: every choice in it, and nothing in it that can break a page."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.config.paths import Home
from dagster_project.publication.reader.publication import current_publication
from dashboards.i18n.texts import Language
from dashboards.pages import PageKey
from dashboards.view.choices import PublishedOffer
from dashboards.view.preferences import Preferences, read_preferences
from dashboards.view.state import (
    MOST_COMPARED,
    Parameter,
    Role,
    UnusableParameter,
    View,
    read_language,
    read_view,
    write_query,
)
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL, standing_home

GOOD = {
    Parameter.LANGUAGE: ["nb", "nn", "en"],
    Parameter.MUNICIPALITY: [LARGE, MIDDLE, SMALL, EMPTY],
    Parameter.REFERENCE_DATE: ["2025-12-31", "2024-02-29", "2023-01-31"],
    Parameter.INDICATOR: ["coordinator_coverage", "living_plan_share", "coordinator_rate"],
    Parameter.AGE_SCHEME: ["standard", "childhood", "sintef"],
    Parameter.AGE_GROUP: ["all", "0-17", "0-5", "50+"],
    Parameter.SERVICE_AREA: ["all", "home_care", "school"],
    Parameter.COMPARED: [LARGE, MIDDLE, SMALL],
    Parameter.RULE: ["person_unresolved", "withdrawn"],
    Parameter.ROLE: ["leader", "analyst", "steward"],
}


def _offer() -> PublishedOffer:
    return PublishedOffer(
        current_publication(Home(standing_home())), Preferences(), PageKey.COVERAGE
    )


def test_an_empty_address_gives_the_defaults_without_a_word() -> None:
    view, complaints = read_view({}, _offer())
    assert complaints == ()
    assert view == View(Language.NB, LARGE, AS_OF, "coordinator_coverage", "standard")


def test_a_view_survives_the_way_through_the_address() -> None:
    view = View(
        language=Language.NN,
        municipality=MIDDLE,
        reference_date=dt.date(2024, 2, 29),
        indicator="plan_coverage",
        age_scheme="sintef",
        age_group="50+",
        service_area="home_care",
        compared=(LARGE, SMALL),
        rule="withdrawn",
        role=Role.STEWARD,
    )
    assert read_view(write_query(view), _offer()) == (view, ())


_words = st.text(max_size=20)
_values = st.lists(_words | st.sampled_from(sorted({v for good in GOOD.values() for v in good})))
_queries = st.dictionaries(st.sampled_from([*map(str, Parameter)]) | _words, _values, max_size=12)


@given(_queries)
def test_any_address_gives_a_view_that_can_be_shown_or_is_complained_about(
    query: dict[str, list[str]],
) -> None:
    offer = _offer()
    view, complaints = read_view(query, offer)
    assert view.language in Language
    assert view.municipality in offer.municipalities()
    assert view.reference_date in offer.reference_dates(view.municipality)
    assert view.indicator in offer.indicators()
    assert view.age_scheme in offer.age_schemes()
    assert view.age_group in offer.age_groups(view.age_scheme)
    assert view.service_area in offer.service_areas()
    assert set(view.compared) <= set(offer.municipalities()) - {view.municipality}
    assert len(view.compared) <= MOST_COMPARED
    assert view.rule is None or view.rule in offer.rules()
    if not complaints:
        shown = write_query(view)
        for name, values in query.items():
            if values and name != Parameter.COMPARED:
                assert shown[name] == values
        wanted = set(query.get(Parameter.COMPARED, [])) - {view.municipality}
        assert set(view.compared) == wanted


@given(st.fixed_dictionaries({}, optional={name: st.sampled_from(v) for name, v in GOOD.items()}))
def test_what_is_on_offer_is_taken(query: dict[str, str]) -> None:
    view, complaints = read_view({name: [value] for name, value in query.items()}, _offer())
    for name, value in write_query(view).items():
        if name in query and name not in complaints and name != Parameter.COMPARED:
            assert value == [query[name]]


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ({"date": ["2031-01-01"]}, Parameter.REFERENCE_DATE),
        ({"date": ["yesterday"]}, Parameter.REFERENCE_DATE),
        ({"date": ["2025-12-31", "2025-11-30"]}, Parameter.REFERENCE_DATE),
        ({"municipality": ["0301"]}, Parameter.MUNICIPALITY),
        ({"municipality": ["' or 1=1 --"]}, Parameter.MUNICIPALITY),
        ({"indicator": ["persons_per_coordinator"]}, Parameter.INDICATOR),
        ({"ages": ["standard"], "age": ["0-5"]}, Parameter.AGE_GROUP),
        ({"compare": ["9999"]}, Parameter.COMPARED),
        ({"rule": ["none"]}, Parameter.RULE),
        ({"lang": ["de"]}, Parameter.LANGUAGE),
        ({"komune": [LARGE]}, UnusableParameter.UNKNOWN_NAME),
    ],
)
def test_what_is_not_on_offer_is_complained_about(
    query: dict[str, list[str]], complaint: Parameter | UnusableParameter
) -> None:
    view, complaints = read_view(query, _offer())
    assert complaints == (complaint,)
    assert view == read_view({}, _offer())[0]


def test_a_municipality_without_figures_can_be_chosen() -> None:
    view, complaints = read_view({"municipality": [EMPTY]}, _offer())
    assert (view.municipality, view.reference_date, complaints) == (EMPTY, AS_OF, ())


def test_the_installations_own_municipality_and_language_are_the_defaults(tmp_path) -> None:
    (tmp_path / "sources.yml").write_text(
        'home_municipality: "5530"\nlanguage: nn\nsources: [{fault: here}]\n', encoding="utf-8"
    )
    preferences = read_preferences(Home(tmp_path))
    assert preferences == Preferences(Language.NN, MIDDLE)
    offer = PublishedOffer(
        current_publication(Home(standing_home())), preferences, PageKey.COVERAGE
    )
    view, _ = read_view({}, offer)
    assert (view.language, view.municipality) == (Language.NN, MIDDLE)
    by_name = PublishedOffer(
        offer.publication, Preferences(municipality="Suldal"), PageKey.COVERAGE
    )
    assert read_view({}, by_name)[0].municipality == SMALL


@pytest.mark.parametrize("content", ["", "- a list", "language: fr", ": : :", "language: [nb]"])
def test_a_file_of_sources_with_faults_gives_the_defaults(tmp_path, content: str) -> None:
    (tmp_path / "sources.yml").write_text(content, encoding="utf-8")
    assert read_preferences(Home(tmp_path)) == Preferences()


def test_without_a_file_of_sources_the_defaults_apply(tmp_path) -> None:
    assert read_preferences(Home(tmp_path)) == Preferences()


def test_the_language_is_read_where_nothing_else_can_be() -> None:
    assert read_language({"lang": ["nn"]}, Language.NB) is Language.NN
    assert read_language({"lang": ["xx"]}, Language.EN) is Language.EN
    assert read_language({}, Language.NB) is Language.NB
