/*
 * Both ends: when the peer's firewall logs here too, the same attempt is seen
 * twice. The SPI pair joins the two; without SPIs, mirrored addresses at the
 * same time do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/tracker_parts.h"

#define SECOND INT64_C(1000000)

/* Two ends of one attempt begin within this of each other. */
enum { ENDS_APART = 10 };

static bool
ends_match(const struct neg *a, const struct neg *b, bool by_spi)
{
	int64_t apart = a->n.started_at - b->n.started_at;

	if (a == b || a->device == b->device || a->n.kind != b->n.kind ||
	    b->other_end != NULL)
		return false;
	if (a->n.role != IKE_ROLE_NONE && a->n.role == b->n.role)
		return false;
	if (a->n.ike_version != 0 && b->n.ike_version != 0 &&
	    a->n.ike_version != b->n.ike_version)
		return false;
	if (by_spi)
		return true;
	if (a->n.ispi.value != 0 && b->n.ispi.value != 0 &&
	    a->n.ispi.value != b->n.ispi.value)
		return false;
	return apart <= ENDS_APART * SECOND && apart >= -ENDS_APART * SECOND;
}

static struct neg *
ends_find(const struct tracker *t, struct neg *n, enum correlate_kind kind,
    struct span value)
{
	struct correlate_owner *owner =
	    correlate_find(t->index, 0, kind, value);
	struct neg *other =
	    owner == NULL ? NULL : TRACKER_OF(struct neg, keys, owner);

	if (other == NULL || !ends_match(n, other, kind == CORRELATE_SPIS))
		return NULL;
	return other;
}

static struct neg *
ends_by_spi(struct tracker *t, struct neg *n)
{
	uint64_t pair[3] = { n->n.ispi.value, n->n.rspi.value,
		(uint64_t)n->n.kind };
	struct span key = { (const char *)pair, sizeof(pair) };
	struct neg *other;

	if (n->n.kind != IKE_KIND_IKE || pair[0] == 0 || pair[1] == 0)
		return NULL;
	if ((other = ends_find(t, n, CORRELATE_SPIS, key)) == NULL)
		correlate_bind(t->index, &n->keys, 0, CORRELATE_SPIS, key);
	return other;
}

static struct neg *
ends_by_address(struct tracker *t, struct neg *n)
{
	char key[2 * IKE_ADDR_SIZE + 4];
	struct neg *other;
	int len;

	if (n->n.peer[0] == '\0' || n->n.local[0] == '\0')
		return NULL;
	len = snprintf(key, sizeof(key), "%s %s %d", n->n.peer, n->n.local,
	    (int)n->n.kind);
	other =
	    ends_find(t, n, CORRELATE_ENDS, (struct span){ key, (size_t)len });
	if (other != NULL)
		return other;
	len = snprintf(key, sizeof(key), "%s %s %d", n->n.local, n->n.peer,
	    (int)n->n.kind);
	correlate_bind(t->index, &n->keys, 0, CORRELATE_ENDS,
	    (struct span){ key, (size_t)len });
	return NULL;
}

/* One end's reason for both: the side that checks knows best. */
static bool
ends_refine(struct tracker *t, struct neg *n, const struct neg *by)
{
	bool failed = n->n.outcome == IKE_FAILURE || n->n.outcome == IKE_STALL;
	bool changed = false;

	if (by->n.outcome != IKE_FAILURE || !failed)
		return false;
	if (by->n.refused_by == IKE_REFUSED_HERE &&
	    n->n.refused_by == IKE_REFUSED_NONE) {
		n->n.refused_by = IKE_REFUSED_PEER;
		changed = true;
	} else if (n->n.refused_by == IKE_REFUSED_NONE &&
	    by->n.refused_by == IKE_REFUSED_PEER) {
		n->n.refused_by = IKE_REFUSED_HERE;
		changed = true;
	}
	/*
	 * That it heard nothing of us is no reason of ours; and who was
	 * refused knows no better than who refused.
	 */
	if (ike_reason_category(by->n.reason) != IKE_CAT_CONNECTIVITY &&
	    !(by->n.refused_by == IKE_REFUSED_PEER &&
		n->n.refused_by == IKE_REFUSED_HERE &&
		ike_reason_rank(n->n.reason) > 2) &&
	    tracker_reason(
		t, n, by->n.reason, by->n.suspects, span_of(by->detail)))
		changed = true;
	return changed;
}

static void
ends_differ(struct tracker *t, struct neg *n, const struct neg *other)
{
	char text[IKE_DIFFERS_SIZE];

	if (n->differs[0] != '\0')
		return;
	differ_text(n->said, other->said, text, sizeof(text));
	tracker_keep(t, &n->differs, span_of(text));
}

static void
ends_share(struct tracker *t, struct neg *n, struct neg *other, int64_t now)
{
	bool told = n->differs[0] != '\0';

	if (ends_refine(t, n, other))
		tracker_tell(t, n, TRACKER_REASON, now);
	if (n->n.outcome == IKE_FAILURE) {
		ends_differ(t, n, other);
		if (!told && n->differs[0] != '\0')
			tracker_tell(t, n, TRACKER_REASON, now);
	}
}

void
tracker_ends(struct tracker *t, struct neg *n, int64_t now)
{
	struct neg *other = n->other_end;

	if (other == NULL) {
		if ((other = ends_by_spi(t, n)) == NULL)
			other = ends_by_address(t, n);
		if (other == NULL)
			return;
		n->other_end = other;
		other->other_end = n;
		tracker_tell(t, n, TRACKER_JOINED, now);
		tracker_tell(t, other, TRACKER_JOINED, now);
	}
	ends_share(t, other, n, now);
	ends_share(t, n, other, now);
}
