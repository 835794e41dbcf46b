/*
 * The parts put together on one event loop. The one rule: no callback waits;
 * what takes long is the store's thread or the deliveries' business.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "alerting/desk.h"
#include "daemon/clock.h"
#include "daemon/conf.h"
#include "daemon/daemon.h"
#include "daemon/http.h"
#include "daemon/keep.h"
#include "daemon/listen.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/notify.h"
#include "daemon/pipeline.h"
#include "daemon/privs.h"
#include "daemon/stats.h"
#include "daemon/trouble.h"
#include "storage/store.h"

enum {
	TICK = 1000000,	      /* microseconds between two rounds of care */
	ASLEEP = 5000000,     /* a gap that means: we were stopped */
	DRAIN = 1000000,      /* for what the kernel still holds */
	LEAVE = 1500000,      /* after the signal: for what is still sent */
	DELIVER = 2800000,    /* after the signal: for alerts under way */
	STORE_WAIT = 2000000, /* for what the queue still holds */
	LOOK_BACK = 3600,     /* seconds of ended negotiations read at start */
};

struct daemon {
	char *conf_path;
	struct conf *conf;
	struct conf *alerts_conf; /* where the alerts could not go back */
	bool foreground;
	struct stats stats;
	struct event_base *base;
	struct listen *listen;
	struct http *http;
	struct store *store;
	struct keep *keep;
	struct desk *desk;
	struct pipeline *pipeline;
	struct trouble trouble;
	struct event *signals[4];
	struct event *timer; /* the pipeline's next time */
	struct event *tick, *watchdog, *committed;
	int64_t armed; /* when timer fires */
	int64_t last_tick;
	int64_t device_save;
	int committed_fd;
	unsigned replaced; /* files the store has begun anew */
	bool stopping;
};

static void
daemon_free(struct daemon *d)
{
	struct event *events[] = { d->timer, d->tick, d->watchdog,
		d->committed };
	size_t i;

	for (i = 0; i < sizeof(d->signals) / sizeof(d->signals[0]); i++)
		if (d->signals[i] != NULL)
			event_free(d->signals[i]);
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	http_free(d->http);
	listen_free(d->listen);
	pipeline_free(d->pipeline);
	keep_free(d->keep);
	desk_free(d->desk);
	store_close(d->store, STORE_WAIT);
	if (d->committed_fd != -1)
		close(d->committed_fd);
	if (d->base != NULL)
		event_base_free(d->base);
	conf_free(d->conf);
	conf_free(d->alerts_conf);
	free(d->conf_path);
	free(d);
}

/* The timer for what comes next; moved only when it has to come earlier. */
static void
daemon_arm(struct daemon *d)
{
	int64_t due = pipeline_due(d->pipeline), now;
	struct timeval wait;

	if (desk_due(d->desk) < due)
		due = desk_due(d->desk);
	if (due >= d->armed)
		return;
	now = clock_now();
	d->armed = due;
	due = due > now ? due - now : 0;
	wait.tv_sec = due / 1000000;
	wait.tv_usec = due % 1000000;
	(void)event_add(d->timer, &wait);
}

static void
daemon_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	d->armed = INT64_MAX;
	/* After a sleep the kernel's buffers are read first: what would have
	 * stalled may have gone on meanwhile. */
	if (clock_now() - d->last_tick < ASLEEP)
		pipeline_tick(d->pipeline, clock_now());
	desk_tick(d->desk, clock_now());
	daemon_arm(d);
}

/* NULs and line ends behind a message are dirt of its framing. */
static bool
daemon_is_empty(struct span s)
{
	return span_trim(s).len == 0;
}

static void
daemon_frame(void *arg, enum conf_transport transport,
    const struct in6_addr *via, const char *device, struct span bytes,
    int64_t now)
{
	struct daemon *d = arg;
	struct pipeline_input in = { bytes, *via, device,
		conf_transport_name(transport), now, 0 };

	if (d->pipeline == NULL)
		return; /* the start has failed: connections taken over end */
	if (bytes.len < 8 && daemon_is_empty(bytes)) {
		stats_count(&d->stats, STAT_EMPTY);
		return;
	}
	(void)pipeline_frame(d->pipeline, &in);
}

