/*
 * Tunnels: one that went down, one that must be up and is not, one whose
 * usual rekey did not come.
 */
#include "alerting/incident.h"

#include <stdio.h>
#include <string.h>

#include "alerting/prose.h"
#include "alerting/route.h"

/* Ends that are nobody's fault, but for a tunnel that must always be up. */
static bool
alert_ordinary_end(enum ike_reason r)
{
	switch (r) {
	case IKE_REASON_NONE:
	case IKE_R_UNKNOWN:
	case IKE_R_DELETED_BY_PEER:
	case IKE_R_DELETED_BY_ADMIN:
	case IKE_R_SUPERSEDED:
	case IKE_R_LIFETIME_EXPIRED:
	case IKE_R_PATH_CHANGED:
	case IKE_R_PARENT_DELETED:
		return true;
	default:
		return false;
	}
}

/* What was told as a failure is an outage now: worth an update. */
static void
alert_went_down(struct incident *i, int64_t now)
{
	if (i->kind != ALERT_TUNNEL_DOWN && !i->told_down &&
	    i->state == ALERT_FIRING) {
		i->worse = true;
		i->update_at = now + UPDATE_SETTLE;
	}
	i->down = true;
}

/* The negotiation whose end was the last; 0 where it is forgotten. */
static int64_t
alert_last_of(const struct alerts *a, int64_t tunnel_id)
{
	const struct alert_gone *g = &a->gone[(uint64_t)tunnel_id % ALERT_GONE];

	return g->tunnel_id == tunnel_id ? g->negotiation : 0;
}

static void
alert_tunnel_down(struct alerts *a, const struct ike_tunnel *t,
    enum ike_tunnel_state from, int64_t now)
{
	const struct alert_tunnel *conf =
	    route_tunnel(a->conf, t->device, t->name, t->peer);
	enum alert_mode mode = conf != NULL ? conf->mode : ALERT_MODE_AUTO;
	struct incident *i;

	/* a tunnel that only failed to come up again is a failure's business */
	if (mode != ALERT_MODE_ALWAYS &&
	    ((from != IKE_TUNNEL_UP && from != IKE_TUNNEL_REKEYING) ||
		alert_ordinary_end(t->down_reason)))
		return;
	if (mode == ALERT_MODE_ON_DEMAND && t->down_reason != IKE_R_PEER_DEAD)
		return;
	i = alert_find_open(a, t->device, t->peer, t->name);
	if (i == NULL &&
	    (i = ends_find(a, t->device, t->local, t->peer, 0)) != NULL) {
		ends_hear(a, i, t->device, t->local, t->peer, 0);
		alert_went_down(i, now);
		alert_trouble(a, i, a->conf->tunnel_hold_down, now);
		return;
	}
	i = alert_find_or_new(
	    a, t->device, t->peer, t->name, ALERT_TUNNEL_DOWN, 0, now);
	if (i == NULL)
		return;
	if (!incident_open(i)) {
		i->reason = t->down_reason;
		i->part = IKE_KIND_NONE;
		i->negotiation = alert_last_of(a, t->id);
		incident_keep(a, &i->detail, NULL);
		incident_keep(a, &i->differs, NULL);
	}
	alert_went_down(i, now);
	incident_keep(a, &i->words, NULL);
	if (t->vendor != NULL)
		incident_learn(a, &i->vendor, t->vendor);
	incident_learn(a, &i->local, t->local);
	i->ike_version = (unsigned)t->ike_version;
	i->tunnel_id = t->id;
	i->last_established = t->last_established;
	i->before = from;
	i->after = IKE_TUNNEL_DOWN;
	ends_learn(a, i);
	alert_trouble(a, i, a->conf->tunnel_hold_down, now);
}

static void
alert_tunnel_up(struct alerts *a, const struct ike_tunnel *t,
    enum ike_tunnel_state from, int64_t now)
{
	uint64_t pair = incident_pair(t->device, t->peer);
	struct incident *i;

