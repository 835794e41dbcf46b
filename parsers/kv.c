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

/* The word that ends at the "=" at p; blanks may stand between. */
static struct span
kv_key_before(const char *start, const char *eq)
{
	const char *end = eq, *p;

	while (end > start && end[-1] == ' ')
		end--;
	for (p = end; p > start && kv_key_byte(p[-1]); p--)
		;
	return (struct span){ p, (size_t)(end - p) };
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
	const char *eq;

	while (cursor->len > 0 &&
	    (eq = memchr(cursor->p, '=', cursor->len)) != NULL) {
		*key = kv_key_before(cursor->p, eq);
		*cursor = span_from(*cursor, (size_t)(eq - cursor->p) + 1);
		if (key->len == 0)
			continue;
		kv_value(cursor, value);
		return true;
	}
	*cursor = span_from(*cursor, cursor->len);
	return false;
}

bool
kv_get(struct span text, const char *key, struct span *value)
{
	struct span name, found;

	while (kv_next(&text, &name, &found))
		if (span_is_nocase(name, key)) {
			*value = found;
			return true;
		}
	return false;
}
