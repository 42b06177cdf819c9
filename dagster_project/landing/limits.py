"""How large a file may be, and what reading it may cost: with room for the largest real export.

The largest there are hold a million rows of ten cells as text, a tenth of that as a workbook. What
is larger is refused before it is read; what would take more time or memory than a file of its size
has any use for is given up. The numbers stand in `docs/contract.md` too.
"""

from __future__ import annotations

MEGABYTE = 1_000_000

FILE_MEGABYTES = 500
ROWS = 3_000_000
COLUMNS = 10_000
CELLS = 30_000_000
# Of a line of text, and of a cell: an Excel cell holds 32,767 signs.
LINE_CHARACTERS = 1_000_000
CELL_CHARACTERS = 1_000_000

# Of what is packed: the bytes of all its parts together, how many they are, and how many times as
# large as it is packed a file may become once it is larger than `RATIO_FROM_MEGABYTES`.
UNPACKED_MEGABYTES = 300
PARTS = 2_000
RATIO = 200
RATIO_FROM_MEGABYTES = 50
# Of the rectangle from the first cell of a sheet to the last one that holds something.
SHEET_CELLS = 8_000_000
SHEET_ROWS = 1_048_576  # Excel has no more

# Of lists, objects and elements within each other; a record's cells lie five deep at most.
LEVELS = 100

MEMORY_MEGABYTES = 1_000
# Of the processor. A file takes longer the larger it is.
SECONDS = 8
SECONDS_A_MEGABYTE = 0.6
# A machine with much else to do may take so many times as long by the clock.
PATIENCE = 20


def seconds_for(size: int) -> int:
    """Return how many seconds of the processor the reading of a file of this size may take."""
    return round(SECONDS + SECONDS_A_MEGABYTE * size / MEGABYTE)
