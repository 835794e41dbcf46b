/*
 * Rows out of events first, then drawn. Which way a message went is read
 * from the record's own words where the event does not say.
 */
#include "daemon/ladder.h"

#include <string.h>
#include <time.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum way { WAY_NONE, WAY_OUT, WAY_IN };

const char *
ladder_stage(enum ike_stage stage)
{
	static const char *const names[IKE_STAGE_COUNT] = {
		[IKE_MAIN_MODE] = "main mode",
		[IKE_AGGRESSIVE_MODE] = "aggressive mode",
		[IKE_XAUTH] = "XAUTH",
		[IKE_MODE_CONFIG] = "mode config",
		[IKE_QUICK_MODE] = "quick mode",
		[IKE_INFORMATIONAL_V1] = "informational",
		[IKE_SA_INIT] = "IKE_SA_INIT",
		[IKE_INTERMEDIATE] = "IKE_INTERMEDIATE",
		[IKE_AUTH] = "IKE_AUTH",
		[IKE_CREATE_CHILD_SA] = "CREATE_CHILD_SA",
		[IKE_INFORMATIONAL] = "INFORMATIONAL",
		[IKE_PHASE1] = "phase 1",
		[IKE_PHASE2] = "phase 2",
	};

	return (size_t)stage < COUNT(names) && names[stage] != NULL
	    ? names[stage]
	    : "";
}

bool
ladder_here_left(const struct ike_negotiation *n)
{
	return n->role != IKE_RESPONDER;
}

/* The word that stands first in the text decides. */
static enum way
ladder_way(const struct story_event *e)
{
	static const struct {
		const char *word;
		enum way way;
	} words[] = { { "generating ", WAY_OUT }, { "sending", WAY_OUT },
		{ "send ", WAY_OUT }, { "sent ", WAY_OUT },
		{ "_snd_", WAY_OUT }, { "transmit", WAY_OUT },
		{ "parsed ", WAY_IN }, { "received", WAY_IN },
		{ "receive ", WAY_IN }, { "recv", WAY_IN }, { "rcvd", WAY_IN },
		{ "got a ", WAY_IN } };
	struct span text = span_of(e->text);
	const char *first = NULL, *at;
	enum way way = WAY_NONE;

	if (e->heard)
		return WAY_IN;
	for (size_t i = 0; i < COUNT(words); i++) {
		at = span_find_nocase(text, words[i].word);
		if (at != NULL && (first == NULL || at < first)) {
			first = at;
			way = words[i].way;
		}
	}
	return way;
}

/* " request", " response [ N(NO_PROP) ]", as far as the text tells. */
static void
ladder_message(char *to, size_t size, const char *stage, struct span text)
{
	static const char *const kinds[] = { "request", "response" };
	struct span rest, payloads = SPAN_NONE;
	const char *at, *kind = "";

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (span_find_nocase(text, kinds[i]) != NULL && *kind == '\0')
			kind = kinds[i];
	at = span_find(text, "[ ");
	if (at != NULL) {
		rest = span_from(text, (size_t)(at - text.p) + 2);
		if (!scan_until(&rest, " ]", &payloads) ||
		    memchr(payloads.p, '\n', payloads.len) != NULL)
			payloads = SPAN_NONE;
	}
	snprintf(to, size, "%s%s%s%s%.*s", stage[0] == '\0' ? "message" : stage,
	    kind[0] == '\0' ? "" : " ", kind, payloads.len == 0 ? "" : ": ",
	    (int)payloads.len, payloads.len == 0 ? "" : payloads.p);
}

/* Events that are told as a mark at the end that logged them. */
static const struct mark {
	enum ike_what what;
	const char *words;
	enum term_style style;
	bool bad;
} marks[] = {
	{ IKE_STARTED, "began", TERM_PLAIN, false },
	{ IKE_ESTABLISHED, "IKE SA is up", TERM_GOOD, false },
	{ IKE_CHILD_ESTABLISHED, "CHILD SA is up", TERM_GOOD, false },
	{ IKE_REKEYED, "rekeyed", TERM_GOOD, false },
	{ IKE_FAILED, "failed", TERM_BAD, true },
	{ IKE_DELETED, "deleted", TERM_WARN, true },
	{ IKE_PEER_DEAD, "the peer is dead", TERM_BAD, true },
	{ IKE_CONFIG_PROBLEM, "configuration", TERM_BAD, true },
};

