/*
 * A view of bytes that somebody else owns, and the small scanners that every
 * header parser is written with.
 *
 * Scanners that take "struct span *s" eat from its front when they succeed
 * and leave it untouched when they fail, so they can be chained with &&.
 * No scanner looks past s->len, none needs a closing NUL.
 */
#ifndef IKEWATCH_PARSERS_SPAN_H
#define IKEWATCH_PARSERS_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const char *p;
	size_t len;
};

#define SPAN_LIT(s) ((struct span){ (s), sizeof(s) - 1 })
#define SPAN_NONE ((struct span){ NULL, 0 })

struct span span_of(const char *); /* of a C string; NULL gives SPAN_NONE */
bool span_eq(struct span, struct span);
bool span_same_nocase(const char *, const char *, size_t);

/*
 * What every line of every parser asks first is compiled in place: with a
 * literal, its length is known then, and most answers are no. Out of a table
 * of names the first letter decides before the length is asked.
 */

/* Begins with another letter, in either case; no where one of them is empty. */
static inline bool
span_differs(struct span s, const char *lit)
{
	return s.len > 0 && lit[0] != '\0' && ((s.p[0] ^ lit[0]) & 0xdf) != 0;
}

/* Equal, byte for byte. */
static inline bool
span_is(struct span s, const char *lit)
{
	size_t n;

	if (span_differs(s, lit))
		return false;
	n = strlen(lit);
	return s.len == n && (n == 0 || memcmp(s.p, lit, n) == 0);
}

/* Equal, ASCII case folded. */
static inline bool
span_is_nocase(struct span s, const char *lit)
{
	return !span_differs(s, lit) && s.len == strlen(lit) &&
	    span_same_nocase(s.p, lit, s.len);
}

static inline bool
span_starts(struct span s, const char *lit)
{
	size_t n;

	if (span_differs(s, lit))
		return false;
	n = strlen(lit);
	return s.len >= n && (n == 0 || memcmp(s.p, lit, n) == 0);
}

static inline bool
span_starts_nocase(struct span s, const char *lit)
{
	size_t n;

	if (span_differs(s, lit))
		return false;
	n = strlen(lit);
	return s.len >= n && span_same_nocase(s.p, lit, n);
}

bool span_ends(struct span, const char *);
/* First place of a literal; NULL where there is none. */
const char *span_find(struct span, const char *);
const char *span_find_nocase(struct span, const char *);

/* The first and the last letter of what is looked for, with the bit that is
 * the case of letters set, and how far they stand apart. */
struct span_mark {
	unsigned char first, second;
	size_t gap;
};
/*
 * Where from i on both stand, and so the words may; s.len where nowhere. More
 * than case is folded, which the comparison that follows has to notice. What
 * is looked for is seldom there: 16 places at a time are turned down.
 */
size_t span_next(struct span, size_t i, const struct span_mark *);

bool span_has(struct span, const char *);
bool span_has_nocase(struct span, const char *);
/* Without blanks (space, tab, CR, LF, NUL) at both ends. */
struct span span_trim(struct span);
/* Without one pair of surrounding quotes: "..." or '...'. */
struct span span_unquote(struct span);
/* Everything from position n on; empty past the end. */
static inline struct span
span_from(struct span s, size_t n)
{
	if (n > s.len)
		n = s.len;
	if (s.p == NULL)
		return s;
	return (struct span){ s.p + n, s.len - n };
}

struct span span_to(struct span, const char *end);
/* Copies at most size - 1 bytes and closes with NUL; true if all fitted. */
bool span_copy(char *to, size_t size, struct span);

/* Eats n bytes that are there. */
static inline bool
scan_eat(struct span *s, size_t n)
{
	s->p += n;
	s->len -= n;
	return true;
}

static inline bool
scan_char(struct span *s, char c)
{
	return s->len > 0 && s->p[0] == c && scan_eat(s, 1);
}

static inline bool
scan_lit(struct span *s, const char *lit)
{
	return span_starts(*s, lit) && scan_eat(s, strlen(lit));
}

static inline bool
scan_lit_nocase(struct span *s, const char *lit)
{
	return span_starts_nocase(*s, lit) && scan_eat(s, strlen(lit));
}

/* One or more blanks (space or tab); scan_skip_blanks takes none too. */
bool scan_blanks(struct span *);
bool scan_skip_blanks(struct span *);
/* Up to the literal, which is eaten too; out may be NULL. */
bool scan_until(struct span *, const char *lit, struct span *out);
/* A run of bytes that are not blank; at least one. */
bool scan_word(struct span *, struct span *out);
/* A run of bytes of the set; at least one. */
bool scan_set(struct span *, const char *set, struct span *out);
/* Up to the next LF (eaten) or the end; false when nothing is left. */
bool scan_line(struct span *, struct span *out);
/* At most max digits, at least one; a longer run fails. */
bool scan_digits(struct span *, int max, int *out);
/* Whole-text numbers: base 10 or 16 (an 0x in front is allowed). */
bool span_u64(struct span, int base, uint64_t *out);

#endif
