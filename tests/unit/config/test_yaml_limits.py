"""A settings file that says too much is refused before anything is built of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError

HEAD = 'home_municipality: "4602"\n'


def refusal(tmp_path: Path, text: str) -> str:
    (tmp_path / "sources.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SamordnaError) as refused:
        load_installation(Home(tmp_path))
    return str(refused.value)


def test_anchors_within_anchors_are_counted_as_what_they_stand_for(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for one, other in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{other}: &{other} [{', '.join([f'*{one}'] * 9)}]")
    said = refusal(tmp_path, HEAD + "\n".join(lines))
    assert "more than 100,000 values" in said
    assert "sources.yml" in said and "line" in said


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "")])
def test_what_is_nested_too_deep_is_refused(tmp_path: Path, opening: str, closing: str) -> None:
    text = f"{HEAD}definition: \n  {opening * 60_000}x{closing * 60_000}\n"
    assert "more than 20 levels" in refusal(tmp_path, text)


def test_a_file_that_no_person_wrote_is_not_read(tmp_path: Path) -> None:
    assert "larger than 1000 kB" in refusal(tmp_path, HEAD + "#" * 1_000_001)


def test_an_anchor_that_people_use_is_welcome(tmp_path: Path) -> None:
    text = HEAD + (
        "sources:\n"
        "  - {name: a, record: koordinator, path: a, columns: &c {Tildelt: fra_dato}}\n"
        "  - {name: b, record: koordinator, path: b, columns: *c}\n"
    )
    (tmp_path / "sources.yml").write_text(text, encoding="utf-8")
    installation = load_installation(Home(tmp_path))
    assert [source.columns for source in installation.sources] == [{"Tildelt": "fra_dato"}] * 2


@pytest.mark.parametrize(
    "query",
    [
        "token=a", "access_token=a", "client_secret=a", "pwd=a", "passord=a", "subscription-key=a",
        "Ocp-Apim-Subscription-Key=a", "x-functions-key=a", "apikey=a", "api-key=a", "key=a",
        "sig=a", "X-Amz-Signature=a", "auth=a", "sessionid=a", "jwt=a", "sas=a", "pin=1234",
        "code=aB3dE6gH9jK2mN5pQ8sT1vW4yZ7", "q=0123456789abcdef0123456789abcdef",
        "from=2020&pwd=", "a=1&code=aB3dE6gH9jK2mN5pQ8sT1vW4yZ7%3D%3D",
    ],
)  # fmt: skip
def test_a_secret_in_an_address_is_known_by_its_name_or_its_looks(
    tmp_path: Path, query: str
) -> None:
    entry = f'{{name: a, record: koordinator, connector: rest, url: "https://x.example/?{query}"}}'
    (tmp_path / "sources.yml").write_text(f"{HEAD}sources:\n  - {entry}\n", encoding="utf-8")
    (problem,) = load_installation(Home(tmp_path)).problems
    assert "holds a secret" in str(problem)
    assert "aB3dE6" not in str(problem)


@pytest.mark.parametrize(
    "query",
    [
        "from=2020-01-01", "code=http://loinc.org|1234-5", "kommune=4602", "sort=key", "author=a",
        "id=123e4567-e89b-12d3-a456-426614174000", "filter=koordinator", "status=active,completed",
        "_elements=identifier,period", "monkey=a", "keyword=plan",
    ],
)  # fmt: skip
def test_an_ordinary_parameter_is_no_secret(tmp_path: Path, query: str) -> None:
    entry = f'{{name: a, record: koordinator, connector: rest, url: "https://x.example/?{query}"}}'
    (tmp_path / "sources.yml").write_text(f"{HEAD}sources:\n  - {entry}\n", encoding="utf-8")
    assert load_installation(Home(tmp_path)).problems == ()