	for (i = a->bucket[pair % INCIDENT_BUCKETS]; i != NULL; i = i->next) {
		if (i->pair != pair || !incident_open(i) ||
		    strcmp(i->device, t->device) != 0 ||
		    strcmp(i->peer, t->peer) != 0 ||
		    !alert_same_name(i->tunnel, t->name))
			continue;
		i->down = false;
		if (i->kind != ALERT_TUNNEL_DOWN &&
		    (i->part == IKE_KIND_CHILD || from == IKE_TUNNEL_REKEYING))
			continue;
		i->before = from;
		i->after = IKE_TUNNEL_UP;
		i->decided_at = now;
		alert_recover(a, i, now);
	}
	i = ends_find(a, t->device, t->local, t->peer, 0);
	if (i != NULL && (i->kind == ALERT_TUNNEL_DOWN || i->down))
		ends_up(a, i, now);
}

static void
alert_expected_up(struct alerts *a, const struct ike_tunnel *t)
{
	const struct alert_tunnel *conf =
	    route_tunnel(a->conf, t->device, t->name, t->peer);

	if (conf != NULL && a->expected != NULL)
		a->expected[conf - a->conf->tunnel].up = true;
}

void
alerts_tunnel(struct alerts *a, const struct ike_tunnel *t,
    enum ike_tunnel_state from, int64_t now)
{
	if (t->state == IKE_TUNNEL_UP || t->state == IKE_TUNNEL_REKEYING) {
		alert_expected_up(a, t);
		cadence_up(a->cadence, t);
	} else {
		cadence_down(a->cadence, t->id);
	}
	if (t->state == from)
		return;
	if (t->state == IKE_TUNNEL_UP)
		alert_tunnel_up(a, t, from, now);
	else if (t->state == IKE_TUNNEL_DOWN && t->last_established != 0)
		alert_tunnel_down(a, t, from, now);
}

/* "Always" tunnels that did not come up since the start. */
void
alert_expect(struct alerts *a, int64_t now)
{
	a->expect_at = INCIDENT_NEVER;
	for (size_t k = 0; k < a->conf->ntunnels; k++) {
		const struct alert_tunnel *t = &a->conf->tunnel[k];
		const char *device = t->device != NULL ? t->device : "";
		const char *peer = t->peer != NULL ? t->peer : "";
		struct incident *i;

		if (t->mode != ALERT_MODE_ALWAYS || a->expected == NULL ||
		    a->expected[k].up ||
		    alert_find_open(a, device, peer, t->name) != NULL)
			continue;
		i = alert_find_or_new(
		    a, device, peer, t->name, ALERT_TUNNEL_DOWN, 0, now);
		if (i == NULL)
			continue;
		i->down = true;
		i->reason = IKE_REASON_NONE;
		i->before = IKE_TUNNEL_UNKNOWN;
		i->after = IKE_TUNNEL_DOWN;
		alert_trouble(a, i, 0, now);
	}
}

/* A tunnel that is still up, as far as anybody said, and lives no more. */
static void
alert_overdue(struct alerts *a, const struct cadence_late *l, int64_t now)
{
	const struct alert_tunnel *conf =
	    route_tunnel(a->conf, l->device, l->tunnel, l->peer);
	char words[NOTICE_WORDS_SIZE], usual[PROSE_SPAN_SIZE];
	char since[PROSE_SPAN_SIZE];
	struct incident *i;

	if ((conf != NULL && conf->mode == ALERT_MODE_ON_DEMAND) ||
	    alert_find_open(a, l->device, l->peer, l->tunnel) != NULL)
		return;
	i = alert_find_or_new(a, l->device, l->peer, l->tunnel,
	    ALERT_NEGOTIATION_STALLED, 0, now);
	if (i == NULL)
		return;
	snprintf(words, sizeof(words),
	    "the usual rekey did not come: every %s, none for %s",
	    prose_duration(usual, l->usual),
	    prose_duration(since, now - l->last));
	incident_keep(a, &i->words, words);
	incident_keep(a, &i->detail, NULL);
	incident_keep(a, &i->differs, NULL);
	i->reason = IKE_REASON_NONE;
	i->suspects = 0;
	i->refused_by = IKE_REFUSED_NONE;
	i->part = IKE_KIND_NONE;
	i->stage = IKE_STAGE_NONE;
	i->negotiation = 0;
	i->rekey = true;
	i->tunnel_id = l->tunnel_id;
	i->last_established = l->last;
	i->before = i->after = IKE_TUNNEL_UP;
	alert_trouble(a, i, a->conf->tunnel_hold_down, now);
}

void
alert_look_for_overdue(struct alerts *a, int64_t now)
{
	struct cadence_late late;

	while (cadence_next(a->cadence, now, &late))
		alert_overdue(a, &late, now);
}
