#!/usr/bin/python3
"""How long queries and commands take on a large database.

    build/tools/storeload -t 10000 -n 2000000 -e 5 -d 365 big.db
    tests/bench/store_queries.py [--check] big.db

Prints the median and the worst of seven runs of each, in milliseconds, and
the processor time of the median, which other programs disturb less. Each run
has a connection of its own: the pages are in the system's cache, not in
SQLite's, as for somebody who looks again and again. With --check, ends with 1
where a median is over its limit: 100 ms, and 2 s for the report of a month.
"""
import datetime
import os
import pathlib
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "man/ikewatch-schema.5"
IKEWATCH = pathlib.Path(os.environ.get("IKEWATCH_BUILD", ROOT / "build")
                        ) / "ikewatch"
RUNS = 7
LIMIT, LIMIT_REPORT = 100, 2000

# What people ask of the views besides.
MORE = {
    "status of all tunnels": "SELECT * FROM tunnels",
    "one tunnel": "SELECT * FROM tunnels WHERE peer = :peer",
    "history of a peer": "SELECT * FROM negotiations WHERE peer = :peer"
    " ORDER BY started_us DESC LIMIT 50",
    "history of a reason": "SELECT * FROM negotiations WHERE reason ="
    " 'psk_mismatch' ORDER BY started_us DESC LIMIT 50",
    "the newest negotiations": "SELECT * FROM negotiations"
    " ORDER BY started_us DESC LIMIT 50",
    "one negotiation": "SELECT * FROM failures WHERE id = :id",
    "its events": "SELECT * FROM events WHERE negotiation_id = :id",
    "open now": "SELECT * FROM negotiations WHERE outcome = 'open'",
    "child SPI": "SELECT * FROM negotiations WHERE child_spi = '0a0b0c0d'"
    " OR child_spi_out = '0a0b0c0d'",
}


def queries():
    text = PAGE.read_text().split(".Sh QUERIES")[1].split(".Sh FILES")[0]
    titles = re.findall(r"\n(?:\.Pp\n)?([^.\n][^\n]*)\n\.Bd", "\n" + text)
    blocks = re.findall(r"\.Bd -literal -offset 2n\n(.*?)\n\.Ed", text, re.S)
    return dict(zip(titles, blocks)) | MORE


def connect(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def run(path, sql, args):
    db = connect(path)
    began, used = time.monotonic(), time.process_time()
    rows = len(db.execute(sql, args).fetchall())
    took = (time.monotonic() - began) * 1000
    used = (time.process_time() - used) * 1000
    db.close()
    return took, used, rows


def commands(args, device, tunnel, month):
    """What people type."""
    return [("status",), ("status", "--format", "json"),
            ("status", "--peer", args["peer"]), ("history",),
            ("history", "--peer", args["peer"]),
            ("history", "--device", device), ("history", "--tunnel", tunnel),
            ("history", "--reason", "psk_mismatch"),
            ("history", "--since", "24h"), ("show", str(args["id"])),
            ("alerts",), ("report", "--month", month),
            ("report", "--month", month, "--format", "html"),
            ("report", "--month", month, "--tunnel", tunnel)]


def run_command(path, words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    out = subprocess.run([IKEWATCH, words[0], "--db", path, *words[1:]],
                         check=True, capture_output=True).stdout
    took = (time.monotonic() - began) * 1000
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (after.ru_utime + after.ru_stime - before.ru_utime
            - before.ru_stime) * 1000
    return took, used, out.count(b"\n")


def measured(path):
    """(title, limit, [(took, used, rows), ...]) one after the other."""
    db = connect(path)
    last, = db.execute("SELECT max(id) FROM negotiation").fetchone()
    peer, spi, device, tunnel = db.execute(
        "SELECT peer, ispi, device, tunnel FROM negotiations WHERE id = ?",
        (last // 2,)).fetchone()
    db.close()
    args = {"peer": peer, "id": last // 7 // 2 * 7}
    for title, sql in queries().items():
        sql = sql.replace("198.51.100.7", peer)
        sql = sql.replace("c0ffee0123456789", spi)
        sql = sql.replace("id = 17", f"id = {args['id']}")
        yield (title.rstrip(":"), LIMIT,
               [run(path, sql, args) for _ in range(RUNS)])
    first = datetime.date.today().replace(day=1)
    month = (first - datetime.timedelta(days=1)).strftime("%Y-%m")
    for words in commands(args, device, tunnel, month):
        yield ("ikewatch " + " ".join(words),
               LIMIT_REPORT if words[0] == "report" else LIMIT,
               [run_command(path, words) for _ in range(RUNS)])


def main(path, check):
    over = 0
    print(f"{'median':>8} {'worst':>8} {'cpu':>8} {'rows':>7}")
    for title, limit, took in measured(path):
        ms, cpu = ([t[i] for t in took] for i in (0, 1))
        slow = statistics.median(ms) > limit
        over += slow
        print(f"{statistics.median(ms):8.1f} {max(ms):8.1f}"
              f" {statistics.median(cpu):8.1f} {took[0][2]:7d}"
              f"  {title}{'  OVER' if slow else ''}", flush=True)
    return 1 if check and over else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: store_queries.py [--check] FILE")
    sys.exit(main(sys.argv[-1], "--check" in sys.argv))
