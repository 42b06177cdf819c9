"""The one door to the data: published tables, read whole from one publication at a time."""
