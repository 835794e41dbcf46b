"""A million made-up negotiations from one address: what is followed stays
bounded, what was established stays known, and the tunnel that matters is
heard. With IKEWATCH_LONG at the full figures, and at once."""

import os
import socket
import time

from conftest import AT_ONCE, drained

LONG = bool(os.environ.get("IKEWATCH_LONG"))
DEVICE = "127.9.9.9"


def test_flood_of_negotiations(daemon):
    count, most = (1000000, 100000) if LONG else (60000, 10000)
    d = daemon('udp "127.0.0.1:0" { receive-buffer = "8MiB" }\n'
               'tcp "127.0.0.1:0" { }\n'
               'device "fw" { address = "%s" }\n'
               'tunnel "hq" { device = "fw" peer = "198.51.100.9" '
               'severity = critical }\n'
               'limits { negotiations = %d }\n'
               'store { path = "@DB@" keep-messages = none }\n' % (
                   DEVICE, most))
    d.tcp(*["<30>Nov 20 10:00:00 fw charon: 06[IKE] <up|1> %s" % text
            for text in ("initiating IKE_SA up[1] to 198.51.100.8",
                         "IKE_SA up[1] established between 192.0.2.1[a]..."
                         "198.51.100.8[b]")], source=DEVICE)
    d.wait_rows("SELECT id FROM tunnels WHERE state = 'established'")
    port, begin, sent = d.port("udp"), time.monotonic(), 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        while sent < count:
            due = min(count, int((time.monotonic() - begin) * 20000) + 1)
            for n in range(sent, due):
                spi = n * 0x9E3779B97F4A7C15 % (1 << 64)
                s.sendto(b"<30>Nov 20 10:00:00 x charon: 06[IKE] <f%d|%d> "
                         b"initiating IKE_SA f%d[%d] to 203.0.%d.%d"
                         % (n, n, n, n, 112 + spi % 2, spi >> 8 & 255),
                         ("127.0.0.1", port))
                if not LONG and n % AT_ONCE == 0:
                    drained(port)
            sent = due
            time.sleep(0.001)
    d.until(lambda: d.metric("messages_received_total",
                             transport="udp") == count)
    assert d.metric("negotiations_open") <= most
    used, waiting = d.memory(), d.metric("store_queue_depth")
    assert used <= 256 << 20, used
    begin = time.monotonic()
    d.tcp(*["<30>Nov 20 10:00:00 fw charon: 06[IKE] <hq|2> %s" % text
            for text in ("initiating IKE_SA hq[2] to 198.51.100.9",
                         "received AUTHENTICATION_FAILED notify error")],
          source=DEVICE)
    d.wait_rows("SELECT id FROM alert WHERE peer = '198.51.100.9'")
    took = time.monotonic() - begin
    assert took <= 2 or not LONG, took
    assert d.rows("SELECT state FROM tunnels WHERE peer = '198.51.100.8'") \
        == [("established",)]
    d.wait_rows("SELECT 1 FROM alerts WHERE kind = 'self'"
                " AND summary LIKE '%negotiations%'",
                lambda rows: len(rows) == 1)
    print("open %d, %d MiB, %d rows waited, alert after %.2f s" % (
        d.metric("negotiations_open"), used >> 20, waiting, took))
