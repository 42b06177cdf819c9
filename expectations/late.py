"""Modules that are imported when something of them is asked for, and not before."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _LateFinder(MetaPathFinder):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = set(names)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the others are asked by name alone
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Find the module as others would, and put its import off."""
        if fullname not in self._names:
            return None
        self._names.remove(fullname)  # the next to look for it are the others
        spec = importlib.util.find_spec(fullname)
        if spec and spec.loader:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


@contextmanager
def late(names: frozenset[str]) -> Iterator[None]:
    """Put off the imports of some modules, where they are imported for the first time herein."""
    finder = _LateFinder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
