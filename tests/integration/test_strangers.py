"""Scanners knock at every firewall. A peer that was never up, is in no tunnel
section and matches no gateway is nobody's tunnel: stored and counted, shown by
status --all, and no alert; the next failure of a known peer is one."""

import subprocess

import pytest

from conftest import BUILD, PATIENCE
from receiver import Receiver

SCANNER = "198.51.100.66"
FORTIGATE = (
    'date=2026-11-21 time=10:00:00 devname="fw1" devid="FGT60F0000000000" '
    'eventtime=1795255200000000000 tz="+0000" logid="0101037124" '
    'type="event" subtype="vpn" level="error" vd="root" '
    'logdesc="IPsec phase 1 error" msg="IPsec phase 1 error" '
    'action="negotiate" remip=%s locip=192.0.2.10 remport=500 locport=500 '
    'outintf="wan1" cookies="%s/0000000000000000" user="N/A" group="N/A" '
    'vpntunnel="%s" status="negotiate_error" reason="%s" '
    'peer_notif="NOT-APPLICABLE"')

KNOCKS = {
    "fortigate": [FORTIGATE % (SCANNER, "0a1b2c3d4e5f6071", "N/A",
                               "no matching gateway for new request")],
    "fortigate-proposal": [FORTIGATE % (
        SCANNER, "0a1b2c3d4e5f6072", "N/A",
        "peer SA proposal not match local policy")],
    "strongswan": [
        "<30>Nov 21 10:00:00 gw1 charon: 08[NET] received packet: from "
        "%s[500] to 192.0.2.10[500] (300 bytes)" % SCANNER,
        "<30>Nov 21 10:00:00 gw1 charon: 08[ENC] parsed ID_PROT request 0 "
        "[ SA V ]",
        "<30>Nov 21 10:00:00 gw1 charon: 08[IKE] no IKE config found for "
        "192.0.2.10...%s, sending NO_PROPOSAL_CHOSEN" % SCANNER],
    "cisco-asa": [
        "<163>Nov 21 2026 10:00:00: %%ASA-4-713903: IP = %s, Header invalid, "
        "missing SA payload! (next payload = 4)" % SCANNER,
        "<163>Nov 21 2026 10:00:00: %%ASA-3-713048: IP = %s, Error "
        "processing payload: Payload ID: 1" % SCANNER],
    "libreswan": [
        '<84>Nov 21 10:00:00 gw1 pluto[812]: packet from %s:500: initial Main '
        'Mode message received but no connection has been authorized with '
        'authby=PSK and policy PSK' % SCANNER],
    "junos": [
        "<27>Nov 21 10:00:00  srx1 kmd[14162]: IKE negotiation failed with "
        "error: No proposal chosen. IKE Version: 2, VPN: Not-Available "
        "Gateway: Not-Available, Local: 192.0.2.10/500, Remote: %s/500, "
        "Local IKE-ID: Not-Available, Remote IKE-ID: Not-Available, "
        "VR-ID: 0: Role: Responder" % SCANNER],
}

KNOWN = [FORTIGATE % ("198.51.100.7", "0a1b2c3d4e5f6073", "branch",
                      "probable pre-shared key mismatch")]


@pytest.mark.parametrize("vendor", KNOCKS)
def test_a_scanner_is_no_alert(daemon, vendor):
    with Receiver() as hook:
        d = daemon('udp "127.0.0.1:0" { }\n'
                   'alerts { hold-down = "0s" }\n'
                   'destination "hook" { type = webhook\n url = {"%s"} }\n'
                   % hook.url("/ok"))
        d.udp(*KNOCKS[vendor])
        d.wait_rows("SELECT 1 FROM negotiations WHERE peer = ?"
                    " AND outcome = 'failed'", bool, SCANNER)
        d.udp(*KNOWN)
        d.until(lambda: hook.requests)
        d.wait("deliveries_total", 1, result="delivered")
        assert {r["json"]["data"]["peer"] for r in hook.requests} == {
            "198.51.100.7"}
        assert d.rows("SELECT peer FROM alerts") == [("198.51.100.7",)]
        assert SCANNER not in status(d)
        assert "strangers" in status(d)
        assert SCANNER in status(d, "--all")


def status(d, *args):
    return subprocess.run(
        [str(BUILD / "ikewatch"), "status", "--db", str(d.db), *args],
        stdin=subprocess.DEVNULL, capture_output=True, check=True,
        timeout=PATIENCE).stdout.decode()


def test_in_a_tunnel_section_it_is_no_stranger(daemon):
    with Receiver() as hook:
        d = daemon('udp "127.0.0.1:0" { }\n'
                   'alerts { hold-down = "0s" }\n'
                   'tunnel "paris" { peer = "%s" }\n'
                   'destination "hook" { type = webhook\n url = {"%s"} }\n'
                   % (SCANNER, hook.url("/ok")))
        d.udp(*KNOCKS["strongswan"])
        d.until(lambda: hook.requests)
        assert hook.requests[0]["json"]["data"]["peer"] == SCANNER
