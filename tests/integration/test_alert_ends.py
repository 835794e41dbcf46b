"""Both gateways of a tunnel log here, and their keys differ: whoever is on
call hears of it once, with the words of both, and once that it is over."""

from receiver import Receiver
from test_alert_ways import config, hook

AMS, FRA = "127.0.0.2", "127.0.0.3"
NAMES = """
device "ams" { address = {"127.0.0.2"} }
device "fra" { address = {"127.0.0.3"} }
"""


def log(d, source, host, *texts):
    d.udp(*("<30>Nov 21 10:00:00 %s charon: %s" % (host, t) for t in texts),
          source=source)


def ams(d, *texts):
    log(d, AMS, "ams", *texts)


def fra(d, *texts):
    log(d, FRA, "fra", *texts)


def begins(d, n):
    ams(d, "06[IKE] initiating IKE_SA b[%d] to 198.51.100.2" % n,
        "06[NET] sending packet: from 198.51.100.1[500] to"
        " 198.51.100.2[500] (464 bytes)")
    fra(d, "08[NET] received packet: from 198.51.100.1[500] to"
        " 198.51.100.2[500] (464 bytes)",
        "08[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]",
        "08[IKE] 198.51.100.1 is initiating an IKE_SA")


def refused(d, n):
    """Both are heard at the same moment, however slow we are to send it."""
    with d.frozen():
        say_refused(d, n)


def say_refused(d, n):
    begins(d, n)
    fra(d, "09[NET] received packet: from 198.51.100.1[4500] to"
        " 198.51.100.2[4500] (304 bytes)",
        "09[ENC] parsed IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr ]",
        "09[IKE] tried 1 shared key for 'fra.example.net' -"
        " 'ams.example.net', but MAC mismatched",
        "09[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]")
    ams(d, "07[NET] received packet: from 198.51.100.2[4500] to"
        " 198.51.100.1[4500] (80 bytes)",
        "07[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]",
        "07[IKE] received AUTHENTICATION_FAILED notify error")


def accepted(d, n):
    begins(d, n)
    fra(d, "09[IKE] IKE_SA b[%d] established between 198.51.100.2"
        "[fra.example.net]...198.51.100.1[ams.example.net]" % n)
    ams(d, "07[IKE] IKE_SA b[%d] established between 198.51.100.1"
        "[ams.example.net]...198.51.100.2[fra.example.net]" % n)


def test_one_story_of_both(daemon):
    with Receiver() as r:
        d = daemon(NAMES + config(hook(r.url())))
        for n in range(1, 4):
            refused(d, n)
            d.wait_rows("SELECT 1 FROM negotiation WHERE outcome = 'failed'",
                        lambda rows, n=n: len(rows) == 2 * n)
        assert r.wait(lambda log: len(log) >= 1)
        with d.frozen():
            accepted(d, 4)
        assert r.wait(lambda log: len(log) >= 2)
        d.wait_rows("SELECT 1 FROM tunnel WHERE state = 'established'",
                    lambda rows: len(rows) == 2)
        assert d.rows("SELECT state, attempts FROM alert") == [
            ("resolved", 3)]
        first, last = (e["json"]["data"] for e in r.requests)
    assert {first["device"], first["other_end"]} == {"ams", "fra"} or \
        {last["device"], last["other_end"]} == {"ams", "fra"}
    assert first["reason"]["name"] == "psk_mismatch"
    assert (first["edge"], last["edge"]) == ("firing", "resolved")
    assert first["incident_id"] == last["incident_id"]
    assert last["attempts"] == 3
