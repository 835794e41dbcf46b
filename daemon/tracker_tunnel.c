/*
 * Tunnels: what the operator calls by one name while SAs come and go. A
 * tunnel is down only when none of its SAs is left and none has come in
 * their place within the grace time.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/tracker_parts.h"

static struct span
tunnel_key(char *text, size_t size, const struct peer *p, struct span name)
{
	size_t n = strlen(p->addr);

	span_copy(text, size, span_of(p->addr));
	text[n] = '\n';
	span_copy(text + n + 1, size - n - 1, name);
	return (struct span){ text, n + 1 + strlen(text + n + 1) };
}

static struct tunnel *
tunnel_named(const struct tracker *t, const struct peer *p, struct span name)
{
	char text[IKE_ADDR_SIZE + IKE_NAME_SIZE + 2];
	struct correlate_owner *owner = correlate_find(t->index, p->device->no,
	    CORRELATE_TUNNEL, tunnel_key(text, sizeof(text), p, name));

	return owner == NULL ? NULL : TRACKER_OF(struct tunnel, keys, owner);
}

static bool
tunnel_name(struct tracker *t, struct tunnel *tn, struct span name)
{
	char text[IKE_ADDR_SIZE + IKE_NAME_SIZE + 2];

	names_set(t->names, &tn->t.name, IKE_NAME_SIZE, name);
	return correlate_bind(t->index, &tn->keys, tn->peer->device->no,
	    CORRELATE_TUNNEL, tunnel_key(text, sizeof(text), tn->peer, name));
}

/* As the rest of the program knows it. */
static void
tunnel_show(const struct tunnel *tn, struct ike_tunnel *to)
{
	const struct tunnel_facts *f = &tn->t;

	*to = (struct ike_tunnel){
		.id = f->id,
		.device = tn->peer->device->name,
		.vendor = tn->peer->device->vendor,
		.state = f->state,
		.since = f->since,
		.ike_version = (int)f->ike_version,
		.last_established = f->last_established,
		.last_failure = f->last_failure,
		.last_reason = f->last_reason,
		.down_reason = f->down_reason,
		.configured = f->configured,
		.attempts = f->attempts,
	};
	span_copy(to->peer, sizeof(to->peer), span_of(tn->peer->addr));
	span_copy(to->local, sizeof(to->local), span_of(f->local));
	span_copy(to->name, sizeof(to->name), span_of(f->name));
}

static void
tunnel_tell(struct tracker *t, struct tunnel *tn, enum ike_tunnel_state from,
    int64_t now)
{
	struct ike_tunnel shown;

	if (t->sink.tunnel == NULL)
		return;
	tunnel_show(tn, &shown);
	t->sink.tunnel(t->sink.arg, &shown, from, now);
}

static bool
tunnel_expected(
    const struct tracker *t, const struct peer *p, const char **name)
{
	for (const struct expected *e = t->expected; e != NULL; e = e->next)
		if ((e->device == NULL ||
			strcmp(e->device, p->device->name) == 0) &&
		    strcmp(e->peer, p->addr) == 0) {
			*name = e->name;
			return true;
		}
	return false;
}

/* Room for one more: the oldest that nothing happens in. */
static bool
tunnel_room(struct tracker *t, const struct peer *but)
{
	struct tunnel *tn = t->tunnels;
	int looked = 0;

	if (t->counts.tunnels < t->conf.max_tunnels)
		return true;
	for (; tn != NULL && looked < 256; tn = tn->all_next, looked++)
		if (tn->open + tn->up_ike + tn->up_child == 0 &&
		    tn->peer != but && !tn->t.configured &&
		    tn->t.last_established == 0) {
			tracker_tunnel_free(t, tn);
			return true;
		}
	return false;
}

