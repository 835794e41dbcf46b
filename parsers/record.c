/*
 * Syslog headers: RFC 5424, RFC 3164, and what devices send in their place.
 * The one rule: what is not surely a header stays in the message, so that a
 * vendor parser gets the text as the device wrote it.
 */
#include "parsers/record.h"

#include <string.h>

#include "parsers/stamp.h"

enum {
	RECORD_USER = 1,   /* facility and severity where there is no PRI */
	RECORD_NOTICE = 5, /* (RFC 3164 4.3.3) */
	RECORD_HOST_MAX = 255,
	RECORD_ITEMS = 5, /* numbers and names before a device's stamp */
};

/* How a header ended, which says what may follow it. */
enum record_end {
	RECORD_END_BLANK, /* host and tag may follow */
	RECORD_END_COLON, /* a device's header: mostly text follows */
	RECORD_END_LONE,  /* " : ", an empty tag: text follows */
};

static bool
record_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
record_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
record_is_hex(char c)
{
	return record_is_digit(c) || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F');
}

static bool
record_is_alnum(char c)
{
	return record_is_alpha(c) || record_is_digit(c);
}

static bool
record_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A printable ASCII character that no host, tag or name may hold. */
static bool
record_is_odd(char c)
{
	return (unsigned char)c <= 0x20 || (unsigned char)c >= 0x7f ||
	    (!record_is_alnum(c) && strchr("=\"'`<>|;{}", c) != NULL);
}

static bool
record_ends(struct span s)
{
	return s.len == 0 || record_is_blank(s.p[0]);
}

/* "%SYS-5-CONFIG_I", "%%01IKE/4/WARNING": what Cisco and its kin begin with. */
static bool
record_is_mnemonic(struct span s)
{
	return s.len > 1 && s.p[0] == '%' &&
	    (record_is_alpha(s.p[1]) || s.p[1] == '%');
}

/* ---- PRI ---------------------------------------------------------------- */

/* "<0>" to "<191>", no leading zeros, no signs, no blanks. */
static bool
record_pri(struct span *s, struct record *rec)
{
	struct span t = *s;
	int pri;

	if (!scan_char(&t, '<') || !scan_digits(&t, 3, &pri) ||
	    !scan_char(&t, '>') || pri > 191 ||
	    (s->p[1] == '0' && s->p[2] != '>'))
		return false;
	rec->has_pri = true;
	rec->facility = pri / 8;
	rec->severity = pri % 8;
	*s = t;
	return true;
}

static bool
record_bom(struct span *s)
{
	return scan_lit(s, "\xef\xbb\xbf");
}

/* White space and a BOM before PRI are not part of the record. */
static bool
record_pri_behind_space(struct span *s, struct record *rec)
{
	struct span t = *s;

	record_bom(&t);
	while (t.len > 0 &&
	    (record_is_blank(t.p[0]) || t.p[0] == '\r' || t.p[0] == '\n' ||
		t.p[0] == '\0'))
		t = span_from(t, 1);
	if (!record_pri(&t, rec))
		return false;
	*s = t;
	return true;
}

/*
 * CR, LF and NUL at the end are framing dirt, and so are blanks behind them.
 */
static struct span
record_clean_end(struct span s)
{
	size_t text = s.len;
	size_t end;

	if (s.len == 0)
		return s;
	while (text > 0 && strchr(" \t\r\n", s.p[text - 1]) != NULL)
		text--; /* strchr finds NUL too */
	for (end = text; end < s.len && record_is_blank(s.p[end]);)
		end++;
	return span_to(s, s.p + end);
}

/* ---- RFC 5424 ----------------------------------------------------------- */

/* One of the characters of an SD-ID or a parameter's name. */
static bool
record_sd_is_name(char c)
{
	return (unsigned char)c > 0x20 && c != 0x7f && c != '=' && c != ']' &&
	    c != '"';
}

static bool
record_sd_name(struct span *s, struct span *out)
{
	size_t n = 0;

	while (n < s->len && record_sd_is_name(s->p[n]))
		n++;
	*out = span_to(*s, s->p + n);
	*s = span_from(*s, n);
	return n > 0;
}