static void
daemon_batch(void *arg)
{
	struct daemon *d = arg;

	desk_tick(d->desk, clock_now());
	daemon_arm(d);
}

static bool
daemon_full(void *arg)
{
	const struct daemon *d = arg;

	return store_full(d->store);
}

static bool
daemon_listed(void *arg, const struct in6_addr *via)
{
	const struct daemon *d = arg;
	size_t i, k;

	for (i = 0; i < d->conf->ndevices; i++)
		for (k = 0; k < d->conf->device[i].nets.n; k++)
			if (source_net_has(
				&d->conf->device[i].nets.net[k], via))
				return true;
	for (i = 0; i < d->conf->nrelays; i++)
		if (source_net_has(&d->conf->relay_net[i], via))
			return true;
	return false;
}

/* On the writer's thread: wakes the loop. */
static void
daemon_committed(void *arg)
{
	const struct daemon *d = arg;
	const uint64_t one = 1;

	if (write(d->committed_fd, &one, sizeof(one)) == -1)
		return; /* full: the loop is awake already */
}

static void
daemon_committed_cb(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	struct store_counts counts;
	char text[300];
	uint64_t n;

	(void)what;
	if (read(fd, &n, sizeof(n)) == -1)
		return;
	while (store_notice(d->store, text, sizeof(text)))
		log_warnx("store: %s", text);
	desk_committed(d->desk);
	store_count(d->store, &counts);
	if (counts.replaced != d->replaced) {
		d->replaced = counts.replaced;
		keep_again(d->keep, d->pipeline);
	}
}

static void
daemon_metrics(void *arg, struct evbuffer *to)
{
	struct daemon *d = arg;
	const struct metrics m = { &d->stats, d->keep, d->store, d->pipeline,
		d->desk };

	listen_count(d->listen);
	keep_sync(d->keep, d->pipeline);
	metrics_write(&m, to);
}

static bool
daemon_health(void *arg, struct evbuffer *to)
{
	struct daemon *d = arg;
	const struct metrics m = { &d->stats, d->keep, d->store, d->pipeline,
		d->desk };

	return metrics_health(&m, to);
}

/* What is wrong with ourselves is told too. */
static void
daemon_troubles(struct daemon *d, int64_t now)
{
	struct tracker_counts t;
	struct store_counts c;

	store_count(d->store, &c);
	tracker_count(pipeline_tracker(d->pipeline), &t);
	d->stats.evicted = t.evicted + t.refused_peer;
	trouble_look(&d->trouble, &d->stats, &c, desk_alerts(d->desk), now);
	desk_tick(d->desk, now);
}

static int64_t
daemon_clock(void *arg)
{
	(void)arg;
	return clock_now();
}

static void
daemon_tick_cb(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	int64_t now = clock_now(), step;

	(void)fd;
	(void)what;
	d->last_tick = now;
	if (clock_look(&step))
		log_warnx("clock: the system's clock was set by %+.1f s; "
			  "timers are not disturbed",
		    (double)step / 1e6);
	listen_count(d->listen);
	keep_sync(d->keep, d->pipeline);
	if (d->http != NULL)
		http_tick(d->http);
	daemon_troubles(d, now);
	if (now >= d->device_save) {
		d->device_save = now + 10 * (int64_t)TICK;
		keep_devices(d->keep, d->pipeline);
	}
	daemon_arm(d);
}

static void
daemon_watchdog_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	notify_say("WATCHDOG=1");
}

/* Expected tunnels stand in the tracker before their first record. */
static void
daemon_expect(struct daemon *d)
{
	struct tracker *t = pipeline_tracker(d->pipeline);
	const struct conf_tunnel *c;
	size_t i;

	tracker_expect_none(t);
	for (i = 0; i < d->conf->ntunnels; i++) {
		c = &d->conf->tunnel[i];
		if (tracker_expect(t, c->device, c->peer, c->name) == -1)
			log_warnx(
			    "tunnel %s: out of memory; not expected", c->name);
	}
}

