/*
 * The steps: which outcome an event leads to, and what else moves with it.
 * Every outcome changes in tracker_move() and nowhere else.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/tracker_parts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define STAY IKE_OUTCOME_COUNT

static const struct step {
	enum ike_outcome from;
	enum ike_what what;
	enum ike_outcome to;
} steps[] = {
	{ IKE_OPEN, IKE_ESTABLISHED, IKE_UP },
	{ IKE_OPEN, IKE_CHILD_ESTABLISHED, IKE_UP },
	{ IKE_OPEN, IKE_REKEYED, IKE_UP },
	{ IKE_OPEN, IKE_FAILED, IKE_FAILURE },
	{ IKE_OPEN, IKE_CONFIG_PROBLEM, IKE_FAILURE },
	{ IKE_OPEN, IKE_DELETED, IKE_GONE },
	{ IKE_OPEN, IKE_PEER_DEAD, IKE_GONE },
	{ IKE_STALL, IKE_STARTED, IKE_OPEN },
	{ IKE_STALL, IKE_PROGRESS, IKE_OPEN },
	{ IKE_STALL, IKE_ESTABLISHED, IKE_UP },
	{ IKE_STALL, IKE_CHILD_ESTABLISHED, IKE_UP },
	{ IKE_STALL, IKE_FAILED, IKE_FAILURE },
	{ IKE_STALL, IKE_DELETED, IKE_FAILURE },
	{ IKE_UP, IKE_FAILED, IKE_FAILURE },
	{ IKE_UP, IKE_DELETED, IKE_GONE },
	{ IKE_UP, IKE_PEER_DEAD, IKE_GONE },
	{ IKE_GONE, IKE_FAILED, IKE_FAILURE },
	{ IKE_FAILURE, IKE_ESTABLISHED, IKE_UP },
	{ IKE_FAILURE, IKE_CHILD_ESTABLISHED, IKE_UP },
};

static enum ike_outcome
tracker_step(
    const struct neg *n, const struct ike_event *ev, enum ike_reason reason)
{
	enum ike_outcome to = STAY;

	for (size_t i = 0; i < COUNT(steps); i++)
		if (steps[i].from == n->n.outcome && steps[i].what == ev->what)
			to = steps[i].to;
	/* News from the responder's side of a CHILD SA are none of its IKE
	 * SA's. */
	if (to == IKE_UP && tracker_kind(ev) != IKE_KIND_NONE &&
	    tracker_kind(ev) != n->n.kind)
		return STAY;
	/* What never was up has failed, whatever was said before. */
	if (n->n.outcome == IKE_GONE && n->n.established_at != 0)
		return STAY;
	if (n->n.outcome == IKE_UP && to == IKE_FAILURE) {
		if (reason == IKE_R_PEER_DEAD)
			return IKE_GONE;
		/* An echo or a second opinion does not end what is up. */
		if (ike_reason_rank(reason) < 2)
			return STAY;
	}
	if (n->n.outcome == IKE_OPEN && to == IKE_GONE) {
		if (ev->what == IKE_PEER_DEAD)
			return n->started ? IKE_FAILURE : IKE_GONE;
		if (ike_reason_rank(n->hint) > 0 ||
		    (reason != IKE_REASON_NONE && reason != IKE_R_UNKNOWN &&
			ike_reason_category(reason) != IKE_CAT_LIFECYCLE))
			return IKE_FAILURE;
	}
	return to;
}

void
tracker_timer(struct tracker *t, struct neg *n, int64_t now)
{
	int64_t after = t->conf.stall_after[n->n.stage];

	switch (n->n.outcome) {
	case IKE_OPEN:
		if (after > 0)
			timers_set(&t->timers, &n->timer, now + after);
		break;
	case IKE_UP:
		timers_clear(&t->timers, &n->timer);
		break;
	default:
		timers_set(&t->timers, &n->timer, now + t->conf.linger);
	}
}

/* A younger SA of the same kind that is up in the same tunnel. */
static struct neg *
tracker_successor(const struct neg *n)
{
	struct neg *s;
	int looked = 0;

	for (s = n->peer->negs; s != NULL && looked < TRACKER_LOOK;
	     s = s->peer_next, looked++)
		if (s != n && tracker_is_up(s) && s->n.kind == n->n.kind &&
		    s->n.id > n->n.id && s->tunnel == n->tunnel &&
		    (n->n.child[0] == '\0' || s->n.child[0] == '\0' ||
			strcmp(n->n.child, s->n.child) == 0))
			return s;
	return NULL;
}

