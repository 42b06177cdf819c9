"""The annual report of the made-up publication: what it says, and its files."""

import datetime as dt
import io
import json
import zipfile
from pathlib import Path

import pytest
from docx import Document
from pptx import Presentation
from pypdf import PdfReader

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.publication.reader.publication import current_publication
from dashboards.export.table import Holds
from dashboards.i18n.texts import Language, Texts
from dashboards.report import own_texts
from dashboards.report.blocks import Chart, Edition, Grid, Paragraph, Style
from dashboards.report.content import KEYS, Made, Order, make, nearest_date
from dashboards.report.make import TEMPLATE, Asked, Files, make_report, write_template
from dashboards.report.memory import FILE, Remembered
from tests.support.publication import LARGE, MIDDLE, SMALL, publish, standing_home
from tests.unit.dashboards.report.test_own_texts import NB, WICKED

NOVEMBER = dt.date(2025, 11, 15)


def _made(
    municipality: str,
    edition: Edition = Edition.INTERNAL,
    language: Language = Language.NB,
    before: Remembered | None = None,
) -> Made:
    publication = current_publication(Home(standing_home()))
    order = Order(municipality, dt.date(2025, 12, 31), language, edition, None, {}, before)
    return make(publication, order, lambda _: None)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("report"))
    publish(home.root)
    return home


@pytest.fixture(scope="module")
def files(home: Home) -> Files:
    texts = {"summary": f"Vi har gjort mye.\n\n{WICKED}", "method": "«Slutt»"}
    own_texts.keep_texts(own_texts.file_of(home, LARGE, 2025), texts, NB)
    return make_report(home, Asked(LARGE))


@pytest.mark.parametrize("municipality", [LARGE, MIDDLE, SMALL])
@pytest.mark.parametrize("language", list(Language))
def test_every_chapter_is_there_in_every_language(municipality: str, language: Language) -> None:
    report = _made(municipality, language=language).report
    assert tuple(chapter.key for chapter in report.chapters) == KEYS
    assert all(chapter.blocks for chapter in report.chapters)
    # Nothing that a chapter asks is lacking in a publication of today.
    older = Texts(language)("report.older_version")
    assert [c.key for c in report.chapters if Paragraph(older, Style.PLAIN) in c.blocks] == []
    assert len(report.slides) + 1 == 10
    if municipality == LARGE:
        kinds = {chapter.key: {type(b) for b in chapter.blocks} for chapter in report.chapters}
        assert Chart in kinds["coverage"]
        assert Grid in kinds["needs"]


def test_a_change_is_told_only_where_it_is_sure() -> None:
    said = {
        municipality: " ".join(
            block.text
            for chapter in _made(municipality).report.chapters
            for block in chapter.blocks
            if isinstance(block, Paragraph)
        )
        for municipality in (LARGE, MIDDLE)
    }
    assert "mer enn tilfeldigheter kan forklare" in said[MIDDLE]
    assert "Endringen kan skyldes tilfeldigheter." in said[LARGE]


@pytest.mark.parametrize("municipality", [MIDDLE, SMALL])
def test_no_public_table_counts_few_persons(municipality: str) -> None:
    made = _made(municipality, Edition.PUBLIC)
    seen = 0
    for chapter in made.report.chapters:
        # These count rows of files and kroner, or are expected of the future.
        if chapter.key in ("quality", "method", "needs"):
            continue
        for block in chapter.blocks:
            if isinstance(block, Grid):
                for row in block.table.all_rows:
                    for column, value in zip(block.table.columns, row, strict=True):
                        if column.kind is Holds.WHOLE and isinstance(value, int):
                            assert value not in range(1, 5), (chapter.key, block.table.title)
                            seen += 1
    assert seen > 50


def test_an_age_group_that_one_table_hides_is_hidden_in_the_others() -> None:
    report = _made(SMALL, Edition.PUBLIC).report
    tables = [b.table for c in report.chapters for b in c.blocks if isinstance(b, Grid)]
    by_age = next(
        each for each in tables if each.title.startswith("Koordinatordekning etter alder")
    )
    away = {row[0] for row in by_age.all_rows if not isinstance(row[2], int)}
    assert away
    meetings = next(
        each for each in tables if each.title.startswith("Med koordinator, med og uten")
    )
    assert {row[0] for row in meetings.all_rows if isinstance(row[1], int)}.isdisjoint(away)
    drawn = next(
        b for c in report.chapters for b in c.blocks
        if isinstance(b, Chart) and b.key == "coverage_by_age"
    )  # fmt: skip
    assert drawn.alternative.count(": :") == len(away)


