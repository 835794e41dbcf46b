/*
 * Time stamps: a scan chain for each form, then the calendar. The one rule:
 * a stamp is read or it is not, it is never bent into another date.
 */
#include "parsers/stamp.h"

#include <limits.h>
#include <string.h>

enum {
	STAMP_DAY = 86400,
	STAMP_HOUR = 3600,
	STAMP_SECOND = 1000000,
	/* 29 February may lie eight years back (1896 to 1904, 2096 to 2104). */
	STAMP_YEARS_BACK = 8,
};

static const char stamp_month_sign[] = "\xe6\x9c\x88";
static const char stamp_day_sign[] = "\xe6\x97\xa5";

/* Names as devices print them and what they usually mean, in minutes. */
static const struct stamp_name {
	const char *name;
	int minutes;
} stamp_names[] = {
	/* clang-format off */
	{ "UTC", 0 },		{ "GMT", 0 },		{ "Z", 0 },
	{ "WET", 0 },		{ "WEST", 60 },		{ "BST", 60 },
	{ "CET", 60 },		{ "CEST", 120 },	{ "MET", 60 },
	{ "MEST", 120 },	{ "MEZ", 60 },		{ "MESZ", 120 },
	{ "EET", 120 },		{ "EEST", 180 },	{ "MSK", 180 },
	{ "TRT", 180 },		{ "IDT", 180 },		{ "SAST", 120 },
	{ "GST", 240 },		{ "PKT", 300 },		{ "IST", 330 },
	{ "ICT", 420 },		{ "WIB", 420 },		{ "SGT", 480 },
	{ "HKT", 480 },		{ "MYT", 480 },		{ "AWST", 480 },
	{ "JST", 540 },		{ "KST", 540 },		{ "ACST", 570 },
	{ "ACDT", 630 },	{ "AEST", 600 },	{ "AEDT", 660 },
	{ "NZST", 720 },	{ "NZDT", 780 },	{ "NST", -210 },
	{ "NDT", -150 },	{ "BRT", -180 },	{ "BRST", -120 },
	{ "CLT", -240 },	{ "AST", -240 },	{ "ADT", -180 },
	{ "EST", -300 },	{ "EDT", -240 },	{ "CST", -360 },
	{ "CDT", -300 },	{ "MST", -420 },	{ "MDT", -360 },
	{ "PST", -480 },	{ "PDT", -420 },	{ "AKST", -540 },
	{ "AKDT", -480 },	{ "HST", -600 },
	/* clang-format on */
};

static bool
stamp_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
stamp_is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* A run of min to max digits; a longer run is no such number. */
static bool
stamp_number(struct span *s, size_t min, size_t max, int *out)
{
	size_t n = 0;
	int value = 0;

	while (n < s->len && stamp_is_digit(s->p[n])) {
		if (n == max)
			return false;
		value = value * 10 + (s->p[n++] - '0');
	}
	if (n < min)
		return false;
	*s = span_from(*s, n);
	*out = value;
	return true;
}

/* What may stand behind a stamp. */
static bool
stamp_ends(struct span s)
{
	return s.len == 0 || s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == ':';
}

/* The digits behind the dot. */
static bool
stamp_fraction(struct span *s, struct stamp *st)
{
	size_t n = 0;
	int scale = STAMP_SECOND / 10;

	for (; n < s->len && stamp_is_digit(s->p[n]); n++, scale /= 10)
		st->micro += (s->p[n] - '0') * scale;
	if (n == 0)
		return false;
	*s = span_from(*s, n);
	st->fraction = true;
	return true;
}

/* hh:mm:ss; hour and second are judged by the calendar, not here. */
static bool
stamp_clock(struct span *s, struct stamp *st)
{
	return stamp_number(s, 1, 2, &st->hour) && scan_char(s, ':') &&
	    stamp_number(s, 2, 2, &st->minute) && scan_char(s, ':') &&
	    stamp_number(s, 2, 2, &st->second);
}

