/*
 * Syslog headers: RFC 5424, RFC 3164, and what devices send in their place.
 * The one rule: what is not surely a header stays in the message, so that a
 * vendor parser gets the text as the device wrote it.
 */
#include "parsers/record.h"

#include <string.h>

#include "parsers/record_parts.h"

/* Facility and severity where there is no PRI (RFC 3164 4.3.3). */
enum { RECORD_USER = 1, RECORD_NOTICE = 5 };

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

/* "Nov 21 10:00:00 ..", "1 2026-11-21T.." */
static bool
record_may_begin(struct span s)
{
	return s.len > 16 &&
	    ((s.p[0] >= 'A' && s.p[0] <= 'S' && s.p[3] == ' ') ||
		(s.p[0] == '1' && s.p[1] == ' ' && s.p[2] == '2'));
}

bool
record_behind(struct record *inner, const struct record *outer, int64_t now,
    const struct zone *zone)
{
	if (outer->app.len > 0 || !record_may_begin(outer->message))
		return false;
	record_parse(inner, outer->message, now, zone);
	if (inner->format == RECORD_RAW || inner->hostname.len == 0 ||
	    inner->timestamp == RECORD_NO_TIME)
		return false;
	inner->raw = outer->raw;
	inner->has_pri = outer->has_pri;
	inner->facility = outer->facility;
	inner->severity = outer->severity;
	return true;
}
