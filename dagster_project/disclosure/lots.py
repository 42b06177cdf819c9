"""Lots: numbers that decide between equals, and that nobody without the secret can draw."""

from __future__ import annotations

import hashlib
import hmac

import numpy as np

from dagster_project.disclosure.programme import Floats

_BITS = 48


def draw_lots(secret: bytes, purpose: str, size: int) -> Floats:
    """Return so many numbers from 0 to 1, the same for the same secret and purpose."""
    return np.array(
        [
            int.from_bytes(
                hmac.digest(secret, f"{purpose}|{place}".encode(), hashlib.sha256)[: _BITS // 8]
            )
            / 2**_BITS
            for place in range(size)
        ]
    )
