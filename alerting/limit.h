/*
 * Not ten thousand messages: token buckets, and counts of what happened in a
 * window. Pure: time is an argument, in microseconds.
 */
#ifndef IKEWATCH_ALERTING_LIMIT_H
#define IKEWATCH_ALERTING_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts full: burst tokens, rate new ones a second. */
struct limit_bucket {
	double rate, burst, tokens;
	int64_t at;
};
void limit_bucket_set(
    struct limit_bucket *, double rate, double burst, int64_t now);
/* Takes a token; false where there is none yet. */
bool limit_bucket_take(struct limit_bucket *, int64_t now);
/* When there will be one: now or later. */
int64_t limit_bucket_when(const struct limit_bucket *, int64_t now);

/*
 * How many times each name came in the last window; at most max names are
 * remembered, the longest unseen are forgotten first.
 */
struct limit_counts;
struct limit_counts *limit_counts_new(size_t max);
void limit_counts_free(struct limit_counts *);
/* Counts one and says how many it are in the window that it is in. */
unsigned limit_count(
    struct limit_counts *, const char *name, int64_t now, int64_t window);

/* Times of the last changes of one thing, to tell that it flaps. */
enum { LIMIT_CHANGES_MAX = 32 };
struct limit_changes {
	union {
		int64_t one; /* most things change once */
		int64_t *at; /* where there is room for more than one */
	};
	unsigned n; /* ever */
	unsigned size;
};
void limit_change(struct limit_changes *, int64_t now);
/* Forgets them. */
void limit_changes_free(struct limit_changes *);
/* How many in the last window; at most LIMIT_CHANGES_MAX are told. */
unsigned limit_changed(
    const struct limit_changes *, int64_t now, int64_t window);

#endif
