"""The one reader of a publication, asked by the pages and at the terminal alike: SQL, no words."""
