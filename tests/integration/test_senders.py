"""rsyslog and syslog-ng as senders, as Debian packs them: by UDP, TCP in both
framings and TLS with a client certificate, and through a restart of ours.
What they were given arrives: all of it, and once."""

import collections
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

from conftest import PATIENCE
from manager import Manager, start_under, under
from receiver import free_port

TEXT = ("<30>Nov 20 10:00:00 charon[77]: 07[IKE] <branch|%d> received "
        "AUTHENTICATION_FAILED notify error")
COUNT = 2000
# Unpacked by senders.sh; else what is installed.
ROOT = pathlib.Path(__file__).resolve().parents[2] / "build" / "senders"

RSYSLOG = """
global(workDirectory="{folder}" {tls})
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/in" RateLimit.Interval="0")
template(name="out" type="string"
         string="<%PRI%>%TIMESTAMP% gw %syslogtag%%msg%")
action(type="omfwd" target="127.0.0.1" port="{port}" template="out"
       action.resumeRetryCount="-1" action.resumeInterval="1"
       queue.type="LinkedList" queue.size="10000" {how})
"""
RSYSLOG_HOW = {
    "udp": 'protocol="udp"',
    "lines": 'protocol="tcp" TCP_Framing="traditional"',
    "counted": 'protocol="tcp" TCP_Framing="octet-counted"',
    "tls": 'protocol="tcp" TCP_Framing="octet-counted" StreamDriver="ossl" '
           'StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid"',
}
RSYSLOG_TLS = ('DefaultNetstreamDriverCAFile="{pki}/ca.pem" '
               'DefaultNetstreamDriverCertFile="{pki}/fw1.pem" '
               'DefaultNetstreamDriverKeyFile="{pki}/fw1.key"')

SYSLOG_NG = """@version: 3.38
options {{ stats-freq(0); time-reopen(1); log-fifo-size(20000); }};
source in {{ unix-dgram("{folder}/in" log-iw-size(1000)); }};
destination out {{ {how}; }};
log {{ source(in); destination(out); flags(flow-control); }};
"""
SYSLOG_NG_HOW = {
    "udp": 'network("127.0.0.1" port({port}) transport("udp"))',
    "lines": 'network("127.0.0.1" port({port}) transport("tcp"))',
    "counted": 'syslog("127.0.0.1" port({port}) transport("tcp"))',
    "tls": 'syslog("127.0.0.1" port({port}) transport("tls") tls('
           'ca-file("{pki}/ca.pem") cert-file("{pki}/fw1.pem") '
           'key-file("{pki}/fw1.key") peer-verify(required-trusted)))',
}


def program(name):
    """(how to start it, its folder)"""
    for root in ROOT, pathlib.Path("/"):
        path = root / "usr" / "sbin" / name
        if not path.exists():
            continue
        env = dict(os.environ, LD_LIBRARY_PATH=str(
            root / "usr" / "lib" / "syslog-ng"))
        if subprocess.run([path, "-v" if name == "rsyslogd" else "-V"],
                          env=env, capture_output=True).returncode == 0:
            return ["env", "LD_LIBRARY_PATH=" + env["LD_LIBRARY_PATH"],
                    str(path)], root
    pytest.skip("%s is not there, or lacks a library: make deps" % name)


def plugins(root, pattern, holds):
    found = [p for p in (root / "usr" / "lib").glob(pattern)
             if (p / holds).exists()]
    if not found:
        pytest.skip("%s is not there: make deps" % holds)
    return str(found[0])


def rsyslog(folder, port, way, pki):
    start, root = program("rsyslogd")
    modules = plugins(root, "*/rsyslog",
                      "lmnsd_ossl.so" if way == "tls" else "lmnet.so")
    conf = folder / "rsyslog.conf"
    conf.write_text(RSYSLOG.format(
        folder=folder, port=port, how=RSYSLOG_HOW[way],
        tls=RSYSLOG_TLS.format(pki=pki) if way == "tls" else ""))
    return start + ["-n", "-M", modules, "-f", str(conf),
                    "-i", str(folder / "pid")]


def syslog_ng(folder, port, way, pki):
    start, root = program("syslog-ng")
    modules = plugins(root, "syslog-ng/*", "libafsocket.so")
    conf = folder / "syslog-ng.conf"
    conf.write_text(SYSLOG_NG.format(
        folder=folder, how=SYSLOG_NG_HOW[way].format(port=port, pki=pki)))
    return start + ["-Fe", "-f", str(conf), "--no-caps",
                    "--module-path", modules,
                    "--persist-file", str(folder / "persist"),
                    "--control", str(folder / "control"),
                    "--pidfile", str(folder / "pid")]


SENDERS = {"rsyslog": rsyslog, "syslog-ng": syslog_ng}


