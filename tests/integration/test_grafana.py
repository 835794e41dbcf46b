"""The dashboards in conf/grafana: every query runs against a database and
uses its indices, every metric and label they name is one of the daemon's."""

import json
import pathlib
import re
import sqlite3
import subprocess
import time

import pytest

from conftest import BUILD
from test_alert_ways import config, fails, hook

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "conf" / "grafana"
DAY = 86400 * 1000


def board(name):
    return json.loads((FOLDER / name).read_text())


def targets(b):
    return [(p["title"], t) for p in b["panels"] for t in p.get("targets", ())]


TUNNELS = board("ikewatch-tunnels.json")
QUERIES = {title: t for title, t in targets(TUNNELS)}


def filled(sql, device="'*'", days=30):
    """With Grafana's variables put in."""
    now = int(time.time() * 1000)
    for name, value in (("${__from}", now - days * DAY), ("${__to}", now),
                        ("$__interval_ms", 3600000),
                        ("${device:sqlstring}", device)):
        sql = sql.replace(name, str(value))
    assert "$" not in sql, sql
    return sql


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    path = tmp_path_factory.mktemp("grafana") / "t.db"
    subprocess.run([BUILD / "tools" / "storeload", "-n", "6000", "-t", "40",
                    "-d", "20", path], check=True, timeout=600,
                   stdout=subprocess.DEVNULL)
    db = sqlite3.connect(path)
    db.execute("INSERT INTO alert(incident, kind, severity, state, opened_at,"
               " updated_at, device, summary) SELECT 'k', 'tunnel_down',"
               " 'critical', 'firing', max(received_at), 1, 'fw-001', 'x'"
               " FROM event")
    db.execute("UPDATE outage SET ended_at = started_at + 1000000"
               " WHERE id % 2")
    db.commit()
    yield db
    db.close()


@pytest.mark.parametrize("title", QUERIES)
def test_query(db, title):
    t = QUERIES[title]
    assert t["rawQueryText"] == t["queryText"]
    cursor = db.execute(filled(t["queryText"]))
    rows = cursor.fetchall()
    assert rows and any(v is not None for v in rows[0])
    names = [c[0] for c in cursor.description]
    if t["queryType"] == "time series":
        assert names[0] in t["timeColumns"]
        # seconds since the epoch, not more and not less
        assert all(abs(r[0] - time.time()) < 40 * 86400 for r in rows)
    panel = [p for p in TUNNELS["panels"] if p["title"] == title][0]
    for o in panel.get("fieldConfig", {}).get("overrides", ()):
        assert o["matcher"]["options"] in names


@pytest.mark.parametrize("title", QUERIES)
def test_one_device(db, title):
    """The device's name is a value: what is in it changes nothing else."""
    sql = QUERIES[title]["queryText"]
    every = db.execute(filled(sql)).fetchall()
    one = db.execute(filled(sql, "'fw-001'")).fetchall()
    assert one != every or title == "Alerts"
    db.execute(filled(sql, "'fw''--'")).fetchall()


@pytest.mark.parametrize("title", QUERIES)
def test_indices_are_used(db, title):
    plan = db.execute("EXPLAIN QUERY PLAN "
                      + filled(QUERIES[title]["queryText"])).fetchall()
    for step in plan:
        assert not re.match(r"SCAN (n|e|m|negotiation|event|message)\b"
                            r"(?! USING)", step[3]), plan


def test_variables(db):
    for v in TUNNELS["templating"]["list"]:
        if v["type"] == "query":
            assert db.execute(v["query"]["queryText"]).fetchall()


def test_metrics(daemon):
    """Names and labels, against what the daemon says of itself."""
    d = daemon(config(hook("http://127.0.0.1:9/")) + '\ntcp "127.0.0.1:0" { }')
    fails(d)
    d.wait("outbox_depth", 1)
    text = d.get("/metrics")[1]
    known = {}
    for name, labels in re.findall(r"^(ikewatch_\w+)(?:\{(.*)\})? ", text,
                                   re.M):
        known.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    b = board("ikewatch-daemon.json")
    used = 0
    for title, t in targets(b):
        names = re.findall(r"\b(ikewatch_\w+)\{([^}]*)\}", t["expr"])
        assert names, title
        labels = set()
        for name, having in names:
            assert name in known, (title, name)
            labels |= known[name]
            for label in re.findall(r"(\w+)=", having):
                assert label == "job" or label in known[name], (title, label)
            used += 1
        shown = re.findall(r"\{\{(\w+)\}\}", t.get("legendFormat", ""))
        for group in re.findall(r"by \(([^)]*)\)", t["expr"]):
            shown += group.split(", ")
        assert set(shown) <= labels, title
    assert used >= 20
    for v in b["templating"]["list"]:
        for name in re.findall(r"ikewatch_\w+", str(v["query"])):
            assert name in known


@pytest.mark.parametrize("name", ["ikewatch-tunnels.json",
                                  "ikewatch-daemon.json"])
def test_board_holds_together(name):
    """Panels do not lie on each other, and name the one data source."""
    b = board(name)
    cells, ids = set(), set()
    for p in b["panels"]:
        assert p["id"] not in ids
        ids.add(p["id"])
        g = p["gridPos"]
        assert g["x"] + g["w"] <= 24
        mine = {(x, y) for x in range(g["x"], g["x"] + g["w"])
                for y in range(g["y"], g["y"] + g["h"])}
        assert not mine & cells, p["title"]
        cells |= mine
        if p["type"] != "row":
            assert p["datasource"]["uid"] == "${datasource}"
    assert [v["name"] for v in b["templating"]["list"]][0] == "datasource"
