/*
 * Juniper ScreenOS (NetScreen, SSG).
 *
 *	NetScreen device_id=X  [Root]system-information-00536: IKE 198.51.100.20
 *	    Phase 2 msg ID 580d34ad: Completed negotiations with SPI 6f7c9327,
 *	    tunnel ID 67, and lifetime 3600 seconds/0 KB. (2021-07-01 00:06:34)
 */
#include "parsers/cause.h"
#include "parsers/parser.h"
#include "parsers/words.h"

/* clang-format off */
static const struct rule rows[] = {
{ NULL, "IKE $peer Phase 1: Initiated negotiations in main mode$?", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
{ NULL, "IKE $peer Phase 1: Initiated negotiations in aggressive mode$?", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
{ NULL, "IKE $peer Phase 1: Responder starts main mode negotiations$?", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW | IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "IKE $peer Phase 1: Responder starts aggressive mode negotiations$?", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW | IKE_F_HEARD, IKE_RESPONDER, 1 },
/* IKE 198.51.100.20 Phase 1: Completed Main mode negotiations with a 28800-second lifetime. */
{ NULL, "IKE $peer Phase 1: Completed Main mode negotiations$?", IKE_ESTABLISHED, IKE_MAIN_MODE, 0, IKE_F_HEARD, 0, 1 },
{ NULL, "IKE $peer Phase 1: Completed Aggressive mode negotiations$?", IKE_ESTABLISHED, IKE_AGGRESSIVE_MODE, 0, IKE_F_HEARD, 0, 1 },
{ NULL, "IKE $peer Phase 1: Retransmission limit has been reached$?", IKE_FAILED, IKE_PHASE1, IKE_R_NO_RESPONSE, 0, 0, 1 },
{ NULL, "IKE $peer Phase 1: Rejected proposals from peer$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
{ NULL, "IKE $peer Phase 1: Negotiations have failed$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, 0, 1 },
{ NULL, "IKE $peer Phase 1: Aborted negotiations because the time limit has elapsed$?", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1 },
{ NULL, "IKE $peer Phase 1: Aborted negotiations$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, 0, 1 },
{ NULL, "IKE $peer Phase 1: Cannot use a preshared key$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, 0, 0, 1 },
{ NULL, "IKE $peer Phase 1: IKE responder has detected NAT$?", IKE_PROGRESS, IKE_PHASE1, 0, IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "IKE $peer Phase 1: IKE initiator has detected NAT$?", IKE_PROGRESS, IKE_PHASE1, 0, IKE_F_HEARD, IKE_INITIATOR, 1 },
{ NULL, "IKE $peer: Received initial contact notification$?", IKE_INFO, 0, 0, IKE_F_HEARD, 0, 1 },
{ NULL, "IKE $peer: Received a notification message for DOI $n $n NO-PROPOSAL-CHOSEN$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER, 0, 1 },
{ NULL, "IKE $peer: Received a notification message for DOI $n $n INVALID-ID-INFORMATION$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER, 0, 1 },
{ NULL, "IKE $peer: Received a notification message for DOI $n $n AUTHENTICATION-FAILED$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER, 0, 1 },
{ NULL, "IKE $peer: Received a notification message$?", IKE_INFO, 0, 0, IKE_F_HEARD, 0, 1 },
/* IKE 198.51.100.20 Phase 2: Initiated negotiations. */
{ NULL, "IKE $peer Phase 2: Initiated negotiations$?", IKE_STARTED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR, 1 },
{ NULL, "IKE $peer Phase 2 msg ID $msgid: Responded to the peer's first message$?", IKE_STARTED, IKE_QUICK_MODE, 0, IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "IKE $peer Phase 2 msg ID $msgid: Responded to the first peer message$?", IKE_STARTED, IKE_QUICK_MODE, 0, IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "IKE $peer Phase 2 msg ID $msgid: Completed negotiations with SPI $in, $?", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, IKE_F_HEARD, 0, 1 },
{ NULL, "IKE $peer Phase 2 msg ID $msgid: Rejected proposals from peer$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
{ NULL, "IKE $peer Phase 2 msg ID $msgid: Negotiations have failed$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
{ NULL, "IKE $peer Phase 2: No policy exists for the proxy ID received$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
{ NULL, "IKE $peer Phase 2 msg ID $msgid: No policy exists for the proxy ID received$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
{ NULL, "IKE $peer Phase 2: Retransmission limit has been reached$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_NO_RESPONSE, 0, 0, 1 },
/* Rejected an IKE packet on ethernet0/0 from a:500 to b:500 with cookies x and y because ... */
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because an initial Phase 1 packet arrived from an unrecognized peer gateway$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE | IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because $*no acceptable Phase 1 proposals$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE | IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because $*no acceptable Phase 2 proposals$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE | IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because $*peer ID$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, IKE_F_REFUSED_HERE | IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because $?", IKE_FAILED, 0, IKE_R_UNKNOWN, IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, NULL },
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset *const screenos_sets[] = { &ruleset, NULL };

/* "NetScreen device_id=X  [Root]system-information-00536: ", then the text. */
static bool
screenos_header(const struct record *rec, struct span *text)
{
	*text = rec->raw;
	return words_until(text, "NetScreen device_id=", NULL) &&
	    scan_until(text, "]system-", NULL) && scan_until(text, ": ", NULL);
}

static bool
screenos_recognise(const struct record *rec)
{
	return span_has(rec->raw, "NetScreen device_id=");
}

/* "IKE 198.51.100.7 Phase 1: ..", a text that no row has. */
static bool
screenos_failure(struct span text, struct ike_event *ev)
{
	struct span rest = text, peer;
	bool second;

	if (!scan_lit_nocase(&rest, "IKE ") || !scan_word(&rest, &peer) ||
	    !rules_address(peer, &ev->peer, NULL))
		return false;
	second = span_starts_nocase(span_trim(rest), "Phase 2");
	if (!cause_fails(rest, second ? NOTIFY_PHASE2 : NOTIFY_PHASE1, ev))
		return false;
	ev->stage = second ? IKE_QUICK_MODE : IKE_PHASE1;
	ev->ike_version = 1;
	ev->detail = text;
	return true;
}

static enum parse_result
screenos_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text;

	if (!screenos_header(rec, &text))
		return PARSE_NOT_IKE;
	if (rules_match(&ruleset, SPAN_NONE, text, ev) != NULL) {
		if (ev->what == IKE_FAILED && ev->reason == IKE_R_UNKNOWN)
			ev->reason = cause_of(text,
			    ike_stage_kind(ev->stage) == IKE_KIND_CHILD
				? NOTIFY_PHASE2
				: NOTIFY_PHASE1);
		ev->detail = text;
		return PARSE_EVENT;
	}
	if (screenos_failure(text, ev))
		return PARSE_EVENT;
	return span_starts_nocase(text, "IKE ") ||
		span_has(text, "an IKE packet")
	    ? PARSE_UNKNOWN
	    : PARSE_NOT_IKE;
}

const struct parser parser_screenos = {
	.name = "screenos",
	.recognise = screenos_recognise,
	.parse = screenos_parse,
	.rules = screenos_sets,
};
