"""Drawing: what a page is made of, in the reader's browser."""