def test_corrections_stand_apart_from_what_has_happened() -> None:
    before = Remembered(dt.date(2024, 12, 31), "earlier", {"coordinator_coverage": 0.5})
    chapter = next(c for c in _made(LARGE, before=before).report.chapters if c.key == "since")
    (table,) = [b.table for b in chapter.blocks if isinstance(b, Grid)]
    ((_, told, recounted, corrected, now, happened, _),) = table.rows
    assert told == 50.0
    assert isinstance(recounted, float)
    assert isinstance(now, float)
    assert corrected == f"+{recounted - 50:.1f}".replace(".", ",")
    assert happened in (f"{now - recounted:+.1f}".replace(".", ",").replace("-", "\u2212"), "0,0")


def test_the_nearest_day_is_taken_and_of_two_the_earlier() -> None:
    publication = current_publication(Home(standing_home()))
    assert nearest_date(publication, LARGE, NOVEMBER) == dt.date(2025, 10, 31)
    assert nearest_date(publication, LARGE, dt.date(2025, 11, 16)) == dt.date(2025, 11, 30)
    assert nearest_date(publication, LARGE, None) == dt.date(2025, 12, 31)


def test_the_same_is_the_same_bytes(home: Home, files: Files, tmp_path: Path) -> None:
    again = make_report(home, Asked(LARGE, out=tmp_path))
    for ending in ("docx", "pdf", "pptx"):
        assert getattr(files, ending).read_bytes() == getattr(again, ending).read_bytes(), ending
    assert (files.folder / FILE).read_bytes() == (tmp_path / FILE).read_bytes()
    told = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert told["own_texts_hash"]
    assert len(told["files"]) == 3


def test_the_word_document_holds_the_own_texts_headings_and_what_pictures_show(
    files: Files,
) -> None:
    document = Document(str(files.docx))
    headings = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    assert len(headings) == len(KEYS)
    own = [p.text for p in document.paragraphs if p.style and p.style.name == "Report Own"]
    assert own[0] == "Vi har gjort mye."
    assert "😀" in own[1]
    assert "\u202e" not in own[1]
    assert document.core_properties.language == "nb-NO"
    with zipfile.ZipFile(files.docx) as package:
        xml = package.read("word/document.xml").decode()
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert xml.count("<wp:docPr") == xml.count(" descr=")
    assert xml.count("<w:tblHeader/>") == len(document.tables)
    assert "{{" not in xml.replace("{{title}} #import", "")


def test_the_pdf_is_tagged_and_says_its_language(files: Files) -> None:
    reader = PdfReader(str(files.pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert root["/Lang"] == "nb"  # type: ignore[index]
    assert "/StructTreeRoot" in root  # type: ignore[operator]
    assert reader.metadata
    assert reader.metadata.title
    assert "pdfuaid:part" in str(files.pdf.read_bytes())
    assert len(reader.pages) > 10


def test_the_slides_are_ten_and_have_titles(files: Files) -> None:
    shown = Presentation(str(files.pptx))
    assert len(shown.slides) == 10
    assert all(slide.shapes.title.text_frame.text for slide in shown.slides)
    for slide in shown.slides:
        for shape in slide.shapes:
            if shape.shape_type == 13:
                assert shape._element.nvPicPr.cNvPr.get("descr")


def test_a_template_of_ones_own_is_used(home: Home) -> None:
    file = write_template(home, MIDDLE)
    document = Document(str(file))
    document.sections[0].header.paragraphs[0].text = "Senja kommune"
    document.save(str(file))
    made = make_report(home, Asked(MIDDLE))
    assert not made.notices
    header = Document(str(made.docx)).sections[0].header
    assert header.paragraphs[0].text == "Senja kommune"
    # One that is there is not written over.
    assert write_template(home, MIDDLE).read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("spoil", "code"), [("mark", "report_template_mark"), ("file", "report_template")]
)
def test_a_template_without_its_marks_is_told_of(tmp_path: Path, spoil: str, code: str) -> None:
    home = Home(tmp_path)
    publish(home.root)
    file = home.reports / SMALL / TEMPLATE
    file.parent.mkdir(parents=True)
    if spoil == "mark":
        content = io.BytesIO()
        Document().save(content)
        file.write_bytes(content.getvalue())
    else:
        file.write_bytes(b"no document")
    made = make_report(home, Asked(SMALL))
    (notice,) = made.notices
    assert notice.code == code
    assert made.docx.is_file()
    if spoil == "mark":
        assert "{{title}}" in str(notice)


def test_who_has_no_figures_gets_no_report(home: Home) -> None:
    with pytest.raises(SamordnaError) as refused:
        make_report(home, Asked("0000"))
    assert refused.value.problem.code == "report_municipality"
    with pytest.raises(SamordnaError):
        make_report(Home(home.root / "nothing"), Asked(LARGE))
