"""Floods: too many connections, slow ones, half messages, half handshakes,
bursts of datagrams. Whoever makes one pays for it; a device that behaves is
heard as if nothing were. With IKEWATCH_LONG at the full figures."""

import contextlib
import os
import resource
import socket
import ssl
import time

import pytest

from conftest import AT_ONCE, PATIENCE, drained
from pki import client, section

LONG = bool(os.environ.get("IKEWATCH_LONG"))
CHARON = ("<30>Nov 20 10:00:00 gw charon: 07[IKE] <branch|%d> received "
          "AUTHENTICATION_FAILED notify error")
DEVICE = "127.9.9.9"
CONF = ('tcp "127.0.0.1:0" { }\nudp "127.0.0.1:0" { receive-buffer = "4MiB" }\n'
        'device "fw" { address = "%s" }\n' % DEVICE)


@pytest.fixture(autouse=True)
def descriptors():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] < 4096:
        pytest.skip("NOT TESTED: needs 4096 descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def busy(d, seconds):
    """The part of a core it uses."""
    def ticks():
        with open("/proc/%d/stat" % d.process.pid) as f:
            rest = f.read().rsplit(")", 1)[1].split()
        return int(rest[11]) + int(rest[12])
    before = ticks()
    time.sleep(seconds)
    return (ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds


def flood(d, count, source, transport="tcp"):
    port, held = d.port(transport), []
    for i in range(count):
        s = socket.socket()
        s.bind((source, 0))
        s.settimeout(PATIENCE)
        try:
            s.connect(("127.0.0.1", port))
        except OSError:
            s.close()
            continue
        held.append(s)
        if len(held) > 1100:  # refused long since
            held.pop(100).close()
    return held


def heard(d, number, within=1.0):
    """A device connects, and its record is a row: in time, where times are
    looked at."""
    begin = time.monotonic()
    with d.connect(source=DEVICE) as s:
        s.sendall((CHARON % number).encode() + b"\n")
        d.wait_rows("SELECT id FROM messages WHERE message LIKE ?",
                    bool, "%%<branch|%d>%%" % number)
    took = time.monotonic() - begin
    assert took < within or not LONG, took
    return took


def close_all(held):
    for s in held:
        s.close()


def test_connections(daemon):
    d = daemon(CONF)
    one = flood(d, 10000 if LONG else 500, "127.0.0.1")
    many = [s for i in range(10)
            for s in flood(d, 1000 if LONG else 150, "127.0.1.%d" % (i + 1))]
    heard(d, 1)
    assert d.metric("connections") <= 1024
    assert d.metric("connections_refused_total", cause="address_limit") > 0
    d.until(lambda: busy(d, 1), lambda part: part < 0.1)
    close_all(one + many)


def test_slow_senders(daemon):
    """An octet a second, each inside a message; as many who say nothing."""
    n = 500 if LONG else 60
    d = daemon(CONF + 'limits { frame-timeout = "%ds" '
               'connections-per-address = 1000 }' % (15 if LONG else 3))
    before = d.memory()
    slow, silent = flood(d, n, "127.0.0.1"), flood(d, n // 2, "127.0.0.2")
    d.until(lambda: d.metric("connections") == n + n // 2)
    for s in slow:
        s.sendall(b"<30>charon: 07[IKE] <slow|1> received N")
    idle = (d.memory() - before) / (n + n // 2)
    took = []
    for i in range(4):
        for s in slow:
            try:
                s.sendall(b"x")
            except OSError:
                pass
        took.append(heard(d, i, 0.5))
    if LONG:
        assert idle <= 4096, idle
    d.wait("connections_ended_total", n, cause="slow_frame")
    d.wait_rows("SELECT id FROM messages WHERE message LIKE '%<slow|%'",
                lambda r: len(r) == n)
    # silence is no fault
    d.until(lambda: d.metric("connections"), lambda c: c <= n // 2)
    assert d.metric("connections") == n // 2
    close_all(slow + silent)


def test_half_messages_of_64_kib(daemon):
    d = daemon(CONF + 'limits { connections-per-address = 1000 }')
    held = flood(d, 600, "127.0.0.1")
    for s in held:
        try:
            s.sendall(b"65000 <30>" + b"x" * 63 * 1024)
        except OSError:
            pass
    d.wait("connections_ended_total", 50, cause="partial_bytes")
    assert d.memory() < 100 << 20
    heard(d, 1)
    close_all(held)


def test_handshakes_that_are_never_finished(daemon, pki):
    d = daemon(CONF + section(pki) + 'limits { handshake-timeout = "2s" '
               'connections-per-address = 100 }')
    hello = ssl.MemoryBIO()
    try:
        client(pki).wrap_bio(ssl.MemoryBIO(), hello).do_handshake()
    except ssl.SSLWantReadError:
        pass
    first, held = hello.read(), []
    end = time.monotonic() + (20 if LONG else 2)
    while time.monotonic() < end:
        s = flood(d, 1, "127.0.0.%d" % (1 + len(held) % 20), "tls")
        for c in s:
            try:
                c.sendall(first)
            except OSError:
                pass
        held += s
        time.sleep(0.005)
    heard(d, 1)
    d.until(lambda: d.metric("connections_refused_total") >= len(held))
    d.until(lambda: d.metric("connections") == 0)
    close_all(held)


@pytest.mark.parametrize("count", [50000])
def test_a_burst_of_datagrams(daemon, count):
    """What the kernel could not keep is counted, to the last one."""
    d = daemon(CONF.replace("4MiB", "256KiB") +
               'track { duplicates = 0s }\n')
    port = d.port("udp")
    text = (CHARON % 1).encode().ljust(300, b".")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for _ in range(count):
            s.sendto(text, ("127.0.0.1", port))
    d.until(lambda: d.metric("messages_received_total") == count)
    dropped = d.metric("messages_dropped_total", transport="udp")
    d.wait_rows("SELECT count(*) FROM messages",
                lambda r: r[0][0] == count - dropped)


def test_datagrams_at_a_steady_rate(daemon):
    """Nothing is lost at 20,000 a second; the short form is no faster than
    the daemon is today."""
    rate, seconds = (20000, 60) if LONG else (5000, 2)
    d = daemon(CONF.replace("4MiB", "16MiB"))
    port = d.port("udp")
    text = b"<166>Nov 20 10:00:00 asa : %ASA-6-302013: Built outbound TCP"
    sent, begin = 0, time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        while sent < rate * seconds:
            due = int((time.monotonic() - begin) * rate)
            for _ in range(min(due, rate * seconds) - sent):
                s.sendto(text, ("127.0.0.1", port))
                sent += 1
                if not LONG and sent % AT_ONCE == 0:
                    drained(port)
            time.sleep(0.001)
    d.wait("messages_received_total", sent, transport="udp")
    assert d.metric("messages_received_total", transport="udp") == sent
    assert d.metric("messages_dropped_total") == 0


def test_our_log_stays_small(daemon):
    """Refused senders, bad frames and unknown texts, as fast as they come."""
    d = daemon('tcp "127.0.0.1:0" { allow = "127.0.0.2" }\n'
               'udp "127.0.0.1:0" { receive-buffer = "8MiB" }\n')
    lines, begin = len(d.log), time.monotonic()
    n = 100000 if LONG else 10000
    port = d.port("udp")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for i in range(n):
            s.sendto(b"<999>\xff\x00\x01 IKE something unknown %d" % i,
                     ("127.0.0.1", port))
    close_all(flood(d, 200, "127.0.0.1"))
    for i in range(200):
        with d.connect(source="127.0.0.2") as s, \
                contextlib.suppress(ConnectionError):
            s.sendall(b"GET / HTTP/1.1\r\n\r\n")
    d.until(lambda: d.metric("messages_received_total") == n)
    d.until(lambda: d.metric("connections_refused_total") >= 400)
    d.brief(lines, begin)
