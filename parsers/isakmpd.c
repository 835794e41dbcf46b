/*
 * OpenBSD isakmpd (IKEv1).
 *
 *	isakmpd[1234]: dropped message from 198.51.100.7 port 500 due to
 *	    notification type NO_PROPOSAL_CHOSEN
 *	isakmpd[1234]: transport_send_messages: giving up on exchange
 *	    peer-branch, no response from peer 198.51.100.7:500
 *
 *	211237.987432 Exch 10 exchange_finalize: phase 1 done: initiator id ..
 *
 * The function's name in front of a text is passed over. Run by hand it
 * prints the time and a class in place of syslog's header.
 */
#include "parsers/ike_notify.h"
#include "parsers/parser.h"
#include "parsers/tag.h"

#define HEARD IKE_F_HEARD
#define HERE IKE_F_REFUSED_HERE
#define BY_PEER IKE_F_REFUSED_BY_PEER
#define HINT (IKE_F_HINT | HERE)
#define NEAR IKE_F_NEAR
#define PSK IKE_BIT(IKE_R_PSK_MISMATCH)

/* clang-format off */
static const struct rule rows[] = {
	{ NULL, "giving up on exchange $tunnel, no response from peer $peer", IKE_FAILED, 0, IKE_R_NO_RESPONSE, 0, 0, 1 },
	{ NULL, "giving up on message $*, exchange $tunnel", IKE_FAILED, 0, IKE_R_NO_RESPONSE, 0, 0, 1 },
	{ NULL, "giving up on message $?", IKE_FAILED, 0, IKE_R_NO_RESPONSE, IKE_F_NEAR, 0, 1 },
	/* 0x7f2e4a00 peer-branch Default-main-mode policy initiator phase 1 doi 1 exchange 2 step 0 */
	{ NULL, "$hex $tunnel $word policy initiator phase 1 doi $n exchange $n step 0", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "$hex $tunnel $word policy responder phase 1 doi $n exchange $n step 0", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "phase 1 done (as initiator): initiator id $*, responder id $*, src: $local dst: $peer", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, IKE_INITIATOR, 1 },
	{ NULL, "phase 1 done (as responder): initiator id $*, responder id $*, src: $local dst: $peer", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "phase 1 done$*: initiator id $*, responder id $*, src: $local dst: $peer", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, 0, 1 },
	{ NULL, "phase 1 done$?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, 0, 1 },
	{ NULL, "quick mode done$*, src: $local dst: $peer", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, HEARD, 0, 1 },
	{ NULL, "quick mode done$?", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, HEARD, 0, 1 },
	{ NULL, "peer proposed invalid phase 2 IDs$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "no compatible proposal found", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, HERE | HEARD | IKE_F_NEAR, 0, 1 },
	{ NULL, "no configuration found for $*peer $peer", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "no configuration for peer \"$tunnel\"", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD | NEAR, IKE_RESPONDER, 1 },
	{ NULL, "no \"Default\" tag in [Phase 1] section", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD | NEAR, IKE_RESPONDER, 1 },
	/* expected exchange type ID_PROT got AGGRESSIVE */
	{ NULL, "expected exchange type $own_mode got $peer_mode", IKE_FAILED, IKE_PHASE1, IKE_R_EXCHANGE_MODE_MISMATCH, HERE | HEARD | NEAR, IKE_RESPONDER, 1 },
	/* ENCRYPTION_ALGORITHM: got DES_CBC, expected 3DES_CBC */
	{ NULL, "ENCRYPTION_ALGORITHM: got $peer_encryption, expected $own_encryption", IKE_PROGRESS, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HINT | HEARD | NEAR, 0, 1 },
	{ NULL, "HASH_ALGORITHM: got $peer_integrity, expected $own_integrity", IKE_PROGRESS, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HINT | HEARD | NEAR, 0, 1 },
	{ NULL, "AUTHENTICATION_METHOD: got $peer_auth, expected $own_auth", IKE_PROGRESS, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HINT | HEARD | NEAR, 0, 1 },
	{ NULL, "GROUP_DESCRIPTION: got $peer_dh, expected $own_dh", IKE_PROGRESS, 0, IKE_R_DH_GROUP_MISMATCH, HINT | HEARD | NEAR, 0, 1 },
	/* received remote ID other than expected 198.51.100.7 */
	{ NULL, "received remote ID other than expected $own_id_peer", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD | NEAR, 0, 1 },
	{ NULL, "no CERT subject match the ID", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD | NEAR, 0, 1 },
	{ NULL, "received CERT can't be validated", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, HERE | HEARD | NEAR, 0, 1 },
	{ NULL, "no public key found", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED, HERE | HEARD | NEAR, 0, 1 },
	{ NULL, "no key found for peer $?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISSING, IKE_F_NEAR, 0, 1 },
	{ NULL, "phase 1 peer $tunnel is dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 1 },
	/* Peer 198.51.100.7 made us delete live SA peer-branch for proto 1, initiator id: .. */
	{ NULL, "Peer $peer made us delete live SA $tunnel for proto 1, $*", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 1, IKE_KIND_IKE },
	{ NULL, "Peer $peer made us delete live SA $tunnel for proto $n, $*", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 1, IKE_KIND_CHILD },
	/* What does not decrypt reads like this. */
	{ NULL, "invalid next payload type $* in payload of type $n", IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | NEAR, 0, 1, 0, PSK },
	{ NULL, "reserved field non-zero: $*", IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | NEAR, 0, 1, 0, PSK },
	{ NULL, "invalid cookie(s) $*", IKE_INFO, 0, IKE_R_INVALID_SPI, IKE_F_STRAY, 0, 1 },
	{ NULL, "either this message did not reach the other peer", IKE_INFO },
	{ NULL, "or the response message did not reach us back", IKE_INFO },
	{ 0 }
};

/* The notification's name says why. */
static const struct rule notify_rows[] = {
	{ NULL, "dropped message from $peer port $n due to notification type $detail", IKE_FAILED, 0, 0, HERE | HEARD, 0, 1 },
	{ NULL, "dropped message from $peer due to notification type $detail", IKE_FAILED, 0, 0, HERE | HEARD, 0, 1 },
	{ NULL, "received notification type $detail from $peer", IKE_FAILED, 0, 0, BY_PEER | HEARD, 0, 1 },
	{ NULL, "got NOTIFY of type $detail", IKE_FAILED, 0, 0, BY_PEER | HEARD | NEAR, 0, 1 },
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

/* "211237.987432 Exch 10 " and "211237.987432 Default ", eaten. */
static bool
isakmpd_class(struct span *s)
{
	static const char *const classes[] = { "Default", "Misc", "Trpt",
		"Mesg", "Cryp", "Timr", "Sdep", "SA", "Exch", "Negt", "Plcy",
		"All" };
	struct span t = *s, word;
	int n;

	if (!scan_digits(&t, 6, &n) || !scan_char(&t, '.') ||
	    !scan_digits(&t, 6, &n) || !scan_blanks(&t) ||
	    !scan_word(&t, &word) || !scan_blanks(&t))
		return false;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (!span_is(word, classes[i]))
			continue;
		if (i > 0 && (!scan_digits(&t, 2, &n) || !scan_blanks(&t)))
			return false;
		*s = t;
		return true;
	}
	return false;
}

static bool
isakmpd_text(const struct record *rec, struct span *text)
{
	struct span s = span_trim(rec->raw), message = span_trim(rec->message),
		    word;

	if (isakmpd_class(&message))
		s = message;
	else if (!isakmpd_class(&s) && !tag_find(rec, isakmpd_at, NULL, &s))
		return false;
	s = span_trim(s);
	if (scan_lit(&s, "isakmpd: "))
		s = span_trim(s);
	*text = s;
	/* "transport_send_messages: " */
	if (scan_set(&s,
		"abcdefghijklmnopqrstuvwxyz0123456789_"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		&word) &&
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
	if (ike_notify_reason(ev->detail, NOTIFY_ANY, &ev->reason))
		return PARSE_EVENT;
	ev->reason = IKE_R_UNKNOWN;
	if (ev->flags & BY_PEER) { /* INITIAL_CONTACT: only news */
		ev->what = IKE_INFO;
		ev->reason = IKE_REASON_NONE;
		ev->flags &= ~(unsigned)BY_PEER;
	}
	return PARSE_EVENT;
}

const struct parser parser_isakmpd = {
	.name = "isakmpd",
	.recognise = isakmpd_recognise,
	.parse = isakmpd_parse,
	.rules = sets,
};
