/*
 * What the tracker holds: devices, peers and negotiations, each in its lists,
 * and what goes when there is no room for more.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/tracker_parts.h"

/* ---- devices and peers ----------------------------------------------- */

static void
tracker_device_free(struct tracker *t, struct device *d)
{
	for (size_t i = 0; i < d->ncontexts; i++)
		tracker_context_forget(t, &d->contexts[i]);
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
		tracker_device_free(t, d);
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
		tracker_device_free(t, d);
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
	size_t size = addr.len < IKE_ADDR_SIZE ? addr.len + 1 : IKE_ADDR_SIZE;
	struct peer *p;

	if (owner != NULL)
		return TRACKER_OF(struct peer, keys, owner);
	if ((p = calloc(1, sizeof(*p) + size)) == NULL)
		return NULL;
	p->device = d;
	span_copy(p->addr, size, addr);
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

static void
tracker_open_link(struct tracker *t, struct neg *n)
{
	struct device *d = n->device;

	n->state_prev = NULL;
	n->state_next = d->open;
	if (d->open != NULL)
		d->open->state_prev = n;
	d->open = n;
	n->peer->open++;
	t->counts.open++;
}

static void
tracker_open_unlink(struct tracker *t, struct neg *n)
{
	if (n->state_prev != NULL)
		n->state_prev->state_next = n->state_next;
	else
		n->device->open = n->state_next;
	if (n->state_next != NULL)
		n->state_next->state_prev = n->state_prev;
	n->peer->open--;
	t->counts.open--;
}

static void
tracker_ended_link(struct tracker *t, struct neg *n)
{
	n->state_next = NULL;
	n->state_prev = t->ended_last;
	if (t->ended_last != NULL)
		t->ended_last->state_next = n;
	else
		t->ended = n;
	t->ended_last = n;
	t->counts.ended++;
}

static void
tracker_ended_unlink(struct tracker *t, struct neg *n)
{
	if (n->state_prev != NULL)
		n->state_prev->state_next = n->state_next;
	else
		t->ended = n->state_next;
	if (n->state_next != NULL)
		n->state_next->state_prev = n->state_prev;
	else
		t->ended_last = n->state_prev;
	t->counts.ended--;
}

void
tracker_state_link(struct tracker *t, struct neg *n)
{
	if (tracker_is_open(n))
		tracker_open_link(t, n);
	else if (tracker_is_ended(n))
		tracker_ended_link(t, n);
}

void
tracker_state_unlink(struct tracker *t, struct neg *n)
{
	if (tracker_is_open(n))
		tracker_open_unlink(t, n);
	else if (tracker_is_ended(n))
		tracker_ended_unlink(t, n);
	n->state_next = n->state_prev = NULL;
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

bool
tracker_is_ended(const struct neg *n)
{
	return !tracker_is_open(n) && !tracker_is_up(n);
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
	n->n.local = n->n.tunnel = n->n.child = n->n.keys = "";
	n->detail = n->differs = n->hint_detail = "";
	n->n.outcome = IKE_SUPERSEDED; /* not open yet: counted below */
	tracker_peer_link(n, p);
	tracker_make_room(t, p, now);
	n->n.id = t->next_neg++;
	n->n.vendor = d->vendor;
	n->n.kind = kind;
	n->n.started_at = n->n.updated_at = now;
	n->n.peer = p->addr;
	n->n.outcome = IKE_OPEN;
	tracker_all_link(t, n);
	tracker_state_link(t, n);
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
	tracker_state_unlink(t, n);
	n->n.outcome = IKE_SUPERSEDED;
	tracker_peer_unlink(n);
	tracker_all_unlink(t, n);
	timers_clear(&t->timers, &n->timer);
	correlate_release(t->index, &n->keys);
	tracker_peer_done(t, p);
	names_put(t->names, n->n.local);
	names_put(t->names, n->n.tunnel);
	names_put(t->names, n->n.child);
	names_put(t->names, n->n.keys);
	differ_free(n->said);
	names_put(t->names, n->detail);
	names_put(t->names, n->differs);
	names_put(t->names, n->hint_detail);
	free(n);
}

void
tracker_let_go(struct tracker *t, const struct neg *but)
{
	while (t->counts.ended > t->conf.max_ended && t->ended != but)
		tracker_neg_free(t, t->ended);
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
	n->n.peer = p->addr;
	tracker_peer_done(t, old);
}

/* As the rest of the program knows it. */
static const struct ike_negotiation *
tracker_show(struct tracker *t, const struct neg *n)
{
	const struct neg_facts *f = &n->n;
	struct ike_negotiation *to = &t->shown;

	*to = (struct ike_negotiation){
		.id = f->id,
		.parent = n->parent == NULL ? 0 : n->parent->n.id,
		.tunnel_id = n->tunnel == NULL ? 0 : n->tunnel->t.id,
		.other_end = f->other_end,
		.device = n->device->name,
		.vendor = f->vendor,
		.kind = f->kind,
		.role = f->role,
		.ike_version = (int)f->ike_version,
		.stage = f->stage,
		.outcome = f->outcome,
		.reason = f->reason,
		.suspects = f->suspects,
		.ispi = f->ispi,
		.rspi = f->rspi,
		.spi_in = f->spi_in,
		.spi_out = f->spi_out,
		.rekey = f->rekey,
		.heard = f->heard,
		.known_peer = f->known_peer,
		.refused_by = f->refused_by,
		.retransmits = f->retransmits,
		.events = f->events,
		.started_at = f->started_at,
		.updated_at = f->updated_at,
		.established_at = f->established_at,
		.ended_at = f->ended_at,
		.detail = n->detail[0] == '\0' ? NULL : n->detail,
		.differs = n->differs[0] == '\0' ? NULL : n->differs,
	};
	span_copy(to->peer, sizeof(to->peer), span_of(f->peer));
	span_copy(to->local, sizeof(to->local), span_of(f->local));
	span_copy(to->tunnel, sizeof(to->tunnel), span_of(f->tunnel));
	span_copy(to->child, sizeof(to->child), span_of(f->child));
	span_copy(to->keys, sizeof(to->keys), span_of(f->keys));
	return to;
}

void
tracker_tell(struct tracker *t, struct neg *n, unsigned changed, int64_t now)
{
	const struct ike_negotiation *shown;

	if (!n->saved)
		changed |= TRACKER_NEW;
	n->saved = true;
	if (n->other_end != NULL)
		n->n.other_end = n->other_end->n.id;
	if ((changed & (TRACKER_REASON | TRACKER_OUTCOME)) == TRACKER_REASON)
		tracker_tunnel_refined(t, n, now);
	shown = tracker_show(t, n);
	if (t->sink.negotiation != NULL)
		t->sink.negotiation(t->sink.arg, shown, changed, now);
}

void
tracker_merge(
    struct tracker *t, struct neg *into, struct neg *gone, int64_t now)
{
	if (into->n.peer[0] == '\0' && gone->n.peer[0] != '\0')
		tracker_set_peer(t, into, gone->peer);
	tracker_name(t, &into->n.local, IKE_ADDR_SIZE, span_of(gone->n.local));
	if (into->n.tunnel[0] == '\0')
		tracker_name(
		    t, &into->n.tunnel, IKE_NAME_SIZE, span_of(gone->n.tunnel));
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
		names_put(t->names, into->hint_detail);
		into->hint_detail = gone->hint_detail;
		gone->hint_detail = "";
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

static void
tracker_restore_facts(
    struct tracker *t, struct neg *n, const struct ike_negotiation *r)
{
	struct neg_facts *f = &n->n;

	f->id = r->id;
	f->other_end = r->other_end;
	tracker_name(t, &f->local, IKE_ADDR_SIZE, span_of(r->local));
	tracker_name(t, &f->tunnel, IKE_NAME_SIZE, span_of(r->tunnel));
	tracker_name(t, &f->child, IKE_NAME_SIZE, span_of(r->child));
	tracker_name(t, &f->keys, IKE_KEYS_SIZE, span_of(r->keys));
	f->kind = r->kind;
	f->role = r->role;
	f->stage = r->stage;
	f->reason = r->reason;
	f->refused_by = r->refused_by;
	f->ike_version = (unsigned)r->ike_version;
	f->rekey = r->rekey;
	f->heard = r->heard;
	f->known_peer = r->known_peer;
	f->suspects = r->suspects;
	f->ispi = r->ispi;
	f->rspi = r->rspi;
	f->spi_in = r->spi_in;
	f->spi_out = r->spi_out;
	f->retransmits = r->retransmits;
	f->events = r->events;
	f->started_at = r->started_at;
	f->updated_at = r->updated_at;
	f->established_at = r->established_at;
	f->ended_at = r->ended_at;
	if (r->detail != NULL)
		tracker_keep(t, &n->detail, span_of(r->detail));
	if (r->differs != NULL)
		tracker_keep(t, &n->differs, span_of(r->differs));
}

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
	tracker_restore_facts(t, n, r);
	n->started = n->saved = true;
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
	tracker_state_unlink(t, n);
	n->n.outcome = outcome;
	tracker_state_link(t, n);
	n->n.ended_at = r->ended_at;
	n->n.reason = r->reason;
	tracker_timer(t, n, touched);
	n->device->recent = NULL;
	tracker_let_go(t, n);
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
tracker_get(struct tracker *t, int64_t id)
{
	for (const struct neg *n = t->last; n != NULL; n = n->all_prev)
		if (n->n.id == id)
			return tracker_show(t, n);
	return NULL;
}

void
tracker_count(const struct tracker *t, struct tracker_counts *counts)
{
	*counts = t->counts;
}
