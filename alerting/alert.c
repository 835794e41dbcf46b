/*
 * The engine: incidents and their edges. What comes in only changes facts
 * and deadlines; every decision falls in alert_step(), every state changes
 * in alert_move().
 */
#include "alerting/alert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alerting/incident.h"
#include "alerting/route.h"
#include "alerting/prose.h"

#define SECOND INT64_C(1000000)
/* A weak reason waits this long for the record that knows better. */
#define SETTLE (SECOND / 10)
/* A new reason of an alert that was told waits this long for a better one. */
#define UPDATE_SETTLE (SECOND / 2)
/* Failures that stopped are over after this, whatever the tunnel does. */
#define QUIET (24 * 3600 * SECOND)
#define MUTED_LOOK (5 * SECOND)
#define DEVICES_LOOK (5 * SECOND)

struct alerts *
alerts_new(
    const struct alert_conf *conf, const struct alert_sink *sink, int64_t now)
{
	struct alerts *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->sink = *sink;
	a->evidence = evidence_new();
	a->counts = limit_counts_new(65536);
	a->cadence = cadence_new(INCIDENTS_MAX);
	a->devices_size = 32768;
	a->device = calloc(a->devices_size, sizeof(*a->device));
	a->next_id = 1;
	a->muted_at = a->devices_at = INCIDENT_NEVER;
	if (a->evidence == NULL || a->counts == NULL || a->cadence == NULL ||
	    a->device == NULL) {
		alerts_free(a);
		return NULL;
	}
	alerts_configure(a, conf, now);
	return a;
}

void
alerts_free(struct alerts *a)
{
	if (a == NULL)
		return;
	while (a->all != NULL)
		incident_free(a, a->all);
	due_free(&a->due);
	evidence_free(a->evidence);
	limit_counts_free(a->counts);
	cadence_free(a->cadence);
	free(a->device);
	free(a->expected);
	free(a->silence);
	free(a);
}

/* Destinations are remembered by their place: find them again by name. */
static uint64_t
alert_told_again(
    const struct alert_conf *was, const struct alert_conf *is, uint64_t told)
{
	uint64_t again = 0;

	for (size_t i = 0; i < was->ndestinations; i++)
		for (size_t j = 0; told >> i & 1 && j < is->ndestinations; j++)
			if (strcmp(was->destination[i].name,
				is->destination[j].name) == 0)
				again |= UINT64_C(1) << j;
	return again;
}

void
alerts_configure(struct alerts *a, const struct alert_conf *conf, int64_t now)
{
	for (struct incident *i = a->all; i != NULL; i = i->all_next)
		i->told = alert_told_again(a->conf, conf, i->told);
	a->conf = conf;
	free(a->expected);
	a->expected = calloc(conf->ntunnels + 1, sizeof(*a->expected));
	a->expect_at = INCIDENT_NEVER;
	for (size_t i = 0; i < conf->ntunnels; i++)
		if (conf->tunnel[i].mode == ALERT_MODE_ALWAYS)
			a->expect_at = now + conf->expect_after;
	a->devices_at = now + DEVICES_LOOK;
	cadence_configure(a->cadence, conf->rekey_overdue);
}

void
alerts_first_id(struct alerts *a, int64_t id)
{
	a->next_id = id;
}

void
alerts_stamp(struct alerts *a, int64_t ahead)
{
	a->ahead = ahead;
}

static void
alert_subject(const struct alerts *a, const struct incident *i, int64_t now,
    struct route_subject *s)
{
	*s = (struct route_subject){ i->device, i->tunnel, i->peer,
		i->flapping ? ALERT_FLAPPING : i->kind, i->reason, i->severity,
		now + a->ahead };
}

/*
 * Why nobody is told of it now.
 */
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

static bool
alert_muted(struct alerts *a, const struct incident *i, int64_t now)
{
	struct route_subject s;

	if (i->kind == ALERT_SELF)
		return false;
	alert_subject(a, i, now, &s);
	return alert_inhibited(a, i) || alert_silenced(a, i, now) ||
	    route_maintenance(a->conf, &s) != NULL;
}

/*
 * Who is told of this edge. Those who know of the incident hear its end and
 * nobody else does; all others are found by the routes.
 */
