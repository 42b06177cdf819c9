"""What readers take along: tables, documents, views by name."""
