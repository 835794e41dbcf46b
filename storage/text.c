/* UTF-8 as RFC 3629 section 4 has it: no surrogates, no long forms. */
#include "storage/text.h"

#include <stdint.h>
#include <string.h>

/* Length of the well-formed character at p, 0 where there is none. */
static size_t
text_char(const unsigned char *p, size_t left)
{
	/* clang-format off */
	static const struct row {
		unsigned char from, to, low, high; /* first and second octet */
		size_t len;
	} rows[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	/* clang-format on */

	if (p[0] > 0 && p[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];

		if (p[0] < r->from || p[0] > r->to)
			continue;
		if (left < r->len || p[1] < r->low || p[1] > r->high)
			return 0;
		for (size_t k = 2; k < r->len; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return r->len;
	}
	return 0;
}

/* True where all eight octets are ASCII and none is NUL. */
static bool
text_plain8(const unsigned char *p)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return ((v | (v - UINT64_C(0x0101010101010101))) & high) == 0;
}

bool
text_clean(struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0, n;

	while (i < s.len) {
		if (s.len - i >= 8 && text_plain8(p + i)) {
			i += 8;
			continue;
		}
		if ((n = text_char(p + i, s.len - i)) == 0)
			return false;
		i += n;
	}
	return true;
}

size_t
text_escape(char *to, struct span s)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0, n, out = 0;

	while (i < s.len) {
		n = text_char(p + i, s.len - i);
		if (n > 0) {
			memcpy(to + out, p + i, n);
			out += n;
			i += n;
			continue;
		}
		to[out++] = '\\';
		to[out++] = 'x';
		to[out++] = hex[p[i] >> 4];
		to[out++] = hex[p[i] & 15];
		i++;
	}
	return out;
}
