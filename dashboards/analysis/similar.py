"""Municipalities that are alike: nearest in size, age profile and need, with weights one can move.

Each feature is brought nearer to normal (the logarithm of sizes and rates), scaled to a standard
deviation of 1 among all, weighted, and the distance is Euclid's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# So many peers at the most; of few municipalities a third, or the whole would be its own yardstick.
MOST = 15
_PART = 3
_FEWEST = 3


@dataclass(frozen=True)
class Profile:
    """What a municipality is like: inhabitants, their ages as shares, the target group of them."""

    inhabitants: int
    ages: tuple[float, ...]
    need: float


@dataclass(frozen=True)
class Weights:
    """How much each feature counts; 0 leaves it out."""

    size: int = 1
    ages: int = 1
    need: int = 1


@dataclass(frozen=True)
class Peer:
    """A municipality at its distance, and the part of it (squared) that each feature has."""

    municipality: str
    distance: float
    size: float
    ages: float
    need: float


def nearest(profiles: Mapping[str, Profile], own: str, weights: Weights) -> tuple[Peer, ...]:
    """Return the others, the nearest first: fifteen, or a third of all where that is fewer.

    The age profile is several shares; together they weigh as one feature. None without a profile of
    the municipality itself.
    """
    if own not in profiles:
        return ()
    codes = list(profiles)
    size = np.log([profiles[code].inhabitants for code in codes])[:, None]
    need = np.log([profiles[code].need for code in codes])[:, None]
    ages = np.array([profiles[code].ages for code in codes])
    place = codes.index(own)
    parts = np.stack(
        [
            weight * _squared(feature, place)
            for feature, weight in (
                (size, weights.size),
                (ages, weights.ages),
                (need, weights.need),
            )
        ]
    )
    whole = parts.sum(axis=0)
    peers = [
        Peer(code, float(np.sqrt(whole[at])), *(float(part) for part in parts[:, at]))
        for at, code in enumerate(codes)
        if at != place
    ]
    peers.sort(key=lambda peer: (peer.distance, peer.municipality))
    return tuple(peers[: _number(len(peers))])


def _squared(
    feature: np.ndarray[tuple[int, int], np.dtype[np.float64]], place: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the squared distances from one row, each column scaled, as their mean."""
    spread = feature.std(axis=0)
    scaled = (feature - feature[place]) / np.where(spread > 0, spread, 1.0)
    squared: np.ndarray[tuple[int], np.dtype[np.float64]] = (scaled**2).mean(axis=1)
    return squared


def _number(others: int) -> int:
    return min(others, MOST, max(_FEWEST, others // _PART))


def share_of_all(parts: Sequence[float]) -> tuple[float, ...]:
    """Return parts as shares of their sum."""
    whole = sum(parts)
    return tuple(part / whole for part in parts)
