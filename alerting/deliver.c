/*
 * The senders as the rest sees them: what comes in, and libcurl on libevent. Callbacks unwrap and call.
 */
#include "alerting/deliver.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alerting/deliver_parts.h"

const double deliver_latency_bound[] = { 0.05, 0.1, 0.2, 0.3, 0.5, 1, 5 };

const char *
deliver_end_name(enum deliver_end e)
{
	static const char *const names[] = { "delivered", "retried", "dead",
		"dropped", "merged" };

	return names[e];
}

int64_t
deliver_now(const struct deliver *d)
{
	return d->sink.clock(d->sink.arg);
}

/* What others, too, would call the time. */
int64_t
deliver_stamp(const struct deliver *d, int64_t at)
{
	return d->sink.stamp(d->sink.arg, at);
}

uint32_t
deliver_random(struct deliver *d)
{
	/* jitter only: nobody gains by guessing it */
	d->random = d->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(d->random >> 32);
}

void
deliver_schedule(struct deliver *d, int64_t now)
{
	int64_t at = INT64_MAX;
	struct timeval tv;

	for (const struct dest *t = d->dests; t != NULL; t = t->next) {
		int64_t due = dest_due(t, now);

		if (due < at)
			at = due;
	}
	if (at == INT64_MAX) {
		evtimer_del(d->wake);
		return;
	}
	at = at > now ? at - now : 0;
	tv.tv_sec = (time_t)(at / SECOND);
	tv.tv_usec = (suseconds_t)(at % SECOND);
	evtimer_add(d->wake, &tv);
}

void
deliver_pump(struct deliver *d)
{
	int64_t now = deliver_now(d);

	for (struct dest *t = d->dests; t != NULL; t = t->next)
		dest_pump(t, now);
	deliver_schedule(d, now);
}

static void
deliver_wake_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	deliver_pump(arg);
}

/*
 * libcurl on libevent.
 */
static void
deliver_finished(struct deliver *d)
{
	struct CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(d->multi, &left)) != NULL) {
		CURLcode rc = m->data.result;
		char *x = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &x);
		transfer_done((struct transfer *)(void *)x, rc);
	}
}

static void
deliver_socket_cb(evutil_socket_t fd, short what, void *arg)
{
	struct deliver *d = arg;
	int mask = (what & EV_READ ? CURL_CSELECT_IN : 0) |
	    (what & EV_WRITE ? CURL_CSELECT_OUT : 0),
	    running;

	curl_multi_socket_action(d->multi, fd, mask, &running);
	deliver_finished(d);
}

static void
deliver_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct deliver *d = arg;
	int running;

	(void)fd;
	(void)what;
	curl_multi_socket_action(d->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	deliver_finished(d);
}

static int
deliver_watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *sock)
{
	struct deliver *d = arg;
	struct event *ev = sock;
	short mask = EV_PERSIST;

	(void)easy;
	if (ev != NULL)
		event_free(ev);
	ev = NULL;
	if (what != CURL_POLL_REMOVE) {
		mask |= (short)((what & CURL_POLL_IN ? EV_READ : 0) |
		    (what & CURL_POLL_OUT ? EV_WRITE : 0));
		ev = event_new(d->base, fd, mask, deliver_socket_cb, d);
		if (ev == NULL || event_add(ev, NULL) == -1)
			return -1;
	}
	curl_multi_assign(d->multi, fd, ev);
	return 0;
}

static int
deliver_timeout(CURLM *multi, long ms, void *arg)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	struct deliver *d = arg;

	(void)multi;
	if (ms < 0)
		evtimer_del(d->timer);
	else
		evtimer_add(d->timer, &tv);
	return 0;
}

struct deliver *
deliver_new(struct event_base *base, const struct deliver_sink *sink)
{
	struct deliver *d = calloc(1, sizeof(*d));

	if (d == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(d);
		return NULL;
	}
	d->base = base;
	d->sink = *sink;
	d->waiting_end = &d->waiting;
	d->random = (uint64_t)deliver_now(d) ^ (uint64_t)getpid() << 32;
	d->multi = curl_multi_init();
	d->timer = evtimer_new(base, deliver_timer_cb, d);
	d->wake = evtimer_new(base, deliver_wake_cb, d);
	if (d->multi == NULL || d->timer == NULL || d->wake == NULL) {
		deliver_free(d);
		return NULL;
	}
	curl_multi_setopt(d->multi, CURLMOPT_SOCKETFUNCTION, deliver_watch);
	curl_multi_setopt(d->multi, CURLMOPT_SOCKETDATA, d);
	curl_multi_setopt(d->multi, CURLMOPT_TIMERFUNCTION, deliver_timeout);
	curl_multi_setopt(d->multi, CURLMOPT_TIMERDATA, d);
	curl_multi_setopt(d->multi, CURLMOPT_MAXCONNECTS, 32L);
	return d;
}

