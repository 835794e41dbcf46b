/*
 * The words of a notice. The first line says the verdict; what
 * is unknown is left out, never guessed.
 */
#include "alerting/notice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alerting/advice.h"
#include "alerting/prose.h"
#include "parsers/hints.h"

enum {
	TITLE_CHARS = 140,
	HEADLINE_CHARS = 146,
	NAME_CHARS = 24,
	PEER_CHARS = 39
};

/* Names of any length leave room for the verdict. */
static void
notice_name(struct prose *t, const char *name, size_t most)
{
	char cut[IKE_NAME_SIZE];

	snprintf(cut, sizeof(cut), "%s", name);
	prose_cut(cut, most);
	prose_add(t, "%s", cut);
}

const char *
notice_subject(const struct alert_notice *n, char to[NOTICE_TITLE_SIZE])
{
	const char *name = n->tunnel[0] ? n->tunnel : n->other;
	struct prose t = prose_in(to, NOTICE_TITLE_SIZE);

	notice_name(&t, n->device[0] ? n->device : "?", NAME_CHARS);
	if (name[0] || n->peer[0])
		prose_add(&t, " -> ");
	if (name[0])
		notice_name(&t, name, NAME_CHARS);
	else
		notice_name(&t, n->peer, PEER_CHARS);
	if (name[0] && n->peer[0]) {
		prose_add(&t, " (");
		notice_name(&t, n->peer, PEER_CHARS);
		prose_add(&t, ")");
	}
	return to;
}

/* The word everything begins with. */
static const char *
notice_verb(const struct alert_notice *n)
{
	bool over = n->edge == ALERT_EDGE_RESOLVES;

	switch (n->kind) {
	case ALERT_DEVICE_SILENT:
		return over ? "BACK" : "SILENT";
	case ALERT_SELF:
		return over ? "OK" : "IKEWATCH";
	case ALERT_FLAPPING:
		return over ? "STABLE" : "FLAPPING";
	default:
		break;
	}
	if (over)
		return "UP";
	if (n->kind == ALERT_NEGOTIATION_STALLED && n->words[0] != '\0')
		return "REKEY OVERDUE";
	if (n->rekey && n->kind != ALERT_TUNNEL_DOWN)
		return "REKEY FAILS";
	return n->edge == ALERT_EDGE_REMINDER ? "STILL DOWN" : "DOWN";
}

static void
notice_tries(const struct alert_notice *n, struct prose *t)
{
	char span[PROSE_SPAN_SIZE];

	if (n->attempts == 0)
		return;
	prose_add(
	    t, ", %u %s", n->attempts, n->attempts == 1 ? "try" : "tries");
	if (n->duration >= 1000000)
		prose_add(t, " in %s", prose_duration(span, n->duration));
}

/* Why, in words that fit every failing edge. */
static void
notice_why(const struct alert_notice *n, struct prose *t)
{
	if (n->words[0] != '\0')
		prose_add(t, "%s", n->words);
	else if (n->kind == ALERT_FLAPPING && !n->peer[0] && !n->tunnel[0])
		prose_add(t, "silent again and again");
	else if (n->reason == IKE_REASON_NONE || n->reason == IKE_R_UNKNOWN)
		prose_add(t, "%s",
		    n->kind == ALERT_TUNNEL_DOWN
			? "no SA is left"
			: "failed, the log does not say why");
	else if (n->reason == IKE_R_STALLED && n->stage != IKE_STAGE_NONE)
		prose_add(t, "stuck after %s", ike_stage_name(n->stage));
	else
		prose_add(t, "%s", ike_reason_title(n->reason));
	if (n->edge == ALERT_EDGE_UPDATE && n->was != IKE_REASON_NONE &&
	    n->was != n->reason)
		prose_add(t, " (before: %s)", ike_reason_title(n->was));
}

static void
notice_title_group(const struct alert_notice *n, struct prose *t)
{
	char span[PROSE_SPAN_SIZE];

	if (n->edge == ALERT_EDGE_RESOLVES) {
		prose_add(t, "UP all %u tunnels of %s after %s", n->members,
		    n->words, prose_duration(span, n->duration));
		return;
	}
	if (n->members_open < n->members)
		prose_add(t, "DOWN %u of %u tunnels of %s", n->members_open,
		    n->members, n->words);
	else
		prose_add(t, "DOWN %u tunnels of %s", n->members, n->words);
	/* the first of the list is the commonest reason */
	if (n->reason != IKE_REASON_NONE && n->nlist != 0)
		prose_add(t, ": %s", n->list[0]);
}

