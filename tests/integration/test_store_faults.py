"""E2, E3, E8: the process ends, the power goes, the disk fails, at every
single call that changes the database's files.

storeload runs on a file system of its own making (tests/tools/faults.h) that
counts the calls. What it said was safe must be in the file afterwards. A
sample runs always, all of it with IKEWATCH_LONG.
"""
import os
import pathlib
import random
import re
import sqlite3
import struct
import subprocess

import pytest

from receiver import PATIENCE

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", ROOT / "build"))
LOAD = BUILD / "tools" / "storeload"
LONG = bool(os.environ.get("IKEWATCH_LONG"))
EVENTS = 4  # of each of storeload's negotiations


def load(path, *args, count=30):
    """Alerts with each commit, and a prune that finds something to do."""
    return subprocess.run(
        [LOAD, "-a", "-r", "400", "-t", "5", "-n", str(count), *args, path],
        capture_output=True, text=True, timeout=PATIENCE)


def told(run):
    """Alerts that it called committed; a last line may be cut."""
    return [int(n) for n in re.findall(r"^alert (\d+)\n", run.stdout, re.M)]


def check(path, alerts, recover=True):
    """Sound, and all that was told is there."""
    db = sqlite3.connect(path)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        if not alerts:
            return
        have = dict(db.execute("SELECT a.id, v.state FROM alert AS a"
                               " JOIN delivery AS v ON v.alert_id = a.id"))
        assert set(alerts) <= set(have)
        # what was pushed before an alert is committed with it
        for table in ("event", "message"):
            assert db.execute(f"SELECT count(*) FROM {table} WHERE id <= ?",
                              (EVENTS * max(alerts),)).fetchone() == \
                (EVENTS * max(alerts),), table
    finally:
        db.close()


def calls(tmp_path, *args):
    run = load(tmp_path / "count.db", "-F", "count", *args)
    assert run.returncode == 0, run.stderr
    return int(re.search(r"^calls (\d+)", run.stdout, re.M).group(1))


def some(n, k):
    """k of 1..n, in the long form 300 or all."""
    k = min(n, 300) if LONG else k
    return sorted(random.sample(range(1, n + 1), k))


def test_killed_at_every_call(tmp_path):
    """Making the file, batches, commits, checkpoints, the end: before each
    call, and so after the one before it."""
    for n in some(calls(tmp_path), 10):
        path = tmp_path / f"{n}.db"
        run = load(path, "-F", f"kill:{n}")
        alerts = told(run)
        # killed again while it is put right
        load(path, "-F", f"kill:{random.randint(1, 40)}", count=3)
        assert load(path, count=2).returncode == 0
        check(path, alerts)
        assert not list(tmp_path.glob("*.damaged*")), n
        path.unlink()


def test_killed_while_pruning(tmp_path):
    """The same where old rows go and free pages are given back."""
    base = tmp_path / "base.db"
    subprocess.run([LOAD, "-n", "4000", "-d", "30", base], check=True,
                   timeout=PATIENCE, stdout=subprocess.DEVNULL)
    image = base.read_bytes()
    for n in some(100, 4):
        path = tmp_path / f"{n}.db"
        path.write_bytes(image)
        # the first alert is a new one: ids go on
        run = load(path, "-k", "86400", "-F", f"kill:{n}", count=10)
        alerts = told(run)
        got = load(path, "-k", "86400", count=2)
        assert got.returncode == 0, got.stderr
        db = sqlite3.connect(path)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        have = {r[0] for r in db.execute("SELECT id FROM alert")}
        db.close()
        assert set(alerts) <= have
        path.unlink()


@pytest.mark.parametrize("fault", ["eio", "full", "short", "eio+"])
def test_disk_fails_at_every_call(tmp_path, fault):
    """Once or for a while: nothing is lost, nothing said too early."""
    failed = 0
    for n in some(300, 4):
        path = tmp_path / f"{n}.db"
        run = load(path, "-F", f"{fault}:{n}")
        if run.returncode != 0:
            # it could not begin: words, a code, and the next start works
            assert run.returncode in (73, 74), run
            assert str(path) in run.stderr
            run = load(path)
        assert run.returncode == 0, run.stderr
        failed += "fails" in run.stderr
        assert re.search(r"refused 0$", run.stdout, re.M), run.stdout[-300:]
        check(path, told(run))
        db = sqlite3.connect(path)
        count, = db.execute("SELECT count(*) FROM negotiation").fetchone()
        db.close()
        assert count == 30
        assert not list(tmp_path.glob("*.damaged*"))
        path.unlink()
    assert failed or not LONG, "no fault was ever met"


