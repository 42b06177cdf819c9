"""The last place that sees an id or a name of a person.

What enters holds ids and names; what leaves holds pseudonyms, keyed hashes and masked text. Nothing
here writes a file but the key file and the keyed name tokens, and no error quotes a cell.
"""