static const struct mark *
ladder_mark(enum ike_what what)
{
	for (size_t i = 0; i < COUNT(marks); i++)
		if (marks[i].what == what)
			return &marks[i];
	return NULL;
}

static void
ladder_mark_words(
    struct ladder_row *row, const struct mark *m, const struct story_event *e)
{
	const char *stage = ladder_stage(e->stage);
	const char *title =
	    e->reason == IKE_REASON_NONE || e->reason == IKE_R_UNKNOWN
	    ? ""
	    : ike_reason_title(e->reason);

	row->style = m->style;
	row->bad = m->bad;
	snprintf(row->caption, sizeof(row->caption), "%s%s%s%s%s",
	    m->bad || m->what == IKE_STARTED ? stage : "",
	    stage[0] != '\0' && (m->bad || m->what == IKE_STARTED) ? " " : "",
	    m->words, title[0] == '\0' ? "" : ": ", title);
}

/* One event as a row; false where it is not worth one. */
static bool
ladder_row(const struct story_event *e, bool here_left, enum ike_stage before,
    struct ladder_row *row)
{
	bool left = e->other ? !here_left : here_left;
	const struct mark *m = ladder_mark(e->what);
	enum way way = ladder_way(e);

	*row = (struct ladder_row){ .at = e->at, .line = e->line, .times = 1 };
	row->by[e->other] = 1;
	row->form = left ? LADDER_MARK_LEFT : LADDER_MARK_RIGHT;
	if (m != NULL) {
		ladder_mark_words(row, m, e);
		return true;
	}
	if (e->what == IKE_RETRANSMIT) {
		row->form = left ? LADDER_RIGHT : LADDER_LEFT;
		row->style = TERM_WARN;
		snprintf(row->caption, sizeof(row->caption), "%s again",
		    e->stage == IKE_STAGE_NONE ? "the request"
					       : ladder_stage(e->stage));
		return true;
	}
	if (way != WAY_NONE && e->stage != IKE_STAGE_NONE) {
		row->form =
		    left == (way == WAY_OUT) ? LADDER_RIGHT : LADDER_LEFT;
		ladder_message(row->caption, sizeof(row->caption),
		    ladder_stage(e->stage), span_of(e->text));
		return true;
	}
	if (e->reason != IKE_REASON_NONE) {
		row->style = TERM_WARN;
		snprintf(row->caption, sizeof(row->caption), "%s",
		    ike_reason_title(e->reason));
		return true;
	}
	if (e->stage == IKE_STAGE_NONE || e->stage == before)
		return false;
	snprintf(
	    row->caption, sizeof(row->caption), "%s", ladder_stage(e->stage));
	return true;
}

static bool
ladder_same(const struct ladder_row *a, const struct ladder_row *b)
{
	return a->form == b->form && strcmp(a->caption, b->caption) == 0;
}

/* Keeps the beginning and, always, the end. */
static size_t
ladder_add(struct ladder_row *rows, size_t n, const struct ladder_row *row,
    size_t *left_out)
{
	enum { HEAD = LADDER_ROWS / 2 };

	if (n > 0 && ladder_same(&rows[n - 1], row)) {
		struct ladder_row *to = &rows[n - 1];

		/* Both ends told of it: that is one message, not two. */
		to->by[0] += row->by[0];
		to->by[1] += row->by[1];
		to->times = to->by[to->by[1] > to->by[0]];
		return n;
	}
	if (n == LADDER_ROWS) {
		memmove(rows + HEAD, rows + HEAD + 1,
		    (LADDER_ROWS - HEAD - 1) * sizeof(*rows));
		(*left_out)++;
		n--;
	}
	rows[n] = *row;
	return n + 1;
}

