"""What differs by more than chance, and what is most worth telling.

Not named `statistics`: the dashboards' folder comes before Python's own modules where they are
served.
"""
