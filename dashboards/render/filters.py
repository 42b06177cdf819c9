"""The filters: each follows the address, and what a reader chooses goes into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import streamlit as st

from dashboards.content.shared_labels import SharedLabels
from dashboards.content.wording import Wording
from dashboards.i18n.texts import Language, Texts, alphabetical, capitalised
from dashboards.queries.scenarios import scenarios_of
from dashboards.view.address import choose
from dashboards.view.sharing import (
    Breakdown,
    SharedChoice,
    SharedName,
    SharedOffer,
    last_day,
)
from dashboards.view.state import Offer, Parameter, Role, View

# How much of the row a filter takes, by how long its choices are.
_WIDTHS = {
    Parameter.REFERENCE_DATE: 5,
    Parameter.INDICATOR: 7,
    Parameter.AGE_SCHEME: 6,
    Parameter.SERVICE_AREA: 6,
    Parameter.COMPARED: 11,
    SharedName.PEERS: 11,
}
# What similar municipalities are alike in, in the order of the weights.
_WEIGHED = ("size", "ages", "need")
_USUAL_WIDTH = 4
# Municipalities to compare with are buttons as long as one can take them in; more are a list.
_MOST_BUTTONS = 15


def show(
    labels: Wording, offer: Offer, view: View, *rows: Sequence[Parameter | SharedName]
) -> None:
    """Show rows of filters in a box; what is chosen goes into the address."""
    with st.container(key=f"filters_{rows[0][0]}"):
        for row in rows:
            columns = st.columns([_WIDTHS.get(parameter, _USUAL_WIDTH) for parameter in row])
            for parameter, column in zip(row, columns, strict=True):
                with column:
                    if parameter in (Parameter.COMPARED, SharedName.PEERS):
                        _comparison(parameter, labels, offer, view)
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


def _choice(parameter: Parameter | SharedName, labels: Wording, offer: Offer, view: View) -> None:
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


def weights(texts: Texts, choice: SharedChoice) -> None:
    """Show the weights that similar municipalities are looked for by."""
    st.session_state.update(
        {_weight(name): value for name, value in zip(_WEIGHED, choice.weight_of_each, strict=True)}
    )
    for name, column in zip(_WEIGHED, st.columns(len(_WEIGHED)), strict=True):
        column.slider(
            texts(f"comparison.weight_{name}"),
            min_value=0,
            max_value=3,
            key=_weight(name),
            on_change=_choose_weights,
        )


def _weight(name: str) -> str:
    return f"weight_{name}"


def _choose_weights() -> None:
    choose(
        {SharedName.WEIGHTS: "-".join(str(st.session_state[_weight(name)]) for name in _WEIGHED)}
    )


def _comparison(
    parameter: Parameter | SharedName, labels: Wording, offer: Offer, view: View
) -> None:
    others = sorted(
        (code for code in offer.comparable() if code != view.municipality),
        key=lambda code: alphabetical(labels.municipality(code)),
    )
    chosen = view.compared if parameter is Parameter.COMPARED else view.shared.peers
    _follow_address(parameter, [code for code in chosen if code in others])
    if len(others) > _MOST_BUTTONS:
        st.multiselect(
            labels.texts("filter.compare"),
            others,
            format_func=labels.municipality,
            key=_key(parameter),
            on_change=_choose,
            args=(parameter,),
            placeholder=labels.texts("filter.choose"),
        )
        return
    st.pills(
        labels.texts("filter.compare"),
        others,
        selection_mode="multi",
        format_func=labels.municipality,
        key=_key(parameter),
        on_change=_choose,
        args=(parameter,),
        disabled=not others,
    )
    if not others:
        st.caption(labels.texts("beside.nobody"))


def _choices(
    parameter: Parameter | SharedName, labels: Wording, offer: Offer, view: View
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
    if isinstance(parameter, SharedName):
        return _shared_choices(parameter, labels, offer, view)
    if parameter is Parameter.AGE_SCHEME:
        return list(offer.age_schemes()), view.age_scheme, labels.age_scheme
    if parameter is Parameter.AGE_GROUP:
        return list(offer.age_groups(view.age_scheme)), view.age_group, labels.age_group
    return list(offer.service_areas()), view.service_area, labels.service_area


def _shared_choices(
    parameter: SharedName, labels: Wording, offer: Offer, view: View
) -> tuple[list[str], str, Callable[[str], str]]:
    """Return the same of a choice that only the page of shared packages has."""
    texts, choice = labels.texts, view.shared
    if parameter is SharedName.MONTH:
        months = offer.received.months if isinstance(offer, SharedOffer) else ()
        return (
            ["", *months],
            choice.month if choice.month in months else "",
            lambda month: (
                capitalised(texts.month(last_day(month)))
                if month
                else texts("comparison.newest_month")
            ),
        )
    if parameter is SharedName.AMONG:
        whom = offer.whom() if isinstance(offer, SharedOffer) else []
        among = labels.among if isinstance(labels, SharedLabels) else str
        return whom, choice.among_written, among
    return list(Breakdown), choice.by, lambda code: texts(f"comparison.by_{code}")


def _key(parameter: Parameter | SharedName) -> str:
    return f"choose_{parameter}"


def _follow_address(parameter: Parameter | SharedName, value: str | list[str]) -> None:
    """Set a widget to what the address says, before it is drawn: the address is the truth."""
    st.session_state[_key(parameter)] = value


def _choose(parameter: Parameter | SharedName) -> None:
    choose({parameter: st.session_state[_key(parameter)]})