static size_t
alert_whom(const struct alerts *a, const struct incident *i,
    enum alert_edge edge, int64_t now,
    const struct destination_conf *to[ROUTE_DESTINATIONS_MAX])
{
	struct route_subject s;
	size_t n = 0;

	if (edge != ALERT_EDGE_RESOLVES) {
		alert_subject(a, i, now, &s);
		return route_destinations(a->conf, &s, to);
	}
	for (size_t k = 0; k < a->conf->ndestinations; k++)
		if (i->told >> k & 1 && a->conf->destination[k].send_resolved)
			to[n++] = &a->conf->destination[k];
	return n;
}

static void
alert_remember_told(struct alerts *a, struct incident *i,
    const struct destination_conf *const *to, size_t n)
{
	for (size_t k = 0; k < n; k++)
		i->told |= UINT64_C(1) << (to[k] - a->conf->destination);
	i->told_reason = i->reason;
	if (i->reason != IKE_REASON_NONE)
		i->told_reasons |= IKE_BIT(i->reason);
	i->told_attempts = i->attempts;
	i->told_members = i->members;
}

static void
alert_set_muted(struct alerts *a, struct incident *i, bool muted, int64_t now)
{
	if (i->muted == muted)
		return;
	i->muted = muted;
	a->nmuted += muted ? 1 : (size_t)-1;
	a->muted_at = a->nmuted > 0 ? now + MUTED_LOOK : INCIDENT_NEVER;
}

/* quiet: saved, and nobody is told. */
static void
alert_emit(struct alerts *a, struct incident *i, enum alert_edge edge,
    bool quiet, int64_t now)
{
	const struct destination_conf *to[ROUTE_DESTINATIONS_MAX];
	struct alert_notice n;
	size_t count = 0;

	if (!quiet)
		count = alert_whom(a, i, edge, now, to);
	incident_notice(a, i, edge, count > 0, now, &n);
	a->sink.edge(a->sink.arg, &n, to, count);
	a->total.edges[edge]++;
	if (!quiet)
		alert_remember_told(a, i, to, count);
	i->decided_at = 0;
	i->saved = edge != ALERT_EDGE_RESOLVES && edge != ALERT_EDGE_CLEARED;
}

static void
alert_remind(const struct alerts *a, struct incident *i, int64_t now)
{
	int64_t every = i->severity == ALERT_CRITICAL
	    ? a->conf->reminder_critical
	    : a->conf->reminder;

	if (every == 0) {
		i->remind_at = INCIDENT_NEVER;
		return;
	}
	if (i->remind_every == 0)
		i->remind_every = every;
	else if (i->severity == ALERT_CRITICAL &&
	    i->remind_every < 24 * 3600 * SECOND)
		i->remind_every *= 2;
	i->remind_at = now + i->remind_every;
}

/* The one place where the state of an incident changes. */
static void
alert_move(struct incident *i, enum alert_state state, int64_t now)
{
	i->state = state;
	i->fire_at = i->update_at = i->recover_at = INCIDENT_NEVER;
	i->remind_at = i->forget_at = INCIDENT_NEVER;
	if (state == ALERT_RESOLVED || state == ALERT_OK)
		i->forget_at = now;
}

static void
alert_grade(struct alerts *a, struct incident *i, int64_t now)
{
	enum alert_severity was = i->severity;
	struct route_subject s;

	if (i->kind == ALERT_SELF && was != ALERT_SEVERITY_NONE)
		return;
	alert_subject(a, i, now, &s);
	s.kind = i->down ? ALERT_TUNNEL_DOWN : s.kind;
	i->severity = route_severity(a->conf, &s);
	if (i->severity > was)
		i->remind_every = 0;
}

/* A failure begins a flap or another turn of one. */
static void
alert_changed(struct alerts *a, struct incident *i, int64_t now)
{
	if (a->conf->flap_changes == 0 || i->kind == ALERT_GROUP ||
	    i->kind == ALERT_SELF)
		return;
	limit_change(&i->changes, now);
	i->flaps++;
	if (i->flapping)
		i->quiet_at = now + a->conf->flap_window;
}

static bool
alert_flaps(const struct alerts *a, const struct incident *i, int64_t now)
{
	return a->conf->flap_changes != 0 &&
	    limit_changed(&i->changes, now, a->conf->flap_window) >=
	    (unsigned)a->conf->flap_changes;
}

