"""What comes from data never becomes markup, whichever template it is put into."""

from pathlib import Path

import pytest

from dashboards.export import templates

FOLDER = Path(templates.__file__).with_name("templates")
MARKUP = "<script>alert('x')</script>\""
ELEMENTS = {
    name: macro for name, macro in vars(templates.elements()).items() if hasattr(macro, "arguments")
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_every_element_escapes_what_it_shows(name: str) -> None:
    pairs, sentences = {"notes", "of", "buttons", "headings"}, {"sentences"}
    html = ELEMENTS[name](
        *(
            [(MARKUP, MARKUP)] if each in pairs else [MARKUP] if each in sentences else MARKUP
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
