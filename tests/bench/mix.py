#!/usr/bin/env python3
"""Writes the lines that the load generator sends.

    mix.py noise|ike LINES > FILE

The same arguments give the same bytes. Line n is logged by device n % 500.
Noise is what firewalls log all day: traffic, sessions, URLs; now and then a
flow *of* IKE, which is traffic all the same. IKE lines are those of 10,000
tunnels, negotiation after negotiation as seven vendors tell of them: half of
them come up, half fail.
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
        self.pending = [[] for _ in range(DEVICES)]

    def number(self, least, most):
        return self.r.randrange(least, most)

    def tunnel(self, device, n):
        return {
            "name": f"site-{device:03d}-{n:02d}", "n": n + 1,
            "peer": f"198.51.{device % 250}.{n + 1}",
            "here": f"192.0.2.{device % 250 + 1}",
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

    # ---- IKE: each device tells of one negotiation after the other ----------

    def spis(self, u):
        hexa = "0123456789abcdef"
        u["ispi"], u["rspi"] = ("".join(self.r.choice(hexa) for _ in range(16))
                                for _ in range(2))
        u["in"], u["out"] = (f"{self.number(1 << 28, 1 << 32):08x}"
                             for _ in range(2))
        u["n"] += TUNNELS

    def ios(self, u, good):
        if good:
            return [f"%CRYPTO-5-IKEV2_SESSION_STATUS: Crypto tunnel v2 is UP. "
                    f"Peer {u['peer']}:500 Id: {u['peer']}"]
        return [self.r.choice((
            f"%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from {u['peer']} "
            f"failed its sanity check or is malformed",
            f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed "
            f"with peer at {u['peer']}"))]

    def ios_head(self, t, d):
        return f"<189>{stamp(t)} rtr-{d:03d} {SEQ}: {stamp(t)}.417: "

    def asa_vpn(self, u, good):
        who = f"Group = {u['peer']}, IP = {u['peer']}, "
        if good:
            return [f"%ASA-5-713119: {who}PHASE 1 COMPLETED",
                    f"%ASA-5-713049: {who}Security negotiation complete for "
                    f"LAN-to-LAN Group ({u['peer']})  Initiator, Inbound SPI "
                    f"= 0x{u['in']}, Outbound SPI = 0x{u['out']}",
                    f"%ASA-5-713120: {who}PHASE 2 COMPLETED "
                    f"(msgid={u['in']})"]
        return [self.r.choice((
            f"%ASA-4-750003: Local:{u['here']}:500 Remote:{u['peer']}:500 "
            f"Username:{u['peer']} IKEv2 Negotiation aborted due to ERROR: "
            f"Failed to find a matching policy",
            f"%ASA-5-713259: {who}Session is being torn down. Reason: Phase "
            f"2 Mismatch"))]

    def asa_head(self, t, d):
        return (f"<164>1 {iso(t)} asa-{d:03d} - - - "
                f"[meta sequenceId=\"{SEQ}\"] ")

    def fortigate_event(self, u, number, what, phase, status):
        return (
            f"logid=\"{number}\" type=\"event\" subtype=\"vpn\" "
            f"level=\"notice\" vd=\"root\" logdesc=\"{what} IPsec phase "
            f"{phase}\" msg=\"{what.lower()} IPsec phase {phase}\" "
            f"action=\"negotiate\" remip={u['peer']} locip={u['here']} "
            f"remport=500 locport=500 outintf=\"wan1\" "
            f"cookies=\"{u['ispi']}/{u['rspi']}\" user=\"N/A\" "
            f"group=\"N/A\" vpntunnel=\"{u['name']}\" {status}")

    def fortigate_vpn(self, u, good):
        ok = "status=\"success\" init=\"local\" mode=\"main\" "
        one = [self.fortigate_event(
            u, "0101037127", "Progress", 1, ok + f"dir=\"{way}\" stage={n} "
            "role=\"initiator\" result=\"OK\"")
            for n, way in ((1, "outbound"), (2, "inbound"), (3, "outbound"))]
        if good:
            return one + [
                self.fortigate_event(u, "0101037127", "Progress", 1, ok +
                                     "dir=\"inbound\" stage=3 "
                                     "role=\"initiator\" result=\"DONE\""),
                self.fortigate_event(u, "0101037129", "Progress", 2, ok +
                                     "dir=\"inbound\" stage=2 "
                                     "role=\"initiator\" result=\"DONE\"")]
        return one + [self.fortigate_event(
            u, "0101037124", "Negotiate", 1, "status=\"negotiate_error\" "
            "reason=\"probable pre-shared secret mismatch\" "
            "peer_notif=\"NOT-APPLICABLE\"")]

    def fortigate_head(self, t, d):
        day = time.strftime("date=%Y-%m-%d time=%H:%M:%S", time.gmtime(t))
        return (f"<188>{day} devname=\"FGT-{d:03d}\" "
                f"devid=\"FG100FTK{d:08d}\" eventtime={t}417311942 "
                f"tz=\"+0000\" ")

    def strongswan(self, u, good):
        tag = f"{self.number(5, 17):02d}[%s] <{u['name']}|{u['n']}> "
        ike, net = tag % "IKE", tag % "NET"
        way = f"{u['here']}[500] to {u['peer']}[500]"
        back = f"{u['peer']}[500] to {u['here']}[500]"
        begin = [f"{ike}initiating IKE_SA {u['name']}[{u['n']}] to "
                 f"{u['peer']}",
                 f"{net}sending packet: from {way} (464 bytes)"]
        answer = [f"{net}received packet: from {back} (472 bytes)"]
        if good:
            return begin + answer + [
                f"{ike}IKE_SA {u['name']}[{u['n']}] established between "
                f"{u['here']}[{u['here']}]...{u['peer']}[{u['peer']}]",
                f"{ike}CHILD_SA {u['name']}{{{u['n']}}} established with SPIs "
                f"{u['in']}_i {u['out']}_o and TS 10.1.0.0/24 === "
                f"10.2.0.0/24"]
        if self.number(0, 2) == 0:
            return begin + [
                f"{ike}retransmit {k} of request with message ID 0"
                for k in range(1, 6)] + [f"{ike}giving up after 5 retransmits"]
        return begin + answer + [f"{ike}received " + self.r.choice(
            ("AUTHENTICATION_FAILED", "NO_PROPOSAL_CHOSEN")) +
            " notify error"]

    def strongswan_head(self, t, d):
        return f"<30>{stamp(t)} gw-{d:03d} charon[{SEQ}]: "

    def libreswan(self, u, good):
        tag = f"\"{u['name']}\" #{u['n']}: "
        child = f"\"{u['name']}\" #{u['n'] + 1}: "
        begin = [f"{tag}initiating IKEv2 connection to {u['peer']}",
                 f"{tag}sent IKE_SA_INIT request to {u['peer']}:500"]
        if good:
            return begin + [
                f"{tag}initiator established IKE SA; authenticated peer "
                f"using authby=secret and ID_IPV4_ADDR '{u['peer']}'",
                f"{child}initiator established Child SA using #{u['n']}; "
                f"IPsec tunnel [10.1.0.0-10.1.0.255:0-65535 0] -> "
                f"[10.2.0.0-10.2.0.255:0-65535 0] {{ESP=>0x{u['out']} "
                f"<0x{u['in']} xfrm=AES_GCM_16_256-NONE DPD=passive}}"]
        return begin + [self.r.choice((
            f"{tag}STATE_V2_PARENT_I1: 60 second timeout exceeded after 7 "
            f"retransmits.  No response (or no acceptable response) to our "
            f"first IKEv2 message",
            f"{tag}IKE SA authentication request rejected by peer: "
            f"AUTHENTICATION_FAILED"))]

    def libreswan_head(self, t, d):
        return f"<38>{stamp(t)} lsw-{d:03d} pluto[{SEQ}]: "

    def huawei(self, u, good):
        del good  # it writes of failures only
        why = self.r.choice(("phase1 proposal mismatch",
                             "authentication fail", "peer address mismatch"))
        return [f"%%01IPSEC/4/IPSECNEGOFAIL(l)"
                f"[{SEQ}]:IPSec tunnel negotiation fails. (Ifindex=8, "
                f"SeqNum=10, Reason={why}, ReasonCode=1, "
                f"PeerAddress={u['peer']}, PeerPort=500, VsysName=public, "
                f"InterfaceName=GigabitEthernet1/0/1, ConnID={u['n']})"]

    def huawei_head(self, t, d):
        return f"<188>{stamp(t)} USG-{d:03d} "

    def comware(self, u, good):
        del good
        why = self.r.choice(("No matching proposal found",
                             "Failed to verify the peer signature",
                             "Invalid ID information"))
        return [f"%%10IKE/6/IKE_P1_SA_ESTABLISH_FAIL: Failed to establish "
                f"phase 1 SA in main mode IKE_P1_STATE_SEND1 state. Reason: "
                f"{why}. SA information: Role: initiator, Local IP: "
                f"{u['here']}, Remote IP: {u['peer']}, Initiator cookie: "
                f"{u['ispi']}, Responder cookie: {u['rspi']}"]

    def comware_head(self, t, d):
        return f"<187>{stamp(t)} MSR-{d:03d} "

    VENDORS = ("ios", "asa", "fortigate", "fortigate", "strongswan",
               "strongswan", "strongswan", "libreswan", "huawei", "comware")
    TALKS = {"asa": asa_vpn, "fortigate": fortigate_vpn}

    def ike(self, t, d):
        vendor = self.VENDORS[d % 10]
        if not self.pending[d]:
            u = self.r.choice(self.tunnels[d])
            self.spis(u)
            talk = self.TALKS.get(vendor, getattr(Lines, vendor))
            self.pending[d] = talk(self, u, self.number(0, 2) == 0)
        return (getattr(self, vendor + "_head")(t, d) +
                self.pending[d].pop(0))


def main():
    kind, lines = sys.argv[1], int(sys.argv[2])
    make = Lines()
    for n in range(lines):
        line = getattr(make, kind)(BEGIN + n // 500, n % DEVICES)
        print(line if SEQ in line else f"{line} seq={SEQ}")


main()
