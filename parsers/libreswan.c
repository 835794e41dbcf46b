/*
 * pluto, the IKE daemon of Libreswan (3.x to 5.x) and Openswan.
 *
 *	"branch"[2] 192.0.2.7 #5: STATE_MAIN_I3: retransmission; will wait ...
 *	packet from 192.0.2.7:500: initial Main Mode message received but ...
 *
 * #n numbers IKE and CHILD SAs in one row of numbers, so the text says which
 * of both it is; where it does not, the number stands in both keys.
 */
#include "parsers/parser.h"
#include "parsers/tag.h"
#include "parsers/words.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define HERE IKE_F_REFUSED_HERE
#define THERE IKE_F_REFUSED_BY_PEER
#define HINT IKE_F_HINT
#define HEARD IKE_F_HEARD
#define REKEY IKE_F_REKEY
#define CHILD IKE_KIND_CHILD
#define IKESA IKE_KIND_IKE

/* ---- the header ------------------------------------------------------- */

struct pluto_line {
	struct span name;   /* "branch", without its instance number */
	struct span number; /* #5 */
	struct span peer, port;
	struct span text;
	bool sure; /* has a mark of pluto, not only its words */
};

static bool
libreswan_tag(struct span word)
{
	return tag_is(word, "pluto") || tag_is(word, "ipsec__plutorun") ||
	    tag_is(word, "ipsec_plutorun");
}

static bool
libreswan_at_tag(struct span *s, void *arg)
{
	struct span t = *s, word;

	(void)arg;
	if (!scan_word(&t, &word) || !libreswan_tag(word))
		return false;
	*s = t;
	return true;
}

/* pluto's text: what follows its tag, or the record's message. */
static struct span
libreswan_text(const struct record *rec, bool *sure)
{
	struct span text = rec->message;

	*sure = libreswan_tag(rec->app) ||
	    tag_find(rec, libreswan_at_tag, NULL, &text);
	return span_trim(text);
}

/* "15:30:40.865668:" */
static bool
libreswan_clock(struct span s)
{
	int n;

	return scan_digits(&s, 2, &n) && scan_char(&s, ':') &&
	    scan_digits(&s, 2, &n) && scan_char(&s, ':') &&
	    scan_digits(&s, 2, &n) && scan_char(&s, '.') && span_ends(s, ":");
}

/* "Nov 20 15:30:40.865668: ", from pluto's own log file. */
static void
libreswan_stamp(struct span *s)
{
	struct span t = *s, word;

	for (int n = 0; n < 3; n++) {
		scan_skip_blanks(&t);
		if (!scan_word(&t, &word) || word.p[0] == '"')
			return;
		if (libreswan_clock(word)) {
			scan_skip_blanks(&t);
			*s = t;
			return;
		}
	}
}

/*
 * What whack prints in front: 'NNN "branch" #5: text', 'NNN packet from ..';
 * and "ERROR: " in front of the name.
 */
static void
libreswan_whack(struct pluto_line *line)
{
	struct span s = line->text, word = SPAN_NONE;

	scan_lit(&s, "> ");
	if (scan_set(&s, "0123456789", &word) &&
	    (word.len != 3 || !scan_blanks(&s)))
		return;
	scan_lit(&s, "ERROR: ");
	if (!span_starts(s, "\"") && !span_starts(s, "packet from "))
		return;
	line->text = s;
	/* 000 is what it prints of its status. */
	if (word.len == 3 && !span_is(word, "000"))
		line->sure = true;
}

/* What people put where an address was, or a name: "x.x.x.x", "%fromcert" */
static bool
libreswan_masked(struct span *s, struct span *word)
{
	struct span t = *s;

	if (!scan_word(&t, word) || word->len > 64 ||
	    memchr(word->p, '"', word->len) != NULL)
		return false;
	if (word->p[word->len - 1] == ':') {
		word->len--;
		t = (struct span){ t.p - 1, t.len + 1 };
	}
	*s = t;
	return word->len > 0 && t.len > 0;
}

/* "branch"[2] 192.0.2.7 #5: or "branch": */
static bool
libreswan_conn(struct pluto_line *line)
{
	struct span s = line->text, name, word;

	if (!scan_char(&s, '"') || !scan_until(&s, "\"", &name))
		return false;
	while (scan_char(&s, '['))
		if (!scan_until(&s, "]", NULL))
			return false;
	while (!scan_char(&s, ':')) {
		if (!scan_blanks(&s) && s.len > 0 && s.p[0] != '.')
			return false;
		if (scan_char(&s, '#')) {
			if (!scan_set(&s, "0123456789", &line->number))
				return false;
			continue;
		}
		if (!scan_set(&s, "0123456789abcdefABCDEF.:", &word) &&
		    !libreswan_masked(&s, &word))
			return false;
		/* Of an opportunistic connection: "...192.0.2.7" */
		if (span_starts(word, "..."))
			word = span_from(word, 3);
		/* The colon that ends the header is no part of the address. */
		if (word.len > 0 && word.p[word.len - 1] == ':') {
			word.len--;
			s = (struct span){ s.p - 1, s.len + 1 };
		}
		if (!rules_address(word, &line->peer, NULL))
			line->peer = SPAN_NONE;
	}
	line->name = name;
	scan_skip_blanks(&s);
	line->text = s;
	return true;
}

/* packet from 192.0.2.7:500: text */
static bool
libreswan_packet(struct pluto_line *line)
{
	struct span s = line->text, from;

	if (!scan_lit_nocase(&s, "packet") || !scan_blanks(&s) ||
	    !scan_lit_nocase(&s, "from") || !scan_blanks(&s) ||
	    !scan_until(&s, ": ", &from))
		return false;
	/* 5.x puts the transport between: 192.0.2.7:UDP/500 */
	for (size_t i = 0; i + 5 < from.len; i++)
		if (memcmp(from.p + i, ":UDP/", 5) == 0 ||
		    memcmp(from.p + i, ":TCP/", 5) == 0)
			from.len = i;
	if (!rules_address(from, &line->peer, &line->port))
		return false;
	line->text = s;
	return true;
}

static bool
libreswan_header(const struct record *rec, struct pluto_line *line)
{
	*line = (struct pluto_line){ 0 };
	line->text = libreswan_text(rec, &line->sure);
	if (!line->sure)
		libreswan_stamp(&line->text);
	libreswan_whack(line);
	if (libreswan_conn(line))
		return line->sure || line->number.len > 0;
	return libreswan_packet(line) || line->sure;
}

/* ---- states and notifies ----------------------------------------------- */

/* The names without STATE_ and V2_; the first that a state begins with. */
static const struct pluto_state {
	const char *name;
	enum ike_stage stage;
	enum ike_role role;
	enum ike_kind kind;
	int version;
	bool up;
} states[] = {
	{ "PARENT_I0", IKE_SA_INIT, IKE_INITIATOR, IKESA, 2 },
	{ "PARENT_I1", IKE_SA_INIT, IKE_INITIATOR, IKESA, 2 },
	{ "PARENT_I2", IKE_AUTH, IKE_INITIATOR, IKESA, 2 },
	{ "PARENT_R0", IKE_SA_INIT, IKE_RESPONDER, IKESA, 2 },
	{ "PARENT_R1", IKE_AUTH, IKE_RESPONDER, IKESA, 2 },
	{ "PARENT_", IKE_STAGE_NONE, IKE_ROLE_NONE, IKESA, 2, true },
	{ "IKE_SA_INIT_I", IKE_SA_INIT, IKE_INITIATOR, IKESA, 2 },
	{ "IKE_SA_INIT_R", IKE_SA_INIT, IKE_RESPONDER, IKESA, 2 },
	{ "IKE_INTERMEDIATE_I", IKE_INTERMEDIATE, IKE_INITIATOR, IKESA, 2 },
	{ "IKE_INTERMEDIATE_R", IKE_INTERMEDIATE, IKE_RESPONDER, IKESA, 2 },
	{ "IKE_AUTH_I", IKE_AUTH, IKE_INITIATOR, IKESA, 2 },
	{ "IKE_AUTH_R", IKE_AUTH, IKE_RESPONDER, IKESA, 2 },
	{ "IKE_AUTH_CHILD_I", IKE_AUTH, IKE_INITIATOR, CHILD, 2 },
	{ "IKE_AUTH_CHILD_R", IKE_AUTH, IKE_RESPONDER, CHILD, 2 },
	{ "ESTABLISHED_IKE_SA", 0, 0, IKESA, 2, true },
	{ "ESTABLISHED_CHILD_SA", 0, 0, CHILD, 2, true },
	{ "established IKE SA", 0, 0, IKESA, 2, true },
	{ "sent IKE_SA_INIT request", IKE_SA_INIT, IKE_INITIATOR, IKESA, 2 },
	{ "sent IKE_SA_INIT", IKE_AUTH, IKE_RESPONDER, IKESA, 2 },
	{ "sent IKE_INTERMEDIATE request", IKE_INTERMEDIATE, IKE_INITIATOR,
	    IKESA, 2 },
	{ "sent IKE_INTERMEDIATE", IKE_AUTH, IKE_RESPONDER, IKESA, 2 },
	{ "sent IKE_AUTH request", IKE_AUTH, IKE_INITIATOR, IKESA, 2 },
	{ "established CHILD SA", 0, 0, CHILD, 2, true },
	{ "NEW_CHILD_I", IKE_CREATE_CHILD_SA, IKE_INITIATOR, CHILD, 2 },
	{ "NEW_CHILD_R", IKE_CREATE_CHILD_SA, IKE_RESPONDER, CHILD, 2 },
	{ "REKEY_CHILD_I", IKE_CREATE_CHILD_SA, IKE_INITIATOR, CHILD, 2 },
	{ "REKEY_CHILD_R", IKE_CREATE_CHILD_SA, IKE_RESPONDER, CHILD, 2 },
	{ "REKEY_IKE_I", IKE_CREATE_CHILD_SA, IKE_INITIATOR, IKESA, 2 },
	{ "REKEY_IKE_R", IKE_CREATE_CHILD_SA, IKE_RESPONDER, IKESA, 2 },
	{ "IPSEC_", 0, 0, CHILD, 2, true },
	{ "MAIN_I4", 0, 0, IKESA, 1, true },
	{ "MAIN_R3", 0, 0, IKESA, 1, true },
	{ "MAIN_I", IKE_MAIN_MODE, IKE_INITIATOR, IKESA, 1 },
	{ "MAIN_R", IKE_MAIN_MODE, IKE_RESPONDER, IKESA, 1 },
	{ "AGGR_I2", 0, 0, IKESA, 1, true },
	{ "AGGR_R2", 0, 0, IKESA, 1, true },
	{ "AGGR_I", IKE_AGGRESSIVE_MODE, IKE_INITIATOR, IKESA, 1 },
	{ "AGGR_R", IKE_AGGRESSIVE_MODE, IKE_RESPONDER, IKESA, 1 },
	{ "QUICK_I2", 0, 0, CHILD, 1, true },
	{ "QUICK_R2", 0, 0, CHILD, 1, true },
	{ "QUICK_I", IKE_QUICK_MODE, IKE_INITIATOR, CHILD, 1 },
	{ "QUICK_R", IKE_QUICK_MODE, IKE_RESPONDER, CHILD, 1 },
	{ "XAUTH_", IKE_XAUTH, 0, IKESA, 1 },
	{ "MODE_CFG_", IKE_MODE_CONFIG, 0, IKESA, 1 },
};

