"""What municipalities share with one another: packages made, signed, received and read.

The form of a package, and how its counts are protected: docs/share-package.md.
"""
