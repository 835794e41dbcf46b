/* What /metrics and /healthz say. Prometheus text format 0.0.4. */
#ifndef IKEWATCH_DAEMON_METRICS_H
#define IKEWATCH_DAEMON_METRICS_H

#include <stdbool.h>

#include "daemon/keep.h"
#include "daemon/pipeline.h"
#include "daemon/stats.h"
#include "storage/store.h"

struct desk;
struct evbuffer;

/* Series with names from the network: no more of each than this; the others
 * are one series called "other". */
enum { METRICS_SERIES = 2000 };

struct metrics {
	const struct stats *stats;
	const struct keep *keep;
	struct store *store;
	struct pipeline *pipeline;
	struct desk *desk;
};

void metrics_write(const struct metrics *, struct evbuffer *);
/* {"status":"ok","ingest":...}; false where something is wrong. */
bool metrics_health(const struct metrics *, struct evbuffer *);

#endif
