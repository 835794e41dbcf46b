/*
 * Which negotiation an event belongs to. Asked in this order: the SPIs, the
 * vendor's numbers, the thread that logged it, the peer's address, and what
 * the device logged just before. The surer answer wins; where nothing
 * answers, an event that begins or ends a negotiation makes a new one.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/tracker_parts.h"

#define SECOND INT64_C(1000000)

/* How long records of one story may lie apart. */
enum {
	FIND_NEAR = 30, /* s: records that name nothing follow each other */
	FIND_LATE = 2,	/* s: out of order after the outcome */
	FIND_GIVEN_UP = 120, /* s: a device's own timer may end that late */
	FIND_JUST_UP = 10,   /* s: a failure may still take an SA back */
	FIND_SAME_START = 1, /* s: the same start logged twice */
};

/* Reasons that only a CHILD SA can have, whatever exchange carried it. */
#define FIND_CHILD_REASONS                             \
	(IKE_BIT(IKE_R_IPSEC_PROPOSAL_MISMATCH) |      \
	    IKE_BIT(IKE_R_PFS_MISMATCH) |              \
	    IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) | \
	    IKE_BIT(IKE_R_FLOW_CONFLICT) |             \
	    IKE_BIT(IKE_R_ENCAPSULATION_MODE_MISMATCH))

static bool
find_has(const struct ike_event *ev, enum ike_key key)
{
	return ev->key[key].len > 0;
}

enum ike_kind
tracker_kind(const struct ike_event *ev)
{
	enum ike_kind kind = ike_stage_kind(ev->stage);

	if (ev->kind != IKE_KIND_NONE)
		return ev->kind;
	if (ev->what == IKE_ESTABLISHED)
		return IKE_KIND_IKE;
	if (ev->what == IKE_CHILD_ESTABLISHED)
		return IKE_KIND_CHILD;
	if ((IKE_BIT(ev->reason) & FIND_CHILD_REASONS) != 0 &&
	    (kind == IKE_KIND_NONE || ev->stage == IKE_AUTH))
		return IKE_KIND_CHILD;
	if (kind != IKE_KIND_NONE)
		return kind;
	if (!ev->ispi.known && !find_has(ev, IKE_KEY_CONN) &&
	    !find_has(ev, IKE_KEY_SESSION) &&
	    (find_has(ev, IKE_KEY_CHILD) || ev->spi_in != 0 ||
		ev->spi_out != 0))
		return IKE_KIND_CHILD;
	return IKE_KIND_NONE;
}

void
tracker_context_forget(struct tracker *t, struct context *c)
{
	differ_free(c->said);
	c->said = NULL;
	names_put(t->names, c->hint_detail);
	c->hint_detail = "";
	c->hint = IKE_REASON_NONE;
}

struct context *
tracker_context(struct tracker *t, struct device *d, const struct ike_event *ev)
{
	struct span name = ev->key[IKE_KEY_THREAD];
	struct context *c, *oldest = NULL;

	if (name.len >= sizeof(c->thread))
		name.len = sizeof(c->thread) - 1;
	for (size_t i = 0; i < d->ncontexts; i++) {
		c = &d->contexts[i];
		if (span_is(name, c->thread))
			return c;
		if (oldest == NULL || c->at < oldest->at)
			oldest = c;
	}
	if (d->ncontexts == TRACKER_THREADS) {
		c = oldest;
		tracker_context_forget(t, c);
	} else {
		c = realloc(d->contexts, (d->ncontexts + 1) * sizeof(*c));
		if (c == NULL)
			return oldest;
		d->contexts = c;
		c = &d->contexts[d->ncontexts++];
	}
	memset(c, 0, sizeof(*c));
	c->hint_detail = "";
	span_copy(c->thread, sizeof(c->thread), name);
	return c;
}

/* ---- does it fit ----------------------------------------------------- */

static bool
find_same_text(struct span a, const char *b)
{
	return a.len == 0 || *b == '\0' || span_is_nocase(a, b);
}

static bool
find_spi_differs(struct ike_spi a, struct ike_spi b)
{
	return a.known && b.known && a.value != 0 && b.value != 0 &&
	    a.value != b.value;
}

static bool
find_key_differs(
    const struct neg *n, enum correlate_kind kind, struct span value)
{
	struct span mine;

	return value.len > 0 && correlate_key_of(&n->keys, kind, &mine) &&
	    !span_eq(mine, value);
}

