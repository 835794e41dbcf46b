/*
 * What a destination that forgets must hear again: the latest word on each
 * incident that fires, and for a while on each that is over.
 */
#include "alerting/deliver_parts.h"

#include <stdlib.h>
#include <string.h>

#include "alerting/notice.h"

enum { LIVE_MAX = 2000 };
#define RESOLVED_LASTS (300 * SECOND)

void
live_drop(struct dest *t, struct live **at)
{
	struct live *l = *at;

	*at = l->next;
	t->nlive--;
	free(l->notice);
	free(l);
}

/* What must be said again from now on: the latest word on each incident. */
void
live_keep(struct dest *t, uint64_t incident, const char *notice, bool over,
    int64_t now)
{
	struct live **at = &t->live, *l;

	while (*at != NULL && (*at)->incident != incident)
		at = &(*at)->next;
	if (*at != NULL)
		live_drop(t, at);
	l = t->nlive < LIVE_MAX ? calloc(1, sizeof(*l)) : NULL;
	if (l == NULL)
		return;
	l->incident = incident;
	l->until = over ? now + RESOLVED_LASTS : 0;
	l->notice = strdup(notice);
	if (l->notice == NULL) {
		free(l);
		return;
	}
	l->next = t->live;
	t->live = l;
	if (t->nlive++ == 0)
		t->refresh_at = now + REFRESH;
}

void
item_live(struct dest *t, const struct item *i, int64_t now)
{
	struct alert_notice *n;

	if (t->type->refresh == NULL || (n = malloc(sizeof(*n))) == NULL)
		return;
	if (notice_load(n, i->notice) == 0 && n->edge != ALERT_EDGE_TEST)
		live_keep(t, i->incident, i->notice,
		    n->edge == ALERT_EDGE_RESOLVES, now);
	free(n);
}