/* Ends requests under way: they go out again, with the same id. */
void
deliver_abort(struct deliver *d)
{
	struct transfer *next;

	for (struct transfer *x = d->transfers; x != NULL; x = next) {
		struct dest *t = x->dest;

		next = x->next;
		if (t->conf != NULL && !d->stopping)
			continue;
		t->active--;
		if (x->batch != NULL) {
			t->batch = x->batch;
		} else if (x->item != NULL) {
			x->item->line->busy = false;
			line_schedule(t, x->item->line);
		}
		transfer_free(x);
	}
}

void
deliver_free(struct deliver *d)
{
	if (d == NULL)
		return;
	d->stopping = true;
	deliver_abort(d);
	while (d->dests != NULL) {
		struct dest *t = d->dests;

		d->dests = t->next;
		dest_free(t);
	}
	if (d->multi != NULL)
		curl_multi_cleanup(d->multi);
	if (d->timer != NULL)
		event_free(d->timer);
	if (d->wake != NULL)
		event_free(d->wake);
	curl_global_cleanup();
	free(d);
}

int
deliver_add(struct deliver *d, const struct deliver_item *from)
{
	struct dest *t = dest_find(d, from->destination);
	struct line *l;
	struct item *i;

	if (t == NULL)
		return -1;
	dest_room(t, deliver_now(d));
	l = line_get(t, from->incident);
	if (l == NULL)
		return -1;
	i = item_new(from);
	if (i == NULL) {
		if (l->first == NULL)
			line_free(t, l);
		return -1;
	}
	i->line = l;
	i->incident = line_hash(from->incident);
	if (l->last != NULL)
		l->last->next = i;
	else
		l->first = i;
	l->last = i;
	t->depth++;
	i->committed = i->number <= d->committed;
	if (i->committed) {
		t->ready++;
		line_schedule(t, l);
		deliver_schedule(d, deliver_now(d));
	} else {
		*d->waiting_end = i;
		d->waiting_end = &i->waiting;
	}
	return 0;
}

void
deliver_still(struct deliver *d, const char *destination, const char *incident,
    const char *notice)
{
	struct dest *t = dest_find(d, destination);

	if (t != NULL && t->type->refresh != NULL)
		live_keep(
		    t, line_hash(incident), notice, false, deliver_now(d));
}

void
deliver_committed(struct deliver *d, uint64_t number)
{
	struct item *i;
	struct dest *t;

	if (number <= d->committed)
		return;
	d->committed = number;
	while ((i = d->waiting) != NULL && i->number <= number) {
		d->waiting = i->waiting;
		if (d->waiting == NULL)
			d->waiting_end = &d->waiting;
		i->waiting = NULL;
		i->committed = true;
		t = item_dest(d, i);
		t->ready++;
		line_schedule(t, i->line);
	}
	deliver_pump(d);
}

bool
deliver_has(const struct deliver *d, int64_t id)
{
	struct dest *t;

	return deliver_find(d, id, &t) != NULL;
}

bool
deliver_drop(struct deliver *d, int64_t id)
{
	int64_t now = deliver_now(d);
	struct dest *t = NULL;
	struct item *i = deliver_find(d, id, &t);

	if (i == NULL || (i->line->busy && i->line->first == i))
		return false;
	item_unwait(d, i);
	item_unlink(t, i);
	dest_tell(t, i, DELIVER_DROPPED, 0, "dropped on request", now);
	item_free(i);
	deliver_pump(d);
	return true;
}

bool
deliver_idle(const struct deliver *d)
{
	int64_t now = deliver_now(d);

	if (d->transfers != NULL)
		return false;
	for (const struct dest *t = d->dests; t != NULL; t = t->next)
		if (dest_due(t, now) <= now)
			return false;
	return true;
}

bool
deliver_count(const struct deliver *d, size_t n, struct deliver_count *c)
{
	const struct dest *t = d->dests;

	while (t != NULL && n-- > 0)
		t = t->next;
	if (t == NULL)
		return false;
	*c = (struct deliver_count){ .name = t->name,
		.depth = t->depth,
		.failing = t->failures > 0,
		.disabled = t->disabled,
		.error = t->error };
	memcpy(c->ends, t->ends, sizeof(c->ends));
	for (size_t k = 0; k < LINES; k++)
		for (const struct line *l = t->line[k]; l; l = l->chain)
			if (l->first != NULL &&
			    (c->oldest_at == 0 ||
				l->first->created_at < c->oldest_at))
				c->oldest_at = l->first->created_at;
	return true;
}

void
deliver_latency(const struct deliver *d, struct deliver_latency *l)
{
	*l = d->latency;
}
