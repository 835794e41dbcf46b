"""SIGHUP with a bad file: the old configuration goes on, one message says
file and line, no record is lost and connections stay. -t says the same words
with a code of sysexits.h, and touches nothing."""

import os
import signal
import socket

import pytest

from conftest import PATIENCE, closed, daemon_check

CHARON = ("<30>Nov 20 10:00:00 gw charon: 07[IKE] <branch|%d> received "
          "AUTHENTICATION_FAILED notify error")
GOOD = 'udp "127.0.0.1:0" { }\ntcp "127.0.0.1:0" { }\n'

BAD = [
    "",
    "\0\0\0",
    "udp",
    'udp "127.0.0.1:0" {',
    'udp "127.0.0.1:0" { } }',
    'udp "127.0.0.1:0" { allow = {"10.0.0.0/8" }',
    'udp "127.0.0.1:0" { receive-buffer = lots }',
    'udp "no address" { }',
    'udp "203.0.113.77:1" { }',  # no interface has it
    GOOD + "nonsense = 1",
    GOOD + 'device "x" { vendor = "none" }',
    GOOD + 'device "x" { timezone = "Mars/Olympus" }',
    GOOD + 'device "x" { address = "1.2.3" }',
    GOOD + 'tunnel "x" { peer = "everybody" }',
    GOOD + 'store { path = "relative.db" }',
    GOOD + 'store { keep-messages = some }',
    GOOD + "track { stall-after = -1 }",
    GOOD + "track { stall-after = 99d }",
    GOOD + "limits { connections = 0 }",
    GOOD + 'http { address = "127.0.0.1" }',
    GOOD + 'route { to = "nobody" }',
    GOOD + 'destination "d" { type = webhook url-file = "/nonexistent" }',
    GOOD + 'tls "127.0.0.1:0" { }',
    GOOD + 'tls "127.0.0.1:0" { cert-file = "/nonexistent" '
           'key-file = "/nonexistent" }',
    GOOD + 'tls "127.0.0.1:0" { cert-file = "/etc/passwd" '
           'key-file = "/etc/passwd" }',
    GOOD + 'include("/nonexistent.conf")',
    GOOD + 'include("ikewatchd.conf")',
    GOOD + 'include("check.conf")',
    GOOD + 'user = "root',
    GOOD + "/* no end",
    "#" * (5 << 20),
    "#" * (10 << 20),
    GOOD * 2,
    GOOD + 'tls "127.0.0.1:0" { cert-file = "/dev/null" '
           'key-file = "/dev/null" }',
    GOOD + 'tls "127.0.0.1:0" { client-cert = require }',
    GOOD + 'tls "127.0.0.1:0" { client-crl-file = "/nonexistent" }',
    GOOD + 'udp "127.0.0.1:99999" { }',
    GOOD + 'udp "127.0.0.1" { }',
    GOOD + 'udp "[::1" { }',
    GOOD + 'udp "127.0.0.1:0" { receive-buffer = "99TiB" }',
    GOOD + 'tcp "127.0.0.1:0" { proxy = "10.0.0.0/33" }',
    GOOD + 'tcp "127.0.0.1:0" { allow = "300.1.1.1" }',
    GOOD + 'tcp "127.0.0.1:0" { unknown = 1 }',
    GOOD + 'relay "not an address" { }',
    GOOD + 'relay { }',
    GOOD + 'device { }',
    GOOD + 'device "x" { certificate = "abc" }',
    GOOD + 'device "x" { timezone = "../../etc/passwd" }',
    GOOD + 'device "x" { address = "192.0.2.1" }\n'
           'device "x" { address = "192.0.2.2" }',
    GOOD + 'tunnel "x" { mode = sometimes }',
    GOOD + 'tunnel "x" { severity = bad }',
    GOOD + 'limits { idle-timeout = "soon" }',
    GOOD + 'limits { handshake-timeout = "0s" }',
    GOOD + 'limits { partial-bytes = "-1" }',
    GOOD + 'limits { connections = "many" }',
    GOOD + 'track { rekey-grace = "1y" }',
    GOOD + 'store { max-size = "1 elephant" }',
    GOOD + 'http { address = "0.0.0.0:x" }',
    GOOD + 'destination "d" { type = pigeon }',
    GOOD + 'destination "d" { type = webhook url-file = "/etc/shadow" }',
    GOOD + 'route { severity = {"loud"} }',
    GOOD + 'udp = 5',
    GOOD + '"' * 1001,
    GOOD + "{" * 1000,
]
# What only opening the sockets can tell.
ONLY_OPEN = ['udp "203.0.113.77:1" { }', GOOD + 'include("ikewatchd.conf")']


def test_bad_files_change_nothing(daemon):
    d = daemon(GOOD)
    with d.connect() as s:
        s.sendall((CHARON % 99).encode() + b"\n")
        d.wait_rows("SELECT id FROM messages")
        d.wait("messages_received_total", 1, transport="tcp")
        before = d.files()
        for i, text in enumerate(BAD):
            if text == GOOD + 'include("check.conf")':
                continue
            s.sendall((CHARON % i).encode() + b"\n")
            d.conf.write_bytes(text.encode())
            at = len(d.log)
            d.kill(signal.SIGHUP)
            line = d.wait_log(r"(reload: .*)$", after=at).group(1)
            assert "the old configuration stays" in line, (text, line)
        d.wait("messages_received_total", len(BAD), transport="tcp")
        assert d.metric("reloads_total", result="failed") == len(BAD) - 1
        d.until(lambda: d.files() <= before)
        assert d.metric("connections") == 1


