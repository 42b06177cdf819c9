"""How large a country's publication is, and how fast its dashboards answer."""
