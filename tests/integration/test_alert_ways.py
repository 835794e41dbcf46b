"""A failure on the wire becomes a request at the receiver: signed, once, and
whatever happens in between."""

import base64
import hashlib
import hmac
import signal
import subprocess
import time

import pytest

from conftest import PATIENCE
from receiver import Receiver, free_port

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef"
                                     ).decode()


def fails(d, tunnel="branch", n=3, peer="198.51.100.7", device="fw"):
    """An initiator is refused: one connection, number n of it."""
    head = "<30>Nov 21 12:00:00 %s charon: 06[IKE] <%s|%d> " % (
        device, tunnel, n)
    d.udp(head + "initiating IKE_SA %s[%d] to %s" % (tunnel, n, peer),
          head + "received AUTHENTICATION_FAILED notify error")


def comes_up(d, tunnel="branch", n=4, peer="198.51.100.7", device="fw"):
    head = "<30>Nov 21 12:00:00 %s charon: 06[IKE] <%s|%d> " % (
        device, tunnel, n)
    d.udp(head + "initiating IKE_SA %s[%d] to %s" % (tunnel, n, peer),
          head + "IKE_SA %s[%d] established between 192.0.2.10[a]...%s[b]"
          % (tunnel, n, peer))


def config(*destinations):
    return 'udp "127.0.0.1:0" { }\n' + "\n".join(destinations)


def hook(url, name="hook", **options):
    lines = ['  %s = %s' % (k.replace("_", "-"), v)
             for k, v in options.items()]
    return 'destination "%s" {\n  type = webhook\n  url = {"%s"}\n%s\n}' % (
        name, url, "\n".join(lines))


def secret_file(folder, text=SECRET, name="secret", mode=0o600):
    path = folder / name
    path.write_text(text + "\n")
    path.chmod(mode)
    return path


def test_fails_and_recovers(daemon, tmp_path):
    """One alert for an outage, however many tries; one end, same incident."""
    with Receiver() as r:
        d = daemon(config(hook(r.url())))
        fails(d)
        assert r.wait(lambda log: len(log) == 1)
        for n in range(4, 8):
            fails(d, n=n)
        d.wait_rows("SELECT 1 FROM negotiation WHERE outcome = 'failed'",
                    lambda rows: len(rows) == 5)
        comes_up(d, n=9)
        assert r.wait(lambda log: len(log) == 2)
        first, last = (e["json"]["data"] for e in r.requests)
    assert first["edge"] == "firing" and last["edge"] == "resolved"
    assert first["kind"] == "negotiation_failed"
    assert first["reason"]["name"] == "authentication_failed"
    assert first["title"].startswith("DOWN 127.0.0.1 -> branch (198.51.100.7)")
    assert last["title"].startswith("UP 127.0.0.1 -> branch (198.51.100.7)")
    assert first["incident_id"] == last["incident_id"]
    assert last["attempts"] == 5
    assert any("AUTHENTICATION_FAILED" in e["line"]
               for e in first["evidence"])
    assert d.wait_rows("SELECT state, notifications, delivered, pending"
                       " FROM alerts", lambda rows: rows
                       and rows[0][2] == 2) == [("resolved", 2, 2, 0)]


def test_standard_webhook(daemon, tmp_path):
    """The signature is over what was sent; both secrets while rotating."""
    one = secret_file(tmp_path)
    two = secret_file(tmp_path, "whsec_" + base64.b64encode(b"z" * 40
                                                            ).decode(), "two")
    with Receiver() as r:
        d = daemon(config(hook(r.url(), secret_file='{"%s", "%s"}'
                               % (one, two))))
        fails(d)
        assert r.wait(lambda log: len(log) == 1)
        e = r.requests[0]
    head = e["headers"]
    signed = "%s.%s.%s" % (head["webhook-id"], head["webhook-timestamp"],
                           e["body"])
    want = ["v1," + base64.b64encode(hmac.new(
        key, signed.encode(), hashlib.sha256).digest()).decode()
        for key in (b"0123456789abcdef0123456789abcdef", b"z" * 40)]
    assert head["webhook-signature"].split() == want
    assert abs(int(head["webhook-timestamp"]) - e["at"]) < 60
    assert e["json"]["type"] == "ike.negotiation.failed"
    assert head["content-type"].startswith("application/json")
    assert "expect" not in head


