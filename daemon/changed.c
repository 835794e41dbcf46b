/*
 * What changed. Its one rule: it compares what both negotiations tell and
 * claims no more; why it fails is said elsewhere.
 */
#include "daemon/changed.h"

#include <stdio.h>
#include <string.h>

#include "storage/query.h"

struct list {
	char *to;
	size_t at;
};

static void
changed_add(struct list *l, const char *fmt, const char *was, const char *is)
{
	int n;

	if (was[0] == '\0' || is[0] == '\0' || strcmp(was, is) == 0)
		return;
	n = snprintf(l->to + l->at, CHANGED_SIZE - l->at,
	    "%s%s was %s and is %s", l->at == 0 ? "" : "; ", fmt, was, is);
	if (n > 0)
		l->at += (size_t)n;
	if (l->at >= CHANGED_SIZE)
		l->at = CHANGED_SIZE - 1;
}

static const char *
changed_version(int version)
{
	return version == 1 ? "IKEv1" : version == 2 ? "IKEv2" : "";
}

static const char *
changed_vendor(const struct ike_negotiation *n)
{
	return n->vendor != NULL ? n->vendor : "";
}

void
changed_facts(char to[CHANGED_SIZE], const struct ike_negotiation *good,
    const struct ike_negotiation *bad)
{
	struct list l = { to, 0 };

	to[0] = '\0';
	changed_add(&l, "the peer's address", good->peer, bad->peer);
	changed_add(&l, "the local address", good->local, bad->local);
	changed_add(&l, "the IKE version", changed_version(good->ike_version),
	    changed_version(bad->ike_version));
	changed_add(&l, "this end", ike_role_name(good->role),
	    ike_role_name(bad->role));
	changed_add(&l, "the tunnel's name", good->tunnel, bad->tunnel);
	changed_add(&l, "the CHILD SA's name", good->child, bad->child);
	changed_add(
	    &l, "the vendor", changed_vendor(good), changed_vendor(bad));
}

int
changed_good(struct query *q, const struct ike_negotiation *bad,
    struct query_negotiation *good)
{
	struct query_filter f = { .id = bad->id };
	int64_t id = 0;

	if (bad->outcome != IKE_FAILURE && bad->outcome != IKE_STALL)
		return 0;
	if (query_ask(q, QUERY_LAST_GOOD, &f) == -1)
		return -1;
	if (query_next(q))
		id = query_int(q, 0);
	if (query_error(q) != NULL)
		return -1;
	return id == 0 ? 0 : query_negotiation(q, id, good);
}
