"""Changing a scenario: targets and assumptions in a form, kept as a file, taken along, opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from dagster_project.config.paths import home_from
from dagster_project.planning.scenario import (
    AREA_COST,
    Estimate,
    Scenario,
    ScenarioError,
    age_groups,
    faults_of,
    proposals,
    read_scenario,
    write_scenario,
)
from dagster_project.planning.store import KeptScenario, drop_scenario, keep_scenario
from dagster_project.problems import Problem
from dagster_project.publication.reader import coverage, reference
from dagster_project.reference import rows
from dashboards.content.budget import problem_in_words
from dashboards.i18n.texts import Texts
from dashboards.render.page import Page, published
from dashboards.view.address import choose
from dashboards.view.state import Parameter

_ENDS = ("low", "middle", "high")
# What was said when a scenario was kept, until it has been read.
_TOLD, _FAULTS = "scenario_told", "scenario_faults"
_IN_PER_CENT = 100
# The name of an assumption, its three values, and where they are from.
_WIDTHS = (4, 1, 1, 1, 4)
# Which scenario the fields show, and what tells them from those of the one before.
_FIELDS = "scenario_fields"
# What reads the estimates that are written in a form.
_Read = Callable[[], dict[str, dict[str, Any]]]


def draw(page: Page, kept: KeptScenario) -> None:
    """Show the form of a scenario, and what was said when it was last kept."""
    texts = page.texts
    for told in st.session_state.pop(_TOLD, []):
        st.info(told)
    for fault in st.session_state.pop(_FAULTS, []):
        st.error(fault)
    if kept.scenario is None:
        st.error(_in_words(page, kept.problems))
    with st.expander(texts("budget.change_scenario"), expanded=kept.scenario is None):
        with st.container(horizontal=True, key="scenario_files"):
            _download(page, kept)
            _upload(page)
            if kept.file and st.button(
                texts("scenario.delete"), key="scenario_delete", type="tertiary"
            ):
                drop_scenario(home_from(None), page.view.municipality, kept.file)
                _go_to("", texts("scenario.deleted"))
        if kept.scenario is not None:
            _form(page, kept.scenario)


def _form(page: Page, scenario: Scenario) -> None:
    texts, stamp = page.texts, _stamp(scenario)
    with st.form("scenario", border=False):
        name, first, last = st.columns([4, 1, 1])
        name.text_input(texts("scenario.name"), scenario.name, max_chars=80, key=f"name_{stamp}")
        for column, which, year in (
            (first, "first_year", scenario.first_year),
            (last, "last_year", scenario.last_year),
        ):
            column.number_input(
                texts(f"scenario.{which}"), 2000, 2100, year, key=f"{which}_{stamp}"
            )
        st.markdown(f"**{texts('scenario.targets')}** {texts('scenario.targets_help')}")
        by_age = _shares(
            {age: page.labels.age_group(age) for age in age_groups()},
            scenario.target.by_age,
            f"target_age_{stamp}",
        )
        areas = {area: page.labels.service_area(area) for area in _areas(page)}
        assumed, costs, by_area = st.tabs(
            [texts(f"scenario.{tab}") for tab in ("assumptions", "costs", "by_area")]
        )
        with assumed:
            st.caption(texts("scenario.assumptions_help"))
            assumptions = _assumptions(page, scenario, stamp)
        with costs:
            st.caption(texts("scenario.assumptions_help"))
            hourly_cost = _costs(page, scenario, areas, stamp)
        with by_area:
            st.caption(texts("scenario.targets_help"))
            by_service_area = _shares(
                areas, scenario.target.by_service_area, f"target_area_{stamp}"
            )
        st.text_area(texts("scenario.note"), scenario.note, max_chars=2000, key=f"note_{stamp}")

        def keep() -> None:
            written = {
                which: st.session_state[f"{which}_{stamp}"]
                for which in ("name", "first_year", "last_year", "note")
            }
            content = {
                **written,
                "municipality": page.view.municipality,
                "functions": scenario.functions,
                "growth": scenario.growth,
                "target": {"by_age": by_age(), "by_service_area": by_service_area()},
                "assumptions": assumptions(),
                "hourly_cost": hourly_cost(),
            }
            _keep(page, content, stamp)

        # Kept before the page is drawn, which is then drawn once.
        st.form_submit_button(texts("scenario.save"), on_click=keep)


def _stamp(scenario: Scenario) -> int:
    """Return what tells the fields of a scenario from those of another, or of itself before.

    What was kept from the fields themselves stands in them already: drawing some hundred anew would
    take longer than the figures do.
    """
    content = write_scenario(scenario)
    shown, stamp = st.session_state.get(_FIELDS, ("", 0))
    if shown != content:
        stamp += 1
        st.session_state[_FIELDS] = (content, stamp)
    return int(stamp)


def _areas(page: Page) -> Sequence[str]:
    return list(reference.service_areas(published(page).publication))


def _shares(
    named: Mapping[str, str], known: Mapping[str, float], key: str
) -> Callable[[], dict[str, float]]:
    """Return what reads the shares that are written, as shares of one; of an empty field none."""
    columns = st.columns(min(6, len(named)))
    for number, (code, name) in enumerate(named.items()):
        _number(
            columns[number % len(columns)],
            name,
            _IN_PER_CENT * known[code] if code in known else None,
            f"{key}_{code}",
            min_value=0.0,
            max_value=100.0,
            step=1.0,
            format="%g",
        )

    def read() -> dict[str, float]:
        written = {code: st.session_state[f"{key}_{code}"] for code in named}
        return {code: value / _IN_PER_CENT for code, value in written.items() if value is not None}

    return read


def _assumptions(page: Page, scenario: Scenario, stamp: int) -> _Read:
    names = {row["assumption"]: row[f"name_{page.texts.language}"] for row in rows("assumptions")}
    named = {name: (names[name], name) for name in proposals() if name != AREA_COST}
    return _estimates(page, named, scenario.assumptions, stamp)


def _costs(page: Page, scenario: Scenario, areas: Mapping[str, str], stamp: int) -> _Read:
    named = {area: (name, AREA_COST) for area, name in areas.items()}
    return _estimates(page, named, scenario.hourly_cost, stamp)


def _estimates(
    page: Page, named: Mapping[str, tuple[str, str]], own: Mapping[str, Estimate], stamp: int
) -> _Read:
    """Return what reads the estimates; where all three are empty the proposal stands."""
    texts, readers = page.texts, {}
    for column, end in zip(st.columns(_WIDTHS)[1:], [*_ENDS, "source"], strict=True):
        column.caption(texts(f"budget.{end}"))
    for code, (name, assumption) in named.items():
        proposal = proposals()[assumption]
        scale = _IN_PER_CENT if proposal.unit == "share" else 1
        columns = st.columns(_WIDTHS)
        columns[0].markdown(f"{name}{' (%)' if scale != 1 else ''}")
        for place, end in enumerate(_ENDS, start=1):
            _number(
                columns[place],
                texts(f"budget.{end}"),
                round(scale * getattr(own[code], end), 4) if code in own else None,
                f"{code}_{end}_{stamp}",
                min_value=proposal.least * scale,
                max_value=proposal.most * scale,
                placeholder=_written(texts, scale * getattr(proposal.estimate, end)),
                label_visibility="collapsed",
            )
        columns[4].text_input(
            texts("budget.source"),
            own[code].source if code in own else "",
            key=f"{code}_source_{stamp}",
            placeholder=texts("budget.source"),
            label_visibility="collapsed",
        )
        readers[code] = partial(_estimate, f"{code}_{{}}_{stamp}", scale)
    return lambda: {code: found for code, read in readers.items() if (found := read())}


def _number(column: DeltaGenerator, label: str, value: float | None, key: str, **said: Any) -> None:
    """Draw a field for a number that may be emptied.

    One that begins with a number of its own can only go back to it.
    """
    st.session_state.setdefault(key, value)
    column.number_input(label, value=None, key=key, **said)


def _estimate(key: str, scale: int) -> dict[str, Any]:
    """Return the estimate that is written; nothing where no number is."""
    keys = [key.format(end) for end in _ENDS]
    written = [st.session_state[each] for each in keys]
    if all(value is None for value in written):
        return {}
    # One number is all three; of two, the middle is the one that is nearest. The fields say so.
    middle = next(value for value in (written[1], *written) if value is not None)
    for each, value in zip(keys, written, strict=True):
        if value is None:
            st.session_state[each] = middle
    ends = zip(_ENDS, (st.session_state[each] / scale for each in keys), strict=True)
    return {**dict(ends), "source": st.session_state[key.format("source")]}


def _written(texts: Texts, value: float) -> str:
    return texts.whole(int(value)) if value.is_integer() else texts.decimal(value)


def _keep(page: Page, content: Mapping[str, Any], stamp: int) -> None:
    try:
        scenario = Scenario.model_validate(dict(content))
        file = keep_scenario(home_from(None), scenario)
    except ValidationError as invalid:
        st.session_state[_FAULTS] = [_in_words(page, faults_of(invalid))]
    except ScenarioError as error:
        st.session_state[_FAULTS] = [_in_words(page, error.problems)]
    else:
        st.session_state[_FIELDS] = (write_scenario(scenario), stamp)
        _show(file, page.texts("scenario.saved", file=file))


def _download(page: Page, kept: KeptScenario) -> None:
    if kept.scenario is None:
        return
    st.download_button(
        page.texts("scenario.download"),
        write_scenario(kept.scenario),
        kept.file or f"{page.view.municipality}.yml",
        "application/yaml",
        on_click="ignore",
        key="scenario_download",
        type="tertiary",
    )


def _upload(page: Page) -> None:
    """Open a file from elsewhere: it is kept here, and stands as the municipality's own."""
    with st.popover(page.texts("scenario.upload")):
        file = st.file_uploader(
            page.texts("scenario.upload"), ["yml", "yaml"], key="scenario_upload"
        )
    if file is None or st.session_state.get("scenario_opened") == file.file_id:
        return
    st.session_state["scenario_opened"] = file.file_id
    try:
        scenario = read_scenario(file.getvalue().decode("utf-8", "replace"))
        told = []
        if scenario.municipality != page.view.municipality:
            known = coverage.municipalities(published(page).publication)
            of = (
                known[scenario.municipality].name
                if scenario.municipality in known
                else scenario.municipality
            )
            told.append(page.texts("scenario.other_municipality", municipality=of))
            scenario = scenario.model_copy(update={"municipality": page.view.municipality})
        kept = keep_scenario(home_from(None), scenario)
    except ScenarioError as error:
        # Told above the form, which may be closed.
        st.session_state[_FAULTS] = [_in_words(page, error.problems)]
        st.rerun()
    _go_to(kept, *told, page.texts("scenario.saved", file=kept))


def _go_to(file: str, *told: str) -> None:
    _show(file, *told)
    st.rerun()


def _show(file: str, *told: str) -> None:
    st.session_state[_TOLD] = list(told)
    choose({Parameter.SCENARIO: file})


def _in_words(page: Page, problems: Sequence[Problem]) -> str:
    said = [
        page.texts("scenario.faults"),
        *(problem_in_words(page.texts, each) for each in problems),
    ]
    return "\n\n".join(said)