/* A value in quotes. An unescaped bracket in it breaks the element. */
static bool
record_sd_quoted(struct span *s, struct span *out)
{
	size_t n = 1;

	while (n < s->len && s->p[n] != '"') {
		if (s->p[n] == ']')
			return false;
		n += s->p[n] == '\\' ? 2 : 1;
	}
	if (n >= s->len)
		return false;
	*out = (struct span){ s->p + 1, n - 1 };
	*s = span_from(*s, n + 1);
	return true;
}

/* VMware's: no quotes, up to a blank or the bracket. */
static bool
record_sd_bare(struct span *s, struct span *out)
{
	size_t n = 0;

	while (n < s->len && (unsigned char)s->p[n] > 0x20 && s->p[n] != ']' &&
	    s->p[n] != '"')
		n++;
	*out = span_to(*s, s->p + n);
	*s = span_from(*s, n);
	return n > 0;
}

/* "name=value", and the blank after '=' that some senders put there. */
static bool
record_sd_param(struct span *s, struct span *name, struct span *value)
{
	if (!record_sd_name(s, name) || !scan_char(s, '='))
		return false;
	if (s->len > 1 && s->p[0] == ' ' && s->p[1] == '"')
		*s = span_from(*s, 1);
	if (s->len > 0 && s->p[0] == '"') {
		if (!record_sd_quoted(s, value))
			return false;
	} else if (!record_sd_bare(s, value)) {
		return false;
	}
	return s->len > 0 && (s->p[0] == ' ' || s->p[0] == ']');
}

/* The elements at the front of s, if all of them are whole. */
static bool
record_sd_scan(struct span *s, struct span *out)
{
	struct span t = *s, name, value;

	while (scan_char(&t, '[')) {
		if (!record_sd_name(&t, &name))
			return false;
		while (t.len > 0 && t.p[0] == ' ') {
			scan_skip_blanks(&t);
			if (t.len > 0 && t.p[0] == ']')
				break;
			if (!record_sd_param(&t, &name, &value))
				return false;
		}
		if (!scan_char(&t, ']'))
			return false;
	}
	if (t.p == s->p)
		return false;
	*out = span_to(*s, t.p);
	*s = t;
	return true;
}

/* One header field; "-" gives an empty span. */
static bool
record_field(struct span *s, struct span *out)
{
	size_t n = 0;

	while (n < s->len && (unsigned char)s->p[n] > 0x20 && s->p[n] != 0x7f)
		n++;
	if (n == 0)
		return false;
	*out = n == 1 && s->p[0] == '-' ? SPAN_NONE : span_to(*s, s->p + n);
	*s = span_from(*s, n);
	return true;
}

/* VERSION 1 to 999; without PRI only 1, and a time, are a header. */
static bool
record_version(struct span *s, bool has_pri)
{
	int version;

	if (s->len == 0 || s->p[0] == '0' || !scan_digits(s, 3, &version) ||
	    !scan_char(s, ' '))
		return false;
	return has_pri || (version == 1 && s->len > 0 && s->p[0] != '-');
}

static void
record_5424_text(struct record *rec, struct span s)
{
	if (s.len > 0 && s.p[0] == '-' &&
	    (s.len == 1 || (unsigned char)s.p[1] <= 0x20))
		s = span_from(s, 1);
	else
		record_sd_scan(&s, &rec->sd);
	scan_char(&s, ' ');
	record_bom(&s);
	rec->message = s;
}

/* "1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID SD MSG" */
static bool
record_5424(struct span s, struct record *rec, struct stamp *st, bool *timed)
{
	struct span field[4];

	if (!record_version(&s, rec->has_pri))
		return false;
	*timed = !scan_char(&s, '-');
	if (*timed && !stamp_scan_rfc5424(&s, st))
		return false;
	for (size_t i = 0; i < 4; i++)
		if (!scan_char(&s, ' ') || !record_field(&s, &field[i]))
			return false;
	if (s.len > 0 && !scan_char(&s, ' '))
		return false;
	rec->format = RECORD_5424;
	rec->hostname = field[0];
	rec->app = field[1];
	rec->procid = field[2];
	rec->msgid = field[3];
	record_5424_text(rec, s);
	return true;
}

bool
record_sd_next(
    struct span *cursor, struct span *id, struct span *name, struct span *value)
{
	struct span t = *cursor;
	bool fresh;

