/*
 * A backlog for people: all that could go now becomes one summary. The one
 * rule: what a summary stands for keeps its place in the outbox until the
 * summary has arrived.
 */
#include "alerting/deliver_parts.h"

#include <stdio.h>
#include <string.h>

#include "alerting/notice.h"
#include "alerting/prose.h"

enum {
	BACKLOG = 6, /* that many become one summary */
	SUMMARY_MAX = 500,
};

/* Oldest first, as they would have been read. */
static struct item *
batch_sort(struct item *list)
{
	struct item *sorted = NULL;

	while (list != NULL) {
		struct item *i = list, **at = &sorted;

		list = i->next;
		while (*at != NULL && (*at)->id < i->id)
			at = &(*at)->next;
		i->next = *at;
		*at = i;
	}
	return sorted;
}

/* All that could go now becomes one summary. */
struct item *
dest_collect(struct dest *t, int64_t now)
{
	struct item *batch = NULL, **end = &batch;
	size_t n = 0;

	for (size_t k = 0; k < LINES && n < SUMMARY_MAX; k++) {
		struct line *l, *chain;

		for (l = t->line[k]; l != NULL && n < SUMMARY_MAX; l = chain) {
			struct item *i;

			chain = l->chain;
			if (l->busy)
				continue;
			l->busy = true; /* stays while we take from it */
			while ((i = l->first) != NULL && i->committed &&
			    i->next_at <= now && n++ < SUMMARY_MAX) {
				item_unlink(t, i);
				t->depth++; /* waits still, elsewhere */
				*end = i;
				end = &i->next;
			}
			l->busy = false;
			if (l->first == NULL)
				line_free(t, l);
			else
				line_schedule(t, l);
		}
	}
	return batch_sort(batch);
}

bool
dest_backlog(const struct dest *t)
{
	return t->type->people && t->ready >= BACKLOG &&
	    (t->was_away || t->bucket.tokens < 1);
}

/* A later word on the same incident is in the batch too. */
static bool
batch_has_later(const struct item *i)
{
	for (const struct item *k = i->next; k != NULL; k = k->next)
		if (k->incident == i->incident)
			return true;
	return false;
}

/* "14 changes while slack was away", and how each incident stands now. */
void
batch_notice(const struct dest *t, const struct item *batch,
    struct alert_notice *n, int64_t now)
{
	unsigned changes = 0, over = 0;
	struct alert_notice one;

	memset(n, 0, sizeof(*n));
	n->edge = ALERT_EDGE_SUMMARY;
	n->kind = ALERT_SELF;
	n->severity = ALERT_INFO;
	n->at = now;
	snprintf(n->webhook_id, sizeof(n->webhook_id), "%s", batch->webhook_id);
	snprintf(n->incident, sizeof(n->incident), "summary");
	for (const struct item *i = batch; i != NULL; i = i->next) {
		char title[NOTICE_TITLE_SIZE];

		changes++;
		if (batch_has_later(i) || notice_load(&one, i->notice) == -1)
			continue;
		if (one.edge == ALERT_EDGE_RESOLVES &&
		    now - one.at > t->conf->max_age) {
			over++;
			continue;
		}
		if (one.severity > n->severity &&
		    one.edge != ALERT_EDGE_RESOLVES)
			n->severity = one.severity;
		if (n->nlist == NOTICE_MEMBERS_MAX - 1)
			continue;
		notice_title(&one, title);
		snprintf(n->list[n->nlist++], NOTICE_MEMBER_SIZE, "%.*s",
		    (int)prose_fit(title, NOTICE_MEMBER_SIZE - 1), title);
	}
	if (over != 0)
		snprintf(n->list[n->nlist++], NOTICE_MEMBER_SIZE,
		    "%u more came and went", over);
	snprintf(n->words, sizeof(n->words),
	    t->was_away ? "%u changes while %s was away"
			: "%u changes at once for %s",
	    changes, t->name);
}
