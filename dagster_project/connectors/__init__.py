"""Fetching deliveries into the inbox from databases and web services; from there they are files."""
