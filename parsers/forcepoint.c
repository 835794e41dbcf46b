/*
 * Forcepoint (Stonesoft) NGFW: the information messages of its VPN, behind
 * whatever format the log server forwards in.
 *
 *	Starting IKE main mode initiator negotiation
 *	IKE Phase-1 initiator done [branch]
 *	IKE Phase-2 responder error: No proposal chosen
 *
 * CEF and LEEF name the ends in src and dst; a bare text names none.
 */
#include "parsers/cause.h"
#include "parsers/kv.h"
#include "parsers/mark.h"
#include "parsers/parser.h"
#include "parsers/words.h"

#define HEARD IKE_F_HEARD
#define NEAR IKE_F_NEAR

/* clang-format off */
static const struct rule rows[] = {
	/* Starting IKE main mode initiator negotiation [...] */
	{ NULL, "Starting IKE main mode initiator negotiation$?", IKE_STARTED, IKE_MAIN_MODE, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "Starting IKE main mode responder negotiation$?", IKE_STARTED, IKE_MAIN_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Starting IKE aggressive mode initiator negotiation$?", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "Starting IKE aggressive mode responder negotiation$?", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Starting IKE quick mode initiator negotiation$?", IKE_STARTED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "Starting IKE quick mode responder negotiation$?", IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Starting IKE v2 initiator negotiation$?", IKE_STARTED, IKE_SA_INIT, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "Starting IKE v2 responder negotiation$?", IKE_STARTED, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "IKE Phase-1 initiator done$?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, IKE_INITIATOR },
	{ NULL, "IKE Phase-1 responder done$?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IKE Phase-2 initiator done$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD, IKE_INITIATOR },
	{ NULL, "IKE Phase-2 responder done$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD, IKE_RESPONDER },
	/* IKE Phase-1 initiator error: Timed out */
	{ NULL, "IKE Phase-1 initiator error: $detail", IKE_FAILED, IKE_PHASE1, 0, 0, IKE_INITIATOR },
	{ NULL, "IKE Phase-1 responder error: $detail", IKE_FAILED, IKE_PHASE1, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IKE Phase-2 initiator error: $detail", IKE_FAILED, IKE_PHASE2, 0, 0, IKE_INITIATOR },
	{ NULL, "IKE Phase-2 responder error: $detail", IKE_FAILED, IKE_PHASE2, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IKE Phase-2 error: $detail", IKE_FAILED, IKE_PHASE2 },
	{ NULL, "IKE Phase-1 error: $detail", IKE_FAILED, IKE_PHASE1 },
	{ NULL, "IKE SA deleted$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_IKE },
	{ NULL, "IPsec SA responder done$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IPsec SA initiator done$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD, IKE_INITIATOR },
	{ NULL, "IPsec SA removed$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ NULL, "Sending IKE delete notification$?", IKE_INFO },
	{ NULL, "IKE peer was found dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Dead peer detection failed$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "SA traffic selectors local: $?", IKE_PROGRESS },
	{ NULL, "IKE SA proposal $?", IKE_PROGRESS },
	{ NULL, "IKE SA import succeeded$?", IKE_HA_SYNC },
	{ NULL, "IPsec SA import succeeded$?", IKE_HA_SYNC },
	{ NULL, "Unknown IKE cookie$?", IKE_INFO, 0, 0, HEARD | IKE_F_STRAY },
	{ 0 }
};

/* Texts of the IPsec log that name no phase; only an exported record's. */
static const struct rule errors[] = {
	{ NULL, "Access group mismatch$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED, IKE_F_REFUSED_HERE | HEARD },
	{ NULL, "Authentication failed$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED },
	{ NULL, "Authentication method mismatch$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH },
	{ NULL, "Can not get policy$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED },
	{ NULL, "Can not get QM policy$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ NULL, "Encapsulation mode mismatch$?", IKE_FAILED, IKE_PHASE2, IKE_R_ENCAPSULATION_MODE_MISMATCH },
	{ NULL, "No proposal chosen$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH },
	{ NULL, "Proposal did not match policy$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE },
	{ NULL, "Remote ID mismatch$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, IKE_F_REFUSED_HERE | HEARD },
	{ NULL, "Traffic selector mismatch$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ NULL, "SPD doesn't allow connection$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE },
	{ NULL, "IKE error notify received: $detail", IKE_FAILED, 0, IKE_R_UNKNOWN, IKE_F_REFUSED_BY_PEER | HEARD },
	{ NULL, "Sending error notify: $detail", IKE_FAILED, 0, IKE_R_UNKNOWN, IKE_F_REFUSED_HERE | HEARD },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset errorset = RULESET(errors);
static struct ruleset *const sets[] = { &ruleset, &errorset, NULL };

static const char *const marks[] = { "Starting IKE main mode ",
	"Starting IKE aggressive mode ", "Starting IKE quick mode ",
	"Starting IKE v2 ", "IKE Phase-1 initiator ", "IKE Phase-1 responder ",
	"IKE Phase-2 initiator ", "IKE Phase-2 responder ",
	"IKE Phase-2 error: ", "IKE Phase-1 error: ", "IPsec SA initiator done",
	"IPsec SA responder done" };

/* CEF:0|FORCEPOINT|Firewall|6.10|..: the message is msg=, or in LEEF too. */
static bool
forcepoint_exported(const struct record *rec, struct span *text)
{
	struct span head;

	if (!mark_find(rec, "CEF:", text) && !mark_find(rec, "LEEF:", text))
		return false;
	head = (struct span){ text->p, text->len < 48 ? text->len : 48 };
	return span_has_nocase(head, "|FORCEPOINT|") ||
	    span_has_nocase(head, "|STONESOFT|");
}

/* msg= goes on up to the next name and "=". */
static bool
forcepoint_msg(struct span text, struct span *msg)
{
	struct span rest;
	size_t n = 0, k;

	if (!scan_until(&text, "msg=", NULL))
		return false;
	for (; n < text.len && text.p[n] != '\t'; n++) {
		if (text.p[n] != ' ')
			continue;
		rest = span_from(text, n + 1);
		for (k = 0; k < rest.len && k < 24; k++)
			if (rest.p[k] == ' ' || rest.p[k] == '=')
				break;
		if (k > 0 && k < rest.len && rest.p[k] == '=')
			break;
	}
	*msg = span_trim((struct span){ text.p, n });
	return true;
}

static bool
forcepoint_bare(const struct record *rec, struct span *text)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (mark_find(rec, marks[i], text))
			return true;
	return false;
}

static bool
forcepoint_recognise(const struct record *rec)
{
	struct span text;

	return forcepoint_exported(rec, &text) || forcepoint_bare(rec, &text);
}

static enum parse_result
forcepoint_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, msg, value;
	bool exported = forcepoint_exported(rec, &text);

	if (exported ? !forcepoint_msg(text, &msg)
		     : !forcepoint_bare(rec, &msg))
		return PARSE_NOT_IKE;
	if (rules_match(&ruleset, SPAN_NONE, msg, ev) == NULL &&
	    (!exported ||
		(!span_has(text, "|IPsec|") && !span_has(text, "=IPsec")) ||
		rules_match(&errorset, SPAN_NONE, msg, ev) == NULL))
		return words_in(msg, "IKE") || words_in(msg, "IPsec")
		    ? PARSE_UNKNOWN
		    : PARSE_NOT_IKE;
	if (exported && kv_get(text, "src", &value))
		mark_address(value,
		    ev->role == IKE_RESPONDER ? &ev->peer : &ev->local, NULL);
	if (exported && kv_get(text, "dst", &value))
		mark_address(value,
		    ev->role == IKE_RESPONDER ? &ev->local : &ev->peer, NULL);
	if (ev->what == IKE_FAILED &&
	    (ev->reason == IKE_REASON_NONE || ev->reason == IKE_R_UNKNOWN))
		ev->reason = cause_of(ev->detail,
		    ev->stage == IKE_PHASE2	  ? NOTIFY_PHASE2
			: ev->stage == IKE_PHASE1 ? NOTIFY_PHASE1
						  : NOTIFY_ANY);
	if (ev->peer.len == 0)
		ev->flags |= NEAR;
	return PARSE_EVENT;
}

const struct parser parser_forcepoint = {
	.name = "forcepoint",
	.recognise = forcepoint_recognise,
	.parse = forcepoint_parse,
	.rules = sets,
};
