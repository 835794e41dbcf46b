/*
 * The usual rekey of each tunnel, learnt from when it was established: a
 * tunnel that comes again every 48 minutes and then does not is in trouble
 * before anybody says so. Knows no clock and no alert.
 */
#ifndef IKEWATCH_ALERTING_CADENCE_H
#define IKEWATCH_ALERTING_CADENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/ike.h"

struct cadence;

/* A tunnel whose rekey is overdue; times in microseconds. */
struct cadence_late {
	int64_t tunnel_id;
	const char *device, *peer, *tunnel; /* until the next call */
	int64_t last;			    /* when it was established */
	int64_t usual;			    /* from one to the next */
};

/* NULL without memory. Follows at most max tunnels. */
struct cadence *cadence_new(size_t max);
void cadence_free(struct cadence *);
/* Overdue is what did not come for factor times the usual; 0: nothing is. */
void cadence_configure(struct cadence *, double factor);

/* The tunnel has an SA: looks at its last_established. */
void cadence_up(struct cadence *, const struct ike_tunnel *);
/* It has none: nothing is awaited until the next one. */
void cadence_down(struct cadence *, int64_t tunnel_id);

/* Nothing is awaited of any until it comes again: after a time in which
 * nobody listened. */
void cadence_pause(struct cadence *);

/* The next that is overdue, each time once; false when there is none. */
bool cadence_next(struct cadence *, int64_t now, struct cadence_late *);
int64_t cadence_due(const struct cadence *); /* INT64_MAX: nothing */

#endif
