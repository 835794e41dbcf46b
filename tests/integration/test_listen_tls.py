"""Syslog over TLS: who may come in, whom a certificate makes him, and what
happens to those who speak something else."""

import contextlib
import os
import ssl
import subprocess
import time
import warnings

import pytest

from conftest import PATIENCE, closed
from pki import client, fingerprint, openssl, section, send

CHARON = ("<30>Nov 20 10:00:00 gw charon: 07[IKE] <branch|%d> received "
          "AUTHENTICATION_FAILED notify error")


def refused(d, pki, name=None):
    """TLS 1.3 tells the client only after its side of the handshake."""
    try:
        with d.connect("tls") as raw:
            with client(pki, name).wrap_socket(raw) as s:
                s.sendall(b"20 <30>x: hello, world")
                return s.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        return True


def test_anybody(daemon, pki):
    d = daemon(section(pki))
    send(d, pki, CHARON % 1)
    rows = d.wait_rows("SELECT source, transport FROM messages")
    assert rows == [("127.0.0.1", "tls")]


def test_a_certificate_names_the_device(daemon, pki):
    d = daemon(section(pki, 'client-cert = require client-ca-file = "%s/'
                       'ca.pem"' % pki) +
               'device "fw1" { certificate = "%s" }' % fingerprint(
                   pki, "fw1"))
    send(d, pki, CHARON % 1, "fw1")
    rows = d.wait_rows("SELECT device FROM events")
    assert rows == [("fw1",)]
    assert refused(d, pki)
    assert refused(d, pki, "other")
    d.wait("connections_refused_total", 2, cause="tls")
    assert len(d.rows("SELECT id FROM messages")) == 1


def test_a_listed_fingerprint_needs_no_authority(daemon, pki):
    d = daemon(section(pki, 'client-cert = require fingerprint = "%s"'
                       % fingerprint(pki, "other")))
    send(d, pki, CHARON % 1, "other")
    assert len(d.wait_rows("SELECT id FROM messages")) == 1
    assert refused(d, pki, "fw1")


def test_plain_text_and_silence(daemon, pki):
    d = daemon(section(pki) + 'limits { handshake-timeout = "1s" }')
    with d.connect("tls") as plain:
        plain.sendall((CHARON % 1).encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            plain.recv(100)
    with d.connect("tls") as silent:
        assert closed(silent)
    d.wait("connections_refused_total", 2, cause="tls")
    d.wait_log("no TLS with it")
    send(d, pki, CHARON % 2)
    assert len(d.wait_rows("SELECT id FROM messages")) == 1


def test_old_versions_are_refused(daemon, pki):
    d = daemon(section(pki))
    c = client(pki)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        c.minimum_version = c.maximum_version = ssl.TLSVersion.TLSv1_1
    c.set_ciphers("ALL:@SECLEVEL=0")
    with d.connect("tls") as raw, pytest.raises((ssl.SSLError,
                                                 ConnectionError)):
        c.wrap_socket(raw)
    d.wait("connections_refused_total", 1, cause="tls")


def test_a_new_certificate_with_a_reload(daemon, pki, tmp_path):
    for ext in "pem", "key":
        (tmp_path / ("s." + ext)).write_bytes(
            (pki / ("server." + ext)).read_bytes())
    conf = ('tls "127.0.0.1:0" { cert-file = "%s/s.pem" key-file = "%s/s.key"'
            ' }\n' % (tmp_path, tmp_path))
    d = daemon(conf)

    def shown():
        with d.connect("tls") as raw:
            with client(pki).wrap_socket(raw) as s:
                return s.getpeercert(True)
    before = shown()
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey",
            "ca.key", "-CAcreateserial", "-days", "3", "-out",
            str(tmp_path / "s.pem"), cwd=pki)
    assert d.reload()
    after = shown()
    assert after != before
    # A key that does not fit: the old one goes on.
    (tmp_path / "s.key").write_bytes((pki / "fw1.key").read_bytes())
    assert not d.reload()
    assert shown() == after


def test_expired_and_revoked(daemon, pki):
    """Refused in the handshake, counted, and said in few lines."""
    d = daemon(section(pki, 'client-cert = require client-ca-file = "%s/'
                       'ca.pem" client-crl-file = "%s/crl.pem" '
                       'fingerprint = "%s"' % (
                           pki, pki, fingerprint(pki, "gone"))))
    send(d, pki, CHARON % 1, "fw1")
    for name in "old", "gone", "other", None:
        assert refused(d, pki, name)
    d.wait("connections_refused_total", 4, cause="tls")
    d.wait_log("its certificate is refused: certificate revoked")
    d.wait_log("its certificate is refused: certificate has expired")
    lines, begin = len(d.log), time.monotonic()
    for _ in range(50):
        assert refused(d, pki, "gone")
    d.brief(lines, begin)
    assert len(d.wait_rows("SELECT id FROM messages")) == 1


def made(pki, name, *names):
    """A certificate of our authority with these alternative names."""
    (pki / "many").write_text("subjectAltName=" + ",".join(names) + "\n")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", "/CN=" + name, "-keyout", name + ".key",
            "-out", name + ".csr", cwd=pki)
    openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey",
            "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "many",
            "-out", name + ".pem", cwd=pki)


def test_names_in_certificates_give_no_rights(daemon, pki):
    """A thousand names, wildcards, another device's name: who it is comes of
    the fingerprint alone."""
    made(pki, "many", *["DNS:host-%d.example.net" % i for i in range(1000)])
    made(pki, "wild", "DNS:*", "DNS:*.*", "DNS:f*1", "DNS:fw1")
    d = daemon(section(pki, 'client-cert = require client-ca-file = "%s/'
                       'ca.pem"' % pki) +
               'device "fw1" { certificate = "%s" }' % fingerprint(
                   pki, "fw1"))
    for i, name in enumerate(("many", "wild", "fw1")):
        send(d, pki, (CHARON % i).replace(" gw ", " fw1 "), name)
    rows = d.wait_rows("SELECT device FROM events ORDER BY id",
                       lambda r: len(r) == 3)
    assert rows == [("127.0.0.1",), ("127.0.0.1",), ("fw1",)]


def test_a_close_without_words_keeps_what_was_sent(daemon, pki):
    d = daemon(section(pki))
    for i in range(3):
        with d.connect("tls") as raw:
            s = client(pki).wrap_socket(raw)
            s.sendall((CHARON % i).encode() + b"\n")
            s.sendall((CHARON % (i + 10)).encode())  # no line end either
            os.close(s.detach())
    d.wait_rows("SELECT id FROM messages", lambda r: len(r) == 6)


def test_no_second_handshake(daemon, pki):
    """Renegotiation, resumption and early data are not to be had."""
    d = daemon(section(pki))
    for version in "-tls1_2", "-tls1_3":
        r = subprocess.run(
            ["openssl", "s_client", "-connect", "127.0.0.1:%d" %
             d.port("tls"), version], input=b"<13>x: y\nR\n",
            capture_output=True, timeout=PATIENCE)
        said = (r.stdout + r.stderr).decode("utf-8", "replace")
        assert "New Session Ticket" not in said
        assert "Early data was accepted" not in said
    send(d, pki, CHARON % 1)
    assert len(d.wait_rows("SELECT id FROM messages")) == 1