/* Nothing in the event speaks against the negotiation. */
static bool
find_fits(const struct neg *n, const struct ike_event *ev)
{
	if (!find_same_text(ev->peer, n->n.peer))
		return false;
	if (n->n.kind == IKE_KIND_IKE &&
	    (find_spi_differs(ev->ispi, n->n.ispi) ||
		find_spi_differs(ev->rspi, n->n.rspi) ||
		find_key_differs(n, CORRELATE_CONN, ev->key[IKE_KEY_CONN]) ||
		find_key_differs(
		    n, CORRELATE_SESSION, ev->key[IKE_KEY_SESSION])))
		return false;
	if (n->n.kind == IKE_KIND_CHILD &&
	    (find_key_differs(n, CORRELATE_CHILD, ev->key[IKE_KEY_CHILD]) ||
		find_key_differs(n, CORRELATE_MSGID, ev->key[IKE_KEY_MSGID]) ||
		(ev->spi_in != 0 && n->n.spi_in != 0 &&
		    ev->spi_in != n->n.spi_in && ev->spi_in != n->n.spi_out)))
		return false;
	return ev->ike_version == 0 || n->n.ike_version == 0 ||
	    ev->ike_version == n->n.ike_version;
}

static bool
find_first_stage(enum ike_stage stage)
{
	return stage == IKE_MAIN_MODE || stage == IKE_AGGRESSIVE_MODE ||
	    stage == IKE_SA_INIT || stage == IKE_INTERMEDIATE ||
	    stage == IKE_AUTH || stage == IKE_PHASE1 || stage == IKE_XAUTH;
}

static bool
find_up_takes(
    const struct neg *n, const struct ike_event *ev, int64_t now, bool sure)
{
	int64_t since = now - n->n.updated_at;

	switch (ev->what) {
	case IKE_STARTED:
		return false;
	case IKE_PROGRESS:
	case IKE_RETRANSMIT:
		return !find_first_stage(ev->stage) ||
		    since <= FIND_LATE * SECOND;
	case IKE_ESTABLISHED:
	case IKE_CHILD_ESTABLISHED:
	case IKE_REKEYED:
		return sure || since <= 5 * SECOND;
	case IKE_FAILED:
	case IKE_CONFIG_PROBLEM:
		if ((ev->flags & IKE_F_STRAY) != 0)
			return false;
		return sure || now - n->n.started_at <= FIND_JUST_UP * SECOND;
	default:
		return true;
	}
}

/* A refused attempt's own timer runs on: its end says nothing new. */
static int64_t
find_patience(const struct neg *n, const struct ike_event *ev)
{
	bool timer = ev->reason == IKE_R_NEGOTIATION_TIMEOUT ||
	    ev->reason == IKE_R_NO_RESPONSE;

	return timer && ev->what == IKE_FAILED && ev->peer.len > 0 &&
		ike_reason_rank(ev->reason) < ike_reason_rank(n->n.reason)
	    ? FIND_GIVEN_UP
	    : FIND_NEAR;
}

/*
 * The negotiation, in its state, takes such an event. sure: an identifier
 * led here, not nearness or an address.
 */
static bool
find_takes(const struct tracker *t, const struct neg *n,
    const struct ike_event *ev, int64_t now, bool sure)
{
	int64_t over = now - n->n.ended_at;

	/* An attempt that was refused as it began is none of these. */
	if (ev->what == IKE_FAILED && (ev->flags & IKE_F_NEW) != 0 && !sure)
		return false;
	switch (n->n.outcome) {
	case IKE_OPEN:
	case IKE_STALL:
		return !(ev->what == IKE_STARTED && n->started &&
		    (ev->flags & IKE_F_NEW) != 0 &&
		    now - n->n.started_at > FIND_SAME_START * SECOND);
	case IKE_UP:
		return find_up_takes(n, ev, now, sure);
	case IKE_FAILURE:
		if (over > t->conf.linger || ev->what == IKE_STARTED)
			return false;
		if (ev->what == IKE_ESTABLISHED ||
		    ev->what == IKE_CHILD_ESTABLISHED)
			return sure && over <= FIND_JUST_UP * SECOND;
		if (ev->what == IKE_PROGRESS || ev->what == IKE_RETRANSMIT)
			return over <= FIND_LATE * SECOND;
		return sure || over <= find_patience(n, ev) * SECOND;
	default:
		return over <= (sure ? t->conf.linger : FIND_LATE * SECOND) &&
		    ev->what != IKE_STARTED && ev->what != IKE_PROGRESS &&
		    ev->what != IKE_ESTABLISHED &&
		    ev->what != IKE_CHILD_ESTABLISHED;
	}
}

