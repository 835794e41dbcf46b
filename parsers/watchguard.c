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

#define HEARD IKE_F_HEARD

/* clang-format off */
static const struct rule rows[] = {
	/* IKE phase-1 negotiation from 203.0.113.1:500 to 198.51.100.7:500 failed. Gateway-Endpoint:'branch' Reason:... */
	{ NULL, "IKE phase-1 negotiation from $local to $peer failed.$detail", IKE_FAILED, IKE_PHASE1, 0, 0, 0, 1 },
	{ NULL, "IKE phase-2 negotiation from $local to $peer failed.$detail", IKE_FAILED, IKE_PHASE2, 0, 0, 0, 1 },
	{ NULL, "IKEv2 IKE_SA_INIT exchange from $local to $peer failed.$detail", IKE_FAILED, IKE_SA_INIT, 0, 0, 0, 2 },
	{ NULL, "IKEv2 IKE_AUTH exchange from $local to $peer failed.$detail", IKE_FAILED, IKE_AUTH, 0, 0, 0, 2 },
	{ NULL, "IKEv2 CREATE_CHILD_SA exchange from $local to $peer failed.$detail", IKE_FAILED, IKE_CREATE_CHILD_SA, 0, 0, 0, 2 },
	{ NULL, "IKEv2 $* exchange from $local to $peer failed.$detail", IKE_FAILED, 0, 0, 0, 0, 2 },
	/* Dropped IKEv2 IKE_SA_INIT message from 198.51.100.7:500. Gateway-Endpoint: .. Reason: .. */
	{ NULL, "Dropped IKEv2 IKE_SA_INIT message from $peer. $detail", IKE_FAILED, IKE_SA_INIT, 0, HEARD | IKE_F_REFUSED_HERE, IKE_RESPONDER, 2 },
	{ NULL, "Dropped IKEv2 IKE_AUTH message from $peer. $detail", IKE_FAILED, IKE_AUTH, 0, HEARD | IKE_F_REFUSED_HERE, 0, 2 },
	{ NULL, "Dropped IKEv2 $* message from $peer. $detail", IKE_INFO, 0, 0, HEARD, 0, 2 },
	/* Remote gateway 'branch' with IP 198.51.100.7:500 is not responding. */
	{ NULL, "Remote gateway '$tunnel' with IP $peer is dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Remote gateway '$tunnel' with IP $peer did not respond$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Remote gateway '$tunnel' with IP $peer is not responding$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Remote gateway '$tunnel' with IP $peer $?", IKE_INFO },
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

/*
 * "Gateway-Endpoint:'branch' Reason:Message retry timeout. .." or with "=".
 * A name may hold no quote, so the first Reason behind it is the device's.
 */
static void
watchguard_cause(struct ike_event *ev)
{
	enum notify_phase phase =
	    ev->stage == IKE_PHASE2 || ev->stage == IKE_CREATE_CHILD_SA
	    ? NOTIFY_PHASE2
	    : NOTIFY_PHASE1;
	struct span s = span_trim(ev->detail), name;

	if (words_eat(&s, "Gateway-Endpoint")) {
		scan_set(&s, ":= ", NULL);
		if (scan_char(&s, '\'') && scan_until(&s, "'", &name))
			ev->tunnel = name;
	}
	if (words_until(&s, "Reason", NULL))
		scan_set(&s, ":= ", NULL);
	ev->detail = span_trim(s);
	if (ev->what != IKE_FAILED || ev->reason != IKE_REASON_NONE)
		return;
	ev->reason = cause_of(ev->detail, phase);
	if (ev->stage == IKE_AUTH &&
	    (ev->reason == IKE_R_TRAFFIC_SELECTOR_MISMATCH ||
		ev->reason == IKE_R_IKE_PROPOSAL_MISMATCH))
		ev->kind = IKE_KIND_CHILD;
	if (ev->reason == IKE_R_IKE_PROPOSAL_MISMATCH &&
	    ev->kind == IKE_KIND_CHILD)
		ev->reason = IKE_R_IPSEC_PROPOSAL_MISMATCH;
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

	if (!mark_find(rec, "iked", &s))
		return false;
	scan_lit(&s, "iked");
	if (scan_char(&s, '[') && !scan_until(&s, "]", NULL))
		return false;
	scan_set(&s, ": ", NULL);
	t = s;
	*diagnostic = watchguard_pair(&t, NULL);
	if (scan_lit(&s, "msg_id=\"")) {
		if (!scan_until(&s, "\"", NULL))
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
	if (rules_match(&ruleset, diagnostic ? SPAN_LIT("d") : SPAN_NONE, text,
		ev) == NULL)
		return watchguard_failure(text, ev) ? PARSE_EVENT
						    : PARSE_UNKNOWN;
	if (ev->detail.len > 0)
		watchguard_cause(ev);
	return PARSE_EVENT;
}

const struct parser parser_watchguard = {
	.name = "watchguard",
	.recognise = watchguard_recognise,
	.parse = watchguard_parse,
	.rules = sets,
};
