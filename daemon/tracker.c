/*
 * The way of an event: find its negotiation, fill in what the record says,
 * take the step, tell. Every outcome changes in tracker_move() and nowhere
 * else.
 */
#include "daemon/tracker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/tracker_parts.h"

#define SECOND INT64_C(1000000)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A hint explains what follows within this time. */
#define TRACKER_HINT_LASTS (180 * SECOND)

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
	conf->max_tunnels = 100000;
}

struct tracker *
tracker_new(const struct tracker_conf *conf, const struct tracker_sink *sink)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	if ((t->index = correlate_new()) == NULL) {
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

static void
tracker_device_free(struct device *d)
{
	free(d->contexts);
	free(d->name);
	free(d);
}

void
tracker_free(struct tracker *t)
{
	struct device *d;

	if (t == NULL)
		return;
	while (t->first != NULL)
		tracker_neg_free(t, t->first);
	while (t->tunnels != NULL)
		tracker_tunnel_free(t, t->tunnels);
	tracker_expect_none(t);
	while ((d = t->devices) != NULL) {
		t->devices = d->next;
		correlate_release(t->index, &d->keys);
		tracker_device_free(d);
	}
	correlate_free(t->index);
	timers_free(&t->timers);
	timers_free(&t->tunnel_timers);
	free(t);
}

/* ---- devices and peers ----------------------------------------------- */

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

static void
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

static void
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

static void tracker_move(
    struct tracker *, struct neg *, enum ike_outcome, int64_t now);

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

/* ---- what a record says ---------------------------------------------- */

static bool
tracker_text(char *to, size_t size, struct span text)
{
	if (text.len == 0 || span_is(text, to))
		return false;
	span_copy(to, size, text);
	return true;
}

static bool
tracker_keep(char **to, struct span text)
{
	size_t n = text.len < IKE_DETAIL_SIZE ? text.len : IKE_DETAIL_SIZE - 1;
	char *copy;

	/* Not in the middle of a UTF-8 character. */
	while (
	    n < text.len && n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	if (n == 0 || (copy = strndup(text.p, n)) == NULL)
		return false;
	free(*to);
	*to = copy;
	return true;
}

static void
tracker_spi(struct ike_spi *to, struct ike_spi from)
{
	if (from.known && (from.value != 0 || !to->known))
		*to = from;
}

/* A stage says more than "phase 1", and a later one more than an earlier. */
static bool
tracker_stage(struct neg *n, const struct ike_event *ev)
{
	enum ike_kind kind = ike_stage_kind(ev->stage);
	enum ike_stage old = n->n.stage;

	if (ev->stage == IKE_STAGE_NONE || ev->stage == old)
		return false;
	if (old != IKE_STAGE_NONE) {
		if (kind != n->n.kind)
			return false;
		if (ev->stage == IKE_PHASE1 || ev->stage == IKE_PHASE2)
			return false;
		if (!tracker_is_open(n) && ev->what != IKE_FAILED)
			return false;
		if (ike_stage_version(ev->stage) == 2 &&
		    ike_stage_version(old) == 2 && ev->stage < old)
			return false;
	}
	n->n.stage = ev->stage;
	return true;
}

static void
tracker_fill(struct tracker *t, struct neg *n, const struct ike_event *ev)
{
	int version = ev->ike_version != 0 ? ev->ike_version
					   : ike_stage_version(ev->stage);

	if (ev->peer.len > 0 && n->n.peer[0] == '\0')
		tracker_set_peer(t, n, tracker_peer(t, n->device, ev->peer));
	tracker_text(n->n.local, sizeof(n->n.local), ev->local);
	if (n->n.kind == IKE_KIND_IKE || n->n.tunnel[0] == '\0')
		tracker_text(n->n.tunnel, sizeof(n->n.tunnel), ev->tunnel);
	if (n->n.kind == IKE_KIND_CHILD)
		tracker_text(n->n.child, sizeof(n->n.child), ev->child);
	if (n->n.role == IKE_ROLE_NONE)
		n->n.role = ev->role;
	if (n->n.ike_version == 0)
		n->n.ike_version = version;
	if (n->n.kind == IKE_KIND_IKE || ev->ispi.known) {
		tracker_spi(&n->n.ispi, ev->ispi);
		tracker_spi(&n->n.rspi, ev->rspi);
	}
	if (ev->spi_in != 0 && n->n.kind == IKE_KIND_CHILD)
		n->n.spi_in = ev->spi_in;
	if (ev->spi_out != 0 && n->n.kind == IKE_KIND_CHILD)
		n->n.spi_out = ev->spi_out;
	if ((ev->flags & IKE_F_HEARD) != 0 || n->n.rspi.value != 0)
		n->n.heard = true;
	if ((ev->flags & IKE_F_REKEY) != 0)
		n->n.rekey = true;
	if (ev->what == IKE_STARTED)
		n->started = true;
	if (ev->what == IKE_RETRANSMIT)
		n->n.retransmits++;
	n->n.events++;
}

/* A child knows by its IKE SA what its own records do not say. */
static void
tracker_fill_from_parent(struct tracker *t, struct neg *n)
{
	const struct ike_negotiation *p;

	if (n->parent == NULL)
		return;
	p = &n->parent->n;
	if (n->n.peer[0] == '\0' && p->peer[0] != '\0')
		tracker_set_peer(t, n, n->parent->peer);
	if (n->n.local[0] == '\0')
		tracker_text(n->n.local, sizeof(n->n.local), span_of(p->local));
	if (p->tunnel[0] != '\0' && strcmp(p->tunnel, n->n.tunnel) != 0) {
		if (n->n.child[0] == '\0')
			tracker_text(n->n.child, sizeof(n->n.child),
			    span_of(n->n.tunnel));
		tracker_text(
		    n->n.tunnel, sizeof(n->n.tunnel), span_of(p->tunnel));
	}
	if (n->n.ike_version == 0)
		n->n.ike_version = p->ike_version;
	if (!n->n.ispi.known)
		n->n.ispi = p->ispi;
	if (!n->n.rspi.known)
		n->n.rspi = p->rspi;
	if (n->n.role == IKE_ROLE_NONE && !n->n.rekey)
		n->n.role = p->role;
}

/* ---- reasons --------------------------------------------------------- */

static ike_reasons
tracker_suspects(const struct neg *n)
{
	static const struct {
		enum ike_stage stage;
		bool heard;
		ike_reasons suspects;
	} rows[] = {
#define B(r) IKE_BIT(IKE_R_##r)
		{ IKE_AUTH, true,
		    B(PEER_ID_MISMATCH) | B(PSK_MISMATCH) |
			B(AUTHENTICATION_FAILED) | B(IPSEC_PROPOSAL_MISMATCH) |
			B(TRAFFIC_SELECTOR_MISMATCH) },
		{ IKE_QUICK_MODE, true,
		    B(IPSEC_PROPOSAL_MISMATCH) | B(TRAFFIC_SELECTOR_MISMATCH) |
			B(PFS_MISMATCH) },
		{ IKE_PHASE2, true,
		    B(IPSEC_PROPOSAL_MISMATCH) | B(TRAFFIC_SELECTOR_MISMATCH) |
			B(PFS_MISMATCH) },
		{ IKE_CREATE_CHILD_SA, true,
		    B(IPSEC_PROPOSAL_MISMATCH) | B(TRAFFIC_SELECTOR_MISMATCH) |
			B(PFS_MISMATCH) },
		{ IKE_MAIN_MODE, true,
		    B(PSK_MISMATCH) | B(PEER_ID_MISMATCH) |
			B(IKE_PROPOSAL_MISMATCH) },
		{ IKE_AGGRESSIVE_MODE, true,
		    B(PSK_MISMATCH) | B(PEER_ID_MISMATCH) },
		{ IKE_XAUTH, true, B(XAUTH_TIMEOUT) },
		{ IKE_STAGE_NONE, false,
		    B(NO_RESPONSE) | B(NETWORK_ERROR) | B(PEER_NOT_CONFIGURED) |
			B(IKE_PROPOSAL_MISMATCH) },
#undef B
	};
	enum ike_stage stage = n->n.stage;

	/* IKE_AUTH is only sent when IKE_SA_INIT was answered. */
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].stage == stage &&
		    (!rows[i].heard || n->n.heard || stage == IKE_AUTH ||
			n->n.kind == IKE_KIND_CHILD))
			return rows[i].suspects;
	return n->n.heard ? 0 : rows[COUNT(rows) - 1].suspects;
}