/* ---- by identifier --------------------------------------------------- */

static struct neg *
find_key(const struct tracker *t, const struct device *d,
    enum correlate_kind kind, struct span value)
{
	struct correlate_owner *owner;

	if (value.len == 0)
		return NULL;
	owner = correlate_find(t->index, d->no, kind, value);
	return owner == NULL ? NULL : TRACKER_OF(struct neg, keys, owner);
}

static struct span
find_bytes(const void *p, size_t len)
{
	return (struct span){ p, len };
}

static struct neg *
find_by_spi(
    const struct tracker *t, const struct device *d, const struct ike_event *ev)
{
	struct neg *n = NULL;

	if (ev->ispi.known && ev->ispi.value != 0)
		n = find_key(
		    t, d, CORRELATE_ISPI, find_bytes(&ev->ispi.value, 8));
	if (n == NULL && ev->rspi.known && ev->rspi.value != 0)
		n = find_key(
		    t, d, CORRELATE_RSPI, find_bytes(&ev->rspi.value, 8));
	if (n != NULL &&
	    (find_spi_differs(ev->rspi, n->n.rspi) ||
		find_spi_differs(ev->ispi, n->n.ispi)))
		return NULL;
	return n;
}

/* A vendor's number, as long as it still means the same thing. */
static struct neg *
find_by_number(const struct tracker *t, const struct device *d,
    const struct ike_event *ev, enum correlate_kind kind, enum ike_key key,
    int64_t now)
{
	struct neg *n = find_key(t, d, kind, ev->key[key]);

	if (n == NULL || !find_fits(n, ev) || !find_takes(t, n, ev, now, true))
		return NULL;
	return n;
}

static struct neg *
find_by_child_spi(
    const struct tracker *t, const struct device *d, const struct ike_event *ev)
{
	struct neg *n = NULL;

	if (ev->spi_in != 0)
		n = find_key(
		    t, d, CORRELATE_CHILD_SPI, find_bytes(&ev->spi_in, 4));
	if (n == NULL && ev->spi_out != 0)
		n = find_key(
		    t, d, CORRELATE_CHILD_SPI, find_bytes(&ev->spi_out, 4));
	return n;
}

/* ---- by address and nearness ----------------------------------------- */

/* "terminate 'site-b'": the name alone, of the last that bore it. */
static struct neg *
find_by_name(const struct tracker *t, const struct device *d,
    enum correlate_kind kind, struct span name, const struct ike_event *ev,
    int64_t now)
{
	struct neg *n = find_key(t, d, kind, name);

	if (n == NULL || !find_fits(n, ev) || !find_takes(t, n, ev, now, false))
		return NULL;
	return n;
}

static bool
find_wants_up(const struct ike_event *ev)
{
	return ev->what == IKE_DELETED || ev->what == IKE_PEER_DEAD ||
	    ev->what == IKE_INFO || ev->stage == IKE_INFORMATIONAL ||
	    ev->stage == IKE_INFORMATIONAL_V1 ||
	    ev->stage == IKE_CREATE_CHILD_SA || ev->stage == IKE_QUICK_MODE ||
	    ev->stage == IKE_PHASE2;
}

/* How well a negotiation suits an event that names no number of it. */
static int
find_score(const struct neg *n, const struct ike_event *ev)
{
	bool up = tracker_is_up(n), open = tracker_is_open(n);
	int score = 1;

	if (find_wants_up(ev) ? up : open)
		score += 16;
	else if (up || open)
		score += 8;
	if (ev->tunnel.len > 0 && n->n.tunnel[0] != '\0')
		score += span_is_nocase(ev->tunnel, n->n.tunnel) ? 4 : -4;
	if (ev->role != IKE_ROLE_NONE && n->n.role == ev->role)
		score += 2;
	if (ev->local.len > 0 && n->n.local[0] != '\0')
		score += span_is_nocase(ev->local, n->n.local) ? 2 : -2;
	return score;
}

