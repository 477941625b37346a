"""Rules from a table of a database, through SQLAlchemy: read only, and streamed."""
