/*
 * Negotiations: one that failed or stalled is an attempt of its tunnel's
 * incident, one that came up ends it.
 */
#include "alerting/incident.h"

#include <stdio.h>
#include <string.h>

#include "alerting/route.h"

/*
 * A stranger is an unknown peer that knocks at a responder: never up, in no
 * tunnel section, no name, and a reason that any scanner causes. A wrong
 * key or identity of an unknown peer is no stranger: somebody configured
 * one end of it.
 */
static bool
alert_stranger(const struct ike_negotiation *n)
{
	switch (n->reason) {
	case IKE_REASON_NONE:
	case IKE_R_PEER_NOT_CONFIGURED:
	case IKE_R_IKE_PROPOSAL_MISMATCH:
	case IKE_R_IPSEC_PROPOSAL_MISMATCH:
	case IKE_R_PROPOSAL_MISMATCH:
	case IKE_R_NO_RESPONSE:
	case IKE_R_NEGOTIATION_TIMEOUT:
	case IKE_R_STALLED:
	case IKE_R_MALFORMED_MESSAGE:
	case IKE_R_INVALID_SPI:
	case IKE_R_UNKNOWN_EXCHANGE_TYPE:
	case IKE_R_UNKNOWN:
		return n->role == IKE_RESPONDER && !n->known_peer &&
		    n->tunnel[0] == '\0';
	default:
		return false;
	}
}

static bool
alert_counted(const struct incident *i, int64_t negotiation)
{
	for (int k = 0; k < INCIDENT_ATTEMPTS; k++)
		if (negotiation != 0 && i->counted[k] == negotiation)
			return true;
	return false;
}

static void
alert_new_attempt(struct alerts *a, struct incident *i, int64_t negotiation)
{
	i->counted[i->attempts % INCIDENT_ATTEMPTS] = negotiation;
	i->attempts++;
	ends_attempt(a, i, negotiation);
}

enum attempt { ATTEMPT_NEW, ATTEMPT_OTHER_END, ATTEMPT_KNOWN };

/* Counts an attempt once, whichever of its two ends tells of it. */
static enum attempt
alert_count(
    struct alerts *a, struct incident *i, const struct ike_negotiation *n)
{
	if (alert_counted(i, n->id))
		return ATTEMPT_KNOWN;
	for (int k = 0; n->other_end != 0 && k < INCIDENT_ATTEMPTS; k++)
		if (i->counted[k] == n->other_end) {
			i->counted[k] = n->id;
			ends_attempt(a, i, n->id);
			return ATTEMPT_OTHER_END;
		}
	alert_new_attempt(a, i, n->id);
	return ATTEMPT_NEW;
}

static void
alert_take_facts(
    struct alerts *a, struct incident *i, const struct ike_negotiation *n)
{
	if (n->vendor != NULL)
		incident_learn(a, &i->vendor, n->vendor);
	incident_learn(a, &i->local, n->local);
	incident_learn(a, &i->tunnel, n->tunnel);
	incident_learn(a, &i->child, n->child);
	i->ike_version = (unsigned)n->ike_version;
	i->role = n->role;
	i->stage = n->stage;
	i->part = n->kind;
	i->rekey = n->rekey;
	incident_spis(i, n->ispi, n->rspi);
	i->child_spi = n->spi_in;
	i->refused_by = n->refused_by;
	i->suspects = n->suspects;
	i->reason = n->reason;
	i->negotiation = n->id;
	i->tunnel_id = n->tunnel_id;
	i->last_progress = n->updated_at;
	incident_keep(a, &i->detail, n->detail);
	incident_keep(a, &i->differs, n->differs);
	ends_learn(a, i);
	i->before = n->rekey ? IKE_TUNNEL_REKEYING : IKE_TUNNEL_NEGOTIATING;
	i->after = n->rekey && !i->down ? IKE_TUNNEL_UP : IKE_TUNNEL_DOWN;
}

/* The open incident of this tunnel, of whichever kind: one outage is one
 * incident. */