	*name = *value = SPAN_NONE;
	if (t.len == 0)
		return false;
	/* At the very front, or behind the end of the element before; behind
	 * a blank a bracket would be the first letter of a name. */
	fresh = scan_char(&t, '[');
	if (!fresh) {
		scan_skip_blanks(&t);
		if (scan_char(&t, ']') && !(fresh = scan_char(&t, '[')))
			return false;
	}
	if (fresh && !record_sd_name(&t, id))
		return false;
	scan_skip_blanks(&t);
	if (!(fresh && t.len > 0 && t.p[0] == ']') &&
	    !record_sd_param(&t, name, value))
		return false;
	*cursor = t;
	return true;
}

bool
record_sd_get(const struct record *rec, const char *name, struct span *value)
{
	struct span cursor = rec->sd, id = SPAN_NONE, key;

	while (record_sd_next(&cursor, &id, &key, value))
		if (key.len > 0 && span_is(key, name))
			return true;
	*value = SPAN_NONE;
	return false;
}

struct span
record_sd_unescape(struct span value, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < value.len && n < size - 1; i++) {
		if (value.p[i] == '\\' && i + 1 < value.len &&
		    strchr("\"\\]", value.p[i + 1]) != NULL &&
		    value.p[i + 1] != '\0')
			i++;
		buf[n++] = value.p[i];
	}
	buf[n] = '\0';
	return (struct span){ buf, n };
}

/* ---- Hosts and tags ------------------------------------------------------ */

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
static bool
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

static bool
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
static bool
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
static bool
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
static bool
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
static bool
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

/* ---- Headers of devices -------------------------------------------------- */

/* "000123: ", a sequence number. */
static bool
record_number(struct span *s)
{
	size_t n = 0;

	while (n < s->len && n < 20 && record_is_digit(s->p[n]))
		n++;
	if (n == 0 || n == s->len || s->p[n] != ':' || n + 1 == s->len ||
	    (s->p[n + 1] != ' ' && s->p[n + 1] != '*' && s->p[n + 1] != '%'))
		return false;
	*s = span_from(*s, n + 1);
	scan_skip_blanks(s);
	return true;
}

/* A name of a board, not of a host: "RP/0/RSP0/CPU0", "CLC 6/0". */
static bool
record_is_node(struct span word)
{
	const char *slash = memchr(word.p, '/', word.len);

	return memchr(word.p, ' ', word.len) != NULL ||
	    (slash != NULL &&
		memchr(slash + 1, '/',
		    word.len - (size_t)(slash + 1 - word.p)) != NULL);
}

/* "RP/0/RSP0/CPU0:Apr  1 ...": the stamp follows without a blank. */
static bool
record_glued_origin(struct span *s, struct span word, struct span *out)
{
	const char *colon = memchr(word.p, ':', word.len);
	struct stamp st;
	struct span t;

	if (colon == NULL)
		return false;
	t = span_from(*s, (size_t)(colon + 1 - s->p));
	*out = span_to(*s, colon);
	if (out->len == 0 || (!record_is_node(*out) && !record_is_host(*out)) ||
	    !stamp_scan(&t, &st))
		return false;
	*s = span_from(*s, (size_t)(colon + 1 - s->p));
	return true;
}

/*
 * "sw01: ", "2001:db8::1: ", "CLC 6/0: " (only behind a number): who logged
 * it, before the stamp.
 */
static bool
record_origin(struct span *s, bool numbered, struct span *out)
{
	struct span t = *s, word;

	if (t.len > RECORD_HOST_MAX)
		t.len = RECORD_HOST_MAX;
	if (!scan_word(&t, &word))
		return false;
	if (record_glued_origin(s, word, out))
		return true;
	if (numbered && word.p[word.len - 1] != ':' && record_is_host(word)) {
		struct span second;

		if (!scan_char(&t, ' ') || !scan_word(&t, &second) ||
		    !record_is_digit(second.p[0]))
			return false;
		word.len = (size_t)(second.p + second.len - word.p);
	}
	if (word.p[word.len - 1] != ':' || record_ends(t) == false)
		return false;
	word.len--;
	*out = word;
	if (!record_is_node(word) && !record_is_host(word))
		return false;
	*s = span_from(*s, word.len + 1);
	return scan_blanks(s);
}