static struct neg *
find_by_peer(const struct tracker *t, const struct peer *p, enum ike_kind kind,
    const struct ike_event *ev, struct span local, int64_t now)
{
	struct neg *n, *best = NULL;
	int looked = 0, score, most = 0;

	if (p == NULL)
		return NULL;
	for (n = p->negs; n != NULL && looked < TRACKER_LOOK;
	     n = n->peer_next, looked++) {
		if (kind != IKE_KIND_NONE && n->n.kind != kind)
			continue;
		if (!find_fits(n, ev) || !find_takes(t, n, ev, now, false))
			continue;
		/* Another address of ours is another tunnel's. */
		if (n->n.kind == IKE_KIND_IKE &&
		    !find_same_text(local, n->n.local))
			continue;
		if ((score = find_score(n, ev)) > most) {
			most = score;
			best = n;
		}
	}
	return best;
}

static struct peer *
find_peer(const struct tracker *t, const struct device *d, struct span addr)
{
	struct correlate_owner *owner;

	if (addr.len == 0)
		return NULL;
	owner = correlate_find(t->index, d->no, CORRELATE_PEER, addr);
	return owner == NULL ? NULL : TRACKER_OF(struct peer, keys, owner);
}

/*
 * The thread that said no may take its time to answer: strongSwan waits two
 * seconds after a wrong password.
 */
static bool
find_answers(const struct neg *n, const struct ike_event *ev, int64_t now)
{
	return n->n.outcome == IKE_FAILURE && ev->what == IKE_PROGRESS &&
	    find_has(ev, IKE_KEY_THREAD) &&
	    (ev->stage == n->n.stage || ev->stage == IKE_STAGE_NONE) &&
	    now - n->n.ended_at <= FIND_JUST_UP * SECOND;
}

/*
 * What the thread was doing, or for records without one what the device
 * logged last.
 */
static struct neg *
find_by_context(const struct tracker *t, const struct context *c,
    enum ike_kind kind, const struct ike_event *ev, int64_t now)
{
	struct neg *n = c->neg;

	if (n == NULL || now - c->at > FIND_NEAR * SECOND)
		return NULL;
	if (kind == IKE_KIND_IKE && n->n.kind == IKE_KIND_CHILD &&
	    n->parent != NULL)
		n = n->parent;
	if (kind != IKE_KIND_NONE && n->n.kind != kind)
		return NULL;
	/* Another address of ours is another tunnel's. */
	if (!find_has(ev, IKE_KEY_CONN) &&
	    !find_same_text(ev->local, n->n.local))
		return NULL;
	if (!find_fits(n, ev) ||
	    (!find_takes(t, n, ev, now, false) && !find_answers(n, ev, now)))
		return NULL;
	return n;
}

/*
 * The record names nothing at all ("giving up after 5 retransmits"): the
 * only open negotiation, or the one that has waited in vain the longest.
 */
static struct neg *
find_waiting(const struct device *d, const struct ike_event *ev)
{
	struct neg *n, *best = NULL;
	bool only = true;

	for (n = d->open; n != NULL; n = n->state_next) {
		if (!find_fits(n, ev))
			continue;
		if (best != NULL)
			only = false;
		if (best == NULL || n->n.retransmits > best->n.retransmits ||
		    (n->n.retransmits == best->n.retransmits &&
			n->n.updated_at < best->n.updated_at))
			best = n;
	}
	if (best != NULL &&
	    (only ||
		(best->n.retransmits > 0 && ev->reason == IKE_R_NO_RESPONSE)))
		return best;
	return NULL;
}

static struct neg *
find_nearest(const struct tracker *t, const struct device *d,
    enum ike_kind kind, const struct ike_event *ev, struct span local,
    int64_t now)
{
	struct neg *n = d->recent;
	bool tried = n != NULL && n->n.retransmits > 0 &&
	    ev->what != IKE_PROGRESS && ev->what != IKE_STARTED &&
	    ev->what != IKE_INFO;

	/* "giving up" is of the SA that is up and was silent just now, or of
	 * one that is still to come. */
	if ((ev->what == IKE_FAILED || ev->what == IKE_RETRANSMIT ||
		(ev->what == IKE_PEER_DEAD && !(tried && tracker_is_up(n)))) &&
	    find_has(ev, IKE_KEY_THREAD)) {
		struct neg *waiting = find_waiting(d, ev);

		if (waiting != NULL)
			return waiting;
	}
	if (n == NULL || now - d->recent_at > FIND_NEAR * SECOND)
		return NULL;
	if (kind == IKE_KIND_IKE && n->n.kind == IKE_KIND_CHILD &&
	    n->parent != NULL)
		n = n->parent;
	if (kind != IKE_KIND_NONE && n->n.kind != kind)
		return NULL;
	/* On a thread of its own the record is not of what came last. */
	if (find_has(ev, IKE_KEY_THREAD) && !tried)
		return NULL;
	if (!find_same_text(local, n->n.local))
		return NULL;
	if (!find_fits(n, ev) || !find_takes(t, n, ev, now, false))
		return NULL;
	return n;
}