/* ".123", ",123", Comware's ":123", and a dot with nothing behind it. */
static void
stamp_clock_tail(struct span *s, struct stamp *st)
{
	struct span t = *s;
	int milli;

	if (scan_char(&t, '.')) {
		if (stamp_fraction(&t, st) || stamp_ends(t))
			*s = t;
	} else if (scan_char(&t, ',')) {
		if (stamp_fraction(&t, st))
			*s = t;
	} else if (scan_char(&t, ':') && stamp_number(&t, 1, 3, &milli) &&
	    stamp_ends(t)) {
		st->micro = milli * 1000;
		st->fraction = true;
		*s = t;
	}
}

/* "+02:00", "+0200" or "+02", and no more digits behind it. */
static bool
stamp_offset(struct span *s, int *out)
{
	struct span t = *s;
	int sign = 1, hours, minutes = 0;

	if (scan_char(&t, '-'))
		sign = -1;
	else if (!scan_char(&t, '+'))
		return false;
	if (stamp_number(&t, 4, 4, &hours)) {
		minutes = hours % 100;
		hours /= 100;
	} else if (!stamp_number(&t, 1, 2, &hours)) {
		return false;
	} else if (t.len > 1 && t.p[0] == ':' && stamp_is_digit(t.p[1])) {
		t = span_from(t, 1);
		if (!stamp_number(&t, 2, 2, &minutes))
			return false;
	}
	if (hours > 23 || minutes > 59)
		return false;
	*out = sign * (hours * STAMP_HOUR + minutes * 60);
	*s = t;
	return true;
}

static const struct stamp_name *
stamp_name_find(struct span word)
{
	size_t n = sizeof(stamp_names) / sizeof(stamp_names[0]);

	for (size_t i = 0; i < n; i++)
		if (span_is(word, stamp_names[i].name))
			return &stamp_names[i];
	return NULL;
}

static void
stamp_set_offset(struct stamp *st, enum stamp_zone zone, int offset)
{
	st->zone = zone;
	st->offset = offset;
}

/*
 * A zone by name: "UTC", "CEST", "GMT+2", "TZ-6". A name that is not in the
 * table must look like part of a Cisco header, else it is a host or a tag.
 */
static bool
stamp_zone_name(struct span *s, struct stamp *st)
{
	const struct stamp_name *known;
	struct span t = *s, word;
	size_t n = 0;
	int offset;

	while (n < t.len && n < 6 && stamp_is_upper(t.p[n]))
		n++;
	if (n == 0 || n == 6)
		return false;
	word = span_to(t, t.p + n);
	known = stamp_name_find(word);
	t = span_from(t, n);
	/* "PA-1" is a host: only these are written with an offset. */
	if ((span_is(word, "UTC") || span_is(word, "GMT") ||
		span_is(word, "TZ")) &&
	    stamp_offset(&t, &offset) && stamp_ends(t))
		stamp_set_offset(st,
		    known != NULL ? STAMP_ZONE_OFFSET : STAMP_ZONE_NAME,
		    offset);
	else if (!stamp_ends(t))
		return false;
	else if (known != NULL)
		stamp_set_offset(st,
		    known < stamp_names + 3 ? STAMP_ZONE_OFFSET
					    : STAMP_ZONE_NAME,
		    known->minutes * 60);
	else if (n > 1 && span_starts(t, ": ") &&
	    (st->mark != 0 || st->fraction || span_starts(t, ": %")))
		stamp_set_offset(st, STAMP_ZONE_OTHER, 0);
	else
		return false;
	*s = t;
	return true;
}

