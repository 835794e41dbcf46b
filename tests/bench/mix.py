#!/usr/bin/env python3
"""Writes the lines that the load generator sends.

    mix.py noise|ike LINES > FILE

The same arguments give the same bytes. Line n is logged by device n % 500.
Noise is what firewalls log all day: traffic, sessions, URLs; now and then a
flow *of* IKE, which is traffic all the same. IKE lines are those of 10,000
tunnels: attempts, failures, success, deletions, by seven vendors.
"""
import random
import sys
import time

DEVICES = 500
TUNNELS = 20  # on each device
SEQ = "0000000000"  # where the generator puts the number of the message
BEGIN = 1767225600  # 2026-01-01


def stamp(t):
    return time.strftime("%b %e %H:%M:%S", time.gmtime(t))


def iso(t):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t)) + ".417Z"


class Lines:
    def __init__(self):
        self.r = random.Random(20260101)
        self.tunnels = [[self.tunnel(d, n) for n in range(TUNNELS)]
                        for d in range(DEVICES)]

    def number(self, least, most):
        return self.r.randrange(least, most)

    def tunnel(self, device, n):
        hexa = "0123456789abcdef"
        return {
            "name": f"site-{device:03d}-{n:02d}", "n": n + 1,
            "peer": f"198.51.{device % 250}.{n + 1}",
            "here": f"192.0.2.{device % 250 + 1}",
            "ispi": "".join(self.r.choice(hexa) for _ in range(16)),
            "rspi": "".join(self.r.choice(hexa) for _ in range(16)),
        }

    def flow(self):
        r = self.number
        return {
            "src": f"10.{r(0, 200)}.{r(0, 250)}.{r(1, 250)}",
            "dst": f"203.0.113.{r(1, 250)}", "sport": r(1024, 65535),
            "dport": self.r.choice((80, 443, 443, 443, 53, 25, 8080)),
            "id": r(10 ** 6, 10 ** 9), "sent": r(200, 10 ** 6),
            "rcvd": r(200, 10 ** 7), "secs": r(1, 4000),
        }

    # ---- noise ----------------------------------------------------------

    def asa(self, t, d):
        f = self.flow()
        head = f"<166>{stamp(t)} asa-{d:03d} : "
        return head + self.r.choice((
            f"%ASA-6-302013: Built outbound TCP connection {f['id']} for "
            f"outside:{f['dst']}/{f['dport']} ({f['dst']}/{f['dport']}) to "
            f"inside:{f['src']}/{f['sport']} (192.0.2.10/{f['sport']})",
            f"%ASA-6-302014: Teardown TCP connection {f['id']} for "
            f"outside:{f['dst']}/{f['dport']} to inside:{f['src']}/"
            f"{f['sport']} duration 0:{f['secs'] // 60:02d}:"
            f"{f['secs'] % 60:02d} bytes {f['rcvd']} TCP FINs",
            f"%ASA-4-106023: Deny udp src outside:{f['dst']}/{f['sport']} "
            f"dst inside:{f['src']}/{f['dport']} by access-group "
            f"\"outside_in\" [0x{f['id']:x}, 0x0]",
            f"%ASA-6-305011: Built dynamic TCP translation from "
            f"inside:{f['src']}/{f['sport']} to outside:192.0.2.10/"
            f"{f['sport']}"))

    def fortigate(self, t, d):
        f = self.flow()
        service = "IKE" if self.number(0, 100) == 0 else "HTTPS"
        day = time.strftime("date=%Y-%m-%d time=%H:%M:%S", time.gmtime(t))
        return (
            f"<189>{day} devname=\"FGT-{d:03d}\" devid=\"FG100FTK{d:08d}\" "
            f"eventtime={t}417311942 tz=\"+0000\" logid=\"0000000013\" "
            f"type=\"traffic\" subtype=\"forward\" level=\"notice\" "
            f"vd=\"root\" srcip={f['src']} srcport={f['sport']} "
            f"srcintf=\"port2\" srcintfrole=\"lan\" dstip={f['dst']} "
            f"dstport={f['dport']} dstintf=\"wan1\" dstintfrole=\"wan\" "
            f"srccountry=\"Reserved\" dstcountry=\"Germany\" "
            f"sessionid={f['id']} proto=6 action=\"close\" policyid=7 "
            f"policytype=\"policy\" service=\"{service}\" trandisp=\"snat\" "
            f"duration={f['secs']} sentbyte={f['sent']} "
            f"rcvdbyte={f['rcvd']} sentpkt=21 rcvdpkt=33 "
            f"appcat=\"unscanned\"")

    def paloalto(self, t, d):
        f = self.flow()
        day = time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime(t))
        app = "ike" if self.number(0, 100) == 0 else "ssl"
        return (
            f"<14>{stamp(t)} PA-{d:03d} 1,{day},0070510{d:05d},TRAFFIC,end,"
            f"2561,{day},{f['src']},{f['dst']},192.0.2.10,{f['dst']},"
            f"allow-web,,,{app},vsys1,trust,untrust,ethernet1/2,"
            f"ethernet1/1,default,{day},{f['id']},1,{f['sport']},"
            f"{f['dport']},{f['sport']},{f['dport']},0x400053,tcp,allow,"
            f"{f['rcvd']},{f['sent']},{f['rcvd']},54,{day},{f['secs']},any,"
            f"0,{f['id']},0x0,10.0.0.0-10.255.255.255,Germany,0,25,29,"
            f"tcp-fin,0,0,0,0,,PA-{d:03d},from-policy")

    def junos(self, t, d):
        f = self.flow()
        return (
            f"<14>1 {iso(t)} srx-{d:03d} RT_FLOW - RT_FLOW_SESSION_CLOSE "
            f"[junos@2636.1.1.1.2.40 reason=\"TCP FIN\" "
            f"source-address=\"{f['src']}\" source-port=\"{f['sport']}\" "
            f"destination-address=\"{f['dst']}\" "
            f"destination-port=\"{f['dport']}\" service-name=\"junos-https\" "
            f"nat-source-address=\"192.0.2.10\" protocol-id=\"6\" "
            f"policy-name=\"out\" source-zone-name=\"trust\" "
            f"destination-zone-name=\"untrust\" session-id-32=\"{f['id']}\" "
            f"packets-from-client=\"21\" bytes-from-client=\"{f['sent']}\" "
            f"bytes-from-server=\"{f['rcvd']}\" "
            f"elapsed-time=\"{f['secs']}\"]")

    def noise(self, t, d):
        maker = (self.asa, self.asa, self.asa, self.asa, self.fortigate,
                 self.fortigate, self.fortigate, self.paloalto,
                 self.paloalto, self.junos)[d % 10]
        return maker(t, d)

    # ---- IKE ------------------------------------------------------------

    def vpn_ios(self, t, d, u):
        head = f"<189>{stamp(t)} rtr-{d:03d} {SEQ}: {stamp(t)}.417: "
        return head + self.r.choice((
            f"%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from {u['peer']} "
            f"failed its sanity check or is malformed",
            f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed "
            f"with peer at {u['peer']}",
            f"%CRYPTO-6-IKMP_NOT_ENCRYPTED: IKE packet from {u['peer']} was "
            f"not encrypted and it should've been."))

    def vpn_asa(self, t, d, u):
        head = (f"<164>1 {iso(t)} asa-{d:03d} - - - "
                f"[meta sequenceId=\"{SEQ}\"] ")
        return head + self.r.choice((
            f"%ASA-5-713119: Group = {u['peer']}, IP = {u['peer']}, PHASE 1 "
            f"COMPLETED",
            f"%ASA-3-713902: Group = {u['peer']}, IP = {u['peer']}, Removing "
            f"peer from correlator table failed, no match!",
            f"%ASA-4-750003: Local:{u['here']}:500 Remote:{u['peer']}:500 "
            f"Username:{u['peer']} IKEv2 Negotiation aborted due to ERROR: "
            f"Failed to find a matching policy",
            f"%ASA-5-713259: Group = {u['peer']}, IP = {u['peer']}, Session "
            f"is being torn down. Reason: Phase 2 Mismatch"))

    def vpn_fortigate(self, t, d, u):
        day = time.strftime("date=%Y-%m-%d time=%H:%M:%S", time.gmtime(t))
        head = (f"<188>{day} devname=\"FGT-{d:03d}\" "
                f"devid=\"FG100FTK{d:08d}\" eventtime={t}417311942 "
                f"tz=\"+0000\" ")
        tail = (f"remip={u['peer']} locip={u['here']} remport=500 "
                f"locport=500 outintf=\"wan1\" "
                f"cookies=\"{u['ispi']}/{u['rspi']}\" user=\"N/A\" "
                f"group=\"N/A\" vpntunnel=\"{u['name']}\" ")
        return head + self.r.choice((
            f"logid=\"0101037127\" type=\"event\" subtype=\"vpn\" "
            f"level=\"notice\" vd=\"root\" logdesc=\"Progress IPsec phase "
            f"1\" msg=\"progress IPsec phase 1\" action=\"negotiate\" " + tail
            + "status=\"success\" init=\"local\" mode=\"main\" "
            "dir=\"outbound\" stage=1 role=\"initiator\" result=\"OK\"",
            f"logid=\"0101037124\" type=\"event\" subtype=\"vpn\" "
            f"level=\"error\" vd=\"root\" logdesc=\"IPsec phase 1 error\" "
            f"msg=\"IPsec phase 1 error\" action=\"negotiate\" " + tail
            + "status=\"negotiate_error\" reason=\"probable pre-shared "
            "secret mismatch\" peer_notif=\"NOT-APPLICABLE\""))

    def vpn_strongswan(self, t, d, u):
        head = f"<30>{stamp(t)} gw-{d:03d} charon[{SEQ}]: "
        thread = f"{self.number(5, 17):02d}"
        tag = f"<{u['name']}|{u['n']}>"
        return head + self.r.choice((
            f"{thread}[IKE] {tag} initiating IKE_SA {u['name']}[{u['n']}] to "
            f"{u['peer']}",
            f"{thread}[IKE] {tag} received AUTHENTICATION_FAILED notify "
            f"error",
            f"{thread}[NET] {tag} received packet: from {u['peer']}[500] to "
            f"{u['here']}[500] (464 bytes)",
            f"{thread}[IKE] {tag} received NO_PROPOSAL_CHOSEN notify error",
            f"{thread}[IKE] {tag} retransmit 2 of request with message ID 0"))

    def vpn_libreswan(self, t, d, u):
        head = f"<38>{stamp(t)} lsw-{d:03d} pluto[{SEQ}]: "
        return head + self.r.choice((
            f"\"{u['name']}\" #{u['n']}: initiating IKEv2 connection to "
            f"{u['peer']}",
            f"\"{u['name']}\" #{u['n']}: STATE_V2_PARENT_I1: 60 second "
            f"timeout exceeded after 7 retransmits.  No response (or no "
            f"acceptable response) to our first IKEv2 message",
            f"\"{u['name']}\" #{u['n']}: IKE SA authentication request "
            f"rejected by peer: AUTHENTICATION_FAILED"))

    def vpn_huawei(self, t, d, u):
        why = self.r.choice(("phase1 proposal mismatch",
                             "authentication fail", "peer address mismatch"))
        return (
            f"<188>{stamp(t)} USG-{d:03d} %%01IPSEC/4/IPSECNEGOFAIL(l)"
            f"[{SEQ}]:IPSec tunnel negotiation fails. (Ifindex=8, SeqNum=10, "
            f"Reason={why}, ReasonCode=1, PeerAddress={u['peer']}, "
            f"PeerPort=500, VsysName=public, "
            f"InterfaceName=GigabitEthernet1/0/1, ConnID={u['n']})")

    def vpn_comware(self, t, d, u):
        why = self.r.choice(("No matching proposal found",
                             "Failed to verify the peer signature",
                             "Invalid ID information"))
        return (
            f"<187>{stamp(t)} MSR-{d:03d} %%10IKE/6/"
            f"IKE_P1_SA_ESTABLISH_FAIL: Failed to establish phase 1 SA in "
            f"main mode IKE_P1_STATE_SEND1 state. Reason: {why}. SA "
            f"information: Role: initiator, Local IP: {u['here']}, Remote "
            f"IP: {u['peer']}, Initiator cookie: {u['ispi']}, Responder "
            f"cookie: {u['rspi']}")

    def ike(self, t, d):
        maker = (self.vpn_ios, self.vpn_asa, self.vpn_fortigate,
                 self.vpn_fortigate, self.vpn_strongswan,
                 self.vpn_strongswan, self.vpn_strongswan,
                 self.vpn_libreswan, self.vpn_huawei,
                 self.vpn_comware)[d % 10]
        return maker(t, d, self.r.choice(self.tunnels[d]))


def main():
    kind, lines = sys.argv[1], int(sys.argv[2])
    make = Lines()
    for n in range(lines):
        line = getattr(make, kind)(BEGIN + n // 500, n % DEVICES)
        print(line if SEQ in line else f"{line} seq={SEQ}")


main()