/*
 * An event with numbers of its own may be the first that bears them: it goes
 * to what the device did just before, if that has no such numbers yet.
 */
static bool
find_nameless(const struct neg *n, const struct ike_event *ev)
{
	struct span mine;

	if (ev->ispi.known && n->n.ispi.known)
		return ev->ispi.value == n->n.ispi.value;
	if (find_has(ev, IKE_KEY_CONN) &&
	    correlate_key_of(&n->keys, CORRELATE_CONN, &mine))
		return span_eq(mine, ev->key[IKE_KEY_CONN]);
	return true;
}

/*
 * strongSwan's header names the SA that a thread works for, and goes on naming
 * it when that is gone and the thread has begun the next one: "<branch|1>
 * generating IKE_SA_INIT request 0" after "<branch|1> initiating IKE_SA
 * branch[2]".
 */
bool
tracker_header_lags(const struct tracker *t, const struct device *d,
    const struct context *c, const struct ike_event *ev, int64_t now)
{
	const struct neg *old, *n = c->neg;

	if (n == NULL || n->n.kind != IKE_KIND_IKE || !tracker_is_open(n) ||
	    now - c->at > FIND_NEAR * SECOND || !find_has(ev, IKE_KEY_THREAD) ||
	    (ev->flags & IKE_F_TURN) != 0)
		return false;
	old = find_key(t, d, CORRELATE_CONN, ev->key[IKE_KEY_CONN]);
	return old != NULL && tracker_is_ended(old) && n->peer == old->peer;
}

/* ---- the IKE SA ------------------------------------------------------ */

/* Two answers: one negotiation told in two ways, or the SPI's word stands. */
static struct neg *
find_bridge(struct tracker *t, struct neg *spi, struct neg *number,
    const struct ike_event *ev, int64_t now)
{
	struct span key;

	if (spi == NULL || number == NULL || spi == number)
		return spi != NULL ? spi : number;
	if (!tracker_is_open(spi) || !tracker_is_open(number) ||
	    number->n.ispi.known || !find_fits(number, ev) ||
	    correlate_key_of(&spi->keys, CORRELATE_CONN, &key) ||
	    !find_same_text(span_of(spi->n.peer), number->n.peer))
		return spi;
	if (spi->n.id < number->n.id) {
		tracker_merge(t, spi, number, now);
		return spi;
	}
	tracker_merge(t, number, spi, now);
	return number;
}

static struct neg *
find_ike(struct tracker *t, struct device *d, struct context *c,
    enum ike_kind kind, const struct ike_event *ev, int64_t now)
{
	struct span addr = ev->peer.len > 0 ? ev->peer : span_of(c->peer);
	bool same = ev->peer.len == 0 ||
	    (find_has(ev, IKE_KEY_THREAD) && span_is(ev->peer, c->peer));
	struct span local =
	    ev->local.len > 0 || !same ? ev->local : span_of(c->local);
	bool numbered = ev->ispi.known || find_has(ev, IKE_KEY_CONN) ||
	    find_has(ev, IKE_KEY_SESSION);
	struct neg *spi = find_by_spi(t, d, ev), *number, *n;

