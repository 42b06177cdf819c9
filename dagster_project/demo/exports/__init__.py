"""The exports: the same world, as the systems of six municipalities tell of it."""
