"""What a municipality writes itself survives, whatever it writes."""

import io
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.problems import SamordnaError
from dashboards.i18n.texts import Language, Texts
from dashboards.report.clean_text import clean, for_typesetter, paragraphs
from dashboards.report.own_texts import checked, keep_texts, read_texts

NB = Texts(Language.NB)
WICKED = '<w:p/> {{title}} #import "x" \\ $ * _ ` \x00\x07 \u202eאבג\u202c 😀 æøå \ufffe & ]]>'


def test_texts_are_kept_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "text.yml"
    texts = {
        "summary": "Første linje.\n\nAndre: «avsnitt» # ikke en merknad.",
        "plans": "- et punkt",
    }
    keep_texts(file, texts, NB)
    assert read_texts(file) == texts
    assert "# Individuelle planer" in file.read_text(encoding="utf-8")
    assert read_texts(tmp_path / "none.yml") == {}


@given(st.dictionaries(st.sampled_from(["summary", "coverage"]), st.text(max_size=80)))
@settings(deadline=None, max_examples=60)
def test_whatever_is_kept_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]
) -> None:
    file = tmp_path_factory.mktemp("texts") / "text.yml"
    try:
        known = checked(texts)
    except SamordnaError:
        return
    keep_texts(file, texts, NB)
    assert read_texts(file) == known


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("summary: [", "report_text_yaml"),
        ("- a", "report_text_yaml"),
        ("sumary: a", "report_text_unknown"),
        ("summary: 12", "report_text_kind"),
        ("summary: 'fnr 01 81 80 00010'", "report_text_id"),
        ("'01818000010': a", "report_text_unknown"),
        (f"summary: {'a' * 20_001}", "report_text_long"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, written: str, code: str) -> None:
    file = tmp_path / "text.yml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(SamordnaError) as refused:
        read_texts(file)
    assert refused.value.problem.code == code
    assert "01818000010" not in str(refused.value)


@given(st.text())
def test_clean_text_fits_into_word_and_is_cleaned_once(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    document = Document()
    document.add_paragraph(cleaned)
    document.save(io.BytesIO())


@given(st.text())
def test_the_typesetter_gets_only_what_its_fonts_hold(text: str) -> None:
    shown = for_typesetter(clean(text))
    assert len(shown) == len(clean(text))


def test_an_empty_line_ends_a_paragraph() -> None:
    assert paragraphs("a\nb\r\n\r\n\x00c") == ["a b", "c"]
    assert "\u202e" not in clean(WICKED)


@pytest.mark.parametrize(
    "text",
    [
        "I 2023, 2024 og 2025 var tallene 114, 109 og 101. Målet er 25 % innen 31.12.2027.",
        "251 står uten, 12 flere enn i fjor. Vi ber om 1,5 årsverk (1 950 000 kr) fra 2027.",
    ],
)
def test_years_and_counts_are_no_id(text: str) -> None:
    assert checked({"summary": text}) == {"summary": text}


@pytest.mark.parametrize(
    "text", ["018180 00010", "Født 01.81.80, nummer 00010.", "Om henne: 018180\n00010"]
)
def test_an_id_in_whatever_form_is_refused(text: str) -> None:
    with pytest.raises(SamordnaError):
        checked({"summary": text})
