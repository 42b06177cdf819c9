"""What an installation is: its home folder, and what people say in its `sources.yml`."""
