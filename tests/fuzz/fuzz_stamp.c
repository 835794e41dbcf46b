/*
 * Any text as a time stamp, with any clock: the eight octets in front are
 * the time of receipt.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/stamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_time(const struct stamp *st, int64_t now)
{
	static struct zone_change changes[] = { { 1711846800, 7200 },
		{ 1729990800, 3600 } };
	static const struct zone paris = { "Europe/Paris", 3600, 2, changes };
	int64_t utc, local;

	if (stamp_time(st, now, NULL, &utc) &&
	    stamp_time(st, now, &paris, &local) && st->year != -1 &&
	    (utc - local > 86400000000LL * 2 ||
		local - utc > 86400000000LL * 2))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t now;
	struct stamp st;
	struct span s;
	char *copy;

	if (size < sizeof(now))
		return 0;
	memcpy(&now, data, sizeof(now));
	size -= sizeof(now);
	copy = malloc(size + 1);
	if (copy == NULL)
		abort();
	memcpy(copy, data + sizeof(now), size);
	s = (struct span){ copy, size };
	if (stamp_scan(&s, &st))
		fuzz_time(&st, now);
	s = (struct span){ copy, size };
	if (stamp_scan_rfc5424(&s, &st))
		fuzz_time(&st, now);
	s = (struct span){ copy, size };
	(void)stamp_scan_uptime(&s);
	free(copy);
	return 0;
}
