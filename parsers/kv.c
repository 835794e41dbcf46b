/* key=value and key="value" pairs. */
#include "parsers/kv.h"

#include <string.h>

static bool
kv_key_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' ||
	    c == ':';
}

/*
 * Behind the next "=" with a word in front of it: the word ends at *end, blanks
 * may stand between, and begins at *start at the earliest.
 */
static bool
kv_equals(struct span *cursor, const char **start, const char **end)
{
	const char *eq;

	while (cursor->len > 0 &&
	    (eq = memchr(cursor->p, '=', cursor->len)) != NULL) {
		*start = cursor->p;
		for (*end = eq; *end > *start && (*end)[-1] == ' ';)
			(*end)--;
		*cursor = span_from(*cursor, (size_t)(eq - cursor->p) + 1);
		if (*end > *start && kv_key_byte((*end)[-1]))
			return true;
	}
	*cursor = span_from(*cursor, cursor->len);
	return false;
}

/* Whether the word that ends at end is this one; most differ in the end. */
static bool
kv_is_key(const char *start, const char *end, struct span key)
{
	const char *p;

	if ((size_t)(end - start) < key.len)
		return false;
	p = end - key.len;
	return span_same_nocase(p, key.p, key.len) &&
	    (p == start || !kv_key_byte(p[-1]));
}

/* NUL is no part of a value, either. */
static bool
kv_ends(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' ||
	    c == ';' || c == '\0';
}

static void
kv_value(struct span *s, struct span *value)
{
	size_t n = 0;

	if (s->len > 0 && s->p[0] == '"') {
		for (n = 1; n < s->len && s->p[n] != '"'; n++)
			if (s->p[n] == '\\' && n + 1 < s->len)
				n++;
		if (n > s->len)
			n = s->len;
		*value = (struct span){ s->p + 1, n - 1 };
		*s = span_from(*s, n < s->len ? n + 1 : n);
		return;
	}
	while (n < s->len && !kv_ends(s->p[n]))
		n++;
	*value = (struct span){ s->p, n };
	*s = span_from(*s, n);
}

bool
kv_next(struct span *cursor, struct span *key, struct span *value)
{
	const char *start, *end, *p;

	if (!kv_equals(cursor, &start, &end))
		return false;
	for (p = end; p > start && kv_key_byte(p[-1]); p--)
		;
	*key = (struct span){ p, (size_t)(end - p) };
	kv_value(cursor, value);
	return true;
}

bool
kv_get(struct span text, const char *key, struct span *value)
{
	struct span name = span_of(key), found;
	const char *start, *end;

	/* Many keys that are asked for are not there. */
	if (!span_has_nocase(text, key))
		return false;
	while (kv_equals(&text, &start, &end)) {
		kv_value(&text, &found);
		if (kv_is_key(start, end, name)) {
			*value = found;
			return true;
		}
	}
	return false;
}
