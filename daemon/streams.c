/*
 * All connections together. The one rule: every connection is under a limit of
 * its own (time for a frame, bytes of it) and under one for all, and the one
 * that goes over pays.
 */
#include <event2/event.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/stream_parts.h"

enum {
	RESERVE_FDS = 48, /* database, deliveries, HTTP, reloads */
	SWEEP = 500000,	  /* microseconds between two looks at the clocks */
};

/* Sockets for connections: what the process may open, less a reserve. */
static size_t
streams_most(int wanted)
{
	struct rlimit limit;
	size_t most = (size_t)wanted, fds;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return most;
	fds = limit.rlim_cur > 100000000 ? 100000000 : (size_t)limit.rlim_cur;
	fds = fds > 2 * RESERVE_FDS ? fds - RESERVE_FDS : fds / 4;
	if (fds < most)
		log_warnx("limits connections: %zu of %zu, since only %zu "
			  "descriptors are allowed; raise LimitNOFILE",
		    fds, most, (size_t)limit.rlim_cur);
	return fds < most ? fds : most;
}

void
streams_wait(struct streams *all, bool wait)
{
	const struct timeval soon = { 0, 20000 };
	struct conn *c;

	if (wait)
		(void)event_add(all->again, &soon);
	if (wait == all->waiting)
		return;
	all->waiting = wait;
	for (c = all->conns; c != NULL; c = c->next)
		conn_wait(c, wait);
}

/* Who began his frame longest ago goes first. */
static void
streams_shed(struct streams *all)
{
	struct conn *c, *oldest = NULL;
	char name[IKE_ADDR_SIZE];

	for (c = all->conns; c != NULL; c = c->next)
		if (c->nkept > 0 &&
		    (oldest == NULL || c->begun < oldest->begun))
			oldest = c;
	if (oldest == NULL)
		return;
	conn_name(oldest, name);
	log_hint("connection %s: closed, unfinished frames fill the memory "
		 "for them (limits partial-bytes)",
	    name);
	stats_count(all->stats, STAT_CONN_MEMORY);
	conn_close(oldest);
}

void
streams_after(struct streams *all)
{
	all->sink->batch(all->sink->arg);
	if (all->behind || all->sink->full(all->sink->arg))
		streams_wait(all, true);
	while (!all->waiting &&
	    all->kept > (size_t)all->conf->limits.partial_bytes)
		streams_shed(all);
}

/* The store has room again: first what was kept, then the sockets. */
static void
streams_again_cb(evutil_socket_t fd, short what, void *arg)
{
	struct streams *all = arg;
	struct conn *c, *next;

	(void)fd;
	(void)what;
	all->behind = false;
	for (c = all->conns; c != NULL && !all->behind; c = next) {
		next = c->next;
		all->behind = all->sink->full(all->sink->arg);
		if (!all->behind)
			(void)conn_feed_kept(c);
	}
	streams_wait(all, all->behind);
	streams_after(all);
}

static void
streams_sweep_cb(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval again = { 0, SWEEP };
	struct streams *all = arg;
	struct conn *c, *next;
	struct stream *p;
	int64_t now = clock_now();

	(void)fd;
	(void)what;
	if (all->nconns > 0 && !all->waiting) {
		for (c = all->conns; c != NULL; c = next) {
			next = c->next;
			(void)conn_overdue(c, now);
		}
		all->sink->batch(all->sink->arg);
	}
	if (all->no_fds) {
		all->no_fds = false;
		for (p = all->ports; p != NULL; p = p->next)
			(void)event_add(p->readable, NULL);
	}
	(void)event_add(all->sweep, &again);
}

struct streams *
streams_new(struct event_base *base, struct stats *stats,
    const struct listen_sink *sink)
{
	const struct timeval first = { 0, SWEEP };
	struct streams *all = calloc(1, sizeof(*all));

	if (all == NULL)
		return NULL;
	all->base = base;
	all->stats = stats;
	all->sink = sink;
	hash_key_random(&all->key);
	all->sweep = event_new(base, -1, 0, streams_sweep_cb, all);
	all->again = event_new(base, -1, 0, streams_again_cb, all);
	if (all->sweep == NULL || all->again == NULL ||
	    event_add(all->sweep, &first) == -1) {
		streams_free(all);
		return NULL;
	}
	return all;
}

void
streams_free(struct streams *all)
{
	if (all == NULL)
		return;
	while (all->conns != NULL)
		conn_close(all->conns);
	while (all->ports != NULL)
		stream_free(all->ports, false);
	if (all->sweep != NULL)
		event_free(all->sweep);
	if (all->again != NULL)
		event_free(all->again);
	free(all);
}

void
streams_configure(struct streams *all, const struct conf *conf)
{
	struct conn *c;

	all->conf = conf;
	all->most = streams_most(conf->limits.connections);
	for (c = all->conns; c != NULL; c = c->next) {
		all->nstrangers -= !c->listed;
		c->listed = all->sink->listed(all->sink->arg, &c->via);
		all->nstrangers += !c->listed;
	}
}