/* The one place where an outcome changes. */
void
tracker_move(struct tracker *t, struct neg *n, enum ike_outcome to, int64_t now)
{
	enum ike_outcome from = n->n.outcome;

	if (from == to)
		return;
	tracker_tunnel_assign(t, n, to != IKE_SUPERSEDED);
	tracker_state_unlink(t, n);
	n->n.outcome = to;
	tracker_state_link(t, n);
	n->n.ended_at = to == IKE_OPEN || to == IKE_UP ? 0 : now;
	if (to == IKE_UP) {
		n->n.established_at = now;
		n->n.reason = IKE_REASON_NONE;
		n->n.suspects = 0;
		n->n.refused_by = IKE_REFUSED_NONE;
		n->hint = IKE_REASON_NONE;
		names_put(t->names, n->detail);
		n->detail = "";
	}
	tracker_timer(t, n, now);
	tracker_tunnel_moved(t, n, from, now);
}

/* The children of an IKE SA that is gone: they follow, or move over. */
static void
tracker_children(
    struct tracker *t, struct neg *n, struct neg *successor, int64_t now)
{
	struct neg *c, *next;

	for (c = n->children; c != NULL; c = next) {
		next = c->sib_next;
		if (successor != NULL) {
			tracker_set_parent(c, successor);
			continue;
		}
		if (!tracker_is_up(c) && !tracker_is_open(c))
			continue;
		if (tracker_is_open(c) && ike_reason_rank(c->hint) > 0) {
			tracker_reason(t, c, c->hint, c->hint_suspects,
			    span_of(c->hint_detail));
			tracker_move(t, c, IKE_FAILURE, now);
			tracker_tell(t, c, TRACKER_OUTCOME, now);
			continue;
		}
		tracker_reason(t, c,
		    n->n.reason == IKE_REASON_NONE ||
			    n->n.outcome == IKE_FAILURE
			? IKE_R_PARENT_DELETED
			: n->n.reason,
		    0, SPAN_NONE);
		tracker_move(t, c, IKE_GONE, now);
		tracker_tell(t, c, TRACKER_OUTCOME, now);
	}
}

/* SAs of the tunnel that this new one replaces. */
static void
tracker_supersede(struct tracker *t, struct neg *n, int64_t now)
{
	struct neg *o, *next;
	int looked = 0;

	for (o = n->peer->negs; o != NULL && looked < TRACKER_LOOK;
	     o = next, looked++) {
		next = o->peer_next;
		if (o == n || !tracker_is_up(o) || o->n.kind != n->n.kind ||
		    o->n.id > n->n.id || o->tunnel != n->tunnel)
			continue;
		tracker_children(t, o, n, now);
		tracker_reason(t, o, IKE_R_SUPERSEDED, 0, SPAN_NONE);
		tracker_move(t, o, IKE_SUPERSEDED, now);
		tracker_tell(t, o, TRACKER_OUTCOME, now);
	}
}

static enum ike_refused
tracker_refused(const struct ike_event *ev)
{
	if ((ev->flags & IKE_F_REFUSED_BY_PEER) != 0)
		return IKE_REFUSED_PEER;
	if ((ev->flags & IKE_F_REFUSED_HERE) != 0)
		return IKE_REFUSED_HERE;
	return IKE_REFUSED_NONE;
}

unsigned
tracker_outcome(
    struct tracker *t, struct neg *n, const struct ike_event *ev, int64_t now)
{
	enum ike_reason reason = tracker_read(n, ev);
	enum ike_outcome to = tracker_step(n, ev, reason);
	bool ends = ev->what == IKE_FAILED || ev->what == IKE_DELETED ||
	    ev->what == IKE_PEER_DEAD || ev->what == IKE_CONFIG_PROBLEM;
	bool hint = (ev->flags & IKE_F_HINT) != 0;
	unsigned changed = 0;

	if (hint && !ends && reason != IKE_REASON_NONE) {
		tracker_hint(t, n, reason, ev, now);
		if (n->n.outcome != IKE_FAILURE && n->n.outcome != IKE_STALL)
			return 0;
		return tracker_conclude(t, n, ev, reason, now) ? TRACKER_REASON
							       : 0;
	}
	if (n->n.refused_by == IKE_REFUSED_NONE)
		n->n.refused_by = tracker_refused(ev);
	if (to == IKE_GONE && n->n.outcome == IKE_UP &&
	    tracker_successor(n) != NULL) {
		to = IKE_SUPERSEDED;
		if (reason == IKE_REASON_NONE)
			reason = IKE_R_SUPERSEDED;
	}
	/* The reason first: what hears of the move wants to know it. */
	if (ends && (to != STAY || !tracker_is_up(n)) &&
	    tracker_conclude(t, n, ev, reason, now))
		changed |= TRACKER_REASON;
	if (to == STAY || to == n->n.outcome)
		return changed;
	tracker_move(t, n, to, now);
	if (n->n.kind == IKE_KIND_IKE && n->children != NULL && to != IKE_UP)
		tracker_children(t, n,
		    to == IKE_SUPERSEDED ? tracker_successor(n) : NULL, now);
	if (ev->what == IKE_REKEYED)
		tracker_supersede(t, n, now);
	return changed | TRACKER_OUTCOME;
}