bool
tracker_reason(struct neg *n, enum ike_reason reason, ike_reasons suspects,
    struct span detail)
{
	if (reason == IKE_REASON_NONE ||
	    ike_reason_rank(reason) <= ike_reason_rank(n->n.reason))
		return false;
	n->n.reason = reason;
	n->n.suspects = suspects;
	tracker_keep(&n->detail, detail);
	return true;
}

/* What the reason of a record is, given what is known of its negotiation. */
static enum ike_reason
tracker_read(const struct neg *n, const struct ike_event *ev)
{
	enum ike_reason reason = ev->reason;

	if (reason == IKE_R_PROPOSAL_MISMATCH) {
		if (n->n.kind == IKE_KIND_CHILD)
			return IKE_R_IPSEC_PROPOSAL_MISMATCH;
		if (n->n.established_at != 0)
			return IKE_R_IPSEC_PROPOSAL_MISMATCH;
		if (n->started || ike_stage_kind(n->n.stage) == IKE_KIND_IKE)
			return IKE_R_IKE_PROPOSAL_MISMATCH;
	}
	/* RFC 2409, 5.5: the identities of quick mode are the selectors. */
	if (reason == IKE_R_PEER_ID_MISMATCH && n->n.ike_version == 1 &&
	    n->n.kind == IKE_KIND_CHILD)
		return IKE_R_TRAFFIC_SELECTOR_MISMATCH;
	if (tracker_is_up(n) && n->n.kind == IKE_KIND_IKE &&
	    (reason == IKE_R_NO_RESPONSE ||
		reason == IKE_R_NEGOTIATION_TIMEOUT))
		return IKE_R_PEER_DEAD;
	/* An SA that never was up cannot lose its peer. */
	if (ev->what == IKE_PEER_DEAD && tracker_is_open(n) && n->started)
		return IKE_R_NO_RESPONSE;
	if (reason == IKE_REASON_NONE && ev->what == IKE_DELETED &&
	    n->parent != NULL &&
	    ike_reason_category(n->parent->hint) == IKE_CAT_LIFECYCLE)
		return n->parent->hint;
	if (reason == IKE_REASON_NONE) {
		if (ev->what == IKE_PEER_DEAD)
			return IKE_R_PEER_DEAD;
		if (ev->what == IKE_FAILED || ev->what == IKE_CONFIG_PROBLEM)
			return IKE_R_UNKNOWN;
	}
	return reason;
}

