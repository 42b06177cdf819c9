"""Whole numbers that add up: parts of a sum, rounded together."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def in_whole(parts: Mapping[Key, float], whole: int) -> dict[Key, int]:
    """Return the parts in whole numbers that add up to the whole.

    Each is rounded down, and those that lost most are raised until the sum is right (the method of
    largest remainders; of two that lost the same, the first). Rounded one by one, parts of 1.4, 1.4
    and 1.2 would make 3 of a whole of 4.
    """
    found = {key: math.floor(part) for key, part in parts.items()}
    lost = sorted(parts, key=lambda key: found[key] - parts[key])
    missing = whole - sum(found.values())
    for place in range(abs(missing)):
        key = lost[place % len(lost)] if missing > 0 else lost[-1 - place % len(lost)]
        found[key] += 1 if missing > 0 else -1
    return found