/* The colon behind a device's stamp, which tells what may follow. */
static enum record_end
record_header_end(struct span *s)
{
	struct span t = *s;

	if (scan_char(&t, ':')) {
		scan_skip_blanks(&t);
		*s = t;
		return RECORD_END_COLON;
	}
	t = *s;
	if (scan_blanks(&t) && scan_char(&t, ':') && record_ends(t)) {
		scan_char(&t, ' ');
		*s = t;
		return RECORD_END_LONE;
	}
	scan_skip_blanks(s);
	return RECORD_END_BLANK;
}

/* What was found in front of the text. */
struct record_head {
	struct stamp stamp;
	bool timed;    /* stamp holds a time */
	bool found;    /* a stamp, an uptime, or a number before a mnemonic */
	bool numbered; /* sequence numbers, as only devices send them */
	struct span host;
	enum record_end end;
};

/*
 * The time of a device's header and the colon behind it. named: a host or
 * board stood before it, then only surely Cisco's will do, for a program may
 * begin its text with a date too.
 */
static bool
record_device_time(struct span *s, bool named, struct record_head *h)
{
	struct span t = *s;

	h->timed = stamp_scan(&t, &h->stamp);
	if (!h->timed && !stamp_scan_uptime(&t))
		return false;
	h->end = record_header_end(&t);
	if (named && h->end == RECORD_END_BLANK)
		return false;
	if (named && !h->numbered && !record_is_mnemonic(t) &&
	    !(h->timed && h->stamp.mark != 0))
		return false;
	*s = t;
	return true;
}

/*
 * Cisco's and its kin's: [:] [number:] [host:] [number:] [time:] before a
 * mnemonic. Each part may be missing, but some time or number must be there.
 */
static bool
record_device(struct span *s, struct record_head *h)
{
	struct span t = *s, host = SPAN_NONE, word;
	bool colon = scan_char(&t, ':');

	scan_skip_blanks(&t);
	for (int i = 0; i < RECORD_ITEMS; i++) {
		if (record_number(&t)) {
			h->numbered = true;
			continue;
		}
		if (record_device_time(&t, host.p != NULL, h)) {
			h->found = true;
			break;
		}
		if ((h->numbered || colon || host.p != NULL) &&
		    (h->numbered ? record_is_cisco(t)
				 : record_is_mnemonic(t))) {
			h->found = true;
			h->end = RECORD_END_COLON;
			break;
		}
		if (host.p != NULL || !record_origin(&t, h->numbered, &word))
			break;
		host = word;
	}
	if (!h->found)
		return false;
	if (host.p != NULL && !record_is_node(host))
		h->host = host;
	*s = t;
	return true;
}

/* ---- The text behind the header ------------------------------------------ */

/* "Message forwarded from aix1: ", AIX; the host is the last word. */
static bool
record_forwarded(struct span *s, struct record *rec)
{
	struct span t = *s, word;

	if (!scan_lit(&t, "Message forwarded from ") || !scan_word(&t, &word) ||
	    word.len < 2 || word.p[word.len - 1] != ':')
		return false;
	word.len--;
	if (!record_is_host(word))
		return false;
	rec->hostname = word;
	scan_skip_blanks(&t);
	*s = t;
	return true;
}

static bool
record_is_notice(struct span s)
{
	return span_starts(s, "last message repeated ") ||
	    span_starts(s, "message repeated ") ||
	    span_starts(s, "Message forwarded from ");
}

/* A second, inner header: the device's own, behind a relay's. */
static bool
record_inner(struct span *s, struct record *rec, struct record_head *h)
{
	struct record_head inner = { .end = RECORD_END_BLANK };
	struct span t = *s;

	if (t.len == 0 || !record_is_digit(t.p[0]) || !record_number(&t))
		return false;
	t = *s;
	if (!record_device(&t, &inner) || inner.end == RECORD_END_BLANK)
		return false;
	if (inner.timed) {
		h->stamp = inner.stamp;
		h->timed = true;
	}
	if (inner.host.len > 0)
		rec->hostname = inner.host;
	*s = t;
	return true;
}

