"""A real daemon on loopback, with the configuration written in the test.

    def test_something(daemon):
        d = daemon('udp "127.0.0.1:0" { }')
        d.udp("<30>...")
        d.wait("messages_received_total", 1, transport="udp")
        assert d.rows("SELECT ...") == [...]

Ports are the kernel's choice (port 0) and read from the daemon's log. When a
test ends, the daemon is stopped and the account of messages is held: received
= stored + discarded + dropped.
"""

import contextlib
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

import pki as certificates
from receiver import PATIENCE

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()
AT_ONCE = 100  # datagrams that the smallest receive buffer holds

ASAN = "exitcode=99:detect_leaks=1"

# What is asked here is on loopback, whatever proxy the environment names.
ASK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def unread(port):
    """Octets of datagrams that wait at a port."""
    total = 0
    for name in "udp", "udp6":
        try:
            with open("/proc/net/" + name, encoding="ascii") as f:
                lines = f.read().splitlines()[1:]
        except OSError:
            continue
        for word in map(str.split, lines):
            if word[1].endswith(":%04X" % port):
                total += int(word[4].split(":")[1], 16)
    return total


def drained(port, room=0):
    """Waits until a reader of datagrams has come so far."""
    deadline = time.monotonic() + PATIENCE
    while unread(port) > room:
        assert time.monotonic() < deadline, "nobody reads port %d" % port
        time.sleep(0.001)


def closed(s):
    """Does the other side close, rather than keep it open?"""
    s.settimeout(PATIENCE)
    try:
        return s.recv(1) == b""
    except ConnectionError:
        return True


