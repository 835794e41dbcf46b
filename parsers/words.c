/* Words in prose, whatever blanks and letters they were printed with. */
#include "parsers/words.h"

static bool
words_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char
words_fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool
words_eat(struct span *s, const char *words)
{
	size_t n = 0;

	for (; *words != '\0'; words++) {
		if (words_blank(*words)) {
			if (n == s->len || !words_blank(s->p[n]))
				return false;
			while (n < s->len && words_blank(s->p[n]))
				n++;
		} else if (n < s->len &&
		    words_fold(s->p[n]) == words_fold(*words))
			n++;
		else
			return false;
	}
	*s = span_from(*s, n);
	return true;
}

bool
words_until(struct span *s, const char *words, struct span *before)
{
	for (size_t i = 0; i < s->len; i++) {
		struct span rest = span_from(*s, i);

		if (!words_eat(&rest, words))
			continue;
		if (before != NULL)
			*before = (struct span){ s->p, i };
		*s = rest;
		return true;
	}
	return false;
}

bool
words_in(struct span s, const char *words)
{
	return words_until(&s, words, NULL);
}
