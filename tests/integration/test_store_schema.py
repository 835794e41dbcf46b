"""ikewatch-schema(5) against a database: every column it names is there,
every column that is there is named, every query it shows runs and answers."""
import os
import pathlib
import re
import sqlite3
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", ROOT / "build"))
PAGE = (ROOT / "man" / "ikewatch-schema.5").read_text()


def documented():
    """{table or view: [column, ...]} out of the manual."""
    names, at = {}, None
    for line in PAGE.split(".Sh QUERIES")[0].splitlines():
        if line.startswith((".Ss ", ".Sh ")):
            at = names.setdefault(line[4:], [])
        elif line.startswith(".It Cm "):
            at += [c.strip() for c in line[7:].split(" , ")]
    return {n: c for n, c in names.items() if c}


def queries():
    text = PAGE.split(".Sh QUERIES")[1].split(".Sh FILES")[0]
    titles = re.findall(r"\n(?:\.Pp\n)?([^.\n][^\n]*)\n\.Bd", "\n" + text)
    blocks = re.findall(r"\.Bd -literal -offset 2n\n(.*?)\n\.Ed", text, re.S)
    assert len(titles) == len(blocks) >= 12
    return dict(zip(titles, (b.replace("\\e", "\\") for b in blocks)))


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "t.db"
    subprocess.run([BUILD / "tools" / "storeload", "-n", "6000", "-t", "40",
                    "-d", "60", path], check=True, timeout=600,
                   stdout=subprocess.DEVNULL)
    db = sqlite3.connect(path)
    # what a load of one device's making does not have; the outage that is
    # to come is of this month on the first of it too
    db.executescript("""
        UPDATE negotiation SET other_end_id = id - 1, refused_by = 'here'
         WHERE outcome = 'failed';
        INSERT INTO alert(id, incident, kind, severity, state, opened_at,
            updated_at) SELECT 1, 'k', 'self', 'info', 'firing',
            strftime('%s','now') * 1000000, 1;
        INSERT INTO delivery(alert_id, destination, edge, webhook_id, state,
            created_at) VALUES (1, 'noc', 'firing', 'w', 'pending', 1);
        INSERT INTO device(name, last_seen) VALUES ('fw-gone', 1);
        UPDATE tunnel SET last_established = NULL WHERE id % 5 = 0;
        INSERT INTO outage(tunnel_id, started_at, ended_at)
            SELECT 1, started_at, started_at + 1 FROM (
                SELECT strftime('%s','now') * 1000000 - value * 1000000000
                       AS started_at FROM json_each('[-3,1,2,3,4,5]'));
        """)
    yield db
    db.close()


def test_columns(db):
    told = documented()
    names = [r[0] for r in db.execute(
        "SELECT name FROM sqlite_schema WHERE type IN ('table','view')"
        " AND name NOT LIKE 'sqlite%'")]
    assert sorted(told) == sorted(names)
    for name in names:
        columns = [r[1] for r in db.execute(f"PRAGMA table_info({name})")]
        assert sorted(told[name]) == sorted(columns), name


# What every version promises, in this order; more may follow.
PROMISED = {
    "tunnels": "id device vendor peer local name state since ike_version"
    " last_established last_failure last_reason failures_24h",
    "negotiations": "id device vendor tunnel peer local role ike_version kind"
    " ispi rspi child_spi stage outcome reason category suspects detail"
    " started_at updated_at ended_at duration_ms",
    "failures": "id device vendor tunnel peer local role ike_version kind"
    " ispi rspi child_spi stage outcome reason category suspects detail"
    " started_at updated_at ended_at duration_ms title hint",
    "events": "id received_at device_time device negotiation_id event stage"
    " reason detail message",
    "messages": "id received_at source transport facility severity timestamp"
    " hostname app procid msgid message vendor",
    "alerts": "id kind severity state device tunnel peer reason summary"
    " opened_at resolved_at notifications delivered pending last_error",
}


@pytest.mark.parametrize("view", PROMISED)
def test_promised_columns(db, view):
    columns = [r[1] for r in db.execute(f"PRAGMA table_info({view})")]
    promised = PROMISED[view].split()
    assert columns[:len(promised)] == promised