/* It flaps: one edge says so, and no more until it is quiet. */
static void
alert_flap_begin(struct alerts *a, struct incident *i, int64_t now)
{
	bool muted = alert_muted(a, i, now);

	i->flaps = limit_changed(&i->changes, now, a->conf->flap_window);
	if (i->state != ALERT_FIRING) {
		i->alert = a->next_id++;
		i->opened_at = now;
	}
	alert_move(i, ALERT_FIRING, now);
	i->flapping = true;
	i->quiet_at = now + a->conf->flap_window;
	alert_grade(a, i, now);
	alert_emit(a, i, ALERT_EDGE_FLAPS, muted || i->group != NULL, now);
	alert_set_muted(a, i, muted, now);
}

static void
alert_fire(struct alerts *a, struct incident *i, int64_t now)
{
	bool muted;

	alert_move(i, ALERT_FIRING, now);
	i->up = false;
	i->told = 0;
	i->told_reasons = 0;
	i->told_reason = IKE_REASON_NONE;
	i->remind_every = 0;
	alert_grade(a, i, now);
	alert_changed(a, i, now);
	if (alert_flaps(a, i, now)) {
		alert_flap_begin(a, i, now);
		return;
	}
	muted = alert_muted(a, i, now);
	alert_emit(a, i, ALERT_EDGE_FIRES, muted || group_take(a, i, now), now);
	alert_set_muted(a, i, muted, now);
	alert_remind(a, i, now);
}

static void
alert_resolve(struct alerts *a, struct incident *i, int64_t now)
{
	bool told = i->told != 0;

	alert_changed(a, i, now);
	if (!i->flapping && i->group == NULL && alert_flaps(a, i, now)) {
		alert_flap_begin(a, i, now);
		i->up = true;
		return;
	}
	alert_move(i, ALERT_RESOLVED, now);
	i->forget_at = now + a->conf->flap_window;
	i->quiet_at = INCIDENT_NEVER;
	alert_emit(a, i, ALERT_EDGE_RESOLVES, !told, now);
	alert_set_muted(a, i, false, now);
	group_leave(a, i, now);
	i->flapping = false;
	i->told = 0;
}

/* A flapping one kept still for the whole window. */
static void
alert_flap_end(struct alerts *a, struct incident *i, int64_t now)
{
	i->quiet_at = INCIDENT_NEVER;
	memset(&i->changes, 0, sizeof(i->changes));
	if (i->up) {
		alert_resolve(a, i, now);
		memset(&i->changes, 0, sizeof(i->changes));
		return;
	}
	i->flapping = false;
	alert_emit(a, i, ALERT_EDGE_UPDATE, i->told == 0, now);
	alert_remind(a, i, now);
}

static void
alert_update(struct alerts *a, struct incident *i, int64_t now)
{
	i->update_at = INCIDENT_NEVER;
	if (i->flapping)
		return;
	if (i->kind == ALERT_GROUP) {
		i->updates++;
		if (i->told_members != i->members || i->open != i->members)
			alert_emit(a, i, ALERT_EDGE_UPDATE, i->told == 0, now);
		return;
	}
	if (!i->worse && i->told_reasons & IKE_BIT(i->reason))
		return;
	i->worse = false;
	alert_grade(a, i, now);
	alert_emit(a, i, ALERT_EDGE_UPDATE, i->muted || i->group != NULL, now);
}

/* Nothing new since the last one is no reason to remind of a failure. */
static void
alert_reminder(struct alerts *a, struct incident *i, int64_t now)
{
	bool news = i->kind == ALERT_TUNNEL_DOWN || i->down ||
	    i->kind == ALERT_DEVICE_SILENT || i->kind == ALERT_GROUP ||
	    i->kind == ALERT_SELF || i->attempts != i->told_attempts;

	alert_remind(a, i, now);
	if (news && i->told != 0 && i->group == NULL && !i->flapping &&
	    !alert_muted(a, i, now))
		alert_emit(a, i, ALERT_EDGE_REMINDER, false, now);
}

static bool
alert_is_due(int64_t at, int64_t now)
{
	return at != INCIDENT_NEVER && at <= now;
}

