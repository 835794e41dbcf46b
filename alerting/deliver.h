/*
 * The senders: libcurl's multi interface on the event loop. Each destination
 * has its own queue and its own pace; within it the notices of one incident
 * go in order. Nothing is sent before it is committed, nothing twice unless
 * its end was not heard.
 */
#ifndef IKEWATCH_ALERTING_DELIVER_H
#define IKEWATCH_ALERTING_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerting/alert.h"

struct event_base;
struct deliver;

/* One delivery. Strings are copied. */
struct deliver_item {
	int64_t id;
	const char *destination;
	const char *incident; /* order is kept within it */
	const char *webhook_id;
	const char *notice; /* JSON of notice.h */
	unsigned attempts;  /* so far */
	int64_t created_at; /* this and decided_at as the system's clock */
	int64_t next_at;
	int64_t decided_at; /* for the latency; 0: do not measure */
	uint64_t number;    /* of the store; not sent before committed */
};

enum deliver_end {
	DELIVER_DELIVERED,
	DELIVER_RETRIED, /* this try failed, another will come */
	DELIVER_DEAD,
	DELIVER_DROPPED,
	DELIVER_MERGED, /* told as part of a summary */
	DELIVER_END_COUNT
};
const char *deliver_end_name(enum deliver_end);

struct deliver_result {
	int64_t id;
	enum deliver_end end;
	unsigned attempts;
	int64_t at, next_at;
	int status;
	const char *error; /* NULL: none; holds no secret */
};

struct deliver_sink {
	void *arg;
	void (*result)(void *arg, const struct deliver_result *);
	/* A destination is in trouble (words), or is well again (NULL). */
	void (*trouble)(void *arg, const char *destination, const char *words);
	int64_t (*clock)(void *arg); /* microseconds, as everybody's now */
	int64_t (*stamp)(void *arg, int64_t at); /* as the system's clock */
};

/* NULL without memory. */
struct deliver *deliver_new(struct event_base *, const struct deliver_sink *);
/* Stops what is under way: it will be sent again after the next start. */
void deliver_free(struct deliver *);
/*
 * Reads urls and secrets of the destinations, which are borrowed from conf.
 * Queues of those that stay are kept. -1 with the reason in err; nothing has
 * changed then.
 */
int deliver_configure(struct deliver *, const struct alert_conf *, char *err,
    size_t errsize) __attribute__((warn_unused_result));

/* How many queues a destination has (one for each url), and their names:
 * "noc", "noc#2", ... */
size_t deliver_names(const struct destination_conf *);
void deliver_name(
    const struct destination_conf *, size_t n, char *to, size_t size);

/* -1 where there is no such destination or no memory. */
int deliver_add(struct deliver *, const struct deliver_item *)
    __attribute__((warn_unused_result));
/* An incident that still fires, for destinations that must hear of it again
 * and again: after a restart. Nothing happens for the others. */
void deliver_still(struct deliver *, const char *destination,
    const char *incident, const char *notice);
/* Everything up to that number is on the disk. */
void deliver_committed(struct deliver *, uint64_t number);
/* False where it is not waiting (or is being sent at this moment). */
bool deliver_drop(struct deliver *, int64_t id);
bool deliver_has(const struct deliver *, int64_t id);
/* True when nothing is waiting that could be sent now. */
bool deliver_idle(const struct deliver *);

struct deliver_count {
	const char *name;
	size_t depth;	   /* not delivered yet */
	int64_t oldest_at; /* creation of the oldest of them; 0: none */
	uint64_t ends[DELIVER_END_COUNT];
	bool failing, disabled;
	const char *error; /* of the last failure; "" when it is well */
};
/* The nth queue; false after the last. */
bool deliver_count(const struct deliver *, size_t n, struct deliver_count *);

/* From the deciding record's arrival to the request: upper bounds in
 * seconds, counts that are not cumulative; the last has no bound. */
enum { DELIVER_LATENCY_BUCKETS = 8 };
struct deliver_latency {
	uint64_t count[DELIVER_LATENCY_BUCKETS];
	uint64_t total;
	double sum;
};
extern const double deliver_latency_bound[DELIVER_LATENCY_BUCKETS - 1];
void deliver_latency(const struct deliver *, struct deliver_latency *);

#endif
