"""Whoever goes over a limit loses his own connection, and nobody else's."""

import contextlib
import socket
import struct
import time

from conftest import closed

CHARON = ("<30>Nov 20 10:00:00 gw charon: 07[IKE] <branch|%d> received "
          "AUTHENTICATION_FAILED notify error")


def test_connections_of_one_address(daemon):
    d = daemon('tcp "127.0.0.1:0" { }\n'
               'limits { connections-per-address = 3 }')
    held = [d.connect() for _ in range(3)]
    d.wait("connections_accepted_total", 3)
    with d.connect() as s:
        assert closed(s)
    with d.connect(source="127.0.0.2") as s:
        s.sendall((CHARON % 1).encode() + b"\n")
        d.wait("messages_received_total", 1, transport="tcp")
    assert d.metric("connections_refused_total", cause="address_limit") == 1
    for s in held:
        s.close()
    d.until(lambda: d.metric("connections") == 0)


def test_a_device_gets_in_where_strangers_fill_the_house(daemon):
    d = daemon('tcp "127.0.0.1:0" { }\n'
               'device "fw" { address = "127.0.0.9" }\n'
               'limits { connections = 8 connections-per-address = 2 }')
    held = [d.connect(source="127.0.1.%d" % i) for i in range(1, 9)]
    d.until(lambda: d.metric("connections_refused_total", cause="limit") >= 1)
    with d.connect(source="127.0.0.9") as s:
        s.sendall((CHARON % 1).encode() + b"\n")
        d.wait("messages_received_total", 1, transport="tcp")
    rows = d.wait_rows("SELECT device FROM events")
    assert rows == [("fw",)]
    for s in held:
        s.close()


def test_an_unfinished_message_is_cut_and_kept(daemon):
    d = daemon('tcp "127.0.0.1:0" { }\nlimits { frame-timeout = "1s" }')
    with d.connect() as slow, d.connect() as silent:
        slow.sendall((CHARON % 1).encode())
        assert closed(slow)
        assert len(d.wait_rows("SELECT id FROM messages")) == 1
        assert d.metric("connections_ended_total", cause="slow_frame") == 1
        assert d.metric("connections") == 1  # the silent one stays
        silent.close()


def test_memory_of_unfinished_messages(daemon):
    d = daemon('tcp "127.0.0.1:0" { }\nlimits { partial-bytes = "256KiB" }')
    held = []
    for i in range(8):
        s = d.connect(source="127.0.1.%d" % (i + 1))
        with contextlib.suppress(ConnectionError):
            s.sendall(b"65000 <30>" + b"x" * 60000)
        held.append(s)
        d.wait("connections_accepted_total", i + 1)
    d.wait("connections_ended_total", 4, cause="partial_bytes")
    assert closed(held[0])
    for s in held:
        s.close()
    d.until(lambda: d.metric("connections") == 0)


def test_refused_senders_store_nothing(daemon):
    d = daemon('udp "127.0.0.1:0" { allow = "127.0.0.2" }\n'
               'tcp "127.0.0.1:0" { allow = {"127.0.0.2", "10.0.0.0/8"} }')
    d.udp(CHARON % 1)
    with d.connect() as s:
        assert closed(s)
    d.udp(CHARON % 2, source="127.0.0.2")
    d.tcp(CHARON % 3, source="127.0.0.2")
    rows = d.wait_rows("SELECT source FROM messages", lambda r: len(r) == 2)
    assert rows == [("127.0.0.2",)] * 2
    assert d.metric("messages_dropped_total", cause="refused") == 1
    assert d.metric("connections_refused_total", cause="not_allowed") == 1


def test_strangers_are_told_in_the_log(daemon):
    d = daemon('tcp "127.0.0.1:0" { }')
    with d.connect() as s:
        s.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        assert closed(s)
    with d.connect() as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: example.net\r\n\r\n")
        assert closed(s)
    d.wait_log("127.0.0.1: speaks TLS to the plain port")
    d.wait_log("127.0.0.1: speaks HTTP")
    assert d.metric("connections_refused_total", cause="not_syslog") == 2


def test_proxy_protocol(daemon):
    d = daemon('tcp "127.0.0.1:0" { proxy = "127.0.0.7" }')
    v1 = b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 514\r\n"
    v2 = (b"\r\n\r\n\x00\r\nQUIT\n\x21\x21" + struct.pack("!H", 36) +
          socket.inet_pton(socket.AF_INET6, "2001:db8::1") +
          socket.inet_pton(socket.AF_INET6, "2001:db8::2") +
          struct.pack("!HH", 1000, 514))
    for head in v1, v2:
        with d.connect(source="127.0.0.7") as s:
            for b in head:  # octet by octet
                s.sendall(bytes([b]))
            s.sendall((CHARON % 1).encode() + b"\n")
    with d.connect(source="127.0.0.7") as s:
        s.sendall((CHARON % 2).encode() + b"\n")
        assert closed(s)
    d.tcp(v1 + (CHARON % 3).encode(), source="127.0.0.8")  # believed by nobody
    rows = d.wait_rows("SELECT DISTINCT source FROM messages",
                       lambda r: len(r) == 3)
    assert sorted(rows) == [("127.0.0.8",), ("192.0.2.1",), ("2001:db8::1",)]
    assert d.metric("connections_refused_total", cause="proxy") == 1


def test_descriptors_run_out(daemon):
    """With few descriptors the daemon keeps a reserve for its database."""
    import resource
    d = daemon('tcp "127.0.0.1:0" { }\nudp "127.0.0.1:0" { }\n'
               'limits { connections-per-address = 500 }',
               preexec_fn=lambda: resource.setrlimit(
                   resource.RLIMIT_NOFILE, (64, 64)))
    d.wait_log("limits connections: 16 of 1024")
    held = [d.connect() for _ in range(200)]
    d.until(lambda: d.metric("connections_refused_total", cause="limit") >= 40)
    d.udp(CHARON % 1)
    assert len(d.wait_rows("SELECT id FROM messages")) == 1

    def ticks():
        with open("/proc/%d/stat" % d.process.pid) as f:
            return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13]))

    def used():
        before = ticks()
        time.sleep(1)
        return ticks() - before
    d.until(used, lambda n: n <= 5)  # hundredths of a second: no busy loop
    assert d.reload() and d.get("/healthz")[0] == 200
    for s in held:
        s.close()
    d.until(lambda: d.metric("connections") == 0)
    with d.connect() as s:
        s.sendall((CHARON % 2).encode() + b"\n")
        d.wait("messages_received_total", 1, transport="tcp")


def test_our_own_log_is_bounded(daemon):
    d = daemon('tcp "127.0.0.1:0" { allow = "192.0.2.1" }')
    begin = time.monotonic()
    for _ in range(200):
        with d.connect() as s:
            closed(s)
    assert d.metric("connections_refused_total") == 200
    assert any("refused" in line for line in d.log)
    d.brief(d.log.index(d.wait_log(": ready$").string) + 1, begin)
