/*
 * WatchGuard Fireware: iked by syslog.
 *
 *	fb1 80B00AA00AAAA (2026-11-21T10:00:00) iked[2470]: msg_id="0203-0012"
 *	    IKE phase-1 negotiation from 203.0.113.1:500 to 198.51.100.7:500
 *	    failed. Gateway-Endpoint:'branch' Reason:Message retry timeout.
 *	iked[2470]: (203.0.113.1<->198.51.100.7)Received IKEv2 "IKE_SA_INIT
 *	    request" message with message-ID:0 length:544 SPI[i=.. r=..]
 *
 * The first address is this end, whoever began. Reason, the device's own
 * words, says why; the gateway's name never does.
 */
#include "parsers/cause.h"
#include "parsers/mark.h"
#include "parsers/parser.h"
#include "parsers/words.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEARD IKE_F_HEARD

/* clang-format off */
static const struct rule rows[] = {
	/* IKE phase-1 negotiation from 203.0.113.1:500 to 198.51.100.7:500 failed. Gateway-Endpoint:'branch' Reason:... */
	{ NULL, "IKE phase-1 negotiation from $local to $peer failed.$detail", IKE_FAILED, IKE_PHASE1, 0, 0, 0, 1 },
	{ NULL, "IKE phase-2 negotiation from $local to $peer failed.$detail", IKE_FAILED, IKE_PHASE2, 0, 0, 0, 1 },
	{ NULL, "IKEv2 IKE_SA_INIT exchange from $local to $peer failed.$detail", IKE_FAILED, IKE_SA_INIT, 0, 0, 0, 2 },
	{ NULL, "IKEv2 IKE_AUTH exchange from $local to $peer failed.$detail", IKE_FAILED, IKE_AUTH, 0, 0, 0, 2 },
	{ NULL, "IKEv2 CREATE_CHILD_SA exchange from $local to $peer failed.$detail", IKE_FAILED, IKE_CREATE_CHILD_SA, 0, 0, 0, 2 },
	{ NULL, "IKEv2 IKE_AUTH EAP exchange from $local to $peer failed.$detail", IKE_FAILED, IKE_AUTH, 0, 0, 0, 2 },
	{ NULL, "IKEv2 $* exchange from $local to $peer failed.$detail", IKE_FAILED, 0, 0, 0, 0, 2 },
	{ NULL, "IKEv2 exchange from $local to $peer failed.$detail", IKE_FAILED, 0, 0, 0, 0, 2 },
	/* Dropped IKEv2 IKE_SA_INIT message from 198.51.100.7:500. Gateway-Endpoint: .. Reason: .. */
	{ NULL, "Dropped IKEv2 IKE_SA_INIT message from $peer. $detail", IKE_FAILED, IKE_SA_INIT, 0, HEARD | IKE_F_REFUSED_HERE, IKE_RESPONDER, 2 },
	{ NULL, "Dropped IKEv2 IKE_AUTH message from $peer. $detail", IKE_FAILED, IKE_AUTH, 0, HEARD | IKE_F_REFUSED_HERE, 0, 2 },
	{ NULL, "Dropped IKEv2 $* message from $peer. $detail", IKE_INFO, 0, 0, HEARD, 0, 2 },
	/* Remote gateway 'branch' with IP 198.51.100.7:500 is not responding. */
	{ NULL, "Remote gateway '$tunnel' with IP $peer is dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Remote gateway '$tunnel' with IP $peer did not respond$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Remote gateway '$tunnel' with IP $peer is not responding$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Remote gateway '$tunnel' with IP $peer presumed dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Remote gateway '$tunnel' with IP $peer $?", IKE_INFO },
	/* BOVPN phase-1 mainmode completed successfully as initiator for 'branch' gateway endpoint. localgw:203.0.113.1:500 remotegw:198.51.100.7:500 SA ID:0x9d5e7809 */
	{ NULL, "$*VPN phase-1 mainmode completed successfully as initiator for '$tunnel' gateway endpoint. localgw:$local remotegw:$peer SA ID:$word", IKE_ESTABLISHED, IKE_MAIN_MODE, 0, HEARD, IKE_INITIATOR, 1 },
	{ NULL, "$*VPN phase-1 mainmode completed successfully as responder for '$tunnel' gateway endpoint. localgw:$local remotegw:$peer SA ID:$word", IKE_ESTABLISHED, IKE_MAIN_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "$*VPN phase-1 $* completed successfully as initiator for '$tunnel' gateway endpoint. localgw:$local remotegw:$peer SA ID:$word", IKE_ESTABLISHED, IKE_AGGRESSIVE_MODE, 0, HEARD, IKE_INITIATOR, 1 },
	{ NULL, "$*VPN phase-1 $* completed successfully as responder for '$tunnel' gateway endpoint. localgw:$local remotegw:$peer SA ID:$word", IKE_ESTABLISHED, IKE_AGGRESSIVE_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	/* IKEv2 IKE SA established successfully as initiator for 'branch' gateway endpoint. local-gw:203.0.113.1:500 remote-gw:198.51.100.7:500 SA ID:0xbc2188a5. */
	{ NULL, "IKEv2 IKE SA established successfully as initiator for '$tunnel' gateway endpoint. local-gw:$local remote-gw:$peer SA ID:$word", IKE_ESTABLISHED, IKE_AUTH, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "IKEv2 IKE SA established successfully as responder for '$tunnel' gateway endpoint. local-gw:$local remote-gw:$peer SA ID:$word", IKE_ESTABLISHED, IKE_AUTH, 0, HEARD, IKE_RESPONDER, 2 },
	/* Received 'No Proposal Chosen' message from 198.51.100.7:500 for 'branch' gateway endpoint. Check VPN IKE diagnostic log messages on the remote gateway endpoint for more information. */
	{ "notify", "Received '$detail' message from $peer for '$tunnel' gateway endpoint$?", IKE_FAILED, IKE_PHASE1, 0, HEARD | IKE_F_REFUSED_BY_PEER },
	{ "notify", "Received '$detail' message from $peer for '$child' tunnel.$?", IKE_FAILED, IKE_PHASE2, 0, HEARD | IKE_F_REFUSED_BY_PEER },
	{ NULL, "Received IKE message from $peer for unknown P1 SA$?", IKE_INFO, 0, 0, HEARD | IKE_F_STRAY },
	{ NULL, "Dropped a simultaneous phase-2 negotiation from the peer $peer", IKE_INFO, 0, 0, HEARD },
	/* Rejected MUVPN IPSec user from 198.51.100.7 because maximum allowed user connections has been reached. Maximum:50 */
	{ NULL, "Rejected MUVPN IPSec user from $peer because maximum allowed user connections has been reached$?", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, HEARD | IKE_F_REFUSED_HERE, IKE_RESPONDER },
	{ NULL, "Rejected phase-1 authentication method $* from $peer, expecting $?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HEARD | IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
	{ NULL, "Rejected phase-2 negotiation from $peer because $?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN, HEARD | IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
	/* Received XAuth failed notification from 198.51.100.7:4500. Group:'roadwarriors' */
	{ NULL, "Received XAuth failed notification from $peer. Group:'$tunnel'", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HEARD | IKE_F_REFUSED_BY_PEER, 0, 1 },
	{ NULL, "XAuth negotiation from $peer failed$?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HEARD, 0, 1 },
	{ NULL, "MUVPN user authentication failed due to unresponsive peer at $peer", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_TIMEOUT, 0, IKE_RESPONDER, 1 },
	{ NULL, "MUVPN user '$*' is $?", IKE_INFO },
	{ NULL, "Virtual IP address from '$*' address pool is not available for Mobile VPN with IPSec user '$*'", IKE_FAILED, IKE_MODE_CONFIG, IKE_R_ADDRESS_ASSIGNMENT_FAILED, IKE_F_REFUSED_HERE | IKE_F_NEAR, IKE_RESPONDER, 1 },
	{ NULL, "The IPSec tunnel could not be negotiated because the default IPSec certificate is not installed or is not valid$?", IKE_CONFIG_PROBLEM, 0, IKE_R_PRIVATE_KEY_MISSING, IKE_F_NEAR },
	/* 'branch' BOVPN IPSec tunnel is established. local:10.0.0.0/24 remote:10.1.0.0/24 in-SA:0x1 out-SA:0x2 role:initiator */
	{ NULL, "'$tunnel' BOVPN IPSec tunnel is established. local:$* remote:$* in-SA:$in out-SA:$out role:initiator", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD, IKE_INITIATOR },
	{ NULL, "'$tunnel' BOVPN IPSec tunnel is established. local:$* remote:$* in-SA:$in out-SA:$out role:responder", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD, IKE_RESPONDER },
	{ NULL, "'$tunnel' BOVPN IPSec tunnel is rekeyed. $?", IKE_REKEYED, IKE_PHASE2, 0, HEARD },
	{ NULL, "'$tunnel' BOVPN IPSec tunnel is deleted. $?", IKE_DELETED, IKE_PHASE2 },
	{ NULL, "'$tunnel' MUVPN IPSec tunnel is established. local:$* remote:$* in-SA:$in out-SA:$out role:responder$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD, IKE_RESPONDER },
	/* Received "No Proposal Chosen" message from 198.51.100.7:500 for 'branch' gateway endpoint */
	{ "d", "Received \"No Proposal Chosen\" message from $peer for '$tunnel' $?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HEARD | IKE_F_REFUSED_BY_PEER },
	{ "d", "Received $*No Proposal Chosen$* from $peer to $*", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HEARD | IKE_F_REFUSED_BY_PEER },
	{ "d", "Drop negotiation to peer $peer due to phase 1 retry timeout", IKE_FAILED, IKE_PHASE1, IKE_R_NO_RESPONSE, 0, IKE_INITIATOR, 1 },
	{ "d", "Drop negotiation to peer $peer due to phase 2 retry timeout", IKE_FAILED, IKE_PHASE2, IKE_R_NO_RESPONSE, 0, IKE_INITIATOR, 1 },
	{ "d", "Phase 1 started by peer with policy [$tunnel] from $peer main mode", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ "d", "Phase 1 started by peer with policy [$tunnel] from $peer aggressive mode", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	/* 'branch' MainMode: Peer proposes phase one encryption as AES, expecting 3DES */
	{ "d", "'$tunnel' $*: Peer proposes phase one $detail", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HEARD | IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
	{ "d", "'$tunnel' $*: Peer proposes phase two $detail", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HEARD | IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
	{ "d", "'$tunnel' $*: Mismatched ID settings at peer $?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HEARD | IKE_F_REFUSED_HERE, 0, 1 },
	/* Diagnostic log level: Received IKEv2 "IKE_SA_INIT request" message .. */
	{ "d", "Received IKEv2 \"IKE_SA_INIT request\" message with message-ID:$n length:$n SPI[i=$ispi r=$rspi]$?", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 2 },
	{ "d", "Received IKEv2 \"IKE_SA_INIT response\" message with message-ID:$n length:$n SPI[i=$ispi r=$rspi]$?", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_INITIATOR, 2 },
	{ "d", "Received IKEv2 \"IKE_AUTH request\" message with message-ID:$n length:$n SPI[i=$ispi r=$rspi]$?", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER, 2 },
	{ "d", "Received IKEv2 \"IKE_AUTH response\" message with message-ID:$n length:$n SPI[i=$ispi r=$rspi]$?", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR, 2 },
	{ "d", "Received IKEv2 \"$*\" message with message-ID:$n length:$n SPI[i=$ispi r=$rspi]$?", IKE_PROGRESS, 0, 0, HEARD, 0, 2 },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset *const sets[] = { &ruleset, NULL };

/* clang-format off */
/* Reason=Received encryption 3DES, expecting AES: what of it, and the reason in each phase. */
static const struct offer {
	const char *words;
	enum ike_attr attr;
	enum ike_reason phase1, phase2;
} offers[] = {
	{ "Received PFS DH group ", IKE_ATTR_PFS_GROUP, IKE_R_PFS_MISMATCH, IKE_R_PFS_MISMATCH },
	{ "Received DH group ", IKE_ATTR_DH_GROUP, IKE_R_DH_GROUP_MISMATCH, IKE_R_PFS_MISMATCH },
	{ "Received authentication method ", IKE_ATTR_AUTH_METHOD, IKE_R_AUTH_METHOD_MISMATCH, IKE_R_AUTH_METHOD_MISMATCH },
	{ "Received hash ", IKE_ATTR_INTEGRITY, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "Received authentication ", IKE_ATTR_INTEGRITY, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "Received encryption ", IKE_ATTR_ENCRYPTION, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "Received AES key length ", IKE_ATTR_ENCRYPTION, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "Received ESP encryption ", IKE_ATTR_ENCRYPTION, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "Received ESP authentication ", IKE_ATTR_INTEGRITY, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "Received AH authentication ", IKE_ATTR_INTEGRITY, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "Received protocol ", IKE_ATTR_PROPOSAL, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "Received 'Aggressive mode' exchange type", IKE_ATTR_NONE, IKE_R_EXCHANGE_MODE_MISMATCH, IKE_R_EXCHANGE_MODE_MISMATCH },
	{ "Received 'Main mode' exchange type", IKE_ATTR_NONE, IKE_R_EXCHANGE_MODE_MISMATCH, IKE_R_EXCHANGE_MODE_MISMATCH },
};

/* The other causes of the catalogue that are Fireware's own words. */
static const struct {
	const char *words;
	enum ike_reason reason;
} reasons[] = {
	{ "ID setting", IKE_R_PEER_ID_MISMATCH },
	{ "endpoint with matching ID was not found", IKE_R_PEER_ID_MISMATCH },
	{ "on wrong interface", IKE_R_LOCAL_ADDRESS_MISMATCH },
	{ "wrong interface IP address", IKE_R_LOCAL_ADDRESS_MISMATCH },
	{ "endpoint not found", IKE_R_PEER_NOT_CONFIGURED },
	{ "endpoint is disabled", IKE_R_PEER_NOT_CONFIGURED },
	{ "is not enabled", IKE_R_PEER_NOT_CONFIGURED },
	{ "PFS not enabled", IKE_R_PFS_MISMATCH },
	{ "No CA certificate", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "trusted CA", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "invalid CA name", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "aggressive mode hash payload", IKE_R_PSK_MISMATCH },
	{ "Received invalid ", IKE_R_MALFORMED_MESSAGE },
	{ "expected payloads", IKE_R_MALFORMED_MESSAGE },
	{ "not received in expected time", IKE_R_NEGOTIATION_TIMEOUT },
	{ "authentication domain is not configured", IKE_R_EAP_FAILED },
	{ "find child SA by received SPI", IKE_R_REKEY_FAILED },
	{ "invalid initiator SPI", IKE_R_INVALID_SPI },
	{ "IKE SA not found", IKE_R_INVALID_SPI },
	{ "Invalid message ID", IKE_R_INVALID_MESSAGE_ID },
	{ "Waiting for ", IKE_REASON_NONE },
};
/* clang-format on */

/* "3DES, expecting AES. ..": what the peer sent and what is wanted here. */
static void
watchguard_differs(struct span s, enum ike_attr attr, struct ike_event *ev)
{
	struct span peer, here;
	size_t n = 0;

	if (attr == IKE_ATTR_NONE ||
	    (!words_until(&s, ", expecting ", &peer) &&
		!words_until(&s, ", expected ", &peer) &&
		!words_until(&s, ". Expecting ", &peer)))
		return;
	while (n < s.len && s.p[n] != '.')
		n++;
	here = span_trim((struct span){ s.p, n });
	(void)ike_event_say(ev, attr, IKE_SIDE_PEER, span_trim(peer));
	(void)ike_event_say(ev, attr, IKE_SIDE_HERE, here);
}

/* What the words of a reason mean. */
static enum ike_reason
watchguard_reason(
    struct span words, enum notify_phase phase, struct ike_event *ev)
{
	struct span s = words, name;
	enum ike_reason reason;

	/* Received N(NO_PROPOSAL_CHOSEN) message. */
	if (words_eat(&s, "Received N(") && scan_until(&s, ")", &name) &&
	    ike_notify_reason(name, phase, &reason)) {
		ev->flags |= HEARD | IKE_F_REFUSED_BY_PEER;
		return reason;
	}
	for (size_t i = 0; i < COUNT(offers); i++) {
		s = words;
		if (!words_until(&s, offers[i].words, NULL))
			continue;
		ev->flags |= IKE_F_REFUSED_HERE;
		watchguard_differs(s, offers[i].attr, ev);
		return phase == NOTIFY_PHASE2 ? offers[i].phase2
					      : offers[i].phase1;
	}
	/* DH-Group 14 in the KE payload does not match DH-Group 5 selected */
	if (words_in(words, "in the KE payload does not match"))
		return phase == NOTIFY_PHASE2 ? IKE_R_PFS_MISMATCH
					      : IKE_R_DH_GROUP_MISMATCH;
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (words_in(words, reasons[i].words))
			return reasons[i].reason;
	return cause_of(words, phase);
}

/*
 * "GatewayEndpoint='branch'. Tunnel:'t' Reason=..": the names in front of the
 * reason. A name holds no quote, so the first Reason behind it is the
 * device's.
 */
static struct span
watchguard_names(struct span s, struct ike_event *ev)
{
	static const char *const labels[] = { "Gateway-Endpoint",
		"GatewayEndpoint", "Gateway", "Tunnel" };
	struct span name;

	s = span_trim(s);
	for (size_t i = 0; i < COUNT(labels); i++) {
		if (!words_eat(&s, labels[i]))
			continue;
		scan_set(&s, ":= ", NULL);
		if (scan_char(&s, '\'') && scan_until(&s, "'", &name)) {
			if (i + 1 < COUNT(labels))
				ev->tunnel = name;
			else
				ev->child = name;
		}
		scan_set(&s, ". ", NULL);
	}
	return s;
}

/* "Gateway-Endpoint:'branch' Reason:Message retry timeout. .." */
static void
watchguard_cause(struct ike_event *ev)
{
	enum notify_phase phase =
	    ev->stage == IKE_PHASE2 || ev->stage == IKE_CREATE_CHILD_SA
	    ? NOTIFY_PHASE2
	    : NOTIFY_PHASE1;
	struct span s = watchguard_names(ev->detail, ev);

	if (words_until(&s, "Reason", NULL))
		scan_set(&s, ":= ", NULL);
	ev->detail = span_trim(s);
	if (ev->what != IKE_FAILED || ev->reason != IKE_REASON_NONE)
		return;
	ev->reason = watchguard_reason(ev->detail, phase, ev);
	if (ev->stage == IKE_AUTH &&
	    (ev->reason == IKE_R_TRAFFIC_SELECTOR_MISMATCH ||
		ev->reason == IKE_R_IKE_PROPOSAL_MISMATCH))
		ev->kind = IKE_KIND_CHILD;
	if (ev->reason == IKE_R_IKE_PROPOSAL_MISMATCH &&
	    ev->kind == IKE_KIND_CHILD)
		ev->reason = IKE_R_IPSEC_PROPOSAL_MISMATCH;
}

/* A dropped message fails nothing where the words do not say so. */
static void
watchguard_dropped(struct ike_event *ev)
{
	if (ev->reason == IKE_R_INVALID_SPI ||
	    ev->reason == IKE_R_INVALID_MESSAGE_ID)
		ev->flags |= IKE_F_STRAY;
	if (ev->reason != IKE_R_UNKNOWN && ev->reason != IKE_REASON_NONE)
		return;
	ev->what = IKE_INFO;
	ev->reason = IKE_REASON_NONE;
}

/* Received 'Invalid Exchange Type' message from ..: the notify's name. */
static bool
watchguard_notify(struct span text, struct ike_event *ev)
{
	if (!span_starts_nocase(text, "Received '") ||
	    rules_match(&ruleset, SPAN_LIT("notify"), text, ev) == NULL)
		return false;
	if (!ike_notify_reason(ev->detail,
		ev->stage == IKE_PHASE2 ? NOTIFY_PHASE2 : NOTIFY_PHASE1,
		&ev->reason))
		ev->reason = IKE_R_UNKNOWN;
	ev->detail = text;
	return true;
}

/* "(203.0.113.1<->198.51.100.7)" in front of diagnostic text. */
static bool
watchguard_pair(struct span *s, struct ike_event *ev)
{
	struct span t = *s, local, peer;

	if (!scan_char(&t, '(') || !scan_until(&t, "<->", &local) ||
	    !scan_until(&t, ")", &peer) || local.len > 46 || peer.len > 46)
		return false;
	if (ev != NULL) {
		mark_address(local, &ev->local, NULL);
		mark_address(peer, &ev->peer, NULL);
	}
	*s = span_trim(t);
	return true;
}

/*
 * Behind "iked" and its pid: a message id, a pair of addresses, or text that
 * no other iked writes.
 */
static bool
watchguard_text(const struct record *rec, struct span *text, bool *diagnostic)
{
	struct span s, t;

	/* The messages 02xx are the VPN's, whatever program sends them on. */
	if (!mark_find(rec, "msg_id=\"02", &s)) {
		if (!mark_find(rec, "iked", &s))
			return false;
		scan_lit(&s, "iked");
		if (scan_char(&s, '[') && !scan_until(&s, "]", NULL))
			return false;
		scan_set(&s, ": ", NULL);
	}
	t = s;
	*diagnostic = watchguard_pair(&t, NULL);
	if (scan_lit(&s, "msg_id=\"")) {
		if (!span_starts(s, "02") || !scan_until(&s, "\"", NULL))
			return false;
		scan_skip_blanks(&s);
		t = s;
		*diagnostic = watchguard_pair(&t, NULL);
	} else if (!*diagnostic && !words_eat(&t, "IKE phase-") &&
	    !words_eat(&t, "Dropped IKEv2 ") &&
	    !words_eat(&t, "Remote gateway "))
		return false;
	*text = s;
	return true;
}

static bool
watchguard_recognise(const struct record *rec)
{
	struct span text;
	bool diagnostic;

	return watchguard_text(rec, &text, &diagnostic);
}

/* What no row has; it is let go unless it tells the negotiation's end. */
static bool
watchguard_failure(struct span text, struct ike_event *ev)
{
	bool second = words_in(text, "phase 2") || words_in(text, "phase-2") ||
	    words_in(text, "quick mode");

	if (!words_in(text, "negotiation") ||
	    !cause_fails(text, second ? NOTIFY_PHASE2 : NOTIFY_PHASE1, ev))
		return false;
	if (ev->stage == IKE_STAGE_NONE && second)
		ev->stage = IKE_PHASE2;
	ev->detail = text;
	return true;
}

static enum parse_result
watchguard_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text;
	bool diagnostic;

	if (!watchguard_text(rec, &text, &diagnostic))
		return PARSE_NOT_IKE;
	if (diagnostic)
		watchguard_pair(&text, ev);
	else if (watchguard_notify(text, ev))
		return PARSE_EVENT;
	if (rules_match(&ruleset, diagnostic ? SPAN_LIT("d") : SPAN_NONE, text,
		ev) == NULL)
		return watchguard_failure(text, ev) ? PARSE_EVENT
						    : PARSE_UNKNOWN;
	if (ev->detail.len > 0)
		watchguard_cause(ev);
	if (words_eat(&text, "Dropped "))
		watchguard_dropped(ev);
	return PARSE_EVENT;
}

const struct parser parser_watchguard = {
	.name = "watchguard",
	.recognise = watchguard_recognise,
	.parse = watchguard_parse,
	.rules = sets,
};
