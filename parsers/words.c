/* Words in prose, whatever blanks and letters they were printed with. */
#include "parsers/words.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* Two letters of what is looked for, folded, and how far they stand apart. */
struct words_mark {
	unsigned char first, second;
	size_t gap;
};

/* The first letter, and the last one before a blank. */
static struct words_mark
words_mark(const char *words)
{
	size_t n = 1;

	while (words[n] != '\0' && !words_blank(words[n]))
		n++;
	return (struct words_mark){ (unsigned char)words[0] | 0x20,
		(unsigned char)words[n - 1] | 0x20, n - 1 };
}

/*
 * Where from i on the marks stand; at least where the words do. A bit more
 * than the case of letters is folded, which is for words_eat() to notice.
 * Phrases are many and seldom there: a place is turned down 16 at a time.
 */
static size_t
words_next(struct span s, size_t i, const struct words_mark *m)
{
	const unsigned char *p = (const unsigned char *)s.p;

#ifdef __SSE2__
	const __m128i fold = _mm_set1_epi8(0x20);
	const __m128i first = _mm_set1_epi8((char)m->first);
	const __m128i second = _mm_set1_epi8((char)m->second);

	for (; i + m->gap + 16 <= s.len; i += 16) {
		__m128i a = _mm_loadu_si128((const void *)(p + i));
		__m128i b = _mm_loadu_si128((const void *)(p + i + m->gap));
		int hits = _mm_movemask_epi8(
		    _mm_and_si128(_mm_cmpeq_epi8(_mm_or_si128(a, fold), first),
			_mm_cmpeq_epi8(_mm_or_si128(b, fold), second)));

		if (hits != 0)
			return i + (size_t)__builtin_ctz((unsigned)hits);
	}
#endif
	for (; i + m->gap < s.len; i++)
		if ((p[i] | 0x20) == m->first &&
		    (p[i + m->gap] | 0x20) == m->second)
			return i;
	return s.len;
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
	struct words_mark m = { 0 };

	if (!blank && words[0] != '\0')
		m = words_mark(words);
	for (size_t i = 0; i < s->len; i++) {
		struct span rest;

		if (words[0] != '\0')
			i = blank ? words_next_blank(*s, i)
				  : words_next(*s, i, &m);
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