/* A zone behind the time, glued to it or after a blank; or none. */
static void
stamp_zone_tail(struct span *s, struct stamp *st)
{
	struct span t = *s;
	int offset;

	if (st->zone != STAMP_ZONE_NONE)
		return;
	if ((scan_char(&t, 'Z') || scan_char(&t, 'z')) && stamp_ends(t)) {
		stamp_set_offset(st, STAMP_ZONE_OFFSET, 0);
		*s = t;
		return;
	}
	t = *s;
	scan_skip_blanks(&t);
	if (stamp_offset(&t, &offset) && stamp_ends(t)) {
		stamp_set_offset(st, STAMP_ZONE_OFFSET, offset);
		*s = t;
		/* Huawei writes "+02:00 DST"; the offset says it already. */
		if (scan_lit(&t, " DST") && stamp_ends(t))
			*s = t;
	} else if (t.p != s->p && stamp_zone_name(&t, st)) {
		*s = t;
	}
}

/* A year of four digits behind the time; or none ("2001:db8::1" is not). */
static void
stamp_year_tail(struct span *s, struct stamp *st)
{
	struct span t = *s;
	int year;

	if (st->year == -1 && scan_blanks(&t) &&
	    stamp_number(&t, 4, 4, &year) && year >= 1900 && year < 2200 &&
	    stamp_ends(t) && !(t.len > 1 && t.p[0] == ':' && t.p[1] != ' ')) {
		st->year = year;
		*s = t;
	}
}

/* What may follow the time of day in any form but RFC 5424's. */
static bool
stamp_tail(struct span *s, struct stamp *st)
{
	stamp_clock_tail(s, st);
	stamp_year_tail(s, st);
	stamp_zone_tail(s, st);
	stamp_year_tail(s, st);
	return stamp_ends(*s);
}

static bool
stamp_month(struct span *s, int *out)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (s->len < 3)
		return false;
	for (int i = 0; i < 12; i++) {
		const char *m = months + 3 * i;

		if ((s->p[0] | 0x20) == m[0] && (s->p[1] | 0x20) == m[1] &&
		    (s->p[2] | 0x20) == m[2]) {
			*s = span_from(*s, 3);
			*out = i + 1;
			return true;
		}
	}
	return false;
}

/* "Mon " or "Mon, " before a date; or nothing. */
static void
stamp_weekday(struct span *s)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri",
		"Sat", "Sun" };
	struct span t = *s;

	for (size_t i = 0; i < 7; i++) {
		if (!scan_lit_nocase(&t, days[i]))
			continue;
		scan_char(&t, ',');
		if (scan_blanks(&t))
			*s = t;
		return;
	}
}

/* "Apr  1 " with the year before, between or not at all. */
static bool
stamp_date_words(struct span *s, struct stamp *st)
{
	struct span t;

	if (!stamp_month(s, &st->month) || !scan_blanks(s) ||
	    !stamp_number(s, 1, 2, &st->day) || !scan_blanks(s))
		return false;
	t = *s;
	if (st->year == -1 && stamp_number(&t, 4, 4, &st->year)) {
		if (!scan_blanks(&t))
			return false;
		*s = t;
	}
	return true;
}

/* Oct 11 22:14:15, Apr 15 2007 21:28:13, Mon Apr  1 11:59:58 2024 */
static bool
stamp_bsd(struct span *s, struct stamp *st)
{
	stamp_weekday(s);
	return stamp_date_words(s, st) && stamp_clock(s, st) &&
	    stamp_tail(s, st);
}

/* 2024 Jan  1 12:00:00 UTC */
static bool
stamp_year_first(struct span *s, struct stamp *st)
{
	return stamp_number(s, 4, 4, &st->year) && scan_blanks(s) &&
	    stamp_date_words(s, st) && stamp_clock(s, st) && stamp_tail(s, st);
}

/* Ranges in which RFC 3339 lets a number stand at all. */
static bool
stamp_plausible(const struct stamp *st)
{
	return st->month >= 1 && st->month <= 12 && st->day >= 1 &&
	    st->day <= 31 && st->hour <= 23 && st->minute <= 59 &&
	    st->second <= 60;
}

