"""The connector `rest` on a real service on this machine that behaves as services do."""

from __future__ import annotations

import email.utils
import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.persons import fnr
from tests.support.small_home import SmallHome
from tests.support.web_service import Answering, Asked, Reply, in_turn, serving

TOKEN = "hemmelig-tegn-4711"
PERSON = fnr("1980-05-15", 1)


def record(number: int) -> dict[str, Any]:
    return {"registrering_id": f"A-{number}", "fnr": PERSON, "rolle": "koordinator"}


def records(*numbers: int) -> list[dict[str, Any]]:
    return [record(number) for number in numbers]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallHome:
    monkeypatch.setenv("IP_TOKEN", TOKEN)
    return SmallHome(tmp_path / "home")


def read_from(home: SmallHome, url: str, **said: object) -> SmallHome:
    return home.source("ip", "koordinator", connector="rest", url=url, **said)


def ids(home: SmallHome) -> list[str]:
    (text,) = home.fetched("ip")
    return [json.loads(line)["registrering_id"] for line in text.splitlines()]


def fetch(home: SmallHome, answer: Answering, **said: object) -> tuple[list[str], list[Asked]]:
    """Fetch from a service; return what went wrong and what it was asked."""
    with serving(answer) as service:
        problems = read_from(home, f"{service.url}/v1/koordinatorer", **said).fetch()
        return problems, service.asked


def test_records_become_a_delivery_that_lands(home: SmallHome) -> None:
    rows = [{**row, "fra_dato": "2021-03-05", "Poeng": 1.50} for row in records(1, 2)]
    content = {"data": {"items": rows}}
    problems, asked = fetch(home, in_turn(Reply(content)), records="data.items")
    assert problems == []
    assert ids(home) == ["A-1", "A-2"]
    assert [request.path for request in asked] == ["/v1/koordinatorer"]
    (outcome,) = home.land().values()
    assert outcome.problems == []
    assert [entry.rows_read for entry in outcome.landed] == [2]


