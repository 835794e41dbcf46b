/* The counters' names, and the log's view of them. */
#include <string.h>

#include "daemon/log.h"
#include "daemon/stats.h"

static const struct {
	const char *metric, *labels;
} rows[] = {
#define X(id, metric, labels) { metric, labels },
	STATS(X)
#undef X
};

/* clang-format off */
static const struct {
	const char *metric, *help;
} helps[] = {
	{ "messages_received_total", "Messages that reached a socket, those "
	    "the kernel dropped there too." },
	{ "messages_stored_total", "Messages given to the store." },
	{ "messages_dropped_total", "Messages lost, by cause." },
	{ "messages_discarded_total", "Messages let go on purpose, by cause." },
	{ "messages_split_total", "Messages more than frames: several in one." },
	{ "messages_cut_total", "Messages longer than the limit, cut there." },
	{ "connections_accepted_total", "Connections taken." },
	{ "connections_refused_total", "Connections closed at once, by cause." },
	{ "connections_ended_total", "Connections closed by a limit." },
	{ "reloads_total", "Reloads of the configuration." },
};
/* clang-format on */

const char *
stats_metric(enum counter counter)
{
	return rows[counter].metric;
}

const char *
stats_labels(enum counter counter)
{
	return rows[counter].labels;
}

const char *
stats_help(const char *metric)
{
	size_t i;

	for (i = 0; i < sizeof(helps) / sizeof(helps[0]); i++)
		if (strcmp(helps[i].metric, metric) == 0)
			return helps[i].help;
	return "";
}

void
stats_log(const struct stats *s)
{
	int i;

	for (i = 0; i < STAT_COUNT; i++)
		if (s->n[i] > 0)
			log_info("stats: %s{%s} %llu", rows[i].metric,
			    rows[i].labels, (unsigned long long)s->n[i]);
	log_info("stats: connections %llu", (unsigned long long)s->connections);
}
