"""What readers take along of a page: views by name, the sheet, its print."""

import dataclasses
import json
import re
import threading
from html import unescape
from pathlib import Path

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from dagster_project.config.paths import Home
from dagster_project.register.views import MOST_VIEWS
from dashboards.charts.base import empty_figure
from dashboards.charts.colours import LIGHT, Palette
from dashboards.content.section import Section
from dashboards.content.shared import Picture
from dashboards.export import pdf, saved_views
from dashboards.export.downloads import Notes
from dashboards.export.saved_views import LONGEST_NAME, Refusal, ViewsError
from dashboards.export.table import Column, Holds, Table
from dashboards.i18n.texts import Language, Texts
from dashboards.pages import PageKey
from dashboards.render.document import MOST_PICTURES, MOST_ROWS, as_document, as_text
from tests.support import publication as made
from tests.support.opened_page import OpenedPage, open_page
from tests.support.persons import fnr
from tests.support.publication import MIDDLE
from tests.support.spellings import spellings_of

COVERAGE, REGISTRATION = PageKey.COVERAGE, PageKey.REGISTRATION
NB = Texts(Language.NB)
QUERY = {"lang": ["nb"], "municipality": [MIDDLE], "compare": ["3203", "1134"]}
NOTES = Notes(
    title="Koordinatordekning",
    definition="Andel med koordinator",
    filters="Kommune: Senja",
    source="gerica, leveranser til og med 31.12.2025",
    publication="20251231-0a1b2c3d4e",
    reference_date="31.12.2025",
    file_part="5530",
)


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def _refused(home: Home, name: str) -> Refusal:
    with pytest.raises(ViewsError) as refused:
        saved_views.save(home, name, "coverage", QUERY)
    return refused.value.reason


def test_a_view_is_kept_by_name_without_its_language(home: Home) -> None:
    assert saved_views.saved_views(home) == ()
    kept = saved_views.save(home, "  Til   budsjettet ", "coverage", QUERY)
    (read,) = saved_views.saved_views(home)
    assert read == kept
    assert (read.name, read.page) == ("Til budsjettet", "coverage")
    assert read.query == {"municipality": [MIDDLE], "compare": ["3203", "1134"]}
    saved_views.delete(home, kept.id)
    saved_views.delete(home, kept.id)
    assert saved_views.saved_views(home) == ()


def test_a_name_is_given_once(home: Home) -> None:
    saved_views.save(home, "Årsmelding", "coverage", QUERY)
    assert _refused(home, "årsmelding") is Refusal.NAME_TAKEN
    assert len(saved_views.saved_views(home)) == 1


@pytest.mark.parametrize("name", ["", "   ", "\x00\x1b", "***", "..."])
def test_a_name_says_something(home: Home, name: str) -> None:
    assert _refused(home, name) is Refusal.NO_NAME


@pytest.mark.parametrize(
    "name",
    ["01019012345", "Vedtak 010190 12345", "010190-12345 Kari", "0 1 0 1 9 0 1 2 3 4 5", "９" * 11],
)
def test_no_name_holds_eleven_digits(home: Home, name: str) -> None:
    assert _refused(home, name) is Refusal.LOOKS_LIKE_ID
    assert not home.former_views.exists()


@given(spellings_of(st.just(fnr("1990-01-31"))))
def test_no_name_holds_an_id_in_whatever_spelling(spelling: str) -> None:
    with pytest.raises(ViewsError) as refused:
        saved_views.cleaned(spelling)
    assert refused.value.reason is Refusal.LOOKS_LIKE_ID


def test_no_address_of_a_view_holds_an_id(home: Home) -> None:
    one = fnr("1990-01-31")
    with pytest.raises(ViewsError) as refused:
        saved_views.save(home, "Min", "coverage", {"municipality": [f"{one[:6]}_{one[6:]}"]})
    assert refused.value.reason is Refusal.LOOKS_LIKE_ID
    assert not home.former_views.exists()


@pytest.mark.parametrize(
    "name", ["31.12.2025-31.12.2024", "5530 2025-12-31", "1. kvartal (utkast)"]
)
def test_dates_and_numbers_are_names(home: Home, name: str) -> None:
    assert saved_views.save(home, name, "coverage", QUERY).name == name


