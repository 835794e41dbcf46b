/*
 * What is wrong with ourselves, as alerts: messages that were dropped, a
 * flood of negotiations, a database that cannot be written, or one that a
 * reader holds. Looked at once a second.
 */
#ifndef IKEWATCH_DAEMON_TROUBLE_H
#define IKEWATCH_DAEMON_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "alerting/alert.h"
#include "daemon/stats.h"
#include "storage/store.h"

enum trouble_drop {
	TROUBLE_KERNEL, /* the kernel's receive buffer was full */
	TROUBLE_QUEUE,	/* the store's queue was full */
	TROUBLE_FLOOD,	/* more negotiations than may be followed */
	TROUBLE_DROPS
};

/* Set to zero before its first use. */
struct trouble {
	struct trouble_seen {
		uint64_t last;	  /* the counter when it was looked at */
		uint64_t lost;	  /* since the trouble began */
		int64_t quiet_at; /* when it is over; 0: there is none */
	} drop[TROUBLE_DROPS];
	bool log; /* the database's log was too large when last looked at */
};

/* Tells the alerts what begins and what is over; now in microseconds. */
void trouble_look(struct trouble *, const struct stats *,
    const struct store_counts *, struct alerts *, int64_t now);

#endif
