"""Every field of a header as long as the usual limits, two octets less and two
more, empty and of one octet: each record is stored, and its text is whole."""

import sqlite3

from conftest import PATIENCE

LENGTHS = sorted({0, 1} | {n + d for n in (
    15, 16, 32, 48, 63, 64, 128, 255, 256, 480, 512, 1024, 2048, 4096, 8192)
    for d in range(-2, 3)})
FIELDS = {
    "host": b"<13>1 2024-04-01T11:59:58Z %s app 1 ID - <%d> text",
    "app": b"<13>1 2024-04-01T11:59:58Z h %s 1 ID - <%d> text",
    "pid": b"<13>1 2024-04-01T11:59:58Z h app %s ID - <%d> text",
    "msgid": b"<13>1 2024-04-01T11:59:58Z h app 1 %s - <%d> text",
    "sd-id": b"<13>1 2024-04-01T11:59:58Z h app 1 ID [%s n=\"v\"] <%d> text",
    "sd-name": b"<13>1 2024-04-01T11:59:58Z h app 1 ID [i %s=\"v\"] <%d> text",
    "sd-value": b"<13>1 2024-04-01T11:59:58Z h app 1 ID [i n=\"%s\"] "
                b"<%d> text",
    "old-host": b"<13>Apr  1 11:59:58 %s app[1]: <%d> text",
    "tag": b"<13>Apr  1 11:59:58 h %s[1]: <%d> text",
    "old-pid": b"<13>Apr  1 11:59:58 h app[%s]: <%d> text",
    "message": b"<13>Apr  1 11:59:58 h app[1]: %s <%d> text",
}


def rows(d):
    db = sqlite3.connect("file:%s?mode=ro" % d.db, uri=True,
                         timeout=PATIENCE)
    try:
        return [m for m, in db.execute("SELECT message FROM message "
                                       "ORDER BY id")]
    finally:
        db.close()


def test_every_field_at_its_limits(daemon):
    d = daemon('tcp "127.0.0.1:0" { }\nstore { path = "@DB@" '
               'keep-messages = all }\n')
    sent = [text % (b"x" * n, i) for i, (text, n) in enumerate(
        (t, n) for t in FIELDS.values() for n in LENGTHS)]
    with d.connect() as s:
        s.sendall(b"".join(b"%d %s" % (len(r), r) for r in sent))
        s.sendall(b"".join(r + b"\n" for r in sent))
    found = d.until(lambda: rows(d), lambda r: len(r) == 2 * len(sent))
    for i, r in enumerate(sent * 2):
        assert found[i].endswith("<%d> text" % (i % len(sent))), (r, found[i])


def test_lines_and_counts_at_the_limit(daemon):
    d = daemon('tcp "127.0.0.1:0" { }\nudp "127.0.0.1:0" { }\n'
               'store { path = "@DB@" keep-messages = all }\n')
    head = b"<13>a: "
    lengths = [n + k for n in (1024, 8192, 65536) for k in range(-2, 3)]
    with d.connect() as s:
        for n in lengths:
            s.sendall(b"%d %s%s" % (n, head, b"c" * (n - len(head))))
            s.sendall(head + b"l" * (n - len(head)) + b"\n")
    found = d.until(lambda: rows(d), lambda r: len(r) == 2 * len(lengths))
    for i, n in enumerate(lengths):
        whole = min(n, 65536) - len(head)
        assert found[2 * i] == "c" * whole
        assert found[2 * i + 1] == "l" * whole
    assert d.metric("messages_cut_total") == 4
    d.udp(*[head + b"u" * (n - len(head)) for n in (1024, 8192, 65507)])
    d.until(lambda: rows(d), lambda r: len(r) == 2 * len(lengths) + 3)
