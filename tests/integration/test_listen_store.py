"""The database stands still: senders of streams are paused and nothing of
theirs is lost; when it goes on, all is written and the account is even."""

import sqlite3
import threading

from conftest import PATIENCE

CHARON = ("<30>Nov 20 10:00:00 gw charon: 07[IKE] <branch|%d> received "
          "AUTHENTICATION_FAILED notify error")


def test_streams_wait_while_the_database_is_locked(daemon):
    d = daemon('tcp "127.0.0.1:0" { }\nudp "127.0.0.1:0" { }\n'
               'store { path = "@DB@" queue-size = 1MiB }')
    d.udp(CHARON % 0)
    d.wait_rows("SELECT id FROM messages")
    lock = sqlite3.connect(d.db, isolation_level=None,
                           timeout=PATIENCE)
    lock.execute("BEGIN EXCLUSIVE")
    n = 20000
    with d.connect() as s:
        sender = threading.Thread(target=lambda: s.sendall(b"".join(
            (CHARON % i).encode() + b"\n" for i in range(1, n + 1))))
        sender.start()
        # The queue fills, and reading stops long before all is read.
        stuck = d.until(lambda: d.metric("messages_received_total",
                                         transport="tcp"))
        d.until(lambda: '"ingest":"paused"' in d.get("/healthz")[1])
        stuck = d.metric("messages_received_total", transport="tcp")
        assert stuck < n
        lock.execute("ROLLBACK")
        sender.join()
        d.wait("messages_received_total", n, transport="tcp")
    lock.close()
    d.wait_rows("SELECT count(*) FROM messages",
                lambda r: r == [(n + 1,)])
    assert d.metric("messages_dropped_total") == 0
