/* RFC 3629, and the characters that must not reach a terminal. */
#include "daemon/term_utf8.h"

struct range {
	uint32_t from, to;
};

/*
 * Control and C1 characters, soft hyphen, Arabic letter mark, Mongolian vowel
 * separator, zero width, bidi (Unicode 9, UAX 9), line and paragraph
 * separators, invisible operators, byte order mark, interlinear, tags.
 */
static const struct range unsafe[] = { { 0x00, 0x1f }, { 0x7f, 0x9f },
	{ 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
	{ 0xfdd0, 0xfdef }, { 0xfffe, 0xffff }, { 0xe0000, 0xe0fff } };

static const struct range wide[] = { { 0x1100, 0x115f }, { 0x2e80, 0xa4cf },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff },
	{ 0x20000, 0x3fffd } };

static const struct range narrow[] = { { 0x300, 0x36f }, { 0x483, 0x489 },
	{ 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff },
	{ 0xfe20, 0xfe2f } };

#define WITHIN(table, cp) \
	range_has(table, sizeof(table) / sizeof((table)[0]), cp)

static bool
range_has(const struct range *table, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= table[i].from && cp <= table[i].to)
			return true;
	return false;
}

/* Bytes a character takes by its first; 0 where none begins so. */
static size_t
utf8_length(unsigned char c)
{
	return c < 0x80 ? 1
	    : c < 0xc2	? 0
	    : c < 0xe0	? 2
	    : c < 0xf0	? 3
	    : c < 0xf5	? 4
			: 0;
}

/* False where the bytes are no character, or one written too long. */
static bool
utf8_decode(struct span s, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t value;

	if (n == 0 || n > s.len)
		return false;
	value = (unsigned char)s.p[0];
	if (n > 1)
		value &= 0x7fu >> n;
	for (size_t i = 1; i < n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c & 0xc0) != 0x80)
			return false;
		value = value << 6 | (c & 0x3f);
	}
	*cp = value;
	return value >= least[n] && value <= 0x10ffff &&
	    (value < 0xd800 || value > 0xdfff);
}

enum utf8
utf8_next(struct span *s, uint32_t *cp)
{
	unsigned char c = (unsigned char)s->p[0];
	size_t n;

	if (c >= 0x20 && c < 0x7f) { /* nearly always */
		*cp = c;
		s->p++;
		s->len--;
		return UTF8_SAFE;
	}
	n = utf8_length(c);
	if (!utf8_decode(*s, n, cp)) {
		*cp = c;
		*s = span_from(*s, 1);
		return UTF8_BAD;
	}
	*s = span_from(*s, n);
	return WITHIN(unsafe, *cp) ? UTF8_UNSAFE : UTF8_SAFE;
}

int
utf8_width(uint32_t cp)
{
	if (cp < 0x300)
		return 1;
	if (WITHIN(narrow, cp))
		return 0;
	return WITHIN(wide, cp) ? 2 : 1;
}

size_t
utf8_cut(struct span s, size_t most)
{
	struct span rest = s;
	uint32_t cp;

	while (rest.len > 0) {
		struct span before = rest;

		utf8_next(&rest, &cp);
		if ((size_t)(rest.p - s.p) > most) {
			rest = before;
			break;
		}
	}
	return rest.p == s.p && s.len > 0 ? 1 : (size_t)(rest.p - s.p);
}
