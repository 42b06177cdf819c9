"""How the register comes from one version to the next."""
