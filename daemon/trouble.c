/* Counters become troubles: one that moves is one, until it has kept still. */
#include "daemon/trouble.h"

#include <inttypes.h>
#include <stdio.h>

enum { QUIET = 60000000 }; /* microseconds without a drop: it is over */
/* Bytes of the database's log: too many, and few enough again. */
#define LOG_ALARM (INT64_C(256) << 20)
#define LOG_CALM (INT64_C(128) << 20)

static uint64_t
trouble_kernel(const struct stats *s, const struct store_counts *c)
{
	(void)c;
	return s->n[STAT_KERNEL];
}

/* Rows of all kinds: a lost event is as bad as a lost message. */
static uint64_t
trouble_queue(const struct stats *s, const struct store_counts *c)
{
	(void)s;
	return c->refused;
}

static uint64_t
trouble_flood(const struct stats *s, const struct store_counts *c)
{
	(void)c;
	return s->evicted;
}

static const struct {
	const char *key;
	uint64_t (*count)(const struct stats *, const struct store_counts *);
	const char *words; /* behind the number */
} rows[TROUBLE_DROPS] = {
	[TROUBLE_KERNEL] = { "kernel-drops", trouble_kernel,
	    "messages lost in the kernel: raise net.core.rmem_max and "
	    "receive-buffer, or send by TCP" },
	[TROUBLE_QUEUE] = { "queue-drops", trouble_queue,
	    "rows lost, the queue of the database is full: the disk is too "
	    "slow or queue-size too small" },
	[TROUBLE_FLOOD] = { "negotiation-flood", trouble_flood,
	    "negotiations let go, more are open than limits negotiations "
	    "allows: see who sends them, and the listeners' allow" },
};

static void
trouble_drop(struct trouble_seen *seen, enum trouble_drop which, uint64_t n,
    struct alerts *alerts, int64_t now)
{
	char words[200];

	if (n > seen->last) {
		if (seen->quiet_at == 0)
			seen->lost = 0;
		seen->lost += n - seen->last;
		seen->quiet_at = now + QUIET;
	}
	seen->last = n;
	if (now >= seen->quiet_at) {
		/* said each time: the one before us may have left it open */
		seen->quiet_at = 0;
		alerts_self(alerts, rows[which].key, ALERT_WARNING, NULL, now);
		return;
	}
	(void)snprintf(words, sizeof(words), "%" PRIu64 " %s", seen->lost,
	    rows[which].words);
	alerts_self(alerts, rows[which].key, ALERT_WARNING, words, now);
}

/* A reader that keeps its transaction keeps the log from being emptied. */
static void
trouble_log(struct trouble *t, const struct store_counts *c,
    struct alerts *alerts, int64_t now)
{
	char words[200];

	t->log = c->wal_bytes > (t->log ? LOG_CALM : LOG_ALARM);
	(void)snprintf(words, sizeof(words),
	    "the database's log has grown to %" PRId64 " MiB: a program that "
	    "reads the database holds it",
	    c->wal_bytes >> 20);
	alerts_self(
	    alerts, "database-log", ALERT_WARNING, t->log ? words : NULL, now);
}

void
trouble_look(struct trouble *t, const struct stats *stats,
    const struct store_counts *c, struct alerts *alerts, int64_t now)
{
	char words[280];

	for (unsigned i = 0; i < TROUBLE_DROPS; i++)
		trouble_drop(&t->drop[i], (enum trouble_drop)i,
		    rows[i].count(stats, c), alerts, now);
	trouble_log(t, c, alerts, now);
	(void)snprintf(words, sizeof(words),
	    "the database cannot be written: %.200s", c->error);
	alerts_self(
	    alerts, "database", ALERT_CRITICAL, c->failing ? words : NULL, now);
}