struct incident *
alert_find_open(
    struct alerts *a, const char *device, const char *peer, const char *tunnel)
{
	static const enum alert_kind kinds[] = { ALERT_TUNNEL_DOWN,
		ALERT_NEGOTIATION_FAILED, ALERT_NEGOTIATION_STALLED };

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		struct incident *i =
		    incident_find(a, device, peer, tunnel, kinds[k]);

		if (i != NULL && incident_open(i))
			return i;
	}
	return NULL;
}

/* negotiation: 0, or the one it is about: one that is over already begins
 * nothing new (NULL). */
struct incident *
alert_find_or_new(struct alerts *a, const char *device, const char *peer,
    const char *tunnel, enum alert_kind kind, int64_t negotiation, int64_t now)
{
	struct incident *i = alert_find_open(a, device, peer, tunnel);

	if (i == NULL)
		i = incident_find(a, device, peer, tunnel, kind);
	if (i == NULL)
		i = incident_new(a, device, peer, tunnel, kind);
	if (i != NULL && !incident_open(i)) {
		if (negotiation != 0 && alert_counted(i, negotiation))
			return NULL;
		i->attempts = 0;
		i->down = false;
		incident_name(a, &i->other, "");
		i->other_negotiation = 0;
		i->first_seen = now;
		i->decided_at = now;
	}
	return i;
}

/* A reason that was not told yet, and tells more or is of a later attempt. */
static bool
alert_worth_update(const struct incident *i, enum ike_reason was, bool fresh)
{
	int rank = ike_reason_rank(i->reason);

	if (i->reason == i->told_reason || rank == 0)
		return false;
	return !(i->told_reasons & IKE_BIT(i->reason)) &&
	    (fresh || rank > ike_reason_rank(was) || was == i->reason);
}

/* What waits to be told is of an earlier attempt and another reason: it is
 * told before the next attempt's facts take its place. */
static void
alert_say_first(struct alerts *a, struct incident *i, int64_t now)
{
	if (i->state == ALERT_PENDING && a->conf->hold_down == 0)
		alert_fire(a, i, now);
	else if (i->state == ALERT_FIRING && i->update_at != INCIDENT_NEVER)
		alert_update(a, i, now);
}

static int64_t
alert_hold(const struct alerts *a, const struct ike_negotiation *n)
{
	if (a->conf->hold_down == 0 && ike_reason_rank(n->reason) < 4)
		return SETTLE;
	return a->conf->hold_down;
}

/* Is this what the other end of the tunnel told already? Then it is heard
 * there, and one incident speaks. */
static bool
alert_other_end(struct alerts *a, const struct ike_negotiation *n, int64_t now)
{
	struct incident *own =
	    alert_find_open(a, n->device, n->peer, n->tunnel);
	struct incident *i = NULL;

	if (n->other_end != 0 && (own == NULL || own->state == ALERT_PENDING))
		i = ends_find(a, n->device, n->local, n->peer, n->other_end);
	if (i == NULL)
		return false;
	if (own != NULL)
		alert_withdraw(a, own, now);
	ends_hear(a, i, n->device, n->local, n->peer, n->id);
	if (alert_count(a, i, n) != ATTEMPT_KNOWN)
		alert_trouble(a, i, alert_hold(a, n), now);
	return true;
}

/* decided: it failed just now; else what is told of it may begin nothing and
 * keep nothing from being over. */
static void
alert_failed(struct alerts *a, const struct ike_negotiation *n,
    enum alert_kind kind, bool decided, int64_t now)
{
	enum ike_reason was;
	enum attempt attempt;
	struct incident *i;

