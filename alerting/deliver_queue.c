/*
 * What waits for one destination: a line for each incident, of which only the
 * first may go. The one rule: an item is in one line, or in one batch.
 */
#include "alerting/deliver_parts.h"

#include <string.h>
#include <stdio.h>
#include <stdlib.h>

enum { OLDEST = 64 }; /* one part of so many is the oldest */

uint64_t
line_hash(const char *incident)
{
	uint64_t h = 14695981039346656037u;

	for (const char *s = incident; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h;
}

static struct line **
line_slot(struct dest *t, const char *incident)
{
	return &t->line[line_hash(incident) % LINES];
}

struct line *
line_get(struct dest *t, const char *incident)
{
	struct line **slot = line_slot(t, incident), *l;

	for (l = *slot; l != NULL; l = l->chain)
		if (strcmp(l->incident, incident) == 0)
			return l;
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return NULL;
	snprintf(l->incident, sizeof(l->incident), "%s", incident);
	l->chain = *slot;
	*slot = l;
	return l;
}

/* When the first of the line may go. */
void
line_schedule(struct dest *t, struct line *l)
{
	int64_t at = INT64_MAX;

	if (l->first != NULL && l->first->committed && !l->busy)
		at = l->first->next_at;
	/* without memory for the heap the next change tries again */
	(void)!due_set(&t->due, &l->due, at);
}

void
line_free(struct dest *t, struct line *l)
{
	struct line **at = line_slot(t, l->incident);

	while (*at != l)
		at = &(*at)->chain;
	*at = l->chain;
	due_remove(&t->due, &l->due);
	free(l);
}

/*
 * What comes in.
 */
struct item *
item_new(const struct deliver_item *from)
{
	struct item *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	i->id = from->id;
	i->webhook_id = strdup(from->webhook_id);
	i->notice = strdup(from->notice);
	i->attempts = from->attempts;
	i->created_at = from->created_at;
	i->next_at = from->next_at;
	i->decided_at = from->decided_at;
	i->number = from->number;
	if (i->webhook_id == NULL || i->notice == NULL) {
		item_free(i);
		return NULL;
	}
	return i;
}

void
item_free(struct item *i)
{
	free(i->webhook_id);
	free(i->notice);
	free(i);
}

/* Out of the waiting list, wherever it is in it. */
void
item_unwait(struct deliver *d, struct item *i)
{
	struct item **at = &d->waiting;

	if (i->committed)
		return;
	while (*at != NULL && *at != i)
		at = &(*at)->waiting;
	if (*at == NULL)
		return;
	*at = i->waiting;
	if (i->waiting == NULL)
		d->waiting_end = at;
}

/* Out of its line; the line goes when it is empty. */
void
item_unlink(struct dest *t, struct item *i)
{
	struct line *l = i->line;
	struct item **at = &l->first;

	while (*at != i)
		at = &(*at)->next;
	*at = i->next;
	l->last = NULL;
	for (struct item *k = l->first; k != NULL; k = k->next)
		l->last = k;
	i->next = NULL;
	i->line = NULL;
	t->depth--;
	t->ready -= i->committed;
	if (l->first == NULL && !l->busy)
		line_free(t, l);
	else
		line_schedule(t, l);
}

struct dest *
item_dest(const struct deliver *d, const struct item *i)
{
	for (struct dest *t = d->dests; t != NULL; t = t->next)
		for (struct line *l = *line_slot(t, i->line->incident);
		     l != NULL; l = l->chain)
			if (l == i->line)
				return t;
	return NULL;
}

struct item *
deliver_find(const struct deliver *d, int64_t id, struct dest **dest)
{
	for (struct dest *t = d->dests; t != NULL; t = t->next)
		for (size_t k = 0; k < LINES; k++)
			for (struct line *l = t->line[k]; l; l = l->chain)
				for (struct item *i = l->first; i; i = i->next)
					if (i->id == id) {
						*dest = t;
						return i;
					}
	return NULL;
}

/* Of an incident only the first and the latest word are kept. */
static void
line_squeeze(struct dest *t, struct line *l, int64_t now)
{
	const struct item *last = l->last;
	struct item *first = l->first, *i;

	while (first != last && (i = first->next) != last) {
		first->next = i->next;
		t->depth--;
		t->ready -= i->committed;
		item_unwait(t->deliver, i);
		dest_tell(t, i, DELIVER_MERGED, 0, NULL, now);
		item_free(i);
	}
}

static void
dest_squeeze(struct dest *t, int64_t now)
{
	struct line *l, *next;

	for (size_t k = 0; k < LINES; k++)
		for (l = t->line[k]; l != NULL; l = next) {
			next = l->chain;
			line_squeeze(t, l, now);
		}
}

/* Before which id the oldest part of what waits begins. */
static int64_t
dest_oldest(const struct dest *t)
{
	int64_t first = INT64_MAX, last = 0;

	for (size_t k = 0; k < LINES; k++)
		for (const struct line *l = t->line[k]; l != NULL;
		     l = l->chain) {
			if (l->busy || l->first == NULL)
				continue;
			if (l->first->id < first)
				first = l->first->id;
			if (l->first->id > last)
				last = l->first->id;
		}
	return last < first ? 0 : first + (last - first) / OLDEST + 1;
}

/* The oldest go, some at a time: looking for them is not cheap. */
static void
dest_shed(struct dest *t, int64_t now)
{
	int64_t before = dest_oldest(t);
	struct line *l, *next;

	for (size_t k = 0; k < LINES; k++)
		for (l = t->line[k]; l != NULL; l = next) {
			struct item *i = l->first;

			next = l->chain;
			if (l->busy || i == NULL || i->id >= before)
				continue;
			item_unwait(t->deliver, i);
			item_unlink(t, i);
			item_dead(t, i, 0, "the outbox is full",
			    "has too many alerts waiting, the oldest are "
			    "given up",
			    now);
			item_free(i);
		}
}

void
dest_room(struct dest *t, int64_t now)
{
	if (t->depth >= t->deliver->room)
		dest_squeeze(t, now);
	if (t->depth >= t->deliver->room)
		dest_shed(t, now);
}
