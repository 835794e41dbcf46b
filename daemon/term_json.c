/*
 * JSON (RFC 8259), written by hand so that it is safe on a terminal too:
 * what term_escape() hides is written as its number, bytes that are no UTF-8
 * become U+FFFD.
 */
#include <inttypes.h>
#include <math.h>

#include "daemon/term.h"
#include "daemon/term_utf8.h"

static void
json_unit(FILE *out, uint32_t cp)
{
	if (cp > 0xffff) {
		cp -= 0x10000;
		fprintf(out, "\\u%04x\\u%04x", 0xd800 + (cp >> 10),
		    0xdc00 + (cp & 0x3ff));
	} else
		fprintf(out, "\\u%04x", cp);
}

/* What needs no escape is written in one piece with what is before it. */
static void
json_quoted(FILE *out, struct span s)
{
	struct span plain = s;
	uint32_t cp;

	fputc('"', out);
	while (s.len > 0) {
		struct span c = s;
		enum utf8 kind = utf8_next(&s, &cp);

		if (kind == UTF8_SAFE && cp != '"' && cp != '\\')
			continue;
		fwrite(plain.p, 1, (size_t)(c.p - plain.p), out);
		plain = s;
		if (kind == UTF8_SAFE)
			fprintf(out, "\\%c", (char)cp);
		else
			json_unit(out, kind == UTF8_BAD ? 0xfffd : cp);
	}
	if (plain.len > 0)
		fwrite(plain.p, 1, plain.len, out);
	fputc('"', out);
}

static void
json_key(struct term *t, const char *key)
{
	if (t->comma)
		fputc(',', t->out);
	t->comma = true;
	if (key != NULL) {
		json_quoted(t->out, span_of(key));
		fputc(':', t->out);
	}
}

void
json_begin(struct term *t, const char *key, char bracket)
{
	json_key(t, key);
	fputc(bracket, t->out);
	t->comma = false;
	t->depth++;
}

void
json_end(struct term *t, char bracket)
{
	fputc(bracket, t->out);
	t->comma = --t->depth > 0;
	if (t->depth == 0)
		fputc('\n', t->out);
}

void
json_text(struct term *t, const char *key, struct span s)
{
	json_key(t, key);
	if (s.len == 0)
		fputs("null", t->out);
	else
		json_quoted(t->out, s);
}

void
json_str(struct term *t, const char *key, const char *s)
{
	json_text(t, key, span_of(s));
}

void
json_int(struct term *t, const char *key, int64_t n)
{
	json_key(t, key);
	fprintf(t->out, "%" PRId64, n);
}

void
json_double(struct term *t, const char *key, double d)
{
	json_key(t, key);
	if (isfinite(d))
		fprintf(t->out, "%.12g", d);
	else
		fputs("null", t->out);
}

void
json_bool(struct term *t, const char *key, bool b)
{
	json_key(t, key);
	fputs(b ? "true" : "false", t->out);
}

void
json_none(struct term *t, const char *key)
{
	json_key(t, key);
	fputs("null", t->out);
}

void
json_time(struct term *t, const char *key, int64_t us)
{
	char text[TERM_TIME_SIZE];

	if (us == 0) {
		json_none(t, key);
		return;
	}
	term_time_utc(text, us);
	json_str(t, key, text);
}
