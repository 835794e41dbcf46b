/*
 * A rhythm is a rhythm only where it is regular: at least three intervals,
 * none longer than one and a half times their median.
 */
#include "alerting/cadence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerting/due.h"

/* Several children of a tunnel come up together: that is one time. */
#define TOGETHER INT64_C(60000000)

enum { KEPT = 8, LEAST = 3, BUCKETS = 4096 };

struct rhythm {
	struct due_item due; /* first: the heap's items are rhythms */
	struct rhythm *next;
	int64_t tunnel, seen; /* seen: the last_established looked at */
	int64_t last;	      /* the last one that counts; 0: it is down */
	int64_t interval[KEPT];
	unsigned n;
	bool late; /* was told */
	char device[IKE_NAME_SIZE], name[IKE_NAME_SIZE], peer[IKE_ADDR_SIZE];
};

struct cadence {
	struct rhythm *bucket[BUCKETS];
	struct due due;
	size_t n, max;
	double factor;
};

struct cadence *
cadence_new(size_t max)
{
	struct cadence *c = calloc(1, sizeof(*c));

	if (c != NULL)
		c->max = max;
	return c;
}

void
cadence_free(struct cadence *c)
{
	if (c == NULL)
		return;
	for (size_t k = 0; k < BUCKETS; k++)
		while (c->bucket[k] != NULL) {
			struct rhythm *r = c->bucket[k];

			c->bucket[k] = r->next;
			free(r);
		}
	due_free(&c->due);
	free(c);
}

static struct rhythm *
rhythm_find(const struct cadence *c, int64_t tunnel)
{
	struct rhythm *r = c->bucket[(uint64_t)tunnel % BUCKETS];

	while (r != NULL && r->tunnel != tunnel)
		r = r->next;
	return r;
}

static struct rhythm *
rhythm_get(struct cadence *c, const struct ike_tunnel *t)
{
	struct rhythm **slot = &c->bucket[(uint64_t)t->id % BUCKETS];
	struct rhythm *r = rhythm_find(c, t->id);

	if (r == NULL) {
		if (c->n >= c->max || (r = calloc(1, sizeof(*r))) == NULL)
			return NULL;
		r->tunnel = t->id;
		r->next = *slot;
		*slot = r;
		c->n++;
	}
	/* names are learnt late */
	snprintf(r->device, sizeof(r->device), "%s", t->device);
	snprintf(r->peer, sizeof(r->peer), "%s", t->peer);
	snprintf(r->name, sizeof(r->name), "%s", t->name);
	return r;
}

static int
interval_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The median of a regular rhythm; 0 where it is none. */
static int64_t
rhythm_usual(const struct rhythm *r)
{
	size_t n = r->n < KEPT ? r->n : KEPT;
	int64_t sorted[KEPT], median;

	if (n < LEAST)
		return 0;
	memcpy(sorted, r->interval, n * sizeof(sorted[0]));
	qsort(sorted, n, sizeof(sorted[0]), interval_compare);
	median = sorted[n / 2];
	return sorted[n - 1] <= median + median / 2 ? median : 0;
}

static void
rhythm_schedule(struct cadence *c, struct rhythm *r)
{
	int64_t usual = rhythm_usual(r), at = INT64_MAX;

	if (c->factor > 0 && usual != 0 && r->last != 0 && !r->late)
		at = r->last + (int64_t)((double)usual * c->factor);
	/* without memory for the heap the next rekey tries again */
	(void)!due_set(&c->due, &r->due, at);
}

void
cadence_configure(struct cadence *c, double factor)
{
	c->factor = factor;
	for (size_t k = 0; k < BUCKETS; k++)
		for (struct rhythm *r = c->bucket[k]; r != NULL; r = r->next)
			rhythm_schedule(c, r);
}

void
cadence_up(struct cadence *c, const struct ike_tunnel *t)
{
	struct rhythm *r;

	if (t->last_established == 0 || (r = rhythm_get(c, t)) == NULL ||
	    r->seen == t->last_established)
		return;
	r->seen = t->last_established;
	if (r->last != 0 && r->seen - r->last < TOGETHER)
		return;
	/* what came too late says nothing about what is usual */
	if (r->last != 0 && !r->late)
		r->interval[r->n++ % KEPT] = r->seen - r->last;
	r->last = r->seen;
	r->late = false;
	rhythm_schedule(c, r);
}

void
cadence_down(struct cadence *c, int64_t tunnel_id)
{
	struct rhythm *r = rhythm_find(c, tunnel_id);

	if (r == NULL)
		return;
	r->last = 0;
	r->late = false;
	rhythm_schedule(c, r);
}

void
cadence_pause(struct cadence *c)
{
	for (size_t k = 0; k < BUCKETS; k++)
		for (struct rhythm *r = c->bucket[k]; r != NULL; r = r->next) {
			r->last = 0;
			rhythm_schedule(c, r);
		}
}

bool
cadence_next(struct cadence *c, int64_t now, struct cadence_late *late)
{
	struct rhythm *r = (struct rhythm *)due_first(&c->due);

	if (r == NULL || r->due.at > now)
		return false;
	*late = (struct cadence_late){ r->tunnel, r->device, r->peer, r->name,
		r->last, rhythm_usual(r) };
	r->late = true;
	rhythm_schedule(c, r);
	return true;
}

int64_t
cadence_due(const struct cadence *c)
{
	return due_next(&c->due);
}
