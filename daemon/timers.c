/* A binary heap; each timer knows its place, so that it can be moved. */
#include "daemon/timers.h"

#include <stdlib.h>

static void
timers_put(struct timers *t, struct timer *timer, size_t place)
{
	t->heap[place - 1] = timer;
	timer->place = place;
}

static void
timers_up(struct timers *t, struct timer *timer)
{
	size_t i = timer->place;

	while (i > 1 && t->heap[i / 2 - 1]->at > timer->at) {
		timers_put(t, t->heap[i / 2 - 1], i);
		i /= 2;
	}
	timers_put(t, timer, i);
}

static void
timers_down(struct timers *t, struct timer *timer)
{
	size_t i = timer->place, child;

	while ((child = i * 2) <= t->n) {
		if (child < t->n && t->heap[child]->at < t->heap[child - 1]->at)
			child++;
		if (t->heap[child - 1]->at >= timer->at)
			break;
		timers_put(t, t->heap[child - 1], i);
		i = child;
	}
	timers_put(t, timer, i);
}

bool
timers_set(struct timers *t, struct timer *timer, int64_t at)
{
	if (timer->place == 0) {
		if (t->n == t->size) {
			size_t size = t->size == 0 ? 64 : t->size * 2;
			struct timer **heap =
			    realloc(t->heap, size * sizeof(*heap));

			if (heap == NULL)
				return false;
			t->heap = heap;
			t->size = size;
		}
		timer->at = at;
		timers_put(t, timer, ++t->n);
	} else
		timer->at = at;
	timers_up(t, timer);
	timers_down(t, timer);
	return true;
}

void
timers_clear(struct timers *t, struct timer *timer)
{
	struct timer *last;
	size_t place = timer->place;

	if (place == 0)
		return;
	timer->place = 0;
	last = t->heap[--t->n];
	if (last == timer)
		return;
	timers_put(t, last, place);
	timers_up(t, last);
	timers_down(t, last);
}

struct timer *
timers_first(const struct timers *t)
{
	return t->n == 0 ? NULL : t->heap[0];
}

void
timers_free(struct timers *t)
{
	free(t->heap);
	t->heap = NULL;
	t->n = t->size = 0;
}
