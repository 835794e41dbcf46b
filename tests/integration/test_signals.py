"""Signals as often as they come, privileges as few as can be, and a watchdog
that notices a loop that stands still."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

from conftest import BUILD, PATIENCE

LONG = bool(os.environ.get("IKEWATCH_LONG"))
CHARON = ("<30>Nov 20 10:00:00 gw charon: 07[IKE] <branch|%d> received "
          "AUTHENTICATION_FAILED notify error")
CONF = 'tcp "127.0.0.1:0" { }\nudp "127.0.0.1:0" { }\n'


def status(d, name):
    text = pathlib.Path("/proc/%d/status" % d.process.pid).read_text()
    return re.search(r"^%s:\s+(.*)$" % name, text, re.M).group(1)


class Sender(threading.Thread):
    """Writes numbered records on one connection until it is stopped, and not
    more than so many."""

    def __init__(self, d, pause=0.0005, most=1 << 30):
        super().__init__(daemon=True)
        self.s, self.pause = d.connect(), pause
        self.n, self.end, self.most = 0, False, most

    def run(self):
        while not self.end:
            if self.n < self.most:
                self.s.sendall((CHARON % (self.n + 1)).encode() + b"\n")
                self.n += 1
            time.sleep(self.pause)
        self.s.close()

    def stop(self):
        self.end = True
        self.join()
        return self.n


def test_reloads_under_load(daemon):
    """Nothing is lost, nothing leaks, the connection stays."""
    d = daemon(CONF)
    # the records are kept too, and how many fit in the time is not the point
    sender = Sender(d, most=1 << 30 if LONG else 3000)
    sender.start()
    for _ in range(20):
        assert d.reload()
    files, memory = d.files(), d.memory()
    for i in range(1000 if LONG else 100):
        assert d.reload(CONF + 'device "fw%d" { address = "192.0.2.%d" }\n' % (
            i, i % 250 + 1))
    n = sender.stop()
    d.wait("messages_received_total", n, transport="tcp")
    d.wait_rows("SELECT count(*) FROM messages", lambda r: r[0][0] == n)
    assert d.metric("messages_received_total") == n
    d.until(lambda: d.files() <= files)
    assert d.memory() <= memory + (
        16384 if LONG else 4096) * 1024


def test_signals_in_bursts(daemon):
    d = daemon(CONF)
    sender = Sender(d)
    sender.start()
    end = time.monotonic() + (10 if LONG else 1)
    while time.monotonic() < end:
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE,
                       signal.SIGXFSZ):
            d.kill(number)
        time.sleep(0.002)
    n = sender.stop()
    d.wait("messages_received_total", n, transport="tcp")
    for _ in range(50):
        d.kill(signal.SIGTERM)
        d.kill(signal.SIGHUP)
    assert d.process.wait(PATIENCE) == 0
    d.reader.join(PATIENCE)
    assert d.check_account()['messages_received_total{transport="tcp"}'] == n


@pytest.mark.skipif(os.getuid() != 0, reason="only root can drop it")
def test_root_is_given_up(daemon, tmp_path):
    """Started as root without a manager: binds a low port and drops."""
    home = tmp_path / "var"
    home.mkdir()
    for p in (tmp_path, *tmp_path.parents):
        if str(p).startswith("/tmp/") and p.stat().st_uid == 0:
            p.chmod(0o755)
    shutil.chown(home, "nobody")
    nobody = 'user = "nobody"\ngroup = "nogroup"\n' + CONF
    d = daemon(nobody + 'store { path = "%s" }\n' % (home / "ikewatch.db"))
    d.tcp(CHARON % 1)
    d.wait("messages_received_total", 1)
    uid = str(int(status(d, "Uid").split()[0]))
    assert uid != "0" and status(d, "Uid").split() == [uid] * 4
    assert len(set(status(d, "Gid").split())) == 1
    for name in "CapInh", "CapPrm", "CapEff", "CapAmb":
        assert int(status(d, name), 16) == 0
    assert status(d, "NoNewPrivs") == "1"
    assert status(d, "Umask") == "0027"
    limits = pathlib.Path("/proc/%d/limits" % d.process.pid).read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)
    for f in home.iterdir():
        assert f.stat().st_mode & 0o777 == 0o640, f
        assert str(f.stat().st_uid) == uid
    # no way back: of root's ports none can be had any more, where root has any
    first = pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    if int(first.read_text()) > 1:
        assert not d.reload(nobody + 'tcp "127.0.0.1:1" { }\n')


def test_the_watchdog_is_fed_by_the_loop(daemon, tmp_path):
    """While the loop stands still nothing is said, so that the manager
    restarts it; what was committed is there afterwards."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(path)
        d = daemon(CONF, env={"NOTIFY_SOCKET": path,
                              "WATCHDOG_USEC": "500000"})

        def beats(seconds, most=1 << 30):
            n, end = 0, time.monotonic() + seconds
            while n < most and (left := end - time.monotonic()) > 0:
                s.settimeout(left)
                try:
                    n += b"WATCHDOG=1" in s.recv(4096)
                except TimeoutError:
                    break
            return n
        d.udp("<30>Nov 20 10:00:00 gw charon: 06[IKE] <branch|3> initiating "
              "IKE_SA branch[3] to 198.51.100.7")
        d.wait_rows("SELECT id FROM negotiation")
        assert beats(PATIENCE, 3) == 3
        with d.frozen():
            beats(0.2)  # what lies in the socket
            assert beats(1.5) == 0
            d.kill(signal.SIGABRT)  # as the manager does
        assert d.process.wait(PATIENCE) != 0
    d.start()
    d.udp("<30>Nov 20 10:00:01 gw charon: 07[IKE] <branch|3> received "
          "AUTHENTICATION_FAILED notify error")
    rows = d.wait_rows("SELECT outcome FROM negotiations",
                       lambda r: r and r[0][0] != "open")
    assert rows == [("failed",)]


def test_secrets_that_all_may_read_are_refused(tmp_path):
    url = tmp_path / "url"
    url.write_text("https://hooks.example.net/secret-of-the-house\n")
    url.chmod(0o644)
    conf = tmp_path / "ikewatchd.conf"
    conf.write_text(CONF + 'store { path = "%s/x.db" }\ndestination "d" '
                    '{ type = slack url-file = "%s" }\n' % (tmp_path, url))
    r = subprocess.run([str(BUILD / "ikewatchd"), "-t", "-f", str(conf)],
                       capture_output=True, timeout=PATIENCE)
    assert r.returncode == os.EX_CONFIG
    assert b"secret-of-the-house" not in r.stdout + r.stderr
    url.chmod(0o640)
    r = subprocess.run([str(BUILD / "ikewatchd"), "-t", "-f", str(conf)],
                       capture_output=True, timeout=PATIENCE)
    assert r.returncode == 0