/* 2024-04-01T11:59:58 */
static bool
stamp_rfc3339(struct span *s, struct stamp *st)
{
	return stamp_number(s, 4, 4, &st->year) && scan_char(s, '-') &&
	    stamp_number(s, 2, 2, &st->month) && scan_char(s, '-') &&
	    stamp_number(s, 2, 2, &st->day) &&
	    (scan_char(s, 'T') || scan_char(s, 't')) && stamp_clock(s, st) &&
	    stamp_plausible(st);
}

static bool
stamp_iso(struct span *s, struct stamp *st)
{
	return stamp_rfc3339(s, st) && stamp_tail(s, st);
}

/* 2024-04-01 11:59:58, 2024/04/01 11:59:58 */
static bool
stamp_iso_blank(struct span *s, struct stamp *st)
{
	char mark;

	if (!stamp_number(s, 4, 4, &st->year) || s->len == 0)
		return false;
	mark = s->p[0];
	return (mark == '-' || mark == '/') && scan_char(s, mark) &&
	    stamp_number(s, 1, 2, &st->month) && scan_char(s, mark) &&
	    stamp_number(s, 1, 2, &st->day) && scan_char(s, ' ') &&
	    stamp_clock(s, st) && stamp_plausible(st) && stamp_tail(s, st);
}

/* Translated Cisco logs: 11 MONTH-SIGN 11 DAY-SIGN 19:30:34.811 */
static bool
stamp_han(struct span *s, struct stamp *st)
{
	return stamp_number(s, 1, 2, &st->month) &&
	    scan_lit(s, stamp_month_sign) && stamp_number(s, 1, 2, &st->day) &&
	    scan_lit(s, stamp_day_sign) && scan_skip_blanks(s) &&
	    stamp_clock(s, st) && stamp_tail(s, st);
}

static const struct stamp_form {
	bool digit; /* begins with a digit */
	bool (*scan)(struct span *, struct stamp *);
} stamp_forms[] = {
	{ false, stamp_bsd },
	{ true, stamp_iso },
	{ true, stamp_iso_blank },
	{ true, stamp_year_first },
	{ true, stamp_han },
};

static void
stamp_clear(struct stamp *st, char mark)
{
	memset(st, 0, sizeof(*st));
	st->year = -1;
	st->mark = mark;
}

static bool
stamp_forms_scan(struct span *s, struct stamp *st, char mark)
{
	size_t n = sizeof(stamp_forms) / sizeof(stamp_forms[0]);
	bool digit = s->len > 0 && stamp_is_digit(s->p[0]);

	for (size_t i = 0; i < n; i++) {
		struct span t = *s;

		if (stamp_forms[i].digit != digit)
			continue;
		stamp_clear(st, mark);
		if (stamp_forms[i].scan(&t, st)) {
			*s = t;
			return true;
		}
	}
	return false;
}

bool
stamp_scan(struct span *s, struct stamp *st)
{
	struct span t = *s;
	char mark = 0;

	/* '%' stands before a stamp in what Comware shows on its console. */
	if (t.len > 0 && (t.p[0] == '*' || t.p[0] == '.' || t.p[0] == '%')) {
		mark = t.p[0];
		t = span_from(t, 1);
	}
	if (!stamp_forms_scan(&t, st, mark))
		return false;
	if (mark == '%')
		st->mark = 0;
	*s = t;
	return true;
}

bool
stamp_scan_rfc5424(struct span *s, struct stamp *st)
{
	struct span t = *s;

	stamp_clear(st, 0);
	if (!stamp_rfc3339(&t, st))
		return false;
	if ((scan_char(&t, '.') || scan_char(&t, ',')) &&
	    !stamp_fraction(&t, st))
		return false;
	if (scan_char(&t, 'Z') || scan_char(&t, 'z'))
		st->zone = STAMP_ZONE_OFFSET;
	else if (stamp_offset(&t, &st->offset))
		st->zone = STAMP_ZONE_OFFSET;
	if (t.len > 0 && t.p[0] != ' ')
		return false;
	*s = t;
	return true;
}

