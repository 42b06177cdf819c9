"""Reading exports: column mapping, deliveries, and the manifest of what has landed."""
