"""How far figures can be compared: their grades, and the breaks of their series."""

from dagster_project.publication.reader.comparability import Break, Grade, Reason, breaks, grade

__all__ = ["Break", "Grade", "Reason", "breaks", "grade"]
