/*
 * TZif files (RFC 8536) into plain tables. The one rule: no path is made of
 * anything but a checked name, and no count in a file is believed before its
 * octets are there.
 */
#include "daemon/zonefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parsers/span.h"

#define ZONEFILE_FOLDER "/usr/share/zoneinfo"

enum {
	ZONEFILE_MAX = 256 * 1024, /* octets; the largest has some 4 KiB */
	ZONEFILE_HEADER = 44,
	ZONEFILE_CHANGES = 4096,
	ZONEFILE_LAST_YEAR = 2105,
	ZONEFILE_HOUR = 3600,
	ZONEFILE_DAY = 86400,
};

/* The counts of a TZif header. */
struct zonefile_counts {
	uint32_t isutc;
	uint32_t isstd;
	uint32_t leap;
	uint32_t time;
	uint32_t type;
	uint32_t chars;
};

/* One end of summer time: "M3.5.0/2". */
struct zonefile_day {
	int month;
	int week;
	int weekday;
	int seconds;
};

struct zonefile_rule {
	int32_t standard; /* seconds east of UTC */
	int32_t summer;
	bool has_summer;
	struct zonefile_day begin;
	struct zonefile_day end;
};

bool
zonefile_name_ok(const char *name)
{
	bool first = true;
	size_t n = 0;

	for (; name[n] != '\0'; n++) {
		bool letter = (name[n] >= 'a' && name[n] <= 'z') ||
		    (name[n] >= 'A' && name[n] <= 'Z');
		bool other = (name[n] >= '0' && name[n] <= '9') ||
		    name[n] == '_' || name[n] == '-' || name[n] == '+';

		if (name[n] == '/') {
			if (first)
				return false;
			first = true;
			continue;
		}
		if (!letter && (first || !other))
			return false;
		first = false;
	}
	return n > 0 && !first && n < sizeof(((struct zone *)0)->name);
}

static struct zone *
zonefile_new(const char *name, size_t changes)
{
	struct zone *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	if (changes > 0) {
		z->changes = calloc(changes, sizeof(*z->changes));
		if (z->changes == NULL) {
			free(z);
			return NULL;
		}
	}
	span_copy(z->name, sizeof(z->name), span_of(name));
	return z;
}

void
zonefile_free(struct zone *z)
{
	if (z == NULL)
		return;
	free(z->changes);
	free(z);
}

static uint32_t
zonefile_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static int64_t
zonefile_i64(const unsigned char *p)
{
	return (int64_t)((uint64_t)zonefile_u32(p) << 32 | zonefile_u32(p + 4));
}

static bool
zonefile_counts(const unsigned char *p, size_t len, struct zonefile_counts *c)
{
	if (len < ZONEFILE_HEADER || memcmp(p, "TZif", 4) != 0)
		return false;
	c->isutc = zonefile_u32(p + 20);
	c->isstd = zonefile_u32(p + 24);
	c->leap = zonefile_u32(p + 28);
	c->time = zonefile_u32(p + 32);
	c->type = zonefile_u32(p + 36);
	c->chars = zonefile_u32(p + 40);
	return c->isutc <= 256 && c->isstd <= 256 && c->leap <= 1024 &&
	    c->time <= ZONEFILE_CHANGES && c->type >= 1 && c->type <= 256 &&
	    c->chars <= 4096;
}

/* Octets of a block behind its header; size is that of one time. */
static size_t
zonefile_block(const struct zonefile_counts *c, size_t size)
{
	return c->time * size + c->time + c->type * 6 + c->chars +
	    c->leap * (size + 4) + c->isstd + c->isutc;
}

static bool
zonefile_table(
    struct zone *z, const unsigned char *p, const struct zonefile_counts *c)
{
	const unsigned char *index = p + (size_t)c->time * 8;
	const unsigned char *types = index + c->time;

	z->first = (int32_t)zonefile_u32(types);
	for (uint32_t i = 0; i < c->time; i++) {
		struct zone_change *change = &z->changes[i];

		if (index[i] >= c->type)
			return false;
		change->at = zonefile_i64(p + (size_t)i * 8);
		change->offset = (int32_t)zonefile_u32(types + index[i] * 6);
		if (i > 0 && change->at <= change[-1].at)
			return false;
	}
	z->n = c->time;
	return true;
}

/* ---- The rule behind the table: "CET-1CEST,M3.5.0,M10.5.0/3" -------------- */

/* "CET" or "<+03>" */
static bool
zonefile_rule_name(struct span *s)
{
	size_t n = 0;

	if (scan_char(s, '<'))
		return scan_until(s, ">", NULL);
	while (n < s->len &&
	    ((s->p[n] >= 'A' && s->p[n] <= 'Z') ||
		(s->p[n] >= 'a' && s->p[n] <= 'z')))
		n++;
	*s = span_from(*s, n);
	return n >= 3;
}

/* "-1", "3:30", "+02": hours, minutes and seconds. */
static bool
zonefile_rule_time(struct span *s, int *out)
{
	int sign = 1, hours, minutes = 0, seconds = 0;

	if (scan_char(s, '-'))
		sign = -1;
	else
		scan_char(s, '+');
	if (!scan_digits(s, 3, &hours) || hours > 167)
		return false;
	if (scan_char(s, ':') && !scan_digits(s, 2, &minutes))
		return false;
	if (scan_char(s, ':') && !scan_digits(s, 2, &seconds))
		return false;
	*out = sign * (hours * ZONEFILE_HOUR + minutes * 60 + seconds);
	return true;
}