@pytest.mark.parametrize("n", range(len(BAD)))
def test_check_says_so(tmp_path, n):
    if BAD[n] in ONLY_OPEN:
        return
    code, says = daemon_check(BAD[n].encode(), tmp_path)
    assert code == os.EX_CONFIG, says
    assert len(says.splitlines()) == 1
    assert os.listdir(tmp_path) == ["check.conf"]


def test_check_of_what_is_not_there(tmp_path):
    code, says = daemon_check("", tmp_path, "-f", str(tmp_path / "none"))
    assert code == os.EX_NOINPUT and "none" in says
    assert daemon_check(GOOD, tmp_path, "surplus")[0] == os.EX_USAGE
    assert daemon_check(GOOD, tmp_path)[0] == os.EX_OK


def test_good_reload_keeps_sockets_and_takes_options(daemon):
    d = daemon(GOOD)
    ports = d.port("udp"), d.port("tcp")
    with d.connect() as s:
        s.sendall((CHARON % 1).encode() + b"\n")
        d.wait("messages_received_total", 1, transport="tcp")
        more = ('udp "127.0.0.1:0" { }\ntcp "127.0.0.1:0" { allow = '
                '"127.0.0.9" }\nudp "127.0.0.2:0" { }\n'
                'device "fw" { address = "127.0.0.1" }')
        assert d.reload(more)
        # The connection goes on, new ones meet the list.
        s.sendall((CHARON % 2).encode() + b"\n")
        d.wait("messages_received_total", 2, transport="tcp")
        with socket.create_connection(("127.0.0.1", ports[1])) as other:
            assert closed(other)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u:
        u.sendto((CHARON % 3).encode(), ("127.0.0.1", ports[0]))
        u.sendto((CHARON % 4).encode(),
                 ("127.0.0.2", d.port("udp", "127.0.0.2:0")))
    rows = d.wait_rows("SELECT device FROM events ORDER BY id",
                       lambda r: len(r) == 4)
    assert rows == [("127.0.0.1",), ("fw",), ("fw",), ("fw",)]


def test_a_removed_listener_is_closed(daemon):
    d = daemon(GOOD + 'tcp "127.0.0.2:0" { }')
    port = d.port("tcp", "127.0.0.2:0")
    held = socket.create_connection(("127.0.0.2", port))
    held.sendall((CHARON % 1).encode() + b"\n")
    d.wait("messages_received_total", 1, transport="tcp")
    assert d.reload(GOOD)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port))
    held.sendall((CHARON % 2).encode() + b"\n")  # an open one stays
    d.wait("messages_received_total", 2, transport="tcp")
    held.close()


def test_a_refused_destination_leaves_the_sockets(daemon):
    """The alerts refuse before a socket of the old file is closed."""
    d = daemon(GOOD + 'tcp "127.0.0.2:0" { }')
    port = d.port("tcp", "127.0.0.2:0")
    at = len(d.log)
    assert not d.reload(GOOD + 'destination "d" { type = webhook url-file = '
                        '"%s" }' % (d.folder / "none"))
    with socket.create_connection(("127.0.0.2", port)) as s:
        s.sendall((CHARON % 1).encode() + b"\n")
        d.wait("messages_received_total", 1, transport="tcp")
    assert not [line for line in d.log[at:] if "listening on" in line]


def test_a_refused_port_leaves_the_alerts(daemon):
    """The sockets refuse after the alerts took the new file: they go back,
    or stay with it where a secret of the old one is gone."""
    def destination(name):
        path = d.folder / name
        path.write_text("http://127.0.0.1:1/" + name)
        path.chmod(0o600)
        return ('destination "%s" { type = webhook url-file = "%s" }\n'
                % (name, path))

    d = daemon(GOOD)
    bad = GOOD + 'udp "203.0.113.77:1" { }\n'
    assert d.reload(GOOD + destination("one"))
    assert not d.reload(bad + destination("two"))
    (d.folder / "one").unlink()
    for _ in range(2):
        assert not d.reload(bad + destination("two"))
    d.wait_log("alerts follow the new configuration")
    d.udp(CHARON % 1)
    d.wait_rows("SELECT id FROM alerts")
    assert d.reload(GOOD + destination("three"))
    d.udp(CHARON % 2)
    d.wait("messages_received_total", 2, transport="udp")


def test_many_reloads_leak_nothing(daemon):
    d = daemon(GOOD)
    assert d.reload()
    before = d.files()
    for _ in range(50):
        assert d.reload()
    d.until(lambda: d.files() <= before)


def test_start_fails_with_its_code(tmp_path, build):
    import subprocess
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("127.0.0.1", 0))
    udp = 'udp "127.0.0.1:%d" { }'
    cases = [
        (udp % taken.getsockname()[1], tmp_path / "x.db", os.EX_UNAVAILABLE,
         "another program has the port"),
        (udp % 0, tmp_path / "none" / "x.db", None, "/none"),
    ]
    for text, path, code, says in cases:
        conf = tmp_path / "start.conf"
        conf.write_text('user = "root"\nstore { path = "%s" }\n%s' % (
            path, text))
        for flags in ["-d"], []:
            r = subprocess.run([str(build / "ikewatchd"), *flags, "-f",
                                str(conf)], stdin=subprocess.DEVNULL,
                               capture_output=True, timeout=PATIENCE)
            assert r.returncode == code if code else r.returncode >= 64
            assert says in r.stderr.decode()
    taken.close()
