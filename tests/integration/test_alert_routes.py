"""Who is told what, and when not: routes, severities, times of day, windows
of maintenance and the forms of the generic webhook, each as the
configuration says it."""

import time

import pytest

from receiver import Receiver
from test_alert_ways import comes_up, config, fails, hook
from test_cli_alerts import ikewatch, objects

NAMES = """
device "hq" { address = {"127.0.0.2"} }
device "lab" { address = {"127.0.0.3"} }
"""


def failing(d, source, tunnel="branch", peer="198.51.100.7", n=3,
            text="received AUTHENTICATION_FAILED notify error"):
    head = "<30>Nov 21 12:00:00 fw charon: 06[IKE] <%s|%d> " % (tunnel, n)
    d.udp(head + "initiating IKE_SA %s[%d] to %s" % (tunnel, n, peer),
          head + text, source=source)


def told(r, path):
    return [e["json"]["data"] for e in r.requests if e["path"] == path]


def hooks(r, *names, **options):
    return "\n".join(hook(r.url("/" + name), name, **options)
                     for name in names)


def window(offset, length=120):
    """A window of today's local time, minutes from now."""
    def clock(minutes):
        t = time.gmtime(time.time() + minutes * 60)
        return "%02d:%02d" % (t.tm_hour, t.tm_min)
    return "%s-%s" % (clock(offset), clock(offset + length))


def test_routes_in_order(daemon):
    """The first that matches decides, but where it says "continue"."""
    with Receiver() as r:
        d = daemon(NAMES + config(hooks(r, "all", "hq", "net", "rest")) + """
            route { device = {"h*"}  to = {"hq"}  continue = true }
            route { peer = {"198.51.100.0/28"}  to = {"net"} }
            route { to = {"rest"} }""")
        failing(d, "127.0.0.2", "one", "198.51.100.7")   # hq and net
        failing(d, "127.0.0.2", "two", "198.51.100.77")  # hq and rest
        failing(d, "127.0.0.3", "three", "198.51.100.8")  # net
        assert r.wait(lambda log: len(log) >= 5)
        time.sleep(0.3)
        assert {p: sorted(n["tunnel"] for n in told(r, "/" + p))
                for p in ("all", "hq", "net", "rest")} == {
            "all": [], "hq": ["one", "two"], "net": ["one", "three"],
            "rest": ["two"]}


def test_by_kind_reason_category_and_severity(daemon):
    """What is graded critical goes to the pager, by its reason, its category
    or its tunnel; a pager's least severity holds wherever routes lead."""
    with Receiver() as r:
        d = daemon(NAMES + config(
            hooks(r, "pager", min_severity="critical"),
            hooks(r, "proposal", "kind", "calm")) + """
            severity "critical" { reason = {"authentication_failed"} }
            severity "info" { tunnel = {"test-*"} }
            tunnel "vip" { device = "hq"  peer = "198.51.100.9"
                           severity = critical }
            route { severity = {"critical"}  to = {"pager"} }
            route { category = {"proposal"}  to = {"proposal", "pager"} }
            route { kind = {"negotiation_failed"}  to = {"kind"} }""")
        no = "received NO_PROPOSAL_CHOSEN notify error"
        failing(d, "127.0.0.2", "key")
        failing(d, "127.0.0.2", "vip", "198.51.100.9", text=no)
        failing(d, "127.0.0.2", "offer", "198.51.100.8", text=no)
        failing(d, "127.0.0.2", "test-1", "198.51.100.10",
                text="received INVALID_SYNTAX notify error")
        assert r.wait(lambda log: len(log) >= 4)
        time.sleep(0.3)
        got = {p: sorted((n["tunnel"], n["severity"])
                         for n in told(r, "/" + p))
               for p in ("pager", "proposal", "kind", "calm")}
    assert got == {"pager": [("key", "critical"), ("vip", "critical")],
                   "proposal": [("offer", "warning")],
                   "kind": [("test-1", "info")], "calm": []}


def test_time_of_day(daemon):
    """By day to the desk, else to whoever is on call."""
    with Receiver() as r:
        d = daemon(config(hooks(r, "desk", "night")) + """
            route { at = {"%s"}  to = {"desk"} }
            route { at = {"mon-sun %s"}  to = {"night"} }"""
                   % (window(120), window(-60)))
        fails(d)
        assert r.wait(lambda log: len(log) == 1)
        assert len(told(r, "/night")) == 1