static void
notice_title_tunnel(const struct alert_notice *n, struct prose *t)
{
	char subject[NOTICE_TITLE_SIZE], span[PROSE_SPAN_SIZE];

	prose_add(t, "%s %s: ", notice_verb(n), notice_subject(n, subject));
	if (n->kind == ALERT_FLAPPING) {
		prose_add(t, "%u changes", n->changes);
		if (n->edge != ALERT_EDGE_RESOLVES) {
			prose_add(t, ", last: ");
			notice_why(n, t);
		}
	} else if (n->edge == ALERT_EDGE_RESOLVES) {
		prose_add(t, "%s after %s",
		    n->after == IKE_TUNNEL_UP ? "established" : "quiet",
		    n->duration < 500000 ? "less than 1 s"
					 : prose_duration(span, n->duration));
		if (n->attempts != 0)
			prose_add(t, ", %u failed %s", n->attempts,
			    n->attempts == 1 ? "try" : "tries");
	} else {
		notice_why(n, t);
		notice_tries(n, t);
	}
}

const char *
notice_title(const struct alert_notice *n, char to[NOTICE_TITLE_SIZE])
{
	struct prose t = prose_in(to, NOTICE_TITLE_SIZE);
	char span[PROSE_SPAN_SIZE];

	if (n->edge == ALERT_EDGE_TEST || n->edge == ALERT_EDGE_SUMMARY)
		prose_add(&t, "%s", n->words);
	else if (n->kind == ALERT_GROUP)
		notice_title_group(n, &t);
	else if (n->kind == ALERT_SELF)
		prose_add(&t, "%s %s", notice_verb(n), n->words);
	else if (n->kind == ALERT_DEVICE_SILENT)
		prose_add(&t, "%s %s: %s %s", notice_verb(n), n->device,
		    n->edge == ALERT_EDGE_RESOLVES ? "logs again after"
						   : "has logged nothing for",
		    prose_duration(span, n->duration));
	else
		notice_title_tunnel(n, &t);
	prose_cut(to, TITLE_CHARS);
	return to;
}

const char *
notice_headline(const struct alert_notice *n, char to[NOTICE_TITLE_SIZE])
{
	const char *advice = advice_for(n);
	struct prose t = prose_in(to, NOTICE_TITLE_SIZE);
	char title[NOTICE_TITLE_SIZE];

	prose_add(&t, "%s", notice_title(n, title));
	if (advice[0] != '\0' &&
	    prose_count(title) + 3 + prose_count(advice) <= HEADLINE_CHARS)
		prose_add(&t, " \xe2\x86\x92 %s", advice); /* an arrow */
	return to;
}

const char *
notice_hint(const struct alert_notice *n)
{
	if (n->edge == ALERT_EDGE_RESOLVES || n->edge == ALERT_EDGE_TEST ||
	    n->edge == ALERT_EDGE_SUMMARY)
		return "";
	if (n->kind == ALERT_DEVICE_SILENT)
		return "Check that the device is up, reaches this collector "
		       "and still sends syslog to it.";
	if (n->kind == ALERT_SELF)
		return "";
	if (n->kind == ALERT_GROUP && n->device[0] != '\0')
		return "All are tunnels of one device: look at its line, its "
		       "last restart and its last change before any single "
		       "tunnel.";
	if (n->kind == ALERT_GROUP && n->peer[0] != '\0')
		return "All end at one place: look at that peer, its provider "
		       "or its site before any single tunnel.";
	if (n->kind == ALERT_GROUP)
		return "Many tunnels of several devices: look for what they "
		       "share, such as a provider, a change or the time.";
	return ike_hint(n->reason, n->vendor[0] ? n->vendor : NULL);
}

/* Facts: a row says the name, and writes the value or leaves it empty. */
static void
fact_stage(const struct alert_notice *n, struct prose *t)
{
	if (n->stage != IKE_STAGE_NONE)
		prose_add(t, "%s", ike_stage_name(n->stage));
	if (n->ike_version != 0)
		prose_add(t, "%sIKEv%d", t->len ? ", " : "", n->ike_version);
	if (n->part == IKE_KIND_CHILD)
		prose_add(t, "%schild SA", t->len ? ", " : "");
	if (n->role != IKE_ROLE_NONE)
		prose_add(t, "%s%s is the %s", t->len ? ", " : "", n->device,
		    ike_role_name(n->role));
}

