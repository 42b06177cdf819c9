"""What a page is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dagster_project.publication.reader.publication import Publication
from dashboards.charts.colours import Palette
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Texts
from dashboards.pages import PageKey
from dashboards.view.choices import PublishedOffer
from dashboards.view.state import View


@dataclass(frozen=True)
class Page:
    """What a page is drawn from. It holds on to one publication."""

    key: PageKey
    # What links to pages lead to.
    entries: Mapping[PageKey, st.Page]
    texts: Texts
    labels: Labels
    palette: Palette
    publication: Publication
    offer: PublishedOffer
    view: View
