"""Changing a scenario: targets and assumptions in a form, kept as a file, taken along, opened."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from pydantic import ValidationError

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
        content: dict[str, Any] = {
            "municipality": page.view.municipality,
            "name": name.text_input(
                texts("scenario.name"), scenario.name, max_chars=80, key=f"name_{stamp}"
            ),
            "first_year": int(
                first.number_input(
                    texts("scenario.first_year"),
                    2000,
                    2100,
                    scenario.first_year,
                    key=f"first_{stamp}",
                )
            ),
            "last_year": int(
                last.number_input(
                    texts("scenario.last_year"), 2000, 2100, scenario.last_year, key=f"last_{stamp}"
                )
            ),
            "functions": scenario.functions,
            "growth": scenario.growth,
        }
        st.markdown(f"**{texts('scenario.targets')}** {texts('scenario.targets_help')}")
        content["target"] = {
            "by_age": _shares(
                {age: page.labels.age_group(age) for age in age_groups()},
                scenario.target.by_age,
                f"target_age_{stamp}",
            )
        }
        areas = {area: page.labels.service_area(area) for area in _areas(page)}
        assumed, costs, by_area = st.tabs(
            [texts(f"scenario.{tab}") for tab in ("assumptions", "costs", "by_area")]
        )
        with assumed:
            st.caption(texts("scenario.assumptions_help"))
            content["assumptions"] = _assumptions(page, scenario)
        with costs:
            st.caption(texts("scenario.assumptions_help"))
            content["hourly_cost"] = _costs(page, scenario, areas)
        with by_area:
            st.caption(texts("scenario.targets_help"))
            content["target"]["by_service_area"] = _shares(
                areas, scenario.target.by_service_area, f"target_area_{stamp}"
            )
        content["note"] = st.text_area(
            texts("scenario.note"), scenario.note, max_chars=2000, key=f"note_{stamp}"
        )
        if st.form_submit_button(texts("scenario.save")):
            _keep(page, content)


def _stamp(scenario: Scenario) -> str:
    """Return what tells the fields of a scenario from those of another, or of itself before."""
    return hashlib.sha256(write_scenario(scenario).encode()).hexdigest()[:12]


def _areas(page: Page) -> Sequence[str]:
    return list(reference.service_areas(published(page).publication))


def _shares(named: Mapping[str, str], known: Mapping[str, float], key: str) -> dict[str, float]:
    """Return the shares that are written, as shares of one; of an empty field none."""
    found = {}
    columns = st.columns(min(6, len(named)))
    for number, (code, name) in enumerate(named.items()):
        value = columns[number % len(columns)].number_input(
            name,
            0.0,
            100.0,
            _IN_PER_CENT * known[code] if code in known else None,
            step=1.0,
            format="%g",
            key=f"{key}_{code}",
        )
        if value is not None:
            found[code] = value / _IN_PER_CENT
    return found


def _assumptions(page: Page, scenario: Scenario) -> dict[str, Any]:
    names = {row["assumption"]: row[f"name_{page.texts.language}"] for row in rows("assumptions")}
    return _estimates(
        page,
        {name: (names[name], name) for name in proposals() if name != AREA_COST},
        scenario.assumptions,
        _stamp(scenario),
    )


def _costs(page: Page, scenario: Scenario, areas: Mapping[str, str]) -> dict[str, Any]:
    return _estimates(
        page,
        {area: (name, AREA_COST) for area, name in areas.items()},
        scenario.hourly_cost,
        _stamp(scenario),
    )


def _estimates(
    page: Page, named: Mapping[str, tuple[str, str]], own: Mapping[str, Estimate], stamp: str
) -> dict[str, Any]:
    """Return the estimates that are written; where all three are empty the proposal stands."""
    texts, found = page.texts, {}
    for column, end in zip(st.columns(_WIDTHS)[1:], [*_ENDS, "source"], strict=True):
        column.caption(texts(f"budget.{end}"))
    for code, (name, assumption) in named.items():
        proposal = proposals()[assumption]
        scale = _IN_PER_CENT if proposal.unit == "share" else 1
        columns = st.columns(_WIDTHS)
        columns[0].markdown(f"{name}{' (%)' if scale != 1 else ''}")
        values = {
            end: columns[place].number_input(
                texts(f"budget.{end}"),
                value=round(scale * getattr(own[code], end), 4) if code in own else None,
                min_value=proposal.least * scale,
                max_value=proposal.most * scale,
                placeholder=_written(texts, scale * getattr(proposal.estimate, end)),
                key=f"{code}_{end}_{stamp}",
                step=None,
                label_visibility="collapsed",
            )
            for place, end in enumerate(_ENDS, start=1)
        }
        source = columns[4].text_input(
            texts("budget.source"),
            own[code].source if code in own else "",
            key=f"{code}_source_{stamp}",
            placeholder=texts("budget.source"),
            label_visibility="collapsed",
        )
        written = {end: value / scale for end, value in values.items() if value is not None}
        if written:
            # One number is all three; of two, the middle is the one that is nearest.
            middle = written.get("middle", next(iter(written.values())))
            found[code] = {
                "low": written.get("low", middle),
                "middle": middle,
                "high": written.get("high", middle),
                "source": source,
            }
    return found


def _written(texts: Texts, value: float) -> str:
    return texts.whole(int(value)) if value.is_integer() else texts.decimal(value)


def _keep(page: Page, content: Mapping[str, Any]) -> None:
    try:
        scenario = Scenario.model_validate(dict(content))
        file = keep_scenario(home_from(None), scenario)
    except ValidationError as invalid:
        st.error(_in_words(page, faults_of(invalid)))
    except ScenarioError as error:
        st.error(_in_words(page, error.problems))
    else:
        _go_to(file, page.texts("scenario.saved", file=file))


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
    st.session_state[_TOLD] = list(told)
    choose({Parameter.SCENARIO: file})
    st.rerun()


def _in_words(page: Page, problems: Sequence[Problem]) -> str:
    said = [
        page.texts("scenario.faults"),
        *(problem_in_words(page.texts, each) for each in problems),
    ]
    return "\n\n".join(said)
