"""Where things stand in a settings file: lines for those who mend it, and ids for nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from dagster_project.identity.detection import holds_person_id


@dataclass(frozen=True)
class KeyWithId:
    """Where a person's id stands in `sources.yml`: its line, and the key that it stands under."""

    line: int
    key: str | None

    def params(self) -> dict[str, str | int]:
        """Return what the problem says of it."""
        where = f"`{self.key}`" if self.key else "a key"
        reason = f"{where} holds a number that may be a person's id; write it without"
        return {"line": self.line, "reason": reason}


# What asks a database or a service, and is written nowhere: it may be full of numbers.
_NOT_WRITTEN = frozenset({"query", "url"})
# The public key of one who shares packages: 32 bytes in base64. Among random signs an id is found
# by chance.
PUBLIC_KEY = re.compile(r"ed25519:[A-Za-z0-9+/]{43}=")


def key_with_id(tree: yaml.Node | None, leave_out: str | None = None) -> KeyWithId | None:
    """Return the first place of a tree where a person's id stands, in a key or below one."""
    waiting: list[tuple[yaml.Node, str | None]] = [(tree, None)] if tree else []
    seen: set[int] = set()
    while waiting:
        node, key = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            if not PUBLIC_KEY.fullmatch(node.value) and holds_person_id(node.value):
                return KeyWithId(node.start_mark.line + 1, key)
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(child, key) for child in reversed(node.value)]
        elif isinstance(node, yaml.MappingNode):
            for name, child in reversed(node.value):
                written = name.value if isinstance(name, yaml.ScalarNode) else ""
                if holds_person_id(written):
                    return KeyWithId(name.start_mark.line + 1, None)
                if written not in (_NOT_WRITTEN | {leave_out}):
                    waiting.append((child, written))
    return None


def node_at(tree: yaml.Node, location: tuple[int | str, ...]) -> yaml.Node | None:
    """Return the node at a place of the YAML tree."""
    node: yaml.Node | None = tree
    for part in location:
        node = next((child for _, child in _children(node, part)), None) if node else None
    return node


def line_of(tree: yaml.Node, location: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of the place in the YAML tree, or of the nearest one above it."""
    node, line = tree, tree.start_mark.line
    for part in location:
        step = next(_children(node, part), None)
        if step is None:
            break
        line, node = step
    return line + 1


def _children(node: yaml.Node, part: int | str) -> Iterator[tuple[int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                yield key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        yield child.start_mark.line, child
