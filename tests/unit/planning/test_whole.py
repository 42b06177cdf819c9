from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dagster_project.planning.whole import in_whole


def test_what_lost_most_is_raised() -> None:
    assert in_whole({"a": 1.4, "b": 1.4, "c": 1.2}, 4) == {"a": 2, "b": 1, "c": 1}
    assert in_whole({"a": -19.2, "b": 33.4, "c": 0.0}, 14) == {"a": -19, "b": 33, "c": 0}


def test_what_is_whole_stays() -> None:
    assert in_whole({"a": 3.0, "b": -2.0}, 1) == {"a": 3, "b": -2}
    assert in_whole({}, 0) == {}


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12))
def test_parts_add_up_and_none_is_a_whole_number_off(values: list[float]) -> None:
    parts = dict(enumerate(values))
    whole = round(sum(values))
    found = in_whole(parts, whole)
    assert sum(found.values()) == whole
    assert all(abs(found[key] - parts[key]) <= 1 for key in parts)
