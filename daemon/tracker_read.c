/*
 * What one record adds to its negotiation: names and numbers, the stage, what
 * the sides want, and the reason, of which the best wins.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/tracker_parts.h"

#define SECOND INT64_C(1000000)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A hint explains what follows within this time. */
#define TRACKER_HINT_LASTS (180 * SECOND)

/* ---- what a record says ---------------------------------------------- */

bool
tracker_name(
    struct tracker *t, const char **held, size_t size, struct span text)
{
	if (text.len == 0 || span_is(text, *held))
		return false;
	names_set(t->names, held, size, text);
	return true;
}

bool
tracker_keep(struct tracker *t, const char **to, struct span text)
{
	size_t n = text.len < IKE_DETAIL_SIZE ? text.len : IKE_DETAIL_SIZE - 1;

	/* Not in the middle of a UTF-8 character. */
	while (
	    n < text.len && n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	text.len = n;
	return tracker_name(t, to, IKE_DETAIL_SIZE, text);
}

void
tracker_spi(struct ike_spi *to, struct ike_spi from)
{
	if (from.known && (from.value != 0 || !to->known))
		*to = from;
}

/* A stage says more than "phase 1", and a later one more than an earlier. */
bool
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

void
tracker_fill(struct tracker *t, struct neg *n, const struct ike_event *ev)
{
	int version = ev->ike_version != 0 ? ev->ike_version
					   : ike_stage_version(ev->stage);

	if (ev->peer.len > 0 && n->n.peer[0] == '\0')
		tracker_set_peer(t, n, tracker_peer(t, n->device, ev->peer));
	tracker_name(t, &n->n.local, IKE_ADDR_SIZE, ev->local);
	if (n->n.kind == IKE_KIND_IKE || n->n.tunnel[0] == '\0')
		tracker_name(t, &n->n.tunnel, IKE_NAME_SIZE, ev->tunnel);
	if (n->n.kind == IKE_KIND_CHILD)
		tracker_name(t, &n->n.child, IKE_NAME_SIZE, ev->child);
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
void
tracker_fill_from_parent(struct tracker *t, struct neg *n)
{
	const struct neg_facts *p;

	if (n->parent == NULL)
		return;
	p = &n->parent->n;
	if (n->n.peer[0] == '\0' && p->peer[0] != '\0')
		tracker_set_peer(t, n, n->parent->peer);
	if (n->n.local[0] == '\0')
		tracker_name(t, &n->n.local, IKE_ADDR_SIZE, span_of(p->local));
	if (p->tunnel[0] != '\0' && strcmp(p->tunnel, n->n.tunnel) != 0) {
		if (n->n.child[0] == '\0')
			tracker_name(t, &n->n.child, IKE_NAME_SIZE,
			    span_of(n->n.tunnel));
		tracker_name(
		    t, &n->n.tunnel, IKE_NAME_SIZE, span_of(p->tunnel));
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

void
tracker_said(struct tracker *t, struct neg *n, const struct ike_event *ev)
{
	char text[IKE_DIFFERS_SIZE];

	if (!differ_take(&n->said, ev))
		return;
	differ_text(n->said, n->other_end == NULL ? NULL : n->other_end->said,
	    text, sizeof(text));
	if (text[0] != '\0')
		tracker_keep(t, &n->differs, span_of(text));
}

/* ---- reasons --------------------------------------------------------- */

ike_reasons
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
tracker_reason(struct tracker *t, struct neg *n, enum ike_reason reason,
    ike_reasons suspects, struct span detail)
{
	if (reason == IKE_REASON_NONE ||
	    ike_reason_rank(reason) <= ike_reason_rank(n->n.reason))
		return false;
	n->n.reason = reason;
	n->n.suspects = suspects;
	tracker_keep(t, &n->detail, detail);
	return true;
}

/* What the reason of a record is, given what is known of its negotiation. */
enum ike_reason
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
	if (reason == IKE_R_IPSEC_PROPOSAL_MISMATCH &&
	    n->n.kind == IKE_KIND_CHILD && n->n.stage != IKE_AUTH &&
	    differ_pfs(n->said))
		return IKE_R_PFS_MISMATCH;
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
	/* Told again and again, never answered, and given up. */
	if (reason == IKE_REASON_NONE && ev->what == IKE_DELETED &&
	    tracker_is_open(n) && n->n.retransmits > 0 && !n->n.heard)
		return IKE_R_NO_RESPONSE;
	if (reason == IKE_REASON_NONE) {
		if (ev->what == IKE_PEER_DEAD)
			return IKE_R_PEER_DEAD;
		if (ev->what == IKE_FAILED || ev->what == IKE_CONFIG_PROBLEM)
			return IKE_R_UNKNOWN;
	}
	return reason;
}

void
tracker_hint(struct tracker *t, struct neg *n, enum ike_reason reason,
    const struct ike_event *ev, int64_t now)
{
	if (ike_reason_rank(reason) <= ike_reason_rank(n->hint) &&
	    now - n->hint_at < TRACKER_HINT_LASTS)
		return;
	n->hint = reason;
	n->hint_at = now;
	n->hint_suspects = ev->suspects;
	tracker_keep(t, &n->hint_detail, ev->detail);
}

/*
 * An end has a reason: the record's own, or a hint that told more. An SA that
 * was up and is deleted for a stated reason is not explained by a hint, which
 * then is only suspected.
 */
bool
tracker_conclude(struct tracker *t, struct neg *n, const struct ike_event *ev,
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
		    t, n, hint, n->hint_suspects, span_of(n->hint_detail));
	if (tracker_reason(t, n, reason, ev->suspects, ev->detail))
		better = true;
	if (stated && hint != IKE_REASON_NONE && hint != reason)
		n->n.suspects |= IKE_BIT(hint);
	if (n->n.suspects == 0 &&
	    (n->n.reason == IKE_R_NEGOTIATION_TIMEOUT ||
		n->n.reason == IKE_R_NO_RESPONSE))
		n->n.suspects = tracker_suspects(n);
	return better;
}
