/*
 * Structured data (RFC 5424 6.3). The one rule: all of it is understood, or
 * the brackets stay in the message.
 */
#include <string.h>

#include "parsers/record_parts.h"

/* One of the characters of an SD-ID or a parameter's name. */
static bool
record_sd_is_name(char c)
{
	return (unsigned char)c > 0x20 && c != 0x7f && c != '=' && c != ']' &&
	    c != '"';
}

static bool
record_sd_name(struct span *s, struct span *out)
{
	size_t n = 0;

	while (n < s->len && record_sd_is_name(s->p[n]))
		n++;
	*out = span_to(*s, s->p + n);
	*s = span_from(*s, n);
	return n > 0;
}

/* A value in quotes. An unescaped bracket in it breaks the element. */
static bool
record_sd_quoted(struct span *s, struct span *out)
{
	size_t n = 1;

	while (n < s->len && s->p[n] != '"') {
		if (s->p[n] == ']')
			return false;
		n += s->p[n] == '\\' ? 2 : 1;
	}
	if (n >= s->len)
		return false;
	*out = (struct span){ s->p + 1, n - 1 };
	*s = span_from(*s, n + 1);
	return true;
}

/* VMware's: no quotes, up to a blank or the bracket. */
static bool
record_sd_bare(struct span *s, struct span *out)
{
	size_t n = 0;

	while (n < s->len && (unsigned char)s->p[n] > 0x20 && s->p[n] != ']' &&
	    s->p[n] != '"')
		n++;
	*out = span_to(*s, s->p + n);
	*s = span_from(*s, n);
	return n > 0;
}

/* "name=value", and the blank after '=' that some senders put there. */
static bool
record_sd_param(struct span *s, struct span *name, struct span *value)
{
	if (!record_sd_name(s, name) || !scan_char(s, '='))
		return false;
	if (s->len > 1 && s->p[0] == ' ' && s->p[1] == '"')
		*s = span_from(*s, 1);
	if (s->len > 0 && s->p[0] == '"') {
		if (!record_sd_quoted(s, value))
			return false;
	} else if (!record_sd_bare(s, value)) {
		return false;
	}
	return s->len > 0 && (s->p[0] == ' ' || s->p[0] == ']');
}

/* The elements at the front of s, if all of them are whole. */
bool
record_sd_scan(struct span *s, struct span *out)
{
	struct span t = *s, name, value;

	while (scan_char(&t, '[')) {
		if (!record_sd_name(&t, &name))
			return false;
		while (t.len > 0 && t.p[0] == ' ') {
			scan_skip_blanks(&t);
			if (t.len > 0 && t.p[0] == ']')
				break;
			if (!record_sd_param(&t, &name, &value))
				return false;
		}
		if (!scan_char(&t, ']'))
			return false;
	}
	if (t.p == s->p)
		return false;
	*out = span_to(*s, t.p);
	*s = t;
	return true;
}

bool
record_sd_next(
    struct span *cursor, struct span *id, struct span *name, struct span *value)
{
	struct span t = *cursor;
	bool fresh;

	*name = *value = SPAN_NONE;
	if (t.len == 0)
		return false;
	/* At the very front, or behind the end of the element before; behind
	 * a blank a bracket would be the first letter of a name. */
	fresh = scan_char(&t, '[');
	if (!fresh) {
		scan_skip_blanks(&t);
		if (scan_char(&t, ']') && !(fresh = scan_char(&t, '[')))
			return false;
	}
	if (fresh && !record_sd_name(&t, id))
		return false;
	scan_skip_blanks(&t);
	if (!(fresh && t.len > 0 && t.p[0] == ']') &&
	    !record_sd_param(&t, name, value))
		return false;
	*cursor = t;
	return true;
}

bool
record_sd_get(const struct record *rec, const char *name, struct span *value)
{
	struct span cursor = rec->sd, id = SPAN_NONE, key;

	while (record_sd_next(&cursor, &id, &key, value))
		if (key.len > 0 && span_is(key, name))
			return true;
	*value = SPAN_NONE;
	return false;
}

struct span
record_sd_unescape(struct span value, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < value.len && n < size - 1; i++) {
		if (value.p[i] == '\\' && i + 1 < value.len &&
		    strchr("\"\\]", value.p[i + 1]) != NULL &&
		    value.p[i + 1] != '\0')
			i++;
		buf[n++] = value.p[i];
	}
	buf[n] = '\0';
	return (struct span){ buf, n };
}
