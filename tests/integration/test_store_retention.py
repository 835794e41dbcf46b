"""Old rows go in slices beside the writing: the file keeps its size, what is
young stays, and the queue stays short."""

import os
import pathlib
import re
import sqlite3
import subprocess

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()
LOAD = BUILD / "tools" / "storeload"
LONG = bool(os.environ.get("IKEWATCH_LONG"))
DAY = 86400 * 10**6


def ask(path, sql):
    db = sqlite3.connect(path)
    try:
        return db.execute(sql).fetchone()
    finally:
        db.close()


def load(path, *args):
    got = subprocess.run([LOAD, "-T", *map(str, args), path], capture_output=True, text=True,
                         timeout=600)
    assert got.returncode == 0, got.stderr
    assert got.stdout.rstrip().endswith("refused 0")
    return max(int(n) for n in re.findall(r"queued (\d+)", got.stdout))


def test_by_size(tmp_path):
    """A full file, and much more is written."""
    path = tmp_path / "t.db"
    size, before, more = (256, 140000, 120000) if LONG else (32, 17400, 4000)
    size <<= 20
    load(path, "-n", before, "-t", 100)
    assert 0.9 * size < path.stat().st_size < size
    queued = load(path, "-m", size, "-r", 2000 if LONG else 500, "-n", more, "-t", 100)
    # each run prunes between its batches: where the machine is slow, on
    for _ in range(20):
        if path.stat().st_size <= size:
            break
        more += 100
        load(path, "-m", size, "-r", 100, "-n", 100, "-t", 100)
    assert 0.8 * size < path.stat().st_size <= size
    assert queued < 50000
    assert ask(path, "PRAGMA integrity_check") == ("ok",)
    # the newest are there, in all tables; the oldest went
    assert ask(path, "SELECT max(id), max(negotiation_id) FROM negotiation, (SELECT"
               " max(negotiation_id) AS negotiation_id FROM event)") == (before + more,) * 2
    assert ask(path, "SELECT min(id) > 1 FROM message") == (1,)
    # nothing in it points at what is gone
    assert ask(path, "SELECT count(*) FROM pragma_foreign_key_check") == (0,)


def test_by_age(tmp_path):
    """Of sixty days ten are kept."""
    path = tmp_path / "t.db"
    load(path, "-n", 20000, "-d", 60, "-t", 100)
    before = path.stat().st_size
    newest, = ask(path, "SELECT max(received_at) FROM event")
    old = (f"SELECT (SELECT count(*) FROM event WHERE received_at < {newest - 11 * DAY}) +"
           " (SELECT count(*) FROM negotiation WHERE outcome NOT IN ('open','established')"
           f" AND started_at < {newest - 11 * DAY})")
    # each run prunes between its batches: as often as it takes
    for _ in range(60):
        load(path, "-k", 10 * 86400, "-r", 400, "-n", 400, "-t", 100)
        if ask(path, old) == (0,):
            break
    for table, column in (("event", "received_at"), ("message", "received_at")):
        assert ask(path, f"SELECT count(*) FROM {table} WHERE {column} < {newest - 11 * DAY}") == (0,)
        young, = ask(path, f"SELECT count(*) FROM {table} WHERE {column} > {newest - 9 * DAY}")
        assert young >= 4 * 20000 * 9 // 60 * 0.9
    assert ask(path, old) == (0,)
    # what became free was given back
    assert path.stat().st_size < before
    assert ask(path, "PRAGMA integrity_check") == ("ok",)
