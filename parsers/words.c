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

/* The first letter, and the last one before a blank. */
static struct span_mark
words_mark(const char *words)
{
	size_t n = 1;

	while (words[n] != '\0' && !words_blank(words[n]))
		n++;
	return (struct span_mark){ (unsigned char)words[0] | 0x20,
		(unsigned char)words[n - 1] | 0x20, n - 1 };
}

/* A blank is any of four. */
static size_t
words_next_blank(struct span s, size_t i)
{
	while (i < s.len && !words_blank(s.p[i]))
		i++;
	return i;
}

bool
words_until(struct span *s, const char *words, struct span *before)
{
	bool blank = words_blank(words[0]);
	struct span_mark m = { 0 };

	if (!blank && words[0] != '\0')
		m = words_mark(words);
	for (size_t i = 0; i < s->len; i++) {
		struct span rest;

		if (words[0] != '\0')
			i = blank ? words_next_blank(*s, i)
				  : span_next(*s, i, &m);
		rest = span_from(*s, i);
		if (i == s->len || !words_eat(&rest, words))
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
