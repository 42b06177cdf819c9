"""Readers of the dashboards that are no browsers: they choose, and time the server's answer."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

# Waiting longer than this is a fault, not a slow answer.
_PATIENCE = 120.0


@dataclass(frozen=True)
class Answer:
    """What a choice cost: on which page, what was chosen, and the seconds to the last element."""

    page: str
    choice: str
    seconds: float


class Reader:
    """One session: as a browser's tab holds it, without drawing anything."""

    def __init__(self, address: str) -> None:
        self._connection: ClientConnection = connect(
            f"{address.replace('http', 'ws')}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
        )

    def look(self, page: str, query: Mapping[str, str | Sequence[str]]) -> float:
        """Ask for a page in a view, and return how long it took until all of it was sent."""
        message = BackMsg()
        message.rerun_script.query_string = urlencode(query, doseq=True)
        message.rerun_script.page_name = page
        message.rerun_script.context_info.color_scheme = "light"
        began = time.monotonic()
        self._connection.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(self._connection.recv(timeout=_PATIENCE, decode=False))
            if answer.HasField("script_finished"):
                return time.monotonic() - began

    def close(self) -> None:
        """Leave."""
        self._connection.close()


def read_together(
    address: str,
    sessions: int,
    choices: Sequence[Sequence[tuple[str, str, Mapping[str, str | Sequence[str]]]]],
    pause: float,
) -> list[Answer]:
    """Let sessions choose at the same time, each after pauses of its own; return what it cost.

    Each session has its list of choices: the page, what is chosen, the address. The first of each
    is not counted: it is the opening of the page.
    """
    answers: list[Answer] = []
    faults: list[BaseException] = []
    begin = threading.Barrier(sessions)

    def read(number: int) -> None:
        chance = random.Random(number)
        try:
            reader = Reader(address)
            (page, _, query), *rest = choices[number]
            reader.look(page, query)
            begin.wait(timeout=_PATIENCE)
            for page, choice, query in rest:
                if pause:
                    time.sleep(chance.expovariate(1 / pause))
                answers.append(Answer(page, choice, reader.look(page, query)))
            reader.close()
        except BaseException as fault:  # noqa: BLE001 - told to whoever waits
            faults.append(fault)
            begin.abort()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError("a session failed") from faults[0]
    return answers


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that so large a share of the values do not exceed."""
    in_order = sorted(values)
    return in_order[min(len(in_order) - 1, int(share * len(in_order)))]