/* What a story without an outcome of its own ends with. */
static bool
ladder_end(const struct ike_negotiation *n, struct ladder_row *row)
{
	const char *stage = ladder_stage(n->stage);

	*row = (struct ladder_row){ .times = 1, .style = TERM_WARN };
	row->form = ladder_here_left(n) ? LADDER_MARK_LEFT : LADDER_MARK_RIGHT;
	if (n->outcome == IKE_STALL) {
		row->bad = true;
		row->style = TERM_BAD;
		row->at = n->ended_at;
		snprintf(row->caption, sizeof(row->caption),
		    n->heard ? "stopped here: nothing more after %s"
			     : "stopped here: no answer to %s",
		    stage[0] == '\0' ? "that" : stage);
		return true;
	}
	if (n->outcome == IKE_OPEN) {
		snprintf(row->caption, sizeof(row->caption), "still open%s%s",
		    stage[0] == '\0' ? "" : " in ", stage);
		return true;
	}
	return false;
}

size_t
ladder_rows(const struct story *s, struct ladder_row *rows, size_t *left_out)
{
	enum ike_stage before = IKE_STAGE_NONE;
	bool left = ladder_here_left(s->n);
	struct ladder_row row;
	size_t n = 0;

	*left_out = 0;
	for (size_t i = 0; i < s->nevents; i++) {
		if (!ladder_row(&s->event[i], left, before, &row))
			continue;
		if (s->event[i].stage != IKE_STAGE_NONE)
			before = s->event[i].stage;
		n = ladder_add(rows, n, &row, left_out);
	}
	if (ladder_end(s->n, &row))
		n = ladder_add(rows, n, &row, left_out);
	return n;
}

/* How the ladder lies on the page. */
struct frame_of {
	bool lines, times, fine;
	size_t prefix, inner; /* columns before, and between the bars */
};

static void
ladder_frame(
    struct term *t, const struct ladder_row *rows, size_t n, struct frame_of *f)
{
	size_t width = t->width < 110 ? (size_t)t->width : 110;

	*f = (struct frame_of){ 0 };
	for (size_t i = 0; i < n; i++) {
		f->lines |= rows[i].line != 0;
		f->times |= rows[i].at != 0;
		f->fine |= rows[i].at % 1000000 != 0;
	}
	f->prefix = 2 + (f->lines ? 7 : 0) + (f->times ? f->fine ? 14 : 10 : 0);
	f->inner = width - f->prefix - 3;
}

static void
ladder_prefix(
    struct term *t, const struct frame_of *f, const struct ladder_row *row)
{
	char clock[24] = "";
	time_t seconds = (time_t)(row->at / 1000000);
	struct tm tm;

	if (row->at != 0 && localtime_r(&seconds, &tm) != NULL) {
		size_t n = strftime(clock, sizeof(clock), "%H:%M:%S", &tm);

		if (f->fine)
			snprintf(clock + n, sizeof(clock) - n, ".%03d",
			    (int)(row->at % 1000000 / 1000));
	}
	term_style(t, TERM_DIM);
	term_say(t, "  ");
	if (f->lines && row->line != 0)
		term_say(t, "%5lld  ", (long long)row->line);
	else if (f->lines)
		term_say(t, "%7s", "");
	if (f->times)
		term_say(t, "%-*s", f->fine ? 14 : 10, clock);
	term_style(t, TERM_PLAIN);
}

static void
ladder_repeat(struct term *t, const char *sign, size_t n)
{
	while (n-- > 0)
		fputs(sign, t->out);
}

/* A caption that fits, escaped, with its count. */
static size_t
ladder_caption(char *to, size_t size, const struct ladder_row *row,
    size_t columns, const char *dots)
{
	char times[20] = "";
	size_t room, fit;

	if (row->times > 1)
		snprintf(times, sizeof(times), " (%u times)", row->times);
	room = columns - strlen(times) - 3;
	term_escape(to, size - sizeof(times) - 4, span_of(row->caption));
	fit = term_fit(to, room);
	if (to[fit] != '\0')
		snprintf(to + fit, size - fit, "%s", dots);
	snprintf(to + strlen(to), size - strlen(to), "%s", times);
	return term_columns(to);
}

