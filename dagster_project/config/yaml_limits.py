"""How deep, and how much by repetition, a settings file may say.

A few lines of YAML can stand for billions of values (anchors within anchors), or be nested deeper
than a parser can follow without falling. Both are found in the stream of events, before anything is
built of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

MOST_LEVELS = 20
MOST_VALUES = 100_000


@dataclass
class _Open:
    """A list or table that has not ended: its anchor, and how many values it stands for."""

    anchor: str | None
    values: int = 1


def require_moderate(text: str) -> None:
    """Raise yaml.YAMLError, with the place, where the text is too deep or stands for too much."""
    values_of: dict[str, int] = {}
    open_ones = [_Open(None)]
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        match event:
            case yaml.CollectionStartEvent():
                open_ones.append(_Open(event.anchor))
                if len(open_ones) > MOST_LEVELS:
                    raise _too_much(f"more than {MOST_LEVELS} levels within each other", event)
                continue
            case yaml.CollectionEndEvent():
                ended = open_ones.pop()
                values, anchor = ended.values, ended.anchor
            case yaml.AliasEvent():
                values, anchor = values_of.get(event.anchor or "", 1), None
            case yaml.ScalarEvent():
                values, anchor = 1, event.anchor
            case _:
                continue
        if anchor is not None:
            values_of[anchor] = values
        open_ones[-1].values += values
        if open_ones[-1].values > MOST_VALUES:
            raise _too_much(f"more than {MOST_VALUES:,} values, repeated ones counted", event)


def _too_much(what: str, event: yaml.Event) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=what, problem_mark=event.start_mark)  # type: ignore[arg-type]
