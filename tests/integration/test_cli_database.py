"""The commands that read the database: filters, forms, copies, refusals."""

import csv
import io
import json
import os
import pathlib
import sqlite3
import subprocess

import pytest

from conftest import PATIENCE

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()
RECORDS = [
    "<30>charon: 10[IKE] initiating IKE_SA hq[1] to 203.0.113.9",
    "<30>charon: 10[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]",
    "<30>charon: 10[NET] sending packet: from 192.0.2.1[500] to 203.0.113.9[500] (464 bytes)",
    "<30>charon: 14[NET] received packet: from 203.0.113.9[500] to 192.0.2.1[500] (472 bytes)",
    "<30>charon: 14[ENC] parsed IKE_SA_INIT response 0 [ SA KE No ]",
    "<30>charon: 14[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]",
    "<30>charon: 14[NET] sending packet: from 192.0.2.1[500] to 203.0.113.9[500] (304 bytes)",
    "<30>charon: 11[NET] received packet: from 203.0.113.9[500] to 192.0.2.1[500] (80 bytes)",
    "<30>charon: 11[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]",
    "<30>charon: 11[IKE] received AUTHENTICATION_FAILED notify error",
]


def ikewatch(*args):
    return subprocess.run([BUILD / "ikewatch", *args], capture_output=True, text=True,
                          timeout=PATIENCE,
                          env=dict(os.environ, TZ="UTC", COLUMNS="100"))


def objects(*args):
    proc = ikewatch(*args, "--format", "json")
    assert proc.returncode == 0, proc.stderr
    return [json.loads(line) for line in proc.stdout.splitlines()]


@pytest.fixture
def stored(daemon):
    """A daemon that has seen one refusal."""
    d = daemon('udp "127.0.0.1:0" { }')
    for record in RECORDS:
        d.udp(record)
    d.wait("negotiations_total", 1, outcome="failed", reason="authentication_failed")
    d.wait_rows("SELECT 1 FROM negotiation WHERE outcome = 'failed'")
    d.wait_rows("SELECT 1 FROM event", lambda rows: len(rows) == len(RECORDS))
    return d


def test_history_and_show(stored):
    db = str(stored.db)
    history = objects("history", "--db", db)
    assert [(n["peer"], n["outcome"], n["reason"]) for n in history] == \
        [("203.0.113.9", "failed", "authentication_failed")]
    for args in (("--peer", "203.0.113.9"), ("--reason", "authentication_failed"),
                 ("--since", "1h"), ("--limit", "1"), ("--device", history[0]["device"])):
        assert objects("history", "--db", db, *args) == history
    for args in (("--peer", "203.0.113.8"), ("--reason", "no_response"), ("--device", "x")):
        assert objects("history", "--db", db, *args) == []
    shown, = objects("show", "--db", db, str(history[0]["id"]))
    assert shown["reason"] == "authentication_failed" and shown["events"]
    text = ikewatch("show", "--db", db, str(history[0]["id"])).stdout
    assert text.startswith("FAILED") and "IKE_SA_INIT response" in text


def test_status_in_every_form(stored):
    db = str(stored.db)
    tunnel, = objects("status", "--db", db)
    assert tunnel["peer"] == "203.0.113.9" and tunnel["last_reason"] == "authentication_failed"
    assert tunnel["failures_24h"] == 1
    rows = list(csv.DictReader(io.StringIO(ikewatch("status", "--db", db, "--format", "csv").stdout)))
    assert rows[0]["peer"] == "203.0.113.9"
    assert "203.0.113.9" in ikewatch("status", "--db", db).stdout


def test_a_copy_is_as_good(stored, tmp_path):
    copy = tmp_path / "copy.db"
    assert ikewatch("export", "--db", str(stored.db), str(copy)).returncode == 0
    assert sorted(p.name for p in tmp_path.glob("copy*")) == ["copy.db"]
    assert objects("history", "--db", str(copy)) == objects("history", "--db", str(stored.db))
    (tmp_path / "letter").write_text("dear all")
    proc = ikewatch("export", "--db", str(stored.db), str(tmp_path / "letter"))
    assert proc.returncode == 73 and (tmp_path / "letter").read_text() == "dear all"


