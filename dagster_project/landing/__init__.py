"""Reading exports: connectors, column mapping, deliveries, and the manifest of what has landed."""
