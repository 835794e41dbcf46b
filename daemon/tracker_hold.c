/*
 * What the tracker holds: devices, peers and negotiations, each in its lists,
 * and what goes when there is no room for more.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/tracker_parts.h"

/* ---- devices and peers ----------------------------------------------- */

static void
tracker_device_free(struct device *d)
{
	for (size_t i = 0; i < d->ncontexts; i++)
		tracker_context_forget(&d->contexts[i]);
	free(d->contexts);
	free(d->name);
	free(d);
}

void
tracker_devices_free(struct tracker *t)
{
	struct device *d;

	while ((d = t->devices) != NULL) {
		t->devices = d->next;
		correlate_release(t->index, &d->keys);
		tracker_device_free(d);
	}
}

struct device *
tracker_device(struct tracker *t, const char *name)
{
	struct span key = span_of(name);
	struct correlate_owner *owner =
	    correlate_find(t->index, 0, CORRELATE_DEVICE, key);
	struct device *d;

	if (owner != NULL)
		return TRACKER_OF(struct device, keys, owner);
	if ((d = calloc(1, sizeof(*d))) == NULL)
		return NULL;
	d->no = ++t->ndevices;
	if ((d->name = strdup(name)) == NULL ||
	    !correlate_bind(t->index, &d->keys, 0, CORRELATE_DEVICE, key)) {
		tracker_device_free(d);
		return NULL;
	}
	d->next = t->devices;
	t->devices = d;
	return d;
}

struct peer *
tracker_peer(struct tracker *t, struct device *d, struct span addr)
{
	struct correlate_owner *owner =
	    correlate_find(t->index, d->no, CORRELATE_PEER, addr);
	struct peer *p;

	if (owner != NULL)
		return TRACKER_OF(struct peer, keys, owner);
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return NULL;
	p->device = d;
	span_copy(p->addr, sizeof(p->addr), addr);
	if (!correlate_bind(t->index, &p->keys, d->no, CORRELATE_PEER, addr)) {
		free(p);
		return NULL;
	}
	return p;
}

static void
tracker_peer_done(struct tracker *t, struct peer *p)
{
	if (p == NULL || p->negs != NULL || p->tunnels != NULL)
		return;
	correlate_release(t->index, &p->keys);
	free(p);
}

/* ---- lists ----------------------------------------------------------- */

static void
tracker_peer_link(struct neg *n, struct peer *p)
{
	n->peer = p;
	n->peer_prev = NULL;
	n->peer_next = p->negs;
	if (p->negs != NULL)
		p->negs->peer_prev = n;
	p->negs = n;
	if (tracker_is_open(n))
		p->open++;
}

static void
tracker_peer_unlink(struct neg *n)
{
	struct peer *p = n->peer;

	if (n->peer_prev != NULL)
		n->peer_prev->peer_next = n->peer_next;
	else
		p->negs = n->peer_next;
	if (n->peer_next != NULL)
		n->peer_next->peer_prev = n->peer_prev;
	if (tracker_is_open(n))
		p->open--;
	n->peer = NULL;
}

void
tracker_open_link(struct tracker *t, struct neg *n)
{
	struct device *d = n->device;

	n->open_prev = NULL;
	n->open_next = d->open;
	if (d->open != NULL)
		d->open->open_prev = n;
	d->open = n;
	n->peer->open++;
	t->counts.open++;
}

void
tracker_open_unlink(struct tracker *t, struct neg *n)
{
	if (n->open_prev != NULL)
		n->open_prev->open_next = n->open_next;
	else
		n->device->open = n->open_next;
	if (n->open_next != NULL)
		n->open_next->open_prev = n->open_prev;
	n->open_next = n->open_prev = NULL;
	n->peer->open--;
	t->counts.open--;
}

static void
tracker_all_link(struct tracker *t, struct neg *n)
{
	n->all_next = NULL;
	n->all_prev = t->last;
	if (t->last != NULL)
		t->last->all_next = n;
	else
		t->first = n;
	t->last = n;
	t->counts.kept++;
}

static void
tracker_all_unlink(struct tracker *t, struct neg *n)
{
	if (n->all_prev != NULL)
		n->all_prev->all_next = n->all_next;
	else
		t->first = n->all_next;
	if (n->all_next != NULL)
		n->all_next->all_prev = n->all_prev;
	else
		t->last = n->all_prev;
	t->counts.kept--;
}

void
tracker_set_parent(struct neg *n, struct neg *parent)
{
	if (n->parent != NULL) {
		if (n->sib_prev != NULL)
			n->sib_prev->sib_next = n->sib_next;
		else
			n->parent->children = n->sib_next;
		if (n->sib_next != NULL)
			n->sib_next->sib_prev = n->sib_prev;
	}
	n->parent = parent;
	n->sib_prev = n->sib_next = NULL;
	n->n.parent = parent == NULL ? 0 : parent->n.id;
	if (parent == NULL)
		return;
	n->sib_next = parent->children;
	if (parent->children != NULL)
		parent->children->sib_prev = n;
	parent->children = n;
}

