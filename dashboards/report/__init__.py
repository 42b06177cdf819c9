"""The KE's annual report: one content, written as Word, PDF and slides."""