def test_maintenance_window(daemon):
    """Nobody is told while it is open, the rows are there, and what burns
    when it ends is told then."""
    with Receiver() as r:
        text = config(hooks(r, "hook"))
        d = daemon(text + """
            maintenance "move" { tunnel = {"bra*"}  at = {"%s"}
                                 comment = "new line" }""" % window(-60))
        fails(d)
        fails(d, tunnel="other", peer="198.51.100.9")
        assert r.wait(lambda log: len(log) == 1)
        assert told(r, "/hook")[0]["tunnel"] == "other"
        assert d.wait_rows("SELECT state FROM alert WHERE tunnel = 'branch'"
                           ) == [("firing",)]
        # the window is over: a new day, or here a new configuration
        assert d.reload(text)
        assert r.wait(lambda log: len(log) == 2)
        assert told(r, "/hook")[1]["tunnel"] == "branch"
        assert told(r, "/hook")[1]["edge"] == "firing"


def test_silence_ends_by_itself(daemon):
    with Receiver() as r:
        d = daemon(config(hooks(r, "hook")))
        done = ikewatch(d, "silence", "add", "--peer", "198.51.100.0/24",
                        "--reason", "authentication_failed", "--for", "2h",
                        "--comment", "keys are changed")
        assert done.returncode == 0 and "until" in done.stdout, done
        d.wait_asked()
        fails(d)
        silence, = objects(d, "silence", "list")
        assert silence["comment"] == "keys are changed"
        assert silence["peer"] == "198.51.100.0/24"
        d.wait_rows("SELECT 1 FROM alert WHERE state = 'firing'")
        d.wait_asked()
        assert r.requests == []
        # the two hours are nearly over
        end = time.time() + 2
        d.change("UPDATE silence SET ends_at = ? WHERE id = ?",
                 int(end * 1e6), silence["id"])
        assert r.wait(lambda log: len(log) == 1)
        assert r.requests[0]["at"] >= end
        assert objects(d, "silence", "list") == []
        old, = objects(d, "silence", "list", "--all")
        assert old["id"] == silence["id"]


def test_silence_taken_back(daemon):
    with Receiver() as r:
        d = daemon(config(hooks(r, "hook")))
        assert ikewatch(d, "silence", "add", "--device", "127.0.0.*",
                        "--for", "2h").returncode == 0
        d.wait_asked()
        fails(d)
        d.wait_rows("SELECT 1 FROM alert WHERE state = 'firing'")
        silence, = objects(d, "silence", "list")
        assert ikewatch(d, "silence", "remove", str(silence["id"])
                        ).returncode == 0
        assert r.wait(lambda log: len(log) == 1)
        assert ikewatch(d, "silence", "remove", str(silence["id"])
                        ).returncode == 65


@pytest.mark.parametrize("args", [
    ["--for", "2h"], ["--device", "hq"], ["--device", "hq", "--for", "soon"]])
def test_silences_that_are_none(daemon, args):
    """Everything at once, no end, an end nobody can read."""
    d = daemon('udp "127.0.0.1:0" { }')
    assert ikewatch(d, "silence", "add", *args).returncode == 64


def test_not_told_when_it_is_over(daemon):
    with Receiver() as r:
        d = daemon(config(hooks(r, "quiet", send_resolved="false"),
                          hooks(r, "hook")))
        fails(d)
        assert r.wait(lambda log: len(log) == 2)
        comes_up(d)
        assert r.wait(lambda log: len(log) == 3)
        time.sleep(0.3)
        assert [n["edge"] for n in told(r, "/quiet")] == ["firing"]
        assert [n["edge"] for n in told(r, "/hook")] == ["firing", "resolved"]


def test_template(daemon):
    with Receiver() as r:
        d = daemon(config(hooks(
            r, "hook", template='"{severity} {device}/{tunnel}: {reason},'
            ' {nothing} {attempts}x; {advice}"')))
        fails(d)
        assert r.wait(lambda log: len(log) == 1)
        text = r.requests[0]["json"]["text"]
    assert text.startswith("warning 127.0.0.1/branch: authentication_failed,"
                           " {nothing} 1x; read the peer's log")


def test_cloudevents(daemon):
    """Structured mode of CloudEvents 1.0; id and source name the notice."""
    with Receiver() as r:
        d = daemon(config(hooks(r, "hook", format='"cloudevents"')))
        fails(d)
        comes_up(d)
        assert r.wait(lambda log: len(log) == 2)
        one, two = r.requests
    assert one["headers"]["content-type"].startswith(
        "application/cloudevents+json")
    for e in one, two:
        j = e["json"]
        assert j["specversion"] == "1.0" and j["source"] == "/ikewatch"
        assert j["id"] == e["headers"]["webhook-id"]
        assert j["datacontenttype"] == "application/json"
        assert j["subject"] == j["data"]["incident_id"]
        assert j["time"].endswith("Z")
    assert one["json"]["type"] == "ike.negotiation.failed"
    assert one["json"]["id"] != two["json"]["id"]
