/*
 * Headers that devices write before their mnemonic: numbers, names, boards,
 * times since start. The one rule: parts may be missing, but without a time,
 * a number or a mnemonic there is no such header.
 */
#include <string.h>

#include "parsers/record_parts.h"

enum {
	RECORD_ITEMS = 5,      /* numbers and names before a device's stamp */
	RECORD_NAME_MAX = 255, /* octets looked at for one */
};

/* "000123: ", a sequence number. */
bool
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

	if (t.len > RECORD_NAME_MAX)
		t.len = RECORD_NAME_MAX;
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
bool
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
