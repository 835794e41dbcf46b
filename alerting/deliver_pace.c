/*
 * When the next one goes: every decision about a destination falls in
 * dest_pump().
 */
#include "alerting/deliver_parts.h"

#include <stdlib.h>

/* The first line that may go. */
static int
dest_send_first(struct dest *t, int64_t now)
{
	struct line *l = (struct line *)due_first(&t->due);
	struct item *i = l->first;
	int rc = transfer_start(t, i, NULL, now);

	if (rc == TRANSFER_UNREADABLE) {
		item_unlink(t, i);
		item_dead(t, i, 0, "its text in the database is damaged",
		    "misses an alert", now);
		item_free(i);
		return 0;
	}
	if (rc == 0) {
		l->busy = true;
		line_schedule(t, l);
	}
	return rc;
}

static int
dest_send(struct dest *t, int64_t now)
{
	struct item *batch;

	if (t->batch == NULL && !dest_backlog(t))
		return dest_send_first(t, now);
	batch = t->batch != NULL ? t->batch : dest_collect(t, now);
	t->batch = NULL;
	if (transfer_start(t, batch, batch, now) == 0)
		return 0;
	t->batch = batch;
	return -1;
}

/* Alertmanager and its like: everything once more. */
static void
dest_refresh(struct dest *t, int64_t now)
{
	struct live **at = &t->live;

	if (t->live == NULL || now < t->refresh_at || t->conf == NULL ||
	    t->disabled || t->active > 0 || now < t->paused_until)
		return;
	t->refresh_at = now + REFRESH;
	while (*at != NULL)
		if ((*at)->until != 0 && (*at)->until < now)
			live_drop(t, at);
		else
			at = &(*at)->next;
	/* without memory in a minute */
	if (t->live != NULL)
		(void)!transfer_start(t, NULL, NULL, now);
}

static bool
dest_may_send(const struct dest *t, int64_t now)
{
	size_t most = t->failures > 0 ? 1 : (size_t)t->type->parallel;
	const struct due_item *first = due_first(&t->due);

	if (t->conf == NULL || t->disabled || now < t->paused_until ||
	    t->active >= most)
		return false;
	return t->batch != NULL || (first != NULL && first->at <= now);
}

void
dest_pump(struct dest *t, int64_t now)
{
	if (t->deliver->stopping || t->conf == NULL)
		return;
	if (t->disabled && t->ready > 0)
		dest_gone(t, now);
	dest_look(t, now);
	while (dest_may_send(t, now)) {
		if (!limit_bucket_take(&t->bucket, now))
			break;
		if (dest_send(t, now) == -1) {
			/* no memory: later */
			t->paused_until = now + 10 * SECOND;
			break;
		}
	}
	if (t->depth == 0)
		t->was_away = false;
	dest_refresh(t, now);
}

/* When a request may begin. */
static int64_t
dest_next(const struct dest *t, int64_t now)
{
	int64_t at = t->batch != NULL ? now : due_next(&t->due), token;

	if (t->live != NULL && t->active == 0 && at > t->refresh_at)
		at = t->refresh_at;
	if (t->disabled || at == INT64_MAX ||
	    t->active >= (size_t)t->type->parallel ||
	    (t->failures > 0 && t->active > 0))
		return INT64_MAX;
	if (at < t->paused_until)
		at = t->paused_until;
	token = limit_bucket_when(&t->bucket, now);
	return at > token ? at : token;
}

/* When something of it can happen without an event from outside. */
int64_t
dest_due(const struct dest *t, int64_t now)
{
	int64_t at, look = dest_trouble_at(t);

	if (t->conf == NULL)
		return INT64_MAX;
	at = dest_next(t, now);
	return at < look ? at : look;
}
