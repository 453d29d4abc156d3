"""What a stage says to SQLite: its tables, how rows go in, are put in order and come back (`staging`)."""

from __future__ import annotations

# A cell is one number: of its region, its indicator and its year, in steps of these.
SERIES, YEARS, FIRST_YEAR = 1 << 24, 1 << 8, 1900
STATED = ("value", "status", "source", "vintage", "note")
KEPT = f"cell, line, {', '.join(STATED)}, text"

TABLES = """
CREATE TABLE later (place INTEGER PRIMARY KEY, first INTEGER);
CREATE TABLE found (said TEXT);
"""
# What an opening of a stage has beside it.
BESIDE = """
CREATE TEMP TABLE regions (place INTEGER PRIMARY KEY, code TEXT);
CREATE TEMP TABLE indicators (place INTEGER PRIMARY KEY, code TEXT, unit TEXT);
CREATE TEMP TABLE dropped (place INTEGER PRIMARY KEY);
"""

TABLE = """
CREATE TABLE {name} (
    place INTEGER PRIMARY KEY, cell INTEGER, line INTEGER,
    value REAL, status TEXT, source TEXT, vintage TEXT, note TEXT, text TEXT
)
"""

# All names in these statements are our own, never a user's words.
PUT = f"INSERT INTO arrived ({KEPT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
ORDER = f"INSERT INTO ordered ({KEPT}) SELECT {KEPT} FROM arrived ORDER BY cell, line"  # noqa: S608

# Rows lie in the order of cells here, so those of one cell are neighbours and the first of them is the one whose
# neighbour before has another cell.
AGAIN = """
SELECT EXISTS (
    SELECT 1 FROM ordered AS a CROSS JOIN ordered AS b ON b.place = a.place + 1 WHERE a.cell = b.cell
)
"""
LATER = """
INSERT INTO later SELECT place, first FROM (
    SELECT place, max(begins) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING) AS first FROM (
        SELECT place, CASE WHEN cell IS NOT lag(cell) OVER (ORDER BY place) THEN place END AS begins FROM ordered
    )
) WHERE place <> first
"""

PART = f"SELECT place, cell, {', '.join(STATED)} FROM ordered WHERE place > ? ORDER BY place LIMIT ?"  # noqa: S608
PLACED_ROWS = f"""
SELECT r.code, i.code, o.cell % {YEARS} + {FIRST_YEAR}, o.value, i.unit, o.status, o.source, o.vintage, o.note, ?
FROM ordered AS o
CROSS JOIN regions AS r ON r.place = o.cell / {SERIES * YEARS}
CROSS JOIN indicators AS i ON i.place = o.cell / {YEARS} % {SERIES}
"""  # noqa: S608
LEFT = "WHERE o.place NOT IN (SELECT place FROM dropped)"

SAME = " AND ".join(f"now.{name} IS then_.{name}" for name in STATED)
BOTH = "FROM later JOIN ordered now ON now.place = later.place JOIN ordered then_ ON then_.place = later.first"
