/* A negotiation for people: the verdict first, then how it came to it. */
#include "daemon/story.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/ladder.h"
#include "parsers/hints.h"

enum { INDENT = 11, RECORDS_MOST = 6, LABEL = 9 };

static const struct verdict {
	const char *word;
	enum term_style style;
} verdicts[IKE_OUTCOME_COUNT] = {
	[IKE_OPEN] = { "OPEN", TERM_WARN },
	[IKE_UP] = { "UP", TERM_GOOD },
	[IKE_FAILURE] = { "FAILED", TERM_BAD },
	[IKE_STALL] = { "STALLED", TERM_BAD },
	[IKE_GONE] = { "DELETED", TERM_WARN },
	[IKE_SUPERSEDED] = { "REPLACED", TERM_DIM },
};

static bool
story_told(const char *s)
{
	return s != NULL && s[0] != '\0';
}

static const char *
story_kind(const struct ike_negotiation *n)
{
	return n->kind == IKE_KIND_CHILD ? "CHILD SA" : "IKE SA";
}

/* What the outcome is put down to, in plain words. */
static const char *
story_why(const struct ike_negotiation *n, char *to, size_t size)
{
	if (n->reason != IKE_REASON_NONE && n->reason != IKE_R_UNKNOWN)
		return ike_reason_title(n->reason);
	switch (n->outcome) {
	case IKE_UP:
		snprintf(to, size, "%s established%s", story_kind(n),
		    n->rekey ? " (rekeyed)" : "");
		return to;
	case IKE_FAILURE:
		return "no record says why";
	case IKE_STALL:
		return "nothing moved it any more";
	case IKE_SUPERSEDED:
		return "a newer one took its place";
	case IKE_GONE:
		snprintf(to, size, "%s taken down", story_kind(n));
		return to;
	default:
		snprintf(to, size, "%s not decided yet", story_kind(n));
		return to;
	}
}

/* "hq -> 203.0.113.9", as much of it as is known. */
static void
story_subject(
    struct term *t, const struct ike_negotiation *n, char *to, size_t size)
{
	const char *name = story_told(n->tunnel) ? n->tunnel
	    : story_told(n->child)		 ? n->child
	    : story_told(n->device)		 ? n->device
	    : story_told(n->local)		 ? n->local
						 : "this device";
	const char *peer = story_told(n->peer) ? n->peer : "unknown peer";
	size_t at = term_escape(to, size / 2, span_of(name));

	at += (size_t)snprintf(to + at, size - at, " %s ", t->signs->to);
	term_escape(to + at, size - at, span_of(peer));
}

/* "pre-shared keys differ (IKE_AUTH, refused by the peer)" */
static void
story_cause(const struct ike_negotiation *n, char *to, size_t size)
{
	const char *stage = ladder_stage(n->stage);
	char why[80];
	const char *cause = story_why(n, why, sizeof(why));

	if (n->refused_by != IKE_REFUSED_NONE)
		snprintf(to, size, "%s (%s%srefused %s)", cause, stage,
		    stage[0] == '\0' ? "" : ", ",
		    n->refused_by == IKE_REFUSED_HERE ? "here" : "by the peer");
	else if (stage[0] != '\0' && n->outcome != IKE_UP)
		snprintf(to, size, "%s (%s)", cause, stage);
	else
		snprintf(to, size, "%s", cause);
}

void
story_verdict(struct term *t, const struct ike_negotiation *n)
{
	const struct verdict *v = &verdicts[n->outcome];
	char subject[512], cause[240];
	size_t at;

	story_subject(t, n, subject, sizeof(subject));
	story_cause(n, cause, sizeof(cause));
	term_style(t, v->style);
	term_say(t, "%-8s", v->word);
	term_style(t, TERM_PLAIN);
	term_style(t, TERM_BOLD);
	term_say(t, " %s", subject);
	term_style(t, TERM_PLAIN);
	term_say(t, ": ");
	at = INDENT + term_columns(subject);
	if (at + term_columns(cause) > (size_t)t->width &&
	    at + 24 > (size_t)t->width) {
		term_say(t, "\n%*s", INDENT - 2, "");
		at = INDENT - 2;
	}
	term_paragraph(t, at, INDENT - 2, span_of(cause));
}

static void
story_spis(char *to, size_t size, const struct ike_negotiation *n)
{
	size_t at = 0;

	to[0] = '\0';
	if (n->ispi.known || n->rspi.known)
		at = (size_t)snprintf(to, size,
		    ", SPIs %016" PRIx64 " / %016" PRIx64, n->ispi.value,
		    n->rspi.value);
	if (n->spi_in != 0 && at < size)
		at += (size_t)snprintf(
		    to + at, size - at, ", SPI in %08" PRIx32, n->spi_in);
	if (n->spi_out != 0 && at < size)
		snprintf(
		    to + at, size - at, ", SPI out %08" PRIx32, n->spi_out);
}