class Disk:
    """What would be on the disk, call by call."""

    def __init__(self):
        self.safe = {"d": bytearray(), "w": bytearray()}
        # not synced yet; and given up by a sync that failed
        self.open = {"d": [], "w": []}

    @staticmethod
    def apply(image, call):
        kind, at, data = call
        if kind == "t":
            del image[at:]
            image.extend(bytes(at - len(image)))
            return
        if len(image) < at + len(data):
            image.extend(bytes(at + len(data) - len(image)))
        image[at:at + len(data)] = data

    def call(self, kind, which, at, data):
        if which not in self.safe:
            return
        if kind == "s":
            for c in self.open[which]:
                self.apply(self.safe[which], c)
            self.open[which] = []
        elif kind == "f":
            # the system has forgotten them: some reached the disk
            for c in self.open[which]:
                if random.random() < 0.5:
                    self.apply(self.safe[which], c)
            self.open[which] = []
        else:
            self.open[which].append((kind, at, data))

    def crash(self):
        """Of what was not synced any part may be there, in any order, each
        write torn between sectors."""
        images = {}
        for which, safe in self.safe.items():
            image = bytearray(safe)
            waiting = list(self.open[which])
            if random.random() < 0.5:
                random.shuffle(waiting)
            kept = random.choice((0, 0.2, 0.5, 0.9, 1))
            for kind, at, data in waiting:
                if random.random() > kept:
                    continue
                if kind == "t" or random.random() < 0.7:
                    self.apply(image, (kind, at, data))
                    continue
                for o in range(0, len(data), 512):
                    if random.random() < 0.5:
                        self.apply(image, ("w", at + o, data[o:o + 512]))
            images[which] = image
        return images


def logged(path):
    """(call, file, number, bytes) one after the other."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        kind, which = chr(data[at]), chr(data[at + 1])
        number, size = struct.unpack_from("=qi", data, at + 2)
        at += 14
        yield kind, which, number, data[at:at + size]
        at += size


def pull_the_plug(tmp_path, log, wanted):
    """At so many places right before a sync ends; how many syncs failed."""
    records = list(logged(log))
    syncs = [i for i, r in enumerate(records) if r[0] in "sf"]
    failed = sum(r[0] == "f" for r in records)
    chosen = set(random.sample(syncs, min(wanted, len(syncs))))
    disk, alerts, home = Disk(), [], tmp_path / "crash"
    home.mkdir(exist_ok=True)
    for i, (kind, which, number, data) in enumerate(records):
        if kind == "n":
            alerts.append(number)
        if i in chosen:
            images = disk.crash()
            for old in home.iterdir():
                old.unlink()
            (home / "t.db").write_bytes(images["d"])
            (home / "t.db-wal").write_bytes(images["w"])
            if i % 5 == 0:
                got = load(home / "t.db", count=1)
                assert got.returncode == 0, got.stderr
                # before the first commit there is nothing to lose
                if alerts:
                    assert got.stderr == ""
            check(home / "t.db", alerts)
        disk.call(kind, which, number, data)
    return len(chosen), failed


def test_power_loss(tmp_path):
    done = 0
    while done < (500 if LONG else 20):
        log = tmp_path / "log"
        run = load(tmp_path / f"{done}.db", "-F", f"log:{log}", count=100)
        assert run.returncode == 0, run.stderr
        points, failed = pull_the_plug(tmp_path, log, 250 if LONG else 20)
        assert points and not failed
        done += points


def test_power_loss_after_a_failed_sync(tmp_path):
    """What a failed sync has dropped is written again before an alert that
    follows counts as kept."""
    met = 0
    for n in range(300, 900, 3 if LONG else 97):
        log = tmp_path / "log"
        run = load(tmp_path / f"{n}.db", "-F", f"log:{log}", "-F", f"eio:{n}",
                   count=40)
        assert run.returncode == 0, run.stderr
        met += pull_the_plug(tmp_path, log, 40 if LONG else 10)[1]
    assert met or not LONG, "no sync ever failed"