def test_silences(stored):
    db = str(stored.db)
    made, = objects("silence", "add", "--db", db, "--peer", "203.0.113.9", "--for", "2h",
                    "--comment", "=cmd()")
    listed, = objects("silence", "list", "--db", db)
    assert listed["id"] == made["id"] and listed["comment"] == "=cmd()"
    assert "'=cmd()" in ikewatch("silence", "list", "--db", db, "--format", "csv").stdout
    assert ikewatch("silence", "remove", "--db", db, str(made["id"])).returncode == 0
    assert objects("silence", "list", "--db", db) == []
    assert len(objects("silence", "list", "--db", db, "--all")) == 1
    assert ikewatch("silence", "remove", "--db", db, str(made["id"])).returncode == 65
    assert ikewatch("silence", "add", "--db", db, "--for", "2h").returncode == 64
    assert ikewatch("silence", "add", "--db", db, "--peer", "x").returncode == 64


def test_what_cannot_be_read_is_refused(tmp_path):
    missing = ikewatch("status", "--db", str(tmp_path / "none.db"))
    assert missing.returncode == 66 and "ikewatchd" in missing.stderr
    assert not (tmp_path / "none.db").exists()
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE letters(text)")
    before = foreign.read_bytes()
    proc = ikewatch("history", "--db", str(foreign))
    assert proc.returncode == 65 and "not a database of ikewatch" in proc.stderr
    assert ikewatch("silence", "add", "--db", str(foreign), "--peer", "x", "--for", "1h").returncode == 65
    assert foreign.read_bytes() == before
    with sqlite3.connect(tmp_path / "newer.db") as db:
        db.executescript("PRAGMA application_id = 0x494b4577; PRAGMA user_version = 900;"
                         "CREATE TABLE device(x); CREATE TABLE tunnel(x);"
                         "CREATE TABLE negotiation(x); CREATE TABLE event(x)")
    proc = ikewatch("status", "--db", str(tmp_path / "newer.db"))
    assert proc.returncode == 65 and "newer" in proc.stderr


def test_wrong_words():
    for args in (("frob",), ("status", "--frob"), ("show",), ("show", "x"), ("status", "extra"),
                 ("history", "--since", "soon"), ("history", "--limit", "0"),
                 ("history", "--reason", "bad_luck"), ("reasons", "bad_luck"),
                 ("status", "--format", "xml"), ("silence", "frob"), ("alerts", "frob", "1"),
                 ("alerts", "retry"), ()):
        proc = ikewatch(*args)
        assert proc.returncode == 64, args
        assert proc.stderr and not proc.stdout, args


def month_of_outages(stored, tmp_path):
    """A copy in which the tunnel was down for two hours in March 2026."""
    copy = tmp_path / "months.db"
    assert ikewatch("export", "--db", str(stored.db), str(copy)).returncode == 0
    hour = 3600 * 10**6
    march = 1772323200 * 10**6  # 2026-03-01T00:00:00Z
    with sqlite3.connect(copy) as db:
        db.execute("UPDATE tunnel SET first_seen = ?, last_established = ?,"
                   " name = '<b>hq</b>'", (march - hour, march))
        tunnel, = db.execute("SELECT min(id) FROM tunnel").fetchone()
        db.execute("DELETE FROM outage")
        db.executemany(
            "INSERT INTO outage(tunnel_id, started_at, ended_at, reason) VALUES (?, ?, ?, ?)",
            [(tunnel, march - 3 * hour, march + hour, "psk_mismatch"),
             (tunnel, march + 48 * hour, march + 49 * hour, "no_response")])
    return str(copy)


def test_report(stored, tmp_path):
    copy = month_of_outages(stored, tmp_path)
    found = objects("report", "--db", copy, "--month", "2026-03")
    tunnel, = [o for o in found if "tunnel" in o]
    assert tunnel["outages"] == 2 and tunnel["down_s"] == 7200
    assert tunnel["availability_percent"] == 99.731  # 742 of 744 hours, rounded down
    assert tunnel["mttr_s"] == 9000  # four hours and one, as they really were
    empty = objects("report", "--db", copy, "--month", "2026-04")
    assert empty[0]["outages"] == 0 and empty[0]["availability_percent"] == 100
    assert "2026-03: 1 tunnel" in ikewatch("report", "--db", copy, "--month", "2026-03").stdout
    for wrong in ("2026-13", "March", "2999-01"):
        assert ikewatch("report", "--db", copy, "--month", wrong).returncode == 64


def test_report_as_a_page(stored, tmp_path):
    copy = month_of_outages(stored, tmp_path)
    page = ikewatch("report", "--db", copy, "--month", "2026-03", "--format", "html").stdout
    assert page.startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    assert "<b>hq" not in page and "&lt;b&gt;hq&lt;/b&gt;" in page
    assert page.count("class=down") >= 2
    for outside in ("http:", "https:", "<script", "url("):
        assert outside not in page
