/*
 * The engine, the outbox and the senders put together: what the daemon feeds
 * and asks. An edge of an incident and its deliveries are saved first and
 * sent when they are on the disk.
 *
 * In the daemon:
 *	store_open(); desk_new(); ... store_start(); desk_start();
 *	desk_committed() on the loop each time the store has committed;
 *	desk_tick() when desk_due() has come, and after each batch of input.
 */
#ifndef IKEWATCH_ALERTING_DESK_H
#define IKEWATCH_ALERTING_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerting/alert.h"
#include "alerting/deliver.h"

struct event_base;
struct store;
struct desk;

struct desk_clock {
	int64_t (*now)(void *arg); /* microseconds, never backwards */
	void *arg;
	/* A time of now() as the system's clock names it; 0 stays 0. */
	int64_t (*stamp)(int64_t);
};

/*
 * Between store_open() and store_start(): reads back open incidents and
 * deliveries that were not sent. NULL with the reason in err. conf is
 * borrowed until the next desk_configure() that succeeds.
 */
struct desk *desk_new(struct store *, struct event_base *,
    const struct alert_conf *, const struct desk_clock *, char *err,
    size_t errsize);
/* After store_start(). */
void desk_start(struct desk *);
void desk_free(struct desk *);
/* -1 with the reason in err: the old configuration stays. */
int desk_configure(struct desk *, const struct alert_conf *, char *err,
    size_t errsize) __attribute__((warn_unused_result));

/* The engine, to be fed. */
struct alerts *desk_alerts(struct desk *);
/* The senders, for metrics. */
const struct deliver *desk_deliver(const struct desk *);

void desk_tick(struct desk *, int64_t now);
int64_t desk_due(const struct desk *);
void desk_committed(struct desk *);
/* Nothing is waiting that could be saved or sent at once: for the end. */
bool desk_idle(const struct desk *);

#endif