/* 5w5d, 1d00h, 2y10w: two numbers, each with its unit. */
static bool
stamp_uptime_units(struct span *s)
{
	static const char units[] = "ywdh";
	const char *first, *second;
	int n;

	if (!stamp_number(s, 1, 4, &n) || s->len == 0 || s->p[0] == '\0' ||
	    (first = strchr(units, s->p[0])) == NULL)
		return false;
	*s = span_from(*s, 1);
	if (!stamp_number(s, 1, 3, &n) || s->len == 0 || s->p[0] == '\0' ||
	    (second = strchr(units, s->p[0])) == NULL)
		return false;
	*s = span_from(*s, 1);
	return second > first;
}

bool
stamp_scan_uptime(struct span *s)
{
	struct stamp st;
	struct span t = *s;

	if (t.len > 0 && (t.p[0] == '*' || t.p[0] == '.'))
		t = span_from(t, 1);
	if (t.len == 0 || !stamp_is_digit(t.p[0]))
		return false;
	stamp_clear(&st, 0);
	if (t.len > 2 && t.p[2] == ':') {
		if (!stamp_clock(&t, &st))
			return false;
		if (scan_char(&t, '.'))
			stamp_fraction(&t, &st);
	} else if (!stamp_uptime_units(&t)) {
		return false;
	}
	if (t.len == 0 || t.p[0] != ':')
		return false;
	*s = t;
	return true;
}

static bool
stamp_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1 January 1970 in the Gregorian calendar, years 1 to 9999. */
static int64_t
stamp_days(int year, int month, int day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334 };
	int64_t y = year - 1;
	int64_t days = y * 365 + y / 4 - y / 100 + y / 400;

	days += before[month - 1] + day - 1;
	if (month > 2 && stamp_leap(year))
		days++;
	return days - 719162; /* 1 January 1 to 1 January 1970 */
}

static bool
stamp_exists(const struct stamp *st, int year)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int days;

	if (year < 1 || year > 9999 || st->month < 1 || st->month > 12)
		return false;
	days = lengths[st->month - 1];
	if (st->month == 2 && stamp_leap(year))
		days++;
	return st->day >= 1 && st->day <= days && st->hour <= 23 &&
	    st->minute <= 59 && st->second <= 59;
}

static int64_t
stamp_in_year(const struct stamp *st, int year, const struct zone *zone)
{
	int64_t local = stamp_days(year, st->month, st->day) * STAMP_DAY +
	    st->hour * STAMP_HOUR + st->minute * 60 + st->second;
	bool utc = zone == NULL || (zone->n == 0 && zone->first == 0);

	/* What was set for the device knows better than a name: CST is three
	 * zones. */
	if (st->zone == STAMP_ZONE_OFFSET ||
	    (st->zone == STAMP_ZONE_NAME && utc))
		local -= st->offset;
	else
		local = zone_to_utc(zone, local);
	return local * STAMP_SECOND + st->micro;
}

/* The Gregorian year of a time in microseconds. */
static int
stamp_year_of(int64_t now)
{
	int64_t days = now / STAMP_SECOND / STAMP_DAY;
	int year = (int)(1970 + days / 365);

	if (days < 0)
		return 1970;
	if (days > 2932896) /* the end of 9999 */
		return 9999;
	while (stamp_days(year, 1, 1) > days)
		year--;
	return year;
}

bool
stamp_time(
    const struct stamp *st, int64_t now, const struct zone *zone, int64_t *out)
{
	int64_t day = (int64_t)STAMP_DAY * STAMP_SECOND;
	int64_t latest = now > INT64_MAX - day ? now : now + day;
	int year;

	if (st->year != -1) {
		if (!stamp_exists(st, st->year))
			return false;
		*out = stamp_in_year(st, st->year, zone);
		return true;
	}
	year = stamp_year_of(now) + 1;
	for (int i = 0; i <= STAMP_YEARS_BACK + 1; i++, year--) {
		if (!stamp_exists(st, year))
			continue;
		*out = stamp_in_year(st, year, zone);
		if (*out <= latest)
			return true;
	}
	return false;
}
