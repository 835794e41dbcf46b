/*
 * How steadily the CHILD SAs of a tunnel are renewed, and what that tells of
 * the lifetimes at its two ends. Its one rule: a few renewals, or renewals
 * without rhythm, tell nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/report.h"
#include "storage/query.h"

enum {
	GAPS_LEAST = 3,
	/* Begun by one end each time: chance does that once in 128 tunnels. */
	SIDES_LEAST = 8,
	CHILD_SIZE = 64,
};

struct rekeys {
	int64_t tunnel, last; /* the row before: its tunnel and start */
	char child[CHILD_SIZE];
	int64_t *gap; /* between renewals of the same child */
	size_t n, size;
	size_t here, there; /* who began a renewal */
	int64_t other;	    /* the tunnel as the device there sees it */
};

static int
rekeys_compare(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

int64_t
report_cadence(int64_t *gap, size_t n)
{
	if (n < GAPS_LEAST)
		return 0;
	qsort(gap, n, sizeof(*gap), rekeys_compare);
	/* the middle half lies close together, or it has no rhythm */
	if (gap[n - 1 - n / 4] > 2 * gap[n / 4])
		return 0;
	return gap[n / 2];
}

enum report_lifetimes
report_sides(size_t here, size_t there)
{
	if (here + there < SIDES_LEAST || (here != 0 && there != 0))
		return REPORT_LIFETIMES_NONE;
	return here != 0 ? REPORT_SHORTER_HERE : REPORT_SHORTER_THERE;
}

/* All rows of a tunnel were seen. */
static void
rekeys_settle(struct rekeys *k, struct report *r)
{
	struct report_tunnel *t = report_find(r, k->tunnel);

	if (t != NULL) {
		t->rekey_every = report_cadence(k->gap, k->n);
		t->rekeys = k->here + k->there;
		t->other = k->other;
		t->lifetimes = report_sides(k->here, k->there);
	}
	k->n = k->here = k->there = 0;
	k->child[0] = '\0';
	k->last = k->other = 0;
}

static void
rekeys_gap(struct rekeys *k, int64_t gap)
{
	if (k->n == k->size) {
		k->size = k->size == 0 ? 256 : 2 * k->size;
		k->gap = realloc(k->gap, k->size * sizeof(*k->gap));
		if (k->gap == NULL)
			exit(cli_fail(EX_OSERR, "out of memory"));
	}
	k->gap[k->n++] = gap;
}

static void
rekeys_row(struct query *q, struct rekeys *k)
{
	int64_t at = query_int(q, REKEYS_STARTED);
	bool rekey = query_int(q, REKEYS_REKEY) != 0;
	struct span role = query_text(q, REKEYS_ROLE);
	char child[CHILD_SIZE];

	span_copy(child, sizeof(child), query_text(q, REKEYS_CHILD));
	if (k->last != 0 && strcmp(child, k->child) == 0 && at > k->last)
		rekeys_gap(k, at - k->last);
	memcpy(k->child, child, sizeof(child));
	k->last = at;
	if (!query_null(q, REKEYS_OTHER))
		k->other = query_int(q, REKEYS_OTHER);
	if (rekey && span_is(role, "initiator"))
		k->here++;
	else if (rekey && span_is(role, "responder"))
		k->there++;
}

/* Where both ends log here and each has a rhythm of its own. */
static void
rekeys_pairs(struct report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct report_tunnel *t = &r->tunnel[i], *o;

		if (t->rekey_every == 0 || t->other == 0 ||
		    (o = report_find(r, t->other)) == NULL ||
		    o->rekey_every == 0)
			continue;
		if (t->rekey_every * 5 < o->rekey_every * 4)
			t->lifetimes = REPORT_SHORTER_HERE;
		else if (o->rekey_every * 5 < t->rekey_every * 4)
			t->lifetimes = REPORT_SHORTER_THERE;
	}
}

int
report_rekeys(struct query *q, struct report *r, const struct query_filter *f)
{
	struct rekeys k = { 0 };

	if (query_ask(q, QUERY_REKEYS, f) == -1)
		return -1;
	while (query_next(q)) {
		int64_t tunnel = query_int(q, REKEYS_TUNNEL);

		if (tunnel != k.tunnel)
			rekeys_settle(&k, r);
		k.tunnel = tunnel;
		rekeys_row(q, &k);
	}
	rekeys_settle(&k, r);
	free(k.gap);
	if (query_error(q) != NULL)
		return -1;
	rekeys_pairs(r);
	return 0;
}

const char *
report_lifetimes_name(enum report_lifetimes l)
{
	return l == REPORT_SHORTER_HERE ? "shorter_here"
	    : l == REPORT_SHORTER_THERE ? "shorter_at_peer"
					: "";
}
