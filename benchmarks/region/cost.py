"""What a step costs: seconds by the clock, seconds of the processor, and memory at its peak."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROCESS = Path("/proc/self")


@dataclass(frozen=True)
class Cost:
    """What something cost in this process, with all its threads."""

    what: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int

    @classmethod
    def of_all(cls, what: str, steps: Sequence[Cost]) -> Cost:
        """Return what steps cost that were taken one after the other."""
        return cls(
            what,
            sum(step.seconds for step in steps),
            sum(step.cpu_seconds for step in steps),
            max(step.peak_bytes for step in steps),
        )


@contextmanager
def measuring(what: str, costs: list[Cost]) -> Iterator[None]:
    """Add to `costs` what is done within; what is measured within that forgets its peak."""
    # The kernel forgets the peak so far.
    (_PROCESS / "clear_refs").write_text("5", encoding="ascii")
    wall, cpu = time.monotonic(), time.process_time()
    yield
    costs.append(Cost(what, time.monotonic() - wall, time.process_time() - cpu, _peak()))


def _peak() -> int:
    lines = (_PROCESS / "status").read_text(encoding="ascii").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak) * 1024
