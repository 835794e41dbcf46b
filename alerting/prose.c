/*
 * Text for people and services. The one rule: nothing leaves here that is
 * not valid UTF-8 or that does not fit.
 */
#include "alerting/prose.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct prose
prose_in(char *buffer, size_t size)
{
	buffer[0] = '\0';
	return (struct prose){ buffer, size, 0, false };
}

void
prose_put(struct prose *t, const char *s, size_t len)
{
	size_t room = t->size - 1 - t->len;

	if (len > room) {
		t->cut = true;
		for (len = room; len > 0 && (s[len] & 0xc0) == 0x80;)
			len--;
	}
	memcpy(t->p + t->len, s, len);
	t->len += len;
	t->p[t->len] = '\0';
}

size_t
prose_char(const char *s)
{
	size_t n = *s != '\0';

	while (n > 0 && (s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Without the beginning of a character that the text may end with. */
static size_t
prose_whole(const char *s, size_t len)
{
	static const struct {
		unsigned char mask, lead;
		size_t n;
	} leads[] = { { 0xe0, 0xc0, 2 }, { 0xf0, 0xe0, 3 }, { 0xf8, 0xf0, 4 } };
	size_t at = len;

	while (at > 0 && len - at < 4 && (s[at - 1] & 0xc0) == 0x80)
		at--;
	if (at == 0)
		return len;
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
		if ((s[at - 1] & leads[i].mask) == leads[i].lead &&
		    len - (at - 1) < leads[i].n)
			return at - 1;
	return len;
}

void
prose_add(struct prose *t, const char *fmt, ...)
{
	size_t room = t->size - t->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->p + t->len, room, fmt, ap);
	va_end(ap);
	if (n < 0) {
		t->p[t->len] = '\0';
	} else if ((size_t)n < room) {
		t->len += (size_t)n;
	} else {
		t->cut = true;
		t->len += prose_whole(t->p + t->len, room - 1);
		t->p[t->len] = '\0';
	}
}

/* One character at p: its length, 0 where the bytes are no UTF-8. */
static size_t
prose_decode(const unsigned char *p, size_t len, uint32_t *code)
{
	static const struct lead {
		unsigned char mask, value;
		uint32_t least;
	} leads[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t n = 0; n < 4; n++) {
		const struct lead *l = &leads[n];

		if ((p[0] & l->mask) != l->value)
			continue;
		if (len < n + 1)
			return 0;
		*code = p[0] & (unsigned char)~l->mask;
		for (size_t i = 1; i <= n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			*code = *code << 6 | (p[i] & 0x3f);
		}
		if (*code < l->least || *code > 0x10ffff ||
		    (*code >= 0xd800 && *code <= 0xdfff))
			return 0;
		return n + 1;
	}
	return 0;
}

/* Characters that change how others are shown, or are not shown at all. */
static bool
prose_acts(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} acting[] = {
		{ 0x00, 0x1f },
		{ 0x7f, 0x9f },
		{ 0xad, 0xad },
		{ 0x61c, 0x61c },
		{ 0x180e, 0x180e },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff },
		{ 0xfff0, 0xfffb },
		{ 0xfdd0, 0xfdef },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(acting) / sizeof(acting[0]); i++)
		if (c >= acting[i].first && c <= acting[i].last)
			return true;
	return (c & 0xfffe) == 0xfffe;
}

/* How many bytes from p on are plain ASCII that stays as it is. */
static size_t
prose_plain(const unsigned char *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] >= ' ' && p[n] < 0x7f)
		n++;
	return n;
}