static void
ladder_arrow(
    struct term *t, const struct frame_of *f, const struct ladder_row *row)
{
	const struct term_signs *g = t->signs;
	char caption[LADDER_CAPTION * 4];
	size_t used, rest;
	bool right = row->form == LADDER_RIGHT;

	used = ladder_caption(
	    caption, sizeof(caption), row, f->inner - 8, g->dots);
	rest = f->inner - used - 5;
	term_say(t, "%s", g->bar);
	term_style(t, row->style);
	ladder_repeat(t, right ? g->dash : g->left, 1);
	ladder_repeat(t, g->dash, right ? 1 : rest);
	term_say(t, " %s ", caption);
	ladder_repeat(t, g->dash, right ? rest : 1);
	ladder_repeat(t, right ? g->right : g->dash, 1);
	term_style(t, TERM_PLAIN);
	term_say(t, "%s\n", g->bar);
}

static void
ladder_mark_print(
    struct term *t, const struct frame_of *f, const struct ladder_row *row)
{
	const struct term_signs *g = t->signs;
	const char *sign = row->bad ? g->cross : g->dot;
	char caption[LADDER_CAPTION * 4];
	size_t used, rest;
	bool left = row->form == LADDER_MARK_LEFT;

	used = ladder_caption(
	    caption, sizeof(caption), row, f->inner - 2, g->dots);
	rest = f->inner - used - 1;
	if (!left)
		term_say(t, "%s%*s", g->bar, (int)rest, "");
	term_style(t, row->style);
	term_say(t, "%s %s", left ? sign : caption, left ? caption : sign);
	term_style(t, TERM_PLAIN);
	if (left)
		term_say(t, "%*s%s", (int)rest, "", g->bar);
	term_say(t, "\n");
}

/* Who stands at the ends: "hq 192.0.2.1" over the left bar and so on. */
static void
ladder_names(struct term *t, const struct story *s, const struct frame_of *f)
{
	const struct ike_negotiation *n = s->n;
	char here[160], there[160], *left = here, *right = there;
	size_t room = (f->inner + 2) / 2, gap;

	snprintf(here, sizeof(here), "%s%s%s",
	    n->device == NULL ? "" : n->device,
	    n->device != NULL && n->device[0] != '\0' && n->local[0] != '\0'
		? " "
		: "",
	    n->local);
	snprintf(there, sizeof(there), "%s%s%s",
	    s->other_device == NULL ? "" : s->other_device,
	    s->other_device != NULL ? " " : "",
	    n->peer[0] == '\0' ? "peer" : n->peer);
	if (here[0] == '\0')
		snprintf(here, sizeof(here), "this device");
	if (!ladder_here_left(n)) {
		left = there;
		right = here;
	}
	{
		char l[400], r[400];

		term_escape(l, sizeof(l), span_of(left));
		term_escape(r, sizeof(r), span_of(right));
		l[term_fit(l, room - 1)] = '\0';
		r[term_fit(r, room - 1)] = '\0';
		gap = f->inner + 2 - term_columns(l) - term_columns(r);
		term_say(t, "%*s", (int)f->prefix, "");
		term_style(t, TERM_BOLD);
		term_say(t, "%s%*s%s\n", l, (int)gap, "", r);
		term_style(t, TERM_PLAIN);
	}
}

void
ladder_print(struct term *t, const struct story *s)
{
	struct ladder_row rows[LADDER_ROWS];
	size_t left_out, n = ladder_rows(s, rows, &left_out);
	struct frame_of f;

	if (n == 0)
		return;
	ladder_frame(t, rows, n, &f);
	ladder_names(t, s, &f);
	for (size_t i = 0; i < n; i++) {
		if (i == LADDER_ROWS / 2 && left_out > 0)
			term_say(t, "%*s(%zu more)\n", (int)f.prefix + 2, "",
			    left_out);
		ladder_prefix(t, &f, &rows[i]);
		if (rows[i].form == LADDER_RIGHT || rows[i].form == LADDER_LEFT)
			ladder_arrow(t, &f, &rows[i]);
		else
			ladder_mark_print(t, &f, &rows[i]);
	}
}
