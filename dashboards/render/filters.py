"""The filters: each follows the address, and what a reader chooses goes into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import streamlit as st

from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts, alphabetical
from dashboards.queries.scenarios import scenarios_of
from dashboards.view.address import choose
from dashboards.view.choices import PublishedOffer
from dashboards.view.state import Parameter, Role, View

# How much of the row a filter takes, by how long its choices are.
_WIDTHS = {
    Parameter.REFERENCE_DATE: 5,
    Parameter.INDICATOR: 7,
    Parameter.AGE_SCHEME: 6,
    Parameter.SERVICE_AREA: 6,
    Parameter.COMPARED: 11,
}
_USUAL_WIDTH = 4
# Municipalities to compare with are buttons as long as one can take them in; more are a list.
_MOST_BUTTONS = 15


def show(labels: Labels, offer: PublishedOffer, view: View, *rows: Sequence[Parameter]) -> None:
    """Show rows of filters in a box; what is chosen goes into the address."""
    with st.container(key=f"filters_{rows[0][0]}"):
        for row in rows:
            columns = st.columns([_WIDTHS.get(parameter, _USUAL_WIDTH) for parameter in row])
            for parameter, column in zip(row, columns, strict=True):
                with column:
                    if parameter is Parameter.COMPARED:
                        _comparison(labels, offer, view)
                    else:
                        _choice(parameter, labels, offer, view)


def language(texts: Texts) -> None:
    """Show the languages."""
    _follow_address(Parameter.LANGUAGE, texts.language.value)
    st.segmented_control(
        texts("filter.lang"),
        [language.value for language in Language],
        format_func=lambda code: texts(f"language.{code}"),
        key=_key(Parameter.LANGUAGE),
        on_change=_choose,
        args=(Parameter.LANGUAGE,),
        required=True,
        label_visibility="collapsed",
    )


def role(texts: Texts, current: Role) -> None:
    """Show the roles: what the front page leads with."""
    _follow_address(Parameter.ROLE, current.value)
    st.segmented_control(
        texts("filter.role"),
        [role.value for role in Role],
        format_func=lambda code: texts(f"role.{code}"),
        key=_key(Parameter.ROLE),
        on_change=_choose,
        args=(Parameter.ROLE,),
        required=True,
    )


def _choice(parameter: Parameter, labels: Labels, offer: PublishedOffer, view: View) -> None:
    options, current, name = _choices(parameter, labels, offer, view)
    _follow_address(parameter, current)
    st.selectbox(
        labels.texts(f"filter.{parameter}"),
        options,
        format_func=name,
        key=_key(parameter),
        on_change=_choose,
        args=(parameter,),
        placeholder=labels.texts("filter.choose"),
    )


def _comparison(labels: Labels, offer: PublishedOffer, view: View) -> None:
    others = [
        code
        for code in offer.municipalities()
        if code != view.municipality and offer.has_figures(code)
    ]
    _follow_address(Parameter.COMPARED, list(view.compared))
    if len(others) > _MOST_BUTTONS:
        st.multiselect(
            labels.texts("filter.compare"),
            sorted(others, key=lambda code: alphabetical(labels.municipality(code))),
            format_func=labels.municipality,
            key=_key(Parameter.COMPARED),
            on_change=_choose,
            args=(Parameter.COMPARED,),
            placeholder=labels.texts("filter.choose"),
        )
        return
    st.pills(
        labels.texts("filter.compare"),
        others,
        selection_mode="multi",
        format_func=labels.municipality,
        key=_key(Parameter.COMPARED),
        on_change=_choose,
        args=(Parameter.COMPARED,),
        disabled=not others,
    )


def _choices(
    parameter: Parameter, labels: Labels, offer: PublishedOffer, view: View
) -> tuple[list[str], str, Callable[[str], str]]:
    """Return what a filter offers, what is chosen, and what the choices are called."""
    if parameter is Parameter.MUNICIPALITY:
        by_name = sorted(
            offer.municipalities(), key=lambda code: alphabetical(labels.municipality(code))
        )
        return by_name, view.municipality, labels.municipality
    if parameter is Parameter.REFERENCE_DATE:
        days = [day.isoformat() for day in offer.reference_dates(view.municipality)]
        return (
            days,
            view.reference_date.isoformat(),
            lambda day: labels.texts.date(dt.date.fromisoformat(day)),
        )
    if parameter is Parameter.INDICATOR:
        return list(offer.indicators()), view.indicator, labels.indicator
    if parameter is Parameter.SCENARIO:
        # Each name is asked for by itself, and a name stands in its file.
        names = {kept.file: kept.name for kept in scenarios_of(view.municipality)}
        return (
            list(offer.scenarios(view.municipality)),
            view.scenario,
            lambda file: names.get(file, labels.texts("scenario.none")),
        )
    if parameter is Parameter.AGE_SCHEME:
        return list(offer.age_schemes()), view.age_scheme, labels.age_scheme
    if parameter is Parameter.AGE_GROUP:
        return list(offer.age_groups(view.age_scheme)), view.age_group, labels.age_group
    return list(offer.service_areas()), view.service_area, labels.service_area


def _key(parameter: Parameter) -> str:
    return f"choose_{parameter}"


def _follow_address(parameter: Parameter, value: str | list[str]) -> None:
    """Set a widget to what the address says, before it is drawn: the address is the truth."""
    st.session_state[_key(parameter)] = value


def _choose(parameter: Parameter) -> None:
    choose({parameter: st.session_state[_key(parameter)]})
