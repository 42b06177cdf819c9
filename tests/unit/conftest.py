"""What the unit tests share: pages are opened without a browser, hundreds of times."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(autouse=True, scope="session")
def _installed_components_are_looked_for_once() -> Iterator[None]:
    """Every opening of a page reads the metadata of every installed package: half of its time."""
    patch = pytest.MonkeyPatch()
    scan = functools.cache(manifest_scanner.scan_component_manifests)
    patch.setattr(manifest_scanner, "scan_component_manifests", scan)
    yield
    patch.undo()
