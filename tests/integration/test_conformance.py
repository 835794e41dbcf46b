"""The conformance vectors over the wire, into a store that keeps everything:
what was sent is what is stored, no record more and none less.

Other files of the same form: CONFORMANCE=file:file pytest ... The clock is the
real one, so only stamps with a year are compared.
"""

import base64
import datetime
import json
import os
import pathlib
import re
import socket
import sqlite3

import pytest

from conftest import PATIENCE, drained
from pki import client, section

HERE = pathlib.Path(__file__).resolve().parent.parent / "conformance"
FILES = [pathlib.Path(f) for f in
         os.environ.get("CONFORMANCE", "").split(":") if f]
CONFIG = ('udp "127.0.0.1:0" { receive-buffer = "4MiB" }\n'
          'tcp "127.0.0.1:0" { }\n'
          'store { path = "%s"  keep-messages = all }\n')
COLUMNS = ("facility", "severity", "timestamp", "hostname", "app", "procid",
           "msgid", "message")
AT_ONCE = 50  # datagrams sent before the daemon is asked whether it has them


def vectors(kind):
    files = FILES or [HERE / "messages.jsonl", HERE / "framing.jsonl"]
    for path in files:
        for line in filter(None, path.read_text().split("\n")):
            v = json.loads(line)
            if ("chunks" in v) == (kind == "framing"):
                yield v


def octets(v, key="input"):
    if key + "_b64" in v and v[key + "_b64"] is not None:
        return base64.b64decode(v[key + "_b64"])
    text = v.get(key)
    return b"" if text is None else text.encode()


def by_udp(v):
    return len(octets(v)) <= 65507


def by_lines(v):
    """No line end inside, and nothing that framing would take off."""
    raw = octets(v)
    return (b"\n" not in raw and b"\0" not in raw and raw
            and not re.match(rb"[\d\s]|\xef\xbb\xbf", raw)
            and not raw.endswith(b"\r"))


def by_count(v):
    return octets(v).startswith(b"<")


def instant(text):
    if not text:
        return None
    m = re.match(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?"
                 r"(?:Z|([+-])(\d\d):(\d\d))$", text)
    numbers = [int(n) for n in m.groups()[:6]]
    micro = int((m.group(7) or "0").ljust(6, "0")[:6])
    try:
        t = datetime.datetime(*numbers, micro)
    except ValueError:  # year 0
        return text
    if m.group(8):
        east = datetime.timedelta(hours=int(m.group(9)),
                                  minutes=int(m.group(10)))
        t = t - east if m.group(8) == "+" else t + east
    return t


def stored(row):
    found = dict(zip(COLUMNS, row))
    for key in ("hostname", "app", "procid", "msgid", "message"):
        value = found[key]
        found[key] = value.encode() if isinstance(value, str) else value
    return found


def told(raw):
    """Octets that are no text are stored as \\xHH."""
    text = raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    return text.encode()


def agrees(found, want):
    if (found["facility"], found["severity"]) not in (
            (want["facility"], want["severity"]), (None, None)):
        return False
    if found["message"] != told(octets(want, "message")):
        return False
    for key in ("app", "procid", "msgid", "hostname"):
        if (found[key] or b"") != (want.get(key) or "").encode():
            return False
    if want.get("timestamp") is None:
        return found["timestamp"] is None
    if "year" in want.get("timestamp_assumed", []):
        return found["timestamp"] is not None
    return instant(found["timestamp"]) == instant(want["timestamp"])


def right(found, v):
    if v["expect"] is None:
        return False
    return any(agrees(found, {**v["expect"], **alt})
               for alt in [{}] + v.get("alt", []))


def rows(d, after=0):
    """Stored records in order; text that is no UTF-8 comes as octets."""
    db = sqlite3.connect("file:%s?mode=ro" % d.db, uri=True,
                         timeout=PATIENCE)
    try:
        db.text_factory = bytes
        found = db.execute("SELECT id, %s FROM messages WHERE id > ? "
                           "ORDER BY id" % ", ".join(COLUMNS), (after,))
        return [(r[0], *(c.decode() if isinstance(c, bytes) and k ==
                         "timestamp" else c
                         for k, c in zip(COLUMNS, r[1:])))
                for r in found.fetchall()]
    finally:
        db.close()


