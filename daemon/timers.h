/* Deadlines in order: a binary heap of timers that sit in their owners. */
#ifndef IKEWATCH_DAEMON_TIMERS_H
#define IKEWATCH_DAEMON_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
	int64_t at;
	size_t place; /* in the heap, from 1; 0: not set */
};

struct timers {
	struct timer **heap;
	size_t n, size;
};

/* (Re)sets a timer; false without memory, the timer is then not set. */
bool timers_set(struct timers *, struct timer *, int64_t at);
void timers_clear(struct timers *, struct timer *);
/* The earliest, NULL where none is set. */
struct timer *timers_first(const struct timers *);
void timers_free(struct timers *);

#endif
