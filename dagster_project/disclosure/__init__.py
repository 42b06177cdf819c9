"""Protection of small counts: numbers in, protected numbers out.

The room knows no file, no publication and no municipality, and imports nothing of the house.
"""
