/*
 * OpenBSD isakmpd (IKEv1).
 *
 *	isakmpd[1234]: dropped message from 198.51.100.7 port 500 due to
 *	    notification type NO_PROPOSAL_CHOSEN
 *	isakmpd[1234]: transport_send_messages: giving up on exchange
 *	    peer-branch, no response from peer 198.51.100.7:500
 *
 * The function's name in front of a text is passed over.
 */
#include "parsers/ike_notify.h"
#include "parsers/parser.h"
#include "parsers/tag.h"

#define HEARD IKE_F_HEARD
#define HERE IKE_F_REFUSED_HERE

/* clang-format off */
static const struct rule rows[] = {
	{ NULL, "giving up on exchange $tunnel, no response from peer $peer", IKE_FAILED, 0, IKE_R_NO_RESPONSE, 0, 0, 1 },
	{ NULL, "giving up on message $*, exchange $tunnel", IKE_FAILED, 0, IKE_R_NO_RESPONSE, 0, 0, 1 },
	{ NULL, "giving up on message $?", IKE_FAILED, 0, IKE_R_NO_RESPONSE, IKE_F_NEAR, 0, 1 },
	{ NULL, "phase 1 done$*: initiator id $*, responder id $*, src: $local dst: $peer", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, 0, 1 },
	{ NULL, "phase 1 done$?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, 0, 1 },
	{ NULL, "quick mode done$*, src: $local dst: $peer", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, HEARD, 0, 1 },
	{ NULL, "quick mode done$?", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, HEARD, 0, 1 },
	{ NULL, "peer proposed invalid phase 2 IDs$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "no compatible proposal found", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, HERE | HEARD | IKE_F_NEAR, 0, 1 },
	{ NULL, "no configuration found for $*peer $peer", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "no key found for peer $?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISSING, IKE_F_NEAR, 0, 1 },
	{ NULL, "isakmpd: phase 1 peer $tunnel is dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 1 },
	{ 0 }
};

/* The notification's name says why. */
static const struct rule notify_rows[] = {
	{ NULL, "dropped message from $peer port $n due to notification type $detail", IKE_FAILED, 0, 0, HERE | HEARD, 0, 1 },
	{ NULL, "dropped message from $peer due to notification type $detail", IKE_FAILED, 0, 0, HERE | HEARD, 0, 1 },
	{ NULL, "received notification type $detail from $peer", IKE_FAILED, 0, 0, IKE_F_REFUSED_BY_PEER | HEARD, 0, 1 },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset notifies = RULESET(notify_rows);
static struct ruleset *const sets[] = { &ruleset, &notifies, NULL };

static bool
isakmpd_at(struct span *s, void *arg)
{
	struct span t = *s, word;

	(void)arg;
	if (!scan_word(&t, &word) || !tag_is(word, "isakmpd"))
		return false;
	*s = t;
	return true;
}

static bool
isakmpd_text(const struct record *rec, struct span *text)
{
	struct span s, word;

	if (!tag_find(rec, isakmpd_at, NULL, &s))
		return false;
	*text = s = span_trim(s);
	/* "transport_send_messages: " */
	if (scan_set(&s, "abcdefghijklmnopqrstuvwxyz0123456789_", &word) &&
	    span_has(word, "_") && scan_char(&s, ':'))
		*text = span_trim(s);
	return true;
}

static bool
isakmpd_recognise(const struct record *rec)
{
	struct span text;

	return isakmpd_text(rec, &text);
}

static enum parse_result
isakmpd_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text;

	if (!isakmpd_text(rec, &text))
		return PARSE_NOT_IKE;
	if (rules_match(&ruleset, SPAN_NONE, text, ev) != NULL)
		return PARSE_EVENT;
	if (rules_match(&notifies, SPAN_NONE, text, ev) == NULL)
		return PARSE_UNKNOWN;
	if (!ike_notify_reason(ev->detail, NOTIFY_ANY, &ev->reason))
		ev->reason = IKE_R_UNKNOWN;
	return PARSE_EVENT;
}

const struct parser parser_isakmpd = {
	.name = "isakmpd",
	.recognise = isakmpd_recognise,
	.parse = isakmpd_parse,
	.rules = sets,
};
