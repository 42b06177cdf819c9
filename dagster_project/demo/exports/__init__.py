"""The exports: the same world as twelve kinds of systems in six municipalities tell of it."""