struct tunnel *
tracker_tunnel_new(struct tracker *t, struct peer *p, struct span name)
{
	struct tunnel *tn;
	const char *title = NULL;

	if (!tunnel_room(t, p) || (tn = calloc(1, sizeof(*tn))) == NULL)
		return NULL;
	tn->peer = p;
	tn->t.id = t->next_tunnel++;
	tn->t.local = tn->t.name = "";
	tn->t.configured = tunnel_expected(t, p, &title);
	if (name.len == 0)
		name = span_of(title);
	if (!tunnel_name(t, tn, name)) {
		names_put(t->names, tn->t.name);
		free(tn);
		return NULL;
	}
	tn->next = p->tunnels;
	p->tunnels = tn;
	tn->all_next = t->tunnels;
	if (t->tunnels != NULL)
		t->tunnels->all_prev = tn;
	t->tunnels = tn;
	t->counts.tunnels++;
	return tn;
}

void
tracker_tunnel_free(struct tracker *t, struct tunnel *tn)
{
	struct tunnel **at = &tn->peer->tunnels;

	while (*at != tn)
		at = &(*at)->next;
	*at = tn->next;
	if (tn->all_prev != NULL)
		tn->all_prev->all_next = tn->all_next;
	else
		t->tunnels = tn->all_next;
	if (tn->all_next != NULL)
		tn->all_next->all_prev = tn->all_prev;
	for (struct neg *n = tn->peer->negs; n != NULL; n = n->peer_next)
		if (n->tunnel == tn)
			n->tunnel = NULL;
	timers_clear(&t->tunnel_timers, &tn->timer);
	correlate_release(t->index, &tn->keys);
	names_put(t->names, tn->t.local);
	names_put(t->names, tn->t.name);
	t->counts.tunnels--;
	if (tn->peer->tunnels == NULL && tn->peer->negs == NULL) {
		correlate_release(t->index, &tn->peer->keys);
		free(tn->peer);
	}
	free(tn);
}

/* ---- which tunnel ---------------------------------------------------- */

static unsigned *
tunnel_count(struct tunnel *tn, enum ike_kind kind, enum ike_outcome outcome)
{
	if (outcome == IKE_OPEN)
		return &tn->open;
	if (outcome == IKE_UP)
		return kind == IKE_KIND_CHILD ? &tn->up_child : &tn->up_ike;
	return NULL;
}

static void
tunnel_count_move(struct tunnel *tn, enum ike_kind kind, enum ike_outcome from,
    enum ike_outcome to)
{
	unsigned *count;

	if ((count = tunnel_count(tn, kind, from)) != NULL)
		--*count;
	if ((count = tunnel_count(tn, kind, to)) != NULL)
		++*count;
}

static void
tunnel_enter(struct neg *n, struct tunnel *tn)
{
	if (n->tunnel == tn)
		return;
	if (n->tunnel != NULL)
		tunnel_count_move(
		    n->tunnel, n->n.kind, n->n.outcome, IKE_OUTCOME_COUNT);
	n->tunnel = tn;
	if (tn != NULL)
		tunnel_count_move(
		    tn, n->n.kind, IKE_OUTCOME_COUNT, n->n.outcome);
}

void
tracker_tunnel_left(struct neg *n)
{
	tunnel_enter(n, NULL);
}

void
tracker_tunnel_restored(struct neg *n, enum ike_outcome outcome)
{
	tunnel_count_move(n->tunnel, n->n.kind, IKE_OPEN, outcome);
	if (outcome == IKE_UP && n->n.kind == IKE_KIND_CHILD)
		n->tunnel->had_child = true;
}

/* A negotiation that names no tunnel is of the only one with its peer. */
static struct tunnel *
tunnel_nameless(const struct tracker *t, const struct peer *p)
{
	struct tunnel *tn = tunnel_named(t, p, SPAN_NONE);

	if (tn == NULL && p->tunnels != NULL && p->tunnels->next == NULL)
		tn = p->tunnels;
	return tn;
}

static struct tunnel *
tunnel_for(struct tracker *t, struct neg *n)
{
	struct span name = span_of(n->n.tunnel);
	struct tunnel *tn;

	if (n->parent != NULL && n->parent->tunnel != NULL)
		return n->parent->tunnel;
	if (name.len == 0)
		return tunnel_nameless(t, n->peer);
	if ((tn = tunnel_named(t, n->peer, name)) != NULL)
		return tn;
	/* The first name that is heard names the tunnel without one. */
	if ((tn = tunnel_named(t, n->peer, SPAN_NONE)) != NULL)
		return tunnel_name(t, tn, name) ? tn : NULL;
	return NULL;
}

