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

struct report_tunnel {
	int64_t id;
	char *device, *peer, *name;
	int64_t seen;	 /* microseconds of the month it was known */
	int64_t down;	 /* of these */
	int64_t longest; /* outage */
	int64_t mended;	 /* length of the outages that ended */
	size_t nmended;
	int64_t rekey_every; /* 0: unknown */
	struct report_outage *outage;
	size_t noutages, size;
};

struct report_cause {
	enum ike_reason reason;
	int64_t count, tunnels;
};

struct report {
	int64_t from, to;	      /* the month, cut at now */
	char title[32];		      /* "2026-11" */
	struct report_tunnel *tunnel; /* the worst first */
	size_t n, size;
	struct report_cause cause[IKE_REASON_COUNT];
	size_t ncauses;
	int64_t failures;
};

/* 1 where it was up all the time. */
double report_availability(const struct report_tunnel *);
/* The same in percent, never rounded up to all of it. */
double report_percent(const struct report_tunnel *);
/* Mean time to recover, 0 where nothing was mended. */
int64_t report_mttr(const struct report_tunnel *);
/* One page that needs nothing else. */
void report_html(struct term *, const struct report *);

#endif
