"""E1, E4 to E7, D12, D13: the whole daemon under load, and what happens to
its disk. The load is 2,000 records a second over TCP, two thirds of them
about 200 tunnels' IKE. Short forms run always, the figures' own with
IKEWATCH_LONG."""

import collections
import json
import os
import pathlib
import random
import signal
import socket
import sqlite3
import subprocess
import threading
import time

import pytest

from conftest import PATIENCE
from receiver import Receiver, free_port

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()
LONG = bool(os.environ.get("IKEWATCH_LONG"))
TUNNELS = 200
NOISE = "<134>Nov 21 12:00:00 fw-%d kernel: accepted packet %d"
HEAD = "<30>Nov 21 12:00:00 fw-%d charon: 06[IKE] <t%d|%d> "


class Load(threading.Thread):
    """One connection, six records a negotiation: it begins, is refused or
    comes up, and four others. Connects again where it was cut."""

    def __init__(self, d, rate=2000, first=1):
        super().__init__(daemon=True)
        self.d, self.rate = d, rate
        self.n = first - 1  # the last negotiation sent whole
        self.at = collections.deque(maxlen=20000)  # (time, negotiation)
        self.stop = threading.Event()
        self.port = d.port("tcp")

    def records(self, n):
        t = n % TUNNELS
        # its number is new each time, as after a restart of the firewall
        head = HEAD % (t % 20, t, n)
        peer = "198.18.%d.%d" % (t // 250, t % 250 + 1)
        end = ("received AUTHENTICATION_FAILED notify error" if n % 3 else
               "IKE_SA t%d[%d] established between 192.0.2.10[a]...%s[b]" %
               (t, n, peer))
        return [head + "initiating IKE_SA t%d[%d] to %s" % (t, n, peer),
                NOISE % (t, n),
                head + "retransmit 1 of request with message ID 0",
                head + "retransmit 2 of request with message ID 0",
                head + end, NOISE % (t, n)]

    def run(self):
        while not self.stop.is_set():
            try:
                self.connected()
            except OSError:
                time.sleep(0.02)

    def connected(self):
        with socket.create_connection(("127.0.0.1", self.port),
                                      PATIENCE) as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            began, first = time.monotonic(), self.n
            while not self.stop.is_set():
                s.sendall(("\n".join(self.records(self.n + 1)) +
                           "\n").encode())
                self.n += 1
                self.at.append((time.monotonic(), self.n))
                due = began + (self.n - first) * 6 / self.rate
                time.sleep(max(0, due - time.monotonic()))

    def sent_before(self, when):
        return max((n for at, n in list(self.at) if at <= when), default=0)

    def unread(self):
        """Negotiations that lie in the daemon's socket buffer."""
        size = len("\n".join(self.records(self.n))) + 1
        bytes_ = 0
        for line in open("/proc/net/tcp").read().splitlines()[1:]:
            word = line.split()
            if word[1].endswith(":%04X" % self.port) and word[3] == "01":
                bytes_ += int(word[4].split(":")[1], 16)
        return bytes_ // size

    def end(self):
        self.stop.set()
        self.join()


def config(url=None, extra="", rate=500):
    text = 'tcp "127.0.0.1:@PORT@" { }\nudp "127.0.0.1:0" { }\n'
    text += "alerts { group-threshold = 0  storm-threshold = 0 }\n" + extra
    if url:
        text += 'destination "hook" { type = webhook  url = {"%s"}\n' \
            '  timeout = "60s"  rate = %d  burst = 1 }\n' % (url, rate)
    # a port of its own that stays the same over restarts
    return text.replace("@PORT@", str(free_port()))


def ask(path, sql):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True,
                         timeout=PATIENCE)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def check_sound(path):
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    assert ask(path, "PRAGMA foreign_key_check") == []


def check_once(path):
    """No negotiation stands there twice."""
    assert ask(path, "SELECT 1 FROM negotiation WHERE keys LIKE 'conn=%'"
               " LIMIT 1")
    assert ask(path, "SELECT device_id, keys, count(*) FROM negotiation"
               " WHERE keys IS NOT NULL AND kind = 'ike'"
               " GROUP BY 1, 2 HAVING count(*) > 1") == []


