/*
 * Between the header and the message: host, tag, empty tags, inner headers.
 * The one rule: who wrote the header is not guessed from the text.
 */
#include <string.h>

#include "parsers/record_parts.h"

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
	if (!record_lone_colon(&t)) /* a program without a name */
		record_tag(&t, false, &rec->app, &rec->procid);
	*s = t;
}

void
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
void
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