static const struct pluto_state *
libreswan_state(struct span name)
{
	scan_lit_nocase(&name, "STATE_");
	scan_lit_nocase(&name, "V2_");
	for (size_t i = 0; i < COUNT(states); i++)
		if (span_starts_nocase(name, states[i].name))
			return &states[i];
	return NULL;
}

static void
libreswan_at(const struct pluto_state *state, struct ike_event *ev)
{
	ev->stage = state->stage;
	ev->role = state->role;
	ev->kind = state->kind;
	ev->ike_version = state->version;
}

static const struct pluto_notify {
	const char *name;
	enum ike_reason ike, child;
	ike_reasons suspects;
} notifies[] = {
	{ "NO_PROPOSAL_CHOSEN", IKE_R_IKE_PROPOSAL_MISMATCH,
	    IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "AUTHENTICATION_FAILED", IKE_R_AUTHENTICATION_FAILED,
	    IKE_R_AUTHENTICATION_FAILED },
	{ "TS_UNACCEPTABLE", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "INVALID_ID_INFORMATION", IKE_R_PEER_ID_MISMATCH,
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "INVALID_KE_PAYLOAD", IKE_R_DH_GROUP_MISMATCH, IKE_R_PFS_MISMATCH },
	{ "INTERNAL_ADDRESS_FAILURE", IKE_R_ADDRESS_ASSIGNMENT_FAILED,
	    IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ "FAILED_CP_REQUIRED", IKE_R_ADDRESS_ASSIGNMENT_FAILED,
	    IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ "SINGLE_PAIR_REQUIRED", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "NO_ADDITIONAL_SAS", IKE_R_LIMIT_REACHED, IKE_R_LIMIT_REACHED },
	{ "INVALID_SYNTAX", IKE_R_MALFORMED_MESSAGE, IKE_R_MALFORMED_MESSAGE },
	{ "PAYLOAD_MALFORMED", IKE_R_MALFORMED_MESSAGE, IKE_R_MALFORMED_MESSAGE,
	    IKE_BIT(IKE_R_PSK_MISMATCH) },
	{ "INVALID_HASH_INFORMATION", IKE_R_PSK_MISMATCH,
	    IKE_R_DECRYPTION_FAILED },
	{ "INVALID_SIGNATURE", IKE_R_SIGNATURE_INVALID,
	    IKE_R_SIGNATURE_INVALID },
	{ "INVALID_CERT_AUTHORITY", IKE_R_CERTIFICATE_UNTRUSTED,
	    IKE_R_CERTIFICATE_UNTRUSTED },
	{ "INVALID_CERTIFICATE", IKE_R_CERTIFICATE_INVALID,
	    IKE_R_CERTIFICATE_INVALID },
	{ "INVALID_MAJOR_VERSION", IKE_R_IKE_VERSION_MISMATCH,
	    IKE_R_IKE_VERSION_MISMATCH },
	{ "INVALID_IKE_SPI", IKE_R_INVALID_SPI, IKE_R_INVALID_SPI },
	{ "INVALID_MESSAGE_ID", IKE_R_INVALID_MESSAGE_ID,
	    IKE_R_INVALID_MESSAGE_ID },
	{ "UNSUPPORTED_CRITICAL_PAYLOAD", IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD,
	    IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD },
	{ "TEMPORARY_FAILURE", IKE_R_REKEY_FAILED, IKE_R_REKEY_FAILED },
	{ "CHILD_SA_NOT_FOUND", IKE_R_REKEY_FAILED, IKE_R_REKEY_FAILED },
};

/* A notify's name at the front, with or without the v2N_ of 3.x. */
static const struct pluto_notify *
libreswan_notify(struct span s)
{
	scan_lit(&s, "v2N_");
	for (size_t i = 0; i < COUNT(notifies); i++)
		if (span_starts(s, notifies[i].name))
			return &notifies[i];
	return NULL;
}

/* clang-format off */
/*
 * Lines that name a notify, taken as $detail: it says why. It never stands
 * where a peer's own text could.
 */
static const struct rule noted[] = {
	/* Not authenticated, so pluto goes on and times out later. */
	{ NULL, "dropping unexpected IKE_SA_INIT message containing $detail "
	    "notification$?", IKE_PROGRESS, IKE_SA_INIT, 0,
	    HINT | THERE | HEARD, IKE_INITIATOR },
	{ NULL, "ignoring unexpected IKE_SA_INIT message containing $detail "
	    "notification$?", IKE_PROGRESS, IKE_SA_INIT, 0,
	    HINT | THERE | HEARD, IKE_INITIATOR },
	{ NULL, "ignoring IKE_SA_INIT response $* containing $detail "
	    "notification$?", IKE_PROGRESS, IKE_SA_INIT, 0,
	    HINT | THERE | HEARD, IKE_INITIATOR },
	{ NULL, "dropping unexpected IKE_AUTH message containing $detail "
	    "notification$?", IKE_PROGRESS, IKE_AUTH, 0,
	    HINT | THERE | HEARD, IKE_INITIATOR },
	{ NULL, "unexpected IKE_SA_INIT message containing $detail "
	    "notification$?", IKE_PROGRESS, IKE_SA_INIT, 0,
	    HINT | THERE | HEARD, IKE_INITIATOR },
	{ NULL, "unexpected IKE_AUTH message containing $detail "
	    "notification$?", IKE_PROGRESS, IKE_AUTH, 0,
	    HINT | THERE | HEARD, IKE_INITIATOR },
	{ NULL, "dropping unexpected ISAKMP_v2_$*INIT message containing "
	    "$detail notification$?", IKE_PROGRESS, IKE_SA_INIT, 0,
	    HINT | THERE | HEARD, IKE_INITIATOR },
	{ NULL, "dropping unexpected ISAKMP_v2_$*AUTH message containing "
	    "$detail notification$?", IKE_PROGRESS, IKE_AUTH, 0,
	    HINT | THERE | HEARD, IKE_INITIATOR },
	{ NULL, "received unauthenticated $detail - ignored",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HINT | THERE | HEARD,
	    IKE_INITIATOR },
	/* IKEv1: "ignored", yet the peer has refused for good. */
	{ NULL, "ignoring informational payload $detail, msgid=$*",
	    IKE_FAILED, 0, 0, THERE | HEARD, 0, 1 },
	{ NULL, "received and ignored notification payload: $detail",
	    IKE_FAILED, 0, 0, THERE | HEARD, 0, 1 },
	{ NULL, "IKE SA authentication request rejected by peer: $detail",
	    IKE_FAILED, IKE_AUTH, 0, THERE, IKE_INITIATOR },
	{ NULL, "IKE_AUTH response rejected Child SA with $detail",
	    IKE_FAILED, IKE_AUTH, 0, THERE, IKE_INITIATOR, 0, CHILD },
	{ NULL, "CREATE_CHILD_SA failed with error notification $detail",
	    IKE_FAILED, IKE_CREATE_CHILD_SA, 0, THERE, IKE_INITIATOR },
	{ NULL, "CREATE_CHILD_SA request failed, responder SA processing "
	    "returned $detail", IKE_FAILED, IKE_CREATE_CHILD_SA, 0, HERE,
	    IKE_RESPONDER },
	{ NULL, "CREATE_CHILD_SA responder matching remote ESP/AH proposals "
	    "failed, responder SA processing returned $detail",
	    IKE_FAILED, IKE_CREATE_CHILD_SA, 0, HERE, IKE_RESPONDER },
	{ NULL, "IKE_AUTH responder matching remote ESP/AH proposals failed, "
	    "responder SA processing returned $detail",
	    IKE_FAILED, IKE_AUTH, 0, HERE, IKE_RESPONDER, 0, CHILD },
	{ 0 }
};
/* clang-format on */
static struct ruleset noted_rules = RULESET(noted);

