"""Where the dashboards are served, and what links to them begin with."""

import pytest
import streamlit as st

from dagster_project.problems import SamordnaError
from dagster_project.serving import public_address
from dashboards.view import address


def test_without_an_address_it_is_this_machine_alone() -> None:
    here = public_address("", 8501)
    assert here.url == "http://localhost:8501/"
    assert here.settings == ("--server.address=127.0.0.1",)


@pytest.mark.parametrize("written", ["tal.example.no", "TAL.example.no", "tal.example.no:8600"])
def test_a_host_is_listened_on(written: str) -> None:
    public = public_address(written, 8600)
    assert public.url == "http://tal.example.no:8600/"
    assert "--server.address=tal.example.no" in public.settings
    assert "--server.allowedHosts=tal.example.no" in public.settings


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://tal.example.no", "https://tal.example.no/"),
        ("https://tal.example.no/", "https://tal.example.no/"),
        ("http://10.0.0.7:8080", "http://10.0.0.7:8080/"),
        ("https://example.no/samordna", "https://example.no/samordna/"),
    ],
)
def test_behind_the_url_of_a_proxy_the_server_keeps_to_the_loopback(written: str, url: str) -> None:
    public = public_address(written, 8501)
    assert public.url == url
    assert "--server.address=127.0.0.1" in public.settings
    assert ("--server.baseUrlPath=samordna" in public.settings) == url.endswith("/samordna/")


@pytest.mark.parametrize(
    "written",
    ["*", "tal.example.no/side", "ftp://tal.example.no", "https://", "https://a:b@tal.no", "a b",
     "tal.example.no:8600", "https://tal.no/?x=1", "https://tal.no:abc", "<script>", "-tal.no"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_what_to_write(written: str) -> None:
    with pytest.raises(SamordnaError, match="host name"):
        public_address(written, 8501)


@pytest.mark.parametrize(
    ("public", "here", "known", "elsewhere"),
    [
        ("", "http://localhost:8501/coverage?age=0-17", "http://localhost:8501/", False),
        ("", "http://127.0.0.1:8501/", "http://127.0.0.1:8501/", False),
        ("", "https://tal.example.no/a/coverage", "https://tal.example.no/a/", True),
        ("https://tal.example.no/", "http://localhost:8501/x", "https://tal.example.no/", True),
    ],
)
def test_links_begin_with_what_readers_know(
    public: str, here: str, known: str, elsewhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(address.PUBLIC, public)
    monkeypatch.setattr(type(st.context), "url", property(lambda _: here))
    assert address.known_address() == known
    assert address.opens_elsewhere() is elsewhere


def test_the_page_of_an_address_is_its_last_part() -> None:
    assert address.page_in("http://localhost:8501/coverage?x=/y#z") == "coverage"
    assert address.page_in("https://tal.example.no/a/") == ""
