"""A tunnel that came again every two minutes, a restart, and then it does
not come: what was usual before the restart still is."""

from receiver import Receiver
from test_alert_ways import config, hook

HEAD = "<30>Nov 21 12:00:00 fw charon: 06[IKE] <branch|3> "
MINUTE = 60000000


def rekeyed(d, n):
    d.udp(HEAD + "CHILD_SA branch{%d} established with SPIs c%07x_i c%07x_o "
          "and TS 10.1.0.0/16 === 10.2.0.0/16" % (n, n, n + 1000))


def comes_up(d):
    d.udp(HEAD + "initiating IKE_SA branch[3] to 198.51.100.7",
          HEAD + "IKE_SA branch[3] established between 192.0.2.10[a]..."
          "198.51.100.7[b]")
    rekeyed(d, 1)


def children(d):
    return d.rows("SELECT id FROM negotiation WHERE kind = 'child'"
                  " AND established_at IS NOT NULL ORDER BY id")


def test_what_is_usual_is_learnt_before_a_restart(daemon):
    with Receiver() as r:
        d = daemon("alerts { rekey-overdue = 0.02 }\n"
                   + config(hook(r.url())))
        comes_up(d)
        d.until(lambda: children(d))
        for n in range(2, 7):
            rekeyed(d, n)
        d.until(lambda: len(children(d)) == 6)
        assert d.stop() == 0
        # the hours in which it happened, in a moment
        ids = [i for (i,) in children(d)]
        for k, i in enumerate(ids):
            d.change("UPDATE negotiation SET established_at = established_at"
                     " - ?1 WHERE id = ?2", (len(ids) - k) * 2 * MINUTE, i)
        d.start()
        assert r.requests == []
        rekeyed(d, 7)
        assert r.wait(lambda log: len(log) == 1)
        said = r.requests[0]["json"]["data"]["title"]
    assert said.startswith("REKEY OVERDUE 127.0.0.1 -> branch (198.51.100.7)")
    assert "every 2 min" in said