void
tracker_tunnel_assign(struct tracker *t, struct neg *n, bool make)
{
	struct tunnel *tn;
	struct span name = span_of(n->n.tunnel);

	if (n->peer->addr[0] == '\0' && name.len == 0)
		return;
	tn = n->tunnel;
	if (tn == NULL || tn->peer != n->peer ||
	    (n->n.kind == IKE_KIND_IKE && name.len > 0 &&
		!span_is(name, tn->t.name))) {
		tn = tunnel_for(t, n);
		/* Strangers that only knock get no tunnel. */
		if (tn == NULL &&
		    (make || name.len > 0 || n->n.role == IKE_INITIATOR))
			tn = tracker_tunnel_new(t, n->peer, name);
		tunnel_enter(n, tn);
	}
	if (tn == NULL)
		return;
	n->n.known_peer = tn->t.configured || tn->t.last_established != 0;
	tracker_name(t, &tn->t.local, IKE_ADDR_SIZE, span_of(n->n.local));
	if (n->n.ike_version != 0)
		tn->t.ike_version = n->n.ike_version;
}

/* ---- states ---------------------------------------------------------- */

static bool
tunnel_live(const struct tunnel *tn)
{
	return tn->up_child > 0 || (!tn->had_child && tn->up_ike > 0);
}

static bool
tunnel_was_up(const struct tunnel *tn)
{
	return tn->t.state == IKE_TUNNEL_UP ||
	    tn->t.state == IKE_TUNNEL_REKEYING;
}

static enum ike_tunnel_state
tunnel_state(const struct tunnel *tn)
{
	if (tunnel_live(tn))
		return tn->open > 0 ? IKE_TUNNEL_REKEYING : IKE_TUNNEL_UP;
	if (tunnel_was_up(tn))
		return tn->t.state; /* until the grace time is over */
	if (tn->open > 0)
		return IKE_TUNNEL_NEGOTIATING;
	return tn->t.last_failure != 0 || tn->t.last_established != 0
	    ? IKE_TUNNEL_DOWN
	    : tn->t.state;
}

static void
tunnel_set(struct tracker *t, struct tunnel *tn, enum ike_tunnel_state to,
    bool tell, int64_t now)
{
	enum ike_tunnel_state from = tn->t.state;

	if (from != to) {
		tn->t.state = to;
		tn->t.since = now;
	}
	if (from != to || tell)
		tunnel_tell(t, tn, from, now);
}

void
tracker_tunnel_moved(
    struct tracker *t, struct neg *n, enum ike_outcome from, int64_t now)
{
	struct tunnel *tn = n->tunnel;
	enum ike_outcome to = n->n.outcome;

	if (tn == NULL)
		return;
	tunnel_count_move(tn, n->n.kind, from, to);
	if (to == IKE_UP) {
		if (n->n.kind == IKE_KIND_CHILD)
			tn->had_child = true;
		if (tunnel_live(tn)) {
			tn->t.last_established = now;
			tn->t.attempts = 0;
			tn->t.down_reason = IKE_REASON_NONE;
			timers_clear(&t->tunnel_timers, &tn->timer);
		}
		n->n.known_peer = true;
	}
	if (to == IKE_FAILURE || to == IKE_STALL) {
		tn->t.last_failure = now;
		tn->t.last_reason = n->n.reason;
		tn->t.attempts++;
	}
	if (from == IKE_UP && !tunnel_live(tn)) {
		tn->t.down_reason = n->n.reason;
		if (tunnel_was_up(tn) && tn->timer.place == 0)
			timers_set(&t->tunnel_timers, &tn->timer,
			    now + t->conf.rekey_grace);
	}
	tunnel_set(t, tn, tunnel_state(tn), true, now);
}

void
tracker_tunnel_refined(struct tracker *t, struct neg *n, int64_t now)
{
	struct tunnel *tn = n->tunnel;

	if (tn == NULL || n->n.ended_at == 0 ||
	    tn->t.last_failure != n->n.ended_at)
		return;
	tn->t.last_reason = n->n.reason;
	tunnel_tell(t, tn, tn->t.state, now);
}

