/*
 * SonicWall SonicOS: pairs by syslog, or the text of the log page.
 *
 *	id=firewall sn=0017C5000000 time="2026-11-21 10:00:00 UTC"
 *	    fw=203.0.113.1 pri=4 c=0 m=402 msg="IKE Responder: IKE proposal
 *	    does not match (Phase 1)" n=12 src=198.51.100.7:500:X1
 *	    dst=203.0.113.1:500:X1
 *	IKE Responder: No response - remote party timeout 203.0.113.1, 500
 *	    198.51.100.7, 500
 *
 * msg says what happened. The end with fw's address is this one; without it
 * src is the sender of what was heard (HEARD), else this end.
 */
#include "parsers/cause.h"
#include "parsers/kv.h"
#include "parsers/mark.h"
#include "parsers/parser.h"
#include "parsers/words.h"

#define HEARD IKE_F_HEARD
#define HERE IKE_F_REFUSED_HERE
#define BY_PEER IKE_F_REFUSED_BY_PEER

/* clang-format off */
static const struct rule rows[] = {
	/* IKE Initiator: Start Main Mode negotiation (Phase 1) */
	{ NULL, "IKE Initiator: Start Main Mode negotiation$?", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "IKE Initiator: Start Aggressive Mode negotiation$?", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "IKE Initiator: Start Quick Mode$?", IKE_STARTED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "IKE Responder: Received Main Mode request$?", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Received Aggressive Mode request$?", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Received Quick Mode request$?", IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Starting IKE negotiation$?", IKE_STARTED, 0, 0, 0, IKE_INITIATOR },
	{ NULL, "IKEv2 Initiator: Send IKE_SA_INIT request$?", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW, IKE_INITIATOR, 2 },
	{ NULL, "IKEv2 Responder: Received IKE_SA_INIT request$?", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 2 },
	{ NULL, "IKEv2 Initiator: Received IKE_SA_INIT response$?", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "IKEv2 Responder: Send IKE_SA_INIT response$?", IKE_PROGRESS, IKE_SA_INIT, 0, 0, IKE_RESPONDER, 2 },
	{ NULL, "IKEv2 Initiator: Send IKE_AUTH request$?", IKE_PROGRESS, IKE_AUTH, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "IKEv2 Responder: Received IKE_AUTH request$?", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "IKEv2 Initiator: Received IKE_AUTH response$?", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "IKEv2 Responder: Send IKE_AUTH response$?", IKE_PROGRESS, IKE_AUTH, 0, 0, IKE_RESPONDER, 2 },
	{ NULL, "IKEv2 Initiator: Send CREATE_CHILD_SA request$?", IKE_STARTED, IKE_CREATE_CHILD_SA, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "IKEv2 Responder: Received CREATE_CHILD_SA request$?", IKE_STARTED, IKE_CREATE_CHILD_SA, 0, HEARD, IKE_RESPONDER, 2 },
	/* IKE Responder: Main Mode complete (Phase 1) */
	{ NULL, "IKE Initiator: Main Mode complete$?", IKE_ESTABLISHED, IKE_MAIN_MODE, 0, HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKE Initiator: Aggressive Mode complete$?", IKE_ESTABLISHED, IKE_AGGRESSIVE_MODE, 0, HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKE Responder: Main Mode complete$?", IKE_ESTABLISHED, IKE_MAIN_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Aggressive Mode complete$?", IKE_ESTABLISHED, IKE_AGGRESSIVE_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Accepting IPSec proposal$?", IKE_PROGRESS, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Initiator: Accepting IPSec proposal$?", IKE_PROGRESS, IKE_QUICK_MODE, 0, HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKE Initiator: Accepting peer lifetime$?", IKE_PROGRESS, 0, 0, HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKE negotiation complete. Adding IPSec SA$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ NULL, "IKEv2 authentication successful$?", IKE_ESTABLISHED, IKE_AUTH, 0, HEARD, 0, 2 },
	{ NULL, "IKEv2 accept IKE SA proposal$?", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, 0, 2 },
	{ NULL, "IKEv2 accept IPsec SA proposal$?", IKE_PROGRESS, IKE_AUTH, 0, HEARD, 0, 2 },
	{ NULL, "IKEv2 negotiation complete$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD, 0, 2 },
	/* IKE Responder: IPSec proposal not acceptable; .. does not match (Phase 2) */
	{ NULL, "IKE Responder: IPSec proposal $?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKE Responder: IKE proposal does not match$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKE Responder: Phase 1 encryption algorithm does not match$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Phase 1 hash algorithm does not match$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Phase 1 DH group does not match$?", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Phase 1 authentication method does not match$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: ESP encryption algorithm does not match$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: ESP authentication algorithm does not match$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: AH authentication algorithm does not match$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Algorithms and/or keys do not match$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKE Responder: ESP mode mismatch$?", IKE_FAILED, IKE_PHASE2, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Mode $n - not tunnel mode$?", IKE_FAILED, IKE_PHASE2, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: No match for proposed remote network address$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Proposed local network is $?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Default LAN gateway is set but peer is not proposing to use this SA as a default route$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Default LAN gateway is not set but peer is proposing to use this SA as a default route$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: Peer's local network does not match VPN policy's destination network$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKE Responder: Peer's destination network does not match VPN policy's [Local Network]$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKE Responder: Peer's local network does not match VPN policy's [Destination Network]$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKE Responder: Peer's destination network does not match VPN policy's local network$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKE Responder: Tunnel terminates $?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Responder: No matching Phase 1 ID found$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE Initiator: Proposed IKE ID mismatch$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, IKE_INITIATOR },
	{ NULL, "IKE Responder: Proposed IKE ID mismatch$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKE Initiator: IKE proposal does not match$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE | HEARD, IKE_INITIATOR },
	{ NULL, "IKE Initiator drop: VPN tunnel end point does not match$?", IKE_CONFIG_PROBLEM, 0, IKE_R_LOCAL_ADDRESS_MISMATCH, 0, IKE_INITIATOR },
	{ NULL, "IKE Responder drop: VPN tunnel end point does not match$?", IKE_FAILED, 0, IKE_R_LOCAL_ADDRESS_MISMATCH, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKEv2 IKE proposal does not match$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, HERE | HEARD, 0, 2 },
	{ NULL, "IKEv2 IPsec proposal does not match$?", IKE_FAILED, IKE_AUTH, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE | HEARD, 0, 2, IKE_KIND_CHILD },
	{ NULL, "IKEv2 Responder: Policy for remote IKE ID not found$?", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ NULL, "IKEv2 Initiator: Proposed IKE ID mismatch$?", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, IKE_INITIATOR, 2, IKE_KIND_IKE },
	{ NULL, "IKEv2 Responder: Peer's destination network does not match VPN policy's local network$?", IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER, 2, IKE_KIND_CHILD },
	{ NULL, "IKEv2 Responder: Peer's local network does not match VPN policy's destination network$?", IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER, 2, IKE_KIND_CHILD },
	{ NULL, "IKEv2 VPN policy not found$?", IKE_FAILED, IKE_SA_INIT, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER, 2 },
	{ NULL, "VPN policy not found$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER },
	{ NULL, "IKEv2 Decrypt packet failed$?", IKE_FAILED, IKE_AUTH, IKE_R_DECRYPTION_FAILED, HEARD, 0, 2, IKE_KIND_IKE },
	{ NULL, "IKEv2 Authentication failed$?", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE | HEARD, 0, 2, IKE_KIND_IKE },
	{ NULL, "IKEv2 Peer is not responding. Negotiation aborted$?", IKE_FAILED, 0, IKE_R_NO_RESPONSE, 0, 0, 2 },
	{ NULL, "IKEv2 Unable to find IKE SA$?", IKE_INFO, 0, IKE_R_INVALID_SPI, HEARD | IKE_F_STRAY, 0, 2 },
	{ NULL, "IKEv2 Payload $?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HEARD, 0, 2 },
	{ NULL, "IKEv2 Out of memory$?", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, 0, 0, 2 },
	{ NULL, "IKEv2 Function sendto() failed$?", IKE_FAILED, 0, IKE_R_NETWORK_ERROR, 0, 0, 2 },
	{ NULL, "IKEv2 Initiator: Negotiations failed$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "IKEv2 Responder: Negotiations failed$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HEARD, IKE_RESPONDER, 2 },
	/* Failed payload verification after decryption; possible preshared key mismatch */
	{ NULL, "Failed payload verification after decryption$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, HERE | HEARD },
	{ NULL, "Computed hash does not match hash received from peer$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, HERE | HEARD },
	{ NULL, "Failed payload validation$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HEARD },
	{ NULL, "Payload processing failed$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HEARD },
	/* IKE Responder: No response - remote party timeout */
	{ NULL, "IKE Responder: No response - remote party timeout$?", IKE_FAILED, IKE_PHASE1, IKE_R_NO_RESPONSE, 0, IKE_RESPONDER },
	{ NULL, "IKE Initiator: No response - remote party timeout$?", IKE_FAILED, IKE_PHASE1, IKE_R_NO_RESPONSE, 0, IKE_INITIATOR },
	{ NULL, "IKE Initiator: Remote party timeout - Retransmitting IKE request$?", IKE_RETRANSMIT, 0, 0, 0, IKE_INITIATOR },
	{ NULL, "IKE Responder: Remote party timeout - Retransmitting IKE request$?", IKE_RETRANSMIT, 0, 0, 0, IKE_RESPONDER },
	{ NULL, "IKEv2 Initiator: Remote party timeout - Retransmitting IKEv2 request$?", IKE_RETRANSMIT, 0, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "IKE negotiation aborted due to timeout$?", IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT },
	{ NULL, "IKE Initiator: Aborting IKE negotiation$?", IKE_FAILED, 0, IKE_R_UNKNOWN, 0, IKE_INITIATOR },
	{ NULL, "Received packet retransmission. Drop duplicate packet$?", IKE_RETRANSMIT, 0, IKE_R_DUPLICATE_REQUEST, HEARD },
	{ NULL, "Header verification failed$?", IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HEARD },
	/* Received IPsec SA delete request */
	{ NULL, "Received IPsec SA delete request$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0, IKE_KIND_CHILD },
	{ NULL, "Received IKE SA delete request$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0, IKE_KIND_IKE },
	{ NULL, "IKEv2 Received delete IKE SA request$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 2, IKE_KIND_IKE },
	{ NULL, "IKEv2 Received delete IPsec SA request$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 2, IKE_KIND_CHILD },
	{ NULL, "Deleting IPsec SA$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ NULL, "IKE SA lifetime expired$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, IKE_KIND_IKE },
	{ NULL, "IPsec SA lifetime expired$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, IKE_KIND_CHILD },
	{ NULL, "IPsec Dead Peer Detection$?", IKE_INFO },
	/* Its note says "Tunnel Up" or "Tunnel Down". */
	{ NULL, "IPsec Tunnel status changed$?", IKE_INFO, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ NULL, "IKE Peer is dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Dead Peer Detected$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	/* RECEIVED<<< ISAKMP OAK AG (InitCookie 0xa1b340472acb64ac, MsgID: 0x0) (SA, KE, ..) */
	{ NULL, "RECEIVED<<< ISAKMP OAK AG (InitCookie $ispi, MsgID: $*) $?", IKE_PROGRESS, IKE_AGGRESSIVE_MODE, 0, HEARD, 0, 1 },
	{ NULL, "RECEIVED<<< ISAKMP OAK MM (InitCookie $ispi, MsgID: $*) $?", IKE_PROGRESS, IKE_MAIN_MODE, 0, HEARD, 0, 1 },
	{ NULL, "RECEIVED<<< ISAKMP OAK QM (InitCookie $ispi, MsgID: $*) $?", IKE_PROGRESS, IKE_QUICK_MODE, 0, HEARD, 0, 1 },
	{ NULL, "RECEIVED<<< ISAKMP OAK $?", IKE_INFO, 0, 0, HEARD, 0, 1 },
	{ NULL, "SENDING>>>> ISAKMP OAK AG (InitCookie $ispi, MsgID: $*) $?", IKE_PROGRESS, IKE_AGGRESSIVE_MODE, 0, 0, 0, 1 },
	{ NULL, "SENDING>>>> ISAKMP OAK MM (InitCookie $ispi, MsgID: $*) $?", IKE_PROGRESS, IKE_MAIN_MODE, 0, 0, 0, 1 },
	{ NULL, "SENDING>>>> ISAKMP OAK QM (InitCookie $ispi, MsgID: $*) $?", IKE_PROGRESS, IKE_QUICK_MODE, 0, 0, 0, 1 },
	{ NULL, "SENDING>>>> ISAKMP OAK $?", IKE_INFO, 0, 0, 0, 0, 1 },
	/* NAT Discovery : Peer IPSec Security Gateway behind a NAT/NAPT Device */
	{ NULL, "NAT Discovery$?", IKE_PROGRESS, 0, 0, HEARD },
	{ NULL, "IKEv2 NAT device detected$?", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, 0, 2 },
	{ NULL, "IKEv2 No NAT device detected$?", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, 0, 2 },
	/* The data plane's. */
	{ NULL, "IPSec VPN Decryption Failed$?", IKE_INFO, 0, 0, HEARD | IKE_F_STRAY },
	{ NULL, "IPSec Authentication Failed$?", IKE_INFO, 0, 0, HEARD | IKE_F_STRAY },
	{ NULL, "IPSec Decryption Failed$?", IKE_INFO, 0, 0, HEARD | IKE_F_STRAY },
	{ NULL, "IPSec Replay Detected$?", IKE_INFO, 0, 0, HEARD | IKE_F_STRAY },
	{ NULL, "IPSec packet $?", IKE_INFO, 0, 0, HEARD | IKE_F_STRAY },
	{ 0 }
};

/* Received notify: NO_PROPOSAL_CHOSEN. Its name is the protocol's. */
static const struct rule notify_rows[] = {
	{ NULL, "Received notify: $detail", IKE_FAILED, 0, 0, BY_PEER | HEARD },
	{ NULL, "Received notify. $detail", IKE_FAILED, 0, 0, BY_PEER | HEARD },
	/* IKE Initiator: Received notify. NO_PROPOSAL_CHOSEN */
	{ NULL, "IKE Initiator: Received notify. $detail", IKE_FAILED, 0, 0, BY_PEER | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKE Responder: Received notify. $detail", IKE_FAILED, 0, 0, BY_PEER | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKEv2 Received notify error payload$detail", IKE_FAILED, 0, 0, BY_PEER | HEARD, 0, 2 },
	{ NULL, "IKEv2 Received notify status payload$detail", IKE_INFO, 0, 0, HEARD, 0, 2 },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset notifies = RULESET(notify_rows);
static struct ruleset *const sets[] = { &ruleset, &notifies, NULL };

static bool
sonicwall_notify(struct span msg, struct ike_event *ev)
{
	struct ike_event tried = *ev;

	if (rules_match(&notifies, SPAN_NONE, msg, &tried) == NULL)
		return false;
	*ev = tried;
	if (ev->what == IKE_FAILED &&
	    !ike_notify_reason(ev->detail, NOTIFY_ANY, &ev->reason)) {
		ev->reason = cause_of(ev->detail, NOTIFY_ANY);
		/* RESPONDER_LIFETIME and the like are no errors. */
		if (ev->reason == IKE_R_UNKNOWN && ev->ike_version != 2) {
			ev->what = IKE_INFO;
			ev->reason = IKE_REASON_NONE;
		}
	}
	return true;
}

static bool
sonicwall_message(struct span msg, struct ike_event *ev)
{
	if (rules_match(&ruleset, SPAN_NONE, msg, ev) == NULL &&
	    !sonicwall_notify(msg, ev) &&
	    !(span_starts(msg, "IKE") && cause_fails(msg, NOTIFY_ANY, ev)))
		return false;
	ev->detail = msg;
	return true;
}

/* src= and dst= into this end and the other. */
static void
sonicwall_ends(
    struct span src, struct span dst, struct span fw, struct ike_event *ev)
{
	struct span sport = SPAN_NONE, dport = SPAN_NONE;
	struct span s = SPAN_NONE, d = SPAN_NONE;
	bool ours;

	mark_address(src, &s, &sport);
	mark_address(dst, &d, &dport);
	if (fw.len > 0 && span_eq(s, fw))
		ours = true;
	else if (fw.len > 0 && span_eq(d, fw))
		ours = false;
	else
		ours = (ev->flags & HEARD) == 0;
	ev->local = ours ? s : d;
	ev->peer = ours ? d : s;
	ev->peer_port = ours ? dport : sport;
}

/* "198.51.100.7:500:X1:name": the address and its port. */
static struct span
sonicwall_end(struct span value)
{
	size_t n = 0;
	int colons = 0;

	for (; n < value.len; n++)
		if (value.p[n] == ':' && ++colons == 2)
			break;
	value.len = n;
	return value;
}

/* "VPN Policy: branch; ESP:AES-256; ..; inSPI:0x9a8b7c6d; outSPI:0x.." */
static void
sonicwall_note(struct span note, struct ike_event *ev)
{
	struct span rest = note, spi;
	uint64_t value;

	if (words_eat(&rest, "VPN Policy:")) {
		if (!scan_until(&rest, ";", &ev->tunnel))
			ev->tunnel = rest;
		ev->tunnel = span_trim(ev->tunnel);
	}
	if (ev->what == IKE_INFO && ev->kind == IKE_KIND_CHILD)
		ev->what = span_has_nocase(note, "Tunnel Up")
		    ? IKE_CHILD_ESTABLISHED
		    : span_has_nocase(note, "Tunnel Down") ? IKE_DELETED
							   : IKE_INFO;
	rest = note;
	if (words_until(&rest, "inSPI:0x", NULL) &&
	    scan_set(&rest, "0123456789abcdefABCDEF", &spi) && spi.len <= 8 &&
	    span_u64(spi, 16, &value))
		ev->spi_in = (uint32_t)value;
	rest = note;
	if (words_until(&rest, "outSPI:0x", NULL) &&
	    scan_set(&rest, "0123456789abcdefABCDEF", &spi) && spi.len <= 8 &&
	    span_u64(spi, 16, &value))
		ev->spi_out = (uint32_t)value;
}

static enum parse_result
sonicwall_pairs(struct span text, struct ike_event *ev)
{
	struct span msg, src = SPAN_NONE, dst = SPAN_NONE, fw = SPAN_NONE;
	struct span note;

	if (!kv_get(text, "msg", &msg))
		return PARSE_NOT_IKE;
	if (!sonicwall_message(msg, ev))
		return words_in(msg, "IKE") || words_in(msg, "IPSec")
		    ? PARSE_UNKNOWN
		    : PARSE_NOT_IKE;
	(void)kv_get(text, "src", &src);
	(void)kv_get(text, "dst", &dst);
	(void)kv_get(text, "fw", &fw);
	if (kv_get(text, "note", &note))
		sonicwall_note(note, ev);
	if (kv_get(text, "vpnpolicy", &note))
		ev->tunnel = note;
	sonicwall_ends(sonicwall_end(src), sonicwall_end(dst), fw, ev);
	return PARSE_EVENT;
}

/* The last word, and a port in front of it left out: "address, port". */
static bool
sonicwall_last(struct span *s, struct span *addr)
{
	size_t n;
	struct span word;

	for (int i = 0; i < 2; i++) {
		*s = span_trim(*s);
		for (n = s->len; n > 0 && s->p[n - 1] != ' '; n--)
			;
		word = span_from(*s, n);
		s->len = n;
		if (word.len > 0 && word.p[word.len - 1] == ',')
			word.len--;
		if (span_has(word, ".") && rules_address(word, addr, NULL))
			return true;
	}
	return false;
}

/* A line of the log page: the message, then source and destination. */
static bool
sonicwall_pasted(struct span text, struct span *msg, struct span ends[2])
{
	*msg = span_trim(text);
	if (!sonicwall_last(msg, &ends[1]))
		return false;
	if (!sonicwall_last(msg, &ends[0]))
		return false;
	*msg = span_trim(*msg);
	return msg->len > 0;
}

static bool
sonicwall_is_page(struct span text)
{
	static const char *const marks[] = { "RECEIVED<<< ISAKMP OAK",
		"SENDING>>>> ISAKMP OAK",
		"IKE Responder: ", "IKE Initiator: ", "IKEv2 Initiator: ",
		"IKEv2 Responder: ", "IKE negotiation aborted due to timeout",
		"IKE negotiation complete. Adding IPSec SA" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (words_eat(&text, marks[i]))
			return true;
	return false;
}

/* The tag's parser takes "IKE Responder:" for a tag. */
static struct span
sonicwall_line(const struct record *rec)
{
	struct span s = rec->message;
	const char *first = rec->app.p;

	if (rec->app.len > 0 && first < s.p && rec->procid.len == 0 &&
	    s.p - first < 40)
		s = (struct span){ first, (size_t)(s.p + s.len - first) };
	if (!sonicwall_is_page(s) && rec->hostname.len > 0 &&
	    rec->hostname.p < s.p && s.p - rec->hostname.p < 40)
		s = (struct span){ rec->hostname.p,
			(size_t)(s.p + s.len - rec->hostname.p) };
	return sonicwall_is_page(s) ? s : rec->message;
}

static bool
sonicwall_text(const struct record *rec, struct span *text)
{
	struct span value;

	return (mark_find(rec, "id=", text) || mark_find(rec, "sn=", text)) &&
	    kv_get(*text, "sn", &value) && kv_get(*text, "m", &value) &&
	    kv_get(*text, "fw", &value);
}

static bool
sonicwall_recognise(const struct record *rec)
{
	struct span text, ends[2];

	return sonicwall_text(rec, &text) ||
	    (sonicwall_is_page(sonicwall_line(rec)) &&
		sonicwall_pasted(sonicwall_line(rec), &text, ends));
}

static enum parse_result
sonicwall_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, ends[2];

	if (sonicwall_text(rec, &text))
		return sonicwall_pairs(text, ev);
	if (!sonicwall_pasted(sonicwall_line(rec), &text, ends))
		return PARSE_NOT_IKE;
	if (!sonicwall_message(text, ev))
		return sonicwall_is_page(text) ? PARSE_UNKNOWN : PARSE_NOT_IKE;
	sonicwall_ends(ends[0], ends[1], SPAN_NONE, ev);
	return PARSE_EVENT;
}

const struct parser parser_sonicwall = {
	.name = "sonicwall",
	.recognise = sonicwall_recognise,
	.parse = sonicwall_parse,
	.rules = sets,
};
