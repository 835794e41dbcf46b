/* Token buckets and windows. */
#include "alerting/limit.h"

#include <stdlib.h>
#include <string.h>

void
limit_bucket_set(struct limit_bucket *b, double rate, double burst, int64_t now)
{
	b->rate = rate > 0 ? rate : 1e-3;
	b->burst = burst >= 1 ? burst : 1;
	b->tokens = b->burst;
	b->at = now;
}

static double
limit_bucket_level(const struct limit_bucket *b, int64_t now)
{
	double t = b->tokens;

	if (now > b->at)
		t += (double)(now - b->at) / 1e6 * b->rate;
	return t < b->burst ? t : b->burst;
}

bool
limit_bucket_take(struct limit_bucket *b, int64_t now)
{
	double level = limit_bucket_level(b, now);

	/* a hair less than a whole one counts, or rounding would wait */
	if (level < 1 - 1e-6)
		return false;
	b->tokens = level - 1;
	b->at = now;
	return true;
}

int64_t
limit_bucket_when(const struct limit_bucket *b, int64_t now)
{
	double level = limit_bucket_level(b, now);

	if (level >= 1 - 1e-6)
		return now;
	return now + (int64_t)((1 - level) / b->rate * 1e6) + 1;
}

struct limit_name {
	uint64_t hash;
	int64_t start, last;
	unsigned n, before; /* in this window, and in the one before it */
};

/* Four places for a hash: the longest unseen of them gives way. */
enum { LIMIT_WAYS = 4 };

struct limit_counts {
	size_t sets;
	struct limit_name name[];
};

struct limit_counts *
limit_counts_new(size_t max)
{
	size_t sets = max / LIMIT_WAYS + 1;
	struct limit_counts *c =
	    calloc(1, sizeof(*c) + sets * LIMIT_WAYS * sizeof(c->name[0]));

	if (c != NULL)
		c->sets = sets;
	return c;
}

void
limit_counts_free(struct limit_counts *c)
{
	free(c);
}

static uint64_t
limit_hash(const char *s)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a, 64 bits */

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h | 1;
}

static struct limit_name *
limit_find(struct limit_counts *c, uint64_t hash)
{
	struct limit_name *set = &c->name[hash % c->sets * LIMIT_WAYS];
	struct limit_name *oldest = set;

	for (int i = 0; i < LIMIT_WAYS; i++) {
		if (set[i].hash == hash)
			return &set[i];
		if (set[i].last < oldest->last)
			oldest = &set[i];
	}
	memset(oldest, 0, sizeof(*oldest));
	oldest->hash = hash;
	return oldest;
}

/*
 * Windows begin with their first event; what the window before it had counts
 * by how much of that window is still within reach.
 */
unsigned
limit_count(
    struct limit_counts *c, const char *name, int64_t now, int64_t window)
{
	struct limit_name *e = limit_find(c, limit_hash(name));

	if (e->n == 0 || now - e->start >= 2 * window) {
		e->before = 0;
		e->n = 0;
		e->start = now;
	} else if (now - e->start >= window) {
		e->before = e->n;
		e->n = 0;
		e->start += window;
	}
	e->last = now;
	e->n++;
	return e->n +
	    (unsigned)((double)e->before * (double)(window - (now - e->start)) /
		(double)window);
}

static const int64_t *
limit_changes_at(const struct limit_changes *c)
{
	return c->size <= 1 ? &c->one : c->at;
}

/* Room for twice as many. */
static bool
limit_changes_grow(struct limit_changes *c)
{
	unsigned size = c->size * 2;
	int64_t *at;

	if (c->size == LIMIT_CHANGES_MAX)
		return true;
	if (c->size == 0) {
		c->size = 1;
		return true;
	}
	at = realloc(c->size == 1 ? NULL : c->at, size * sizeof(*at));
	if (at == NULL)
		return false;
	if (c->size == 1)
		at[0] = c->one;
	c->at = at;
	c->size = size;
	return true;
}

/* Without memory those before it are forgotten. */
void
limit_change(struct limit_changes *c, int64_t now)
{
	if (c->n == c->size && !limit_changes_grow(c))
		c->n = 0;
	if (c->size == 1)
		c->one = now;
	else
		c->at[c->n % c->size] = now;
	c->n++;
}

void
limit_changes_free(struct limit_changes *c)
{
	if (c->size > 1)
		free(c->at);
	*c = (struct limit_changes){ 0 };
}

unsigned
limit_changed(const struct limit_changes *c, int64_t now, int64_t window)
{
	const int64_t *at = limit_changes_at(c);
	unsigned n = 0;

	for (unsigned i = 0; i < c->size && i < c->n; i++)
		n += now - at[i] < window;
	return n;
}
