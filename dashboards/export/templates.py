"""HTML is made of the templates beside this: whatever is put into one is escaped.

What a template takes as it is, says so (`|safe`), and why.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    """Return a template with values in its places."""
    return _TEMPLATES.get_template(template).render(values)


@cache
def elements() -> Any:
    """Return the small parts of a page, each a function that returns its HTML."""
    return _TEMPLATES.get_template("elements.html").module
