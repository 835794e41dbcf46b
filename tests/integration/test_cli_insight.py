"""What history tells a person: what changed before it failed, how often a tunnel is rekeyed,
whose lifetime is the shorter."""

import json
import os
import pathlib
import sqlite3
import subprocess

import pytest

from conftest import PATIENCE

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()
SECOND = 10**6
MARCH = 1772323200 * SECOND  # 2026-03-01T00:00:00Z


def ikewatch(*args):
    proc = subprocess.run([BUILD / "ikewatch", *args], capture_output=True, text=True,
                          timeout=PATIENCE,
                          env=dict(os.environ, TZ="UTC", COLUMNS="100"))
    assert proc.returncode == 0, proc.stderr
    return proc.stdout


class History:
    """An empty database of ours, to be filled row by row."""

    def __init__(self, path):
        self.path = str(path)
        subprocess.run([BUILD / "tools/storeload", "-n", "1", "-t", "1", self.path], check=True,
                       stdout=subprocess.DEVNULL)
        self.db = sqlite3.connect(self.path)
        for table in ("event", "message", "outage", "negotiation", "tunnel", "device"):
            self.db.execute(f"DELETE FROM {table}")
        self.ids = 0

    def device(self, name):
        return self.db.execute("INSERT INTO device(name) VALUES (?)", (name,)).lastrowid

    def tunnel(self, device, peer, name, up=MARCH):
        return self.db.execute(
            "INSERT INTO tunnel(device_id, peer, name, state, first_seen, last_established)"
            " VALUES (?, ?, ?, 'established', ?, ?)", (device, peer, name, MARCH, up)).lastrowid

    def negotiation(self, device, tunnel, at, **more):
        self.ids += 1
        row = dict(id=self.ids, device_id=device, tunnel_id=tunnel, kind="ike", ike_version=2,
                   outcome="deleted", started_at=at, updated_at=at, ended_at=at + SECOND) | more
        if row["outcome"] not in ("failed", "stalled"):
            row.setdefault("established_at", at + SECOND)
        self.db.execute(f"INSERT INTO negotiation({','.join(row)})"
                        f" VALUES ({','.join('?' * len(row))})", list(row.values()))
        return self.ids

    def show(self, which):
        self.db.commit()
        return json.loads(ikewatch("show", "--db", self.path, str(which), "--format", "json"))

    def report(self):
        self.db.commit()
        found = ikewatch("report", "--db", self.path, "--month", "2026-03", "--format", "json")
        found = [json.loads(line) for line in found.splitlines()]
        return {o["device"]: o for o in found if "device" in o}


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "history.db")


def test_what_changed(history):
    fw = history.device("fw-a")
    tunnel = history.tunnel(fw, "198.51.100.7", "hq")
    history.negotiation(fw, tunnel, MARCH, peer="198.51.100.7", role="initiator")
    good = history.negotiation(fw, tunnel, MARCH + SECOND, peer="198.51.100.7", role="responder")
    history.negotiation(fw, tunnel, MARCH + 2 * SECOND, kind="child")
    bad = history.negotiation(fw, tunnel, MARCH + 60 * SECOND, peer="198.51.100.7", ike_version=1,
                              role="responder", outcome="failed", reason="ike_version_mismatch")
    shown = history.show(bad)
    assert shown["last_good"] == good
    assert shown["changed"] == "the IKE version was IKEv2 and is IKEv1"
    text = " ".join(ikewatch("show", "--db", history.path, str(bad)).split())
    assert f"Changed came up last in {good}" in text and shown["changed"] in text
    # one that came up is compared with nothing
    assert history.show(good)["last_good"] is None


def test_nothing_changed(history):
    fw = history.device("fw-a")
    tunnel = history.tunnel(fw, "198.51.100.7", "hq")
    good = history.negotiation(fw, tunnel, MARCH)
    bad = history.negotiation(fw, tunnel, MARCH + SECOND, outcome="failed")
    shown = history.show(bad)
    assert shown["last_good"] == good and shown["changed"] is None
    assert "same addresses" in ikewatch("show", "--db", history.path, str(bad))


def test_another_address(history):
    """The peer came back with another address: a tunnel of its own, with the same name."""
    fw = history.device("fw-a")
    old = history.tunnel(fw, "198.51.100.7", "hq")
    new = history.tunnel(fw, "203.0.113.9", "hq", up=None)
    good = history.negotiation(fw, old, MARCH, peer="198.51.100.7")
    bad = history.negotiation(fw, new, MARCH + SECOND, peer="203.0.113.9", outcome="failed",
                              reason="peer_not_configured")
    shown = history.show(bad)
    assert shown["last_good"] == good
    assert shown["changed"] == "the peer's address was 198.51.100.7 and is 203.0.113.9"
    # a name that many peers share says nothing
    third = history.tunnel(fw, "203.0.113.10", "hq")
    history.negotiation(fw, third, MARCH, peer="203.0.113.10")
    assert history.show(bad)["last_good"] is None


def test_cadence(history):
    a, b, c = (history.device(name) for name in ("fw-a", "fw-b", "fw-c"))
    steady, even, wild = (history.tunnel(d, "198.51.100.7", "hq") for d in (a, b, c))
    for i in range(12):
        for child in ("net-1", "net-2"):
            history.negotiation(a, steady, MARCH + 3600 * i * SECOND + (child == "net-2"),
                                kind="child", child=child, role="responder", rekey=i > 0)
        history.negotiation(b, even, MARCH + 1800 * i * SECOND, kind="child", rekey=1,
                            role="initiator" if i % 2 else "responder")
        history.negotiation(c, wild, MARCH + i * i * i * SECOND, kind="child", rekey=1)
    found = history.report()
    assert found["fw-a"]["rekey_every_s"] == 3600 and found["fw-a"]["rekeys"] == 22
    assert found["fw-a"]["lifetimes"] == "shorter_at_peer"
    assert found["fw-b"]["rekey_every_s"] == 1800 and found["fw-b"]["lifetimes"] is None
    assert found["fw-c"]["rekey_every_s"] is None and found["fw-c"]["lifetimes"] is None
    text = ikewatch("report", "--db", history.path, "--month", "2026-03")
    assert "Lifetimes that seem to differ" in text and "the peer's is the shorter" in text
    assert "the lifetime at the peer is the shorter" in ikewatch("report", "--db", history.path, "--month", "2026-03",
                                       "--format", "html")