class Sender:
    def __init__(self, name, folder, port, way, pki):
        folder.mkdir()
        self.said = open(folder / "said", "wb")
        self.process = subprocess.Popen(
            SENDERS[name](folder, port, way, pki), stdin=subprocess.DEVNULL,
            stdout=self.said, stderr=self.said)
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.settimeout(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.sock.connect(str(folder / "in"))
                return
            except OSError:
                assert self.process.poll() is None, self.text()
                assert time.monotonic() < deadline, self.text()
                time.sleep(0.05)

    def text(self):
        with open(self.said.name, "rb") as f:
            return f.read().decode("utf-8", "replace")

    def give(self, numbers, pause=0.0):
        for i in numbers:
            self.sock.send((TEXT % i).encode())
            if pause:
                time.sleep(pause)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.said.close()
        self.sock.close()


def listener(way, port, pki):
    if way == "tls":
        return ('tls "127.0.0.1:%d" { cert-file = "%s/server.pem" key-file = '
                '"%s/server.key" client-cert = require client-ca-file = '
                '"%s/ca.pem" }\n' % (port, pki, pki, pki))
    return '%s "127.0.0.1:%d" { }\n' % ("udp" if way == "udp" else "tcp",
                                        port)


def transport(way):
    return way if way in ("udp", "tls") else "tcp"


def arrived(d):
    """{number: how often it was stored}"""
    found = collections.Counter()
    for message, in d.rows("SELECT message FROM messages"):
        if m := re.search(r"<branch\|(\d+)>", message):
            found[int(m.group(1))] += 1
    return found


def all_of_them(d):
    d.until(lambda: set(range(COUNT)) - set(arrived(d)), lambda f: not f)
    return arrived(d)


@pytest.mark.parametrize("way", ["udp", "lines", "counted", "tls"])
@pytest.mark.parametrize("name", list(SENDERS))
def test_all_arrives_once(daemon, tmp_path, pki, name, way):
    d = daemon(listener(way, 0, pki) + "track { duplicates = 0s }\n")
    s = Sender(name, tmp_path / "sender", d.port(transport(way)), way, pki)
    try:
        for n in range(0, COUNT, 100):
            s.give(range(n, n + 100))
            if way == "udp":  # what the kernel keeps for us, not more
                d.wait("messages_received_total", n + 100)
        found = all_of_them(d)
    finally:
        s.stop()
    assert set(found.values()) == {1}


@pytest.mark.parametrize("way", ["lines", "counted", "tls"])
@pytest.mark.parametrize("name", list(SENDERS))
def test_nothing_is_lost_in_a_restart(daemon, tmp_path, pki, name, way):
    """Without a manager that holds connections. What was written to our
    socket before the sender knew that we end is read to the last octet; a
    sender that cannot tell may send the last ones again."""
    port = free_port()
    d = daemon(listener(way, port, pki))
    s = Sender(name, tmp_path / "sender", port, way, pki)
    try:
        s.give(range(1000))
        d.wait("messages_received_total", 500)
        s.give(range(1000, 1100), 0.002)
        assert d.stop() == 0
        d.check_account()
        s.give(range(1100, 1500), 0.0005)
        d.start()
        s.give(range(1500, COUNT))
        found = all_of_them(d)
    finally:
        s.stop()
    again = sum(found.values()) - COUNT
    assert again <= 50, again


@pytest.mark.parametrize("way", ["lines", "counted"])
@pytest.mark.parametrize("name", list(SENDERS))
def test_a_restart_that_nobody_notices(daemon, build, tmp_path, pki, name,
                                       way):
    """Under a manager that holds the socket and the connections: three
    restarts while records are sent, and each of them arrives once."""
    m = Manager(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        m.fds = [(listening.fileno(), "tcp514")]
        script, arrange = under(m, build, tmp_path)
        d = daemon(listener(way, port, pki), executable=str(script),
                   env={"NOTIFY_SOCKET": m.path}, close_fds=False,
                   preexec_fn=arrange)
        m.wait("READY=1")
        s = Sender(name, tmp_path / "sender", port, way, pki)
        try:
            s.give(range(500))
            for n in range(500, COUNT, 500):
                d.wait("messages_received_total", 1)
                giver = threading.Thread(target=s.give, args=(
                    range(n, n + 500), 0.001))
                giver.start()
                time.sleep(0.1)
                assert d.stop() == 0
                d.check_account()
                m.hear_out()
                assert [k for _, k in m.fds[1:]] == ["conn-0", "state-0"]
                m.said.clear()
                start_under(d, m, build, tmp_path)
                d.wait_log("connections: 1 taken over")
                for fd, _ in m.fds[1:]:
                    os.close(fd)
                del m.fds[1:]
                giver.join()
            found = all_of_them(d)
        finally:
            s.stop()
    assert set(found.values()) == {1}