	if (spi != NULL && !find_takes(t, spi, ev, now, true))
		spi = NULL;
	number = find_by_number(t, d, ev, CORRELATE_CONN, IKE_KEY_CONN, now);
	if (number == NULL)
		number = find_by_number(
		    t, d, ev, CORRELATE_SESSION, IKE_KEY_SESSION, now);
	/* A daemon that starts again counts from 1 again: what its thread is
	 * at is surer than the SA that bore the number before. */
	if (number != NULL && tracker_is_up(number) &&
	    ev->what == IKE_ESTABLISHED && c->neg != NULL &&
	    c->neg->n.kind == IKE_KIND_IKE && tracker_is_open(c->neg) &&
	    find_fits(c->neg, ev))
		number = c->neg;
	if ((n = find_bridge(t, spi, number, ev, now)) != NULL)
		return n;
	/* A new attempt is in none of the places where old ones are. */
	if ((ev->flags & IKE_F_TURN) == 0 &&
	    (n = find_by_context(t, c, kind, ev, now)) != NULL &&
	    find_nameless(n, ev))
		return n;
	if (addr.len > 0) {
		n = find_by_peer(
		    t, find_peer(t, d, addr), kind, ev, local, now);
		if (n != NULL && find_nameless(n, ev))
			return n;
		/* Known to the device, but not yet by its address. */
		if (ev->peer.len > 0)
			return NULL;
	}
	if (ev->peer.len == 0 && !ev->ispi.known &&
	    (n = find_by_name(t, d, CORRELATE_NAME, ev->tunnel, ev, now)) !=
		NULL)
		return n;
	if (numbered)
		return NULL;
	return find_nearest(t, d, kind, ev, local, now);
}

/* ---- the CHILD SA ---------------------------------------------------- */

static struct neg *
find_child_of(const struct tracker *t, const struct neg *ike,
    const struct peer *p, const struct ike_event *ev, int64_t now)
{
	struct neg *n, *only = NULL;
	int looked = 0, ups = 0;

	if (p == NULL)
		return NULL;
	for (n = p->negs; n != NULL && looked < TRACKER_LOOK;
	     n = n->peer_next, looked++) {
		if (n->n.kind != IKE_KIND_CHILD || !find_fits(n, ev) ||
		    (ike != NULL && n->parent != NULL && n->parent != ike) ||
		    !find_takes(t, n, ev, now, false))
			continue;
		if (tracker_is_up(n)) {
			ups++;
			only = n;
			if (ev->what == IKE_CHILD_ESTABLISHED)
				return n;
			continue;
		}
		return n;
	}
	/* A delete that names none is of the only one there is. */
	if (ups == 1 && (ev->what == IKE_DELETED || ev->what == IKE_INFO))
		return only;
	return NULL;
}

static struct neg *
find_child_by_number(const struct tracker *t, const struct device *d,
    const struct ike_event *ev, int64_t now)
{
	struct neg *n = find_by_child_spi(t, d, ev);

	if (n != NULL && find_takes(t, n, ev, now, true))
		return n;
	n = find_by_number(t, d, ev, CORRELATE_CHILD, IKE_KEY_CHILD, now);
	if (n == NULL)
		n = find_by_number(
		    t, d, ev, CORRELATE_MSGID, IKE_KEY_MSGID, now);
	return n;
}

/* ---- making one ------------------------------------------------------ */

static bool
find_begins(const struct ike_event *ev, enum ike_kind kind, bool named)
{
	if ((ev->flags & IKE_F_STRAY) != 0)
		return false;
	switch (ev->what) {
	case IKE_STARTED:
	case IKE_ESTABLISHED:
	case IKE_CHILD_ESTABLISHED:
	case IKE_REKEYED:
	case IKE_PEER_DEAD:
		return true;
	case IKE_PROGRESS:
	case IKE_RETRANSMIT:
		if (!named)
			return false;
		return kind == IKE_KIND_CHILD
		    ? ev->stage == IKE_QUICK_MODE || ev->stage == IKE_PHASE2
		    : find_first_stage(ev->stage);
	case IKE_FAILED:
	case IKE_CONFIG_PROBLEM:
		return named || ike_reason_rank(ev->reason) > 0;
	default:
		return false;
	}
}

static struct neg *
find_make(struct tracker *t, struct device *d, const struct context *c,
    enum ike_kind kind, const struct ike_event *ev, struct neg *parent,
    int64_t now)
{
	struct span addr = ev->peer;
	struct neg *n;

	if (addr.len == 0 && parent != NULL)
		addr = span_of(parent->n.peer);
	/* The same connection has the same peer, as long as none is named. */
	if (addr.len == 0 &&
	    (n = find_key(t, d, CORRELATE_NAME, ev->tunnel)) != NULL)
		addr = span_of(n->n.peer);
	if (addr.len == 0)
		addr = span_of(c->peer);
	n = tracker_neg_new(t, d, tracker_peer(t, d, addr),
	    kind == IKE_KIND_NONE ? IKE_KIND_IKE : kind, now);
	if (n != NULL)
		tracker_set_parent(n, parent);
	return n;
}