def test_both_ends_with_a_rhythm_of_their_own(history):
    a, b = history.device("fw-a"), history.device("fw-b")
    here, there = history.tunnel(a, "198.51.100.7", "hq"), history.tunnel(b, "192.0.2.1", "hq")
    for i in range(8):
        one = history.negotiation(a, here, MARCH + 1000 * i * SECOND, kind="child")
        two = history.negotiation(b, there, MARCH + 3000 * i * SECOND, kind="child")
        history.db.execute("UPDATE negotiation SET other_end_id = ? WHERE id = ?", (two, one))
        history.db.execute("UPDATE negotiation SET other_end_id = ? WHERE id = ?", (one, two))
    found = history.report()
    assert found["fw-a"]["lifetimes"] == "shorter_here"
    assert found["fw-b"]["lifetimes"] == "shorter_at_peer"


# -- the same out of what a running daemon has heard --

HEAD = "<30>ams charon: 09[IKE] <b|%d> "


def comes_up(d):
    d.udp(HEAD % 1 + "initiating IKE_SA b[1] to 198.51.100.2",
          HEAD % 1 + "IKE_SA b[1] established between 198.51.100.1[a]...198.51.100.2[b]",
          HEAD % 1 + "CHILD_SA net{1} established with SPIs 0000c001_i 0000d001_o"
          " and TS 10.1.0.0/24 === 10.2.0.0/24")


def rekeys(d, n):
    """We begin it; the one before is deleted."""
    ts = "and TS 10.1.0.0/24 === 10.2.0.0/24"
    enc = HEAD.replace("[IKE]", "[ENC]") % 1
    d.udp(HEAD % 1 + "establishing CHILD_SA net{%d} reqid 1" % n,
          enc + "generating CREATE_CHILD_SA request %d [ N(REKEY_SA) SA No TSi TSr ]" % n,
          enc + "parsed CREATE_CHILD_SA response %d [ SA No TSi TSr ]" % n,
          HEAD % 1 + "inbound CHILD_SA net{%d} established with SPIs %08x_i %08x_o %s"
          % (n, 0xc000 + n, 0xd000 + n, ts),
          HEAD % 1 + "closing CHILD_SA net{%d} with SPIs %08x_i (0 bytes) %08x_o (0 bytes) %s"
          % (n - 1, 0xc000 + n - 1, 0xd000 + n - 1, ts),
          HEAD % 1 + "sending DELETE for ESP CHILD_SA with SPI %08x" % (0xc000 + n - 1))


def an_hour_each(d):
    """What took a moment becomes a night in March: a rekey an hour. Of the two IKE SAs one was
    there before, one came after."""
    children = [i for i, in d.rows("SELECT id FROM negotiation WHERE kind = 'child' ORDER BY id")]
    ikes = [i for i, in d.rows("SELECT id FROM negotiation WHERE kind = 'ike' ORDER BY id")]
    for k, i in enumerate([ikes[0], *children, *ikes[1:]]):
        d.change("UPDATE negotiation SET ended_at = ended_at - started_at + ?1, established_at ="
                 " established_at - started_at + ?1, updated_at = updated_at - started_at + ?1,"
                 " started_at = ?1 WHERE id = ?2", MARCH + k * 3600 * SECOND, i)
    d.change("UPDATE tunnel SET first_seen = ?1, last_established = ?1", MARCH)


def test_a_running_daemon(daemon):
    d = daemon('udp "127.0.0.1:0" { }')
    comes_up(d)
    for n in range(2, 12):
        rekeys(d, n)
    d.wait_rows("SELECT 1 FROM negotiation WHERE kind = 'child' AND established_at IS NOT NULL",
                lambda rows: len(rows) >= 11)
    d.udp(HEAD % 2 + "initiating Main Mode IKE_SA b[2] to 198.51.100.2",
          HEAD % 2 + "received NO_PROPOSAL_CHOSEN error notify")
    bad, = d.wait_rows("SELECT id FROM negotiation WHERE outcome = 'failed'")
    d.wait("messages_received_total", 3 + 10 * 6 + 2)
    assert d.stop() == 0
    an_hour_each(d)
    good, = d.rows("SELECT id FROM negotiation WHERE kind = 'ike' AND established_at IS NOT NULL")
    shown = json.loads(ikewatch("show", "--db", str(d.db), str(bad[0]), "--format", "json"))
    assert shown["last_good"] == good[0]
    assert shown["changed"] == "the IKE version was IKEv2 and is IKEv1"
    march = "--db", str(d.db), "--month", "2026-03"
    found = [json.loads(line) for line in ikewatch("report", *march, "--format", "json")
             .splitlines()]
    tunnel, = [o for o in found if "device" in o]
    assert tunnel["rekeys"] == 10 and tunnel["lifetimes"] == "shorter_here"
    assert tunnel["rekey_every_s"] == 3600
    # a rekey is no outage
    assert tunnel["outages"] == 0 and tunnel["availability_percent"] == 100
    text = ikewatch("report", *march)
    assert "Lifetimes that seem to differ" in text and "this end's is the shorter" in text
