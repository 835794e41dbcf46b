/*
 * The way of an event: find its negotiation, fill in what the record says,
 * take the step, tell.
 */
#include "daemon/tracker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/tracker_parts.h"

#define SECOND INT64_C(1000000)

/* Seconds for which words are kept that belong to no negotiation yet. */
enum { CONTEXT_KEEPS = 5 };

void
tracker_conf_defaults(struct tracker_conf *conf)
{
	for (size_t i = 0; i < IKE_STAGE_COUNT; i++)
		conf->stall_after[i] = 60 * SECOND;
	conf->rekey_grace = 10 * SECOND;
	conf->linger = 120 * SECOND;
	conf->max_open = 100000;
	conf->max_peer = 2000;
	conf->max_kept = 250000;
	conf->max_ended = 8192;
	conf->max_tunnels = 100000;
}

struct tracker *
tracker_new(const struct tracker_conf *conf, const struct tracker_sink *sink)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->index = correlate_new();
	t->names = names_new();
	if (t->index == NULL || t->names == NULL) {
		correlate_free(t->index);
		names_free(t->names);
		free(t);
		return NULL;
	}
	t->conf = *conf;
	if (sink != NULL)
		t->sink = *sink;
	t->next_neg = t->next_tunnel = 1;
	return t;
}

void
tracker_configure(struct tracker *t, const struct tracker_conf *conf)
{
	t->conf = *conf;
}

void
tracker_free(struct tracker *t)
{
	if (t == NULL)
		return;
	while (t->first != NULL)
		tracker_neg_free(t, t->first);
	while (t->tunnels != NULL)
		tracker_tunnel_free(t, t->tunnels);
	tracker_expect_none(t);
	tracker_devices_free(t);
	correlate_free(t->index);
	names_free(t->names);
	timers_free(&t->timers);
	timers_free(&t->tunnel_timers);
	free(t);
}

/* ---- the way of an event --------------------------------------------- */

static void
tracker_context_turn(
    struct tracker *t, struct context *c, const struct ike_event *ev)
{
	if ((ev->flags & IKE_F_TURN) == 0)
		return;
	tracker_context_forget(t, c);
	c->neg = NULL;
	c->retransmit = false;
	span_copy(c->peer, sizeof(c->peer), ev->peer);
	span_copy(c->local, sizeof(c->local), ev->local);
}

static void
tracker_context_set(
    struct context *c, struct neg *n, const struct ike_event *ev, int64_t now)
{
	c->at = now;
	if (ev->peer.len > 0)
		span_copy(c->peer, sizeof(c->peer), ev->peer);
	if (ev->local.len > 0)
		span_copy(c->local, sizeof(c->local), ev->local);
	if (n != NULL) {
		c->neg = n;
		if (c->retransmit)
			n->n.retransmits++;
		c->retransmit = false;
		if (n->n.peer[0] != '\0' && c->thread[0] == '\0')
			span_copy(c->peer, sizeof(c->peer), SPAN_NONE);
	} else if (ev->what == IKE_RETRANSMIT)
		c->retransmit = true;
}

/* What belongs to no negotiation yet may belong to the next. */
static void
tracker_context_keep(struct tracker *t, struct context *c,
    const struct ike_event *ev, int64_t now)
{
	bool hint = (ev->flags & IKE_F_HINT) != 0 && ev->what != IKE_FAILED &&
	    ike_reason_rank(ev->reason) > ike_reason_rank(c->hint);

	if (hint) {
		c->hint = ev->reason;
		c->hint_suspects = ev->suspects;
		tracker_keep(t, &c->hint_detail, ev->detail);
	}
	if (differ_take(&c->said, ev) || hint)
		c->kept_at = now;
}

/* The first record of a negotiation takes what was kept for it. */
static void
tracker_context_give(
    struct tracker *t, struct context *c, struct neg *n, int64_t now)
{
	struct ike_event hint = { .suspects = c->hint_suspects,
		.detail = span_of(c->hint_detail) };

	if (n->n.events == 0 && now - c->kept_at <= CONTEXT_KEEPS * SECOND) {
		n->said = c->said;
		c->said = NULL;
		if (c->hint != IKE_REASON_NONE)
			tracker_hint(t, n, c->hint, &hint, now);
	}
	tracker_context_forget(t, c);
}