LAST = ("SELECT max(CAST(substr(message, instr(message, '|') + 1) AS"
        " INTEGER)) FROM message WHERE (message LIKE '%[b]'"
        " OR message LIKE '%notify error') AND id >"
        " (SELECT max(id) - 20000 FROM message)")


def test_kills(daemon, tmp_path):
    """kill -9 at random moments under load, with alerts on their way."""
    kills = 300 if LONG else 6
    lost, ready = [], []
    with Receiver() as r:
        d = daemon(config(r.url(), "track { stall-after = 600s }\n", 10),
                   account=False)
        if LONG:  # a file of a gigabyte
            d.stop()
            subprocess.run([BUILD / "tools" / "storeload", "-n", "430000",
                            "-t", "2000", "-d", "200", d.db], check=True,
                           stdout=subprocess.DEVNULL)
            d.start()
        load = Load(d)
        load.start()
        try:
            for i in range(kills):
                time.sleep(random.uniform(0.3, 1.2))
                seen = ask(d.db, LAST)[0][0] or 0
                os.kill(d.process.pid, signal.SIGSTOP)
                when = time.monotonic()
                read = load.sent_before(when) - load.unread() - 1
                d.kill(signal.SIGKILL)
                d.process.wait()
                last = ask(d.db, LAST)[0][0] or 0
                assert last >= seen
                # from the newest that is there to the newest that was read
                at = {n: at for at, n in list(load.at)}
                lost.append(0 if last >= read or last not in at else
                            at[read] - at[last])
                if i % 20 == 0 or i == kills - 1:
                    check_sound(d.db)
                    check_once(d.db)
                began = time.monotonic()
                d.start()
                ready.append(time.monotonic() - began)
            d.wait_rows("SELECT 1 FROM delivery LIMIT 1")
        finally:
            load.end()
        # the rest may go faster
        d.write(d.conf.read_text().replace("rate = 10 ", "rate = 500 "))
        d.kill(signal.SIGHUP)
        end = time.monotonic() + 5 * PATIENCE
        while ask(d.db, "SELECT 1 FROM delivery WHERE state NOT IN"
                  " ('delivered', 'merged') LIMIT 1"):
            assert time.monotonic() < end
            time.sleep(0.2)
        assert d.stop() == 0
        ids = {i for i, in ask(d.db, "SELECT webhook_id FROM delivery"
                               " WHERE state = 'delivered'")}
        every = {i for i, in ask(d.db, "SELECT webhook_id FROM delivery")}
        got = collections.Counter(e["headers"]["webhook-id"]
                                  for e in r.requests)
    check_sound(d.db)
    check_once(d.db)
    print("lost ms: median %d, p95 %d, most %d; ready: most %.2f s; alerts "
          "%d, twice %d" % (
              1000 * sorted(lost)[len(lost) // 2],
              1000 * sorted(lost)[len(lost) * 95 // 100],
              1000 * max(lost), max(ready), len(ids),
              sum(n - 1 for n in got.values())))
    assert ids and ids <= set(got) <= every
    # eight are under way at the most
    assert sum(n - 1 for n in got.values()) <= 8 * kills
    if LONG:
        assert sorted(lost)[len(lost) // 2] <= 0.25
        assert max(lost) <= 1
        assert sorted(ready)[len(ready) // 2] <= 2
    assert not list(d.folder.glob("*.damaged*"))


def test_terminated_under_load(daemon):
    """A dead destination and a slow reader; all that was received is kept."""
    d = daemon(config("http://127.0.0.1:9/"))
    load = Load(d)
    load.start()
    d.wait_rows("SELECT 1 FROM delivery LIMIT 1")
    reader = sqlite3.connect("file:%s?mode=ro" % d.db, uri=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchall()
    time.sleep(1)
    began = time.monotonic()
    assert d.stop() == 0
    took = time.monotonic() - began
    load.end()
    reader.close()
    assert took <= 5 or not LONG, took
    c = d.check_account()
    stored = sum(n for k, n in c.items() if k.startswith("messages_stored"))
    assert ask(d.db, "SELECT count(*) FROM message") == [(stored,)]
    assert sum(n for k, n in c.items() if "dropped" in k) == 0
    check_sound(d.db)


def health(d):
    return json.loads(d.get("/healthz")[1])


def within(seconds, what):
    """How long it took; too long only where times are looked at."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < 4 * seconds + PATIENCE
        time.sleep(0.05)
    took = time.monotonic() - began
    assert took <= seconds or not LONG, took
    return took


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 MiB, mounted for the test."""
    where = tmp_path / "disk"
    where.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs",
                       where], capture_output=True).returncode != 0:
        pytest.skip("NOT TESTED: may not mount a small file system")
    yield where
    subprocess.run(["umount", "-l", where], check=True)


def fill(where):
    """Takes what is left, as somebody else's log does."""
    with open(where / "ballast", "wb", buffering=0) as f:
        for size in (1 << 20, 65536, 4096):
            try:
                while True:
                    f.write(b"x" * size)
            except OSError:
                pass


def test_disk_full_and_back(daemon, small_disk):
    """E5: alerts go out, /healthz and a self alert say so, and when there is
    room again all goes on without a restart, nothing lost over TCP."""
    with Receiver() as r:
        d = daemon(config(r.url()) + 'store { path = "%s" queue-size = 64MiB '
                   '}\n' % (small_disk / "t.db"))
        d.db = small_disk / "t.db"
        load = Load(d, rate=600)
        load.start()
        d.wait_rows("SELECT 1 FROM delivery LIMIT 1")
        fill(small_disk)
        took = within(20, lambda: health(d)["store"] == "failing")

        def told(kind, after):
            return [e for e in r.requests
                    if e["json"]["data"]["kind"] == kind
                    and e["at"] >= after]

        failing = time.time()
        said = within(10, lambda: told("self", failing - 1))
        # a tunnel that nobody heard of before
        d.udp(HEAD % (1, 999, 999) + "initiating IKE_SA t999[999] to "
              "198.51.100.99", HEAD % (1, 999, 999) +
              "received AUTHENTICATION_FAILED notify error")
        alert = within(10, lambda: [
            e for e in told("negotiation_failed", failing)
            if e["json"]["data"]["peer"] == "198.51.100.99"])
        assert d.process.poll() is None
        (small_disk / "ballast").unlink()
        back = within(5, lambda: health(d)["store"] != "failing")
        time.sleep(1)
        load.end()
        d.wait_rows(LAST, lambda rows: rows[0][0] >= load.n)
        print("failing after %.1f s, self alert after %.1f s, an alert %.1f "
              "s, back after %.1f s" % (took, said, alert, back))
        # what was sent before it was kept is kept now, under the same id
        d.wait_rows("SELECT 1 FROM alert WHERE kind = 'self'"
                    " AND state != 'resolved'", lambda rows: not rows)
        d.wait_rows("SELECT 1 FROM delivery WHERE state = 'pending'",
                    lambda rows: not rows)
        sent = {e["headers"]["webhook-id"] for e in r.requests}
        kept = {i for i, in d.rows("SELECT webhook_id FROM delivery")}
        assert sent == kept
        assert d.stop() == 0
        c = d.check_account()
        assert sum(n for k, n in c.items() if "dropped" in k) == 0
        check_sound(d.db)


def started(folder, db, **options):
    """A start that is expected to fail: code and words."""
    conf = folder / "start.conf"
    conf.write_text('user = "root"\nudp "127.0.0.1:0" { }\n'
                    'store { path = "%s" }\n' % db)
    got = subprocess.run([BUILD / "ikewatchd", "-d", "-f", conf],
                         capture_output=True, text=True, timeout=PATIENCE,
                         stdin=subprocess.DEVNULL, **options)
    return got.returncode, got.stderr


def test_no_room_at_start(small_disk, tmp_path):
    """E6: a clear message and EX_IOERR."""
    fill(small_disk)
    code, words = started(tmp_path, small_disk / "t.db")
    assert code == 74 and "disk is full" in words, words


def test_file_size_limit_at_start(tmp_path):
    """E6: a quota or RLIMIT_FSIZE; SIGXFSZ ends nothing."""
    code, words = started(
        tmp_path, tmp_path / "t.db",
        preexec_fn=lambda: __import__("resource").setrlimit(
            __import__("resource").RLIMIT_FSIZE, (4096, 4096)))
    assert code == 74 and "t.db" in words, words


def test_file_size_limit_while_running(daemon, tmp_path):
    d = daemon(config())
    d.udp(NOISE % (1, 1), HEAD % (1, 1, 1) + "initiating IKE_SA t1[1] to "
          "198.51.100.1")
    d.wait_rows("SELECT 1 FROM negotiation")
    # beyond the header of a log nothing can be written
    subprocess.run(["prlimit", "--pid=%d" % d.process.pid,
                    "--fsize=100:unlimited"], check=True)
    d.udp(HEAD % (1, 2, 2) + "initiating IKE_SA t2[2] to 198.51.100.2")
    within(5, lambda: health(d)["store"] == "failing")
    subprocess.run(["prlimit", "--pid=%d" % d.process.pid,
                    "--fsize=unlimited:unlimited"], check=True)
    within(5, lambda: health(d)["store"] == "ok")
    d.wait_rows("SELECT 1 FROM negotiation WHERE peer = '198.51.100.2'")


def test_nowhere_to_write(tmp_path, small_disk):
    """E7: no directory, none that may be written, a read-only one."""
    code, words = started(tmp_path, tmp_path / "none" / "t.db")
    assert code == 73 and "none" in words
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    code, words = started(tmp_path, small_disk / "t.db")
    assert code == 73 and "ead-only" in words, words
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)


def test_not_to_be_touched(tmp_path):
    """E9: a newer schema and another program's file are refused and stay as
    they are; a text is no database."""
    newer = tmp_path / "newer.db"
    subprocess.run([BUILD / "tools" / "storeload", "-n", "1", newer],
                   check=True, stdout=subprocess.DEVNULL)
    with sqlite3.connect(newer) as db:
        db.execute("PRAGMA user_version = 77")
    db.close()
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE letters(text)")
    db.close()
    letter = tmp_path / "letter.db"
    letter.write_text("Dear all, this is not a database.\n" * 20)
    for path, word in ((newer, "newer"), (foreign, "another program"),
                       (letter, "not a database")):
        before = path.read_bytes()
        code, words = started(tmp_path, path)
        assert code == 65 and word in words, words
        assert path.read_bytes() == before


def test_removed_while_running(daemon):
    """E7: noticed within ten seconds, also while nothing is written; a new
    one is begun and has all that is going on."""
    d = daemon(config())
    d.udp(HEAD % (1, 1, 1) + "initiating IKE_SA t1[1] to 198.51.100.1")
    d.wait_rows("SELECT 1 FROM negotiation")
    for suffix in ("", "-wal", "-shm"):
        d.db.with_name(d.db.name + suffix).unlink()
    within(10, d.db.exists)
    d.wait_log("was removed: a new one is begun")
    d.wait_rows("SELECT 1 FROM tunnels WHERE peer = '198.51.100.1'")
    d.udp(HEAD % (1, 1, 1) + "received AUTHENTICATION_FAILED notify error")
    d.wait_rows("SELECT 1 FROM failures WHERE peer = '198.51.100.1'")


def test_turned_read_only(daemon, small_disk):
    """E7: the file system's errors remount it read only under the daemon."""
    d = daemon(config() + 'store { path = "%s" }\n' % (small_disk / "t.db"))
    d.db = small_disk / "t.db"
    d.udp(HEAD % (1, 1, 1) + "initiating IKE_SA t1[1] to 198.51.100.1")
    d.wait_rows("SELECT 1 FROM negotiation")
    # files open for writing forbid a remount; an overmount takes the path
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", small_disk],
                   check=True)
    try:
        within(5, lambda: health(d)["store"] == "failing")
        assert d.process.poll() is None
    finally:
        subprocess.run(["umount", small_disk], check=True)
    within(5, lambda: health(d)["store"] == "ok")
    d.udp(HEAD % (1, 1, 1) + "received AUTHENTICATION_FAILED notify error")
    d.wait_rows("SELECT 1 FROM failures")


def test_locked_by_another(daemon):
    """D12: BEGIN EXCLUSIVE from a shell, under load."""
    seconds = 30 if LONG else 3
    d = daemon(config(extra="store { path = \"@DB@\" queue-size = 4MiB }\n"))
    load = Load(d)
    load.start()
    d.wait_rows("SELECT 1 FROM message LIMIT 1")
    lock = sqlite3.connect(d.db, isolation_level=None, timeout=PATIENCE)
    lock.execute("BEGIN EXCLUSIVE")
    end = time.monotonic() + seconds
    most = 0
    while time.monotonic() < end:
        d.udp(*[NOISE % (1, i) for i in range(20)])
        most = max(most, d.metric("store_queue_bytes"))
        time.sleep(0.1)
    sent = load.n
    lock.execute("ROLLBACK")
    lock.close()
    within(10, lambda: (ask(d.db, LAST)[0][0] or 0) >= sent)
    load.end()
    d.wait_rows(LAST, lambda rows: rows[0][0] >= load.n)
    assert most <= 4 << 20
    assert d.stop() == 0
    c = d.check_account()
    assert not [k for k, n in c.items()
                if "dropped" in k and "tcp" in k and n], c


@pytest.mark.skipif(not LONG, reason="long")
def test_reader_holds_the_log(daemon):
    """D13: the log grows, a self alert says so at 256 MiB; emptied within a
    minute of the reader's going."""
    with Receiver() as r:
        d = daemon(config(r.url()))
        wal = d.db.with_name(d.db.name + "-wal")
        load = Load(d, rate=6000)
        load.start()
        d.wait_rows("SELECT 1 FROM message LIMIT 1")
        reader = sqlite3.connect("file:%s?mode=ro" % d.db, uri=True,
                                 isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchall()
        began = time.monotonic()

        def told(edge):
            return [e for e in r.requests
                    if e["json"]["data"]["kind"] == "self"
                    and e["json"]["data"]["edge"] == edge
                    and "log has grown" in json.dumps(e["json"])]

        while not told("firing"):
            assert time.monotonic() - began < 900, wal.stat().st_size
            time.sleep(1)
        size = wal.stat().st_size
        assert d.metric("wal_bytes") >= 256 << 20
        print("alert at %d MiB after %d s" % (size >> 20,
                                              time.monotonic() - began))
        assert size < 300 << 20
        reader.close()
        took = within(60, lambda: wal.stat().st_size <= 128 << 20)
        print("emptied %.1f s after the reader left" % took)
        assert took <= 60
        assert r.wait(lambda _: told("resolved"), 30)
        load.end()


def test_copies_under_load(daemon):
    """E12: ikewatch export, VACUUM INTO and .backup, each copy whole and open
    at once. A .backup begins anew with each commit of another program, so it
    is tried while the file is small; and where the machine is so slow that it
    does not end, while the daemon stands still."""
    d = daemon(config())
    load = Load(d)
    load.start()
    d.wait_rows("SELECT 1 FROM message LIMIT 1")
    copy = d.folder / "copy.db"
    last = -1
    for i in range(50 if LONG else 4):
        how = [[BUILD / "ikewatch", "export", "--db", d.db, copy],
               ["sqlite3", d.db, ".timeout 60000", "VACUUM INTO '%s'" % copy]]
        if d.db.stat().st_size < 4 << 20:
            how.append(["sqlite3", d.db, ".timeout 60000",
                        ".backup %s" % copy])
        how = how[i % len(how)]
        backup = ".backup" in str(how[-1])
        try:
            subprocess.run(how, check=True, stdout=subprocess.DEVNULL,
                           timeout=20 if backup else PATIENCE)
        except subprocess.TimeoutExpired:
            assert backup
            copy.unlink(missing_ok=True)
            with d.frozen():
                subprocess.run(how, check=True, timeout=PATIENCE)
        check_sound(copy)
        got = subprocess.run([BUILD / "ikewatch", "status", "--db", copy,
                              "--format", "csv"], capture_output=True,
                             text=True, timeout=PATIENCE)
        assert got.returncode == 0 and got.stdout.count("\n") > 1
        rows = ask(copy, "SELECT count(*) FROM events")[0][0]
        assert rows >= last
        last = rows
        for f in d.folder.glob("copy.db*"):
            f.unlink()
    load.end()
    assert last > 0
