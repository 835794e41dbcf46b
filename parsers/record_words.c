/*
 * Words in front of a message: is it a host, a tag, or already text? The one
 * rule: in doubt it is text, for a beheaded message is lost to its parser.
 */
#include <string.h>

#include "parsers/record_parts.h"

enum { RECORD_HOST_MAX = 255 };

static bool
record_is_hex(char c)
{
	return record_is_digit(c) || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F');
}

/* A printable ASCII character that no host, tag or name may hold. */
static bool
record_is_odd(char c)
{
	return (unsigned char)c <= 0x20 || (unsigned char)c >= 0x7f ||
	    (!record_is_alnum(c) && strchr("=\"'`<>|;{}", c) != NULL);
}

/* "%SYS-5-CONFIG_I", "%%01IKE/4/WARNING": what Cisco and its kin begin with. */
bool
record_is_mnemonic(struct span s)
{
	return s.len > 1 && s.p[0] == '%' &&
	    (record_is_alpha(s.p[1]) || s.p[1] == '%');
}

/* Words that end with a colon and are text all the same. */
static const struct record_word {
	const char *word;
	bool whole; /* else any word that begins so */
} record_no_tags[] = {
	{ "CEF", true }, /* CEF:0|Vendor|... */
	{ "LEEF", true },
	{ "ISAKMP", false }, /* Cisco debugging: ISAKMP:(0):, IKEv2:(SA ID */
	{ "IKEv2", false },
	{ "IKEv1", false },
	{ "IPSEC", true }, /* IPSEC: and IPSEC(create_sa): */
	{ "IPSEC(", false },
	{ "IPSec", true },
	{ "IPSec(", false },
	{ "IPSECv6", false },
	{ "CRYPTO", false },
	{ "Crypto", false },
};

static bool
record_is_text_word(struct span word)
{
	size_t n = sizeof(record_no_tags) / sizeof(record_no_tags[0]);

	for (size_t i = 0; i < n; i++) {
		const struct record_word *w = &record_no_tags[i];

		if (w->whole ? span_is(word, w->word)
			     : span_starts(word, w->word))
			return true;
	}
	return false;
}

/* A mnemonic or a debugging word: what stands behind a device's header. */
bool
record_is_cisco(struct span s)
{
	struct span word = s;

	if (record_is_mnemonic(s))
		return true;
	for (size_t i = 0; i < s.len && i < 16; i++) {
		if (s.p[i] == ':' || s.p[i] == ' ') {
			word.len = i;
			break;
		}
	}
	return record_is_text_word(word);
}

/* "IKE/6/IKE_P1_SA_ESTABLISH_FAIL": Comware's and Huawei's mnemonic. */
static bool
record_is_module(struct span word)
{
	for (size_t i = 0; i + 2 < word.len; i++)
		if (word.p[i] == '/' && record_is_digit(word.p[i + 1]) &&
		    word.p[i + 2] == '/')
			return true;
	return false;
}

bool
record_all_digits(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!record_is_digit(s.p[i]))
			return false;
	return true;
}

/* The word of a tag: up to the colon or the bracket. */
static size_t
record_tag_word(struct span s)
{
	size_t n = 0;

	if (s.len == 0 ||
	    (!record_is_alpha(s.p[0]) && !record_is_digit(s.p[0]) &&
		strchr("_/.", s.p[0]) == NULL))
		return 0;
	while (n < s.len &&
	    (record_is_alnum(s.p[n]) ||
		(!record_is_odd(s.p[n]) && strchr(":[],%", s.p[n]) == NULL)))
		n++;
	return n;
}

/* "[pid]:", or "[123] " where the colon is missing; ate says how much. */
static bool
record_tag_pid(struct span s, struct span word, struct span *pid, size_t *ate)
{
	size_t n = 1;

	while (n < s.len && s.p[n] != ']' && (unsigned char)s.p[n] > 0x20)
		n++;
	if (n >= s.len || s.p[n] != ']')
		return false;
	*pid = (struct span){ s.p + 1, n - 1 };
	/* strongSwan's "12[IKE] text" is no tag. */
	if (record_all_digits(word) && !record_all_digits(*pid))
		return false;
	s = span_from(s, n + 1);
	*ate = n + 1;
	if (s.len > 0 && s.p[0] == ':')
		++*ate;
	else if (!record_ends(s) || pid->len == 0 || !record_all_digits(*pid))
		return false;
	return true;
}