/* What is due of one incident; false when it is gone. */
static bool
alert_step(struct alerts *a, struct incident *i, int64_t now)
{
	if (alert_is_due(i->forget_at, now)) {
		incident_free(a, i);
		return false;
	}
	if (alert_is_due(i->fire_at, now))
		alert_fire(a, i, now);
	if (alert_is_due(i->recover_at, now))
		alert_resolve(a, i, now);
	if (alert_is_due(i->quiet_at, now)) {
		if (i->flapping)
			alert_flap_end(a, i, now);
		else
			i->quiet_at = INCIDENT_NEVER;
	}
	if (alert_is_due(i->update_at, now))
		alert_update(a, i, now);
	if (alert_is_due(i->remind_at, now)) {
		if (now - i->last_failure >= QUIET && i->attempts != 0 &&
		    !i->down && i->kind != ALERT_TUNNEL_DOWN) {
			i->after = IKE_TUNNEL_UNKNOWN;
			alert_resolve(a, i, now);
		} else {
			alert_reminder(a, i, now);
		}
	}
	return true;
}

void
alert_trouble(struct alerts *a, struct incident *i, int64_t hold, int64_t now)
{
	i->last_failure = now;
	switch (i->state) {
	case ALERT_OK:
	case ALERT_RESOLVED:
		alert_move(i, ALERT_PENDING, now);
		i->alert = a->next_id++;
		i->opened_at = now;
		i->up = false;
		i->fire_at = now + hold;
		alert_grade(a, i, now);
		if (hold > SETTLE)
			alert_emit(a, i, ALERT_EDGE_PENDING, true, now);
		break;
	case ALERT_PENDING:
		if (now + hold < i->fire_at)
			i->fire_at = now + hold;
		break;
	case ALERT_FIRING:
		if (i->flapping && i->up)
			alert_changed(a, i, now);
		i->up = false;
		i->recover_at = INCIDENT_NEVER;
		break;
	}
	incident_schedule(a, i);
}

void
alert_recover(struct alerts *a, struct incident *i, int64_t now)
{
	/* it only waited for a better reason: it was a failure all the same */
	if (i->state == ALERT_PENDING && i->fire_at - i->opened_at <= SETTLE)
		alert_fire(a, i, now);
	if (i->state == ALERT_PENDING) {
		alert_move(i, ALERT_OK, now);
		if (i->saved)
			alert_emit(a, i, ALERT_EDGE_CLEARED, true, now);
	} else if (i->state == ALERT_FIRING && i->flapping) {
		if (!i->up)
			alert_changed(a, i, now);
		i->up = true;
	} else if (i->state == ALERT_FIRING &&
	    i->recover_at == INCIDENT_NEVER) {
		i->recover_at =
		    now + (i->kind == ALERT_GROUP ? 0 : a->conf->hold_up);
	}
	incident_schedule(a, i);
}

/*
 * Negotiations.
 *
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
		if (i->counted[k] == negotiation)
			return true;
	return false;
}

static void
alert_new_attempt(struct incident *i, int64_t negotiation)
{
	if (alert_counted(i, negotiation))
		return;
	i->counted[i->attempts % INCIDENT_ATTEMPTS] = negotiation;
	i->attempts++;
}

#define KEEP(to, from)                                        \
	do {                                                  \
		if ((from)[0] != '\0')                        \
			snprintf(to, sizeof(to), "%s", from); \
	} while (0)

static void
alert_take_facts(struct incident *i, const struct ike_negotiation *n)
{
	if (n->vendor != NULL)
		KEEP(i->vendor, n->vendor);
	KEEP(i->local, n->local);
	KEEP(i->tunnel, n->tunnel);
	KEEP(i->child, n->child);
	i->ike_version = n->ike_version;
	i->role = n->role;
	i->stage = n->stage;
	i->part = n->kind;
	i->rekey = n->rekey;
	i->ispi = n->ispi;
	i->rspi = n->rspi;
	i->child_spi = n->spi_in;
	i->refused_by = n->refused_by;
	i->suspects = n->suspects;
	i->reason = n->reason;
	i->negotiation = n->id;
	i->tunnel_id = n->tunnel_id;
	i->last_progress = n->updated_at;
	incident_keep(&i->detail, n->detail);
	incident_keep(&i->differs, n->differs);
	i->before = n->rekey ? IKE_TUNNEL_REKEYING : IKE_TUNNEL_NEGOTIATING;
	i->after = n->rekey && !i->down ? IKE_TUNNEL_UP : IKE_TUNNEL_DOWN;
}

/* The open incident of this tunnel, of whichever kind: one outage is one
 * incident. */
