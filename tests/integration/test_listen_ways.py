"""A record arrives by UDP and by TCP, over IPv4 and IPv6, in both framings:
each way it becomes a row with its sender and transport."""

import socket

import pytest

CHARON = ("<30>Nov 20 10:00:%02d gw charon: 07[IKE] <branch|%d> received "
          "AUTHENTICATION_FAILED notify error")
NOISE = ("<166>Nov 20 10:00:00 asa : %%ASA-6-302013: Built outbound TCP "
         "connection %d for outside:192.0.2.1/443 to inside:10.0.0.1/4000")


def test_udp_and_tcp_reach_the_database(daemon):
    d = daemon('udp "127.0.0.1:0" { }\ntcp "127.0.0.1:0" { }')
    d.udp(CHARON % (1, 1), NOISE % 1)
    d.tcp(CHARON % (2, 2), NOISE % 2, NOISE % 3)
    rows = d.wait_rows("SELECT source, transport FROM messages ORDER BY id",
                       lambda r: len(r) == 2)
    assert sorted(rows) == [("127.0.0.1", "tcp"), ("127.0.0.1", "udp")]
    d.stop()
    c = d.check_account()
    assert c['messages_received_total{transport="udp"}'] == 2
    assert c['messages_received_total{transport="tcp"}'] == 3
    assert c['messages_discarded_total{cause="noise"}'] == 3
    assert sum(v for k, v in c.items() if "stored" in k) == 2


def test_octet_counting_and_lines_on_one_connection(daemon):
    d = daemon('tcp "127.0.0.1:0" { }')
    counted = (CHARON % (1, 1)).encode() + b"\nsecond line"
    with d.connect() as s:
        s.sendall(b"%d %s" % (len(counted), counted))
        s.sendall((CHARON % (2, 2)).encode() + b"\n")
    d.wait("messages_received_total", 2, transport="tcp")


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            s.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="NOT TESTED: there is no IPv6")
def test_dual_stack(daemon):
    d = daemon('udp "[::]:0" { }\ntcp "[::]:0" { }')
    d.udp(CHARON % (1, 1))
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.sendto((CHARON % (2, 2)).encode(), ("::1", d.port("udp")))
    with socket.create_connection(("::1", d.port("tcp"))) as s:
        s.sendall((CHARON % (3, 3)).encode() + b"\n")
    rows = d.wait_rows("SELECT source, transport FROM messages",
                       lambda r: len(r) == 3)
    assert sorted(rows) == [("127.0.0.1", "udp"), ("::1", "tcp"),
                            ("::1", "udp")]


def test_last_line_without_line_feed_is_kept(daemon):
    d = daemon('tcp "127.0.0.1:0" { }')
    with d.connect() as s:
        s.sendall((CHARON % (1, 1)).encode())
    assert len(d.wait_rows("SELECT id FROM messages")) == 1


def test_stop_reads_what_the_kernel_holds(daemon):
    d = daemon('udp "127.0.0.1:0" { }\ntcp "127.0.0.1:0" { }')
    port = d.port("tcp")
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(b"".join((CHARON % (i % 60, i)).encode() + b"\n"
                           for i in range(2000)))
        d.wait("messages_received_total", 1, transport="tcp")
        d.udp(*[CHARON % (i % 60, i + 5000) for i in range(100)])
        assert d.stop() == 0
    c = d.check_account()
    assert c['messages_received_total{transport="tcp"}'] == 2000
    assert c['messages_received_total{transport="udp"}'] == 100
    assert len(d.rows("SELECT id FROM messages")) == 2100


def test_failure_becomes_a_negotiation(daemon):
    d = daemon('udp "127.0.0.1:0" { }')
    d.udp("<30>Nov 20 10:00:00 gw charon: 06[IKE] <branch|3> initiating "
          "IKE_SA branch[3] to 198.51.100.7",
          "<30>Nov 20 10:00:01 gw charon: 07[IKE] <branch|3> received "
          "AUTHENTICATION_FAILED notify error")
    rows = d.wait_rows("SELECT device, peer, tunnel, reason FROM failures")
    assert rows == [("127.0.0.1", "198.51.100.7", "branch",
                     "authentication_failed")]
