/* Views of bytes, and scanners over them. */
#include "parsers/span.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static unsigned char
span_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool
span_same_nocase(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i] &&
		    span_lower((unsigned char)a[i]) !=
			span_lower((unsigned char)b[i]))
			return false;
	return true;
}

struct span
span_of(const char *s)
{
	return s == NULL ? SPAN_NONE : (struct span){ s, strlen(s) };
}

bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool
span_ends(struct span s, const char *lit)
{
	size_t n = strlen(lit);

	return s.len >= n && (n == 0 || memcmp(s.p + s.len - n, lit, n) == 0);
}

const char *
span_find(struct span s, const char *lit)
{
	return s.len == 0 ? NULL : memmem(s.p, s.len, lit, strlen(lit));
}

size_t
span_next(struct span s, size_t i, const struct span_mark *m)
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

const char *
span_find_nocase(struct span s, const char *lit)
{
	size_t n = strlen(lit), i = 0;
	struct span_mark m;

	if (n == 0)
		return s.p;
	m = (struct span_mark){ (unsigned char)lit[0] | 0x20,
		(unsigned char)lit[n - 1] | 0x20, n - 1 };
	for (; (i = span_next(s, i, &m)) < s.len; i++)
		if (span_same_nocase(s.p + i, lit, n))
			return s.p + i;
	return NULL;
}

bool
span_has(struct span s, const char *lit)
{
	return span_find(s, lit) != NULL;
}

bool
span_has_nocase(struct span s, const char *lit)
{
	return span_find_nocase(s, lit) != NULL;
}

static bool
span_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

struct span
span_trim(struct span s)
{
	while (s.len > 0 && span_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && span_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct span
span_unquote(struct span s)
{
	if (s.len >= 2 && (s.p[0] == '"' || s.p[0] == '\'') &&
	    s.p[s.len - 1] == s.p[0])
		return (struct span){ s.p + 1, s.len - 2 };
	return s;
}

struct span
span_to(struct span s, const char *end)
{
	return (struct span){ s.p, (size_t)(end - s.p) };
}

bool
span_copy(char *to, size_t size, struct span s)
{
	size_t n = s.len < size ? s.len : size - 1;

	if (n > 0)
		memcpy(to, s.p, n);
	to[n] = '\0';
	return n == s.len;
}

bool
scan_skip_blanks(struct span *s)
{
	size_t n = 0;

	while (n < s->len && (s->p[n] == ' ' || s->p[n] == '\t'))
		n++;
	return n == 0 || scan_eat(s, n);
}

bool
scan_blanks(struct span *s)
{
	if (s->len == 0 || (s->p[0] != ' ' && s->p[0] != '\t'))
		return false;
	return scan_skip_blanks(s);
}

bool
scan_until(struct span *s, const char *lit, struct span *out)
{
	const char *at = span_find(*s, lit);

	if (at == NULL)
		return false;
	if (out != NULL)
		*out = span_to(*s, at);
	return scan_eat(s, (size_t)(at - s->p) + strlen(lit));
}

bool
scan_word(struct span *s, struct span *out)
{
	size_t n = 0;

	while (n < s->len && !span_blank(s->p[n]))
		n++;
	if (n == 0)
		return false;
	if (out != NULL)
		*out = (struct span){ s->p, n };
	return scan_eat(s, n);
}

bool
scan_set(struct span *s, const char *set, struct span *out)
{
	size_t n = 0;

	while (n < s->len && s->p[n] != '\0' && strchr(set, s->p[n]) != NULL)
		n++;
	if (n == 0)
		return false;
	if (out != NULL)
		*out = (struct span){ s->p, n };
	return scan_eat(s, n);
}

bool
scan_line(struct span *s, struct span *out)
{
	const char *lf;

	if (s->len == 0)
		return false;
	lf = memchr(s->p, '\n', s->len);
	*out = lf == NULL ? *s : span_to(*s, lf);
	return scan_eat(s, lf == NULL ? s->len : out->len + 1);
}

bool
scan_digits(struct span *s, int max, int *out)
{
	size_t n = 0;
	int value = 0;

	while (n < s->len && s->p[n] >= '0' && s->p[n] <= '9') {
		if (n == (size_t)max || n == 9)
			return false;
		value = value * 10 + (s->p[n++] - '0');
	}
	if (n == 0)
		return false;
	*out = value;
	return scan_eat(s, n);
}

static int
span_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)span_lower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

bool
span_u64(struct span s, int base, uint64_t *out)
{
	uint64_t value = 0;

	if (base == 16 && span_starts_nocase(s, "0x"))
		s = span_from(s, 2);
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int digit = span_digit(s.p[i]);

		if (digit >= base ||
		    value > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base)
			return false;
		value = value * (uint64_t)base + (uint64_t)digit;
	}
	*out = value;
	return true;
}