/* The first word of the text that is a notify with a reason. */
static const struct pluto_notify *
libreswan_behind(struct span s)
{
	const struct pluto_notify *n = NULL;
	struct span word;

	while (n == NULL && scan_word(&s, &word)) {
		n = libreswan_notify(word);
		scan_skip_blanks(&s);
	}
	return n;
}

/*
 * Which phase an IKEv1 notify is about, the line does not say: the tracker
 * knows how far the negotiation is.
 */
static enum ike_reason
libreswan_reason(const struct pluto_notify *n, const struct ike_event *ev)
{
	if (n == NULL)
		return IKE_R_UNKNOWN;
	if (ev->kind == CHILD || ike_stage_kind(ev->stage) == CHILD)
		return n->child;
	/* The IKE SA's proposal was chosen before. */
	if (ev->stage == IKE_AUTH && n->ike == IKE_R_IKE_PROPOSAL_MISMATCH)
		return n->child;
	if (ev->stage == IKE_STAGE_NONE &&
	    n->ike == IKE_R_IKE_PROPOSAL_MISMATCH)
		return IKE_R_PROPOSAL_MISMATCH;
	return n->ike;
}

static bool
libreswan_noted(struct span text, struct ike_event *ev)
{
	struct ike_event was = *ev;
	const struct pluto_notify *n;

	if (rules_match(&noted_rules, SPAN_NONE, text, ev) == NULL)
		return false;
	n = libreswan_behind(ev->detail);
	/*
	 * INITIAL_CONTACT and the like are no refusals; and after
	 * INVALID_KE_PAYLOAD another group is tried.
	 */
	if ((n == NULL &&
		(ev->what != IKE_FAILED || ev->stage == IKE_STAGE_NONE)) ||
	    (n != NULL && ev->stage == IKE_SA_INIT &&
		n->ike == IKE_R_DH_GROUP_MISMATCH)) {
		*ev = was;
		return false;
	}
	ev->reason = libreswan_reason(n, ev);
	ev->suspects = n == NULL ? 0 : n->suspects;
	ev->detail = SPAN_NONE;
	return true;
}

/* ---- lines that begin with a state ------------------------------------- */

/*
 * Time ran out. Of an SA that is up it is the end of the peer; a responder
 * had heard the peer before.
 */
static void
libreswan_timeout(const struct pluto_state *state, struct ike_event *ev)
{
	if (state == NULL)
		return;
	libreswan_at(state, ev);
	if (state->role == IKE_RESPONDER && ev->reason == IKE_R_NO_RESPONSE)
		ev->reason = IKE_R_NEGOTIATION_TIMEOUT;
	if (!state->up)
		return;
	ev->what = IKE_PEER_DEAD;
	ev->reason = IKE_R_PEER_DEAD;
}

/* clang-format off */
static const struct rule given_up[] = {
	/* max number of retransmissions (8) reached STATE_MAIN_I1.  No response
	 * (or no acceptable response) to our first IKEv1 message */
	{ NULL, "max number of retransmissions ($n) reached $detail. Possible "
	    "authentication failure: $*", IKE_FAILED, 0, IKE_R_PSK_MISMATCH },
	{ NULL, "max number of retransmissions ($n) reached $detail. No "
	    "acceptable response to our first Quick Mode message: $*",
	    IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ NULL, "max number of retransmissions ($n) reached $detail.$?",
	    IKE_FAILED, 0, IKE_R_NO_RESPONSE },
	{ 0 }
};
/* clang-format on */
static struct ruleset given_up_rules = RULESET(given_up);

static bool
libreswan_given_up(struct span text, struct ike_event *ev)
{
	if (rules_match(&given_up_rules, SPAN_NONE, text, ev) == NULL)
		return false;
	libreswan_timeout(libreswan_state(ev->detail), ev);
	ev->detail = SPAN_NONE;
	return true;
}

