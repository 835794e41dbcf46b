/*
 * Time stamps as syslog senders write them, one scan chain for each form.
 * A stamp is first read as it stands, then placed on the time line with the
 * clock and the zone of the receiver: neither step asks the system's clock.
 */
#ifndef IKEWATCH_PARSERS_STAMP_H
#define IKEWATCH_PARSERS_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "parsers/span.h"
#include "parsers/zone.h"

enum stamp_zone {
	STAMP_ZONE_NONE,   /* nothing said */
	STAMP_ZONE_OFFSET, /* an offset, Z, UTC or GMT: certain */
	STAMP_ZONE_NAME,   /* a known name: its usual offset */
	STAMP_ZONE_OTHER,  /* a name nobody here knows */
};

struct stamp {
	int year;  /* -1: not written */
	int month; /* 1..12 */
	int day;
	int hour;
	int minute;
	int second;
	int micro; /* digits beyond the sixth are cut off */
	bool fraction;
	char mark; /* '*' or '.' before it: the device doubts its clock; or 0 */
	enum stamp_zone zone;
	int offset; /* seconds east of UTC; 0 where the zone gives none */
};

/*
 * The stamp of RFC 5424 6.2.3, followed by a space or the end. Also taken:
 * lower-case t and z, more than six digits of a second, no zone. Numbers that
 * no calendar has (month 13, minute 99, offset -24:00) are no stamp.
 */
bool stamp_scan_rfc5424(struct span *, struct stamp *);

/*
 * A stamp in front of an RFC 3164 or a device's own header, in any of:
 *
 *	Apr  1 11:59:58          Apr 1 2024 11:59:58.123 CEST
 *	Apr  1 11:59:58:123 2024 Mon Apr  1 11:59:58 2024
 *	2024 Apr  1 11:59:58 UTC 2024-04-01T11:59:58.123+02:00
 *	2024-04-01 11:59:58      2024/04/01 11:59:58
 *	4(month sign)1(day sign) 11:59:58.123, as translated Cisco logs have it
 *
 * with '*' or '.' before it. Zone and year behind the time are part of it; the
 * blank or colon after it is not. It must be followed by blank, colon or end.
 */
bool stamp_scan(struct span *, struct stamp *);

/* Cisco's time since start: 00:27:07, 5w5d, 1d00h, 2y10w; a colon follows. */
bool stamp_scan_uptime(struct span *);

/*
 * Microseconds since the epoch. Without a year: the latest one that puts the
 * stamp no later than a day after now. Without a zone, or with a name where
 * a zone other than UTC is given: zone. False where there is no such time
 * (30 February, hour 24, second 60).
 */
bool stamp_time(
    const struct stamp *, int64_t now, const struct zone *zone, int64_t *out);

#endif
