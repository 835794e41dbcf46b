"""/metrics and /healthz: right in form, read-only, and under limits that keep
everybody else's work going."""

import contextlib
import re
import socket
import urllib.error

from conftest import PATIENCE

CHARON = ("<30>Nov 20 10:00:00 gw charon: 07[IKE] <branch|%d> received "
          "AUTHENTICATION_FAILED notify error")
CONF = 'udp "127.0.0.1:0" { }\nrelay "127.0.0.1" { }'


def ask(d, raw):
    """What is answered. A question that is too long may be hung up on while it
    is still being asked: then what came until then is the answer."""
    got = b""
    with socket.create_connection(("127.0.0.1", d.port("http")),
                                  PATIENCE) as s:
        try:
            s.sendall(raw)
        except ConnectionError:
            pass
        try:
            while chunk := s.recv(65536):
                got += chunk
        except ConnectionError:
            pass
    return got


def test_the_text_is_prometheus(daemon):
    d = daemon(CONF)
    evil = 'fw"\\x\x1b[31m'
    d.udp("<30>Nov 20 10:00:00 %s charon: 06[IKE] <branch|3> initiating "
          "IKE_SA branch[3] to 198.51.100.7" % evil.replace(" ", "_"))
    d.wait("records_total", 1, result="event")
    head = ask(d, b"GET /metrics HTTP/1.0\r\n\r\n")
    assert b"Content-Type: text/plain; version=0.0.4" in head
    text = d.get("/metrics")[1]
    helped, typed, seen = set(), {}, set()
    for line in text.splitlines():
        assert all(0x20 <= ord(c) < 0x7f for c in line), line
        if m := re.match(r"# HELP (ikewatch_\w+) \S", line):
            assert m[1] not in helped
            helped.add(m[1])
        elif m := re.match(r"# TYPE (ikewatch_\w+) (\w+)$", line):
            typed[m[1]] = m[2]
        else:
            m = re.match(r'(ikewatch_\w+)((?:\{(?:\w+="(?:\\[\\"n]|[^"\\])*"'
                         r',?)*\})?) (\S+)$', line)
            assert m, line
            float(m[3])
            assert (m[1], m[2]) not in seen, line
            seen.add((m[1], m[2]))
            base = re.sub(r"_(bucket|sum|count)$", "", m[1])
            assert m[1] in typed or base in typed, line
    for name in ("messages_received_total", "messages_dropped_total",
                 "records_total", "negotiations_total", "negotiations_open",
                 "tunnel_up", "store_queue_depth", "store_commit_seconds",
                 "wal_bytes", "outbox_depth", "deliveries_total",
                 "device_last_seen_timestamp_seconds",
                 "alert_latency_seconds"):
        assert "ikewatch_" + name in typed


def test_health(daemon):
    d = daemon(CONF)
    code, body = d.get("/healthz")
    assert code == 200
    assert '"ingest":"ok"' in body and '"store":"ok"' in body


def test_only_reading_and_only_two_pages(daemon):
    d = daemon(CONF)
    assert d.get("/")[0] == 404
    assert d.get("/metrics/../../etc/passwd")[0] == 404
    for method in b"POST", b"PUT", b"DELETE", b"TRACE", b"XYZZY":
        got = ask(d, method + b" /metrics HTTP/1.0\r\n\r\n")
        assert b" 200 " not in got.split(b"\r\n")[0]
    got = ask(d, b"GET /metrics HTTP/1.0\r\nX: " + b"x" * 20000 +
              b"\r\n\r\n")
    assert b" 200 " not in got.split(b"\r\n")[0]


def test_many_connections_disturb_nobody(daemon):
    d = daemon(CONF)
    port = d.port("http")
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(30)]
    d.udp(CHARON % 1)
    assert len(d.wait_rows("SELECT id FROM messages")) == 1
    for s in held:
        s.close()
    assert d.get("/healthz")[0] == 200


def well(d):
    """Does it answer? Whoever is slow to ask may be taken for one of those who
    say nothing, and asks again."""
    try:
        return d.get("/healthz")[0] == 200
    except (ConnectionError, urllib.error.URLError):
        return False


def test_silent_ones_keep_nobody_out(daemon):
    """All places taken by some who say nothing, half a line, or a header
    without an end, and more of them before us: an honest question is
    answered."""
    d = daemon(CONF)
    port = d.port("http")
    held = []
    for i in range(96):
        s = socket.create_connection(("127.0.0.1", port), PATIENCE)
        with contextlib.suppress(ConnectionError):
            s.sendall((b"", b"GET /met",
                       b"GET /metrics HTTP/1.1\r\nA: b")[i % 3])
        held.append(s)
    for _ in range(3):
        d.until(lambda: well(d))
    d.udp(CHARON % 1)
    assert len(d.wait_rows("SELECT id FROM messages")) == 1
    for s in held:
        s.close()


def test_several_questions_in_one_write(daemon):
    d = daemon(CONF)
    one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    got = ask(d, one * 50)
    assert got.startswith(b"HTTP/1.1 200 OK") and b"\r\nHTTP" not in got
    got = ask(d, b"GET /metrics HTTP/1.1\r\nHost: x\r\n" +
              b"".join(b"X-%d: %s\r\n" % (i, b"y" * 1000)
                       for i in range(1048)) + b"\r\n")
    assert b" 200 " not in got.split(b"\r\n")[0]
    for path in (b"//", b"/metrics%00", b"/..%2fmetrics", b"*", b"\xff\xfe",
                 b"/" + b"a" * 7000, b"http://[::1"):
        got = ask(d, b"GET %s HTTP/1.0\r\n\r\n" % path)
        assert b" 200 " not in got.split(b"\r\n")[0]
    assert d.get("/healthz")[0] == 200


def test_a_thousand_connections(daemon):
    """Ingest goes on, and so does answering."""
    d = daemon(CONF)
    port = d.port("http")
    held = []
    for i in range(1000):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", port))
        held.append(s)
        if i % 100 == 99:
            d.udp(CHARON % i)
    assert len(d.wait_rows("SELECT id FROM messages",
                           lambda r: len(r) == 10)) == 10
    assert d.memory() < 150000 * 1024
    assert d.files() < 32 + 40
    for s in held:
        s.close()
    d.until(lambda: well(d))