static bool
find_named(const struct context *c, const struct ike_event *ev)
{
	return ev->peer.len > 0 || ev->ispi.known || ev->spi_in != 0 ||
	    find_has(ev, IKE_KEY_CONN) || find_has(ev, IKE_KEY_SESSION) ||
	    find_has(ev, IKE_KEY_CHILD) || c->peer[0] != '\0' ||
	    (ev->what == IKE_FAILED && c->hint != IKE_REASON_NONE);
}

static struct neg *
find_child(struct tracker *t, struct device *d, struct context *c,
    const struct ike_event *ev, int64_t now)
{
	struct neg *n = find_child_by_number(t, d, ev, now), *ike;
	struct ike_event of_ike = *ev;
	struct span addr = ev->peer.len > 0 ? ev->peer : span_of(c->peer);

	if (n != NULL)
		return n;
	n = find_by_context(t, c, IKE_KIND_CHILD, ev, now);
	if (n != NULL && (tracker_is_open(n) || ev->what == IKE_FAILED))
		return n;
	/* Its IKE SA: what would take news about a CHILD SA, whatever. */
	of_ike.what = IKE_INFO;
	of_ike.reason = IKE_REASON_NONE;
	ike = find_ike(t, d, c, IKE_KIND_IKE, &of_ike, now);
	if (ike != NULL && !tracker_is_open(ike) && !tracker_is_up(ike))
		ike = NULL;
	n = find_child_of(t, ike,
	    ike != NULL && addr.len == 0 ? ike->peer : find_peer(t, d, addr),
	    ev, now);
	if (n != NULL)
		return n;
	if (addr.len == 0 && ike == NULL &&
	    (n = find_by_name(t, d, CORRELATE_CHILD_NAME,
		 ev->child.len > 0 ? ev->child : ev->tunnel, ev, now)) != NULL)
		return n;
	/* IKEv2's first CHILD SA is a part of IKE_AUTH, and so is what is said
	 * of it before the IKE SA is up; CREATE_CHILD_SA may be about either
	 * kind until it has an outcome. */
	if (ike != NULL && ev->ike_version != 1 && ike->n.ike_version != 1 &&
	    (ev->what == IKE_PROGRESS || ev->what == IKE_RETRANSMIT ||
		(ev->what == IKE_STARTED && tracker_is_open(ike))))
		return ike;
	if (!find_begins(ev, IKE_KIND_CHILD, ike != NULL || find_named(c, ev)))
		return NULL;
	return find_make(t, d, c, IKE_KIND_CHILD, ev, ike, now);
}

/*
 * A failure on an IKE SA that is up, of what is not said: of the CHILD SA that
 * is being negotiated on it.
 */
static struct neg *
find_open_child(struct neg *ike, const struct ike_event *ev)
{
	struct neg *c;

	if (!tracker_is_up(ike) || ike->n.kind != IKE_KIND_IKE ||
	    (ev->what != IKE_FAILED && (ev->flags & IKE_F_HINT) == 0))
		return ike;
	for (c = ike->children; c != NULL; c = c->sib_next)
		if (tracker_is_open(c))
			return c;
	return ike;
}

/*
 * The same, where the IKE SA is not known (it came up before we listened):
 * the CHILD SA of that name that the device was at just now.
 */
static struct neg *
find_orphan(const struct device *d, const struct ike_event *ev, int64_t now)
{
	struct neg *n = d->recent;

	if (n == NULL || n->n.kind != IKE_KIND_CHILD || n->parent != NULL ||
	    !tracker_is_open(n) || now - d->recent_at > FIND_NEAR * SECOND ||
	    (ev->what != IKE_FAILED && (ev->flags & IKE_F_HINT) == 0) ||
	    ev->tunnel.len == 0 || !span_is_nocase(ev->tunnel, n->n.tunnel))
		return NULL;
	return n;
}

struct neg *
tracker_find(struct tracker *t, struct device *d, struct context *c,
    const struct ike_event *ev, int64_t now)
{
	enum ike_kind kind = tracker_kind(ev);
	struct neg *n;

	if (kind == IKE_KIND_CHILD)
		return find_child(t, d, c, ev, now);
	if (kind == IKE_KIND_NONE &&
	    (n = find_child_by_number(t, d, ev, now)) != NULL)
		return n;
	if ((n = find_ike(t, d, c, kind, ev, now)) != NULL)
		return kind == IKE_KIND_NONE ? find_open_child(n, ev) : n;
	if (kind == IKE_KIND_NONE && (n = find_orphan(d, ev, now)) != NULL)
		return n;
	if (!find_begins(ev, kind, find_named(c, ev)))
		return NULL;
	return find_make(t, d, c, kind, ev, NULL, now);
}