bool
tracker_is_open(const struct neg *n)
{
	return n->n.outcome == IKE_OPEN;
}

bool
tracker_is_up(const struct neg *n)
{
	return n->n.outcome == IKE_UP;
}

/* ---- negotiations ---------------------------------------------------- */

/*
 * Room for one more: ended ones go first, then open ones of strangers, the
 * oldest of each; never an SA that is up.
 */
static void
tracker_make_room(struct tracker *t, struct peer *p, int64_t now)
{
	struct neg *n, *next;
	int looked = 0;

	if (p != NULL && p->open >= t->conf.max_peer) {
		for (n = p->negs; n->peer_next != NULL; n = n->peer_next)
			if (looked++ > (int)t->conf.max_peer * 2)
				break;
		for (; n != NULL && !tracker_is_open(n); n = n->peer_prev)
			;
		if (n != NULL) {
			t->counts.refused_peer++;
			tracker_move(t, n, IKE_SUPERSEDED, now);
			tracker_tell(t, n, TRACKER_OUTCOME, now);
		}
	}
	if (t->counts.kept < t->conf.max_kept &&
	    t->counts.open < t->conf.max_open)
		return;
	looked = 0;
	for (n = t->first; n != NULL && looked < 256; n = next, looked++) {
		next = n->all_next;
		if (tracker_is_up(n) || (tracker_is_open(n) && n->n.known_peer))
			continue;
		if (tracker_is_open(n)) {
			t->counts.evicted++;
			tracker_move(t, n, IKE_SUPERSEDED, now);
			tracker_tell(t, n, TRACKER_OUTCOME, now);
		}
		tracker_neg_free(t, n);
		return;
	}
}

struct neg *
tracker_neg_new(struct tracker *t, struct device *d, struct peer *p,
    enum ike_kind kind, int64_t now)
{
	struct neg *n;

	if (p == NULL)
		return NULL;
	/* Making room must not take the peer away under us. */
	if ((n = calloc(1, sizeof(*n))) == NULL) {
		tracker_peer_done(t, p);
		return NULL;
	}
	n->device = d;
	n->n.outcome = IKE_SUPERSEDED; /* not open yet: counted below */
	tracker_peer_link(n, p);
	tracker_make_room(t, p, now);
	n->n.id = t->next_neg++;
	n->n.device = d->name;
	n->n.vendor = d->vendor;
	n->n.kind = kind;
	n->n.started_at = n->n.updated_at = now;
	span_copy(n->n.peer, sizeof(n->n.peer), span_of(p->addr));
	n->n.outcome = IKE_OPEN;
	tracker_all_link(t, n);
	tracker_open_link(t, n);
	return n;
}

static void
tracker_forget(struct neg *n)
{
	struct device *d = n->device;

	for (size_t i = 0; i < d->ncontexts; i++)
		if (d->contexts[i].neg == n)
			d->contexts[i].neg = NULL;
	if (d->recent == n)
		d->recent = NULL;
	while (n->children != NULL)
		tracker_set_parent(n->children, NULL);
	tracker_set_parent(n, NULL);
	if (n->other_end != NULL)
		n->other_end->other_end = NULL;
}

void
tracker_neg_free(struct tracker *t, struct neg *n)
{
	struct peer *p = n->peer;

	tracker_forget(n);
	if (n->tunnel != NULL)
		tracker_tunnel_left(n);
	if (tracker_is_open(n))
		tracker_open_unlink(t, n);
	n->n.outcome = IKE_SUPERSEDED;
	tracker_peer_unlink(n);
	tracker_all_unlink(t, n);
	timers_clear(&t->timers, &n->timer);
	correlate_release(t->index, &n->keys);
	tracker_peer_done(t, p);
	differ_free(n->said);
	free(n->detail);
	free(n->differs);
	free(n->hint_detail);
	free(n);
}

/* To the front of its peer's list: addresses find the latest first. */
void
tracker_touch(struct tracker *t, struct neg *n, int64_t now)
{
	struct peer *p = n->peer;

	(void)t;
	n->n.updated_at = now;
	if (p->negs != n) {
		tracker_peer_unlink(n);
		tracker_peer_link(n, p);
	}
	n->device->recent = n;
	n->device->recent_at = now;
}

void
tracker_set_peer(struct tracker *t, struct neg *n, struct peer *p)
{
	struct peer *old = n->peer;

	if (p == NULL || p == old)
		return;
	tracker_peer_unlink(n);
	tracker_peer_link(n, p);
	span_copy(n->n.peer, sizeof(n->n.peer), span_of(p->addr));
	tracker_peer_done(t, old);
}

void
tracker_tell(struct tracker *t, struct neg *n, unsigned changed, int64_t now)
{
	if (!n->saved)
		changed |= TRACKER_NEW;
	n->saved = true;
	n->n.detail = n->detail;
	n->n.differs = n->differs;
	n->n.tunnel_id = n->tunnel == NULL ? 0 : n->tunnel->t.id;
	n->n.other_end =
	    n->other_end == NULL ? n->n.other_end : n->other_end->n.id;
	if ((changed & (TRACKER_REASON | TRACKER_OUTCOME)) == TRACKER_REASON)
		tracker_tunnel_refined(t, n, now);
	if (t->sink.negotiation != NULL)
		t->sink.negotiation(t->sink.arg, &n->n, changed, now);
}

