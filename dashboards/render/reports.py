"""The page *Årsrapport*: own texts in a form, the making with its progress, the files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import streamlit as st

from dagster_project.config.paths import home_from
from dagster_project.problems import Problem, SamordnaError
from dashboards.i18n.texts import Language, Texts
from dashboards.queries.scenarios import scenario_of
from dashboards.render.page import Page, published
from dashboards.report import own_texts
from dashboards.report.blocks import Edition
from dashboards.report.content import KEYS
from dashboards.report.make import Asked, Files, make_report

_LANGUAGES = (Language.NB, Language.NN, Language.EN)
_ENDINGS = ("docx", "pdf", "pptx")
_MADE = "report_made"
# What a report tells while it is made: its chapters, its charts, three files.
_STEPS = len(KEYS) + 4
# A municipality, a day and a publication.
_Of = tuple[str, dt.date, str]


def draw(page: Page) -> None:
    """Show what a report is made by, and the files of the one that was made last."""
    texts, view = page.texts, page.view
    _own_texts(page)
    with st.form("report", border=False):
        which, language = st.columns(2)
        edition = which.radio(
            texts("report.fact.edition"),
            list(Edition),
            format_func=lambda each: texts(f"report.edition.{each}"),
        )
        told_in = language.radio(
            texts("filter.lang"),
            _LANGUAGES,
            index=_LANGUAGES.index(view.language),
            format_func=lambda each: texts(f"language.{each}"),
        )
        if st.form_submit_button(texts("report.page.make")):
            _make(page, Edition(edition), Language(told_in))
    made: tuple[_Of, Files] | None = st.session_state.get(_MADE)
    if made and made[0] == _of(page):
        _files(page, made[1])


def _own_texts(page: Page) -> None:
    texts = page.texts
    file = own_texts.file_of(home_from(None), page.view.municipality, page.view.reference_date.year)
    known: dict[str, str] = {}
    try:
        known = own_texts.read_texts(file)
    except SamordnaError as error:
        st.error(_in_words(texts, error.problem))
        return
    with st.expander(texts("report.page.own")), st.form("own_texts", border=False):
        st.caption(texts("report.page.own_help"))
        stamp = f"{page.view.municipality}_{page.view.reference_date.year}"
        written = {
            key: st.text_area(
                texts(f"report.chapter.{key}"),
                known.get(key, ""),
                max_chars=own_texts.LONGEST,
                key=f"own_{key}_{stamp}",
            )
            for key in KEYS
        }
        if st.form_submit_button(texts("report.page.save")):
            try:
                own_texts.keep_texts(file, {k: v for k, v in written.items() if v.strip()}, texts)
                st.success(texts("report.page.saved"))
            except SamordnaError as error:
                st.error(_in_words(texts, error.problem))


def _make(page: Page, edition: Edition, language: Language) -> None:
    view, texts = page.view, page.texts
    asked = Asked(
        view.municipality,
        view.reference_date,
        language,
        edition,
        scenario_of(view.municipality, view.scenario) if view.scenario else None,
    )
    shown = st.progress(0.0)
    done = 0

    def told(what: str) -> None:
        nonlocal done
        shown.progress(min(1.0, done / _STEPS), texts("report.page.making", what=what))
        done += 1

    try:
        st.session_state[_MADE] = (_of(page), make_report(home_from(None), asked, told))
    except SamordnaError as error:
        st.error(_in_words(texts, error.problem))
    shown.empty()


def _files(page: Page, files: Files) -> None:
    texts = page.texts
    for notice in files.notices:
        st.warning(_in_words(texts, notice))
    with st.container(horizontal=True, key="report_files"):
        for ending in _ENDINGS:
            path: Path = getattr(files, ending)
            if path.is_file():
                st.download_button(
                    texts(f"report.page.{ending}"),
                    path.read_bytes(),
                    file_name=path.name,
                    key=f"report_{ending}",
                    on_click="ignore",
                )


def _of(page: Page) -> _Of:
    """Return what the files that are shown are of: another view has other files."""
    return page.view.municipality, page.view.reference_date, published(page).publication.id


def _in_words(texts: Texts, problem: Problem) -> str:
    key = f"report.fault.{problem.code}"
    named = dict(problem.params)
    if texts.known(f"report.chapter.{named.get('chapter')}"):
        named["chapter"] = texts(f"report.chapter.{named['chapter']}")
    return texts(key, **named) if texts.known(key) else str(problem)
