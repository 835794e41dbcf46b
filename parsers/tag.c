/* Walks over the words of headers until a program's mark. */
#include "parsers/tag.h"

#include <string.h>

enum { TAG_WORDS = 24 };

bool
tag_is(struct span word, const char *name)
{
	if (!scan_lit_nocase(&word, name))
		return false;
	if (scan_char(&word, '[') &&
	    (!scan_set(&word, "0123456789", NULL) || !scan_char(&word, ']')))
		return false;
	scan_char(&word, ':');
	return word.len == 0;
}

static bool
tag_date(struct span word)
{
	static const char *const names[] = { "jan", "feb", "mar", "apr", "may",
		"jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue",
		"wed", "thu", "fri", "sat", "sun" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is_nocase(word, names[i]))
			return true;
	return false;
}

/* "daemon.info", "authpriv.warn", "local0.notice" */
static bool
tag_facility(struct span word)
{
	static const char *const names[] = { "daemon.", "authpriv.", "auth.",
		"user.", "kern." };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_starts(word, names[i]))
			return true;
	return span_starts(word, "local") && word.len > 6 && word.p[6] == '.';
}

/* Whether a word may stand in a header; a time lets one host follow. */
static bool
tag_header(struct span word, int *hosts)
{
	struct span rest;
	bool digit;

	/* "Mon, 2021-05-10, 16:19:17" */
	if (word.len > 1 && word.p[word.len - 1] == ',')
		word.len--;
	rest = word;
	digit = scan_set(&rest, "0123456789", NULL);
	if (digit && span_has(word, ":") && !span_ends(word, ":")) {
		*hosts = 1;
		return true;
	}
	if (digit)
		scan_set(&rest, "0123456789-/", NULL); /* a date */
	if (word.p[0] == '<' || rest.len == 0 || span_ends(word, ":") ||
	    span_is(word, "-") || span_is(word, "|") || span_is(word, ">") ||
	    tag_date(word) || tag_facility(word))
		return true;
	return (*hosts)-- > 0;
}

/* Does a word with a colon come next, as a program's name has, or a bar? */
static bool
tag_follows(struct span s)
{
	struct span word;

	return scan_blanks(&s) && scan_word(&s, &word) &&
	    (span_ends(word, ":") || span_is(word, "|"));
}

/* "07 12:33:16": what stood before is a month, in whatever language. */
static bool
tag_dated(struct span s)
{
	int n;

	scan_skip_blanks(&s);
	return scan_digits(&s, 2, &n) && scan_blanks(&s) &&
	    scan_digits(&s, 2, &n) && scan_char(&s, ':') &&
	    scan_digits(&s, 2, &n) && scan_char(&s, ':');
}

bool
tag_find(const struct record *rec, tag_at *at, void *arg, struct span *text)
{
	struct span s = rec->raw, word;
	int hosts = 0;
	bool header, first;

	for (int n = 0; n < TAG_WORDS; n++) {
		scan_set(&s, " \t\r\n", NULL);
		if (at(&s, arg)) {
			*text = s;
			return true;
		}
		if (!scan_word(&s, &word))
			return false;
		/* Of the line, or of what a relay put its bare header before. */
		first =
		    n == 0 || (rec->app.len == 0 && word.p == rec->message.p);
		/* "gw1 charon: ", cut out of a log without its times */
		if (first && tag_follows(s))
			hosts = 1;
		header = (first && tag_dated(s)) || tag_header(word, &hosts);
		if (word.p >= rec->message.p && !header)
			return false;
	}
	return false;
}
