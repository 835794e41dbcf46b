/*
 * A time zone: offsets from UTC and when they change. Plain data, so that
 * parsers can use it; daemon/zonefile.c reads it from the system's tables.
 */
#ifndef IKEWATCH_PARSERS_ZONE_H
#define IKEWATCH_PARSERS_ZONE_H

#include <stddef.h>
#include <stdint.h>

struct zone_change {
	int64_t at;	/* seconds since the epoch, UTC */
	int32_t offset; /* seconds east of UTC from then on */
};

struct zone {
	char name[64];
	int32_t first; /* offset before the first change */
	size_t n;
	struct zone_change *changes; /* in order of time */
};

/*
 * Seconds since the epoch of a local wall-clock time (given as if it were
 * UTC). A time that the clock skips or passes twice takes the offset before
 * the change. NULL is UTC.
 */
int64_t zone_to_utc(const struct zone *, int64_t local);

#endif