static void
tracker_hint(struct neg *n, enum ike_reason reason, const struct ike_event *ev,
    int64_t now)
{
	if (ike_reason_rank(reason) <= ike_reason_rank(n->hint) &&
	    now - n->hint_at < TRACKER_HINT_LASTS)
		return;
	n->hint = reason;
	n->hint_at = now;
	n->hint_suspects = ev->suspects;
	tracker_keep(&n->hint_detail, ev->detail);
}

/* ---- steps ----------------------------------------------------------- */

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

static void
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
static void
tracker_move(struct tracker *t, struct neg *n, enum ike_outcome to, int64_t now)
{
	enum ike_outcome from = n->n.outcome;

	if (from == to)
		return;
	tracker_tunnel_assign(t, n, to != IKE_SUPERSEDED);
	if (from == IKE_OPEN)
		tracker_open_unlink(t, n);
	n->n.outcome = to;
	if (to == IKE_OPEN)
		tracker_open_link(t, n);
	n->n.ended_at = to == IKE_OPEN || to == IKE_UP ? 0 : now;
	if (to == IKE_UP) {
		n->n.established_at = now;
		n->n.reason = IKE_REASON_NONE;
		n->n.suspects = 0;
		n->n.refused_by = IKE_REFUSED_NONE;
		n->hint = IKE_REASON_NONE;
		free(n->detail);
		n->detail = NULL;
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
			tracker_reason(c, c->hint, c->hint_suspects,
			    span_of(c->hint_detail));
			tracker_move(t, c, IKE_FAILURE, now);
			tracker_tell(t, c, TRACKER_OUTCOME, now);
			continue;
		}
		tracker_reason(c,
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
		tracker_reason(o, IKE_R_SUPERSEDED, 0, SPAN_NONE);
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

/*
 * An end has a reason: the record's own, or a hint that told more. An SA that
 * was up and is deleted for a stated reason is not explained by a hint, which
 * then is only suspected.
 */
static bool
tracker_conclude(struct neg *n, const struct ike_event *ev,
    enum ike_reason reason, int64_t now)
{
	bool better = false,
	     stated = reason != IKE_REASON_NONE && tracker_is_up(n) &&
	    ev->what == IKE_DELETED;
	enum ike_reason hint =
	    now - n->hint_at < TRACKER_HINT_LASTS ? n->hint : IKE_REASON_NONE;

	if (hint != IKE_REASON_NONE && !stated &&
	    ike_reason_rank(hint) >= ike_reason_rank(reason))
		better = tracker_reason(
		    n, hint, n->hint_suspects, span_of(n->hint_detail));
	if (tracker_reason(n, reason, ev->suspects, ev->detail))
		better = true;
	if (stated && hint != IKE_REASON_NONE && hint != reason)
		n->n.suspects |= IKE_BIT(hint);
	if (n->n.suspects == 0 &&
	    (n->n.reason == IKE_R_NEGOTIATION_TIMEOUT ||
		n->n.reason == IKE_R_NO_RESPONSE))
		n->n.suspects = tracker_suspects(n);
	return better;
}

static unsigned
tracker_outcome(
    struct tracker *t, struct neg *n, const struct ike_event *ev, int64_t now)
{
	enum ike_reason reason = tracker_read(n, ev);
	enum ike_outcome to = tracker_step(n, ev, reason);
	bool ends = ev->what == IKE_FAILED || ev->what == IKE_DELETED ||
	    ev->what == IKE_PEER_DEAD || ev->what == IKE_CONFIG_PROBLEM;
	bool hint = (ev->flags & IKE_F_HINT) != 0;
	struct neg *successor;
	unsigned changed = 0;

	if (hint && !ends && reason != IKE_REASON_NONE) {
		tracker_hint(n, reason, ev, now);
		if (n->n.outcome != IKE_FAILURE && n->n.outcome != IKE_STALL)
			return 0;
		return tracker_conclude(n, ev, reason, now) ? TRACKER_REASON
							    : 0;
	}
	if (n->n.refused_by == IKE_REFUSED_NONE)
		n->n.refused_by = tracker_refused(ev);
	if (to == IKE_GONE && n->n.outcome == IKE_UP &&
	    (successor = tracker_successor(n)) != NULL) {
		to = IKE_SUPERSEDED;
		if (reason == IKE_REASON_NONE)
			reason = IKE_R_SUPERSEDED;
	}
	/* The reason first: what hears of the move wants to know it. */
	if (ends && (to != STAY || !tracker_is_up(n)) &&
	    tracker_conclude(n, ev, reason, now))
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

static void
tracker_said(struct neg *n, const struct ike_event *ev)
{
	char text[IKE_DIFFERS_SIZE];

	if (!differ_take(&n->said, ev))
		return;
	differ_text(n->said, n->other_end == NULL ? NULL : n->other_end->said,
	    text, sizeof(text));
	if (text[0] != '\0')
		tracker_keep(&n->differs, span_of(text));
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
	tracker_said(n, ev);
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

/* ---- the way of an event --------------------------------------------- */

static void
tracker_context_turn(struct context *c, const struct ike_event *ev)
{
	if ((ev->flags & IKE_F_TURN) == 0)
		return;
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

const struct ike_negotiation *
tracker_event(struct tracker *t, const char *device, const char *vendor,
    const struct ike_event *ev, int64_t now)
{
	struct ike_event full = *ev;
	struct device *d = tracker_device(t, device);
	struct context *c;
	struct neg *n;

	if (d == NULL || ev->what == IKE_HA_SYNC ||
	    (c = tracker_context(d, ev)) == NULL)
		return NULL;
	d->vendor = vendor;
	tracker_context_turn(c, ev);
	n = tracker_find(t, d, c, ev, now);
	/* The addresses may have stood in the line before. */
	if (full.local.len == 0 && c->local[0] != '\0' && n != NULL &&
	    strcmp(n->n.peer, c->peer) == 0)
		full.local = span_of(c->local);
	tracker_context_set(c, n, ev, now);
	if (n == NULL)
		return NULL;
	tracker_bind(t, n, &full);
	tracker_apply(t, n, &full, now);
	return &n->n;
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
		    n, n->hint, n->hint_suspects, span_of(n->hint_detail));
	else
		tracker_reason(
		    n, IKE_R_STALLED, tracker_suspects(n), span_of(why));
	tracker_move(t, n, IKE_STALL, now);
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
}

int64_t
tracker_due(const struct tracker *t)
{
	const struct timer *a = timers_first(&t->timers);
	const struct timer *b = timers_first(&t->tunnel_timers);
	int64_t due = a == NULL ? INT64_MAX : a->at;

	return b != NULL && b->at < due ? b->at : due;
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