	if (!a->conf->strangers && alert_stranger(n) &&
	    route_tunnel(a->conf, n->device, n->tunnel, n->peer) == NULL) {
		a->total.strangers++;
		return;
	}
	if (!decided &&
	    alert_find_open(a, n->device, n->peer, n->tunnel) == NULL)
		return;
	if (alert_other_end(a, n, now))
		return;
	i = alert_find_or_new(
	    a, n->device, n->peer, n->tunnel, kind, n->id, now);
	if (i == NULL)
		return;
	was = i->reason;
	if (!alert_counted(i, n->id) && !alert_counted(i, n->other_end) &&
	    n->reason != was)
		alert_say_first(a, i, now);
	attempt = alert_count(a, i, n);
	/* a late word on an earlier attempt: only the latest one speaks */
	if (attempt == ATTEMPT_KNOWN && i->negotiation != n->id)
		return;
	if (incident_open(i) && attempt == ATTEMPT_KNOWN && was == n->reason &&
	    i->refused_by == n->refused_by && i->differs[0] != '\0')
		return;
	alert_take_facts(a, i, n);
	incident_keep(a, &i->words, NULL);
	if (!incident_open(i))
		i->first_seen = n->started_at != 0 ? n->started_at : now;
	if (i->state == ALERT_FIRING &&
	    alert_worth_update(i, was, attempt == ATTEMPT_NEW)) {
		i->decided_at = now;
		if (i->update_at == INCIDENT_NEVER)
			i->update_at = now + UPDATE_SETTLE;
	}
	if (decided || i->state == ALERT_PENDING)
		alert_trouble(a, i, alert_hold(a, n), now);
	else
		incident_schedule(a, i);
}

bool
alert_same_name(const char *a, const char *b)
{
	return a[0] == '\0' || b[0] == '\0' || strcmp(a, b) == 0;
}

/* Does what came up end this incident? An IKE SA ends no child's failure. */
static bool
alert_ends(const struct incident *i, const struct ike_negotiation *n)
{
	if (strcmp(i->device, n->device) != 0 ||
	    strcmp(i->peer, n->peer) != 0 || !incident_open(i))
		return false;
	if (i->kind != ALERT_NEGOTIATION_FAILED &&
	    i->kind != ALERT_NEGOTIATION_STALLED &&
	    i->kind != ALERT_TUNNEL_DOWN)
		return false;
	if (n->peer[0] == '\0' ? strcmp(i->tunnel, n->tunnel) != 0
			       : !alert_same_name(i->tunnel, n->tunnel))
		return false;
	return i->part != IKE_KIND_CHILD ||
	    (n->kind == IKE_KIND_CHILD && alert_same_name(i->child, n->child));
}

static void
alert_came_up(struct alerts *a, const struct ike_negotiation *n, int64_t now)
{
	uint64_t pair = incident_pair(n->device, n->peer);
	struct incident *i;

	for (i = a->bucket[pair % INCIDENT_BUCKETS]; i != NULL; i = i->next) {
		if (i->pair != pair || !alert_ends(i, n))
			continue;
		i->before = IKE_TUNNEL_DOWN;
		i->after = IKE_TUNNEL_UP;
		i->down = false;
		i->last_established = now;
		i->decided_at = now;
		alert_recover(a, i, now);
	}
	i = ends_find(a, n->device, n->local, n->peer, n->other_end);
	if (i != NULL &&
	    (i->part != IKE_KIND_CHILD || n->kind == IKE_KIND_CHILD))
		ends_up(a, i, now);
}

void
alerts_negotiation(struct alerts *a, const struct ike_negotiation *n,
    bool decided, int64_t now)
{
	switch (n->outcome) {
	case IKE_FAILURE:
		alert_failed(a, n, ALERT_NEGOTIATION_FAILED, decided, now);
		break;
	case IKE_STALL:
		alert_failed(a, n, ALERT_NEGOTIATION_STALLED, decided, now);
		break;
	case IKE_UP:
		if (decided)
			alert_came_up(a, n, now);
		break;
	case IKE_GONE:
		a->gone[(uint64_t)n->tunnel_id % ALERT_GONE] =
		    (struct alert_gone){ n->tunnel_id, n->id };
		break;
	default:
		break;
	}
}

void
alerts_joined(struct alerts *a, int64_t gone, int64_t into)
{
	evidence_join(a->evidence, gone, into);
	for (struct incident *i = a->all; i != NULL; i = i->all_next)
		if (i->negotiation == gone)
			i->negotiation = into;
}

void
alerts_record(struct alerts *a, int64_t negotiation, int64_t received_at,
    struct span line)
{
	if (negotiation != 0)
		evidence_add(a->evidence, negotiation, received_at, line);
}
