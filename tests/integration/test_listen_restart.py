"""A restart under a service manager: sockets and plain TCP connections
outlive the process, with the messages they have begun."""

import os
import signal
import socket

from manager import Manager, start_under, under

CHARON = ("<30>Nov 20 10:00:00 gw charon: 07[IKE] <branch|%d> received "
          "AUTHENTICATION_FAILED notify error")


def test_connections_and_begun_messages_survive(daemon, build, tmp_path):
    m = Manager(tmp_path)
    d = daemon('tcp "127.0.0.1:0" { }',
               env={"NOTIFY_SOCKET": m.path})
    m.wait("READY=1")
    s = d.connect()
    s.sendall((CHARON % 1).encode() + b"\n" + (CHARON % 2).encode()[:40])
    d.wait("messages_received_total", 1, transport="tcp")
    d.stop()
    d.check_account()
    m.wait("STOPPING=1")
    m.hear_out()
    assert sorted(n for _, n in m.fds) == ["conn-0", "state-0"]
    m.said.clear()
    start_under(d, m, build, tmp_path)
    d.wait_log("connections: 1 taken over")
    for fd, _ in m.fds:
        os.close(fd)
    s.sendall((CHARON % 2).encode()[40:] + b"\n")
    rows = d.wait_rows("SELECT message FROM messages ORDER BY id",
                       lambda r: len(r) == 2)
    assert "<branch|1>" in rows[0][0] and "<branch|2>" in rows[1][0]
    s.close()


def test_sockets_of_the_manager(daemon, build, tmp_path):
    m = Manager(tmp_path)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tcp.bind(("127.0.0.1", 0))
    tcp.listen()
    other = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    other.bind(("127.0.0.1", 0))
    other.listen()
    m.fds = [(udp.fileno(), "udp514"), (tcp.fileno(), "tcp514"),
             (other.fileno(), "tls6514")]
    script, arrange = under(m, build, tmp_path)
    d = daemon('udp "127.0.0.1:%d" { }\ntcp "127.0.0.1:%d" { }' %
               (udp.getsockname()[1], tcp.getsockname()[1]),
               env={"NOTIFY_SOCKET": m.path, "WATCHDOG_USEC": "400000"},
               close_fds=False, preexec_fn=arrange, executable=str(script))
    m.wait("READY=1")
    m.wait("WATCHDOG=1")
    d.wait_log("udp .*: socket of the service manager")
    d.wait_log("tcp .*: socket of the service manager")
    d.wait_log("socket tls6514: no udp, tcp or tls section has its address")
    d.udp(CHARON % 1)
    d.tcp(CHARON % 2)
    d.wait_rows("SELECT id FROM messages", lambda r: len(r) == 2)
    assert d.reload()
    m.wait("RELOADING=1")
    for s in udp, tcp, other:
        s.close()


def test_kill_and_start_again(daemon):
    """What was committed is there, and what was open goes on."""
    d = daemon('udp "127.0.0.1:0" { }')
    d.udp("<30>Nov 20 10:00:00 gw charon: 06[IKE] <branch|3> initiating "
          "IKE_SA branch[3] to 198.51.100.7")
    d.wait_rows("SELECT id FROM negotiations WHERE outcome = 'open'")
    d.stop(signal.SIGKILL)
    d.start()
    d.udp("<30>Nov 20 10:00:01 gw charon: 07[IKE] <branch|3> IKE_SA "
          "branch[3] established between "
          "192.0.2.1[a.example]...198.51.100.7[b.example]")
    rows = d.wait_rows("SELECT id, outcome FROM negotiations",
                       lambda r: r and r[-1][1] != "open")
    assert rows == [(1, "established")]
