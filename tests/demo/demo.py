#!/usr/bin/python3
"""make demo: what ikewatch does, in a few seconds and on loopback only.

Starts the daemon with a temporary database and a webhook receiver, sends the
logs of six vendors' firewalls by UDP and TCP, and shows what comes of them.
Exit status 0 only if every expected failure was stored and alerted with its
reason, and the repaired tunnel was told to be up again.
"""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
from receiver import PATIENCE, Receiver, free_port  # noqa: E402

# device, its address here, transport, records, vendor,
# (peer, reason) of each failure that must be told
DEVICES = [
    ("hp-msr", "127.0.77.11", "udp", "comware.log", "HP/H3C Comware",
     [("198.51.100.11", "psk_mismatch")]),
    ("bsr-222", "127.0.77.12", "udp", "zyxel.log", "Nortel Business Secure Router",
     [("198.51.100.12", "ike_proposal_mismatch")]),
    ("hpux-1", "127.0.77.13", "tcp", "hpux.log", "HP-UX IPSec audit",
     [("198.51.100.13", "unknown")]),
    ("isr-4331", "127.0.77.14", "tcp", "cisco.log",
     "Cisco IOS, machine-translated debug",
     [("198.51.100.24", "ike_proposal_mismatch")]),
    ("usg-6300", "127.0.77.15", "tcp", "huawei.log", "Huawei IKE error table",
     [("198.51.100.15", "ike_proposal_mismatch")]),
]
ENDS = {"a": ("vpn-ams1", "127.0.77.1"), "b": ("vpn-fra2", "127.0.77.2")}
ENDS_FAIL = [("198.51.100.2", "psk_mismatch"), ("198.51.100.1", "psk_mismatch")]


def say(text=""):
    print(text, flush=True)


def head(text):
    say("\n\033[1m%s\033[0m" % text if sys.stdout.isatty() else "\n== " + text)


def records(name):
    with open(os.path.join(HERE, "records", name), encoding="utf-8") as f:
        return f.read().splitlines()


def send(address, port, transport, lines):
    if transport == "udp":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((address, 0))
            for line in lines:
                s.sendto(line.encode(), ("127.0.0.1", port))
        return
    with socket.create_connection(("127.0.0.1", port),
                                  source_address=(address, 0)) as s:
        for number, line in enumerate(lines):
            data = line.encode()
            # Both framings, as senders have it. RFC 6587 counts octets of
            # messages that begin with a PRI.
            if data.startswith(b"<") and number % 2 == 0:
                s.sendall(b"%d %s" % (len(data), data))
            else:
                s.sendall(data + b"\n")


def send_ends(port, name):
    """Both ends at once, in the order of the file, one datagram a record."""
    sockets = {}
    for end, (_, address) in ENDS.items():
        sockets[end] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sockets[end].bind((address, 0))
    for line in records(name):
        end, data = line.split(" ", 1)
        sockets[end].sendto(data.encode(), ("127.0.0.1", port))
    for s in sockets.values():
        s.close()


def write_config(path, work, port, http, hook):
    with open(path, "w", encoding="utf-8") as f:
        f.write('udp "127.0.0.1:%d" { }\ntcp "127.0.0.1:%d" { }\n' % (port, port))
        f.write('http { address = "127.0.0.1:%d" }\n' % http)
        f.write('store { path = "%s/ikewatch.db" }\n' % work)
        f.write('destination "demo" { type = webhook  url = {"%s"}  rate = 100 }\n'
                % hook)
        for name, address in [(d[0], d[1]) for d in DEVICES] + list(ENDS.values()):
            f.write('device "%s" { address = {"%s"} }\n' % (name, address))


def told(requests):
    """(edge, peer, reason) of each alert that has arrived, in order."""
    out = []
    for request in requests:
        data = (request.get("json") or {}).get("data") or {}
        if data:
            out.append((data["edge"], data["peer"], data["reason"]["name"],
                        data))
    return out


def show_alerts(requests, since):
    for edge, _, _, data in told(requests)[since:]:
        text = data.get("title") or data.get("summary") or ""
        say("  %-9s %s" % (edge, text))
        if data.get("differs"):
            say("            differs: %s" % data["differs"])


