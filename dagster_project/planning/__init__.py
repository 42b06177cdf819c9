"""What the coming years ask for: persons, coordinators, posts and kroner.

Nothing here knows where its numbers come from: inhabitants and persons counted go in, what is
expected of them comes out. Only scenarios are files. Why so: `docs/decisions/0017-needs.md`.
"""


class PlanningError(Exception):
    """Why nothing can be said of the coming years: `code` names the sentence that says so."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