/* The numbers that are kept over a restart, by the kind they belong to. */
static const struct {
	enum ike_kind of;
	enum ike_key key;
	enum correlate_kind kind;
	const char *name;
} find_numbers[] = {
	{ IKE_KIND_IKE, IKE_KEY_CONN, CORRELATE_CONN, "conn=" },
	{ IKE_KIND_IKE, IKE_KEY_SESSION, CORRELATE_SESSION, "session=" },
	{ IKE_KIND_CHILD, IKE_KEY_CHILD, CORRELATE_CHILD, "child=" },
	{ IKE_KIND_CHILD, IKE_KEY_MSGID, CORRELATE_MSGID, "msgid=" },
};
enum { FIND_NUMBERS = sizeof(find_numbers) / sizeof(find_numbers[0]) };

static void
find_write_numbers(struct tracker *t, struct neg *n)
{
	char keys[IKE_KEYS_SIZE];
	size_t used = 0;
	struct span value;

	for (size_t i = 0; i < FIND_NUMBERS; i++) {
		size_t name = strlen(find_numbers[i].name);

		if (!correlate_key_of(&n->keys, find_numbers[i].kind, &value) ||
		    used + name + value.len + 2 > sizeof(keys))
			continue;
		if (used > 0)
			keys[used++] = ' ';
		memcpy(keys + used, find_numbers[i].name, name);
		used += name;
		span_copy(keys + used, sizeof(keys) - used, value);
		used += value.len;
	}
	names_set(
	    t->names, &n->n.keys, sizeof(keys), (struct span){ keys, used });
}

void
tracker_read_numbers(const char *keys, struct ike_event *ev)
{
	struct span rest = span_of(keys), word;

	while (scan_skip_blanks(&rest) && scan_word(&rest, &word))
		for (size_t i = 0; i < FIND_NUMBERS; i++)
			if (scan_lit(&word, find_numbers[i].name))
				ev->key[find_numbers[i].key] = word;
}

void
tracker_bind(struct tracker *t, struct neg *n, const struct ike_event *ev)
{
	uint32_t no = n->device->no;
	bool numbers = false;

	for (size_t i = 0; i < FIND_NUMBERS; i++) {
		struct span mine, value = ev->key[find_numbers[i].key];

		if (n->n.kind != find_numbers[i].of || value.len == 0)
			continue;
		numbers = numbers ||
		    !correlate_key_of(&n->keys, find_numbers[i].kind, &mine) ||
		    !span_eq(mine, value);
		correlate_bind(
		    t->index, &n->keys, no, find_numbers[i].kind, value);
	}
	if (numbers)
		find_write_numbers(t, n);
	if (n->n.kind == IKE_KIND_IKE && ev->tunnel.len > 0)
		correlate_bind(
		    t->index, &n->keys, no, CORRELATE_NAME, ev->tunnel);
	if (n->n.kind == IKE_KIND_CHILD && ev->child.len + ev->tunnel.len > 0)
		correlate_bind(t->index, &n->keys, no, CORRELATE_CHILD_NAME,
		    ev->child.len > 0 ? ev->child : ev->tunnel);
	if (n->n.kind == IKE_KIND_IKE) {
		if (ev->ispi.known && ev->ispi.value != 0)
			correlate_bind(t->index, &n->keys, no, CORRELATE_ISPI,
			    find_bytes(&ev->ispi.value, 8));
		if (ev->rspi.known && ev->rspi.value != 0)
			correlate_bind(t->index, &n->keys, no, CORRELATE_RSPI,
			    find_bytes(&ev->rspi.value, 8));
		return;
	}
	if (ev->spi_in != 0)
		correlate_bind(t->index, &n->keys, no, CORRELATE_CHILD_SPI,
		    find_bytes(&ev->spi_in, 4));
	if (ev->spi_out != 0)
		correlate_bind(t->index, &n->keys, no, CORRELATE_CHILD_SPI,
		    find_bytes(&ev->spi_out, 4));
}
