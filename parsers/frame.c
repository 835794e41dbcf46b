/*
 * Frames out of a stream. The one rule: a count is believed only when digits,
 * a blank and '<' stand at the front of a frame; all else is a line, so a year
 * at the front of a line never swallows the lines behind it.
 */
#include "parsers/frame.h"

#include <string.h>

enum {
	FRAME_DIGITS = 10, /* of a count, leading zeros and all */
	FRAME_BLANKS = 8,  /* between a count and '<'; one belongs there */
	FRAME_GAP = 64,	   /* blanks before a frame that are looked past */
	FRAME_BLOCK = 512, /* searched at a time for LF, then for NUL */
	/* A count up to here is taken at its word and the frame is cut; above
	 * it is noise, and the line goes on to its LF. */
	FRAME_TRUST = 4 * 1024 * 1024,
};

enum frame_count {
	FRAME_COUNT_NONE, /* a line */
	FRAME_COUNT_MORE, /* cannot be told yet */
	FRAME_COUNT_YES,
};

static bool
frame_is_end(char c)
{
	return c == '\n' || c == '\0';
}

static struct span
frame_trim_end(struct span s)
{
	while (s.len > 0 &&
	    (frame_is_end(s.p[s.len - 1]) || s.p[s.len - 1] == '\r'))
		s.len--;
	return s;
}

/* First LF or NUL at or behind from; s.len where there is none. */
static size_t
frame_find_end(struct span s, size_t from)
{
	while (from < s.len) {
		size_t n = s.len - from;
		const char *lf, *nul;

		/* By blocks: of a stream of NULs not all is searched for LF
		 * again and again. */
		if (n > FRAME_BLOCK)
			n = FRAME_BLOCK;
		lf = memchr(s.p + from, '\n', n);
		if (lf != NULL)
			n = (size_t)(lf - (s.p + from));
		nul = memchr(s.p + from, '\0', n);
		if (nul != NULL)
			return (size_t)(nul - s.p);
		if (lf != NULL)
			return (size_t)(lf - s.p);
		from += n;
	}
	return s.len;
}

/* Reads "123 " in front of '<'; s is eaten up to the frame's first octet. */
static enum frame_count
frame_count(struct span *s, size_t *count)
{
	size_t n = 0, blanks = 0;

	*count = 0;
	while (n < s->len && s->p[n] >= '0' && s->p[n] <= '9') {
		if (n == FRAME_DIGITS)
			return FRAME_COUNT_NONE;
		*count = *count * 10 + (size_t)(s->p[n++] - '0');
	}
	if (n == 0)
		return FRAME_COUNT_NONE;
	while (n + blanks < s->len && s->p[n + blanks] == ' ')
		if (++blanks > FRAME_BLANKS)
			return FRAME_COUNT_NONE;
	if (n + blanks == s->len)
		return FRAME_COUNT_MORE;
	if (blanks == 0 || s->p[n + blanks] != '<' || *count > FRAME_TRUST)
		return FRAME_COUNT_NONE;
	*s = span_from(*s, n + 1);
	return FRAME_COUNT_YES;
}

/* Line ends between frames are nothing. */
static void
frame_skip_ends(struct span *in)
{
	size_t n = 0;

	while (n < in->len && (frame_is_end(in->p[n]) || in->p[n] == '\r'))
		n++;
	if (n > 0)
		*in = span_from(*in, n);
}

/*
 * Blanks and a BOM before '<' or a count are skipped; before other text they
 * belong to it. False: cannot be told yet.
 */
static bool
frame_skip_gap(struct span *in, bool last)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t n = 0, left;
	char c;

	while (n < in->len && (in->p[n] == ' ' || in->p[n] == '\t'))
		n++;
	if (n > FRAME_GAP) { /* no header begins so far out */
		*in = span_from(*in, n - FRAME_GAP);
		n = FRAME_GAP;
	}
	left = in->len - n;
	if (left == 0)
		return false;
	c = in->p[n];
	if (c == bom[0]) {
		if (left < 4 && !last && memcmp(in->p + n, bom, left) == 0)
			return false;
		if (left >= 4 && memcmp(in->p + n, bom, 3) == 0 &&
		    in->p[n + 3] == '<') {
			*in = span_from(*in, n + 3);
			return true;
		}
	}
	if (n > 0 && (c == '<' || frame_is_end(c) || c == '\r'))
		*in = span_from(*in, n);
	else if (n > 0 && c >= '0' && c <= '9') {
		struct span t = span_from(*in, n);
		size_t count;

		switch (frame_count(&t, &count)) {
		case FRAME_COUNT_YES:
			*in = span_from(*in, n);
			break;
		case FRAME_COUNT_MORE:
			return last;
		case FRAME_COUNT_NONE:
			break;
		}
	}
	return true;
}