static struct incident *
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
static struct incident *
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

static void
alert_failed(struct alerts *a, const struct ike_negotiation *n,
    enum alert_kind kind, int64_t now)
{
	enum ike_reason was;
	struct incident *i;
	int64_t hold;
	bool fresh;

	if (!a->conf->strangers && alert_stranger(n) &&
	    route_tunnel(a->conf, n->device, n->tunnel, n->peer) == NULL) {
		a->total.strangers++;
		return;
	}
	i = alert_find_or_new(
	    a, n->device, n->peer, n->tunnel, kind, n->id, now);
	if (i == NULL)
		return;
	was = i->reason;
	fresh = !alert_counted(i, n->id);
	if (fresh && n->reason != was)
		alert_say_first(a, i, now);
	alert_new_attempt(i, n->id);
	/* a late word on an earlier attempt: only the latest one speaks */
	if (!fresh && i->negotiation != n->id)
		return;
	if (incident_open(i) && !fresh && was == n->reason &&
	    i->refused_by == (int)n->refused_by && i->differs != NULL)
		return;
	alert_take_facts(i, n);
	incident_keep(&i->words, NULL);
	if (!incident_open(i))
		i->first_seen = n->started_at != 0 ? n->started_at : now;
	hold = a->conf->hold_down;
	if (hold == 0 && ike_reason_rank(n->reason) < 4)
		hold = SETTLE;
	if (i->state == ALERT_FIRING && alert_worth_update(i, was, fresh)) {
		i->decided_at = now;
		if (i->update_at == INCIDENT_NEVER)
			i->update_at = now + UPDATE_SETTLE;
	}
	alert_trouble(a, i, hold, now);
}

static bool
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
}