def test_slack(daemon):
    with Receiver() as r:
        d = daemon(config('destination "chat" { type = slack  url = {"%s"} }'
                          % r.url("/services/T/B/secret-of-slack")))
        fails(d, tunnel="*x*`y`&amp;")
        assert r.wait(lambda log: len(log) == 1)
        body = r.requests[0]["json"]
    assert body["text"].startswith("DOWN ")
    assert "`" not in body["text"] and "&amp;amp;" in body["text"]
    assert body["blocks"][0]["type"] == "header"
    assert len(body["blocks"][0]["text"]["text"]) <= 150
    for block in body["blocks"]:
        for text in [block.get("text")] + block.get("fields", []):
            if text and text["type"] == "mrkdwn":
                assert "<!" not in text["text"]
                assert text["text"].count("```") == 2


def test_killed_while_the_receiver_is_down(daemon):
    """kill -9 between the failure and its delivery: it arrives once, with
    the id that the database gave it."""
    port = free_port()
    d = daemon(config(hook("http://127.0.0.1:%d/ok" % port)), account=False)
    fails(d)
    tried = d.wait_rows("SELECT webhook_id, attempts FROM delivery"
                        " WHERE attempts > 0")
    assert len(tried) == 1
    d.stop(signal.SIGKILL)
    with Receiver(port=port) as r:
        d.start()
        assert r.wait(lambda log: len(log) == 1)
        assert d.wait_rows("SELECT state FROM delivery"
                           " WHERE state = 'delivered'")
        fails(d, n=5)  # still the same incident: nothing new to tell
        d.wait_rows("SELECT 1 FROM negotiation WHERE outcome = 'failed'",
                    lambda rows: len(rows) == 2)
        time.sleep(0.5)
        assert [e["headers"]["webhook-id"] for e in r.requests] == [
            tried[0][0]]


def test_silence_and_test_by_the_command(daemon):
    """ikewatch silence and ikewatch test, against the running daemon."""
    from test_cli_alerts import ikewatch

    with Receiver() as r:
        d = daemon(config(hook(r.url())))
        done = ikewatch(d, "silence", "add", "--tunnel", "branch", "--for",
                        "2h", "--comment", "the line is being moved")
        assert done.returncode == 0, done.stderr
        d.wait_asked()
        fails(d)
        fails(d, tunnel="other", peer="198.51.100.9")
        assert r.wait(lambda log: len(log) == 1)
        assert r.requests[0]["json"]["data"]["tunnel"] == "other"
        done = ikewatch(d, "test", "hook")
        assert done.returncode == 0, done.stderr
        assert r.wait(lambda log: len(log) == 2)
        assert r.requests[1]["json"]["data"]["edge"] == "test"
        done = ikewatch(d, "test", "nobody")
        assert done.returncode != 0
        assert "no destination" in done.stderr


@pytest.mark.parametrize("mode", [0o644, 0o604])
def test_secrets_everybody_can_read(tmp_path, mode):
    from conftest import BUILD
    secret = secret_file(tmp_path, mode=mode)
    conf = tmp_path / "c.conf"
    conf.write_text(config(hook("http://127.0.0.1:9/", secret_file='{"%s"}'
                                % secret)))
    done = subprocess.run([str(BUILD / "ikewatchd"), "-t", "-f", str(conf)],
                          capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 78
    assert "everybody can read" in done.stderr
    assert "whsec_" not in done.stderr


def test_secrets_are_printed_nowhere(daemon, tmp_path):
    """W11: in the log, the database, metrics and error texts."""
    url = tmp_path / "url"
    with Receiver() as r:
        url.write_text(r.url("/status/404/-/PLANTEDURL") + "\n")
        url.chmod(0o600)
        secret = secret_file(tmp_path)
        d = daemon(config('destination "hook" { type = webhook\n'
                          ' url-file = "%s"\n secret-file = {"%s"} }'
                          % (url, secret)))
        fails(d)
        assert d.wait_rows("SELECT 1 FROM delivery WHERE state = 'dead'")
        metrics = d.get("/metrics")[1]
    d.stop()
    texts = ["\n".join(d.log), metrics]
    texts += [p.read_bytes().decode("latin-1")
              for p in d.folder.glob("ikewatch.db*")]
    assert len(texts) > 2
    for text in texts:
        assert "PLANTEDURL" not in text
        assert SECRET[6:] not in text