/* What is left of a frame or a line that was too long. True: all is gone. */
static bool
frame_drop(struct frame *f, struct span *in)
{
	size_t n;

	if (f->skip > 0) {
		n = f->skip < in->len ? f->skip : in->len;
		*in = span_from(*in, n);
		f->skip -= n;
		if (f->skip > 0)
			return false;
	}
	if (f->to_lf) {
		n = frame_find_end(*in, 0);
		f->to_lf = n == in->len;
		*in = span_from(*in, n);
	}
	return !f->to_lf;
}

static enum frame_result
frame_counted(struct frame *f, struct span *in, struct span body, size_t count,
    struct span *msg)
{
	size_t keep = count < FRAME_MAX ? count : FRAME_MAX;

	if (body.len < keep)
		return FRAME_MORE;
	*msg = frame_trim_end(span_to(body, body.p + keep));
	*in = span_from(body, keep);
	f->skip = count - keep;
	return f->skip > 0 ? FRAME_CUT : FRAME_WHOLE;
}

static enum frame_result
frame_line(struct frame *f, struct span *in, struct span *msg)
{
	size_t end = frame_find_end(*in, f->looked);
	struct span line = frame_trim_end(span_to(*in, in->p + end));

	f->looked = 0;
	/* Eight more may be a CR and what else ends the line. */
	if (line.len > FRAME_MAX || (end == in->len && end > FRAME_MAX + 8)) {
		*msg = line;
		if (line.len > FRAME_MAX)
			msg->len = FRAME_MAX;
		*in = span_from(*in, msg->len);
		f->to_lf = true;
		return FRAME_CUT;
	}
	if (end == in->len) {
		f->looked = in->len;
		return FRAME_MORE;
	}
	*msg = line;
	*in = span_from(*in, end + 1);
	return FRAME_WHOLE;
}

/* What stands at the front of *in, where a frame begins. */
static enum frame_result
frame_begin(struct frame *f, struct span *in, struct span *msg)
{
	struct span body;
	size_t count;

	frame_skip_ends(in);
	if (!frame_skip_gap(in, false))
		return FRAME_MORE;
	body = *in;
	switch (frame_count(&body, &count)) {
	case FRAME_COUNT_MORE:
		return FRAME_MORE;
	case FRAME_COUNT_YES:
		return frame_counted(f, in, body, count, msg);
	case FRAME_COUNT_NONE:
		break;
	}
	return frame_line(f, in, msg);
}

enum frame_result
frame_next(struct frame *f, struct span *in, struct span *msg)
{
	enum frame_result result;

	*msg = SPAN_NONE;
	while (in->len > 0 && frame_drop(f, in)) {
		if (f->looked > 0 && f->looked <= in->len)
			result = frame_line(f, in, msg);
		else
			result = frame_begin(f, in, msg);
		if (result == FRAME_MORE || msg->len > 0)
			return result;
	}
	return FRAME_MORE;
}

enum frame_result
frame_last(struct frame *f, struct span *in, struct span *msg)
{
	enum frame_result result = frame_next(f, in, msg);
	struct span body = *in, bare = *in;
	size_t count;

	if (result != FRAME_MORE || in->len == 0 || f->skip > 0 || f->to_lf)
		return result;
	/* A count that nothing follows is no message, a short frame is. */
	frame_skip_gap(&body, true);
	scan_skip_blanks(&bare);
	if (f->looked == 0 &&
	    (frame_count(&bare, &count) == FRAME_COUNT_MORE ||
		frame_count(&body, &count) == FRAME_COUNT_MORE))
		body = SPAN_NONE;
	*in = span_from(*in, in->len);
	f->looked = 0;
	*msg = frame_trim_end(body);
	return span_trim(*msg).len > 0 ? FRAME_WHOLE : FRAME_MORE;
}

enum frame_stranger
frame_stranger(struct span first)
{
	static const char *const methods[] = { "GET ", "POST ", "HEAD ", "PUT ",
		"DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "TRACE ",
		"PRI * HTTP/2", NULL };

	/* A TLS handshake record of version 3.x. */
	if (first.len >= 3 && first.p[0] == 0x16 && first.p[1] == 3 &&
	    first.p[2] >= 0 && first.p[2] <= 4)
		return FRAME_TLS;
	for (size_t i = 0; methods[i] != NULL; i++)
		if (span_starts(first, methods[i]))
			return FRAME_HTTP;
	return FRAME_SYSLOG;
}