def test_markup_is_no_part_of_a_name() -> None:
    cleaned = saved_views.cleaned("<b>[x](y)</b> `a` *b* _c_ ~d~ $e$ #f |g \u202e\u0007h")
    assert not re.search(r"[<>\[\]`*_~$#|\u202e\u0007]", cleaned)


@given(st.text(max_size=200))
def test_whatever_is_written_a_name_is_short_plain_and_stays_so(text: str) -> None:
    try:
        name = saved_views.cleaned(text)
    except ViewsError:
        return
    assert 0 < len(name) <= LONGEST_NAME
    assert not re.search(r"[<>\[\]`*_\\\x00-\x1f\x7f]", name)
    assert saved_views.cleaned(name) == name


def test_readers_who_save_at_once_lose_nothing(home: Home) -> None:
    threads = [
        threading.Thread(target=saved_views.save, args=(home, f"Visning {n}", "coverage", QUERY))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(saved_views.saved_views(home)) == 20
    assert not home.former_views.with_suffix(".new").exists()


def test_there_is_an_end_to_it(home: Home) -> None:
    view = {"id": "x", "page": "coverage", "query": {}}
    home.state.mkdir()
    views = [{**view, "id": f"x{n}", "name": f"Visning {n}"} for n in range(MOST_VIEWS)]
    home.former_views.write_text(json.dumps({"views": views}), encoding="utf-8")
    assert _refused(home, "En til") is Refusal.TOO_MANY


@pytest.mark.parametrize("content", ["", "[]", '{"views": 1}', '{"views": [{"id": 1}]}', "\x00"])
def test_a_damaged_file_is_told_and_never_written_over(home: Home, content: str) -> None:
    home.state.mkdir()
    home.former_views.write_text(content, encoding="utf-8")
    with pytest.raises(ViewsError):
        saved_views.saved_views(home)
    assert _refused(home, "Ny") is Refusal.DAMAGED
    assert home.former_views.read_text(encoding="utf-8") == content


def test_a_folder_that_cannot_be_written_is_told(home: Home) -> None:
    home.state.write_text("in the way", encoding="utf-8")
    assert _refused(home, "Ny") is Refusal.NOT_WRITTEN


# The sheet.


def _picture(title: str, height: int = 300) -> Picture:
    def draw(palette: Palette) -> go.Figure:
        figure = empty_figure(palette, height)
        figure.add_trace(go.Scatter(x=[1, 2], y=[3, 4], name="</script><script>alert(1)"))
        return figure

    return Picture(title, "Senja, 31. desember 2025", draw, "Beskrivelse", ("En merknad.",))


def _table() -> Table:
    return Table(
        "Tabell <b>",
        (Column("Gruppe"), Column("Antall", Holds.WHOLE)),
        tuple((f"Rad {number}", number) for number in range(30)),
        ("Sum", 1234),
    )


def _sections(pictures: int = 2, height: int = 300) -> list[Section]:
    return [
        Section(lead=["62 av 100 har koordinator <i>."], remarks=["Sammenlignbarhet B."]),
        *(
            Section(picture=_picture(f"Funn {number}", height), notes=NOTES)
            for number in range(pictures)
        ),
        Section(table=_table()),
        Section(table=_table()),
    ]


def _document(sections: list[Section]) -> str:
    return as_document("Dekning", "Senja, 31. desember 2025", sections, NB)


def test_the_document_carries_all_it_needs_and_reaches_for_nothing() -> None:
    document = _document(_sections())
    head = document.partition("<body>")[0]
    assert "default-src 'none'" in head
    outside = re.sub(r"<script>.*?</script>", "", document, flags=re.DOTALL)
    assert not re.search(r"<(link|img|iframe|script)|src=|url\(", outside.partition("</head>")[2])


def test_whatever_a_text_says_it_stays_a_text() -> None:
    document = _document(_sections())
    assert "har koordinator &lt;i&gt;." in document
    assert "Tabell &lt;b&gt;" in document
    assert "</script><script>alert(1)" not in document


def test_the_sheet_is_light_and_shows_the_first_of_much() -> None:
    document = _document(_sections(MOST_PICTURES + 2))
    assert LIGHT.paper in document
    assert document.count('<section class="picture"') == MOST_PICTURES
    assert (
        f'data-titles="[&#34;Funn {MOST_PICTURES}&#34;, &#34;Funn {MOST_PICTURES + 1}' in document
    )
    assert document.count("<tr><td") == MOST_ROWS + 1  # and the total
    assert f"Tabellen viser de {MOST_ROWS} første av 30 rader." in document
    assert document.count('<section class="table"') == 1


def test_the_text_has_all_parts_in_their_order_and_no_picture() -> None:
    sections = [*_sections(), Section(heading="Del <b>", absence="Ingen tall.")]
    text = as_text("Dekning", "Senja, 31. desember 2025", sections, NB)
    told = [
        "<h1>Dekning</h1>", "har koordinator &lt;i&gt;.", "Sammenlignbarhet B.", "<h3>Funn 0</h3>", "En merknad.",
        "Kilde: gerica", "<h3>Funn 1</h3>", "Tabell &lt;b&gt;", "Rad 9", "Sum", "Tabellen viser de 10 første av 30 rader.",
        "Del &lt;b&gt;", "Ingen tall.",
    ]  # fmt: skip
    at = [text.index(words) for words in told]
    assert at == sorted(at)
    assert "<script" not in text
    assert "Rad 10<" not in text


def test_notes_that_all_pictures_share_stand_once() -> None:
    assert _document(_sections(3)).count("<b>Kilde:</b>") == 1


def test_notes_that_pictures_do_not_share_stand_below_each() -> None:
    others = dataclasses.replace(NOTES, filters="Kommune: Asker")
    another = Section(picture=_picture("Annet funn"), notes=others)
    document = _document([*_sections(1), another])
    assert document.count("<b>Kilde:</b>") == 1
    of_pictures = re.findall(r'<section class="picture".*?</section>', document, re.DOTALL)
    assert [re.findall(r"<b>Utvalg:</b> (.*?)</p>", each) for each in of_pictures] == [
        ["Kommune: Senja"],
        ["Kommune: Asker"],
    ]
    assert "Utvalg" not in document.partition("<footer>")[2]


def test_a_page_without_pictures_has_the_notes_of_its_tables() -> None:
    document = _document([*_sections(0), Section(table=_table(), notes=NOTES)])
    assert document.count("<b>Kilde:</b>") == 1


def test_remarks_belong_to_the_lead_until_the_parts_begin() -> None:
    document = _document(
        [
            Section(lead=["lead", "first"], remarks=["first", "second"]),
            Section(remarks=["third"], table=_table()),
            Section(remarks=["of the table"]),
        ]
    )
    assert re.findall('<p class="remark">(.*?)</p>', document)[:3] == ["first", "second", "third"]
    assert "of the table" not in document


def test_what_is_missing_is_told_with_the_lead() -> None:
    document = _document([*_sections(), Section(heading="Del"), Section(absence="Ingen tall.")])
    assert '<p class="lead">Ingen tall.</p>' in document


def test_without_chromium_nothing_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    assert pdf.printer() is None
    with pytest.raises(pdf.PrintingError):
        pdf.as_pdf("<p>x</p>")


def test_a_chromium_that_fails_is_told_and_not_promised_again_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(pdf, "_failures", [])
    assert pdf.printer() == str(broken)
    with pytest.raises(pdf.PrintingError, match="ended with 3"):
        pdf.as_pdf("<p>x</p>")
    assert pdf.printer() is None
    monkeypatch.setattr(pdf, "_failures", [-10_000.0])
    assert pdf.printer() == str(broken)


@pytest.mark.slow
@pytest.mark.skipif(pdf.printer() is None, reason="no Chromium here")
@pytest.mark.parametrize(("pictures", "height"), [(0, 0), (2, 300), (4, 700), (7, 1500)])
def test_the_print_is_one_page_with_its_lead_and_source(
    tmp_path: Path, pictures: int, height: int
) -> None:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(pdf.as_pdf(_document(_sections(pictures, height))))
    (page,) = PdfReader(file).pages
    width, length = (round(float(side) * 25.4 / 72) for side in page.mediabox[2:])
    assert (width, length) == (210, 297)
    text = " ".join(page.extract_text().split())
    assert "62 av 100 har koordinator" in text
    if not pictures:
        return
    assert "Kilde: gerica, leveranser til og med 31.12.2025" in text
    assert "Funn 0" in text
    # What has no room is named; nothing is lost in silence.
    for number in range(pictures):
        assert f"Funn {number}" in text
    assert ("Dette står bare på siden:" in text) == (height > 300)


# The head of each page.


def _open_at(home: Path, monkeypatch: pytest.MonkeyPatch, page: str, **address: str) -> OpenedPage:
    monkeypatch.setenv("SAMORDNA_HOME", str(home))
    return open_page(page, **address)


@pytest.mark.parametrize(
    ("page", "language"),
    [(PageKey.FRONT, "nb"), (COVERAGE, "nn"), (REGISTRATION, "en"), (PageKey.QUALITY, "nb")],
)
def test_every_page_has_its_tools(
    page: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = _open_at(made.standing_home(), monkeypatch, page, lang=language)
    texts = Texts(Language(language))
    for tool in ("link", "print"):
        assert f'data-take="{tool}"' in opened.html
        assert texts(f"take.{tool}") in opened.html
    assert texts("take.save") in [button.label for button in opened.app.button]
    assert texts("take.pdf" if pdf.printer() else "take.html") in [
        button.proto.label for button in opened.app.get("download_button")
    ]


def test_every_picture_can_be_saved_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = _open_at(made.standing_home(), monkeypatch, COVERAGE, municipality=MIDDLE)
    bodies = [e.proto.body for e in opened.app.get("html") if "data-words" in e.proto.body]
    assert len(bodies) == len(opened.app.get("plotly_chart")) == 3
    words = json.loads(unescape(re.findall(r'data-words="(.*?)"', bodies[0])[0]))
    assert words["title"].startswith("Aldersgruppen")
    assert "Senja, 31. desember 2025" in words["subtitle"]
    assert [note.partition(":")[0] for note in words["notes"]] == [
        "Telledato", "Kilde", "Publisering", "Utvalg",
    ]  # fmt: skip
    assert 'data-file="samordna-groups-5530-20251231-coordinator_coverage"' in bodies[0]


def test_a_view_is_saved_opened_and_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.publish(tmp_path)
    opened = _open_at(tmp_path, monkeypatch, COVERAGE, municipality=MIDDLE, age="0-17")
    opened.app.text_input(key="name_of_view").input("1. kvartal: barn")
    opened.app.button(key="save_view").click()
    opened.run()
    assert "Visningen «1. kvartal: barn» er lagret." in opened.html
    assert opened.app.text_input(key="name_of_view").value == ""
    (kept,) = saved_views.saved_views(Home(tmp_path))
    (link,) = [link.proto for link in opened.app.get("page_link") if "kvartal" in link.proto.label]
    assert link.label == r"1\. kvartal\: barn (Dekning)"
    assert "municipality=5530" in link.query_string
    assert "age=0-17" in link.query_string
    assert "lang=nb" in link.query_string
    opened.app.button(key=f"delete_{kept.id}").click()
    opened.run()
    assert saved_views.saved_views(Home(tmp_path)) == ()
    assert "er slettet" in opened.html


def test_a_name_that_is_refused_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made.publish(tmp_path)
    opened = _open_at(tmp_path, monkeypatch, COVERAGE, lang="nn")
    opened.app.text_input(key="name_of_view").input("010190 12345")
    opened.app.button(key="save_view").click()
    opened.run()
    assert Texts(Language.NN)("take.refused.looks_like_id") in opened.html


def test_views_of_pages_and_files_that_are_no_more_close_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.publish(tmp_path)
    home = Home(tmp_path)
    saved_views.save(home, "Gammel", "no_such_page", {"municipality": ["9999"]})
    opened = _open_at(tmp_path, monkeypatch, COVERAGE)
    assert "«Gammel» hører til en side som ikke finnes lenger." in opened.html
    # What cannot move into the register is said, and closes no page.
    home.former_views.write_text("{", encoding="utf-8")
    opened = _open_at(tmp_path, monkeypatch, COVERAGE)
    assert "De lagrede visningene kan ikke leses." in opened.html
    assert len(opened.app.get("plotly_chart")) == 3


def test_without_chromium_the_sheet_is_a_document_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    opened = _open_at(made.standing_home(), monkeypatch, COVERAGE)
    (button,) = [
        b.proto
        for b in opened.app.get("download_button")
        if b.proto.label == "Last ned utskriftsark"
    ]
    assert button.help.startswith("Serveren kan ikke lage PDF.")
