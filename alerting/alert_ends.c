/*
 * Both ends of one tunnel log here: one incident speaks for both. The one
 * rule: only what the tracker joined, or what is the same tunnel by its two
 * addresses, is one story; in doubt both are told.
 */
#include "alerting/incident.h"

#include <stdio.h>
#include <string.h>

#include "alerting/evidence.h"

/* The other end says that it is up: our end has so long to object. */
#define OBJECTION (60 * SECOND)

static unsigned
ends_slot(const char *a, const char *b)
{
	return (unsigned)(incident_pair(a, b) % ENDS_BUCKETS);
}

void
ends_forget(struct alerts *a, struct incident *i)
{
	struct incident **at = &a->ends[i->ends_slot];

	for (size_t k = 0; k < ENDS_ATTEMPTS; k++)
		if (a->attempt[k].incident == i)
			a->attempt[k].incident = NULL;
	if (!i->ends_known)
		return;
	while (*at != i)
		at = &(*at)->ends_next;
	*at = i->ends_next;
	i->ends_known = false;
}

static void
ends_put(struct alerts *a, struct incident *i, unsigned slot)
{
	struct incident **at = &a->ends[i->ends_slot];

	if (i->ends_known && i->ends_slot == slot)
		return;
	while (i->ends_known && *at != i)
		at = &(*at)->ends_next;
	if (i->ends_known)
		*at = i->ends_next;
	i->ends_slot = slot;
	i->ends_next = a->ends[slot];
	a->ends[slot] = i;
	i->ends_known = true;
}

/* As the other end names the two of us. */
static bool
ends_mirror(const struct incident *i, const char *local, const char *peer)
{
	return local[0] != '\0' && peer[0] != '\0' &&
	    strcmp(i->peer, local) == 0 && strcmp(i->local, peer) == 0;
}

static bool
ends_same(const struct incident *i, const char *device, const char *peer)
{
	return i->other[0] != '\0' && strcmp(i->other, device) == 0 &&
	    strcmp(i->other_peer, peer) == 0;
}

void
ends_learn(struct alerts *a, struct incident *i)
{
	if (i->other_peer[0] == '\0' && i->local[0] != '\0')
		ends_put(a, i, ends_slot(i->peer, i->local));
}

void
ends_attempt(struct alerts *a, struct incident *i, int64_t negotiation)
{
	struct ends_attempt *t =
	    &a->attempt[(uint64_t)negotiation % ENDS_ATTEMPTS];

	t->negotiation = negotiation;
	t->incident = i;
}

/* One that may speak for what another device says. */
static bool
ends_speaks(const struct incident *i, const char *device)
{
	return incident_open(i) && !i->muted &&
	    (i->kind == ALERT_NEGOTIATION_FAILED ||
		i->kind == ALERT_NEGOTIATION_STALLED ||
		i->kind == ALERT_TUNNEL_DOWN) &&
	    i->device[0] != '\0' && strcmp(i->device, device) != 0;
}

static struct incident *
ends_look(const struct alerts *a, size_t slot, const char *device,
    const char *local, const char *peer)
{
	for (struct incident *i = a->ends[slot]; i != NULL; i = i->ends_next)
		if (ends_speaks(i, device) &&
		    (ends_mirror(i, local, peer) || ends_same(i, device, peer)))
			return i;
	return NULL;
}

struct incident *
ends_find(const struct alerts *a, const char *device, const char *local,
    const char *peer, int64_t other_end)
{
	const struct ends_attempt *t =
	    &a->attempt[(uint64_t)other_end % ENDS_ATTEMPTS];
	struct incident *i;

	if (other_end != 0 && t->negotiation == other_end &&
	    t->incident != NULL && ends_speaks(t->incident, device))
		return t->incident;
	i = ends_look(a, ends_slot(local, peer), device, local, peer);
	if (i != NULL)
		return i;
	return ends_look(a, ends_slot(device, peer), device, local, peer);
}

void
ends_hear(struct alerts *a, struct incident *i, const char *device,
    const char *local, const char *peer, int64_t negotiation)
{
	incident_name(a, &i->other, device);
	if (negotiation != 0)
		i->other_negotiation = negotiation;
	if (ends_mirror(i, local, peer))
		return;
	/* an address was translated on the way */
	incident_name(a, &i->other_peer, peer);
	ends_put(a, i, ends_slot(device, peer));
}

void
ends_up(struct alerts *a, struct incident *i, int64_t now)
{
	if (i->state != ALERT_FIRING || i->flapping ||
	    i->recover_at != INCIDENT_NEVER)
		return;
	i->before = IKE_TUNNEL_DOWN;
	i->after = IKE_TUNNEL_UP;
	i->recover_at =
	    now + (a->conf->hold_up > OBJECTION ? a->conf->hold_up : OBJECTION);
	incident_schedule(a, i);
}

/* The last records of both, as they came. */
size_t
ends_evidence(const struct alerts *a, const struct incident *i,
    struct notice_line to[NOTICE_EVIDENCE_MAX])
{
	struct notice_line both[2][NOTICE_EVIDENCE_MAX];
	size_t n[2], at[2], count = 0;

	n[0] = evidence_find(a->evidence, i->negotiation, both[0]);
	n[1] = i->other_negotiation == 0
	    ? 0
	    : evidence_find(a->evidence, i->other_negotiation, both[1]);
	/* of two that have more than fits each gets about the half */
	at[1] = n[1] > 2 && n[0] + n[1] > NOTICE_EVIDENCE_MAX
	    ? n[1] - (n[0] < 3 ? NOTICE_EVIDENCE_MAX - n[0] : 2)
	    : 0;
	at[0] = n[0] + n[1] - at[1] > NOTICE_EVIDENCE_MAX
	    ? n[0] + n[1] - at[1] - NOTICE_EVIDENCE_MAX
	    : 0;
	while (at[0] < n[0] || at[1] < n[1]) {
		size_t k = at[0] == n[0] ||
		    (at[1] < n[1] &&
			both[1][at[1]].received_at <
			    both[0][at[0]].received_at);

		to[count++] = both[k][at[k]++];
	}
	return count;
}
