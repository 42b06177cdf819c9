"""What `sources.yml` may say of a connector, and what is said where it says something else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import PROJECT, Home
from dagster_project.config.sources import (
    FileSource,
    OffsetPaging,
    RestSource,
    SqlSource,
    SsbSource,
)
from dagster_project.config.template import SOURCES_YML
from dagster_project.problems import SamordnaError

SQL = {"connector": "sql", "url_env": "EPJ_URL", "table": "epj.koordinator"}
REST = {"connector": "rest", "url": "https://ip.example.no/v1/planer"}
SSB = {"connector": "ssb", "record": "befolkning"}


def installation(tmp_path: Path, **said: Any) -> Installation:
    source = {"name": "kilde", "record": "koordinator", **said}
    home = Home(tmp_path)
    text = yaml.safe_dump({"home_municipality": "4602", "sources": [source]}, allow_unicode=True)
    home.sources_file.write_text(text, encoding="utf-8")
    return load_installation(home)


def test_each_connector_has_its_own_keys(tmp_path: Path) -> None:
    (sql,) = installation(tmp_path, **SQL).sources
    assert isinstance(sql, SqlSource)
    assert (sql.table, sql.timeout, sql.files.pattern) == (
        "epj.koordinator",
        600,
        "inbox/kilde/kilde_*.csv",
    )
    paging = {"by": "offset", "limit": "50"}
    (rest,) = installation(tmp_path, **REST, paging=paging).sources
    assert isinstance(rest, RestSource)
    assert isinstance(rest.paging, OffsetPaging)
    assert (rest.paging.limit, rest.files.pattern) == (50, "inbox/kilde/kilde_*.jsonl")
    (ssb,) = installation(tmp_path, **SSB).sources
    assert isinstance(ssb, SsbSource)
    assert ssb.url.startswith("https://data.ssb.no/")
    (file,) = installation(tmp_path, path="inbox/*.csv").sources
    assert isinstance(file, FileSource)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"connector": "sqll"}, "unknown connector 'sqll' (did you mean 'sql'?)"),
        ({**SQL, "url_evn": "X"}, "unknown key 'url_evn' (did you mean 'url_env'?)"),
        ({**SQL, "path": "inbox/x.csv"}, "unknown key 'path'"),
        ({"path": "inbox/x.csv", "watermark": "x"}, "unknown key 'watermark'"),
        ({"connector": "sql", "table": "x"}, "the key `url_env:` is missing"),
        ({"connector": "sql", "url_env": "X"}, "either `query:` or `table:`"),
        ({**SQL, "query": "select 1"}, "either `query:` or `table:`"),
        (
            {"connector": "sql", "url_env": "X", "query": "delete from a"},
            "must be one query that begins with SELECT or WITH",
        ),
        ({**SQL, "watermark": "endret"}, "say `delivery: incremental` too"),
        ({**SQL, "timeout": "0"}, "`timeout`: "),
        (
            {**SQL, "url_env": "postgresql://u:hemmelig@db/x"},
            "must be the name of an environment variable",
        ),
        ({**REST, "url": "http://ip.example.no/v1"}, "must begin with https://"),
        ({**REST, "url": "ftp://ip.example.no/v1"}, "must be a web address"),
        ({**REST, "url": "ip.example.no"}, "must be a web address"),
        ({**REST, "url": "https://ip:x/"}, "not a web address"),
        ({**REST, "url": "https://u:hemmelig@ip.example.no/v1"}, "holds a secret"),
        ({**REST, "url": "https://ip.example.no/?api_key=hemmelig"}, "holds a secret"),
        ({**REST, "token": "hemmelig"}, "unknown key 'token' (did you mean 'token_env'?)"),
        ({**REST, "token_env": "hemmelig tegn"}, "must be the name of an environment variable"),
        ({**REST, "token_header": "X-Key"}, "`token_header:` needs `token_env:`"),
        ({**REST, "records": "data..items"}, "`records`: "),
        ({**REST, "paging": {"by": "fhir"}, "records": "entry"}, "leave `records:` out"),
        ({**REST, "paging": {"by": "side"}}, "`paging`: "),
        ({**REST, "paging": {"by": "next"}}, "`paging.next.path:` is missing"),
        (
            {**REST, "paging": {"by": "page", "paramter": "p"}},
            "unknown key 'paramter' (did you mean 'parameter'?)",
        ),
        ({"connector": "ssb"}, "`befolkning` and `framskriving` only"),
        ({**SSB, "table": "7459"}, "`table`: "),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_without_its_secret(
    tmp_path: Path, said: dict[str, Any], words: str
) -> None:
    found = installation(tmp_path, **said)
    assert found.sources == ()
    (problem,) = (str(problem) for problem in found.problems)
    assert words in problem
    assert problem.startswith("sources.yml, line ")
    assert "hemmelig" not in problem


def _examples() -> list[str]:
    """Return the sources that are shown: in the contract's page, and in what `init` writes."""
    page = (PROJECT / "docs" / "contract.head.md").read_text(encoding="utf-8")
    shown = re.findall(r"```yaml\n(  - .*?)```", page, re.DOTALL)
    template = SOURCES_YML.partition("\nsources:\n")[2]
    return [*shown, re.sub(r"(?m)^  # (?=- |  )", "  ", template)]


@pytest.mark.parametrize("example", _examples())
def test_every_example_can_be_read(tmp_path: Path, example: str) -> None:
    home = Home(tmp_path)
    text = f'home_municipality: "4602"\nsources:\n{example}'
    home.sources_file.write_text(text, encoding="utf-8")
    found = load_installation(home)
    assert found.problems == ()
    assert len(found.sources) == example.count("- name: ") + example.count("{name: ")


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:9"])
def test_this_machine_is_spoken_to_unencrypted(tmp_path: Path, host: str) -> None:
    (source,) = installation(tmp_path, **{**REST, "url": f"http://{host}/v1"}).sources
    assert isinstance(source, RestSource)


def test_a_query_keeps_its_text_but_for_the_semicolon_at_its_end(tmp_path: Path) -> None:
    said = {
        "connector": "sql",
        "url_env": "X",
        "query": "\nWITH a AS (SELECT 1)\nSELECT * FROM a;\n",
    }
    (source,) = installation(tmp_path, **said).sources
    assert isinstance(source, SqlSource)
    assert source.query == "WITH a AS (SELECT 1)\nSELECT * FROM a"


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("kjøkken_ip", "kjokken_ip"),
        ("EPJ koordinator", "epj_koordinator"),
        ("../ut", "ut"),
        ("Æ/Å", "ae_a"),
    ],
)
def test_a_name_that_no_folder_can_have_is_refused_with_one_that_can(
    tmp_path: Path, name: str, proposed: str
) -> None:
    found = installation(tmp_path, name=name, path="inbox/*.csv")
    assert not found.sources
    (problem,) = found.problems
    assert f"for instance {proposed}" in str(problem)
    # The remedy was tried.
    assert installation(tmp_path, name=proposed, path="inbox/*.csv").sources
    with pytest.raises(SamordnaError, match=f"for instance {proposed}"):
        found.require_sources()


def test_a_name_without_a_letter_is_refused(tmp_path: Path) -> None:
    (problem,) = installation(tmp_path, name="«»", path="inbox/*.csv").problems
    assert "for instance" not in str(problem)