void
prose_clean(char *to, size_t size, struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	struct prose t = prose_in(to, size);
	uint32_t code;
	size_t n;

	for (size_t i = 0; i < s.len && !t.cut; i += n) {
		char escape[16];

		n = prose_plain(p + i, s.len - i);
		if (n > 0) {
			prose_put(&t, s.p + i, n);
			continue;
		}
		n = prose_decode(p + i, s.len - i, &code);
		if (n == 0) {
			n = 1;
			prose_put(&t, "\xef\xbf\xbd", 3);
			continue;
		}
		if (code == '\t') {
			prose_put(&t, " ", 1);
			continue;
		}
		if (!prose_acts(code)) {
			prose_put(&t, s.p + i, n);
			continue;
		}
		snprintf(escape, sizeof(escape),
		    code < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)code);
		/* an escape is whole or not there */
		if (strlen(escape) > t.size - 1 - t.len)
			t.cut = true;
		else
			prose_put(&t, escape, strlen(escape));
	}
}

size_t
prose_chars(const char *s, size_t max)
{
	size_t i = 0;

	for (; s[i] != '\0'; i++)
		if ((s[i] & 0xc0) != 0x80 && max-- == 0)
			break;
	return i;
}

size_t
prose_fit(const char *s, size_t max)
{
	size_t len = strnlen(s, max + 1);

	if (len <= max)
		return len;
	for (len = max; len > 0 && (s[len] & 0xc0) == 0x80;)
		len--;
	return len;
}

size_t
prose_count(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

void
prose_cut(char *s, size_t max)
{
	size_t end;

	if (prose_count(s) <= max || max == 0)
		return;
	end = prose_chars(s, max - 1);
	/* room for the three bytes of an ellipsis must be there */
	if (strlen(s) - end >= 3)
		memcpy(s + end, "\xe2\x80\xa6", 4);
	else
		s[end] = '\0';
}

const char *
prose_time(char to[PROSE_TIME_SIZE], int64_t us)
{
	int64_t rest = us % 1000000;
	time_t t = (time_t)(us / 1000000);
	struct tm tm;

	if (rest < 0) {
		rest += 1000000;
		t--;
	}
	if (gmtime_r(&t, &tm) == NULL || tm.tm_year < -1900 ||
	    tm.tm_year > 8099 ||
	    strftime(to, PROSE_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm) != 19)
		memcpy(to, "1970-01-01T00:00:00", 20);
	snprintf(
	    to + 19, PROSE_TIME_SIZE - 19, ".%06dZ", (int)(rest % 1000000));
	return to;
}

bool
prose_time_read(const char *s, int64_t *us)
{
	struct tm tm = { 0 };
	int micro, end = 0;

	if (sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2d.%6dZ%n", &tm.tm_year, &tm.tm_mon,
		&tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &micro,
		&end) != 7 ||
	    end != 27 || s[end] != '\0')
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*us = (int64_t)timegm(&tm) * 1000000 + micro;
	return true;
}

const char *
prose_duration(char to[PROSE_SPAN_SIZE], int64_t us)
{
	static const struct unit {
		int64_t seconds, part;
		const char *name, *part_name;
	} units[] = {
		{ 86400, 3600, "d", "h" },
		{ 3600, 60, "h", "min" },
		{ 60, 0, "min", "" },
	};
	int64_t s = us < 0 ? 0 : (us + 500000) / 1000000;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const struct unit *u = &units[i];
		int64_t part = u->part ? s % u->seconds / u->part : 0;

		if (s < u->seconds)
			continue;
		if (part != 0)
			snprintf(to, PROSE_SPAN_SIZE, "%lld %s %lld %s",
			    (long long)(s / u->seconds), u->name,
			    (long long)part, u->part_name);
		else
			snprintf(to, PROSE_SPAN_SIZE, "%lld %s",
			    (long long)(s / u->seconds), u->name);
		return to;
	}
	snprintf(to, PROSE_SPAN_SIZE, "%lld s", (long long)s);
	return to;
}

static int
prose_fold(int c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool
prose_glob(const char *pattern, const char *s)
{
	const char *star = NULL, *back = NULL;

	while (*s != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			back = s;
		} else if (*pattern == '?' ||
		    prose_fold(*pattern) == prose_fold(*s)) {
			pattern++;
			s++;
		} else if (star != NULL) {
			pattern = star + 1;
			s = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
