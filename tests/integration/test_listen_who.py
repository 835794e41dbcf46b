"""Who said it: nobody speaks for another. Headers of strangers, forged source
addresses, relays that stand between."""

CHARON = ("<30>Nov 20 10:00:00 %s charon: 07[IKE] <branch|%d> %s")
FAILED = "received AUTHENTICATION_FAILED notify error"
OPENED = "initiating IKE_SA branch[%d] to 198.51.100.7"
UP = ("IKE_SA branch[%d] established between 192.0.2.1[gw]..."
      "198.51.100.7[branch]")
UDP = 'udp "127.0.0.1:0" { }\n'


def test_a_header_cannot_speak_for_another(daemon):
    """Whatever a thousand headers say, the device is who sent them."""
    d = daemon(UDP + 'device "fw1" { address = "127.0.0.9" }\n'
               'track { duplicates = 0s }\n')
    for i in range(0, 1000, 50):
        d.udp(*[CHARON % (("fw1", "127.0.0.9", "gw-%d" % n)[n % 3], n,
                          FAILED) for n in range(i, i + 50)])
        d.wait("messages_received_total", i + 50)
    rows = d.wait_rows("SELECT device, count(*) FROM events GROUP BY 1",
                       lambda r: sum(n for _, n in r) == 1000)
    assert rows == [("127.0.0.1", 1000)]


def test_datagrams_change_nothing_where_only_streams_may(daemon):
    """A forged "failed" and a forged "established" over UDP: kept with their
    sender, and without effect on the tunnel that TCP told of."""
    d = daemon(UDP + 'tcp "127.0.0.1:0" { }\ntrack { stream-only = yes }\n'
               'device "fw1" { address = "127.0.0.9" }\n'
               'tunnel "branch" { device = "fw1" peer = "198.51.100.7" }\n')
    d.tcp(CHARON % ("fw1", 1, OPENED % 1), CHARON % ("fw1", 1, UP % 1),
          source="127.0.0.9")
    d.wait_rows("SELECT id FROM tunnels WHERE state = 'established'")
    d.udp(CHARON % ("fw1", 1, "deleting IKE_SA branch[1] between 192.0.2.1"
                    "[gw]...198.51.100.7[branch]"),
          CHARON % ("fw1", 2, OPENED % 2), CHARON % ("fw1", 2, FAILED),
          source="127.0.0.9")
    d.wait_rows("SELECT id FROM messages WHERE transport = 'udp' AND "
                "source = '127.0.0.9'", lambda r: len(r) == 3)
    assert d.rows("SELECT DISTINCT state FROM tunnels") == [("established",)]
    assert d.rows("SELECT count(*) FROM negotiation")[0][0] == 1
    d.tcp(CHARON % ("fw1", 3, OPENED % 3), CHARON % ("fw1", 3, FAILED),
          source="127.0.0.9")
    d.wait_rows("SELECT id FROM negotiations WHERE outcome = 'failed'")
    d.wait_rows("SELECT id FROM alert WHERE state = 'firing'")
    before = d.rows("SELECT kind, state FROM alert ORDER BY id")
    d.udp(CHARON % ("fw1", 4, OPENED % 4), CHARON % ("fw1", 4, UP % 4),
          source="127.0.0.9")
    d.wait_rows("SELECT id FROM messages WHERE transport = 'udp'",
                lambda r: len(r) == 5)
    assert d.rows("SELECT kind, state FROM alert ORDER BY id") == before


def test_two_devices_behind_one_relay(daemon):
    d = daemon(UDP + 'relay "127.0.0.5" { }\nrelay "127.0.0.6" { }\n')
    for n in range(50):
        for gw in "east", "west":
            d.udp(CHARON % (gw, n, OPENED % n), source="127.0.0.5")
            d.udp(CHARON % (gw, n, FAILED), source="127.0.0.5")
    rows = d.wait_rows(
        "SELECT device, count(*), count(DISTINCT tunnel) FROM negotiations "
        "WHERE outcome = 'failed' GROUP BY 1 ORDER BY 1",
        lambda r: [n for _, n, _ in r] == [50, 50])
    assert [r[0] for r in rows] == ["east", "west"]
    assert d.rows("SELECT DISTINCT source FROM messages") == [("127.0.0.5",)]


def test_one_device_through_two_relays_and_both_transports(daemon):
    """Each record comes twice or three times: one negotiation each."""
    d = daemon(UDP + 'tcp "127.0.0.1:0" { }\nrelay "127.0.0.5" { }\n'
               'relay "127.0.0.6" { }\ntrack { duplicates = 60s }\n')
    for n in range(20):
        for text in OPENED % n, FAILED:
            line = CHARON % ("east", n, text)
            d.udp(line, source="127.0.0.5")
            d.udp(line, source="127.0.0.6")
            d.tcp(line, source="127.0.0.5")
        d.wait("messages_received_total", 6 * n + 6)
    rows = d.wait_rows("SELECT outcome, count(*) FROM negotiations "
                       "GROUP BY 1", lambda r: r == [("failed", 20)])
    assert rows == [("failed", 20)]
    assert d.rows("SELECT DISTINCT device FROM negotiations") == [("east",)]
