from __future__ import annotations

import pytest

from dashboards.report.blocks import Chapter, Paragraph, Slide, Style
from dashboards.report.findings import finding, sentences, slides_of

_KEYS = (
    "summary", "coverage", "missing", "causes", "plans", "coordinators", "notices", "needs",
    "quality",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Det er 124 per 31. desember 2024. 36 av 40 er nye. «Ukjent» er ett.",
            ["Det er 124 per 31. desember 2024.", "36 av 40 er nye.", "«Ukjent» er ett."],
        ),
        ("I 2030 koster det 2,1 mill. kr. Da nås målet.", None),
        ("Hvem? Alle.", ["Hvem?", "Alle."]),
    ],
)
def test_a_date_and_an_amount_end_no_sentence(text: str, said: list[str] | None) -> None:
    assert sentences(text) == (said or ["I 2030 koster det 2,1 mill. kr.", "Da nås målet."])


def test_a_title_is_the_finding_and_the_rest_is_said_below() -> None:
    assert finding(
        "251 personar i målgruppa har ikkje koordinator. For 158 er ingenting på veg."
    ) == (
        "251 personar i målgruppa har ikkje koordinator",
        "For 158 er ingenting på veg.",
    )


def test_a_title_is_more_than_the_name_of_a_figure() -> None:
    title, rest = finding("Dekning: 26,8 %. Det er under måltallet på 40 %. Mer.")
    assert title == "Dekning: 26,8 %. Det er under måltallet på 40 %"
    assert rest == "Mer."


def test_what_is_left_out_of_a_title_is_said_below() -> None:
    text = f"31,2 % av {'den estimerte målgruppa ' * 3}har koordinator (114 av 365, 95 % KI 26,7-36,2). Meir."
    title, rest = finding(text)
    assert title.endswith("har koordinator")
    assert rest == text


@pytest.mark.parametrize("text", ["", "Ingen.", "Et ord " * 30])
def test_what_makes_no_title_is_told_whole(text: str) -> None:
    assert finding(text) == ("", text)


def test_the_municipalitys_own_words_come_first_and_are_no_title() -> None:
    blocks = {
        "plans": (
            Paragraph("Vi har hatt et krevende år med mange vakanser.", Style.OWN),
            Paragraph("15,1 % av målgruppen har en aktiv plan. Endringen er liten.", Style.LEAD),
        ),
        "needs": (Paragraph("Kort.", Style.LEAD),),
    }
    slides = list(slides_of(Chapter(key, key.upper(), blocks.get(key, ())) for key in _KEYS))
    assert [each.title for each in slides[:4]] == ["SUMMARY", "COVERAGE", "MISSING", "CAUSES"]
    assert slides[4] == Slide(
        "15,1 % av målgruppen har en aktiv plan",
        "PLANS",
        ("Vi har hatt et krevende år med mange vakanser.", "Endringen er liten."),
    )
    assert slides[7] == Slide("NEEDS", "", ("Kort.",))
