/*
 * Counters: one table. The account of messages, which every test holds:
 *	received = stored + discarded + dropped + what is held or queued.
 */
#ifndef IKEWATCH_DAEMON_STATS_H
#define IKEWATCH_DAEMON_STATS_H

#include <stdint.h>

/* id, metric (without the ikewatch_ in front), labels. The transports stand
 * in the order of enum conf_transport, so that one can be added to the first. */
#define STATS(X)                                                              \
	X(RECEIVED, "messages_received_total", "transport=\"udp\"")           \
	X(RECEIVED_TCP, "messages_received_total", "transport=\"tcp\"")       \
	X(RECEIVED_TLS, "messages_received_total", "transport=\"tls\"")       \
	X(STORED, "messages_stored_total", "transport=\"udp\"")               \
	X(STORED_TCP, "messages_stored_total", "transport=\"tcp\"")           \
	X(STORED_TLS, "messages_stored_total", "transport=\"tls\"")           \
	X(NO_STORE, "messages_dropped_total",                                 \
	    "transport=\"udp\",cause=\"store\"")                              \
	X(NO_STORE_TCP, "messages_dropped_total",                             \
	    "transport=\"tcp\",cause=\"store\"")                              \
	X(NO_STORE_TLS, "messages_dropped_total",                             \
	    "transport=\"tls\",cause=\"store\"")                              \
	X(KERNEL, "messages_dropped_total",                                   \
	    "transport=\"udp\",cause=\"kernel\"")                             \
	X(REFUSED, "messages_dropped_total",                                  \
	    "transport=\"udp\",cause=\"refused\"")                            \
	X(NOISE, "messages_discarded_total", "cause=\"noise\"")               \
	X(NOT_IKE, "messages_discarded_total", "cause=\"not_ike\"")           \
	X(DUPLICATE, "messages_discarded_total", "cause=\"duplicate\"")       \
	X(JOINED, "messages_discarded_total", "cause=\"joined\"")             \
	X(NOT_KEPT, "messages_discarded_total", "cause=\"not_kept\"")         \
	X(EMPTY, "messages_discarded_total", "cause=\"empty\"")               \
	X(SPLIT, "messages_split_total", "")                                  \
	X(CUT, "messages_cut_total", "")                                      \
	X(ACCEPTED, "connections_accepted_total", "transport=\"tcp\"")        \
	X(ACCEPTED_TLS, "connections_accepted_total", "transport=\"tls\"")    \
	X(CONN_DENIED, "connections_refused_total", "cause=\"not_allowed\"")  \
	X(CONN_FULL, "connections_refused_total", "cause=\"limit\"")          \
	X(CONN_ADDRESS, "connections_refused_total",                          \
	    "cause=\"address_limit\"")                                        \
	X(CONN_FDS, "connections_refused_total", "cause=\"descriptors\"")     \
	X(CONN_TLS, "connections_refused_total", "cause=\"tls\"")             \
	X(CONN_PROXY, "connections_refused_total", "cause=\"proxy\"")         \
	X(CONN_STRANGER, "connections_refused_total", "cause=\"not_syslog\"") \
	X(CONN_IDLE, "connections_ended_total", "cause=\"idle\"")             \
	X(CONN_SLOW, "connections_ended_total", "cause=\"slow_frame\"")       \
	X(CONN_MEMORY, "connections_ended_total", "cause=\"partial_bytes\"")  \
	X(RELOADS, "reloads_total", "result=\"ok\"")                          \
	X(RELOADS_BAD, "reloads_total", "result=\"failed\"")

enum counter {
#define X(id, metric, labels) STAT_##id,
	STATS(X)
#undef X
	    STAT_COUNT
};

struct stats {
	uint64_t n[STAT_COUNT];
	uint64_t connections; /* open now */
	uint64_t evicted;     /* negotiations let go at a limit, ever */
};

static inline void
stats_add(struct stats *s, unsigned stat, uint64_t n)
{
	s->n[stat] += n;
}

static inline void
stats_count(struct stats *s, unsigned stat)
{
	s->n[stat]++;
}

const char *stats_metric(enum counter);
const char *stats_labels(enum counter);
/* What is said of a metric in /metrics. */
const char *stats_help(const char *metric);
/* One line a counter that is not zero, to the log. */
void stats_log(const struct stats *);

#endif
