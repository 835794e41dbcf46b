/*
 * The course of an incident: pending, firing, resolved, and flapping. Every
 * decision falls in alert_step(), every state changes in alert_move(), every
 * edge is a row.
 */
#include "alerting/incident.h"

#include <string.h>

#include "alerting/route.h"

/* Failures that stopped are over after this, whatever the tunnel does. */
#define QUIET (24 * 3600 * SECOND)

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

/* quiet: saved, and nobody is told. */
void
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
	if (i->reason != IKE_REASON_NONE)
		i->saved_reasons |= IKE_BIT(i->reason);
	i->decided_at = 0;
	i->saved = edge != ALERT_EDGE_RESOLVES && edge != ALERT_EDGE_CLEARED;
}

void
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

void
alert_fire(struct alerts *a, struct incident *i, int64_t now)
{
	bool muted;

	alert_move(i, ALERT_FIRING, now);
	i->up = false;
	i->told = 0;
	i->told_reasons = i->saved_reasons = 0;
	i->told_reason = IKE_REASON_NONE;
	i->told_down = i->down;
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
	limit_changes_free(&i->changes);
	if (i->up) {
		alert_resolve(a, i, now);
		limit_changes_free(&i->changes);
		return;
	}
	i->flapping = false;
	alert_emit(a, i, ALERT_EDGE_UPDATE, i->told == 0, now);
	alert_remind(a, i, now);
}

void
alert_update(struct alerts *a, struct incident *i, int64_t now)
{
	ike_reasons known;
	bool quiet;

	i->update_at = INCIDENT_NEVER;
	if (i->flapping)
		return;
	if (i->kind == ALERT_GROUP) {
		i->updates++;
		if (i->told_members != i->members || i->open != i->members)
			alert_emit(a, i, ALERT_EDGE_UPDATE, i->told == 0, now);
		return;
	}
	quiet = i->muted || i->group != NULL;
	known = quiet ? i->saved_reasons : i->told_reasons;
	if (!i->worse && known & IKE_BIT(i->reason))
		return;
	i->told_down |= i->worse;
	i->worse = false;
	alert_grade(a, i, now);
	alert_emit(a, i, ALERT_EDGE_UPDATE, quiet, now);
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

bool
alert_is_due(int64_t at, int64_t now)
{
	return at != INCIDENT_NEVER && at <= now;
}

/* What is due of one incident; false when it is gone. */
bool
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

/* It fails once more; it may have been up for less than hold-up. */
static void
alert_bounced(struct alerts *a, struct incident *i, int64_t now)
{
	if (i->flapping ? i->up : i->recover_at != INCIDENT_NEVER)
		alert_changed(a, i, now);
	i->up = false;
	i->recover_at = INCIDENT_NEVER;
	if (!i->flapping && i->group == NULL && alert_flaps(a, i, now))
		alert_flap_begin(a, i, now);
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
		alert_bounced(a, i, now);
		break;
	}
	incident_schedule(a, i);
}

void
alert_withdraw(struct alerts *a, struct incident *i, int64_t now)
{
	alert_move(i, ALERT_OK, now);
	if (i->saved)
		alert_emit(a, i, ALERT_EDGE_CLEARED, true, now);
	incident_schedule(a, i);
}

void
alert_recover(struct alerts *a, struct incident *i, int64_t now)
{
	/* it only waited for a better reason: it was a failure all the same */
	if (i->state == ALERT_PENDING && i->fire_at - i->opened_at <= SETTLE)
		alert_fire(a, i, now);
	if (i->state == ALERT_PENDING) {
		alert_withdraw(a, i, now);
	} else if (i->state == ALERT_FIRING && i->flapping) {
		if (!i->up)
			alert_changed(a, i, now);
		i->up = true;
	} else if (i->state == ALERT_FIRING) {
		int64_t at =
		    now + (i->kind == ALERT_GROUP ? 0 : a->conf->hold_up);

		if (i->recover_at == INCIDENT_NEVER)
			alert_changed(a, i, now);
		/* the other end may have said so before, with less weight */
		if (at < i->recover_at)
			i->recover_at = at;
	}
	incident_schedule(a, i);
}