/* The state at the front, eaten with its colon; NULL where there is none. */
static const struct pluto_state *
libreswan_front(struct span *text)
{
	const struct pluto_state *state;
	struct span s = *text, word;

	if (!scan_set(&s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", &word) ||
	    !scan_lit(&s, ": ") || (state = libreswan_state(word)) == NULL)
		return NULL;
	scan_skip_blanks(&s);
	*text = s;
	return state;
}

/* clang-format off */
static const struct rule in_state[] = {
	/* STATE_V2_PARENT_I1: 8 second timeout exceeded after 4 retransmits.
	 * No response (or no acceptable response) to our first IKEv2 message */
	{ NULL, "$n second timeout exceeded after $n retransmits. Possible "
	    "authentication failure: $*", IKE_FAILED, 0, IKE_R_PSK_MISMATCH },
	{ NULL, "$n second timeout exceeded after $n retransmits. No "
	    "acceptable response to our first Quick Mode message: $*",
	    IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ NULL, "$n second timeout exceeded after $n retransmits$?",
	    IKE_FAILED, 0, IKE_R_NO_RESPONSE },
	/* STATE_MAIN_I3: retransmission; will wait 0.5 seconds for response */
	{ NULL, "retransmission; will wait $* for response", IKE_RETRANSMIT },
	/* STATE_QUICK_I2: sent QI2, IPsec SA established tunnel mode
	 * {ESP=>0x86c232ec <0x0935486d xfrm=...} */
	{ NULL, "$*IPsec SA established $*{$*=>$out <$in $*",
	    IKE_CHILD_ESTABLISHED },
	{ NULL, "$*IPsec SA established {$*=>$out <$in}",
	    IKE_CHILD_ESTABLISHED },
	{ NULL, "$*IPsec SA established", IKE_CHILD_ESTABLISHED },
	{ NULL, "$*ISAKMP SA established$?", IKE_ESTABLISHED },
	{ NULL, "$*IKE SA established$?", IKE_ESTABLISHED },
	{ NULL, "$*PARENT SA established$?", IKE_ESTABLISHED },
	{ NULL, "received $*, sent $*", IKE_PROGRESS, 0, 0, HEARD },
	{ NULL, "sent $*", IKE_PROGRESS },
	{ NULL, "initiate", IKE_STARTED },
	{ 0 }
};
/* clang-format on */

static struct ruleset in_state_rules = RULESET(in_state);

static bool
libreswan_in_state(struct span text, struct ike_event *ev)
{
	const struct pluto_state *state = libreswan_front(&text);

	if (state == NULL)
		return false;
	if (libreswan_noted(text, ev))
		return true;
	if (rules_match(&in_state_rules, SPAN_NONE, text, ev) == NULL)
		return false;
	if (ev->what == IKE_FAILED)
		libreswan_timeout(state, ev);
	else
		libreswan_at(state, ev);
	return true;
}

/* ---- lines that end with a state, or carry it -------------------------- */

/* clang-format off */
static const struct rule ended[] = {
	/* deleting state (STATE_MAIN_I4) aged 2.18s and sending notification */
	{ NULL, "deleting state ($detail)$?", IKE_DELETED },
	{ NULL, "deleting other state #$conn ($detail)$?", IKE_DELETED },
	{ NULL, "deleting IKE SA ($detail)$?", IKE_DELETED },
	{ NULL, "deleting ISAKMP SA ($detail)$?", IKE_DELETED },
	{ NULL, "deleting IPsec SA ($detail)$?", IKE_DELETED },
	{ NULL, "deleting Child SA ($detail)$?", IKE_DELETED },
	{ NULL, "encountered fatal error in state $detail",
	    IKE_FAILED, 0, IKE_R_UNKNOWN },
	{ NULL, "state transition function for $detail had internal error",
	    IKE_FAILED, 0, IKE_R_UNKNOWN },
	{ NULL, "state transition function for $detail failed: $*",
	    IKE_FAILED, 0, IKE_R_UNKNOWN },
	{ 0 }
};
/* clang-format on */
static struct ruleset ended_rules = RULESET(ended);

/* What ends is of the kind its state is of. */
static bool
libreswan_ended(struct span text, struct ike_event *ev)
{
	struct ike_event was = *ev;
	const struct pluto_state *state;

	if (rules_match(&ended_rules, SPAN_NONE, text, ev) == NULL)
		return false;
	if ((state = libreswan_state(ev->detail)) == NULL) {
		*ev = was;
		return false;
	}
	ev->detail = SPAN_NONE;
	libreswan_at(state, ev);
	if (state->kind == CHILD) {
		ev->key[IKE_KEY_CHILD] = ev->key[IKE_KEY_CONN];
		ev->key[IKE_KEY_CONN] = SPAN_NONE;
	}
	if (ev->what == IKE_DELETED) {
		ev->stage = IKE_STAGE_NONE;
		if (state->kind == IKESA)
			ev->flags |= IKE_F_WHOLE;
	} else if (state->stage == IKE_SA_INIT && state->role == IKE_RESPONDER)
		/* In its first state the cause always stood before. */
		ev->what = IKE_INFO;
	return true;
}

/* ---- NSS: the certificate was refused, and why -------------------------- */

static const struct {
	const char *code;
	enum ike_reason reason;
} nss_errors[] = {
	{ "EXPIRED_", IKE_R_CERTIFICATE_EXPIRED },
	{ "REVOKED_", IKE_R_CERTIFICATE_REVOKED },
	{ "UNKNOWN_ISSUER", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "UNTRUSTED_", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "CA_CERT_INVALID", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "CRL_", IKE_R_REVOCATION_UNAVAILABLE },
	{ "OCSP_", IKE_R_REVOCATION_UNAVAILABLE },
	{ "BAD_SIGNATURE", IKE_R_SIGNATURE_INVALID },
};

/*
 * NSS: ERROR: IPsec certificate CN=east invalid: SEC_ERROR_UNKNOWN_ISSUER: ...
 * The subject is the peer's text: the last code is the true one.
 */
static bool
libreswan_nss(struct span text, struct ike_event *ev)
{
	struct span s = text, code = SPAN_NONE;

	if (!scan_lit_nocase(&s, "NSS: ERROR:"))
		return false;
	while (words_until(&s, "invalid: SEC_ERROR_", NULL))
		code = s;
	if (code.len == 0)
		return false;
	ev->what = IKE_FAILED;
	ev->reason = IKE_R_CERTIFICATE_INVALID;
	ev->kind = IKESA;
	ev->flags |= HERE;
	for (size_t i = 0; i < COUNT(nss_errors); i++)
		if (span_starts(code, nss_errors[i].code)) {
			ev->reason = nss_errors[i].reason;
			break;
		}
	return true;
}

/* ---- the rest: one line of log, one row --------------------------------- */

/* clang-format off */
static const struct rule rows[] = {
	/* IKEv2 begins. */
	{ NULL, "initiating IKEv2 connection",
	    IKE_STARTED, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "initiating IKEv2 connection to replace $* #$n",
	    IKE_STARTED, IKE_SA_INIT, 0, REKEY, IKE_INITIATOR },
	{ NULL, "initiating IKEv2 connection to $peer using $word",
	    IKE_STARTED, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "initiating IKEv2 connection to $peer",
	    IKE_STARTED, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "initiating v2 parent SA$?",
	    IKE_STARTED, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "sent IKE_SA_INIT request to $peer:UDP/$n",
	    IKE_PROGRESS, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "sent IKE_SA_INIT request to $peer:TCP/$n",
	    IKE_PROGRESS, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "sent IKE_SA_INIT request to $peer",
	    IKE_PROGRESS, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "sent IKE_SA_INIT request",
	    IKE_PROGRESS, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "processed IKE_SA_INIT response from $peer:UDP/$n {$*}, "
	    "initiating IKE_AUTH",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "processed IKE_SA_INIT response from $peer:TCP/$n {$*}, "
	    "initiating IKE_AUTH",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "sent IKE_AUTH request$?",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "processing IKE_SA_INIT request: $*",
	    IKE_STARTED, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "processing IKE_SA_INIT request from $peer:UDP/$n $*",
	    IKE_STARTED, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	/* proposal 1:IKE=AES_CBC_256-... chosen from remote proposals 1:IKE:... */
	{ NULL, "proposal $*:IKE=$* SPI=$hex chosen from remote proposals "
	    "$peer_proposal",
	    IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, HEARD | REKEY, 0, 2, IKESA },
	{ NULL, "proposal $*:IKE=$agreed_proposal chosen from remote proposals "
	    "$peer_proposal",
	    IKE_STARTED, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "proposal $*:ESP=$agreed_proposal chosen from remote proposals "
	    "$peer_proposal", IKE_PROGRESS, 0, 0, HEARD, 0, 2, CHILD },
	{ NULL, "proposal $*:IKE:$agreed_proposal chosen from remote proposals "
	    "$peer_proposal",
	    IKE_STARTED, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "proposal $*:ESP:$agreed_proposal chosen from remote proposals "
	    "$peer_proposal", IKE_PROGRESS, 0, 0, HEARD, 0, 2, CHILD },
	{ NULL, "proposal $*:IKE:$agreed_proposal chosen from: $peer_proposal",
	    IKE_STARTED, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "proposal $*:ESP:$agreed_proposal chosen from: $peer_proposal",
	    IKE_PROGRESS, 0, 0, HEARD, 0, 2, CHILD },
	{ NULL, "$* IKE proposals for initial responder: $own_proposal",
	    IKE_INFO, 0, 0, 0, 0, 2 },
	{ NULL, "constructed local IKE proposals for $* ($*): $own_proposal",
	    IKE_INFO, 0, 0, 0, 0, 2 },
	{ NULL, "constructed local $* proposals for $*", IKE_INFO },
	{ NULL, "sent IKE_SA_INIT (or IKE_INTERMEDIATE) $word {$*}",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "sent IKE_SA_INIT reply$?",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "sent IKE_SA_INIT response to $peer:UDP/$?",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "processing decrypted IKE_AUTH request: $*",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER },
	{ NULL, "processing decrypted IKE_AUTH response: $*",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "processing decrypted IKE_AUTH request from $peer:UDP/$n "
	    "containing $*", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER },
	{ NULL, "processing decrypted IKE_AUTH response from $peer:UDP/$n "
	    "containing $*", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "processing decrypted $word $word from $peer:UDP/$n $*",
	    IKE_INFO, 0, 0, HEARD },
	{ NULL, "received IKE_AUTH request fragment $*",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER },
	{ NULL, "received IKE_AUTH response fragment $*",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "processing IKE_AUTH request from $peer:UDP/$n containing $*",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER },
	{ NULL, "processing IKE_AUTH response from $peer:UDP/$n containing $*",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "Received unauthenticated INVALID_KE_PAYLOAD response to $*; "
	    "resending with suggested $peer_dh",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_INITIATOR },
	{ NULL, "Discarding unauthenticated INVALID_KE_PAYLOAD response to "
	    "$own_dh; suggested $peer_dh is not acceptable",
	    IKE_PROGRESS, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, HINT | THERE,
	    IKE_INITIATOR },
	{ NULL, "initiator guessed wrong keying material group ($peer_dh); "
	    "responding with INVALID_KE_PAYLOAD requesting $own_dh",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },

	/* IKEv2 is up. The address is the peer's identity, authenticated. */
	{ NULL, "initiator established IKE SA; authenticated peer using $word "
	    "and ID_IPV4_ADDR '$peer'",
	    IKE_ESTABLISHED, 0, 0, 0, IKE_INITIATOR, 2, IKESA },
	{ NULL, "initiator established IKE SA; authenticated peer using $word "
	    "and IPV4_ADDR '$peer'",
	    IKE_ESTABLISHED, 0, 0, 0, IKE_INITIATOR, 2, IKESA },
	{ NULL, "responder established IKE SA; authenticated peer using $word "
	    "and ID_IPV4_ADDR '$peer'",
	    IKE_ESTABLISHED, 0, 0, 0, IKE_RESPONDER, 2, IKESA },
	{ NULL, "responder established IKE SA; authenticated peer using $word "
	    "and IPV4_ADDR '$peer'",
	    IKE_ESTABLISHED, 0, 0, 0, IKE_RESPONDER, 2, IKESA },
	{ NULL, "initiator established IKE SA$?",
	    IKE_ESTABLISHED, 0, 0, 0, IKE_INITIATOR, 2, IKESA },
	{ NULL, "responder established IKE SA$?",
	    IKE_ESTABLISHED, 0, 0, 0, IKE_RESPONDER, 2, IKESA },
	{ NULL, "initiator established Child SA using #$conn; $*{$*=>$out <$in "
	    "$*", IKE_CHILD_ESTABLISHED, 0, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "responder established Child SA using #$conn; $*{$*=>$out <$in "
	    "$*", IKE_CHILD_ESTABLISHED, 0, 0, 0, IKE_RESPONDER, 2 },
	{ NULL, "negotiated connection $*", IKE_INFO },
	{ NULL, "initiator rekeyed Child SA #$n using #$conn; $*{$*=>$out "
	    "<$in $*", IKE_REKEYED, IKE_CREATE_CHILD_SA, 0, REKEY,
	    IKE_INITIATOR, 0, CHILD },
	{ NULL, "responder rekeyed Child SA #$n using #$conn; $*{$*=>$out "
	    "<$in $*", IKE_REKEYED, IKE_CREATE_CHILD_SA, 0, REKEY,
	    IKE_RESPONDER, 0, CHILD },
	/* rekeyed #108 STATE_V2_REKEY_IKE_I and expire it remaining life 608s */
	{ NULL, "rekeyed #$n STATE_V2_REKEY_IKE_I $*",
	    IKE_REKEYED, IKE_CREATE_CHILD_SA, 0, REKEY, IKE_INITIATOR, 0,
	    IKESA },
	{ NULL, "rekeyed #$n STATE_V2_REKEY_CHILD_I $*",
	    IKE_REKEYED, IKE_CREATE_CHILD_SA, 0, REKEY, IKE_INITIATOR, 0,
	    CHILD },
	{ NULL, "initiate rekey of IKEv2 CREATE_CHILD_SA $*", IKE_INFO },
	{ NULL, "initiator rekeyed IKE SA #$n {$*}",
	    IKE_REKEYED, IKE_CREATE_CHILD_SA, 0, REKEY, IKE_INITIATOR, 0,
	    IKESA },
	{ NULL, "responder rekeyed IKE SA #$n {$*}",
	    IKE_REKEYED, IKE_CREATE_CHILD_SA, 0, REKEY, IKE_RESPONDER, 0,
	    IKESA },
	{ NULL, "initiating rekey to replace Child SA #$n using IKE SA #$conn",
	    IKE_STARTED, IKE_CREATE_CHILD_SA, 0, REKEY, IKE_INITIATOR },
	{ NULL, "initiating rekey to replace Child SA #$n",
	    IKE_STARTED, IKE_CREATE_CHILD_SA, 0, REKEY, IKE_INITIATOR },
	{ NULL, "initiating rekey to replace IKE SA #$?",
	    IKE_STARTED, IKE_CREATE_CHILD_SA, 0, REKEY, IKE_INITIATOR, 0,
	    IKESA },
	{ NULL, "initiating Child SA using IKE SA #$conn",
	    IKE_STARTED, IKE_CREATE_CHILD_SA, 0, 0, IKE_INITIATOR },
	{ NULL, "sent CREATE_CHILD_SA request to rekey IKE SA$?",
	    IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, REKEY, IKE_INITIATOR, 0,
	    IKESA },
	{ NULL, "sent CREATE_CHILD_SA request $?",
	    IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, 0, IKE_INITIATOR },

	/* IKEv1 begins, and is up. */
	{ NULL, "initiating IKEv1 Main Mode connection$?",
	    IKE_STARTED, IKE_MAIN_MODE, 0, 0, IKE_INITIATOR },
	{ NULL, "initiating Main Mode$?",
	    IKE_STARTED, IKE_MAIN_MODE, 0, 0, IKE_INITIATOR },
	{ NULL, "initiating IKEv1 Aggressive Mode connection$?",
	    IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, 0, IKE_INITIATOR },
	{ NULL, "initiating Aggressive Mode$?",
	    IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, 0, IKE_INITIATOR },
	{ NULL, "responding to Main Mode",
	    IKE_STARTED, IKE_MAIN_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "responding to Main Mode from unknown peer $peer on port $n",
	    IKE_STARTED, IKE_MAIN_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "responding to Main Mode from unknown peer $peer:UDP/$n",
	    IKE_STARTED, IKE_MAIN_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "responding to Main Mode from unknown peer $peer",
	    IKE_STARTED, IKE_MAIN_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "responding to Aggressive Mode, state #$n, connection $* from "
	    "$peer", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, HEARD,
	    IKE_RESPONDER },
	{ NULL, "sent Main Mode request$?",
	    IKE_PROGRESS, IKE_MAIN_MODE, 0, 0, IKE_INITIATOR },
	{ NULL, "sent Main Mode I$n",
	    IKE_PROGRESS, IKE_MAIN_MODE, 0, HEARD, IKE_INITIATOR },
	{ NULL, "sent Main Mode R$n",
	    IKE_PROGRESS, IKE_MAIN_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "sent Aggressive Mode request$?",
	    IKE_PROGRESS, IKE_AGGRESSIVE_MODE, 0, 0, IKE_INITIATOR },
	{ NULL, "sent Aggressive Mode R$?",
	    IKE_PROGRESS, IKE_AGGRESSIVE_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IKE SA established {$*}", IKE_ESTABLISHED, 0, 0, 0, 0, 1,
	    IKESA },
	{ NULL, "ISAKMP SA established {$*}", IKE_ESTABLISHED, 0, 0, 0, 0, 1,
	    IKESA },
	/* strongSwan's pluto, Astaro's and Sophos UTM's: no state in front. */
	{ NULL, "ISAKMP SA established", IKE_ESTABLISHED, IKE_MAIN_MODE, 0, 0,
	    IKE_INITIATOR, 1, IKESA },
	{ NULL, "sent MR3, ISAKMP SA established", IKE_ESTABLISHED,
	    IKE_MAIN_MODE, 0, 0, IKE_RESPONDER, 1, IKESA },
	{ NULL, "sent AI2, ISAKMP SA established", IKE_ESTABLISHED,
	    IKE_AGGRESSIVE_MODE, 0, 0, IKE_INITIATOR, 1, IKESA },
	{ NULL, "sent QI2, IPsec SA established {$*=>$out <$in $*",
	    IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "sent QI2, IPsec SA established {$*=>$out <$in}",
	    IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "IPsec SA established {$*=>$out <$in}",
	    IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, 0, IKE_RESPONDER, 1 },
	{ NULL, "initiating Quick Mode $* to replace #$n {using "
	    "isakmp#$conn msgid:$msgid $*",
	    IKE_STARTED, IKE_QUICK_MODE, 0, REKEY, IKE_INITIATOR },
	{ NULL, "initiating Quick Mode $* {using isakmp#$conn msgid:$msgid $*",
	    IKE_STARTED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR },
	{ NULL, "initiating Quick Mode $* to replace #$n {using isakmp#$conn}",
	    IKE_STARTED, IKE_QUICK_MODE, 0, REKEY, IKE_INITIATOR },
	{ NULL, "initiating Quick Mode $* {using isakmp#$conn}",
	    IKE_STARTED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR },
	{ NULL, "responding to Quick Mode",
	    IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "responding to Quick Mode {msgid:$msgid}",
	    IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "responding to Quick Mode proposal {msgid:$msgid}",
	    IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "responding to Quick Mode proposal {msgid:$msgid} using ISAKMP "
	    "SA #$conn",
	    IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "sent Quick Mode request$?",
	    IKE_PROGRESS, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR },
	{ NULL, "sent Quick Mode reply, $*{$*=>$out <$in $*",
	    IKE_PROGRESS, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IPsec SA established $*{$*=>$out <$in $*",
	    IKE_CHILD_ESTABLISHED, 0, 0, 0, 0, 1 },
	{ NULL, "transition from state $word to state $word", IKE_PROGRESS },

	/* Proposals. */
	{ NULL, "no local proposal matches remote proposals $peer_proposal",
	    IKE_FAILED, 0, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER,
	    2 },
	{ NULL, "no acceptable Oakley Transform$?",
	    IKE_FAILED, 0, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER, 1,
	    IKESA },
	{ NULL, "no acceptable Proposal in IPsec SA",
	    IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE,
	    IKE_RESPONDER },
	/* One transform of several: no failure yet. */
	{ NULL, "Oakley Transform [$peer_proposal] refused$?",
	    IKE_INFO, 0, 0, 0, 0, 1, IKESA },
	{ NULL, "IPsec Transform [$peer_proposal] refused due to $*",
	    IKE_INFO, 0, 0, 0, 0, 1, CHILD },
	{ NULL, "policy does not allow $peer_auth authentication. Attribute "
	    "OAKLEY_$word", IKE_INFO, 0, IKE_R_AUTH_METHOD_MISMATCH,
	    HINT | HERE, IKE_RESPONDER, 1, IKESA },
	{ NULL, "we require PFS but Quick I1 SA specifies no GROUP_DESCRIPTION",
	    IKE_FAILED, IKE_QUICK_MODE, IKE_R_PFS_MISMATCH, HERE,
	    IKE_RESPONDER },
	{ NULL, "policy dictates $own_mode Mode, but peer requested "
	    "$peer_mode Mode",
	    IKE_FAILED, 0, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE, 0, 0,
	    CHILD },
	{ NULL, "local policy requires $own_mode Mode but peer requires "
	    "required $peer_mode Mode",
	    IKE_FAILED, 0, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE, 0, 2,
	    CHILD },

	/* Which connection it is, and for which networks. */
	{ NULL, "ISAKMP_v2_IKE_SA_INIT message received on $local but no "
	    "suitable connection found with IKEv2 policy",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_PEER_NOT_CONFIGURED, HERE,
	    IKE_RESPONDER },
	{ NULL, "$* message received on $local but no suitable connection "
	    "found with $* policy", IKE_FAILED, 0, IKE_R_PEER_NOT_CONFIGURED,
	    HERE, IKE_RESPONDER, 0, IKESA },
	{ NULL, "initial parent SA message received on $local but no "
	    "connection has been authorized with policy $*",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_PEER_NOT_CONFIGURED, HERE,
	    IKE_RESPONDER },
	{ NULL, "$* message received on $local but no connection has been "
	    "authorized with policy $*", IKE_FAILED, 0,
	    IKE_R_PEER_NOT_CONFIGURED, HERE, IKE_RESPONDER, 0, IKESA },
	{ NULL, "initial Main Mode message received but no connection has been "
	    "authorized with $*", IKE_FAILED, IKE_MAIN_MODE,
	    IKE_R_PEER_NOT_CONFIGURED, HERE, IKE_RESPONDER },
	{ NULL, "initial Main Mode message received on $local but no "
	    "connection has been authorized$?", IKE_FAILED, IKE_MAIN_MODE,
	    IKE_R_PEER_NOT_CONFIGURED, HERE, IKE_RESPONDER },
	{ NULL, "initial Main Mode message from $peer but no $?",
	    IKE_FAILED, IKE_MAIN_MODE, IKE_R_PEER_NOT_CONFIGURED, HERE,
	    IKE_RESPONDER },
	{ NULL, "initial Aggressive Mode message from $peer but no $?",
	    IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_EXCHANGE_MODE_MISMATCH,
	    HERE, IKE_RESPONDER },
	{ NULL, "initial Aggressive Mode packet claiming to be from $* on "
	    "$local but no $?",
	    IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_EXCHANGE_MODE_MISMATCH,
	    HERE, IKE_RESPONDER },
	{ NULL, "Peer ID '$peer_id_peer' mismatched on first found connection "
	    "and no better connection found",
	    IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE, 0, 0, IKESA },
	{ NULL, "we require $* to have ID '$own_id_peer', but peer declares "
	    "'$peer_id_peer'", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE, 0,
	    0, IKESA },
	{ NULL, "no suitable connection for peer '$peer_id_peer'",
	    IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE, 0, 0, IKESA },
	{ NULL, "peer ID_DER_ASN1_DN '$peer_id_peer' does not match expected "
	    "'$own_id_peer'", IKE_INFO, 0, IKE_R_PEER_ID_MISMATCH,
	    HINT | HERE },
	{ NULL, "peer certificate subjectAltName extension does not match $*",
	    IKE_INFO, 0, IKE_R_PEER_ID_MISMATCH, HINT | HERE },
	{ NULL, "peer certificate contains no subjectAltName extension to "
	    "match $*", IKE_INFO, 0, IKE_R_PEER_ID_MISMATCH, HINT | HERE },
	{ NULL, "Peer ID is $*: '$peer_id_peer'", IKE_PROGRESS, 0, 0, HEARD, 0,
	    1, IKESA },
	{ NULL, "$word mode peer ID is $*: '$peer_id_peer'",
	    IKE_PROGRESS, 0, 0, HEARD, 0, 1, IKESA },
	{ NULL, "No IKEv2 connection found with compatible Traffic Selectors",
	    IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE,
	    IKE_RESPONDER, 2, CHILD },
	{ NULL, "the peer proposed: $peer_ts_local -<$*>-> $peer_ts_remote",
	    IKE_INFO, 0, 0, HEARD, 0, 1, CHILD },
	{ NULL, "the peer proposed: $peer_ts_local -> $peer_ts_remote",
	    IKE_INFO, 0, 0, HEARD, 0, 1, CHILD },
	{ NULL, "cannot respond to IPsec SA request because no connection is "
	    "known for $*", IKE_FAILED, IKE_QUICK_MODE,
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, IKE_RESPONDER },

	/* It may take the answer all the same. */
	{ NULL, "our client $word returned doesn't match my proposal$?",
	    IKE_INFO, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    HINT | HERE, IKE_INITIATOR },
	{ NULL, "peer client $word returned doesn't match my proposal$?",
	    IKE_INFO, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    HINT | HERE, IKE_INITIATOR },
	{ NULL, "cannot install eroute -- it is in use for $*",
	    IKE_FAILED, 0, IKE_R_FLOW_CONFLICT, HERE, 0, 0, CHILD },
	{ NULL, "We cannot identify ourselves with either end of this "
	    "connection$?", IKE_CONFIG_PROBLEM, 0,
	    IKE_R_LOCAL_ADDRESS_MISMATCH, HERE, 0, 0, IKESA },
	{ NULL, "cannot initiate connection without knowing peer IP address "
	    "($*)", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR, HERE,
	    IKE_INITIATOR, 0, IKESA },

	/* Keys and certificates. */
	{ NULL, "authentication failed: computed hash does not match hash "
	    "received from peer $*", IKE_FAILED, IKE_AUTH,
	    IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "authentication failed: $n byte hash received from peer $*",
	    IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "authentication failed: PSK AUTH mismatch",
	    IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "authentication failed: no PSK found for '$*'",
	    IKE_FAILED, 0, IKE_R_PSK_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "authentication failed: peer attempted $peer_auth but we want "
	    "$own_auth", IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH,
	    HERE },
	{ NULL, "authentication failed: peer authentication requires $*",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, HERE },
	{ NULL, "authentication failed: method $* not supported",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, HERE },
	{ NULL, "authentication failed: no certificate matched $*",
	    IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE, 0, 0, IKESA },
	{ NULL, "authentication failed: using $* for '$*' tried$?",
	    IKE_FAILED, 0, IKE_R_SIGNATURE_INVALID, HERE, 0, 0, IKESA },
	{ NULL, "authentication failed: $*",
	    IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE, 0, 0, IKESA },
	{ NULL, "AUTH mismatch: Received AUTH != computed AUTH",
	    IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "PSK authentication failed$?",
	    IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "probable authentication failure (mismatch of preshared "
	    "secrets?)$?", IKE_FAILED, 0, IKE_R_PSK_MISMATCH, HERE, 0, 1,
	    IKESA },
	{ NULL, "Failed to find our PreShared Key",
	    IKE_FAILED, 0, IKE_R_PSK_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "Can't authenticate: no preshared key found for $*",
	    IKE_FAILED, 0, IKE_R_PSK_MISSING, HERE, 0, 1, IKESA },
	{ NULL, "no PreShared Key Found",
	    IKE_FAILED, 0, IKE_R_PSK_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "Signature check (on $*) failed$?",
	    IKE_FAILED, 0, IKE_R_SIGNATURE_INVALID, HERE, 0, 0, IKESA },
	{ NULL, "received Hash Payload does not match computed value",
	    IKE_FAILED, 0, IKE_R_PSK_MISMATCH, HERE, 0, 1, IKESA },
	{ NULL, "issuer cacert not found",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_UNTRUSTED, HINT | HERE },
	{ NULL, "X.509 certificate rejected",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_INVALID, HINT | HERE },
	{ NULL, "certificate was revoked on $*",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_REVOKED, HINT | HERE },
	{ NULL, "certificate is invalid (valid from $*)",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_EXPIRED, HINT | HERE },
	{ NULL, "no public key known for '$*'$?",
	    IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE, 0, 0, IKESA },
	{ NULL, "no RSA public key known for '$*'$?",
	    IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE, 0, 0, IKESA },
	{ NULL, "private key matching CKAID $* not found$?",
	    IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "private key for connection not found",
	    IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "private key for certificate $* not found in NSS DB",
	    IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "unable to locate my private key for $*",
	    IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "Failed to find our RSA key",
	    IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "certificate payload rejected; crl-strict=yes and Certificate "
	    "Revocation List (CRL) is expired or missing",
	    IKE_FAILED, 0, IKE_R_REVOCATION_UNAVAILABLE, HERE, 0, 0, IKESA },
	{ NULL, "missing or expired CRL in strict mode, $*",
	    IKE_FAILED, 0, IKE_R_REVOCATION_UNAVAILABLE, HERE, 0, 0, IKESA },
	{ NULL, "X509: certificate payload rejected for this connection",
	    IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE, 0, 0, IKESA },
	{ NULL, "X509: certificate rejected for this connection",
	    IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE, 0, 0, IKESA },
	{ NULL, "X509: authentication failed; $*",
	    IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE, 0, 0, IKESA },
	{ NULL, "NSS: end certificate invalid",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_INVALID, HINT | HERE },
	{ NULL, "Peer attempted EAP authentication, but $*",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, HERE },
	/* Only EAP lets the first request come without it. */
	{ NULL, "missing payload(s) (ISAKMP_NEXT_v2AUTH). Message dropped.",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, HERE },
	{ NULL, "missing payload(s) ($*). Message dropped.",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE },
	{ NULL, "EAP AUTH failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },

	/* XAUTH and addresses. */
	{ NULL, "Received Cisco XAUTH status: FAIL",
	    IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, THERE },
	{ NULL, "XAUTH: aborting entire IKE Exchange",
	    IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED },
	{ NULL, "XAUTH: User $*: Authentication Failed: Incorrect Username or "
	    "Password", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE },
	{ NULL, "XAUTH: User $*: Authentication Successful",
	    IKE_PROGRESS, IKE_XAUTH },
	{ NULL, "XAUTH: Answering XAUTH challenge with user='$*'",
	    IKE_PROGRESS, IKE_XAUTH },
	{ NULL, "XAUTH: Sending $*", IKE_PROGRESS, IKE_XAUTH },
	{ NULL, "XAUTH: $*", IKE_INFO, IKE_XAUTH },
	{ NULL, "XAUTH client - possibly awaiting CFG_set$?",
	    IKE_PROGRESS, IKE_MODE_CONFIG },
	{ NULL, "IKE_AUTH request does not include a CP payload required by "
	    "$*", IKE_FAILED, IKE_AUTH, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE,
	    IKE_RESPONDER, 2, CHILD },
	{ NULL, "leasing $* address failed: $*",
	    IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, 0, 2, CHILD },
	{ NULL, "lease_an_address failure$?",
	    IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, 0, 0, CHILD },

	/* What is answered to the peer: the cause stood before. */
	{ NULL, "responding to IKE_SA_INIT message (ID $n) from $peer with "
	    "unencrypted notification INVALID_KE_PAYLOAD",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "responding to IKE_SA_INIT message (ID $n) from $peer with "
	    "unencrypted notification $word",
	    IKE_PROGRESS, IKE_SA_INIT, IKE_R_PROPOSAL_MISMATCH,
	    HINT | HERE | HEARD, IKE_RESPONDER },
	{ NULL, "responding to IKE_SA_INIT ($n) message (Message ID $n) from "
	    "$peer with unencrypted notification $word",
	    IKE_PROGRESS, IKE_SA_INIT, IKE_R_PROPOSAL_MISMATCH,
	    HINT | HERE | HEARD, IKE_RESPONDER },
	{ NULL, "responding to IKE_SA_INIT ($n) message (Message ID $n) with "
	    "unencrypted notification $word",
	    IKE_PROGRESS, IKE_SA_INIT, IKE_R_PROPOSAL_MISMATCH,
	    HINT | HERE | HEARD, IKE_RESPONDER },
	{ NULL, "responding to IKE_AUTH message (ID $n) from $peer with "
	    "encrypted notification AUTHENTICATION_FAILED",
	    IKE_PROGRESS, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED,
	    HINT | HERE | HEARD, IKE_RESPONDER },
	{ NULL, "responding to CREATE_CHILD_SA message (ID $n) from $peer with "
	    "encrypted notification $word", IKE_PROGRESS,
	    IKE_CREATE_CHILD_SA, 0, HEARD, IKE_RESPONDER },
	{ NULL, "responding to $word message (ID $n) from $peer with $word "
	    "notification $word", IKE_PROGRESS, 0, 0, HEARD, IKE_RESPONDER },
	{ NULL, "sending notification $word to $peer", IKE_INFO, 0, 0, HEARD },
	{ NULL, "sending encrypted notification $word to $peer",
	    IKE_INFO, 0, 0, HEARD },
	{ NULL, "sending unencrypted notification $word to $peer",
	    IKE_INFO, 0, 0, HEARD },

	/* Nobody answers. */
	{ NULL, "retransmitting in response to duplicate packet; already $*",
	    IKE_RETRANSMIT, 0, 0, HEARD, IKE_RESPONDER },
	{ NULL, "discarding duplicate packet$?", IKE_INFO, 0, 0, HEARD },
	{ NULL, "received duplicate $word message request (Message ID $n); "
	    "retransmitting response", IKE_RETRANSMIT, 0, 0, HEARD },
	{ NULL, "deleting incomplete state after $n.$n seconds",
	    IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT },
	/* The network said so; whether for good, the timeout tells. */
	{ NULL, "sendto on $word to $peer failed in $*",
	    IKE_INFO, 0, IKE_R_NETWORK_ERROR, HINT | HERE },
	{ NULL, "send on $word from $local to $peer failed in $*",
	    IKE_INFO, 0, IKE_R_NETWORK_ERROR, HINT | HERE },
	{ NULL, "ERROR: asynchronous network error report on $*",
	    IKE_INFO, 0, 0, 0, 0, 0, 0, IKE_BIT(IKE_R_NETWORK_ERROR) },
	{ NULL, "liveness action - $*",
	    IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 2, IKESA },
	{ NULL, "IKEv2 peer liveness - $*",
	    IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 2, IKESA },
	{ NULL, "DPD action - $*",
	    IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 1, IKESA },
	{ NULL, "DPD: Info: No response from peer - declaring peer dead",
	    IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 1, IKESA },
	{ NULL, "DPD: No response from peer - declaring peer dead",
	    IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 1, IKESA },
	{ NULL, "cannot initiate connection without resolved dynamic peer IP "
	    "address, $*", IKE_FAILED, 0, IKE_R_NETWORK_ERROR, HERE,
	    IKE_INITIATOR },
	{ NULL, "starting keying attempt $*", IKE_INFO },
	{ NULL, "deleting $* but connection is supposed to remain up; schedule "
	    "EVENT_REVIVE_CONNS", IKE_INFO },
	{ NULL, "connection is supposed to remain up; $*", IKE_INFO },
	{ NULL, "initiating connection '$*' with serial $* which received a "
	    "Delete/Notify but must remain up per local policy", IKE_INFO },

	/* Messages that cannot be read. */
	{ NULL, "message $word contained an unknown critical payload type ($*)",
	    IKE_FAILED, 0, IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD, HERE, 0, 2,
	    IKESA },
	{ NULL, "message $word contains unknown exchange type $n",
	    IKE_FAILED, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, HERE | IKE_F_STRAY },
	{ NULL, "unsupported exchange type $* in message",
	    IKE_FAILED, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, HERE | IKE_F_STRAY },
	{ NULL, "message contains unsupported IKE major version '$*'",
	    IKE_FAILED, 0, IKE_R_IKE_VERSION_MISMATCH, HERE | IKE_F_STRAY },
	{ NULL, "$n-byte length of $* is larger than can fit",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE, 0, 0, 0,
	    IKE_BIT(IKE_R_PSK_MISMATCH) },
	{ NULL, "next payload type of $* has an unknown value: $*",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE, 0, 0, 0,
	    IKE_BIT(IKE_R_PSK_MISMATCH) },
	{ NULL, "byte $n of $* must be zero, but is not",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE, 0, 0, 0,
	    IKE_BIT(IKE_R_PSK_MISMATCH) },
	{ NULL, "malformed payload in packet",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE, 0, 0, 0,
	    IKE_BIT(IKE_R_PSK_MISMATCH) },
	/* 3.x says what NSS thinks of the peer's certificate. */
	{ NULL, "Certificate $* failed verification",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_INVALID, HINT | HERE },
	{ NULL, "ERROR: Peer's Certificate issuer is not recognized.",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_UNTRUSTED, HINT | HERE },
	{ NULL, "ERROR: Peer's certificate issuer has been marked as not "
	    "trusted $*",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_UNTRUSTED, HINT | HERE },
	{ NULL, "ERROR: Peer's Certificate has expired.",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_EXPIRED, HINT | HERE },
	{ NULL, "ERROR: Peer's Certificate has been revoked.",
	    IKE_INFO, 0, IKE_R_CERTIFICATE_REVOKED, HINT | HERE },
	{ NULL, "X509: CERT payload bogus or revoked", IKE_INFO },
	{ NULL, "failed to match authenticator",
	    IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, HINT | HERE },
	{ NULL, "encrypted payload seems to be corrupt; dropping packet",
	    IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, HINT | HERE },
	{ NULL, "pluto is overloaded $*; dropping new exchange",
	    IKE_FAILED, 0, IKE_R_RATE_LIMITED, HERE, IKE_RESPONDER, 0, IKESA },
	{ NULL, "phase 1 message is part of an unknown exchange",
	    IKE_INFO, 0, IKE_R_INVALID_SPI, IKE_F_STRAY, 0, 1 },
	{ NULL, "Quick Mode message is for a non-existent (expired?) ISAKMP SA",
	    IKE_INFO, 0, IKE_R_INVALID_SPI, IKE_F_STRAY, 0, 1 },
	{ NULL, "Quick Mode message is unacceptable because it is for an "
	    "incomplete ISAKMP SA", IKE_INFO, 0, 0, HEARD, 0, 1 },
	{ NULL, "Quick Mode I1 message is unacceptable because it uses a "
	    "previously used Message ID $*", IKE_INFO, 0, 0, HEARD, 0, 1 },
	{ NULL, "$* has no corresponding IKE SA; message dropped",
	    IKE_INFO, 0, 0, IKE_F_STRAY },

	/* The peer never came back with its next message. */
	{ NULL, "deleting incomplete state after $n seconds",
	    IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT },

	/* Taken down. */
	{ NULL, "dropping negotiation as supers$word by established IKE SA "
	    "#$n", IKE_DELETED, 0, IKE_R_SUPERSEDED, 0, 0, 2, IKESA },
	{ NULL, "received Delete SA payload: already replacing $*", IKE_INFO },
	{ NULL, "warning: Delete SA payload: $*", IKE_INFO },
	{ NULL, "reschedule pending Phase 2 of $*", IKE_INFO },
	{ NULL, "received Delete SA payload: replace $* #$childno in $n "
	    "seconds", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0,
	    CHILD },
	{ NULL, "received Delete SA payload: replace $* #$childno now",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0, CHILD },
	{ NULL, "received Delete SA payload: deleting IPsec State #$childno",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0, CHILD },
	{ NULL, "received Delete SA($hex) payload: deleting IPsec State "
	    "#$childno", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0,
	    CHILD },
	{ NULL, "received Delete SA payload: self-deleting ISAKMP State #$conn",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD | IKE_F_WHOLE, 0, 1,
	    IKESA },
	{ NULL, "received Delete SA payload: deleting ISAKMP State #$conn",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD | IKE_F_WHOLE, 0, 1,
	    IKESA },
	{ NULL, "Initial Contact received, deleting old state #$conn from "
	    "connection '$*' due to new IKE SA #$n",
	    IKE_DELETED, 0, IKE_R_SUPERSEDED, HEARD, 0, 0, IKE_KIND_NONE },
	{ NULL, "ISAKMP SA expired (superseded by #$n)",
	    IKE_DELETED, 0, IKE_R_SUPERSEDED, 0, 0, 1, IKESA },
	{ NULL, "IPsec SA expired (superseded by #$n)",
	    IKE_DELETED, 0, IKE_R_SUPERSEDED, 0, 0, 1, CHILD },
	{ NULL, "ISAKMP SA expired ($*)",
	    IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 1, IKESA },
	{ NULL, "IPsec SA expired ($*)",
	    IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 1, CHILD },
	{ NULL, "deleting established Child SA using IKE SA #$conn",
	    IKE_DELETED, 0, 0, 0, 0, 2, CHILD },
	{ NULL, "reschedule pending IPsec SA - the ISAKMP SA #$conn is going "
	    "away", IKE_INFO, 0, IKE_R_PARENT_DELETED, HINT, 0, 1, CHILD },
	{ NULL, "terminating SAs using this connection",
	    IKE_INFO, 0, IKE_R_DELETED_BY_ADMIN, HINT },
	{ NULL, "deleting connection $?", IKE_INFO },

	/* About IKE, and nothing to learn from it. */
	{ NULL, "ESP traffic information: $*", IKE_INFO },
	{ NULL, "AH traffic information: $*", IKE_INFO },
	{ NULL, "received and ignored $*", IKE_INFO },
	{ NULL, "ignoring $*", IKE_INFO },
	{ NULL, "received Vendor ID payload $*", IKE_INFO },
	{ NULL, "$*. Attribute OAKLEY_$word", IKE_INFO, 0, 0, 0, 0, 1, IKESA },
	{ NULL, "DPD: $*", IKE_INFO },
	{ NULL, "no crl from issuer $*", IKE_INFO },
	{ NULL, "switched from $*", IKE_INFO },
	{ NULL, "new NAT mapping for #$*", IKE_INFO },
	{ NULL, "multiple $* were set in aggressive mode. $*", IKE_INFO },
	{ NULL, "we have a cert $*", IKE_INFO },
	{ NULL, "discarding packet received during asynchronous work $*",
	    IKE_INFO, 0, 0, HEARD },
	{ NULL, "ERROR: netlink response for Add SA $*: $* (errno $n)",
	    IKE_INFO, 0, IKE_R_INTERNAL_ERROR, HINT | HERE, 0, 0, CHILD },
	{ NULL, "netlink response for Add SA $*",
	    IKE_INFO, 0, IKE_R_INTERNAL_ERROR, HINT | HERE, 0, 0, CHILD },
	{ NULL, "netlink response for Del SA $*", IKE_INFO },
	{ NULL, "ERROR: netlink response for Del SA $*", IKE_INFO },
	{ NULL, "EXPECTATION FAILED: $*", IKE_INFO },
	{ NULL, "ikev2 $* has an unknown value: $*", IKE_INFO, 0, 0, HEARD },
	{ NULL, "no-state: $word", IKE_INFO },
	{ NULL, "ignored received packet with unknown cookies",
	    IKE_INFO, 0, 0, IKE_F_STRAY },
	{ NULL, "shutting down", IKE_INFO },
	{ NULL, "shutting down interface $*", IKE_INFO },
	{ NULL, "deleting non-instance connection", IKE_INFO },
	{ NULL, "leak detective $*", IKE_INFO },
	{ NULL, "$n crypto helpers shutdown", IKE_INFO },
	{ NULL, "$* message response with Message ID $n has no matching SA",
	    IKE_INFO, 0, 0, HEARD },
	{ NULL, "saved fragment $n of $n invalid; dropped",
	    IKE_INFO, 0, 0, HEARD },
	{ NULL, "fragment $n of $n invalid", IKE_INFO, 0, 0, HEARD },
	{ NULL, "switching CHILD #$n to pending connection $*", IKE_INFO },
	{ NULL, "switched to $*", IKE_INFO },
	{ NULL, "$* SA proposals (connection $*", IKE_INFO },
	{ NULL, "ERROR: netlink response for Add SA $* included errno $*",
	    IKE_INFO, 0, IKE_R_INTERNAL_ERROR, HINT | HERE, 0, 0, CHILD },
	{ NULL, "NAT-Traversal: $*", IKE_INFO },
	{ NULL, "enabling possible NAT-traversal with method $*", IKE_INFO },
	{ NULL, "Informational Exchange is for an unknown (expired?) SA$?",
	    IKE_INFO, 0, 0, IKE_F_STRAY },
	{ NULL, "I am sending $*", IKE_INFO },
	{ NULL, "reloaded private key matching $*", IKE_INFO },
	{ NULL, "loaded $*", IKE_INFO },
	{ NULL, "added $* connection$?", IKE_INFO },
	{ NULL, "listening for IKE messages", IKE_INFO },
	{ NULL, "forgetting secrets", IKE_INFO },
	{ NULL, "Dead Peer Detection $*", IKE_INFO },
	{ NULL, "received an INFORMATIONAL liveness check $word",
	    IKE_INFO, 0, 0, HEARD },
	{ 0 }
};
/* clang-format on */

static struct ruleset rules = RULESET(rows);
static struct ruleset *const rulesets[] = { &rules, &noted_rules,
	&in_state_rules, &given_up_rules, &ended_rules, NULL };

/* ---- what rows cannot say ------------------------------------------------ */

/* no local proposal matches remote proposals 1:ESP:ENCR=... is the child's. */
static void
libreswan_proposals(struct ike_event *ev)
{
	if (ev->what != IKE_FAILED || ev->nsaid == 0 ||
	    ev->reason != IKE_R_IKE_PROPOSAL_MISMATCH)
		return;
	if (span_has(ev->said[0].value, ":ESP:") ||
	    span_has(ev->said[0].value, ":AH:")) {
		ev->kind = CHILD;
		ev->reason = IKE_R_IPSEC_PROPOSAL_MISMATCH;
	} else if (span_has(ev->said[0].value, ":IKE:")) {
		ev->kind = IKESA;
		ev->stage = IKE_SA_INIT;
	}
}

static bool
libreswan_read(struct span text, struct ike_event *ev)
{
	if (libreswan_in_state(text, ev) || libreswan_given_up(text, ev) ||
	    libreswan_noted(text, ev) || libreswan_ended(text, ev) ||
	    libreswan_nss(text, ev))
		return true;
	if (rules_match(&rules, SPAN_NONE, text, ev) == NULL)
		return false;
	libreswan_proposals(ev);
	return true;
}

static enum ike_kind
libreswan_kind(const struct ike_event *ev)
{
	if (ev->kind != IKE_KIND_NONE)
		return ev->kind;
	if (ev->what == IKE_CHILD_ESTABLISHED)
		return CHILD;
	if (ev->what == IKE_ESTABLISHED)
		return IKESA;
	return ike_stage_kind(ev->stage);
}

/* Lines about a child that carry the number of its IKE SA. */
static bool
libreswan_by_parent(struct span text)
{
	static const char *const begins[] = { "received Delete", "the peer",
		"cannot respond", "responding to CREATE_CHILD_SA",
		"Initial Contact" };

	for (size_t i = 0; i < COUNT(begins); i++)
		if (span_starts_nocase(text, begins[i]))
			return true;
	return false;
}

static void
libreswan_keys(const struct pluto_line *line, struct ike_event *ev)
{
	enum ike_kind kind = libreswan_kind(ev);
	struct span *conn = &ev->key[IKE_KEY_CONN];
	struct span *child = &ev->key[IKE_KEY_CHILD];

	if (ev->tunnel.len == 0)
		ev->tunnel = line->name;
	if (ev->peer.len == 0) {
		ev->peer = line->peer;
		ev->peer_port = line->port;
	}
	if (libreswan_by_parent(line->text)) {
		if (conn->len == 0)
			*conn = line->number;
		return;
	}
	if (kind != IKESA && child->len == 0)
		*child = line->number;
	if (kind != CHILD && conn->len == 0)
		*conn = line->number;
}

static enum parse_result
libreswan_parse(const struct record *rec, struct ike_event *ev)
{
	struct pluto_line line;

	/* "| " opens a line of the debugging log: not for people. */
	if (!libreswan_header(rec, &line) || line.text.len == 0 ||
	    line.text.p[0] == '|')
		return PARSE_NOT_IKE;
	if (!libreswan_read(line.text, ev))
		return PARSE_UNKNOWN;
	libreswan_keys(&line, ev);
	return PARSE_EVENT;
}

static bool
libreswan_recognise(const struct record *rec)
{
	struct pluto_line line;

	return libreswan_header(rec, &line);
}

const struct parser parser_libreswan = {
	.name = "libreswan",
	.recognise = libreswan_recognise,
	.parse = libreswan_parse,
	.rules = rulesets,
};
