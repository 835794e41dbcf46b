/* A binary heap whose items know their place. */
#include "alerting/due.h"

#include <stdlib.h>

static void
due_place(struct due *d, struct due_item *item, size_t i)
{
	d->item[i] = item;
	item->place = i;
}

static void
due_up(struct due *d, size_t i)
{
	struct due_item *item = d->item[i];

	for (; i > 1 && d->item[i / 2]->at > item->at; i /= 2)
		due_place(d, d->item[i / 2], i);
	due_place(d, item, i);
}

static void
due_down(struct due *d, size_t i)
{
	struct due_item *item = d->item[i];

	for (size_t child; (child = 2 * i) <= d->n; i = child) {
		if (child < d->n && d->item[child + 1]->at < d->item[child]->at)
			child++;
		if (d->item[child]->at >= item->at)
			break;
		due_place(d, d->item[child], i);
	}
	due_place(d, item, i);
}

void
due_remove(struct due *d, struct due_item *item)
{
	size_t i = item->place;
	struct due_item *last;

	if (i == 0)
		return;
	item->place = 0;
	last = d->item[d->n--];
	if (last == item)
		return;
	due_place(d, last, i);
	due_up(d, i);
	due_down(d, last->place);
}

int
due_set(struct due *d, struct due_item *item, int64_t at)
{
	if (at == INT64_MAX) {
		due_remove(d, item);
		item->at = at;
		return 0;
	}
	if (item->place == 0) {
		if (d->n + 2 > d->size) {
			size_t size = d->size ? d->size * 2 : 64;
			void *p = realloc(d->item, size * sizeof(*d->item));

			if (p == NULL)
				return -1;
			d->item = p;
			d->size = size;
		}
		due_place(d, item, ++d->n);
	}
	item->at = at;
	due_up(d, item->place);
	due_down(d, item->place);
	return 0;
}

struct due_item *
due_first(const struct due *d)
{
	return d->n > 0 ? d->item[1] : NULL;
}

int64_t
due_next(const struct due *d)
{
	return d->n > 0 ? d->item[1]->at : INT64_MAX;
}

void
due_free(struct due *d)
{
	free(d->item);
	*d = (struct due){ 0 };
}