static struct store_conf
daemon_store_conf(const struct conf *c)
{
	return (struct store_conf){ .path = c->store.path,
		.retain_messages = c->store.retain_messages,
		.retain_events = c->store.retain_events,
		.retain_negotiations = c->store.retain_negotiations,
		.max_size = c->store.max_size,
		.queue_bytes = (size_t)c->store.queue_bytes };
}

/* Everything takes its part of the configuration that is now d->conf. */
static void
daemon_apply(struct daemon *d)
{
	const struct store_conf store = daemon_store_conf(d->conf);

	log_set_level(
	    d->foreground && d->conf->global.log_level < LOG_LEVEL_INFO
		? LOG_LEVEL_INFO
		: (enum log_level)d->conf->global.log_level);
	keep_sync(d->keep, d->pipeline);
	keep_configure(d->keep, d->conf);
	pipeline_configure(d->pipeline, &d->conf->pipeline);
	store_configure(d->store, &store);
	daemon_expect(d);
}

static void
daemon_status(struct daemon *d)
{
	notify_status("listening on %zu sockets, database %s",
	    listen_sockets(d->listen), d->conf->store.path);
}

/* What a running process cannot change is said. */
static void
daemon_reload_limits(const struct daemon *d, const struct conf *fresh)
{
	if (strcmp(fresh->store.path, d->conf->store.path) != 0)
		log_warnx("reload: store path changes with a restart only");
	if ((fresh->http.address == NULL) != (d->conf->http.address == NULL) ||
	    (fresh->http.address != NULL &&
		strcmp(fresh->http.address, d->conf->http.address) != 0))
		log_warnx("reload: http address changes with a restart only");
}

/*
 * The parts that may refuse. Where the sockets refuse, the alerts have the
 * new configuration already: they take the old one back, and where they
 * cannot (a file of it is gone by now) the new one is kept for them.
 */
static int
daemon_take(struct daemon *d, struct conf *fresh, char *err, size_t size)
{
	char why[300];
	int code;

	if (desk_configure(d->desk, &fresh->alerts, err, size) == -1)
		goto refused;
	if (listen_configure(d->listen, fresh, err, size, &code) == 0)
		return 0;
	if (desk_configure(d->desk, &d->conf->alerts, why, sizeof(why)) == -1) {
		log_warnx("reload: alerts follow the new configuration, since "
			  "the old one cannot be read any more: %s",
		    why);
		conf_free(d->alerts_conf);
		d->alerts_conf = fresh;
		return -1;
	}
refused:
	conf_free(fresh);
	return -1;
}

static void
daemon_reload_cb(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	struct conf *fresh, *old = d->conf;
	char err[600];
	int code;

	(void)fd;
	(void)what;
	if (d->stopping)
		return;
	notify_reloading();
	fresh = conf_read(d->conf_path, err, sizeof(err), &code);
	if (fresh != NULL && daemon_take(d, fresh, err, sizeof(err)) == -1)
		fresh = NULL;
	if (fresh == NULL) {
		log_warnx("reload: %s; the old configuration stays", err);
		stats_count(&d->stats, STAT_RELOADS_BAD);
		notify_say("READY=1");
		return;
	}
	daemon_reload_limits(d, fresh);
	d->conf = fresh;
	daemon_apply(d);
	conf_free(old);
	conf_free(d->alerts_conf);
	d->alerts_conf = NULL;
	stats_count(&d->stats, STAT_RELOADS);
	log_info("reload: done");
	notify_say("READY=1");
	daemon_status(d);
}

static void
daemon_stop_cb(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)what;
	log_info("stopping: signal %d", (int)fd);
	d->stopping = true;
	(void)event_base_loopbreak(d->base);
}

static void
daemon_stats_cb(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd;
	(void)what;
	listen_count(d->listen);
	keep_sync(d->keep, d->pipeline);
	stats_log(&d->stats);
}

