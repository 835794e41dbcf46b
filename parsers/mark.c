/* Marks at the beginning of a vendor's own text. */
#include "parsers/mark.h"

#include "parsers/rules.h"

enum { MARK_HEADERS = 240 };

static bool
mark_between(char c)
{
	return c == ' ' || c == '\t' || c == ']' || c == ':' || c == '>' ||
	    c == '[';
}

bool
mark_find(const struct record *rec, const char *mark, struct span *text)
{
	struct span s = rec->raw;

	/* Nearly every mark is in nearly no line. */
	if (s.len > MARK_HEADERS + strlen(mark))
		s.len = MARK_HEADERS + strlen(mark);
	if (!span_has(s, mark))
		return false;
	s = rec->raw;
	for (size_t i = 0; i < s.len && i < MARK_HEADERS; i++) {
		struct span rest = span_from(s, i);

		if (s.p[i] == '"' || s.p[i] == '{' || s.p[i] == '\'')
			rest = (struct span){ s.p + i, 0 };
		if ((i == 0 || mark_between(s.p[i - 1])) &&
		    span_starts(span_from(s, i), mark)) {
			*text = span_from(s, i);
			return true;
		}
		if (rest.len == 0)
			return false;
	}
	return false;
}

void
mark_address(struct span text, struct span *addr, struct span *port)
{
	struct span a, p = SPAN_NONE;

	if (text.len == 0 || span_is(text, "0.0.0.0") ||
	    !rules_address(text, &a, &p))
		return;
	*addr = a;
	if (port != NULL)
		*port = p;
}
