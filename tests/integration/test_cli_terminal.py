"""ikewatch at a terminal: pager, colours, local times, --watch; and beside a
daemon: it reads only, and who looks long holds nothing up."""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest

from conftest import PATIENCE

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()
LOAD = BUILD / "tools" / "storeload"


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    path = tmp_path_factory.mktemp("terminal") / "t.db"
    subprocess.run([LOAD, "-n", "2000", "-t", "30", "-d", "20", path], check=True,
                   stdout=subprocess.DEVNULL, timeout=PATIENCE)
    with sqlite3.connect(path) as db:
        # a moment in summer, and one in winter
        db.execute("UPDATE tunnel SET since = 1782907200000000 WHERE id = 1")  # 2026-07-01T12:00Z
        db.execute("UPDATE tunnel SET since = 1767268800000000 WHERE id = 2")  # 2026-01-01T12:00Z
    db.close()
    return path


def interruptible():
    """As a shell starts it: also where the tests run in the background of one, which ignores
    the key that interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A command on a pseudo terminal."""

    def __init__(self, *args, columns="120", **env):
        env = dict(os.environ, TZ="Europe/Paris", TERM="xterm", LANG="C.UTF-8", LC_ALL="C.UTF-8",
                   COLUMNS=columns) | env
        env = {k: v for k, v in env.items() if v is not None}
        try:
            self.fd, slave = pty.openpty()
        except OSError as e:
            pytest.skip("NOT TESTED: no pseudo terminal here: %s" % e)
        self.process = subprocess.Popen([BUILD / "ikewatch", *map(str, args)], stdin=slave,
                                        stdout=slave, stderr=slave, env=env,
                                        start_new_session=True, preexec_fn=interruptible)
        os.close(slave)
        self.text = ""

    def read(self, until=None, patience=PATIENCE):
        """To the end, or until it has said that."""
        end = time.monotonic() + patience
        while until is None or not until(self.text):
            assert time.monotonic() < end, self.text[-500:]
            if not select.select([self.fd], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            self.text += data.decode("utf-8", "replace")
        return self.text

    def end(self):
        os.close(self.fd)
        return self.process.wait(PATIENCE)


def test_pager(db):
    t = Terminal("status", "--db", db, PAGER="sed 's/^/P:/'")
    lines = t.read().splitlines()
    assert len(lines) > 30 and all(line.startswith("P:") for line in lines)
    assert t.end() == 0
    # programs get no pager, and neither does a page that is not text
    t = Terminal("status", "--db", db, "--format", "csv", PAGER="sed 's/^/P:/'")
    assert "P:" not in t.read()
    t.end()
    piped = subprocess.run([BUILD / "ikewatch", "status", "--db", db], capture_output=True,
                           text=True, env=dict(os.environ, PAGER="sed 's/^/P:/'"))
    assert "P:" not in piped.stdout and "\033" not in piped.stdout


def test_colour(db):
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        t = Terminal("status", "--db", db, PAGER="cat", **env)
        assert ("\033[" in t.read()) == coloured, env
        t.end()


@pytest.mark.parametrize("columns", [80, 120, 200])
@pytest.mark.parametrize("words", [("status",), ("history",), ("report",), ("show", "7"),
                                   ("report", "--tunnel", "branch-3"), ("alerts",), ("reasons",)])
def test_no_line_is_wider(db, words, columns):
    t = Terminal(words[0], *(() if words[0] == "reasons" else ("--db", db)), *words[1:],
                 columns=str(columns), PAGER="cat", NO_COLOR="1")
    for line in t.read().splitlines():
        # evidence is shown as it was received
        assert len(line) <= columns or line.startswith("    "), line
    assert t.end() == 0


def test_local_times(db):
    t = Terminal("status", "--db", db, "--all", columns="200", PAGER="cat")
    text = t.read()
    t.end()
    assert "2026-07-01 14:00:00 +0200" in text and "2026-01-01 13:00:00 +0100" in text
    out = subprocess.run([BUILD / "ikewatch", "status", "--db", db, "--all", "--format", "json"],
                         capture_output=True, text=True, env=dict(os.environ, TZ="Europe/Paris"))
    since = {json.loads(line)["since"] for line in out.stdout.splitlines()}
    assert {"2026-07-01T12:00:00Z", "2026-01-01T12:00:00Z"} <= since


def test_watch(db):
    t = Terminal("status", "--db", db, "--watch", "--limit", "3", PAGER="sed 's/^/P:/'")
    text = t.read(lambda s: s.count("\033[H") >= 2)
    assert "P:" not in text
    assert re.search(r"\d\d:\d\d:\d\d \+0[12]00", text)
    t.process.send_signal(signal.SIGINT)
    assert t.process.wait(PATIENCE) in (0, -signal.SIGINT, 130)
    os.close(t.fd)


def test_watch_sees_what_is_new(daemon):
    d = daemon('udp "127.0.0.1:0" { }')
    d.wait_rows("SELECT count(*) FROM tunnels")
    t = Terminal("status", "--db", d.db, "--watch")
    t.read(lambda s: "no tunnel yet" in s)
    d.udp("<30>fw charon: 06[IKE] <hq|3> initiating IKE_SA hq[3] to 203.0.113.9",
          "<30>fw charon: 06[IKE] <hq|3> received AUTHENTICATION_FAILED notify error")
    t.read(lambda s: "203.0.113.9" in s)
    t.process.kill()
    t.process.wait()
    os.close(t.fd)


def test_reads_only(db, tmp_path):
    """In a directory and of a file that nobody may write."""
    home = tmp_path / "copy"
    home.mkdir()
    subprocess.run([BUILD / "ikewatch", "export", "--db", db, home / "t.db"], check=True,
                   stdout=subprocess.DEVNULL)
    os.chmod(home / "t.db", 0o444)
    os.chmod(home, 0o555)
    before = (home / "t.db").read_bytes()
    who = []
    if os.geteuid() == 0:  # root may write anywhere
        for p in (tmp_path, *tmp_path.parents):
            if p.stat().st_uid == 0 and p != pathlib.Path("/") and p != pathlib.Path("/tmp"):
                os.chmod(p, p.stat().st_mode | 0o055)
        who = ["setpriv", "--clear-groups", "--reuid=12345", "--regid=12345"]
    program = tmp_path / "ikewatch"
    shutil.copy(BUILD / "ikewatch", program)
    try:
        for words in (("status",), ("history",), ("show", "7"), ("report",), ("alerts",)):
            got = subprocess.run([*who, program, words[0], "--db", home / "t.db", *words[1:]],
                                 capture_output=True, text=True, timeout=PATIENCE)
            assert got.returncode == 0 and got.stdout, (words, got.stderr)
        assert os.listdir(home) == ["t.db"] and (home / "t.db").read_bytes() == before
    finally:
        os.chmod(home, 0o755)


def test_who_looks_long_holds_nothing_up(tmp_path):
    """A pager that is left open, or a pipe that nobody reads, keeps no
    transaction: the log can be emptied."""
    path = tmp_path / "t.db"
    subprocess.run([LOAD, "-n", "6000", "-t", "30", path], check=True, stdout=subprocess.DEVNULL)
    pipe = subprocess.Popen([BUILD / "ikewatch", "history", "--db", path, "--limit", "6000",
                             "--format", "json"], stdout=subprocess.PIPE)
    paged = Terminal("history", "--db", path, "--limit", "6000", PAGER="echo open; read x; cat")
    try:
        # both have begun to answer
        pipe.stdout.read(10)
        paged.read(lambda text: "open" in text)
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("UPDATE device SET last_seen = 1")
        end = time.monotonic() + PATIENCE
        while True:
            busy, log, done = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if (busy, log) == (0, 0):
                break
            assert time.monotonic() < end, (busy, log, done)
        assert pipe.poll() is None and paged.process.poll() is None
        db.close()
    finally:
        pipe.kill()
        pipe.wait()
        pipe.stdout.close()
        os.killpg(paged.process.pid, signal.SIGKILL)
        paged.end()