static int
daemon_events(struct daemon *d)
{
	static const struct {
		int signal;
		event_callback_fn cb;
	} signals[] = { { SIGHUP, daemon_reload_cb },
		{ SIGTERM, daemon_stop_cb }, { SIGINT, daemon_stop_cb },
		{ SIGUSR1, daemon_stats_cb } };
	const struct timeval second = { TICK / 1000000, 0 };
	int64_t usec = notify_watchdog();
	struct timeval half = { usec / 1000000, usec % 1000000 };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		/* what holds again when the last steps of the end are taken */
		(void)signal(signals[i].signal, SIG_IGN);
		d->signals[i] =
		    evsignal_new(d->base, signals[i].signal, signals[i].cb, d);
		if (d->signals[i] == NULL || event_add(d->signals[i], NULL))
			return -1;
	}
	d->timer = event_new(d->base, -1, 0, daemon_timer_cb, d);
	d->tick = event_new(d->base, -1, EV_PERSIST, daemon_tick_cb, d);
	d->committed = event_new(d->base, d->committed_fd, EV_READ | EV_PERSIST,
	    daemon_committed_cb, d);
	if (d->timer == NULL || d->tick == NULL || d->committed == NULL ||
	    event_add(d->tick, &second) || event_add(d->committed, NULL))
		return -1;
	if (usec == 0)
		return 0;
	d->watchdog = event_new(d->base, -1, EV_PERSIST, daemon_watchdog_cb, d);
	return d->watchdog == NULL ? -1 : event_add(d->watchdog, &half);
}

static void
daemon_restore_tunnel(void *arg, const struct ike_tunnel *t)
{
	if (tracker_restore_tunnel(arg, t) == -1)
		log_warnx("state: out of memory; a tunnel is forgotten");
}

static void
daemon_restore_negotiation(void *arg, const struct ike_negotiation *n)
{
	if (tracker_restore_negotiation(arg, n) == -1)
		log_warnx("state: out of memory; a negotiation is forgotten");
}

/* What was going on when the process before us ended. */
static int
daemon_restore(struct daemon *d)
{
	struct tracker *t = pipeline_tracker(d->pipeline);
	int64_t since = clock_now() - (int64_t)LOOK_BACK * 1000000;

	tracker_first_ids(
	    t, store_next_negotiation(d->store), store_next_tunnel(d->store));
	if (store_load_tunnels(d->store, daemon_restore_tunnel, t) == -1 ||
	    store_load_negotiations(
		d->store, since, daemon_restore_negotiation, t) == -1)
		return -1;
	return 0;
}

static int
daemon_open_store(struct daemon *d, char *err, size_t size, int *code)
{
	const struct store_conf conf = daemon_store_conf(d->conf);
	const struct desk_clock desk_clock = { daemon_clock, NULL,
		clock_stamp };
	struct pipeline_sink sink;

	d->store = store_open(&conf, err, size, code);
	if (d->store == NULL)
		return -1;
	*code = EX_OSERR;
	(void)snprintf(err, size, "start: out of memory");
	d->keep = keep_new(d->store, &d->stats);
	if (d->keep == NULL)
		return -1;
	sink = keep_sink(d->keep);
	keep_configure(d->keep, d->conf);
	d->pipeline = pipeline_new(&d->conf->pipeline, &sink);
	if (d->pipeline == NULL)
		return -1;
	if (daemon_restore(d) == -1) {
		*code = EX_IOERR;
		(void)snprintf(err, size,
		    "database \"%s\": its state cannot "
		    "be read; ikewatch status shows more",
		    conf.path);
		return -1;
	}
	d->desk = desk_new(
	    d->store, d->base, &d->conf->alerts, &desk_clock, err, size);
	*code = EX_CONFIG;
	if (d->desk == NULL)
		return -1;
	keep_alert(d->keep, desk_alerts(d->desk));
	*code = EX_OSERR;
	(void)snprintf(err, size, "start: no thread for the database");
	if (store_start(d->store, daemon_committed, d) == -1)
		return -1;
	desk_start(d->desk);
	return 0;
}