void
tracker_tunnel_due(struct tracker *t, struct tunnel *tn, int64_t now)
{
	if (tunnel_live(tn))
		return;
	tunnel_set(t, tn, IKE_TUNNEL_DOWN, false, now);
	if (tn->open > 0)
		tunnel_set(t, tn, IKE_TUNNEL_NEGOTIATING, false, now);
}

/* ---- what is expected ------------------------------------------------ */

static void
tracker_expected_free(struct expected *e)
{
	free(e->device);
	free(e->peer);
	free(e->name);
	free(e);
}

int
tracker_expect(
    struct tracker *t, const char *device, const char *peer, const char *name)
{
	struct expected *e = calloc(1, sizeof(*e));
	struct device *d;
	struct peer *p;
	struct tunnel *tn;

	if (e == NULL)
		return -1;
	e->device = device == NULL ? NULL : strdup(device);
	e->peer = strdup(peer);
	e->name = strdup(name == NULL ? "" : name);
	if (e->peer == NULL || e->name == NULL ||
	    (device != NULL && e->device == NULL)) {
		tracker_expected_free(e);
		return -1;
	}
	e->next = t->expected;
	t->expected = e;
	for (tn = t->tunnels; tn != NULL; tn = tn->all_next)
		if (strcmp(tn->peer->addr, peer) == 0 &&
		    (device == NULL ||
			strcmp(tn->peer->device->name, device) == 0))
			tn->t.configured = true;
	if (device == NULL)
		return 0;
	if ((d = tracker_device(t, device)) == NULL ||
	    (p = tracker_peer(t, d, span_of(peer))) == NULL)
		return -1;
	if (p->tunnels == NULL) {
		if ((tn = tracker_tunnel_new(t, p, span_of(e->name))) == NULL)
			return -1;
		tunnel_tell(t, tn, tn->t.state, 0);
	}
	return 0;
}

void
tracker_expect_none(struct tracker *t)
{
	struct expected *e;

	while ((e = t->expected) != NULL) {
		t->expected = e->next;
		tracker_expected_free(e);
	}
	for (struct tunnel *tn = t->tunnels; tn != NULL; tn = tn->all_next)
		tn->t.configured = false;
}

/* ---- reading --------------------------------------------------------- */

int
tracker_restore_tunnel(struct tracker *t, const struct ike_tunnel *r)
{
	struct device *d = tracker_device(t, r->device);
	struct peer *p;
	struct tunnel *tn;
	int64_t next = t->next_tunnel;

	if (d == NULL || (p = tracker_peer(t, d, span_of(r->peer))) == NULL)
		return -1;
	if (r->vendor != NULL)
		d->vendor = r->vendor;
	tn = tunnel_named(t, p, span_of(r->name));
	if (tn == NULL &&
	    (tn = tracker_tunnel_new(t, p, span_of(r->name))) == NULL)
		return -1;
	tn->t.id = r->id;
	tracker_name(t, &tn->t.local, IKE_ADDR_SIZE, span_of(r->local));
	tn->t.state = r->state;
	tn->t.since = r->since;
	tn->t.ike_version = (unsigned)r->ike_version;
	tn->t.last_established = r->last_established;
	tn->t.last_failure = r->last_failure;
	tn->t.last_reason = r->last_reason;
	tn->t.down_reason = r->down_reason;
	tn->t.attempts = r->attempts;
	if (tn->t.state == IKE_TUNNEL_UP || tn->t.state == IKE_TUNNEL_REKEYING)
		tn->had_child = false;
	t->next_tunnel = r->id >= next ? r->id + 1 : next;
	return 0;
}

void
tracker_tunnels(const struct tracker *t,
    void (*cb)(void *arg, const struct ike_tunnel *), void *arg)
{
	for (const struct tunnel *tn = t->tunnels; tn != NULL;
	     tn = tn->all_next) {
		struct ike_tunnel shown;

		tunnel_show(tn, &shown);
		cb(arg, &shown);
	}
}
