"""W6, W7: servers whose certificates do not hold, that do not answer, or
whose names do not resolve. Nothing is delivered to them, it is said why, it
is tried again, and nothing else waits for them."""

import contextlib
import ctypes
import os
import socket
import ssl
import subprocess
import warnings

import pytest

from conftest import PATIENCE
from receiver import Receiver
from test_alert_ways import config, fails, hook

CA_CONF = """
[ca]
default_ca = me
[me]
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
x509_extensions = names
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = none
[none]
[names]
subjectAltName = ${ENV::NAME}
"""


def openssl(folder, *args, name="IP:127.0.0.1"):
    subprocess.run(["openssl", *args], cwd=folder, check=True,
                   stdin=subprocess.DEVNULL, capture_output=True,
                   env=dict(os.environ, NAME=name))


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    """ca.pem, and of it: good, expired, future, other (another name);
    self is its own authority."""
    d = tmp_path_factory.mktemp("pki")
    (d / "ca.conf").write_text(CA_CONF)
    (d / "index").write_text("")
    (d / "serial").write_text("01\n")
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for name in "ca", "self":
        openssl(d, "req", "-x509", *new, "-days", "2", "-subj",
                "/CN=" + name, "-keyout", name + ".key", "-out",
                name + ".pem", "-addext", "subjectAltName=IP:127.0.0.1")
    for name, names, start, end in (
            ("good", "IP:127.0.0.1", "20200101000000Z", "20491231000000Z"),
            ("expired", "IP:127.0.0.1", "20200101000000Z", "20200201000000Z"),
            ("future", "IP:127.0.0.1", "20490101000000Z", "20491231000000Z"),
            ("other", "DNS:other.example", "20200101000000Z",
             "20491231000000Z")):
        openssl(d, "req", *new, "-subj", "/CN=" + name, "-keyout",
                name + ".key", "-out", name + ".csr")
        openssl(d, "ca", "-batch", "-config", "ca.conf", "-cert", "ca.pem",
                "-keyfile", "ca.key", "-startdate", start, "-enddate", end,
                "-in", name + ".csr", "-out", name + ".pem", name=names)
    return d


@contextlib.contextmanager
def deaf():
    """Takes connections and says nothing, to whatever is said."""
    with socket.create_server(("127.0.0.1", 0)) as s:
        yield s.getsockname()[1]


@contextlib.contextmanager
def ancient(pki):
    """Speaks TLS 1.0 and 1.1 only."""
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(pki / "good.pem", pki / "good.key")
    c.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        c.minimum_version = ssl.TLSVersion.TLSv1
        c.maximum_version = ssl.TLSVersion.TLSv1_1
    with Receiver() as r:
        r.server.socket = c.wrap_socket(r.server.socket, server_side=True)
        yield r


def errors(d):
    return dict(d.rows("SELECT destination, last_error FROM delivery"
                       " WHERE last_error IS NOT NULL"))


def test_certificates_that_do_not_hold(daemon, pki):
    words = {
        "expired": "expired", "future": "not yet valid",
        "other": "match", "self": "self-signed", "old": "", "deaf": "",
    }
    with contextlib.ExitStack() as stack:
        r = {name: stack.enter_context(Receiver(
            tls=(pki / (name + ".pem"), pki / (name + ".key"))))
            for name in ("good", "expired", "future", "other", "self")}
        port = stack.enter_context(deaf())
        r["old"] = stack.enter_context(ancient(pki))
        urls = {name: x.url().replace("http:", "https:")
                for name, x in r.items()}
        urls["deaf"] = "https://127.0.0.1:%d/" % port
        # only the one that says nothing may run into its time
        times = {"deaf": {"timeout": '"2s"', "connect_timeout": '"1s"'}}
        d = daemon(config(*(
            hook(url, name, ca_file='"%s"' % (pki / "ca.pem"),
                 **times.get(name, {"timeout": '"60s"',
                                    "connect_timeout": '"30s"'}))
            for name, url in urls.items())))
        fails(d)
        assert r["good"].wait(lambda log: len(log) == 1)
        d.until(lambda: errors(d), lambda got: set(got) == set(words))
        for name, error in errors(d).items():
            assert words[name] in error.lower(), (name, error)
        # all will be tried again
        assert dict(d.rows("SELECT destination, state FROM delivery"
                           " WHERE last_error IS NOT NULL")) == {
            name: "pending" for name in words}
        for name in words:
            assert name not in r or r[name].requests == []


def test_insecure_is_for_one_only(daemon, pki):
    """insecure = true delivers there; nobody else becomes less careful."""
    tls = pki / "self.pem", pki / "self.key"
    with Receiver(tls=tls) as one, Receiver(tls=tls) as two:
        d = daemon(config(hook(one.url(), "one", insecure="true"),
                          hook(two.url(), "two")))
        fails(d)
        assert one.wait(lambda log: len(log) == 1)
        d.until(lambda: "two" in errors(d))
        assert two.requests == []


def may_unshare():
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "-m", "true"], stdin=subprocess.DEVNULL,
        capture_output=True).returncode == 0


def resolv_conf(path):
    """For a child: this file as its /etc/resolv.conf, for it alone."""
    libc = ctypes.CDLL(None, use_errno=True)
    here, target = str(path).encode(), os.path.realpath(
        "/etc/resolv.conf").encode()

    def enter():
        if (libc.unshare(0x00020000) != 0 or  # CLONE_NEWNS
                libc.mount(b"none", b"/", None, 0x44000, None) != 0 or
                libc.mount(here, target, None, 0x1000, None) != 0):
            os._exit(111)
    return enter


@pytest.mark.skipif(not may_unshare(), reason="NOT TESTED: needs root")
def test_slow_names_stall_nothing(daemon, tmp_path):
    """A name server that never answers, and connect-timeout is over long
    before the resolver gives up: the loop goes on all the while, and so does
    the end. The resolver takes longer than any of us waits here."""
    conf = tmp_path / "resolv.conf"
    conf.write_text("nameserver 127.0.0.77\noptions timeout:30 attempts:5\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, \
            Receiver() as r:
        server.bind(("127.0.0.77", 53))
        d = daemon(config(
            hook("http://slow.example.net/x", "slow", timeout='"1s"',
                 connect_timeout='"1s"'),
            hook(r.url())), preexec_fn=resolv_conf(conf))
        fails(d)
        server.settimeout(PATIENCE)
        assert b"slow\x07example" in server.recv(512)  # it did ask
        assert d.get("/healthz")[0] == 200
        assert r.wait(lambda log: len(log) == 1)
        d.until(lambda: "slow" in errors(d))
        assert d.get("/healthz")[0] == 200
        assert d.stop() == 0