static int
daemon_open_sockets(struct daemon *d, char *err, size_t size, int *code)
{
	const struct listen_sink listen = { d, daemon_frame, daemon_batch,
		daemon_full, daemon_listed };
	const struct http_sink http = { d, daemon_metrics, daemon_health };

	d->listen = listen_new(d->base, &d->stats, &listen);
	if (d->listen == NULL)
		return -1;
	listen_inherit(d->listen);
	if (listen_configure(d->listen, d->conf, err, size, code) == -1)
		return -1;
	if (d->conf->http.address == NULL)
		return 0;
	d->http = http_new(d->base, d->conf, &http, err, size, code);
	return d->http == NULL ? -1 : 0;
}

static int
daemon_start_parts(struct daemon *d, char *err, size_t size, int *code)
{
	const struct conf *c = d->conf;

	*code = EX_OSERR;
	(void)snprintf(err, size, "start: out of memory or descriptors");
	d->base = event_base_new();
	d->committed_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (d->base == NULL || d->committed_fd == -1 ||
	    daemon_open_sockets(d, err, size, code) == -1 ||
	    privs_drop(c->global.user, c->global.group, c->store.path,
		d->foreground, err, size, code) == -1 ||
	    daemon_open_store(d, err, size, code) == -1 ||
	    daemon_events(d) == -1)
		return -1;
	daemon_apply(d);
	return 0;
}

struct daemon *
daemon_start(const char *path, struct conf *conf, bool foreground, char *err,
    size_t size, int *code)
{
	struct daemon *d = calloc(1, sizeof(*d));

	*code = EX_OSERR;
	(void)snprintf(err, size, "start: out of memory");
	if (d == NULL) {
		conf_free(conf);
		return NULL;
	}
	d->conf = conf;
	d->foreground = foreground;
	d->armed = INT64_MAX;
	d->committed_fd = -1;
	d->last_tick = clock_now();
	d->conf_path = strdup(path);
	if (d->conf_path == NULL ||
	    daemon_start_parts(d, err, size, code) == -1) {
		daemon_free(d);
		return NULL;
	}
	return d;
}

/* The loop goes on until done() or the time. */
static void
daemon_linger(
    struct daemon *d, bool (*done)(const struct daemon *), int64_t until)
{
	const struct timeval soon = { 0, 10000 };

	while (!done(d) && clock_now() < until) {
		(void)event_base_loopexit(d->base, &soon);
		if (event_base_dispatch(d->base) == -1)
			return;
	}
}

static bool
daemon_is_quiet(const struct daemon *d)
{
	return listen_quiet(d->listen);
}

static bool
daemon_is_delivered(const struct daemon *d)
{
	return desk_idle(d->desk);
}

/* Nothing that was received is lost: sockets, held records, queue. */
static void
daemon_stop(struct daemon *d)
{
	int64_t begin = clock_now();

	notify_say("STOPPING=1");
	listen_drain(d->listen, begin + DRAIN);
	listen_hand_over(d->listen);
	listen_leave(d->listen);
	daemon_linger(d, daemon_is_quiet, begin + LEAVE);
	listen_end(d->listen);
	pipeline_tick(d->pipeline, INT64_MAX);
	desk_tick(d->desk, clock_now());
	daemon_linger(d, daemon_is_delivered, begin + DELIVER);
	keep_devices(d->keep, d->pipeline);
	keep_sync(d->keep, d->pipeline);
	stats_log(&d->stats);
	daemon_free(d);
	log_info("stopped");
}

int
daemon_run(struct daemon *d)
{
	int rc;

	daemon_arm(d);
	log_info("ikewatchd %s: ready", IKEWATCH_VERSION);
	notify_say("READY=1");
	daemon_status(d);
	rc = event_base_dispatch(d->base);
	if (rc == -1)
		log_warn("event loop");
	rc = d->stopping ? EX_OK : EX_SOFTWARE;
	daemon_stop(d);
	return rc;
}