def wait_for(d, count):
    return d.until(lambda: rows(d), lambda found: len(found) >= count)


def start(daemon, tmp_path):
    return daemon(CONFIG % (tmp_path / "d0" / "ikewatch.db"))


def received(d):
    return int(d.metric("messages_received_total"))


def compare(sent, found):
    """Every record, in the order it was sent."""
    assert len(found) == len(sent)
    wrong = [(v["id"], stored(row[1:])) for v, row in zip(sent, found)
             if not right(stored(row[1:]), v)]
    for name, what in wrong:
        print(name, what)
    assert not wrong


def test_every_record_by_udp(daemon, tmp_path):
    d = start(daemon, tmp_path)
    sent = [v for v in vectors("messages") if by_udp(v)]
    kept = [v for v in sent if v["expect"] is not None]
    port, n = d.port("udp"), 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for v in sent:
            if len(octets(v)) > 4096:
                drained(port)  # the least that a buffer holds is a few
            s.sendto(octets(v), ("127.0.0.1", port))
            n += v["expect"] is not None
            if n % AT_ONCE == 0:
                d.until(lambda: received(d), lambda got: got >= n)
    compare(kept, wait_for(d, len(kept)))


@pytest.mark.parametrize("fits, frame", [
    (by_lines, lambda raw: raw + b"\n"),
    (by_count, lambda raw: b"%d %s" % (len(raw), raw)),
], ids=["lines", "counted"])
def test_every_record_by_tcp(daemon, tmp_path, fits, frame):
    d = start(daemon, tmp_path)
    sent = [v for v in vectors("messages")
            if v["expect"] is not None and fits(v)
            and len(octets(v)) <= 65536]
    with d.connect() as s:
        s.sendall(b"".join(frame(octets(v)) for v in sent))
    compare(sent, wait_for(d, len(sent)))


def test_every_record_by_tls(daemon, tmp_path, pki):
    d = daemon(CONFIG % (tmp_path / "d0" / "ikewatch.db") + section(pki))
    sent = [v for v in vectors("messages")
            if v["expect"] is not None and by_count(v)
            and len(octets(v)) <= 65536]
    with client(pki).wrap_socket(d.connect("tls")) as s:
        for v in sent:
            s.sendall(b"%d %s" % (len(octets(v)), octets(v)))
        s.unwrap()
    compare(sent, wait_for(d, len(sent)))


def chunk(c):
    if isinstance(c, dict):
        return base64.b64decode(c["b64"]) * c.get("repeat", 1)
    return base64.b64decode(c)


def opened(d, pki, transport):
    s = d.connect(transport)
    return client(pki).wrap_socket(s) if transport == "tls" else s


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_every_stream(daemon, tmp_path, pki, transport):
    """Each on a connection of its own, and after each one the daemon lives.
    The records come out with their text; what framing gave is told by the
    number of records."""
    d = daemon(CONFIG % (tmp_path / "d0" / "ikewatch.db") + section(pki))
    wrong = []
    for v in vectors("framing"):
        before = received(d)
        with opened(d, pki, transport) as s:
            for c in v["chunks"]:
                try:
                    s.sendall(chunk(c))
                except OSError:  # the daemon may close on hostile streams
                    break
            try:
                s.unwrap() if transport == "tls" else s.shutdown(
                    socket.SHUT_WR)
                while s.recv(4096):
                    pass
            except OSError:
                pass
        d.until(lambda: d.metric("connections") == 0)
        got = received(d) - before
        numbers = {len(a["expect_messages"])
                   for a in [v] + v.get("alt", [])}
        split = any(isinstance(m, dict) and m.get("oversize")
                    for m in v["expect_messages"])
        if not (got in numbers or v.get("any_messages")
                or (split and got >= min(numbers))):
            wrong.append((v["id"], got, numbers))
    assert not wrong
    d.tcp("<13>still: there")
    d.until(lambda: rows(d), lambda r: r and r[-1][-1] == b"there")