/* Who, which protocol, when: one quiet paragraph. */
static void
story_facts(struct term *t, const struct ike_negotiation *n)
{
	char when[TERM_TIME_SIZE] = "", took[TERM_TIME_SIZE] = "";
	char spis[120], facts[600];

	story_spis(spis, sizeof(spis), n);
	if (n->started_at != 0)
		term_time_local(when, n->started_at);
	if (n->started_at != 0 && n->ended_at > n->started_at)
		term_duration(took, n->ended_at - n->started_at);
	snprintf(facts, sizeof(facts), "%s%s%s%s%s%s%s%s%s%s%s%s%s",
	    story_told(n->device) ? n->device : "",
	    story_told(n->device) ? ", " : "",
	    story_told(n->vendor) ? n->vendor : "unknown vendor",
	    n->ike_version == 1	      ? ", IKEv1"
		: n->ike_version == 2 ? ", IKEv2"
				      : "",
	    n->role == IKE_ROLE_NONE ? "" : ", ", ike_role_name(n->role), ", ",
	    story_kind(n), spis, when[0] == '\0' ? "" : ", ", when,
	    took[0] == '\0' ? "" : ", took ", took);
	term_say(t, "%*s", INDENT - 2, "");
	term_style(t, TERM_DIM);
	term_paragraph(t, INDENT - 2, INDENT - 2, span_of(facts));
	term_style(t, TERM_PLAIN);
}

static void
story_label(struct term *t, const char *label, struct span text)
{
	if (text.len == 0)
		return;
	term_style(t, TERM_BOLD);
	term_say(t, "  %-*s", LABEL, label);
	term_style(t, TERM_PLAIN);
	term_paragraph(t, LABEL + 2, LABEL + 2, text);
}

/* "good in 17 (2026-11-20 10:00:00 +0100); since then ..." */
static void
story_changed(struct term *t, const struct story *s)
{
	char when[TERM_TIME_SIZE], ago[TERM_TIME_SIZE], text[1000];

	if (s->good == NULL)
		return;
	term_time_local(when, s->good->started_at);
	term_duration(ago, s->n->started_at - s->good->started_at);
	snprintf(text, sizeof(text), "came up last in %lld, %s (%s before); %s",
	    (long long)s->good->id, when, ago,
	    story_told(s->changed)
		? s->changed
		: "the same addresses, version, role and names as now");
	story_label(t, "Changed", span_of(text));
}

static void
story_suspects(struct term *t, const struct ike_negotiation *n)
{
	char text[600];
	size_t at = 0;

	text[0] = '\0';
	for (int i = 1; i < IKE_REASON_COUNT && at < sizeof(text); i++)
		if ((n->suspects & IKE_BIT(i)) != 0)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			    "%s%s", at == 0 ? "" : "; ",
			    ike_reason_title((enum ike_reason)i));
	story_label(t, "Suspects", span_of(text));
}

/* The records that decided it: those with its reason, else with any. */
static bool
story_decides(const struct story *s, const struct story_event *e, bool exact)
{
	if (e->text == NULL)
		return false;
	if (exact && s->n->reason != IKE_REASON_NONE)
		return e->reason == s->n->reason;
	return e->what == IKE_FAILED || e->what == IKE_CONFIG_PROBLEM ||
	    e->what == IKE_PEER_DEAD || e->what == IKE_DELETED ||
	    e->reason != IKE_REASON_NONE;
}

static void
story_record(struct term *t, const struct story *s, const struct story_event *e,
    bool first)
{
	char head[120] = "", when[TERM_TIME_SIZE];
	char text[1200];

	if (e->line != 0)
		snprintf(head, sizeof(head), "line %lld: ", (long long)e->line);
	else if (e->at != 0) {
		term_time_local(when, e->at);
		snprintf(head, sizeof(head), "%s %s: ", when,
		    e->device == NULL ? "" : e->device);
	}
	if (e->other && e->line != 0 && s->other_device != NULL)
		snprintf(head, sizeof(head),
		    "line %lld, %s: ", (long long)e->line, s->other_device);
	snprintf(text, sizeof(text), "%s%s", head, e->text);
	if (first)
		story_label(t, "Records", span_of(text));
	else
		story_label(t, "", span_of(text));
}

static void
story_records(struct term *t, const struct story *s)
{
	size_t printed = 0;

	if (s->n->outcome == IKE_UP || s->n->outcome == IKE_OPEN)
		return;
	for (int exact = 1; exact >= 0 && printed == 0; exact--) {
		const char *last = NULL;

		for (size_t i = 0; i < s->nevents; i++) {
			const struct story_event *e = &s->event[i];

			if (printed == RECORDS_MOST ||
			    !story_decides(s, e, exact) ||
			    (last != NULL && strcmp(last, e->text) == 0))
				continue;
			last = e->text;
			story_record(t, s, e, printed++ == 0);
		}
	}
}

void
story_text(struct term *t, const struct story *s)
{
	const struct ike_negotiation *n = s->n;

	story_verdict(t, n);
	story_facts(t, n);
	term_say(t, "\n");
	ladder_print(t, s);
	if (s->nevents > 0)
		term_say(t, "\n");
	if (story_told(n->differs))
		story_label(t, "Differs", span_of(n->differs));
	story_changed(t, s);
	story_suspects(t, n);
	if (n->reason != IKE_REASON_NONE && n->outcome != IKE_UP &&
	    n->outcome != IKE_SUPERSEDED)
		story_label(
		    t, "Check", span_of(ike_hint(n->reason, n->vendor)));
	story_records(t, s);
}
