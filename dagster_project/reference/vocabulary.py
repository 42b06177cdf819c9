"""What the values of coded columns mean (`seeds/code_map.csv` and the code lists), read once."""

from functools import cache

from dagster_project.contract import Vocabulary, read_vocabulary
from dagster_project.reference import SEEDS


@cache
def vocabulary() -> Vocabulary:
    """Return what words and numbers mean."""
    return read_vocabulary(SEEDS)