void
tracker_merge(
    struct tracker *t, struct neg *into, struct neg *gone, int64_t now)
{
	if (into->n.peer[0] == '\0' && gone->n.peer[0] != '\0')
		tracker_set_peer(t, into, gone->peer);
	tracker_text(
	    into->n.local, sizeof(into->n.local), span_of(gone->n.local));
	if (into->n.tunnel[0] == '\0')
		tracker_text(into->n.tunnel, sizeof(into->n.tunnel),
		    span_of(gone->n.tunnel));
	tracker_spi(&into->n.ispi, gone->n.ispi);
	tracker_spi(&into->n.rspi, gone->n.rspi);
	if (into->n.stage == IKE_STAGE_NONE)
		into->n.stage = gone->n.stage;
	if (into->n.role == IKE_ROLE_NONE)
		into->n.role = gone->n.role;
	into->started = into->started || gone->started;
	into->n.heard = into->n.heard || gone->n.heard;
	into->n.events += gone->n.events;
	into->n.retransmits += gone->n.retransmits;
	if (ike_reason_rank(gone->hint) > ike_reason_rank(into->hint)) {
		into->hint = gone->hint;
		free(into->hint_detail);
		into->hint_detail = gone->hint_detail;
		gone->hint_detail = NULL;
	}
	correlate_inherit(t->index, &gone->keys, &into->keys);
	while (gone->children != NULL)
		tracker_set_parent(gone->children, into);
	for (size_t i = 0; i < into->device->ncontexts; i++)
		if (into->device->contexts[i].neg == gone)
			into->device->contexts[i].neg = into;
	tracker_touch(t, into, now);
	if (gone->saved && t->sink.joined != NULL)
		t->sink.joined(t->sink.arg, gone->n.id, into->n.id);
	tracker_neg_free(t, gone);
}

/* ---- after a restart ------------------------------------------------- */

int
tracker_restore_negotiation(struct tracker *t, const struct ike_negotiation *r)
{
	struct device *d = tracker_device(t, r->device);
	struct ike_event keys = { .ispi = r->ispi,
		.rspi = r->rspi,
		.spi_in = r->spi_in,
		.spi_out = r->spi_out };
	struct neg *n;
	enum ike_outcome outcome = r->outcome;
	int64_t touched = r->updated_at;

	if (d == NULL)
		return -1;
	if (r->vendor != NULL)
		d->vendor = r->vendor;
	n = tracker_neg_new(t, d, tracker_peer(t, d, span_of(r->peer)),
	    r->kind == IKE_KIND_NONE ? IKE_KIND_IKE : r->kind, r->started_at);
	if (n == NULL)
		return -1;
	n->n = *r;
	n->n.device = d->name;
	n->n.vendor = d->vendor;
	n->n.outcome = IKE_OPEN; /* as linked; moved below */
	n->n.detail = n->n.differs = NULL;
	n->n.parent = 0;
	n->started = n->saved = true;
	if (r->detail != NULL)
		tracker_keep(&n->detail, span_of(r->detail));
	if (r->differs != NULL)
		tracker_keep(&n->differs, span_of(r->differs));
	if (r->id >= t->next_neg)
		t->next_neg = r->id + 1;
	tracker_read_numbers(r->keys, &keys);
	keys.tunnel = span_of(r->tunnel);
	keys.child = span_of(r->child);
	tracker_bind(t, n, &keys);
	tracker_tunnel_assign(t, n, false);
	for (struct neg *p = n->peer->negs; p != NULL && r->parent != 0;
	     p = p->peer_next)
		if (p->n.id == r->parent && p != n) {
			tracker_set_parent(n, p);
			break;
		}
	if (n->tunnel != NULL)
		tracker_tunnel_restored(n, outcome);
	if (outcome != IKE_OPEN) {
		tracker_open_unlink(t, n);
		n->n.outcome = outcome;
	}
	n->n.ended_at = r->ended_at;
	n->n.reason = r->reason;
	tracker_timer(t, n, touched);
	n->device->recent = NULL;
	return 0;
}

void
tracker_first_ids(struct tracker *t, int64_t negotiation, int64_t tunnel)
{
	if (negotiation > t->next_neg)
		t->next_neg = negotiation;
	if (tunnel > t->next_tunnel)
		t->next_tunnel = tunnel;
}

const struct ike_negotiation *
tracker_get(const struct tracker *t, int64_t id)
{
	for (const struct neg *n = t->last; n != NULL; n = n->all_prev)
		if (n->n.id == id)
			return &n->n;
	return NULL;
}

void
tracker_count(const struct tracker *t, struct tracker_counts *counts)
{
	*counts = t->counts;
}
