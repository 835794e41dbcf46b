/*
 * HP-UX IPSec: audit records, as ipsec_report prints them and scripts pass
 * them on. "Msg: 221 From: IKMPD Lvl: DEBUG Date: Fri Feb 20 23:00:04 2009",
 * then "Event: text", folded at 67 characters. A.03's daemon is racoon2, whose
 * rows are racoon.c's; the rows here are those of A.02 and of HP's own.
 */
#include <string.h>

#include "parsers/cause.h"
#include "parsers/fold.h"
#include "parsers/parser.h"
#include "parsers/racoon.h"

enum { HPUX_WIDTH = 67 };

#define NEAR IKE_F_NEAR
#define TIMED_OUT                                                    \
	(IKE_BIT(IKE_R_NO_RESPONSE) | IKE_BIT(IKE_R_NETWORK_ERROR) | \
	    IKE_BIT(IKE_R_IKE_PROPOSAL_MISMATCH))

/* clang-format off */
static const struct rule rows[] = {
	/* MM negotiation timeout, src 192.0.2.2 */
	{ NULL, "MM negotiation timeout, src $peer", IKE_FAILED, IKE_MAIN_MODE, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1, 0, TIMED_OUT },
	{ NULL, "MM negotiation timeout$?", IKE_FAILED, IKE_MAIN_MODE, IKE_R_NEGOTIATION_TIMEOUT, NEAR, 0, 1, 0, TIMED_OUT },
	{ NULL, "AM negotiation timeout, src $peer", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1, 0, TIMED_OUT },
	{ NULL, "AM negotiation timeout$?", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_NEGOTIATION_TIMEOUT, NEAR, 0, 1, 0, TIMED_OUT },
	/* QM negotiation timeout, mess ID 4f1a09c2 */
	{ NULL, "QM negotiation timeout, mess ID $msgid", IKE_FAILED, IKE_QUICK_MODE, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1, 0, IKE_BIT(IKE_R_IPSEC_PROPOSAL_MISMATCH) | IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) },
	{ NULL, "QM negotiation timeout$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_NEGOTIATION_TIMEOUT, NEAR, 0, 1, 0, IKE_BIT(IKE_R_IPSEC_PROPOSAL_MISMATCH) | IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) },
	/* MM negotiation complete with the peer 192.0.2.2 */
	{ NULL, "MM negotiation complete with the peer $peer", IKE_ESTABLISHED, IKE_MAIN_MODE, 0, IKE_F_HEARD, 0, 1 },
	{ NULL, "AM negotiation complete with the peer $peer", IKE_ESTABLISHED, IKE_AGGRESSIVE_MODE, 0, IKE_F_HEARD, 0, 1 },
	{ NULL, "QM negotiation complete with the peer $peer", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, IKE_F_HEARD, 0, 1 },
	{ NULL, "Main Mode processing failed$?", IKE_FAILED, IKE_MAIN_MODE, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ NULL, "Aggressive Mode processing failed$?", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ NULL, "Quick Mode processing failed$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ 0 }
};
/* clang-format on */

static struct ruleset hpux_rules = RULESET(rows);
static struct ruleset *const hpux_sets[] = { &hpux_rules, NULL };

/*
 * The event's text behind "Msg: N From: IKMPD Lvl: .. Date: .. Event:"; false
 * where there is no "Event:" yet. other: the record is not the IKE daemon's.
 */
static bool
hpux_event(struct span s, struct span *text, bool *other)
{
	const char *at = span_find_nocase(s, "Msg:");
	struct span from;

	*other = false;
	if (at != NULL) {
		s = span_from(s, (size_t)(at - s.p));
		if (!scan_until(&s, "From:", NULL) &&
		    !scan_until(&s, "FROM:", NULL))
			return false;
		scan_skip_blanks(&s);
		*other = !scan_word(&s, &from) ||
		    !(span_is_nocase(from, "IKMPD") ||
			span_is_nocase(from, "IKED"));
	}
	if ((at = span_find_nocase(s, "Event:")) == NULL)
		return false;
	*text = span_trim(span_from(s, (size_t)(at - s.p) + 6));
	return true;
}

static bool
hpux_text(struct span text, struct ike_event *ev)
{
	if (rules_match(&hpux_rules, SPAN_NONE, text, ev) != NULL)
		return true;
	return racoon_text(text, true, ev);
}

static bool
hpux_reads(struct span s)
{
	struct ike_event ev = { 0 };
	struct span text;
	bool other;

	return hpux_event(s, &text, &other) && hpux_text(text, &ev);
}

/* "Msg: 221 From: " */
static bool
hpux_begins(struct span s)
{
	int number;

	return scan_lit_nocase(&s, "Msg:") && scan_skip_blanks(&s) &&
	    scan_digits(&s, 9, &number) && scan_blanks(&s) &&
	    scan_lit_nocase(&s, "From:");
}

static enum join
hpux_join(struct span held, const struct record *next)
{
	struct span text, line = fold_line(next);
	bool other;

	if (hpux_begins(line))
		return JOIN_OPENS;
	if (held.len == 0)
		return span_starts_nocase(line, "Event:") ? JOIN_OPENS
							  : JOIN_WHOLE;
	if (line.len == 0)
		return JOIN_FOLD;
	if (span_starts_nocase(line, "Event:"))
		return hpux_event(held, &text, &other) ? JOIN_OPENS : JOIN_LINE;
	return fold_join(held, line, hpux_reads, HPUX_WIDTH);
}

/* Words of which one stands in every event of the IKE daemon. */
static bool
hpux_sounds(struct span s)
{
	static const char *const words[] = { "local ", "isakmp", "ipsec", "ike",
		"phase", "negotiation", "rejected", "selector", "hash",
		"identifier", "pfs", "certificate", "exchange type", "payload",
		"proposal", "pskey", "spi" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_has_nocase(s, words[i]))
			return true;
	return false;
}

static bool
hpux_recognise(const struct record *rec)
{
	struct ike_event ev = { 0 };
	struct span s = fold_line(rec);

	if (hpux_begins(s) || span_is_nocase(rec->app, "ikmpd"))
		return true;
	if (scan_lit_nocase(&s, "Event:"))
		return hpux_sounds(s);
	return rules_match(&hpux_rules, SPAN_NONE, s, &ev) != NULL;
}

/* Msg: 9 From: IKMPD Lvl: ERROR Date: .. Event: text that no row has */
static bool
hpux_fault(struct span s, struct span text, struct ike_event *ev)
{
	struct span level;

	return scan_until(&s, "Lvl:", NULL) && scan_skip_blanks(&s) &&
	    scan_word(&s, &level) &&
	    (span_is_nocase(level, "ERROR") ||
		span_is_nocase(level, "ALERT")) &&
	    cause_fails(text, NOTIFY_ANY, ev);
}

static enum parse_result
hpux_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, s = fold_line(rec);
	bool other;

	if (!hpux_event(s, &text, &other)) {
		if (hpux_text(s, ev) ||
		    (span_is_nocase(rec->app, "ikmpd") &&
			hpux_text(span_trim(rec->message), ev)))
			return PARSE_EVENT;
		return PARSE_NOT_IKE;
	}
	if (hpux_text(text, ev))
		return PARSE_EVENT;
	if (!span_has_nocase(s, "Msg:"))
		return PARSE_NOT_IKE;
	if (other)
		return PARSE_NOT_IKE;
	if (!hpux_fault(s, text, ev))
		return PARSE_UNKNOWN;
	ev->flags |= NEAR;
	return PARSE_EVENT;
}

const struct parser parser_hpux_ipsec = {
	.name = "hpux-ipsec",
	.recognise = hpux_recognise,
	.parse = hpux_parse,
	.join = hpux_join,
	.rules = hpux_sets,
};