def test_numbers_are_kept_as_written_and_what_lies_deeper_is_named_by_its_way(
    home: SmallHome,
) -> None:
    raw = (
        b'[{"id": 12345678901234567890, "tall": 1.10, "ja": true, "tom": null, '
        b'"navn": {"alle": [{"etter": "\xc3\x98"}]}, "roller": ["a", 2, null]}]'
    )
    assert fetch(home, in_turn(Reply(raw=raw)))[0] == []
    assert json.loads(home.fetched("ip")[0]) == {
        "id": 12345678901234567890,
        "tall": "1.10",
        "ja": True,
        "tom": None,
        "navn.alle.0.etter": "Ø",
        "roller": "a;2",
    }


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ({"token_env": "IP_TOKEN"}, "Authorization", f"Bearer {TOKEN}"),
        ({"token_env": "IP_TOKEN", "token_header": "X-API-Key"}, "X-API-Key", TOKEN),
        ({}, "Authorization", None),
    ],
)
def test_the_token_goes_in_its_header(
    home: SmallHome,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    said: dict[str, str],
    name: str,
    value: str | None,
) -> None:
    # A password that lies about for the same host is not sent instead.
    (tmp_path / ".netrc").write_text("default login noen password annet\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    problems, asked = fetch(home, in_turn(Reply(records(1))), **said)
    assert problems == []
    assert asked[0].headers.get(name) == value


def _paged(asked: Asked, pages: list[Any], number: int, **more: Any) -> Reply:
    return Reply({"data": pages[number] if number < len(pages) else [], **more})


PAGES = [records(1, 2), records(3, 4), records(5)]


def test_pages_by_the_link_header(home: SmallHome) -> None:
    def answer(asked: Asked) -> Reply:
        at = int(asked.query.get("side", 0))
        last = at == len(PAGES) - 1
        link = f'<?side={at + 1}>; rel="next", <?side=0>; rel="first"'
        return Reply(PAGES[at], headers={} if last else {"Link": link})

    problems, _ = fetch(home, answer, paging={"by": "link"})
    assert (problems, ids(home)) == ([], ["A-1", "A-2", "A-3", "A-4", "A-5"])


def test_pages_by_an_address_in_the_answer(home: SmallHome) -> None:
    def answer(asked: Asked) -> Reply:
        at = int(asked.query.get("side", 0))
        following = f"/v1/koordinatorer?side={at + 1}" if at < len(PAGES) - 1 else None
        return Reply({"data": PAGES[at], "lenker": {"neste": following}})

    said = {"paging": {"by": "next", "path": "lenker.neste"}, "records": "data"}
    problems, asked = fetch(home, answer, token_env="IP_TOKEN", **said)
    assert (problems, ids(home)) == ([], ["A-1", "A-2", "A-3", "A-4", "A-5"])
    assert {request.headers["Authorization"] for request in asked} == {f"Bearer {TOKEN}"}


def test_pages_of_a_fhir_bundle(home: SmallHome) -> None:
    def answer(asked: Asked) -> Reply:
        at = int(asked.query.get("_page", 0))
        entries = [{"resource": {"resourceType": "CareTeam", **row}} for row in PAGES[at]]
        # What is sent along, and notes on the search, are no records.
        entries += [{"resource": {"resourceType": "Patient"}, "search": {"mode": "include"}}]
        links = [{"relation": "self", "url": "x"}]
        if at < len(PAGES) - 1:
            links.append({"relation": "next", "url": f"{service.url}/fhir/CareTeam?_page={at + 1}"})
        return Reply({"resourceType": "Bundle", "link": links, "entry": entries})

    with serving(answer) as service:
        read_from(home, f"{service.url}/fhir/CareTeam?_count=2", paging={"by": "fhir"})
        assert home.fetch() == []
    assert ids(home) == ["A-1", "A-2", "A-3", "A-4", "A-5"]
    assert service.asked[0].headers["Accept"] == "application/fhir+json"


def test_pages_by_number_end_with_an_empty_one(home: SmallHome) -> None:
    def answer(asked: Asked) -> Reply:
        return _paged(asked, PAGES, int(asked.query["side"]) - 1)

    paging = {"by": "page", "parameter": "side", "size": 2, "size_parameter": "antall"}
    problems, asked = fetch(home, answer, records="data", paging=paging)
    assert (problems, ids(home)) == ([], ["A-1", "A-2", "A-3", "A-4", "A-5"])
    assert [request.query for request in asked] == [
        {"side": str(number), "antall": "2"} for number in (1, 2, 3, 4)
    ]


def test_pages_by_offset_follow_what_came_and_not_what_was_asked_for(home: SmallHome) -> None:
    """The service has a largest page of its own, smaller than what is asked for."""
    rows = records(1, 2, 3, 4, 5)

    def answer(asked: Asked) -> Reply:
        at = int(asked.query["offset"])
        return Reply({"data": rows[at : at + 2], "meta": {"total": 5}})

    said = {"records": "data", "total": "meta.total", "paging": {"by": "offset", "limit": 100}}
    problems, asked = fetch(home, answer, **said)
    assert (problems, ids(home)) == ([], ["A-1", "A-2", "A-3", "A-4", "A-5"])
    assert [request.query["offset"] for request in asked] == ["0", "2", "4"]


def test_a_total_that_changes_begins_the_reading_anew(home: SmallHome) -> None:
    """A row is deleted while the pages are read: the one that slides to the page before is read."""
    rows = records(1, 2, 3, 4)
    asked_for: list[int] = []

    def answer(asked: Asked) -> Reply:
        at = int(asked.query["offset"])
        asked_for.append(at)
        if len(asked_for) == 2:
            rows.pop(0)
        return Reply({"data": rows[at : at + 2], "total": len(rows)})

    said = {"records": "data", "total": "total", "paging": {"by": "offset", "limit": 2}}
    problems, _ = fetch(home, answer, **said)
    assert (problems, ids(home)) == ([], ["A-2", "A-3", "A-4"])
    assert asked_for == [0, 2, 0, 2]


def test_a_total_that_never_stands_still_is_told(home: SmallHome) -> None:
    totals = iter(range(100, 200))

    def answer(asked: Asked) -> Reply:
        at = int(asked.query["offset"])
        return Reply({"data": records(at), "total": next(totals)})

    said = {"records": "data", "total": "total", "paging": {"by": "offset", "limit": 1}}
    problems, _ = fetch(home, answer, **said)
    assert "the total changed each time" in problems[0]
    assert home.fetched("ip") == []


@pytest.mark.parametrize(
    ("paging", "answer", "words"),
    [
        ({"by": "page"}, in_turn(Reply(records(1))), "the same page comes again"),
        (
            {"by": "link"},
            in_turn(Reply(records(1), headers={"Link": '</v1/koordinatorer>; rel="next"'})),
            "names one before it",
        ),
        (
            {"by": "page"},
            lambda asked: Reply(records(int(asked.query["page"]))),
            "more than 7 of them",
        ),
        (
            {"by": "link"},
            lambda asked: Reply(
                records(1),
                headers={"Link": f'<?n={int(asked.query.get("n", 0)) + 1}>; rel="next"'},
            ),
            "more than 7 of them",
        ),
    ],
)
def test_pages_without_end_are_ended(
    home: SmallHome, paging: dict[str, str], answer: Answering, words: str
) -> None:
    problems, asked = fetch(home, answer, paging=paging, max_pages=7)
    assert words in problems[0]
    assert len(asked) <= 7
    assert home.fetched("ip") == []


def test_a_busy_service_is_asked_again_when_it_says(home: SmallHome) -> None:
    soon = email.utils.formatdate(time.time() + 100, usegmt=True)
    answer = in_turn(
        Reply(status=429, headers={"Retry-After": "7"}),
        Reply(status=503, headers={"Retry-After": soon}),
        Reply(status=500),
        Reply(records(1)),
    )
    problems, asked = fetch(home, answer)
    assert (problems, ids(home)) == ([], ["A-1"])
    assert len(asked) == 4
    first, second, third = home.waited
    assert (first, third) == (7, 16)
    assert 90 < second <= 100


def test_a_service_that_stays_busy_is_given_up(home: SmallHome) -> None:
    problems, asked = fetch(home, in_turn(Reply(status=500, raw=PERSON.encode())))
    assert "answered HTTP 500 each of 5 times" in problems[0]
    assert len(asked) == 5
    assert home.waited == [1, 4, 16, 60]


def test_nobody_waits_for_hours(home: SmallHome) -> None:
    problems, _ = fetch(home, in_turn(Reply(status=429, headers={"Retry-After": "86400"})))
    assert "answered HTTP 429" in problems[0]
    assert home.waited == []


def test_a_broken_answer_is_asked_for_once_more(home: SmallHome) -> None:
    whole = json.dumps(records(1)).encode()
    answer = in_turn(Reply(raw=whole[:-10], length=len(whole)), Reply(raw=whole))
    assert fetch(home, answer)[0] == []
    assert ids(home) == ["A-1"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(raw=b'[{"fnr": "' + PERSON.encode()), "no JSON, or breaks off"),
        (Reply(raw=b"<html>Logg inn</html>"), "no JSON, or breaks off"),
        (Reply(raw=b"[]" + b" " * 20, length=500), "no JSON, or breaks off"),
        (Reply({"data": {"rader": []}}), "no data.items"),
        (Reply({"data": {"items": {"a": 1}}}), "there is no list at data.items"),
        (Reply({"data": {"items": [PERSON]}}), "a record is no object"),
        (Reply({"data": {"items": []}}), "not a single record came"),
        (Reply(status=404, raw=PERSON.encode()), "answered HTTP 404"),
        (Reply(status=401), "access refused (HTTP 401)"),
        (Reply(status=403), "access refused (HTTP 403)"),
        (Reply(status=302, headers={"Location": "/v1/koordinatorer"}), "one redirection after"),
    ],
)
def test_what_cannot_be_used_is_told_without_its_words(
    home: SmallHome, reply: Reply, words: str
) -> None:
    (problem,), _ = fetch(home, in_turn(reply), records="data.items", token_env="IP_TOKEN")
    assert words in problem
    assert problem.startswith("Source ip, 127.0.0.1: ")
    assert PERSON not in problem and TOKEN not in problem
    assert list((home.home.inbox / "ip").iterdir()) == []