/* Puts the event into its negotiation. */
static void
tracker_apply(
    struct tracker *t, struct neg *n, const struct ike_event *ev, int64_t now)
{
	unsigned changed = TRACKER_OTHER;
	int64_t moved = ev->what == IKE_RETRANSMIT ? n->n.updated_at : now;

	tracker_fill(t, n, ev);
	tracker_fill_from_parent(t, n);
	if (tracker_stage(n, ev))
		changed |= TRACKER_STAGE;
	tracker_said(t, n, ev);
	tracker_touch(t, n, now);
	tracker_tunnel_assign(t, n, false);
	changed |= tracker_outcome(t, n, ev, now);
	/* Retransmissions keep it alive, but are no progress. */
	if (tracker_is_open(n) &&
	    (ev->what != IKE_RETRANSMIT || n->timer.place == 0))
		tracker_timer(t, n, moved);
	tracker_ends(t, n, now);
	tracker_tell(t, n, changed, now);
}

const struct ike_negotiation *
tracker_event(struct tracker *t, const char *device, const char *vendor,
    const struct ike_event *ev, int64_t now)
{
	struct ike_event full = *ev;
	struct device *d = tracker_device(t, device);
	struct context *c;
	struct neg *n;

	if (d == NULL || ev->what == IKE_HA_SYNC ||
	    (c = tracker_context(t, d, ev)) == NULL)
		return NULL;
	d->vendor = vendor;
	tracker_context_turn(t, c, ev);
	if (tracker_header_lags(t, d, c, ev, now))
		full.key[IKE_KEY_CONN] = SPAN_NONE;
	n = tracker_find(t, d, c, &full, now);
	/* The addresses may have stood in the line before. */
	if (full.local.len == 0 && c->local[0] != '\0' && n != NULL &&
	    strcmp(n->n.peer, c->peer) == 0)
		full.local = span_of(c->local);
	tracker_context_set(c, n, ev, now);
	if (n == NULL) {
		tracker_context_keep(t, c, ev, now);
		return NULL;
	}
	if (c->said != NULL || c->hint != IKE_REASON_NONE)
		tracker_context_give(t, c, n, now);
	tracker_bind(t, n, &full);
	tracker_apply(t, n, &full, now);
	tracker_let_go(t, n);
	return &t->shown; /* it was told last */
}

/* ---- time ------------------------------------------------------------ */

static void
tracker_stall(struct tracker *t, struct neg *n, int64_t now)
{
	char why[96];
	const char *stage = ike_stage_name(n->n.stage);

	snprintf(why, sizeof(why), "no progress for %lld s%s%s",
	    (long long)((now - n->n.updated_at) / SECOND),
	    *stage == '\0' ? "" : " in ", stage);
	if (ike_reason_rank(n->hint) > ike_reason_rank(IKE_R_STALLED))
		tracker_reason(
		    t, n, n->hint, n->hint_suspects, span_of(n->hint_detail));
	else
		tracker_reason(
		    t, n, IKE_R_STALLED, tracker_suspects(n), span_of(why));
	tracker_move(t, n, IKE_STALL, now);
	tracker_ends(t, n, now);
	tracker_tell(t, n, TRACKER_OUTCOME | TRACKER_REASON, now);
}

void
tracker_tick(struct tracker *t, int64_t now)
{
	struct timer *timer;

	while ((timer = timers_first(&t->timers)) != NULL && timer->at <= now) {
		struct neg *n = TRACKER_OF(struct neg, timer, timer);

		timers_clear(&t->timers, timer);
		if (tracker_is_open(n))
			tracker_stall(t, n, now);
		else
			tracker_neg_free(t, n);
	}
	while ((timer = timers_first(&t->tunnel_timers)) != NULL &&
	    timer->at <= now) {
		timers_clear(&t->tunnel_timers, timer);
		tracker_tunnel_due(
		    t, TRACKER_OF(struct tunnel, timer, timer), now);
	}
	tracker_let_go(t, NULL);
}

int64_t
tracker_due(const struct tracker *t)
{
	const struct timer *a = timers_first(&t->timers);
	const struct timer *b = timers_first(&t->tunnel_timers);
	int64_t due = a == NULL ? INT64_MAX : a->at;

	return b != NULL && b->at < due ? b->at : due;
}
