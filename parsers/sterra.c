/*
 * S-Terra Gate: records of several lines; each but the last ends in a
 * backslash.
 *
 *	2026.11.21 10:00:00 56A7D4474AAD413B.00000001,R NOTICE IKE Exchange
 *	    started (IKE SA Auth, Responder): \
 *	Local Address: 203.0.113.1:500 \
 *	Peer Address: 198.51.100.7:9853 \
 *	IKE SPIs: 124C5406137CBA18:56A7D4474AAD413B \
 *
 * The words behind the level decide; the lines below them are labels, of
 * which "Reason" says why.
 */
#include "parsers/cause.h"
#include "parsers/mark.h"
#include "parsers/parser.h"
#include "parsers/words.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEARD IKE_F_HEARD

/* clang-format off */
static const struct rule rows[] = {
	/* Exchange started (IKE SA Init, Initiator) */
	{ NULL, "Exchange started (IKE SA Init, Initiator)", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW, IKE_INITIATOR, 2 },
	{ NULL, "Exchange started (IKE SA Init, Responder)", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 2 },
	{ NULL, "Exchange started (IKE SA Auth, Initiator)", IKE_STARTED, IKE_AUTH, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "Exchange started (IKE SA Auth, Responder)", IKE_STARTED, IKE_AUTH, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "Exchange started (Create Child SA, Initiator)", IKE_STARTED, IKE_CREATE_CHILD_SA, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "Exchange started (Create Child SA, Responder)", IKE_STARTED, IKE_CREATE_CHILD_SA, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "Exchange started (Main Mode, Initiator)", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Exchange started (Main Mode, Responder)", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Exchange started (Aggressive Mode, Initiator)", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Exchange started (Aggressive Mode, Responder)", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Exchange started (Quick Mode, Initiator)", IKE_STARTED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "Exchange started (Quick Mode, Responder)", IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Exchange started ($*)", IKE_PROGRESS },
	{ NULL, "Exchange completed ($*)", IKE_PROGRESS, 0, 0, HEARD },
	{ NULL, "Exchange failed (IKE SA Init, $*)", IKE_FAILED, IKE_SA_INIT, IKE_R_UNKNOWN, 0, 0, 2 },
	{ NULL, "Exchange failed (IKE SA Auth, $*)", IKE_FAILED, IKE_AUTH, IKE_R_UNKNOWN, 0, 0, 2 },
	{ NULL, "Exchange failed (Create Child SA, $*)", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_UNKNOWN, 0, 0, 2 },
	{ NULL, "Exchange failed (Main Mode, $*)", IKE_FAILED, IKE_MAIN_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
	{ NULL, "Exchange failed (Quick Mode, $*)", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
	{ NULL, "Exchange failed ($*)", IKE_FAILED, 0, IKE_R_UNKNOWN },
	/* IKEv2 SA created, IPsec SA deleted */
	{ NULL, "IKEv2 SA created", IKE_ESTABLISHED, IKE_AUTH, 0, HEARD, 0, 2 },
	{ NULL, "ISAKMP SA created", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, 0, 1 },
	{ NULL, "IPsec SA created", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ NULL, "IKEv2 SA deleted", IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 2, IKE_KIND_IKE },
	{ NULL, "ISAKMP SA deleted", IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 1, IKE_KIND_IKE },
	{ NULL, "IPsec SA deleted", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset *const sets[] = { &ruleset, NULL };

/* Why an SA went, by its "Reason:" line. */
static const struct {
	const char *words;
	enum ike_reason reason;
} deletes[] = {
	{ "INITIAL-CONTACT", IKE_R_SUPERSEDED },
	{ "INITIAL_CONTACT", IKE_R_SUPERSEDED },
	{ "replaced", IKE_R_SUPERSEDED },
	{ "from peer", IKE_R_DELETED_BY_PEER },
	{ "by peer", IKE_R_DELETED_BY_PEER },
	{ "lifetime", IKE_R_LIFETIME_EXPIRED },
	{ "expired", IKE_R_LIFETIME_EXPIRED },
	{ "DPD", IKE_R_PEER_DEAD },
	{ "dead", IKE_R_PEER_DEAD },
	{ "operator", IKE_R_DELETED_BY_ADMIN },
	{ "command", IKE_R_DELETED_BY_ADMIN },
	{ "configuration", IKE_R_DELETED_BY_ADMIN },
};

/*
 * "56A7D4474AAD413B.00000001,R NOTICE IKE ": the session, a level and the
 * part IKE; other parts (LP, CM) tell details.
 */
static bool
sterra_mark(struct span *s)
{
	static const char *const levels[] = { "NOTICE ", "WARNING ", "ERROR ",
		"INFO ", "ERR ", "DEBUG " };
	static const char *const parts[] = { "IKE ", "IPSEC ", "LP ", "CM " };
	struct span t = *s, word;
	bool found = false;

	if (!scan_set(&t, "0123456789ABCDEFabcdef", &word) || word.len != 16)
		return false;
	if (scan_char(&t, '.') &&
	    (!scan_set(&t, "0123456789ABCDEFabcdef", NULL) ||
		!scan_char(&t, ',') || !scan_set(&t, "IR", NULL)))
		return false;
	if (!scan_blanks(&t))
		return false;
	for (size_t i = 0; i < COUNT(levels) && !found; i++)
		found = words_eat(&t, levels[i]);
	for (size_t i = 0; found && i < COUNT(parts); i++)
		if (words_eat(&t, parts[i])) {
			*s = t;
			return true;
		}
	return false;
}

static bool
sterra_find(struct span s, struct span *text)
{
	for (size_t i = 0; i < s.len && i < 160; i++) {
		if (s.p[i] == '"' || s.p[i] == '\n')
			return false;
		*text = span_from(s, i);
		if ((i == 0 || s.p[i - 1] == ' ') && sterra_mark(text))
			return true;
	}
	return false;
}

static bool
sterra_recognise(const struct record *rec)
{
	struct span text;

	return sterra_find(rec->raw, &text);
}

static bool
sterra_goes_on(struct span line)
{
	line = span_trim(line);
	return line.len > 0 && line.p[line.len - 1] == '\\';
}

static enum join
sterra_join(struct span held, const struct record *next)
{
	bool more = sterra_goes_on(next->message);
	struct span text;

	if (sterra_find(next->raw, &text) || !sterra_goes_on(held))
		return more ? JOIN_OPENS : JOIN_WHOLE;
	return more ? JOIN_LINE : JOIN_CLOSES;
}

/* "Peer Address: 198.51.100.7:9853 \"; false where it is another label. */
static bool
sterra_label(struct span line, const char *label, struct span *value)
{
	line = span_trim(line);
	if (!words_eat(&line, label) || !scan_char(&line, ':'))
		return false;
	if (sterra_goes_on(line))
		line = (struct span){ line.p, line.len - 1 };
	*value = span_trim(line);
	if (value->len > 0 && value->p[value->len - 1] == '\\')
		value->len--;
	*value = span_trim(*value);
	return true;
}

static void
sterra_spis(struct span s, struct ike_event *ev)
{
	struct span ispi;

	if (!scan_until(&s, ":", &ispi) || ispi.len != 16 || s.len != 16)
		return;
	ev->ispi.known = span_u64(ispi, 16, &ev->ispi.value);
	ev->rspi.known = span_u64(s, 16, &ev->rspi.value);
}

static void
sterra_reason(struct span words, struct ike_event *ev)
{
	ev->detail = words;
	if (ev->what == IKE_FAILED)
		ev->reason = cause_of(words,
		    ev->stage == IKE_QUICK_MODE ||
			    ev->stage == IKE_CREATE_CHILD_SA
			? NOTIFY_PHASE2
			: NOTIFY_PHASE1);
	for (size_t i = 0; ev->what == IKE_DELETED && i < COUNT(deletes); i++)
		if (words_in(words, deletes[i].words)) {
			ev->reason = deletes[i].reason;
			return;
		}
}

static void
sterra_labels(struct span lines, struct ike_event *ev)
{
	struct span line, value;

	while (scan_line(&lines, &line)) {
		if (sterra_label(line, "Peer Address", &value))
			mark_address(value, &ev->peer, &ev->peer_port);
		else if (sterra_label(line, "Local Address", &value))
			mark_address(value, &ev->local, NULL);
		else if (sterra_label(line, "IKE SPIs", &value))
			sterra_spis(value, ev);
		else if (sterra_label(line, "Reason", &value))
			sterra_reason(value, ev);
	}
}

static enum parse_result
sterra_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, first;

	if (!sterra_find(rec->raw, &text))
		return PARSE_NOT_IKE;
	if (!scan_line(&text, &first))
		return PARSE_UNKNOWN;
	first = span_trim(first);
	while (first.len > 0 &&
	    (first.p[first.len - 1] == '\\' || first.p[first.len - 1] == ':' ||
		first.p[first.len - 1] == ' '))
		first.len--;
	if (rules_match(&ruleset, SPAN_NONE, first, ev) == NULL)
		return PARSE_UNKNOWN;
	sterra_labels(text, ev);
	return PARSE_EVENT;
}

const struct parser parser_sterra = {
	.name = "s-terra",
	.recognise = sterra_recognise,
	.parse = sterra_parse,
	.join = sterra_join,
	.rules = sets,
};