static void
fact_refused(const struct alert_notice *n, struct prose *t)
{
	if (n->refused_by == IKE_REFUSED_PEER && n->other[0] != '\0')
		prose_add(t, "%s, the peer", n->other);
	else if (n->refused_by == IKE_REFUSED_PEER)
		prose_add(t, "the peer%s%s", n->peer[0] ? " " : "", n->peer);
	else if (n->refused_by == IKE_REFUSED_HERE)
		prose_add(t, "%s", n->device);
}

static void
fact_reason(const struct alert_notice *n, struct prose *t)
{
	if (n->reason != IKE_REASON_NONE)
		prose_add(t, "%s", ike_reason_name(n->reason));
}

static void
fact_other(const struct alert_notice *n, struct prose *t)
{
	if (n->other[0] != '\0')
		prose_add(
		    t, "%s logs here too: this is the story of both", n->other);
}

static void
fact_differs(const struct alert_notice *n, struct prose *t)
{
	prose_add(t, "%s", n->differs);
}

static void
fact_suspects(const struct alert_notice *n, struct prose *t)
{
	for (int r = 1; r < IKE_REASON_COUNT; r++)
		if (n->suspects & IKE_BIT(r))
			prose_add(
			    t, "%s%s", t->len ? ", " : "", ike_reason_title(r));
}

static void
fact_detail(const struct alert_notice *n, struct prose *t)
{
	prose_add(t, "%s", n->detail);
}

static void
fact_last(const struct alert_notice *n, struct prose *t)
{
	char at[PROSE_TIME_SIZE];

	if (n->last_established != 0)
		prose_add(t, "%.19sZ", prose_time(at, n->last_established));
}

static void
fact_look(const struct alert_notice *n, struct prose *t)
{
	if (n->kind == ALERT_GROUP)
		prose_add(t, "ikewatch status");
	else if (n->kind == ALERT_SELF && n->edge != ALERT_EDGE_TEST)
		prose_add(t, "ikewatch alerts");
	else if (n->negotiation != 0)
		prose_add(t, "ikewatch show %" PRId64, n->negotiation);
	else if (n->peer[0])
		prose_add(t, "ikewatch history --peer %s", n->peer);
}

static const struct {
	const char *name;
	void (*write)(const struct alert_notice *, struct prose *);
	bool troubled; /* not when it is over */
} facts[] = {
	{ "Refused by", fact_refused, true },
	{ "Differs", fact_differs, true },
	{ "Suspects", fact_suspects, true },
	{ "The record says", fact_detail, true },
	{ "Other end", fact_other, true },
	{ "Stage", fact_stage, true },
	{ "Reason", fact_reason, true },
	{ "Last established", fact_last, true },
	{ "Look closer", fact_look, false },
};

size_t
notice_facts(
    const struct alert_notice *n, struct notice_fact to[NOTICE_FACTS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		struct prose t =
		    prose_in(to[count].value, sizeof(to[count].value));

		if (facts[i].troubled && n->edge == ALERT_EDGE_RESOLVES)
			continue;
		facts[i].write(n, &t);
		to[count].name = facts[i].name;
		count += t.len != 0;
	}
	return count;
}

void
notice_text(const struct alert_notice *n, char *to, size_t size)
{
	struct notice_fact fact[NOTICE_FACTS_MAX];
	struct prose t = prose_in(to, size);
	char title[NOTICE_TITLE_SIZE];
	const char *hint = notice_hint(n);
	size_t count;

	prose_add(&t, "%s\n", notice_headline(n, title));
	count = notice_facts(n, fact);
	for (size_t i = 0; i < count; i++)
		prose_add(&t, "%s: %s\n", fact[i].name, fact[i].value);
	if (hint[0] != '\0')
		prose_add(&t, "Next: %s\n", hint);
	for (size_t i = 0; i < n->nlist; i++)
		prose_add(&t, "- %s\n", n->list[i]);
	for (size_t i = 0; i < n->nevidence; i++) {
		char at[PROSE_TIME_SIZE];

		prose_add(&t, "%.19sZ  %s\n",
		    prose_time(at, n->evidence[i].received_at),
		    n->evidence[i].line);
	}
}
