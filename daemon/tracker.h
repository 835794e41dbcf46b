/*
 * Follows every negotiation from its first message to its outcome: events in,
 * changes of negotiations and tunnels out. Knows no clock, no database and no
 * alert; the same tracker serves the daemon and "ikewatch explain".
 */
#ifndef IKEWATCH_DAEMON_TRACKER_H
#define IKEWATCH_DAEMON_TRACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/ike.h"

/* Times in microseconds. */
struct tracker_conf {
	int64_t stall_after[IKE_STAGE_COUNT]; /* 0: never */
	int64_t rekey_grace;
	int64_t linger;	 /* an ended negotiation still takes late records */
	size_t max_open; /* negotiations not ended, in all */
	size_t max_peer; /* the same for one device and peer */
	size_t max_kept; /* negotiations in memory, ended ones too */
	/* ended ones: in a storm the first go before they have lingered */
	size_t max_ended;
	size_t max_tunnels;
};
void tracker_conf_defaults(struct tracker_conf *);

/* What is new about a negotiation. */
enum tracker_change {
	TRACKER_NEW = 1 << 0,
	TRACKER_OUTCOME = 1 << 1, /* outcome changed */
	TRACKER_REASON = 1 << 2,  /* reason, suspects or differs got better */
	TRACKER_STAGE = 1 << 3,
	TRACKER_OTHER = 1 << 4,	 /* anything else worth saving */
	TRACKER_JOINED = 1 << 5, /* other_end was found */
};

/*
 * Where the changes go. Called from inside tracker_event() and
 * tracker_tick(); must not call the tracker again. NULL members are skipped.
 */
struct tracker_sink {
	void *arg;
	void (*negotiation)(void *arg, const struct ike_negotiation *,
	    unsigned changed, int64_t now);
	/* from is the state before; attempts and reasons may have changed
	 * with from equal to the state. */
	void (*tunnel)(void *arg, const struct ike_tunnel *,
	    enum ike_tunnel_state from, int64_t now);
	/* Two records turned out to be of one negotiation: gone is now a part
	 * of into, which keeps its id. */
	void (*joined)(void *arg, int64_t gone, int64_t into);
};

struct tracker;

/* NULL without memory. Copies conf and sink. */
struct tracker *tracker_new(
    const struct tracker_conf *, const struct tracker_sink *);
void tracker_free(struct tracker *);
void tracker_configure(struct tracker *, const struct tracker_conf *);

/*
 * One event of a device (its name; vendor is a parser's name and must live
 * as long as the program). Returns the negotiation it belongs to, NULL where
 * it belongs to none; the pointer lives until the next call.
 */
const struct ike_negotiation *tracker_event(struct tracker *,
    const char *device, const char *vendor, const struct ike_event *,
    int64_t now);

/* Stalls, grace times and forgetting: call when tracker_due() has come. */
void tracker_tick(struct tracker *, int64_t now);
int64_t tracker_due(const struct tracker *); /* INT64_MAX: nothing */

/* A tunnel section of the configuration: expected even before it is seen.
 * device may be NULL (any). Call again after a reload for all of them. */
int tracker_expect(struct tracker *, const char *device, const char *peer,
    const char *name) __attribute__((warn_unused_result));
void tracker_expect_none(struct tracker *);

/* State read back after a restart: rows as the store gave them. */
int tracker_restore_tunnel(struct tracker *, const struct ike_tunnel *)
    __attribute__((warn_unused_result));
int tracker_restore_negotiation(struct tracker *,
    const struct ike_negotiation *) __attribute__((warn_unused_result));
/* The first ids to give out: one more than the database has. */
void tracker_first_ids(struct tracker *, int64_t negotiation, int64_t tunnel);

/* By id; NULL where it is no longer in memory. Lives until the next call. */
const struct ike_negotiation *tracker_get(struct tracker *, int64_t id);
/* Every tunnel, in no order. */
void tracker_tunnels(const struct tracker *,
    void (*cb)(void *arg, const struct ike_tunnel *), void *arg);

struct tracker_counts {
	size_t open, ended, kept, tunnels;
	uint64_t evicted;      /* open ones let go at a limit */
	uint64_t refused_peer; /* new ones refused at max_peer */
};
void tracker_count(const struct tracker *, struct tracker_counts *);

#endif