def run(*args):
    subprocess.run(args, check=False)


def wait_port(port, process):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), PATIENCE).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def wait_stored(database, wanted):
    """What is stored of them, once all of it is."""
    end = time.monotonic() + PATIENCE
    while True:
        with sqlite3.connect("file:%s?mode=ro" % database, uri=True) as db:
            rows = db.execute("SELECT peer, reason FROM failures").fetchall()
            one = db.execute("SELECT id FROM failures WHERE kind = 'ike' AND "
                             "device = 'vpn-ams1'").fetchone()
        if one and wanted <= set(rows) or time.monotonic() > end:
            return rows, one
        time.sleep(0.1)


def story(build, work, receiver, port, database):
    wanted = []
    head("1. Five firewalls log that a tunnel does not come up")
    for name, address, transport, log, vendor, failures in DEVICES:
        lines = records(log)
        say("  %-9s %-36s %2d lines by %s" % (name, vendor, len(lines), transport))
        send(address, port, transport, lines)
        wanted += failures
    say("  and two strongSwan gateways, both ends of one tunnel")
    send_ends(port, "strongswan-fail.log")

    def untold(requests):
        """Both ends that log here are one incident, told by one of them."""
        have = {(peer, reason) for edge, peer, reason, _ in told(requests)
                if edge in ("firing", "update")}
        one_end = [] if have & set(ENDS_FAIL) else ENDS_FAIL[:1]
        return (set(wanted) - have) | set(one_end)
    ok = receiver.wait(lambda requests: not untold(requests))
    head("2. The alerts, as they arrived at the webhook")
    show_alerts(receiver.requests, 0)
    missing = untold(receiver.requests)
    for peer, reason in missing:
        say("  MISSING   %s for %s" % (reason, peer))

    head("3. The key is corrected, the tunnel comes up")
    before = len(told(receiver.requests))
    send_ends(port, "strongswan-good.log")
    resolved = receiver.wait(
        lambda rs: {p for e, p, _, _ in told(rs) if e == "resolved"}
        & {peer for peer, _ in ENDS_FAIL})
    show_alerts(receiver.requests, before)
    rows, one = wait_stored(database, set(wanted + ENDS_FAIL))

    ikewatch = os.path.join(build, "ikewatch")
    head("4. ikewatch status")
    run(ikewatch, "status", "--db", database)
    head("5. One of them in full: ikewatch show %s" % (one[0] if one else "?"))
    if one:
        run(ikewatch, "show", str(one[0]), "--db", database)
    query = ("SELECT device, peer, stage, reason, hint FROM failures "
             "ORDER BY id")
    head("6. The same by SQL: sqlite3 ikewatch.db \"%s\"" % query)
    if shutil.which("sqlite3"):
        run("sqlite3", "-readonly", database, query)
    stored = set(wanted + ENDS_FAIL) - set(rows)
    for peer, reason in stored:
        say("  MISSING in the database: %s for %s" % (reason, peer))
    return bool(ok and resolved and not missing and not stored)


def main():
    build = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
    work = tempfile.mkdtemp(prefix="ikewatch-demo-")
    port, http = free_port(), free_port()
    config = os.path.join(work, "ikewatchd.conf")
    database = os.path.join(work, "ikewatch.db")
    good = False
    with Receiver() as receiver, \
            open(os.path.join(work, "log"), "w", encoding="utf-8") as log:
        write_config(config, work, port, http, receiver.url("/ok"))
        daemon = subprocess.Popen(
            [os.path.join(build, "ikewatchd"), "-d", "-f", config], stderr=log)
        try:
            if not wait_port(port, daemon):
                say("demo: the daemon did not start:")
            else:
                good = story(build, work, receiver, port, database)
        finally:
            daemon.terminate()
            try:
                daemon.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                daemon.kill()
                good = False
    if not good:
        with open(os.path.join(work, "log"), encoding="utf-8") as log:
            say(log.read())
    shutil.rmtree(work)
    head("Every failure was stored and told with its reason; the repaired "
         "tunnel was told to be up." if good else
         "The demo FAILED: see what is MISSING above.")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
