/*
 * Why nobody is told of an incident now: a silence, a maintenance window, a
 * device that is silent itself. All of them end by themselves.
 */
#include "alerting/incident.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alerting/prose.h"
#include "alerting/route.h"

#define MUTED_LOOK (5 * SECOND)

void
alert_subject(const struct alerts *a, const struct incident *i, int64_t now,
    struct route_subject *s)
{
	*s = (struct route_subject){ i->device, i->tunnel, i->peer,
		i->flapping ? ALERT_FLAPPING : i->kind, i->reason, i->severity,
		now + a->ahead };
}

static bool
alert_silenced(const struct alerts *a, const struct incident *i, int64_t now)
{
	int64_t clock = now + a->ahead;

	for (size_t n = 0; n < a->nsilences; n++) {
		const struct alert_silence *s = &a->silence[n];

		if (clock < s->starts_at || clock >= s->ends_at)
			continue;
		if ((s->device[0] == '\0' ||
			prose_glob(s->device, i->device)) &&
		    (s->tunnel[0] == '\0' ||
			prose_glob(s->tunnel, i->tunnel)) &&
		    (s->peer[0] == '\0' || route_peer(s->peer, i->peer)) &&
		    (s->reason[0] == '\0' ||
			strcasecmp(s->reason, ike_reason_name(i->reason)) == 0))
			return true;
	}
	return false;
}

static bool
alert_inhibited(struct alerts *a, const struct incident *i)
{
	const struct incident *device;

	if (i->device[0] == '\0' || i->kind == ALERT_DEVICE_SILENT ||
	    i->kind == ALERT_SELF)
		return false;
	device = incident_find(a, i->device, "", "", ALERT_DEVICE_SILENT);
	return device != NULL && device->state == ALERT_FIRING;
}

bool
alert_muted(struct alerts *a, const struct incident *i, int64_t now)
{
	struct route_subject s;

	if (i->kind == ALERT_SELF)
		return false;
	alert_subject(a, i, now, &s);
	return alert_inhibited(a, i) || alert_silenced(a, i, now) ||
	    route_maintenance(a->conf, &s) != NULL;
}

void
alert_set_muted(struct alerts *a, struct incident *i, bool muted, int64_t now)
{
	if (i->muted == muted)
		return;
	i->muted = muted;
	a->nmuted += muted ? 1 : (size_t)-1;
	a->muted_at = a->nmuted > 0 ? now + MUTED_LOOK : INCIDENT_NEVER;
}

void
alerts_silences(struct alerts *a, const struct alert_silence *s, size_t n)
{
	struct alert_silence *copy = calloc(n + 1, sizeof(*copy));

	if (copy == NULL)
		return;
	if (n > 0)
		memcpy(copy, s, n * sizeof(*copy));
	free(a->silence);
	a->silence = copy;
	a->nsilences = n;
	if (a->nmuted > 0)
		a->muted_at = 0;
}

/* Silences end: what still burns is told now. */
void
alert_look_at_muted(struct alerts *a, int64_t now)
{
	struct incident *i, *next;

	a->muted_at = now + MUTED_LOOK;
	for (i = a->all; i != NULL; i = next) {
		next = i->all_next;
		if (!i->muted || i->state != ALERT_FIRING ||
		    alert_muted(a, i, now))
			continue;
		alert_set_muted(a, i, false, now);
		if (i->group != NULL)
			continue;
		alert_emit(a, i,
		    i->flapping ? ALERT_EDGE_FLAPS : ALERT_EDGE_FIRES,
		    group_take(a, i, now), now);
		incident_schedule(a, i);
	}
	if (a->nmuted == 0)
		a->muted_at = INCIDENT_NEVER;
}
