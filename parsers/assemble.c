/*
 * Lines in, records out. What is held is one growing copy of the first
 * line's record; its spans move with it.
 */
#include "parsers/assemble.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/fold.h"

enum { TAG_GAP = 4 }; /* octets between a tag and its text: ": " */

struct assembler {
	struct record rec; /* spans point into buf */
	char *buf;
	size_t len, size;
	bool held;
	int64_t tag, since;
};

struct assembler *
assembler_new(void)
{
	return calloc(1, sizeof(struct assembler));
}

void
assembler_free(struct assembler *a)
{
	if (a == NULL)
		return;
	free(a->buf);
	free(a);
}

/* The same place in a copy of the bytes; spans elsewhere are left empty. */
static struct span
assembler_moved(struct span s, const char *from, size_t len, const char *to)
{
	if (s.p == NULL || s.p < from || s.p + s.len > from + len)
		return (struct span){ to, 0 };
	return (struct span){ to + (s.p - from), s.len };
}

static void
assembler_move(struct record *r, const char *from, size_t len, const char *to)
{
	struct span *const spans[] = { &r->hostname, &r->app, &r->procid,
		&r->msgid, &r->sd, &r->message, &r->raw };

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		*spans[i] = assembler_moved(*spans[i], from, len, to);
}

static bool
assembler_room(struct assembler *a, size_t more)
{
	size_t want = a->size == 0 ? 512 : a->size;
	char *buf;

	/* What is held may be empty, and still has its place. */
	if (a->buf != NULL && a->len + more <= a->size)
		return true;
	if (a->len + more > ASSEMBLE_MAX)
		return false;
	while (want < a->len + more)
		want *= 2;
	if ((buf = malloc(want)) == NULL)
		return false;
	if (a->len > 0)
		memcpy(buf, a->buf, a->len);
	if (a->held)
		assembler_move(&a->rec, a->buf, a->len, buf);
	free(a->buf);
	a->buf = buf;
	a->size = want;
	return true;
}

static void
assembler_pass(struct assembler *a, assemble_cb *cb, void *arg)
{
	if (!a->held)
		return;
	a->held = false;
	a->len = 0;
	cb(arg, &a->rec, a->tag);
}

/* Holds rec up to the end of its message; false where it is too long. */
static bool
assembler_hold(
    struct assembler *a, const struct record *rec, int64_t tag, int64_t now)
{
	struct span keep = rec->raw;
	const char *end;

	if (rec->message.p == NULL || rec->raw.p == NULL)
		return false;
	end = rec->message.p + rec->message.len;
	if (end < keep.p || end > keep.p + keep.len)
		return false;
	/* A line of a longer datagram has its header elsewhere: lines are
	 * given with raw around both, so that one copy holds all. */
	keep = span_to(keep, end);
	if (!assembler_room(a, keep.len))
		return false;
	memcpy(a->buf, keep.p, keep.len);
	a->len = keep.len;
	a->rec = *rec;
	a->rec.raw = keep;
	assembler_move(&a->rec, keep.p, keep.len, a->buf);
	a->held = true;
	a->tag = tag;
	a->since = now;
	return true;
}

/* Drops the blanks that a fold has left at the end of what is held. */
static void
assembler_unblank(struct assembler *a)
{
	const char *from = a->rec.message.p;

	while (a->buf + a->len > from &&
	    (a->buf[a->len - 1] == ' ' || a->buf[a->len - 1] == '\t'))
		a->len--;
}

static bool
assembler_append(struct assembler *a, struct span text, bool fold)
{
	if (!assembler_room(a, text.len + 1))
		return false;
	if (fold) {
		text = span_trim(text);
		assembler_unblank(a);
	} else
		a->buf[a->len++] = '\n';
	if (text.len > 0)
		memcpy(a->buf + a->len, text.p, text.len);
	a->len += text.len;
	a->rec.raw.len = a->len;
	a->rec.message.len = (size_t)(a->buf + a->len - a->rec.message.p);
	return true;
}

/* Is this the tag of this very line? The lines of one datagram all have the
 * header of the first. */
static bool
assembler_has_tag(const struct record *rec)
{
	const char *end;

	if (rec->format != RECORD_3164 || rec->app.len == 0 ||
	    rec->procid.len > 0)
		return false;
	end = rec->app.p + rec->app.len;
	return rec->message.p >= end && rec->message.p - end <= TAG_GAP &&
	    memchr(end, '\n', (size_t)(rec->message.p - end)) == NULL;
}

/*
 * The line that goes on. A tag that is not the one of the line before was
 * none: "Event: text" and "Reason: text" are text from the first letter on.
 * A router's line number is no text.
 */
static struct span
assembler_text(const struct assembler *a, const struct record *rec)
{
	const char *app = rec->app.p;
	struct span text = rec->message, t;
	int number;

	if (assembler_has_tag(rec) && !span_eq(rec->app, a->rec.app))
		text = (struct span){ app, (size_t)(text.p + text.len - app) };
	t = text;
	if (scan_digits(&t, 9, &number) && scan_lit(&t, ": "))
		return t;
	return fold_inner(text);
}

static void
assembler_line(struct assembler *a, const struct parser *parser,
    const struct record *rec, int64_t tag, int64_t now, assemble_cb *cb,
    void *arg)
{
	struct span held = a->held ? a->rec.message : SPAN_NONE;
	enum join join = parser->join(held, rec);

	if (a->held &&
	    (join == JOIN_LINE || join == JOIN_FOLD || join == JOIN_CLOSES)) {
		if (assembler_append(
			a, assembler_text(a, rec), join == JOIN_FOLD)) {
			if (join == JOIN_CLOSES)
				assembler_pass(a, cb, arg);
			return;
		}
		/* Too long to be one record: what is held goes as it is. */
		join = JOIN_WHOLE;
	}
	assembler_pass(a, cb, arg);
	if (join != JOIN_OPENS || !assembler_hold(a, rec, tag, now))
		cb(arg, rec, tag);
}

void
assembler_feed(struct assembler *a, const struct parser *parser,
    const struct record *rec, int64_t tag, int64_t now, assemble_cb *cb,
    void *arg)
{
	struct span rest = rec->message, line;
	struct record part = *rec;
	bool first = true;

	if (parser == NULL || parser->join == NULL) {
		assembler_pass(a, cb, arg);
		cb(arg, rec, tag);
		return;
	}
	if (rest.len == 0 || memchr(rest.p, '\n', rest.len) == NULL) {
		assembler_line(a, parser, rec, tag, now, cb, arg);
		return;
	}
	while (scan_line(&rest, &line)) {
		part.message = span_trim(line);
		if (part.message.len == 0 && !first)
			continue;
		first = false;
		assembler_line(a, parser, &part, tag, now, cb, arg);
	}
}

void
assembler_flush(struct assembler *a, int64_t now, assemble_cb *cb, void *arg)
{
	if (a->held && (now == INT64_MAX || now - a->since >= ASSEMBLE_WAIT))
		assembler_pass(a, cb, arg);
}

int64_t
assembler_due(const struct assembler *a)
{
	return a->held ? a->since + ASSEMBLE_WAIT : INT64_MAX;
}
