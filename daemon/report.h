/* What a month amounts to: gathered once, printed in four forms. */
#ifndef IKEWATCH_DAEMON_REPORT_H
#define IKEWATCH_DAEMON_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/cli.h"
#include "parsers/ike.h"

struct report_outage {
	int64_t from, to; /* within the month */
	enum ike_reason reason;
};

/* Whose lifetime is the shorter, where the rekeys show it. */
enum report_lifetimes {
	REPORT_LIFETIMES_NONE,
	REPORT_SHORTER_HERE,
	REPORT_SHORTER_THERE,
};

struct report_tunnel {
	int64_t id;
	char *device, *peer, *name;
	int64_t seen;	 /* microseconds of the month it was known */
	int64_t down;	 /* of these */
	int64_t longest; /* outage */
	int64_t mended;	 /* length of the outages that ended */
	size_t nmended;
	int64_t rekey_every; /* the median; 0: too few, or no rhythm */
	size_t rekeys;	     /* with the end that began them known */
	int64_t other;	     /* the tunnel as the other end sees it, or 0 */
	enum report_lifetimes lifetimes;
	struct report_outage *outage;
	size_t noutages, size;
};

struct report_cause {
	enum ike_reason reason;
	int64_t count, tunnels;
};

enum { REPORT_DAYS = 31 };

struct report {
	int64_t from, to;	      /* the month, cut at now */
	int64_t end;		      /* of the whole month */
	char title[32];		      /* "2026-11" */
	struct report_tunnel *tunnel; /* the worst first */
	size_t n, size;
	struct report_cause cause[IKE_REASON_COUNT];
	size_t ncauses;
	int64_t failures;
	/* by day of the month, local time; for the page only */
	int64_t day[REPORT_DAYS][IKE_CAT_COUNT];
};

/* 1 where it was up all the time. */
double report_availability(const struct report_tunnel *);
/* The same in percent, never rounded up to all of it. */
double report_percent(const struct report_tunnel *);
/* All tunnels as one: times and counts. */
struct report_tunnel report_sum(const struct report *);
/* Mean time to recover, 0 where nothing was mended. */
int64_t report_mttr(const struct report_tunnel *);
struct query;
struct query_filter;
struct query_negotiation;
/* The last of the month that failed, and the last good one before it; false
 * where there are no two. */
bool report_pair(struct query *, const struct report *,
    const struct report_tunnel *, struct query_negotiation *good,
    struct query_negotiation *bad);
/* What the two differ in, and why the bad one is bad. */
void report_difference(char *to, size_t size,
    const struct ike_negotiation *good, const struct ike_negotiation *bad);
/* By id, before the worst go first; NULL where it is not in the report. */
struct report_tunnel *report_find(struct report *, int64_t id);
/* Fills in what the rekeys of the month tell. -1 on error. */
int report_rekeys(struct query *, struct report *, const struct query_filter *)
    __attribute__((warn_unused_result));
/* The median of gaps (sorted by this), 0 where fewer than three or where the
 * middle half of them is not within a factor of two. */
int64_t report_cadence(int64_t *gap, size_t n);
/* From eight rekeys on, all begun by one end: its lifetime is the shorter. */
enum report_lifetimes report_sides(size_t here, size_t there);
/* "", "shorter_here", "shorter_at_peer" */
const char *report_lifetimes_name(enum report_lifetimes);
/* One page that needs nothing else. */
void report_html(struct term *, struct query *, const struct report *);

#endif