/* ",M3.5.0/2"; the forms by day of the year are not in use. */
static bool
zonefile_rule_day(struct span *s, struct zonefile_day *day)
{
	day->seconds = 2 * ZONEFILE_HOUR;
	return scan_lit(s, ",M") && scan_digits(s, 2, &day->month) &&
	    scan_char(s, '.') && scan_digits(s, 1, &day->week) &&
	    scan_char(s, '.') && scan_digits(s, 1, &day->weekday) &&
	    day->month >= 1 && day->month <= 12 && day->week >= 1 &&
	    day->week <= 5 && day->weekday <= 6 &&
	    (!scan_char(s, '/') || zonefile_rule_time(s, &day->seconds));
}

static bool
zonefile_rule(struct span s, struct zonefile_rule *rule)
{
	int west;

	memset(rule, 0, sizeof(*rule));
	if (!zonefile_rule_name(&s) || !zonefile_rule_time(&s, &west))
		return false;
	rule->standard = -west;
	if (s.len == 0)
		return true;
	if (!zonefile_rule_name(&s))
		return false;
	rule->has_summer = true;
	rule->summer = rule->standard + ZONEFILE_HOUR;
	if (s.len > 0 && s.p[0] != ',') {
		if (!zonefile_rule_time(&s, &west))
			return false;
		rule->summer = -west;
	}
	return zonefile_rule_day(&s, &rule->begin) &&
	    zonefile_rule_day(&s, &rule->end) && s.len == 0;
}

static bool
zonefile_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since the epoch of the first of a month. */
static int64_t
zonefile_month(int year, int month)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334, 365 };
	int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162 +
	    before[month - 1] + (month > 2 && zonefile_leap(year));
}

/* The moment in local time, as seconds since the epoch. */
static int64_t
zonefile_moment(int year, const struct zonefile_day *day)
{
	int64_t first = zonefile_month(year, day->month);
	int64_t next = day->month == 12 ? zonefile_month(year + 1, 1)
					: zonefile_month(year, day->month + 1);
	/* 1 January 1970 was a Thursday. */
	int64_t at = first + ((day->weekday - (first + 4) % 7) + 7) % 7 +
	    (day->week - 1) * 7;

	if (at >= next)
		at -= 7; /* the fifth is the last */
	return at * ZONEFILE_DAY + day->seconds;
}

static void
zonefile_add(struct zone *z, size_t room, int64_t at, int32_t offset)
{
	if (z->n < room && (z->n == 0 || at > z->changes[z->n - 1].at))
		z->changes[z->n++] = (struct zone_change){ at, offset };
}

/* Writes the rule out, year by year, behind what the table says. */
static void
zonefile_extend(struct zone *z, size_t room, const struct zonefile_rule *rule)
{
	for (int year = 1970; year <= ZONEFILE_LAST_YEAR; year++) {
		int64_t begin =
		    zonefile_moment(year, &rule->begin) - rule->standard;
		int64_t end = zonefile_moment(year, &rule->end) - rule->summer;

		if (begin < end) {
			zonefile_add(z, room, begin, rule->summer);
			zonefile_add(z, room, end, rule->standard);
		} else {
			zonefile_add(z, room, end, rule->standard);
			zonefile_add(z, room, begin, rule->summer);
		}
	}
}

struct zone *
zonefile_read(const char *name, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	struct zonefile_counts c;
	struct zonefile_rule rule;
	struct span foot, text;
	struct zone *z;
	size_t skip, room;

	/* The block of 32 bits stands first and is passed over. */
	if (!zonefile_counts(p, len, &c) || p[4] < '2' ||
	    (skip = ZONEFILE_HEADER + zonefile_block(&c, 4)) > len)
		goto bad;
	p += skip;
	len -= skip;
	if (!zonefile_counts(p, len, &c) ||
	    (skip = ZONEFILE_HEADER + zonefile_block(&c, 8)) > len)
		goto bad;
	room = c.time + 2 * (ZONEFILE_LAST_YEAR - 1970 + 1);
	z = zonefile_new(name, room);
	if (z == NULL)
		return NULL;
	foot = (struct span){ (const char *)p + skip, len - skip };
	if (!zonefile_table(z, p + ZONEFILE_HEADER, &c)) {
		zonefile_free(z);
		goto bad;
	}
	if (scan_char(&foot, '\n') && scan_until(&foot, "\n", &text) &&
	    zonefile_rule(text, &rule) && rule.has_summer)
		zonefile_extend(z, room, &rule);
	return z;
bad:
	errno = EINVAL;
	return NULL;
}

/* All of a regular file of bounded size, or -1. */
static ssize_t
zonefile_bytes(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	size_t len = 0;
	ssize_t n = 0;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	while (len < size && (n = read(fd, buf + len, size - len)) > 0)
		len += (size_t)n;
	close(fd);
	return n == -1 ? -1 : (ssize_t)len;
}

struct zone *
zonefile_load(const char *name)
{
	char path[128];
	struct zone *z = NULL;
	ssize_t len;
	char *buf;

	if (name == NULL || !zonefile_name_ok(name)) {
		errno = EINVAL;
		return NULL;
	}
	if (strcmp(name, "UTC") == 0)
		return zonefile_new(name, 0);
	snprintf(path, sizeof(path), "%s/%s", ZONEFILE_FOLDER, name);
	buf = malloc(ZONEFILE_MAX);
	if (buf == NULL)
		return NULL;
	len = zonefile_bytes(path, buf, ZONEFILE_MAX);
	if (len != -1)
		z = zonefile_read(name, buf, (size_t)len);
	free(buf);
	return z;
}
