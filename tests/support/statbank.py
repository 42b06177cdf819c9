"""Statistics Norway's PxWebApi 2 as its guide and its users describe it, for one table.

It answers to `/config`, `/tables/<id>/metadata` and POST `/tables/<id>/data`, and objects as the real
one does: to codes it does not have, to the same code twice, to more cells than are allowed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.web_service import Asked, Reply

Number = Callable[[dict[str, str]], int | str | None]


@dataclass
class Statbank:
    """A table: the codes of its variables, and the number (or the sign) of each cell."""

    number: str
    codes: dict[str, list[str]]
    number_of: Number
    largest: int = 800_000
    signs_as: str = "object"
    updated: Callable[[], str] = lambda: "2026-02-25T07:00:00Z"
    cells: list[int] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply:
        """Answer a request."""
        if asked.path.endswith("/config"):
            return Reply({"apiVersion": "2.3.2", "maxDataCells": self.largest})
        if f"/tables/{self.number}/" not in asked.path:
            return Reply(status=404)
        if asked.path.endswith("/metadata"):
            return Reply({**self._dataset(self.codes), "value": []})
        return self._data({s["variableCode"]: s["valueCodes"] for s in asked.body["selection"]})

    def _data(self, selected: dict[str, list[str]]) -> Reply:
        for name, codes in selected.items():
            if name not in self.codes:
                return _objection("Non-existent variable")
            if not set(codes) <= set(self.codes[name]):
                return _objection("Non-existent value")
            if len(set(codes)) < len(codes):
                return Reply(status=500, raw=b"")
        if not {"ContentsCode", "Tid"} <= selected.keys():
            return _objection("Missing selection for mandantory variable")
        cells = math.prod(len(codes) for codes in selected.values())
        self.cells.append(cells)
        if cells > self.largest:
            return _objection("Too many cells selected")
        # In the order of the table, whatever order was asked for.
        chosen = {
            name: [code for code in codes if code in selected[name]]
            for name, codes in self.codes.items()
            if name in selected
        }
        numbers = [
            self.number_of(dict(zip(chosen, codes, strict=True)))
            for codes in itertools.product(*chosen.values())
        ]
        signs = {str(at): sign for at, sign in enumerate(numbers) if isinstance(sign, str)}
        # Beneath a sign there is nothing, or a zero that means nothing.
        values = [{".": None}.get(n, 0) if isinstance(n, str) else n for n in numbers]
        answer: dict[str, Any] = {**self._dataset(chosen), "value": values}
        if signs:
            as_list = [signs.get(str(at), "") for at in range(len(values))]
            answer["status"] = signs if self.signs_as == "object" else as_list
        return Reply(answer)

    def _dataset(self, codes: dict[str, list[str]]) -> dict[str, Any]:
        return {
            "version": "2.0",
            "class": "dataset",
            "updated": self.updated(),
            "id": list(codes),
            "size": [len(given) for given in codes.values()],
            "role": {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]},
            "dimension": {
                name: {
                    "category": {
                        # The order of the keys says nothing; that of the numbers does.
                        "index": dict(sorted((code, at) for at, code in enumerate(given))),
                        "label": {code: f"Navn {code}" for code in given},
                    }
                }
                for name, given in codes.items()
            },
        }


def _objection(title: str) -> Reply:
    return Reply({"type": "Parameter error", "title": title, "status": 400}, status=400)
