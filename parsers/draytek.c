/*
 * DrayTek Vigor: the VPN log by syslog.
 *
 *	DrayTek: [IPSEC/IKE][L2L][1:branch][@198.51.100.7] IKE link timeout:
 *	    state linking
 *	DrayTek: Initiating IKE Main Mode to 198.51.100.7
 *	DrayTek: [L2L][UP][IPSec][@1:branch]
 *
 * The brackets in front are the device's: profile and peer. L2TP alone, PPTP
 * and SSL are other VPNs.
 */
#include "parsers/cause.h"
#include "parsers/mark.h"
#include "parsers/parser.h"
#include "parsers/words.h"

#define HEARD IKE_F_HEARD

/* clang-format off */
static const struct rule rows[] = {
	/* Initiating IKE Main Mode to 198.51.100.7 */
	{ NULL, "Initiating IKE Main Mode to $peer", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Initiating IKE Aggressive Mode to $peer", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Initiating IKEv2 SA_INIT to $peer", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW, IKE_INITIATOR, 2 },
	{ NULL, "Start IKE Quick Mode to $peer", IKE_STARTED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "Responding to Main Mode from $peer", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Responding to Aggressive Mode from $peer", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Responding to Quick Mode from $peer", IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	/* ISAKMP SA established with 198.51.100.7. In/Out Index: 12/0 */
	{ NULL, "ISAKMP SA established with $peer. $?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD },
	{ NULL, "sent MR3, ISAKMP SA established with $peer. $?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD },
	{ NULL, "IPsec SA established with $peer. $?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ NULL, "sent QI2, IPsec SA established with $peer. $?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ NULL, "ISAKMP SA $* will be replaced after $?", IKE_INFO },
	{ NULL, "IPsec SA $* will be replaced after $?", IKE_INFO },
	{ NULL, "NAT-Traversal: $?", IKE_PROGRESS, 0, 0, HEARD },
	{ NULL, "IKE ==>, Next Payload=$?", IKE_PROGRESS },
	{ NULL, "IKE <==, Next Payload=$?", IKE_PROGRESS, 0, 0, HEARD },
	{ NULL, "IKE link timeout: state linking$?", IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT },
	{ NULL, "IKE release: state linking$?", IKE_FAILED, 0, IKE_R_UNKNOWN },
	{ NULL, "err: infomational exchange message is invalid $?", IKE_INFO, 0, 0, HEARD },
	{ NULL, "err: informational exchange message is invalid $?", IKE_INFO, 0, 0, HEARD },
	{ NULL, "ignoring informational payload, type $detail", IKE_PROGRESS, 0, 0, HEARD | IKE_F_HINT | IKE_F_REFUSED_BY_PEER },
	{ NULL, "Receive notify: $detail", IKE_PROGRESS, 0, 0, HEARD | IKE_F_HINT | IKE_F_REFUSED_BY_PEER },
	{ NULL, "err: $detail", IKE_FAILED },
	{ NULL, "DPD: peer $peer is dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "no preshared key found for $peer", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING },
	{ NULL, "Accept Phase1 prorosals : $?", IKE_PROGRESS, IKE_PHASE1, 0, HEARD, 0, 1 },
	{ NULL, "Accept ESP prorosal $?", IKE_PROGRESS, IKE_QUICK_MODE, 0, HEARD, 0, 1 },
	{ NULL, "quick_inI1_outR1: match network$?", IKE_PROGRESS, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE_RELEASE VPN : $?", IKE_INFO },
	{ NULL, "DPD timeout$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ 0 }
};

/* ## IKEv2 DBG : IKESA inI1_outR1 : Create IKE SA #42, IKE SA is 0x1234 */
static const struct rule debug_rows[] = {
	{ NULL, "Recv IKEv2_SA_INIT[$*] Request msgid $n from $peer, Peer is IKEv2 Initiator$?", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 2 },
	{ NULL, "$*Received IKEv2 Notify IKEv2_$detail", IKE_PROGRESS, 0, 0, HEARD | IKE_F_HINT | IKE_F_REFUSED_BY_PEER, 0, 2 },
	{ NULL, "$*Sending IKEv2 Delete IKE SA request$?", IKE_DELETED, 0, 0, 0, 0, 2, IKE_KIND_IKE },
	{ NULL, "$*IKE SA Established, $?", IKE_ESTABLISHED, IKE_AUTH, 0, HEARD, 0, 2 },
	{ NULL, "$*CHILD SA Established, $?", IKE_CHILD_ESTABLISHED, 0, 0, HEARD, 0, 2 },
	{ NULL, "$?", IKE_INFO, 0, 0, 0, 0, 2 },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset debugset = RULESET(debug_rows);
static struct ruleset *const sets[] = { &ruleset, &debugset, NULL };

static bool
draytek_bracket(struct span *s, struct span *what)
{
	struct span t = *s;

	if (!scan_char(&t, '[') || !scan_until(&t, "]", what) || what->len > 64)
		return false;
	*s = t;
	return true;
}

/* "1:branch" and "@1:branch" are profiles, "@198.51.100.7" is the peer. */
static void
draytek_label(struct span what, struct ike_event *ev)
{
	bool at = scan_char(&what, '@');
	struct span name = what;

	if (at && span_has(what, ".")) {
		mark_address(what, &ev->peer, NULL);
		return;
	}
	if (scan_set(&name, "0123456789", NULL) && scan_char(&name, ':') &&
	    name.len > 0)
		ev->tunnel = name;
}

/* What the brackets in front amount to. */
struct draytek_head {
	bool ipsec;	    /* [IPSEC], [IPSEC/IKE], [IPSec] */
	bool remote;	    /* [L2L] or [H2L] */
	enum ike_what what; /* [UP], [Down] */
};

static void
draytek_heads(struct span *s, struct draytek_head *head, struct ike_event *ev)
{
	struct span what;

	*head = (struct draytek_head){ 0 };
	while (draytek_bracket(s, &what)) {
		if (span_starts_nocase(what, "IPsec"))
			head->ipsec = true;
		else if (span_is(what, "L2L") || span_is(what, "H2L"))
			head->remote = true;
		else if (head->remote && span_is_nocase(what, "UP"))
			head->what = IKE_CHILD_ESTABLISHED;
		else if (head->remote && span_is_nocase(what, "Down"))
			head->what = IKE_DELETED;
		else
			draytek_label(what, ev);
	}
	*s = span_trim(*s);
}

static bool
draytek_text(const struct record *rec, struct span *text)
{
	static const char *const marks[] = { "DrayTek: ", "DrayTek:\t",
		"Vigor: ", "[IPSEC/IKE]", "[IPSEC][", "[L2L][", "[H2L][" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (mark_find(rec, marks[i], text)) {
			if (text->p[0] != '[') {
				(void)scan_until(text, ":", NULL);
				*text = span_trim(*text);
			}
			return true;
		}
	return false;
}

static bool
draytek_recognise(const struct record *rec)
{
	struct span text;

	return draytek_text(rec, &text);
}

/* "NO_PROPOSAL_CHOSEN[14]": the number and what follows are no name. */
static void
draytek_hint(struct ike_event *ev)
{
	struct span name = ev->detail, rest = name;

	(void)(scan_until(&rest, "[", &name) && name.len > 0);
	if (!ike_notify_reason(name, NOTIFY_ANY, &ev->reason))
		ev->flags &= ~(unsigned)(IKE_F_HINT | IKE_F_REFUSED_BY_PEER);
}

/* A text that no row has, of the brackets that say IPsec or of IKE by name. */
static enum parse_result
draytek_other(struct span text, bool ipsec, struct ike_event *ev)
{
	bool first = span_has_nocase(text, "Phase1"),
	     second = span_has_nocase(text, "Phase2");

	if (!ipsec && !first && !second && !span_starts(text, "IKE"))
		return PARSE_NOT_IKE;
	if (cause_fails(text,
		first	     ? NOTIFY_PHASE1
		    : second ? NOTIFY_PHASE2
			     : NOTIFY_ANY,
		ev)) {
		ev->detail = text;
		return PARSE_EVENT;
	}
	return ipsec ? PARSE_UNKNOWN : PARSE_NOT_IKE;
}

static enum parse_result
draytek_parse(const struct record *rec, struct ike_event *ev)
{
	struct draytek_head head;
	struct span text;

	if (!draytek_text(rec, &text))
		return PARSE_NOT_IKE;
	draytek_heads(&text, &head, ev);
	if (head.ipsec && head.what != IKE_NOTHING) {
		ev->what = head.what;
		ev->kind = IKE_KIND_CHILD;
		return PARSE_EVENT;
	}
	(void)scan_lit(&text, "## ");
	if (rules_match(scan_lit(&text, "IKEv2 DBG : ") ? &debugset : &ruleset,
		SPAN_NONE, text, ev) == NULL)
		return draytek_other(text, head.ipsec, ev);
	if (ev->what == IKE_FAILED && ev->reason == IKE_REASON_NONE)
		ev->reason = cause_of(ev->detail, NOTIFY_ANY);
	else if ((ev->flags & IKE_F_HINT) != 0)
		draytek_hint(ev);
	return PARSE_EVENT;
}

const struct parser parser_draytek = {
	.name = "draytek",
	.recognise = draytek_recognise,
	.parse = draytek_parse,
	.rules = sets,
};
