"""What comes from data never becomes markup, whichever template it is put into."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboards.export import templates

FOLDER = Path(templates.__file__).with_name("templates")
MARKUP = "<script>alert('x')</script>\""
ELEMENTS = {
    name: macro for name, macro in vars(templates.elements()).items() if hasattr(macro, "arguments")
}


def _shown(name: str) -> SimpleNamespace:
    """Return a figure of the front page, or its scale, whose every word is markup."""
    mark = SimpleNamespace(what=MARKUP, at=50, words=MARKUP)
    scale = SimpleNamespace(
        value=mark, low=40, high=60, marks=[mark], ends=MARKUP, description=MARKUP
    )
    if name == "scale":
        return scale
    return SimpleNamespace(
        name=MARKUP,
        value=MARKUP,
        interval=MARKUP,
        without=MARKUP,
        arrow=MARKUP,
        held_against=[MARKUP, MARKUP],
        caveats=[MARKUP, MARKUP],
        scale=scale,
    )


@pytest.mark.parametrize("name", sorted(ELEMENTS))
def test_every_element_escapes_what_it_shows(name: str) -> None:
    pairs, sentences = {"notes", "of", "buttons", "headings"}, {"sentences"}
    html = ELEMENTS[name](
        *(
            _shown(name)
            if each == "shown"
            else [(MARKUP, MARKUP)]
            if each in pairs
            else [MARKUP]
            if each in sentences
            else MARKUP
            for each in ELEMENTS[name].arguments
        )
    )
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&#34;" in html


def test_what_a_template_takes_as_it_is_says_why() -> None:
    for file in FOLDER.glob("*.html"):
        above = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if "|safe" in line:
                assert above.startswith("{#"), f"{file.name}: {line}"
            else:
                above = line
