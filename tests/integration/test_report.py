"""The annual reports of Kinn (nynorsk) and Steinkjer (bokmål) in the demo."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import dagster as dg
import pytest
from pypdf import PdfReader

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.defs.annual_report import annual_report
from dagster_project.demo.make import write_demo
from dagster_project.demo.simulation import make_world
from dagster_project.run import run_once
from dashboards.i18n.texts import Language
from dashboards.report.blocks import Edition
from dashboards.report.make import Asked, Files, make_report

KINN, STEINKJER, SEED = "4602", "5006", 11
# Words of bokmål that nynorsk has not, and the other way.
_ONLY_NB = re.compile(r"\b(ikke|hvem|fra|flere|målgruppen)\b")
_ONLY_NN = re.compile(r"\b(ikkje|kven|frå|fleire|målgruppa)\b")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("report") / "home")
    write_demo(make_world(SEED, (KINN, STEINKJER)), made, SEED)
    told = made.sources_file.read_text(encoding="utf-8")
    told = re.sub("(?m)^home_municipality: .*", f"home_municipality: '{KINN}'", told)
    made.sources_file.write_text(told, encoding="utf-8")
    run_once(load_installation(made))
    return made


@pytest.fixture(scope="module")
def kinn(home: Home) -> Files:
    return make_report(home, Asked(KINN, language=Language.NN))


@pytest.fixture(scope="module")
def steinkjer(home: Home) -> Files:
    return make_report(home, Asked(STEINKJER, language=Language.NB, edition=Edition.PUBLIC))


def test_each_is_in_its_language_and_whole(kinn: Files, steinkjer: Files) -> None:
    for files, language, other in ((kinn, "nn", _ONLY_NB), (steinkjer, "nb", _ONLY_NN)):
        reader = PdfReader(str(files.pdf))
        text = "\n".join(page.extract_text() for page in reader.pages)
        assert reader.trailer["/Root"]["/Lang"] == language  # type: ignore[index]
        assert "/StructTreeRoot" in reader.trailer["/Root"]  # type: ignore[operator]
        assert not other.findall(text)
        assert 12 < len(reader.pages) < 40


def test_twice_is_the_same_bytes(home: Home, kinn: Files, tmp_path: Path) -> None:
    again = make_report(home, Asked(KINN, language=Language.NN, out=tmp_path))
    for ending in ("docx", "pdf", "pptx"):
        assert getattr(kinn, ending).read_bytes() == getattr(again, ending).read_bytes(), ending


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["docx", "pptx"])
def test_libreoffice_opens_them_without_complaint(
    kinn: Files, steinkjer: Files, tmp_path: Path, ending: str
) -> None:
    for files in (kinn, steinkjer):
        said = subprocess.run(
            [
                "soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
                "--convert-to", "pdf", "--outdir", str(tmp_path), str(getattr(files, ending)),
            ],
            capture_output=True, text=True, timeout=300, check=True,
        )  # fmt: skip
        assert "Error" not in said.stdout + said.stderr
        opened = PdfReader(str(tmp_path / f"{files.docx.stem}.pdf"))
        assert len(opened.pages) == 10 if ending == "pptx" else len(opened.pages) > 10


def test_the_orchestrator_makes_it_in_november(home: Home, kinn: Files) -> None:
    """It is the home municipality's, in the language of the installation."""
    begun = time.time_ns()
    assert annual_report(home).execute_in_process().success
    made = {
        file.suffix
        for file in kinn.folder.parent.glob("internal-*/arsrapport-*")
        if file.stat().st_mtime_ns >= begun
    }
    assert made == {".docx", ".pdf", ".pptx"}


def test_before_anything_is_published_the_orchestrator_is_told_what_to_do(tmp_path: Path) -> None:
    made = Home(tmp_path / "home")
    write_demo(make_world(SEED, (KINN,)), made, SEED)
    with pytest.raises(dg.Failure, match="published"):
        annual_report(made).execute_in_process()
