"""Samordna: from a municipality's exports to published figures on coordinators and plans."""