/* Behind an empty tag: text, or ASA's second stamp and a colon. */
static void
record_after_lone(struct span *s, struct record_head *h)
{
	struct span t = *s;
	struct stamp st;

	if (!stamp_scan(&t, &st) || !scan_char(&t, ':') || !record_ends(t))
		return;
	scan_skip_blanks(&t);
	if (!record_is_mnemonic(t))
		return;
	h->stamp = st;
	h->timed = true;
	*s = t;
}

static bool
record_lone_colon(struct span *s)
{
	struct span t = *s;

	if (!scan_char(&t, ':') || !record_ends(t))
		return false;
	scan_char(&t, ' ');
	*s = t;
	return true;
}

/* What stands behind the host: nothing, an empty tag, a tag, or text. */
static void
record_behind_host(struct span *s, struct record *rec, struct record_head *h)
{
	bool strict =
	    s->len > 1 && record_is_blank(s->p[0]) && record_is_blank(s->p[1]);

	scan_skip_blanks(s);
	if (record_lone_colon(s))
		record_after_lone(s, h);
	else if (!record_inner(s, rec, h))
		record_tag(s, strict, &rec->app, &rec->procid);
}

/* "host tag: text" as RFC 3164 means it. */
static void
record_host_tag(struct span *s, struct record *rec, struct record_head *h)
{
	struct span t, word, app, procid;

	if (record_forwarded(s, rec)) {
		record_tag(s, false, &rec->app, &rec->procid);
		return;
	}
	if (record_is_notice(*s) || record_inner(s, rec, h))
		return;
	if (record_lone_colon(s)) {
		record_after_lone(s, h);
		return;
	}
	if (record_host_colon(s, &rec->hostname)) {
		record_inner(s, rec, h);
		return;
	}
	t = *s;
	if (!scan_word(&t, &word))
		return;
	if (!record_is_colon_address(word)) {
		struct span u = *s;

		if (record_tag(&u, false, &app, &procid)) {
			/* "sw01: %SYS-5-..." is a router's name. */
			if (procid.p == NULL && record_is_mnemonic(u)) {
				rec->hostname = app;
			} else {
				rec->app = app;
				rec->procid = procid;
			}
			*s = u;
			return;
		}
	}
	if (!record_is_host(word))
		return;
	/* UniFi: "name,serial,version"; elsewhere commas are text. */
	if (memchr(word.p, ',', word.len) != NULL) {
		struct span u = t;

		if (!scan_blanks(&u) || !record_tag(&u, true, &app, &procid))
			return;
	}
	rec->hostname = word;
	*s = t;
	record_behind_host(s, rec, h);
}

/*
 * Behind "stamp: ". Mostly text; a process with its number (IOS XR), a host
 * before a mnemonic, or, where nothing else says Cisco, host and tag.
 */
static void
record_behind_colon(struct span *s, struct record *rec, struct record_head *h)
{
	bool device =
	    h->numbered || h->stamp.mark != 0 || rec->hostname.len > 0;
	struct span t = *s, word, app, procid;

	if (record_is_mnemonic(t) || record_is_notice(t))
		return;
	if (record_tag(&t, true, &app, &procid)) {
		if (procid.p == NULL && record_is_mnemonic(t) &&
		    rec->hostname.len == 0)
			rec->hostname = app; /* "sw01: %SYS-5-..." */
		else if (device && procid.p == NULL)
			return;
		else {
			rec->app = app;
			rec->procid = procid;
		}
		*s = t;
		return;
	}
	t = *s;
	if (rec->hostname.len > 0 || !scan_word(&t, &word) ||
	    !record_is_host(word) || !scan_blanks(&t))
		return;
	if (record_is_mnemonic(t)) {
		rec->hostname = word;
		*s = t;
	} else if (record_lone_colon(&t) && record_is_mnemonic(t)) {
		rec->hostname = word;
		*s = t;
	} else if (!device && record_tag(&t, true, &app, &procid)) {
		rec->hostname = word;
		rec->app = app;
		rec->procid = procid;
		*s = t;
	}
}