class Daemon:
    """One ikewatchd and everything it can be asked."""

    def __init__(self, folder, config, http=True, account=True, **popen):
        self.folder = folder
        self.db = folder / "ikewatch.db"
        self.conf = folder / "ikewatchd.conf"
        self.account = account
        self.http = http
        self.popen = popen
        self.log = []
        self.sent = 0  # datagrams
        self.changed = threading.Condition()
        self.write(config)
        self.start()

    def write(self, config):
        """The configuration; what a test does not say is filled in, and
        @DB@ stands for the database."""
        config = config.replace("@DB@", str(self.db))
        if "store {" not in config:
            config += '\nstore { path = "%s" }\n' % self.db
        if self.http and "http {" not in config:
            config += '\nhttp { address = "127.0.0.1:0" }\n'
        if "user =" not in config:
            config = 'user = "root"\n' + config
        self.conf.write_text(config)

    def memory(self):
        """Resident bytes; none where a sanitizer keeps what is freed."""
        if b"__asan_init" in (BUILD / "ikewatchd").read_bytes():
            return 0
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) * 1024

    def start(self, ready=True):
        env = dict(os.environ, ASAN_OPTIONS=ASAN, TZ="UTC")
        env.update(self.popen.get("env", {}))
        rest = {k: v for k, v in self.popen.items() if k != "env"}
        # what the one before this said comes first, to its "(end)"
        if getattr(self, "reader", None) is not None:
            self.process.wait(PATIENCE)
            self.reader.join(PATIENCE)
        self.first = len(self.log)
        self.process = subprocess.Popen(
            [str(BUILD / "ikewatchd"), "-d", "-f", str(self.conf)],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env, **rest)
        self.reader = threading.Thread(target=self._read, daemon=True,
                                       args=(self.process.stderr,))
        self.reader.start()
        if ready:
            self.wait_log(r": ready$")

    def _read(self, pipe):
        for line in pipe:
            with self.changed:
                self.log.append(line.decode("ascii", "replace").rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.log.append("(end)")
            self.changed.notify_all()

    def wait_log(self, pattern, after=None):
        """The first match in the log since the last start."""
        after = self.first if after is None else after
        deadline = time.monotonic() + PATIENCE
        with self.changed:
            while True:
                for line in self.log[after:]:
                    if m := re.search(pattern, line):
                        return m
                    assert line != "(end)", "\n".join(self.log)
                left = deadline - time.monotonic()
                assert left > 0, "no %r in\n%s" % (pattern,
                                                   "\n".join(self.log))
                self.changed.wait(left)

    def port(self, transport, title=None):
        title = re.escape(title) if title else r"\S+"
        return int(self.wait_log(r"\b%s %s: listening on .*port (\d+)$"
                                 % (transport, title)).group(1))

    # -- sending --

    def udp(self, *messages, source=None, title=None):
        """Datagrams, no more at a time than the kernel keeps for a daemon
        that is slow today."""
        port = self.port("udp", title)
        family = socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as s:
            if source:
                s.bind((source, 0))
            for m in messages:
                s.sendto(m if isinstance(m, bytes) else m.encode(),
                         ("127.0.0.1", port))
                self.sent += 1
                if self.sent % AT_ONCE == 0:
                    drained(port)

    def connect(self, transport="tcp", title=None, source=None):
        return socket.create_connection(
            ("127.0.0.1", self.port(transport, title)), timeout=PATIENCE,
            source_address=(source, 0) if source else None)

    def tcp(self, *messages, source=None, title=None):
        """Each message as one line on a connection of its own."""
        with self.connect(title=title, source=source) as s:
            for m in messages:
                m = m if isinstance(m, bytes) else m.encode()
                s.sendall(m + b"\n")

    def brief(self, lines, begin):
        """Of what strangers cause few lines were logged: in each minute."""
        minutes = 1 + int((time.monotonic() - begin) / 60)
        assert len(self.log) - lines <= 10 * minutes, self.log[lines:]

    # -- asking --

    def get(self, path):
        url = "http://127.0.0.1:%d%s" % (self.port("http"), path)
        try:
            with ASK.open(url, timeout=PATIENCE) as r:
                return r.status, r.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()

    def files(self):
        """How many descriptors it has; 0 where only root is told."""
        try:
            return len(os.listdir("/proc/%d/fd" % self.process.pid))
        except PermissionError:
            return 0

    def metrics(self):
        """{(name without ikewatch_, frozenset of labels): value}"""
        found = {}
        for line in self.get("/metrics")[1].splitlines():
            m = re.match(r'ikewatch_(\w+)(?:\{(.*)\})? (\S+)$', line)
            if m:
                labels = frozenset(re.findall(r'(\w+)="((?:\\.|[^"\\])*)"',
                                              m.group(2) or ""))
                found[m.group(1), labels] = float(m.group(3))
        return found

    def metric(self, name, **labels):
        """The sum of all series that have these labels."""
        want = set(labels.items())
        return sum(v for (n, l), v in self.metrics().items()
                   if n == name and want <= l)

    def wait(self, name, least, **labels):
        """Until a counter has reached a number."""
        return self.until(lambda: self.metric(name, **labels),
                          lambda n: n >= least)

    def until(self, ask, good=bool):
        deadline = time.monotonic() + PATIENCE
        while True:
            got = ask()
            if good(got):
                return got
            assert time.monotonic() < deadline, "last: %r\n%s" % (
                got, "\n".join(self.log[-30:]))
            time.sleep(0.02)

    def rows(self, sql, *args):
        """What the database says now."""
        db = sqlite3.connect("file:%s?mode=ro" % self.db, uri=True,
                             timeout=PATIENCE)
        try:
            return db.execute(sql, args).fetchall()
        finally:
            db.close()

    def change(self, sql, *args):
        """Writes behind the daemon's back."""
        db = sqlite3.connect(self.db, timeout=PATIENCE)
        try:
            with db:
                db.execute(sql, args)
        finally:
            db.close()

    def wait_rows(self, sql, good=bool, *args):
        def ask():
            try:
                return self.rows(sql, *args), None
            except sqlite3.Error as e:  # not there yet, or locked
                return None, e
        return self.until(
            ask, lambda got: got[1] is None and good(got[0]))[0]

    def wait_asked(self):
        """Until the daemon has read what ikewatch(1) wrote for it: it looks
        once a second, at silences before wishes. This wish is for nothing."""
        with contextlib.closing(sqlite3.connect(
                self.db, timeout=PATIENCE)) as db, db:
            wish = db.execute(
                "INSERT INTO control(asked_at, command, argument)"
                " VALUES(1, 'drop', '0')").lastrowid
        self.wait_rows("SELECT 1 FROM control WHERE id = ?"
                       " AND done_at IS NOT NULL", bool, wish)

    # -- ending --

    def kill(self, number):
        self.process.send_signal(number)

    @contextlib.contextmanager
    def frozen(self):
        """It stands still: what is sent meanwhile, fewer than AT_ONCE
        datagrams, comes all at once."""
        self.sent = 0
        self.kill(signal.SIGSTOP)
        try:
            self.until(lambda: pathlib.Path(
                "/proc/%d/stat" % self.process.pid).read_text()
                .rsplit(")", 1)[1].split()[0], lambda state: state == "T")
            yield
        finally:
            self.kill(signal.SIGCONT)

    def reload(self, config=None):
        """SIGHUP; True if the new configuration was taken."""
        if config is not None:
            self.write(config)
        at = len(self.log)
        self.kill(signal.SIGHUP)
        return self.wait_log(r"reload: (done|.* stays)$",
                             after=at).group(1) == "done"

    def stop(self, number=signal.SIGTERM):
        """Ends it; its exit code."""
        if self.process.poll() is None:
            self.kill(number)
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code

    def counters(self):
        """The counters it logged when it stopped."""
        found = {}
        for line in self.log[self.first:]:
            m = re.search(r"stats: (\w+)\{(.*)\} (\d+)$", line)
            if m:
                name = m.group(1) + (("{%s}" % m.group(2)) if m.group(2)
                                     else "")
                found[name] = int(m.group(3))
        return found

    def check_account(self):
        """received + split = stored + discarded + dropped, exactly."""
        c = self.counters()

        def total(name):
            return sum(v for k, v in c.items() if k.startswith(name))
        received = total("messages_received_total") + total(
            "messages_split_total")
        rest = {n: total("messages_%s_total" % n)
                for n in ("stored", "discarded", "dropped")}
        assert received == sum(rest.values()), c
        return c


def daemon_check(config, folder, *args):
    """ikewatchd -t: (exit code, what it says)."""
    path = folder / "check.conf"
    if isinstance(config, bytes):
        path.write_bytes(config)
    else:
        path.write_text(config)
    r = subprocess.run([str(BUILD / "ikewatchd"), "-t", "-f", str(path),
                        *args], stdin=subprocess.DEVNULL,
                       capture_output=True, timeout=PATIENCE,
                       env=dict(os.environ, ASAN_OPTIONS=ASAN))
    return r.returncode, r.stdout.decode() + r.stderr.decode()


@pytest.fixture
def daemon(tmp_path):
    """Starts daemons; stops them and checks their account at the end."""
    all_of_them = []

    def start(config, **options):
        folder = tmp_path / ("d%d" % len(all_of_them))
        folder.mkdir()
        d = Daemon(folder, config, **options)
        all_of_them.append(d)
        return d

    yield start
    for d in all_of_them:
        killed = d.process.poll() is not None
        code = d.stop()
        if not killed:
            assert code == 0, "\n".join(d.log)
            if d.account:
                d.check_account()


@pytest.fixture
def build():
    return BUILD


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    """A folder of certificates: see pki.py."""
    return certificates.make(tmp_path_factory.mktemp("pki"))
