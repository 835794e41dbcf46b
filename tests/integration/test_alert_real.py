"""The programs that alerts are meant for, as Debian ships them: Prometheus
Alertmanager, and a mail server that insists on STARTTLS."""

import email
import email.policy
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import time

import pytest

from conftest import ASK, PATIENCE
from receiver import Receiver, free_port
from test_alert_ways import comes_up, config, fails, secret_file

# where tests/integration/senders.sh unpacks it, or installed
UNPACKED = pathlib.Path(__file__).parents[2] / "build" / "senders" / "usr/bin"
ALERTMANAGER = shutil.which(
    "prometheus-alertmanager", path="%s:%s" % (UNPACKED, os.environ["PATH"]))

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult
except ImportError:
    Controller = None

real_alertmanager = pytest.mark.skipif(
    ALERTMANAGER is None,
    reason="NOT TESTED: prometheus-alertmanager is not there: make deps")
real_smtp = pytest.mark.skipif(
    Controller is None, reason="NOT TESTED: python3-aiosmtpd is not"
    " installed for %s" % sys.executable)


def runnable(folder):
    """Alertmanager reads its templates where it is installed. Where it is only
    unpacked, a copy of it reads them in the folder it is started in, by a
    name that is as long as the one in the program."""
    home = "/usr/share/prometheus/alertmanager"
    if os.path.exists(home):
        return ALERTMANAGER
    for name in "default.tmpl", "email.tmpl":
        shutil.copy("%s%s/%s" % (UNPACKED.parents[1], home, name), folder)
    program = folder / "alertmanager"
    program.write_bytes(pathlib.Path(ALERTMANAGER).read_bytes().replace(
        home.encode(), b"./" * (len(home) // 2)))
    program.chmod(0o755)
    return program


class Alertmanager:
    """One that tells a receiver of its own at once."""

    def __init__(self, folder, hook):
        self.port = free_port()
        folder.mkdir()
        conf = folder / "alertmanager.yml"
        conf.write_text(json.dumps({
            "route": {"receiver": "hook", "group_by": ["..."],
                      "group_wait": "1s", "group_interval": "1s"},
            "receivers": [{"name": "hook", "webhook_configs": [
                {"url": hook, "send_resolved": True}]}]}))
        self.process = subprocess.Popen(
            [runnable(folder), "--config.file=%s" % conf,
             "--storage.path=%s" % (folder / "data"),
             "--web.listen-address=127.0.0.1:%d" % self.port,
             "--cluster.listen-address="], cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until(lambda: self.get("/-/ready"))

    def get(self, path):
        try:
            with ASK.open(self.url() + path, timeout=PATIENCE) as r:
                return r.read().decode() or "ok"
        except OSError:
            return None

    def url(self):
        return "http://127.0.0.1:%d" % self.port

    def alerts(self):
        return json.loads(self.get("/api/v2/alerts") or "null")

    def until(self, ask, good=bool):
        end = time.monotonic() + PATIENCE
        while not good(got := ask()):
            assert time.monotonic() < end, got
            time.sleep(0.1)
        return got

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


@pytest.fixture
def alertmanager(tmp_path):
    with Receiver() as hook:
        am = Alertmanager(tmp_path / "am", hook.url())
        am.told = hook
        yield am
        am.stop()


def to_alertmanager(*urls):
    return ('destination "am" { type = alertmanager  url = {%s} }'
            % ", ".join('"%s"' % u for u in urls))


@real_alertmanager
def test_two_daemons_are_one_alert(daemon, alertmanager):
    """Two that hear the same device: one alert, told once, resolved once."""
    am = alertmanager
    both = [daemon(config(to_alertmanager(am.url()))) for _ in range(2)]
    for d in both:
        fails(d)
        d.wait_rows("SELECT 1 FROM delivery WHERE state = 'delivered'")
    alert, = am.until(am.alerts)
    labels, notes = alert["labels"], alert["annotations"]
    assert alert["status"]["state"] == "active"
    assert labels["alertname"] == "IKENegotiationFailed"
    assert labels["peer"] == "198.51.100.7"
    assert labels["severity"] == "warning"
    # nothing that differs from try to try is identity
    assert set(labels) == {"alertname", "severity", "incident", "device",
                           "peer"}
    assert notes["reason"] == "authentication_failed"
    assert notes["summary"].startswith("DOWN ")
    assert "AUTHENTICATION_FAILED" in notes["description"]
    assert am.told.wait(lambda log: len(log) == 1)
    for d in both:
        comes_up(d)
        d.wait_rows("SELECT 1 FROM delivery WHERE state = 'delivered'",
                    lambda rows: len(rows) == 2)
    am.until(am.alerts, lambda alerts: alerts == [])
    assert am.told.wait(lambda log: len(log) == 2)
    time.sleep(1.5)  # one more interval of its groups
    told = [e["json"] for e in am.told.requests]
    assert [t["status"] for t in told] == ["firing", "resolved"]
    assert [len(t["alerts"]) for t in told] == [1, 1]
    first, last = (t["alerts"][0] for t in told)
    assert first["fingerprint"] == last["fingerprint"]
    assert last["endsAt"] > last["startsAt"]


@real_alertmanager
def test_every_member_is_told(daemon, alertmanager, tmp_path):
    """Members do not stand behind one another: one that is away does not
    keep the other from hearing."""
    gone = "http://127.0.0.1:%d" % free_port()
    d = daemon(config(to_alertmanager(gone, alertmanager.url())))
    fails(d)
    assert len(alertmanager.until(alertmanager.alerts)) == 1
    assert d.wait_rows("SELECT destination, state FROM delivery ORDER BY 1",
                       lambda rows: ("am#2", "delivered") in rows) == [
        ("am", "pending"), ("am#2", "delivered")]


class Mailbox:
    """What the mail server does with what comes in."""

    def __init__(self):
        self.mails = []
        self.users = []

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content,
                                        policy=email.policy.default)
        self.mails.append((envelope, session.ssl is not None, mail))
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.users.append((data.login, data.password))
        return AuthResult(success=data.password == b"the password")


def certificate(folder, name="127.0.0.1"):
    pem, key = folder / "mail.pem", folder / "mail.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=mail", "-addext", "subjectAltName=IP:" + name, "-keyout", key,
         "-out", pem], check=True, stdin=subprocess.DEVNULL,
        capture_output=True)
    return pem, key


class Mail:
    def __init__(self, folder, starttls=True):
        self.pem, key = certificate(folder)
        self.box = Mailbox()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem, key)
        options = dict(tls_context=context, require_starttls=True,
                       authenticator=self.box.authenticate,
                       auth_required=True) if starttls else {}
        self.server = Controller(self.box, hostname="127.0.0.1",
                                 port=free_port(), ready_timeout=PATIENCE,
                                 **options)

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop()

    def destination(self, password, ca=True, **more):
        lines = ["%s = %s" % (k.replace("_", "-"), v)
                 for k, v in more.items()]
        if ca:
            lines.append('ca-file = "%s"' % self.pem)
        return """destination "mail" {
            type = email  url = {"smtp://127.0.0.1:%d"}
            from = "ikewatch@example.net"
            mail-to = {"noc@example.net", "night@example.org"}
            user = "watcher"  secret-file = {"%s"}
            %s }""" % (self.server.port, password, "\n".join(lines))