/* logread's "daemon.info " in place of PRI (OpenWrt, BusyBox). */
static void
record_priority_word(struct span *s, struct record *rec)
{
	static const char *const facilities[] = { "kern", "user", "mail",
		"daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
		"authpriv", "ftp" };
	static const char *const severities[] = { "emerg", "alert", "crit",
		"err", "warn", "notice", "info", "debug" };
	struct span t = *s, word, name;
	int facility = -1, severity = -1, local;

	if (!scan_word(&t, &word) || !scan_until(&word, ".", &name))
		return;
	for (int i = 0; i < 12; i++)
		if (span_is(name, facilities[i]))
			facility = i;
	if (scan_lit(&name, "local") && scan_digits(&name, 1, &local) &&
	    name.len == 0 && local < 8)
		facility = 16 + local;
	for (int i = 0; i < 8; i++)
		if (span_is(word, severities[i]))
			severity = i;
	if (facility < 0 || severity < 0)
		return;
	scan_skip_blanks(&t);
	rec->facility = facility;
	rec->severity = severity;
	record_tag(&t, false, &rec->app, &rec->procid);
	*s = t;
}

static void
record_text(struct span *s, struct record *rec, struct record_head *h)
{
	const char *start = s->p;

	switch (h->end) {
	case RECORD_END_LONE:
		record_after_lone(s, h);
		break;
	case RECORD_END_COLON:
		record_behind_colon(s, rec, h);
		break;
	case RECORD_END_BLANK:
		if (!rec->has_pri)
			record_priority_word(s, rec);
		if (s->p == start)
			record_host_tag(s, rec, h);
		break;
	}
}

/* "fw1 : %ASA-4-713903: ": a host in spite of the missing stamp. */
static bool
record_bare_host(struct span *s, struct record *rec)
{
	struct span t = *s, word;

	if (!scan_word(&t, &word) || !record_is_host(word) ||
	    !scan_blanks(&t) || !record_lone_colon(&t) ||
	    !record_is_mnemonic(t))
		return false;
	rec->hostname = word;
	*s = t;
	return true;
}

/* PRI and no stamp: a tag may follow, a host does not. */
static void
record_bare_text(struct span *s, struct record *rec)
{
	struct span t = *s, app, procid;

	if (record_tag(&t, false, &app, &procid) &&
	    !(procid.p == NULL && record_all_digits(app))) {
		rec->app = app;
		rec->procid = procid;
		*s = t;
		return;
	}
	if (record_bare_host(s, rec))
		return;
	/* One word and blanks: a header that was cut off. */
	t = span_trim(*s);
	if (t.len > 0 && memchr(t.p, ' ', t.len) == NULL)
		*s = span_to(*s, t.p + t.len);
}

static void
record_set_time(struct record *rec, const struct stamp *st, int64_t now,
    const struct zone *zone)
{
	if (!stamp_time(st, now, zone, &rec->timestamp))
		return;
	rec->year_assumed = st->year == -1;
	rec->zone_assumed = st->zone != STAMP_ZONE_OFFSET;
}

/* Everything that is not RFC 5424. */
static void
record_3164(struct span s, struct record *rec, struct record_head *h)
{
	struct span t = s;

	if (rec->has_pri)
		scan_skip_blanks(&s);
	scan_skip_blanks(&t);
	if (record_device(&t, h) &&
	    (rec->has_pri || h->timed || h->numbered || record_is_cisco(t))) {
		rec->format = RECORD_3164;
		rec->hostname = h->host;
		record_text(&t, rec, h);
		s = t;
		record_bom(&s);
	} else if (rec->has_pri) {
		h->timed = false;
		rec->format = RECORD_3164;
		record_bare_text(&s, rec);
		record_bom(&s);
	} else {
		h->timed = false;
	}
	rec->message = s;
}

void
record_parse(
    struct record *rec, struct span raw, int64_t now, const struct zone *zone)
{
	struct record_head h = { .end = RECORD_END_BLANK };
	struct span s = record_clean_end(raw);

	*rec = (struct record){
		.format = RECORD_RAW,
		.facility = RECORD_USER,
		.severity = RECORD_NOTICE,
		.timestamp = RECORD_NO_TIME,
		.raw = raw,
	};
	if (s.len == 0) {
		rec->message = s;
		return;
	}
	if (!record_pri(&s, rec))
		record_pri_behind_space(&s, rec);
	if (!record_5424(s, rec, &h.stamp, &h.timed))
		record_3164(s, rec, &h);
	if (h.timed)
		record_set_time(rec, &h.stamp, now, zone);
}
