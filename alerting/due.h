/*
 * What is due next: a heap of deadlines. The owner embeds struct due_item;
 * an item is in the heap or not, its deadline changes only through here.
 */
#ifndef IKEWATCH_ALERTING_DUE_H
#define IKEWATCH_ALERTING_DUE_H

#include <stddef.h>
#include <stdint.h>

struct due_item {
	int64_t at;
	size_t place; /* 1 and up; 0: not in the heap */
};

struct due {
	struct due_item **item; /* item[1] is the first */
	size_t n, size;
};

/* Puts the item in, or moves it; INT64_MAX takes it out. -1 without memory. */
int due_set(struct due *, struct due_item *, int64_t at)
    __attribute__((warn_unused_result));
void due_remove(struct due *, struct due_item *);
/* NULL when there is none. */
struct due_item *due_first(const struct due *);
int64_t due_next(const struct due *); /* INT64_MAX: nothing */
void due_free(struct due *);

#endif
