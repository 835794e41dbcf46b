/*
 * MikroTik RouterOS: "ipsec,error text" behind any header, or the text
 * alone. Its IKEv1 is racoon's, whose rows are racoon.c's; the rows here are
 * those of its IKEv2 and of its own additions. Rows with the id "m" are
 * believed only behind the topics.
 */
#include <string.h>

#include "parsers/ike_notify.h"
#include "parsers/parser.h"
#include "parsers/racoon.h"

#define NEAR IKE_F_NEAR
#define HERE IKE_F_REFUSED_HERE
#define HEARD IKE_F_HEARD

/* clang-format off */
static const struct rule rows[] = {
	/* new ike2 SA (I): peer1 203.0.113.1[4500]-198.51.100.7[4500] spi:1122334455667788:99aabbccddeeff00 */
	{ NULL, "new ike2 SA (I): $detail spi:$spis", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW | HEARD, IKE_INITIATOR, 2 },
	{ NULL, "new ike2 SA (R): $detail spi:$spis", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 2 },
	/* peer authorized: peer1 203.0.113.1[4500]-198.51.100.7[4500] spi:1122334455667788:99aabbccddeeff00 */
	{ NULL, "peer authorized: $detail spi:$spis", IKE_ESTABLISHED, IKE_AUTH, 0, HEARD, 0, 2 },
	{ NULL, "killing ike2 SA: $detail spi:$spis", IKE_DELETED, 0, 0, 0, 0, 2, IKE_KIND_IKE },
	{ NULL, "killing ike2 SA:$*", IKE_DELETED, 0, 0, NEAR, 0, 2, IKE_KIND_IKE },
	{ NULL, "ike2 SA rekeyed: $detail spi:$spis", IKE_REKEYED, 0, 0, IKE_F_REKEY, 0, 2, IKE_KIND_IKE },
	/* ike2 starting for: 198.51.100.7 */
	{ NULL, "ike2 starting for: $peer", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW, IKE_INITIATOR, 2 },
	{ NULL, "ike2 init timeout request, $?", IKE_FAILED, IKE_SA_INIT, IKE_R_NO_RESPONSE, NEAR, IKE_INITIATOR, 2 },
	{ NULL, "ike2 init retransmit", IKE_RETRANSMIT, IKE_SA_INIT, 0, NEAR, IKE_INITIATOR, 2 },
	{ NULL, "ike2 request, exchange: SA_INIT:$n $peer $hex:$hex", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER, 2 },
	/* <- ike2 reply, exchange: SA_INIT:0 198.51.100.7[4500] 1122334455667788:99aabbccddeeff00 */
	{ NULL, "<- ike2 request, exchange: SA_INIT:$n $peer $spis", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "-> ike2 request, exchange: SA_INIT:$n $peer $spis", IKE_PROGRESS, IKE_SA_INIT, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "<- ike2 reply, exchange: SA_INIT:$n $peer $spis", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "-> ike2 reply, exchange: SA_INIT:$n $peer $spis", IKE_PROGRESS, IKE_SA_INIT, 0, 0, IKE_RESPONDER, 2 },
	{ NULL, "<- ike2 request, exchange: AUTH:$n $peer $spis", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "-> ike2 request, exchange: AUTH:$n $peer $spis", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "<- ike2 reply, exchange: AUTH:$n $peer $spis", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "-> ike2 reply, exchange: AUTH:$n $peer $spis", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER, 2 },
	{ "m", "ike2 respond", IKE_PROGRESS, IKE_SA_INIT, 0, NEAR, IKE_RESPONDER, 2 },
	{ NULL, "child negotiation timeout in state $n", IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT, NEAR, 0, 2, IKE_KIND_CHILD },
	/* identity not found for peer: ADDR4: 198.51.100.7 */
	{ "m", "identity not found for server:$* peer: $peer_id_peer", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ "m", "identity not found for responder:$* peer: $peer_id_peer", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ "m", "initiator can't find identity$?", IKE_CONFIG_PROBLEM, 0, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, IKE_INITIATOR },
	{ "m", "identity not found for peer: $peer_id_peer", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ "m", "identity not found$?", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ NULL, "peer's ID does not match certificate$?", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 0, IKE_KIND_IKE },
	{ "m", "ID mismatch$?", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 0, IKE_KIND_IKE },
	{ "m", "no proposal chosen$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, NEAR | HERE, 0, 2 },
	/* no IKEv2 peer config for 198.51.100.7 */
	{ NULL, "no IKEv1 peer config for $peer", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "no IKEv2 peer config for $peer", IKE_FAILED, IKE_SA_INIT, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER, 2 },
	/* 198.51.100.7 exchange Identity Protection not allowed in any applicable peer config */
	{ "m", "$peer exchange $* not allowed in any applicable peer config$?", IKE_FAILED, IKE_PHASE1, IKE_R_EXCHANGE_MODE_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
	{ "m", "$peer peer ID mismatch$?", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE | HEARD },
	{ "m", "$peer give up to get IPsec-SA due to time up to wait$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1 },
	{ NULL, "can't agree on IKE proposal, my config:$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 2 },
	{ NULL, "can't agree on IKE proposal$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 2 },
	{ NULL, "can't agree on SA proposal$?", IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_CHILD },
	{ NULL, "no policy found/generated$?", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_CHILD },
	{ NULL, "peer selector does not match$?", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_CHILD },
	{ "m", "EAP failed$?", IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, NEAR, 0, 2, IKE_KIND_IKE },
	{ "m", "EAP auth failed$?", IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, NEAR, 0, 2, IKE_KIND_IKE },
	{ "m", "EAP not configured$?", IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_IKE },
	{ NULL, "EAP needs certificate if EAP-only is not used", IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_IKE },
	{ "m", "RADIUS timeout$?", IKE_FAILED, IKE_AUTH, IKE_R_EAP_TIMEOUT, NEAR, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ "m", "digital signature verification failed$?", IKE_FAILED, IKE_AUTH, IKE_R_SIGNATURE_INVALID, NEAR | HERE, 0, 2, IKE_KIND_IKE },
	{ "m", "auth method mismatch$?", IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_IKE },
	{ NULL, "peer auth method mismatch$?", IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_IKE },
	{ "m", "got auth method: $* expected: $*", IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_IKE },
	{ "m", "auth failed$?", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, NEAR | HERE, 0, 2, IKE_KIND_IKE },
	{ "m", "AUTH mismatch$?", IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_IKE },
	{ "m", "payload missing: $word", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	{ "m", "hash mismatch$?", IKE_FAILED, 0, IKE_R_DECRYPTION_FAILED, NEAR | HERE, 0, 2 },
	{ NULL, "SPI $hex not registered for $peer", IKE_INFO, 0, IKE_R_INVALID_SPI, IKE_F_STRAY },
	/* can't verify peer's certificate from store */
	{ NULL, "can't verify peer's certificate from store$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_UNTRUSTED, NEAR | HERE },
	{ "m", "unable to get certificate CRL($n) at depth:$?", IKE_FAILED, 0, IKE_R_REVOCATION_UNAVAILABLE, NEAR | HERE },
	{ "m", "peer's certificate is not verified$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, NEAR | HERE },
	{ "m", "can't get private key$?", IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, NEAR },
	{ "m", "missing private key$?", IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, NEAR },
	/* dpd: peer 198.51.100.7 is dead, deleting SAs */
	{ NULL, "dpd: peer $peer is dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 0, IKE_KIND_IKE },
	{ NULL, "dpd: retransmit timed out$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, NEAR, 0, 0, IKE_KIND_IKE },
	{ NULL, "ISAKMP-SA dying: $local-$peer spi:$spis", IKE_INFO, IKE_PHASE1, 0, 0, 0, 1 },
	{ "m", "acquired $* address for $peer, $*", IKE_PROGRESS, 0, 0, HEARD },
	{ "m", "releasing address $*", IKE_INFO },
	{ 0 }
};

/* A notify of the peer; its name says what it means. */
static const struct rule notify_rows[] = {
	/* got fatal error: AUTHENTICATION_FAILED */
	{ NULL, "got fatal error: $detail", IKE_FAILED, 0, 0, NEAR | IKE_F_REFUSED_BY_PEER | HEARD, 0, 2 },
	{ "m", "got error: $detail", IKE_FAILED, 0, 0, NEAR | IKE_F_REFUSED_BY_PEER | HEARD, 0, 2 },
	{ "m", "notify: $detail", IKE_PROGRESS, 0, 0, NEAR | IKE_F_REFUSED_BY_PEER | IKE_F_HINT | HEARD, 0, 2 },
	{ 0 }
};
/* clang-format on */

static struct ruleset mikrotik_rules = RULESET(rows);
static struct ruleset mikrotik_notifies = RULESET(notify_rows);
static struct ruleset *const mikrotik_sets[] = { &mikrotik_rules,
	&mikrotik_notifies, NULL };

/*
 * Finds the topics, a word such as "ipsec,error" or "ipsec,info,account",
 * and the text behind them.
 */
static bool
mikrotik_topics(struct span s, struct span *text)
{
	const char *from = s.p;

	for (;;) {
		struct span rest = { from, s.len - (size_t)(from - s.p) };
		const char *at = span_find(rest, "ipsec");
		struct span topics;

		if (at == NULL || at - s.p > 160)
			return false;
		rest = span_from(rest, (size_t)(at - rest.p));
		scan_set(
		    &rest, "abcdefghijklmnopqrstuvwxyz0123456789-,", &topics);
		from = at + 5;
		if (at > s.p && at[-1] != ' ' && at[-1] != '>' &&
		    at[-1] != ',' && at[-1] != '|')
			continue;
		if ((topics.len > 5 && topics.p[5] != ',') ||
		    (topics.len == 5 && !span_starts(rest, " ")) ||
		    (topics.len > 5 && !span_starts(rest, " ") &&
			!span_starts(rest, ":")))
			continue;
		scan_char(&rest, ':');
		*text = span_trim(rest);
		return topics.len > 5;
	}
}

/* "peer1 203.0.113.1[4500]-198.51.100.7[4500]", with or without a name. */
static bool
mikrotik_ends(struct span s, struct ike_event *ev)
{
	const char *blank;
	struct span pair, local, addr, port;

	s = span_trim(s);
	blank = s.len > 0 ? memrchr(s.p, ' ', s.len) : NULL;
	pair = blank == NULL ? s : span_from(s, (size_t)(blank - s.p) + 1);
	if (!scan_until(&pair, "-", &local) ||
	    !rules_address(local, &ev->local, NULL) ||
	    !rules_address(pair, &addr, &port))
		return false;
	ev->peer = addr;
	ev->peer_port = port;
	if (blank != NULL)
		ev->tunnel = span_trim(span_to(s, blank));
	return true;
}

/* Its own rows; the text of those it shares is racoon_text()'s. */
static bool
mikrotik_own(struct span text, bool known, struct ike_event *ev)
{
	struct span id = known ? SPAN_LIT("m") : SPAN_NONE;
	struct ike_event tried = *ev;

	if (rules_match(&mikrotik_notifies, id, text, &tried) != NULL) {
		if (!ike_notify_reason(
			tried.detail, NOTIFY_ANY, &tried.reason)) {
			if (tried.what == IKE_PROGRESS)
				return false; /* "notify: INITIAL_CONTACT" */
			tried.reason = IKE_R_UNKNOWN;
		}
		if (tried.reason == IKE_R_AUTHENTICATION_FAILED)
			tried.stage = IKE_AUTH;
		if (tried.reason == IKE_R_TRAFFIC_SELECTOR_MISMATCH)
			tried.kind = IKE_KIND_CHILD;
		tried.detail = SPAN_NONE;
		*ev = tried;
		return true;
	}
	tried = *ev;
	if (rules_match(&mikrotik_rules, id, text, &tried) != NULL) {
		if (tried.detail.len > 0 &&
		    !mikrotik_ends(tried.detail, &tried))
			return false;
		tried.detail = SPAN_NONE;
		*ev = tried;
		return true;
	}
	return false;
}

static bool
mikrotik_text(struct span text, bool known, struct ike_event *ev)
{
	return mikrotik_own(text, known, ev) || racoon_text(text, known, ev);
}

/* "198.51.100.7 text": whom it is about. */
static bool
mikrotik_of_peer(struct span text, struct ike_event *ev)
{
	struct ike_event tried = *ev;
	struct span word, addr;

	if (!scan_word(&text, &word) ||
	    memchr("0123456789", word.p[0], 10) == NULL ||
	    !rules_address(word, &addr, NULL) || addr.len != word.len)
		return false;
	tried.peer = addr;
	if (!mikrotik_own(span_trim(text), true, &tried))
		return false;
	tried.flags &= ~(unsigned)NEAR;
	*ev = tried;
	return true;
}

/* Tries the text as it is, and behind the identity that may precede it. */
static bool
mikrotik_read(struct span text, bool known, struct ike_event *ev)
{
	struct span identity, inside = text;

	/* message repeated 10 times: [ 198.51.100.7 text ] */
	if (scan_lit(&inside, "message repeated ") &&
	    scan_until(&inside, " times: [", NULL) && span_ends(inside, "]"))
		text = span_trim((struct span){ inside.p, inside.len - 1 });
	if (mikrotik_text(text, known, ev))
		return true;
	if (known && mikrotik_of_peer(text, ev))
		return true;
	/* One word: what a peer calls itself stands behind several. */
	return known && scan_until(&text, ": ", &identity) &&
	    identity.len <= 64 &&
	    memchr(identity.p, ' ', identity.len) == NULL &&
	    mikrotik_text(text, known, ev);
}

static bool
mikrotik_recognise(const struct record *rec)
{
	static const char *const marks[] = { "got fatal error: ",
		"new ike2 SA (", "killing ike2 SA",
		"peer authorized: ", "parsing packet failed, possible cause",
		"can't verify peer's certificate from store", "dpd: peer ",
		"new phase 1 (", "due to time up " };
	struct ike_event ev = { 0 };
	struct span text = SPAN_NONE;

	if (mikrotik_topics(rec->raw, &text) ||
	    (text.len > 0 && mikrotik_text(text, false, &ev)))
		return true;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (span_has_nocase(rec->message, marks[i]))
			return mikrotik_text(rec->message, false, &ev);
	return mikrotik_own(rec->message, false, &ev);
}

static enum parse_result
mikrotik_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text = SPAN_NONE;

	/* The topic alone, "ipsec text", is a word of anybody's. */
	if (!mikrotik_topics(rec->raw, &text))
		return (text.len > 0 && mikrotik_text(text, false, ev)) ||
			mikrotik_text(rec->message, false, ev)
		    ? PARSE_EVENT
		    : PARSE_NOT_IKE;
	return mikrotik_read(text, true, ev) ? PARSE_EVENT : PARSE_UNKNOWN;
}

const struct parser parser_mikrotik = {
	.name = "mikrotik",
	.recognise = mikrotik_recognise,
	.parse = mikrotik_parse,
	.rules = mikrotik_sets,
};
