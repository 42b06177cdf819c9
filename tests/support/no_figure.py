"""Why there is nothing to show, where there is nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dashboards.content.section import NoFigure


def absence(read: Callable[[], object]) -> str:
    """Return the sentence that is raised where a figure is read that there is none of."""
    with pytest.raises(NoFigure) as raised:
        read()
    return raised.value.sentence