@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(records(1), drip=True)])
def test_a_service_that_hangs_or_drips_is_not_waited_for(home: SmallHome, reply: Reply) -> None:
    problems, _ = fetch(home, in_turn(reply), timeout=1)
    assert "not done within 1 s" in problems[0]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_token_does_not_follow_to_another_host(home: SmallHome, status: int) -> None:
    with serving(in_turn(Reply(records(1)))) as other:
        away = Reply(status=status, headers={"Location": f"{other.url}/v1"})
        problems, _ = fetch(home, in_turn(away), token_env="IP_TOKEN", token_header="X-Key")
        assert "sent us on to 127.0.0.1" in problems[0]
        assert other.asked == []


def test_the_next_page_is_not_fetched_from_another_host(home: SmallHome) -> None:
    with serving(in_turn(Reply(records(9)))) as other:
        away = Reply(records(1), headers={"Link": f'<{other.url}/2>; rel="next"'})
        problems, _ = fetch(home, in_turn(away), token_env="IP_TOKEN", paging={"by": "link"})
        assert "sent us on to" in problems[0]
        assert other.asked == []
    assert home.fetched("ip") == []


def test_a_redirection_on_the_same_host_is_followed(home: SmallHome) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/v1/koordinatorer":
            return Reply(status=308, headers={"Location": "/v2/koordinatorer"})
        return Reply(records(1))

    problems, asked = fetch(home, answer, token_env="IP_TOKEN")
    assert (problems, ids(home)) == ([], ["A-1"])
    assert asked[1].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_certificate_of_unknown_origin_is_refused(home: SmallHome, tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip(
            "no openssl to make a certificate with: install it with apt-get install openssl"
        )
    certificate = tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    command += f" -addext subjectAltName=IP:127.0.0.1 -keyout {certificate} -out {tmp_path}/c.pem"
    subprocess.run(command.split(), check=True, capture_output=True)
    with certificate.open("a", encoding="utf-8") as both:
        both.write((tmp_path / "c.pem").read_text(encoding="utf-8"))
    with serving(in_turn(Reply(records(1))), certificate) as service:
        problems = read_from(home, service.url, token_env="IP_TOKEN").fetch()
        assert "the certificate is not to be trusted" in problems[0]
        assert service.asked == []


def test_without_a_network_the_run_goes_on_and_says_so_once(home: SmallHome) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        home.source("folk", "befolkning", connector="ssb", url=url)
        for name in ("ip", "epj"):
            home.source(name, "koordinator", connector="rest", url=url)
        (problem,) = home.fetch()
    assert "Not reached: 127.0.0.1 (sources folk, ip, epj)" in problem
    assert home.waited == []


def test_what_was_fetched_before_stays(home: SmallHome) -> None:
    answer = in_turn(Reply(records(1)), Reply(status=404))
    with serving(answer) as service:
        read_from(home, service.url)
        assert home.fetch() == []
        assert len(home.fetch()) == 1
    assert ids(home) == ["A-1"]


def test_a_token_that_is_not_set_is_named(home: SmallHome) -> None:
    problems, asked = fetch(home, in_turn(Reply(records(1))), token_env="GLEMT_TOKEN")
    assert "the environment variable GLEMT_TOKEN, named by `token_env:`, is not set" in problems[0]
    assert asked == []
