"""What the methods page is made of: examples from dbt's unit tests, words, pictures, tables."""
