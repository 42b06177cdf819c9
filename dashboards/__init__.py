"""The dashboards: what is published, for people. They read nothing else."""