def wait_error(d):
    return d.wait_rows("SELECT last_error FROM delivery"
                       " WHERE last_error IS NOT NULL")[0][0]


@real_smtp
def test_mail_over_starttls(daemon, tmp_path):
    """A failure and its end are one thread in the reader's mailbox."""
    password = secret_file(tmp_path, "the password", "password")
    with Mail(tmp_path) as mail:
        d = daemon(config(mail.destination(password)))
        fails(d)
        d.until(lambda: len(mail.box.mails) == 1)
        comes_up(d)
        d.until(lambda: len(mail.box.mails) == 2)
        fails(d, tunnel="other", peer="198.51.100.9")
        d.until(lambda: len(mail.box.mails) == 3)
        d.wait_rows("SELECT 1 FROM delivery WHERE state = 'delivered'",
                    lambda rows: len(rows) == 3)
    assert set(mail.box.users) == {(b"watcher", b"the password")}
    for envelope, secure, m in mail.box.mails:
        assert secure
        assert envelope.mail_from == "ikewatch@example.net"
        assert envelope.rcpt_tos == ["noc@example.net", "night@example.org"]
        assert m["Auto-Submitted"] == "auto-generated"
        assert m["From"] == "ikewatch <ikewatch@example.net>"
        assert m["In-Reply-To"] == m["References"]
        assert not m.defects
    down, up, other = (m for _, _, m in mail.box.mails)
    assert down["Subject"].startswith("DOWN 127.0.0.1 -> branch")
    assert up["Subject"].startswith("UP 127.0.0.1 -> branch")
    assert "AUTHENTICATION_FAILED" in down.get_content()
    assert down["References"] == up["References"] != other["References"]
    assert len({m["Message-ID"] for m in (down, up, other)}) == 3


@real_smtp
def test_mail_without_tls_is_not_sent(daemon, tmp_path):
    """A server that has no STARTTLS gets neither the password nor the mail,
    unless the configuration says so."""
    password = secret_file(tmp_path, "the password", "password")
    with Mail(tmp_path, starttls=False) as mail:
        d = daemon(config(mail.destination(password)))
        fails(d)
        assert wait_error(d)
        assert mail.box.mails == [] and mail.box.users == []


@real_smtp
def test_mail_to_an_unknown_certificate_is_not_sent(daemon, tmp_path):
    password = secret_file(tmp_path, "the password", "password")
    with Mail(tmp_path) as mail:
        d = daemon(config(mail.destination(password, ca=False)))
        fails(d)
        assert "certificate" in wait_error(d).lower()
        assert mail.box.mails == [] and mail.box.users == []


@real_smtp
def test_wrong_password(daemon, tmp_path):
    """Refused for good or not, it is visible and the password is not."""
    password = secret_file(tmp_path, "planted-wrong", "password")
    with Mail(tmp_path) as mail:
        d = daemon(config(mail.destination(password)))
        fails(d)
        assert "planted-wrong" not in wait_error(d)
        assert mail.box.mails == []
        assert mail.box.users