def test_promised_tables(db):
    """Base tables are strict, their times integers; views tell times as
    text, in UTC, and SPIs in so many digits."""
    for table in ("device tunnel negotiation event message alert delivery"
                  " silence").split():
        strict, = db.execute("SELECT strict FROM pragma_table_list"
                             " WHERE name = ?", (table,)).fetchone()
        assert strict == 1, table
        for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})"):
            if re.search(r"(_at|_time|since|_seen|^at|last_established"
                         r"|last_failure|timestamp)$", name):
                assert kind == "INTEGER", (table, name)
    for view, columns in PROMISED.items():
        columns = columns.split()
        # the newest, and those that have not ended
        rows = db.execute(f"SELECT {','.join(columns)} FROM {view}"
                          " ORDER BY id DESC LIMIT 200").fetchall()
        assert rows, view
        for row in rows:
            for name, value in zip(columns, row):
                if value is None:
                    continue
                if re.search(r"(_at|since|_time|timestamp|last_established"
                             r"|last_failure)$", name):
                    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
                                        r"\.\d{6}Z", value), (view, name)
                if name in ("ispi", "rspi"):
                    assert re.fullmatch("[0-9a-f]{16}", value)
                if name == "child_spi":
                    assert re.fullmatch("[0-9a-f]{8}", value)
    for pragma, value in (("journal_mode", "wal"), ("auto_vacuum", 2),
                          ("application_id", 0x494b4577),
                          ("user_version", 1), ("encoding", "UTF-8")):
        assert db.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_indices_are_used(db):
    """No documented query reads a large table from end to end."""
    large = "negotiation|event|message"
    for title, sql in queries().items():
        for step in db.execute("EXPLAIN QUERY PLAN " + sql).fetchall():
            assert not re.match(rf"SCAN (n|m|e|{large})\b(?! USING)",
                                step[3]), (title, step)


def test_views_are_in_order(db):
    told = documented()
    for (name,) in db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
        columns = [r[1] for r in db.execute(f"PRAGMA table_info({name})")]
        assert told[name] == columns, name


@pytest.mark.parametrize("title", queries())
def test_query(db, title):
    sql = queries()[title]
    peer = db.execute("SELECT peer FROM tunnels WHERE state = 'down'"
                      " AND last_established > ''").fetchone()[0]
    spi = db.execute("SELECT ispi FROM negotiations LIMIT 1").fetchone()[0]
    sql = sql.replace("198.51.100.7", peer).replace("c0ffee0123456789", spi)
    rows = db.execute(sql).fetchall()
    assert rows, "answers nothing"
    assert any(v is not None for v in rows[0])


def test_availability_adds_up(db):
    """The worked query against the same sum done by hand."""
    title = [t for t in queries() if t.startswith("Availability")][0]
    peer, tunnel = db.execute("SELECT peer, id FROM tunnels LIMIT 1"
                              ).fetchone()
    db.execute("DELETE FROM outage WHERE tunnel_id = ?", (tunnel,))
    day = 86400 * 1000000
    start, = db.execute("SELECT strftime('%s', 'now', 'start of month',"
                        " '-2 months') * 1000000").fetchone()
    db.execute("UPDATE tunnel SET first_seen = ? WHERE id = ?",
               (start, tunnel))
    days, = db.execute("SELECT (strftime('%s', 'now', 'start of month',"
                       " '-1 month') * 1000000 - ?) / ?",
                       (start, day)).fetchone()
    # three days, and the last day of the month into the next
    db.executemany("INSERT INTO outage(tunnel_id, started_at, ended_at)"
                   " VALUES (?, ?, ?)",
                   [(tunnel, start + day, start + 4 * day),
                    (tunnel, start + (days - 1) * day,
                     start + (days + 1) * day)])
    rows = db.execute(queries()[title].replace("198.51.100.7", peer)
                      ).fetchall()
    db.rollback()
    assert len(rows) == 3
    assert rows[0][1] == pytest.approx(100 - 100 * 4 / days, abs=0.001)
    assert rows[2][1] == 100


@pytest.mark.parametrize("day", ["2026-03-31", "2028-02-29", "2026-12-31",
                                 "2027-01-01"])
def test_availability_of_a_year_on_any_day(db, day):
    """Twelve months, also where the eleventh before has fewer days."""
    title = [t for t in queries() if t.startswith("Availability")][0]
    sql = queries()[title].replace("'now'", "'%s 12:00:00'" % day)
    peer, = db.execute("SELECT peer FROM tunnels LIMIT 1").fetchone()
    db.execute("UPDATE tunnel SET first_seen = 1")
    rows = db.execute(sql.replace("198.51.100.7", peer)).fetchall()
    db.rollback()
    last = int(day[:4]) * 12 + int(day[5:7]) - 1
    assert [month for month, _ in rows] == [
        "%04d-%02d" % (n // 12, n % 12 + 1) for n in range(last - 11, last + 1)]