/* May "word:text" without a blank be a tag? Not "http://", "C:\", "a::b". */
static bool
record_tag_glued(struct span word, char next)
{
	if (!record_is_alpha(word.p[0]) || strchr("(/\\:", next) != NULL)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if (!record_is_alnum(word.p[i]) &&
		    strchr("_-./", word.p[i]) == NULL)
			return false;
	return true;
}

/*
 * "tag: ", "tag[pid]: ", "tag[123] ", and, unless strict, "tag:text". The
 * blank after it is eaten too.
 */
bool
record_tag(struct span *s, bool strict, struct span *app, struct span *procid)
{
	size_t n = record_tag_word(*s), ate = 1;
	struct span word, pid = SPAN_NONE;

	if (n == 0 || n == s->len)
		return false;
	word = span_to(*s, s->p + n);
	if (record_is_module(word) || record_is_text_word(word))
		return false;
	if (s->p[n] == '[') {
		if (!record_tag_pid(span_from(*s, n), word, &pid, &ate))
			return false;
	} else if (s->p[n] != ':') {
		return false;
	} else if (!record_ends(span_from(*s, n + 1)) &&
	    (strict || !record_tag_glued(word, s->p[n + 1]))) {
		return false;
	}
	*app = word;
	*procid = pid.len > 0 ? pid : SPAN_NONE;
	*s = span_from(*s, n + ate);
	scan_char(s, ' ');
	return true;
}

/*
 * An address of version 6, or a MAC address: hex digits and colons, with
 * "::" or at least five of them. A scope or a mapped address may follow.
 */
bool
record_is_colon_address(struct span word)
{
	size_t colons = 0, n = 0;
	bool pair = false;

	if (word.len > 2 && word.p[0] == '[' && word.p[word.len - 1] == ']')
		word = (struct span){ word.p + 1, word.len - 2 };
	for (; n < word.len; n++) {
		if (word.p[n] == ':') {
			colons++;
			pair = pair || (n > 0 && word.p[n - 1] == ':');
		} else if (word.p[n] == '%') {
			break;
		} else if (!record_is_hex(word.p[n]) && word.p[n] != '.') {
			return false;
		}
	}
	return n > 1 && colons >= 2 && (pair || colons >= 5);
}

static bool
record_is_ipv4(struct span word)
{
	size_t dots = 0;

	for (size_t i = 0; i < word.len; i++)
		if (word.p[i] == '.')
			dots++;
		else if (!record_is_digit(word.p[i]))
			return false;
	return dots == 3;
}

/* "ipsec,error": RouterOS names topics where others name a host. */
static bool
record_is_topic(struct span word)
{
	static const char *const topics[] = { ",info", ",error", ",debug",
		",warning", ",critical", ",packet", NULL };

	for (size_t i = 0; topics[i] != NULL; i++)
		if (span_has(word, topics[i]))
			return true;
	return false;
}

/* A word that can stand for a host. */
bool
record_is_host(struct span word)
{
	bool letter = false;
	size_t dots = 0;

	if (word.len == 0 || word.len > RECORD_HOST_MAX)
		return false;
	if (record_is_colon_address(word) || record_is_ipv4(word) ||
	    span_is(word, "(none)")) /* a Linux host without a name */
		return true;
	if (!record_is_alpha(word.p[0]) && !record_is_digit(word.p[0]) &&
	    word.p[0] != '_' && word.p[0] != '.')
		return false;
	for (size_t i = 0; i < word.len; i++) {
		char c = word.p[i];

		if (record_is_alpha(c)) {
			letter = true;
			continue;
		}
		if (record_is_digit(c))
			continue;
		if (record_is_odd(c) || strchr("()[]%:#*?!$&\\^", c) != NULL)
			return false;
		dots += c == '.';
		letter = letter || strchr(".,/-", c) == NULL;
	}
	/* Numbers alone are none, unless they look like an address. */
	return (letter || dots >= 3) && !record_is_topic(word) &&
	    !record_is_module(word);
}

/* "192.0.2.1:" is an address with a colon, not a tag. */
bool
record_host_colon(struct span *s, struct span *host)
{
	struct span t = *s, word, bare;

	if (!scan_word(&t, &word) || word.len < 3 ||
	    word.p[word.len - 1] != ':')
		return false;
	bare = (struct span){ word.p, word.len - 1 };
	if (bare.p[bare.len - 1] == ':' ||
	    !(record_is_ipv4(bare) || record_is_colon_address(bare)))
		return false;
	scan_skip_blanks(&t);
	*host = bare;
	*s = t;
	return true;
}

bool
record_lone_colon(struct span *s)
{
	struct span t = *s;

	if (!scan_char(&t, ':') || !record_ends(t))
		return false;
	scan_char(&t, ' ');
	*s = t;
	return true;
}