void
alerts_negotiation(struct alerts *a, const struct ike_negotiation *n,
    bool decided, int64_t now)
{
	switch (n->outcome) {
	case IKE_FAILURE:
		alert_failed(a, n, ALERT_NEGOTIATION_FAILED, now);
		break;
	case IKE_STALL:
		alert_failed(a, n, ALERT_NEGOTIATION_STALLED, now);
		break;
	case IKE_UP:
		if (decided)
			alert_came_up(a, n, now);
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

/*
 * Tunnels.
 */

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
	i = alert_find_or_new(
	    a, t->device, t->peer, t->name, ALERT_TUNNEL_DOWN, 0, now);
	if (i == NULL)
		return;
	if (!incident_open(i)) {
		i->reason = t->down_reason;
		i->part = IKE_KIND_NONE;
		i->negotiation = 0;
		incident_keep(&i->detail, NULL);
		incident_keep(&i->differs, NULL);
	} else if (i->kind != ALERT_TUNNEL_DOWN && !i->down &&
	    i->state == ALERT_FIRING) {
		i->worse = true;
		i->update_at = now + UPDATE_SETTLE;
	}
	incident_keep(&i->words, NULL);
	if (t->vendor != NULL)
		KEEP(i->vendor, t->vendor);
	KEEP(i->local, t->local);
	i->ike_version = t->ike_version;
	i->tunnel_id = t->id;
	i->last_established = t->last_established;
	i->before = from;
	i->after = IKE_TUNNEL_DOWN;
	i->down = true;
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
static void
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
	incident_keep(&i->words, words);
	incident_keep(&i->detail, NULL);
	incident_keep(&i->differs, NULL);
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

static void
alert_look_for_overdue(struct alerts *a, int64_t now)
{
	struct cadence_late late;

	while (cadence_next(a->cadence, now, &late))
		alert_overdue(a, &late, now);
}

/*
 * Devices.
 */
static int64_t
alert_silent_after(const struct alerts *a, const char *device)
{
	for (size_t i = 0; i < a->conf->ndevices; i++)
		if (strcasecmp(a->conf->device[i].name, device) == 0 &&
		    a->conf->device[i].silent_after >= 0)
			return a->conf->device[i].silent_after;
	return a->conf->silent_after;
}

static struct alert_device_seen *
alert_device(struct alerts *a, const char *name)
{
	size_t at = incident_pair(name, "") % a->devices_size;

	while (a->device[at].name[0] != '\0' &&
	    strcmp(a->device[at].name, name) != 0)
		at = (at + 1) % a->devices_size;
	return &a->device[at];
}

const char *
alert_via(struct alerts *a, const char *device)
{
	return device[0] != '\0' ? alert_device(a, device)->address : "";
}

void
alerts_device(struct alerts *a, const char *name, const char *address,
    const char *vendor, int64_t now)
{
	struct alert_device_seen *d;
	struct incident *i;

	if (name[0] == '\0')
		return;
	d = alert_device(a, name);
	if (d->name[0] == '\0') {
		if (a->ndevices == ALERT_DEVICES_MAX)
			return;
		a->ndevices++;
		snprintf(d->name, sizeof(d->name), "%s", name);
	}
	d->last_seen = now;
	if (address != NULL && strcmp(d->address, address) != 0)
		snprintf(d->address, sizeof(d->address), "%s", address);
	if (vendor != NULL && strcmp(d->vendor, vendor) != 0)
		snprintf(d->vendor, sizeof(d->vendor), "%s", vendor);
	if (!d->silent)
		return;
	d->silent = false;
	i = incident_find(a, name, "", "", ALERT_DEVICE_SILENT);
	if (i != NULL && incident_open(i)) {
		i->decided_at = now;
		alert_recover(a, i, now);
	}
}

static void
alert_device_silent(struct alerts *a, struct alert_device_seen *d, int64_t now)
{
	struct incident *i =
	    incident_find(a, d->name, "", "", ALERT_DEVICE_SILENT);

	if (i == NULL)
		i = incident_new(a, d->name, "", "", ALERT_DEVICE_SILENT);
	if (i == NULL)
		return;
	d->silent = true;
	KEEP(i->vendor, d->vendor);
	i->first_seen = d->last_seen;
	i->last_progress = d->last_seen;
	alert_trouble(a, i, 0, now);
	i->opened_at = d->last_seen;
}

static void
alert_look_for_silent(struct alerts *a, int64_t now)
{
	a->devices_at = now + DEVICES_LOOK;
	if (a->conf->silent_after == 0 && a->conf->ndevices == 0)
		return;
	for (size_t k = 0; k < a->devices_size; k++) {
		struct alert_device_seen *d = &a->device[k];
		int64_t after;

		if (d->name[0] == '\0' || d->silent)
			continue;
		after = alert_silent_after(a, d->name);
		if (after > 0 && now - d->last_seen >= after)
			alert_device_silent(a, d, now);
	}
}

/*
 * Ourselves.
 */
void
alerts_self(struct alerts *a, const char *key, enum alert_severity severity,
    const char *words, int64_t now)
{
	struct incident *i = incident_find(a, "", "", key, ALERT_SELF);

	if (words == NULL) {
		if (i != NULL && incident_open(i))
			alert_recover(a, i, now);
		return;
	}
	if (i == NULL)
		i = incident_new(a, "", "", key, ALERT_SELF);
	if (i == NULL)
		return;
	i->severity = severity;
	incident_keep(&i->words, words);
	if (!incident_open(i))
		i->first_seen = i->decided_at = now;
	alert_trouble(a, i, 0, now);
}

int
alerts_test(struct alerts *a, const char *destination, int64_t now)
{
	const struct destination_conf *to = NULL;
	struct incident i = { .kind = ALERT_SELF, .alert = a->next_id };
	struct alert_notice n;

	for (size_t k = 0; k < a->conf->ndestinations; k++)
		if (strcmp(a->conf->destination[k].name, destination) == 0)
			to = &a->conf->destination[k];
	if (to == NULL)
		return -1;
	a->next_id++;
	i.state = ALERT_RESOLVED;
	i.severity = ALERT_INFO;
	i.opened_at = i.first_seen = i.decided_at = now;
	snprintf(i.tunnel, sizeof(i.tunnel), "test");
	snprintf(i.id, sizeof(i.id), "test");
	incident_notice(a, &i, ALERT_EDGE_TEST, true, now, &n);
	snprintf(n.words, sizeof(n.words),
	    "TEST from ikewatch to %s: "
	    "alerts arrive here, nothing is wrong",
	    to->name);
	a->sink.edge(a->sink.arg, &n, &to, 1);
	a->total.edges[ALERT_EDGE_TEST]++;
	return 0;
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
static void
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

int64_t
alerts_due(const struct alerts *a)
{
	int64_t at = due_next(&a->due);

	if (a->muted_at < at)
		at = a->muted_at;
	if (a->devices_at < at)
		at = a->devices_at;
	if (cadence_due(a->cadence) < at)
		at = cadence_due(a->cadence);
	return a->expect_at < at ? a->expect_at : at;
}

void
alerts_tick(struct alerts *a, int64_t now)
{
	struct due_item *item;

	if (alert_is_due(a->devices_at, now))
		alert_look_for_silent(a, now);
	if (alert_is_due(a->expect_at, now))
		alert_expect(a, now);
	alert_look_for_overdue(a, now);
	while ((item = due_first(&a->due)) != NULL && item->at <= now) {
		struct incident *i = (struct incident *)item;

		if (alert_step(a, i, now))
			incident_schedule(a, i);
	}
	if (alert_is_due(a->muted_at, now))
		alert_look_at_muted(a, now);
}

int
alerts_restore(struct alerts *a, const struct alert_notice *n, uint64_t told)
{
	enum alert_kind kind =
	    n->kind == ALERT_FLAPPING ? ALERT_NEGOTIATION_FAILED : n->kind;
	struct incident *i;

	if (n->edge == ALERT_EDGE_TEST)
		return 0;
	i = incident_new(a, n->device, n->peer, n->tunnel, kind);
	if (i == NULL)
		return -1;
	i->state = n->state == ALERT_PENDING ? ALERT_PENDING : ALERT_FIRING;
	memcpy(i->id, n->incident, sizeof(i->id));
	i->alert = n->alert;
	i->saved = true;
	i->members = n->members;
	i->severity = n->severity;
	KEEP(i->vendor, n->vendor);
	KEEP(i->local, n->local);
	i->ike_version = n->ike_version;
	i->role = n->role;
	i->stage = n->stage;
	i->part = n->part;
	i->rekey = n->rekey;
	i->down = kind == ALERT_TUNNEL_DOWN;
	i->ispi = n->ispi;
	i->rspi = n->rspi;
	i->child_spi = n->child_spi;
	i->reason = i->told_reason = n->reason;
	i->told_reasons = IKE_BIT(n->reason);
	i->suspects = n->suspects;
	i->refused_by = n->refused_by;
	incident_keep(&i->detail, n->detail);
	incident_keep(&i->differs, n->differs);
	incident_keep(&i->words, n->words);
	i->attempts = i->told_attempts = n->attempts;
	i->counted[0] = i->negotiation = n->negotiation;
	i->tunnel_id = n->tunnel_id;
	i->before = n->before;
	i->after = n->after;
	i->first_seen = n->first_seen;
	i->opened_at = n->at - n->duration;
	i->last_progress = i->last_failure =
	    n->last_progress != 0 ? n->last_progress : n->at;
	i->last_established = n->last_established;
	i->told = told;
	if (i->state == ALERT_PENDING)
		i->fire_at = n->at +
		    (i->down ? a->conf->tunnel_hold_down : a->conf->hold_down);
	else
		alert_remind(a, i, n->at);
	/* it was silenced: who is to be told when that ends is seen then */
	if (i->state == ALERT_FIRING && told == 0)
		alert_set_muted(a, i, true, n->at);
	incident_schedule(a, i);
	return 0;
}

void
alerts_learn(struct alerts *a, const struct ike_tunnel *t)
{
	cadence_up(a->cadence, t);
}

void
alerts_restored(struct alerts *a, int64_t now)
{
	cadence_pause(a->cadence);
	for (struct incident *i = a->all; i != NULL; i = i->all_next)
		if (i->kind == ALERT_GROUP && incident_open(i))
			group_restored(a, i, now);
}

void
alerts_count(const struct alerts *a, struct alert_counts *c)
{
	*c = a->total;
	c->incidents = a->n;
	c->muted = a->nmuted;
	for (const struct incident *i = a->all; i != NULL; i = i->all_next) {
		c->firing += i->state == ALERT_FIRING;
		c->pending += i->state == ALERT_PENDING;
	}
}
