"""What people write and no run can make again, in one SQL database: the register.

Every change is an event that is never altered (`events.py`), written together with the state that
it leads to (`views.py`, `issues.py`). The database is a SQLite file in the home, or a PostgreSQL
that `SAMORDNA_REGISTER` names; it migrates itself when it is opened (`database.py`).
"""
