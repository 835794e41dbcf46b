/* What an answer means, and when to try again. Pure. */
#ifndef IKEWATCH_ALERTING_RETRY_H
#define IKEWATCH_ALERTING_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/span.h"

enum retry_verdict {
	RETRY_DELIVERED,
	RETRY_LATER,
	RETRY_DEAD, /* refused for good: asking again would not help */
	RETRY_GONE, /* 410: the destination wants nothing any more */
};
/* status 0: no answer came. mail: an SMTP reply code. */
enum retry_verdict retry_judge(long status, bool mail);

/*
 * The wait a service asks for, in microseconds from now, between 1 s and
 * 1 h: Retry-After as seconds or date (RFC 9110, 10.2.3), or the member
 * "retry_after" of a JSON body. -1: it asks for none that can be read.
 */
int64_t retry_after(const char *header, int64_t now);
int64_t retry_after_json(const char *body, size_t len);
/* A whole header line, as it came; -1 where it is another header too. */
int64_t retry_header(struct span line, int64_t now);

/*
 * The wait after so many failed tries, in microseconds; random is 32 bits.
 * Steady: about 10 s, doubling up to 10 min, half as much more or less.
 * Standard: the table of Standard Webhooks 1.0 (5 s, 5 min, 30 min, 2 h, ..
 * 24 h), up to half as much more.
 */
enum retry_schedule { RETRY_STEADY, RETRY_STANDARD };
int64_t retry_delay(enum retry_schedule, unsigned attempts, uint32_t random);

#endif
