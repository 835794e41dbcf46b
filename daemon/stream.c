/*
 * Connections. The one rule: every connection is under a limit of its own
 * (time for a frame, bytes of it) and under one for all, and the one that
 * goes over pays.
 */
#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/hash.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/stream.h"
#include "daemon/tls.h"
#include "parsers/frame.h"
#include "parsers/proxy.h"

enum {
	BUCKETS = 1024,
	READ_SIZE = 262144,
	KEPT_MAX = FRAME_MAX + 64, /* what frame_next() leaves at the most */
	ACCEPTS = 64,		   /* in a row before others get a turn */
	RESERVE_FDS = 48,	   /* database, deliveries, HTTP, reloads */
	SWEEP = 500000, /* microseconds between two looks at the clocks */
	ACCEPT_PAUSE = 1000000, /* when descriptors have run out */
	QUIET = 300000, /* microseconds without a byte: nobody sends more */
};

struct conn {
	struct streams *all;
	struct stream *port; /* NULL once its listener is gone */
	int fd;
	struct event *readable;	 /* TCP */
	struct bufferevent *bev; /* TLS */
	struct in6_addr via;
	struct frame frame;
	char *kept; /* the beginning of a frame */
	size_t nkept;
	int64_t begun; /* when that frame began; TLS: when it connected */
	int64_t heard;
	bool spoke;		    /* has sent anything */
	bool proxied;		    /* the PROXY header is still to come */
	bool secure;		    /* TLS: the handshake is done */
	bool ending;		    /* its peer is done: nothing is put off */
	bool listed;		    /* a device of the configuration */
	char device[IKE_NAME_SIZE]; /* by its certificate */
	struct conn *next, **prev;
	struct conn *bucket_next, **bucket_prev;
};

struct stream {
	struct streams *all;
	int fd;
	struct event *readable;
	const struct conf_listener *conf;
	struct tls *tls;
	struct stream *next, **prev;
};

struct streams {
	struct event_base *base;
	struct stats *stats;
	const struct listen_sink *sink;
	const struct conf *conf;
	struct hash_key key;
	struct conn *conns, *bucket[BUCKETS];
	struct stream *ports;
	size_t nconns, nstrangers, most;
	size_t kept;   /* bytes of unfinished frames */
	int64_t heard; /* anything, from anybody */
	struct event *sweep, *again;
	bool waiting; /* the store is full: nobody is read */
	bool behind;  /* somebody's whole frames are kept for later */
	bool no_fds;  /* accepting pauses */
	char buf[KEPT_MAX + READ_SIZE];
};

static void conn_close(struct conn *);

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

static void
conn_name(const struct conn *c, char text[IKE_ADDR_SIZE])
{
	source_text(&c->via, text);
}

static void
conn_wait(struct conn *c, bool wait)
{
	if (c->readable != NULL) {
		if (wait)
			(void)event_del(c->readable);
		else
			(void)event_add(c->readable, NULL);
	} else if (c->bev != NULL) {
		if (wait)
			(void)bufferevent_disable(c->bev, EV_READ);
		else {
			(void)bufferevent_enable(c->bev, EV_READ);
			/* what came in before it waited */
			bufferevent_trigger(c->bev, EV_READ, 0);
		}
	}
}

static void
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

static enum conf_transport
conn_transport(const struct conn *c)
{
	return c->bev != NULL ? CONF_TLS : CONF_TCP;
}

static void
conn_frame(struct conn *c, struct span msg, bool cut, int64_t now)
{
	struct streams *all = c->all;

	stats_count(all->stats, STAT_RECEIVED + conn_transport(c));
	if (cut)
		stats_count(all->stats, STAT_CUT);
	all->sink->frame(all->sink->arg, conn_transport(c), &c->via,
	    c->device[0] == '\0' ? NULL : c->device, msg, now);
}

/* Keeps what is left of the last read; false without memory. */
static bool
conn_keep(struct conn *c, struct span rest)
{
	char *kept = NULL;

	if (rest.len > 0) {
		kept = malloc(rest.len);
		if (kept == NULL)
			return false;
		memcpy(kept, rest.p, rest.len);
	}
	c->all->kept += rest.len - c->nkept;
	free(c->kept);
	c->kept = kept;
	c->nkept = rest.len;
	return true;
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

/* Somebody who speaks something else is told so in our log, and closed. */
static bool
conn_is_stranger(struct conn *c, struct span first)
{
	enum frame_stranger s = frame_stranger(first);
	char name[IKE_ADDR_SIZE];

	if (s == FRAME_SYSLOG)
		return false;
	conn_name(c, name);
	if (s == FRAME_TLS)
		log_hint("connection %s: speaks TLS to the plain port; send "
			 "to the tls section's port, or turn TLS off there",
		    name);
	else
		log_hint(
		    "connection %s: speaks HTTP, this is a syslog port", name);
	stats_count(c->all->stats, STAT_CONN_STRANGER);
	return true;
}

/*
 * The frames of kept bytes and n new ones, which stand in all->buf. When the
 * store is full the rest is kept for later, whole frames too. False: the
 * connection has to be closed.
 */
static bool
conn_feed(struct conn *c, size_t n)
{
	struct span in = { c->all->buf, c->nkept + n }, msg;
	enum frame_result r;
	bool fresh = c->nkept == 0, full = false;

	c->heard = c->all->heard = clock_now();
	if (!c->spoke) {
		c->spoke = true;
		if (conn_is_stranger(c, in))
			return false;
	}
	while (!full && (r = frame_next(&c->frame, &in, &msg)) != FRAME_MORE) {
		conn_frame(c, msg, r == FRAME_CUT, c->heard);
		fresh = true;
		full = !c->ending && c->all->sink->full(c->all->sink->arg);
	}
	if (fresh)
		c->begun = c->heard;
	/* The store may have room again in a moment: what is kept here must
	 * go first all the same, and is more than a read leaves room for. */
	c->all->behind |= full;
	return (full || in.len <= KEPT_MAX) && conn_keep(c, in);
}

/* The stream is over: what is left is messages too. */
static void
conn_last(struct conn *c, bool cut)
{
	struct span in = { c->kept, c->nkept }, msg;
	int64_t now = clock_now();
	enum frame_result r;

	while (
	    in.len > 0 && (r = frame_last(&c->frame, &in, &msg)) != FRAME_MORE)
		conn_frame(c, msg, r == FRAME_CUT || (cut && in.len == 0), now);
}

static void
conn_unlink_bucket(struct conn *c)
{
	*c->bucket_prev = c->bucket_next;
	if (c->bucket_next != NULL)
		c->bucket_next->bucket_prev = c->bucket_prev;
}

static void
conn_close(struct conn *c)
{
	struct streams *all = c->all;

	*c->prev = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	conn_unlink_bucket(c);
	all->nconns--;
	all->nstrangers -= !c->listed;
	all->kept -= c->nkept;
	all->stats->connections = all->nconns;
	if (c->readable != NULL)
		event_free(c->readable);
	if (c->bev != NULL)
		bufferevent_free(c->bev);
	else
		close(c->fd);
	free(c->kept);
	free(c);
}

static void
conn_end(struct conn *c)
{
	conn_last(c, false);
	conn_close(c);
}

/* After a read: timers, and whether the store can follow. */
static void
streams_after(struct streams *all)
{
	all->sink->batch(all->sink->arg);
	if (all->behind || all->sink->full(all->sink->arg))
		streams_wait(all, true);
	while (!all->waiting &&
	    all->kept > (size_t)all->conf->limits.partial_bytes)
		streams_shed(all);
}

/* Once more what was kept; false where the connection is gone. */
static bool
conn_feed_kept(struct conn *c)
{
	if (c->nkept == 0)
		return true;
	memcpy(c->all->buf, c->kept, c->nkept);
	if (conn_feed(c, 0))
		return true;
	conn_close(c);
	return false;
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

/* One read of a TCP connection: bytes read, 0 at its end (it is gone then),
 * -1 where there is nothing now. */
static ssize_t
conn_read(struct conn *c)
{
	struct streams *all = c->all;
	ssize_t n;

	if (c->nkept > 0)
		memcpy(all->buf, c->kept, c->nkept);
	n = recv(c->fd, all->buf + c->nkept, READ_SIZE, MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return -1;
	if (n <= 0) {
		conn_end(c);
		return 0;
	}
	if (!conn_feed(c, (size_t)n)) {
		conn_close(c);
		return 0;
	}
	return n;
}

static void
conn_readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	struct streams *all = c->all;

	(void)fd;
	(void)what;
	(void)conn_read(c);
	streams_after(all);
}

/* What libevent has decrypted; false where the connection is gone. */
static bool
conn_tls_read(struct conn *c)
{
	struct streams *all = c->all;
	size_t n;

	while (c->ending || !all->behind) {
		if (c->nkept > 0)
			memcpy(all->buf, c->kept, c->nkept);
		n = bufferevent_read(c->bev, all->buf + c->nkept, READ_SIZE);
		if (n == 0)
			break;
		if (!conn_feed(c, n)) {
			conn_close(c);
			return false;
		}
	}
	return true;
}

static void
conn_tls_read_cb(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;
	struct streams *all = c->all;

	(void)bev;
	if (!c->secure || all->waiting)
		return;
	(void)conn_tls_read(c);
	streams_after(all);
}

/* The handshake is done: may he stay? */
static void
conn_tls_ready(struct conn *c)
{
	const char *device;
	char why[200], name[IKE_ADDR_SIZE];

	c->secure = true;
	if (c->port != NULL &&
	    tls_verify(c->port->tls, bufferevent_openssl_get_ssl(c->bev),
		c->all->conf, &device, why, sizeof(why))) {
		if (device != NULL)
			(void)snprintf(
			    c->device, sizeof(c->device), "%s", device);
		return;
	}
	conn_name(c, name);
	log_hint("connection %s: %s", name, why);
	stats_count(c->all->stats, STAT_CONN_TLS);
	conn_close(c);
}

static void
conn_tls_event_cb(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;
	struct streams *all = c->all;
	char why[200], name[IKE_ADDR_SIZE];

	(void)bev;
	if (what & BEV_EVENT_CONNECTED) {
		conn_tls_ready(c);
		return;
	}
	if (!c->secure) {
		conn_name(c, name);
		tls_error(why, sizeof(why));
		log_hint("connection %s: no TLS with it: %s", name, why);
		stats_count(all->stats, STAT_CONN_TLS);
		conn_close(c);
		return;
	}
	c->ending = true;
	if (conn_feed_kept(c) && conn_tls_read(c))
		conn_end(c);
	streams_after(all);
}

static struct conn **
streams_bucket(struct streams *all, const struct in6_addr *via)
{
	return &all->bucket[hash_bytes(&all->key, via, sizeof(*via)) % BUCKETS];
}

static void
conn_link_bucket(struct conn *c)
{
	struct conn **bucket = streams_bucket(c->all, &c->via);

	c->bucket_next = *bucket;
	c->bucket_prev = bucket;
	if (c->bucket_next != NULL)
		c->bucket_next->bucket_prev = &c->bucket_next;
	*bucket = c;
}

static struct conn *
conn_new(struct streams *all, struct stream *port, int fd,
    const struct in6_addr *via, bool listed)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	*c = (struct conn){ .all = all,
		.port = port,
		.fd = fd,
		.via = *via,
		.listed = listed };
	c->heard = c->begun = clock_now();
	c->next = all->conns;
	c->prev = &all->conns;
	if (c->next != NULL)
		c->next->prev = &c->next;
	all->conns = c;
	conn_link_bucket(c);
	all->nconns++;
	all->nstrangers += !listed;
	all->stats->connections = all->nconns;
	return c;
}

static int
conn_start_plain(struct conn *c)
{
	c->readable = event_new(
	    c->all->base, c->fd, EV_READ | EV_PERSIST, conn_readable_cb, c);
	if (c->readable == NULL)
		return -1;
	return c->all->waiting ? 0 : event_add(c->readable, NULL);
}

static int
conn_start_tls(struct conn *c)
{
	SSL *ssl = tls_accept(c->port->tls);

	if (ssl == NULL)
		return -1;
	c->bev = bufferevent_openssl_socket_new(c->all->base, c->fd, ssl,
	    BUFFEREVENT_SSL_ACCEPTING,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (c->bev == NULL) {
		SSL_free(ssl);
		return -1;
	}
	bufferevent_openssl_set_allow_dirty_shutdown(c->bev, 1);
	bufferevent_setcb(c->bev, conn_tls_read_cb, NULL, conn_tls_event_cb, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, FRAME_MAX);
	return bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

/* A silent peer that went away is noticed by the kernel. */
static void
conn_options(const struct conn *c)
{
	int yes = 1, idle = 120;
	int size = c->port->conf->receive_buffer > INT32_MAX / 2
	    ? INT32_MAX / 2
	    : (int)c->port->conf->receive_buffer;

	(void)setsockopt(c->fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	if (size > 0)
		(void)setsockopt(
		    c->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static size_t
streams_of(struct streams *all, const struct in6_addr *via)
{
	struct conn *c;
	size_t n = 0;

	for (c = *streams_bucket(all, via); c != NULL; c = c->bucket_next)
		n += IN6_ARE_ADDR_EQUAL(&c->via, via);
	return n;
}

static bool
stream_in(const struct conf_nets *nets, const struct in6_addr *via)
{
	size_t i;

	for (i = 0; i < nets->n; i++)
		if (source_net_has(&nets->net[i], via))
			return true;
	return false;
}

/* May this one come in? If not, which counter says why. An eighth of the
 * house is kept for the devices of the configuration. */
static int
stream_refuses(struct stream *p, const struct in6_addr *via, bool listed)
{
	struct streams *all = p->all;

	if (p->conf->allow_nets.n > 0 && !stream_in(&p->conf->allow_nets, via))
		return STAT_CONN_DENIED;
	if (all->nconns >= all->most ||
	    (!listed && all->nstrangers >= all->most - all->most / 8))
		return STAT_CONN_FULL;
	if (streams_of(all, via) >=
	    (size_t)all->conf->limits.connections_per_address)
		return STAT_CONN_ADDRESS;
	return -1;
}

static struct in6_addr
stream_address(const struct sockaddr_storage *from)
{
	const struct sockaddr_in6 *v6 = (const void *)from;
	const struct sockaddr_in *v4 = (const void *)from;
	struct in6_addr addr = IN6ADDR_ANY_INIT;

	if (from->ss_family == AF_INET6)
		return v6->sin6_addr;
	addr.s6_addr[10] = addr.s6_addr[11] = 0xff;
	memcpy(addr.s6_addr + 12, &v4->sin_addr, 4);
	return addr;
}

static struct in6_addr
stream_proxied(const struct proxy *proxy)
{
	struct in6_addr addr = IN6ADDR_ANY_INIT;

	if (proxy->family == 6) {
		memcpy(&addr, proxy->source, 16);
		return addr;
	}
	addr.s6_addr[10] = addr.s6_addr[11] = 0xff;
	memcpy(addr.s6_addr + 12, proxy->source, 4);
	return addr;
}

static void
stream_say_refused(struct streams *all, const struct in6_addr *via, int refused)
{
	char name[IKE_ADDR_SIZE];

	source_text(via, name);
	log_hint("connection %s: refused (%s)", name,
	    stats_labels((enum counter)refused));
	stats_count(all->stats, (unsigned)refused);
}

/* Behind a balancer the sender is another, under limits of his own. */
static bool
conn_moves(struct conn *c, const struct in6_addr *via)
{
	struct streams *all = c->all;
	bool listed = all->sink->listed(all->sink->arg, via);
	int refused = c->port == NULL ? STAT_CONN_DENIED
				      : stream_refuses(c->port, via, listed);

	if (refused != -1) {
		stream_say_refused(all, via, refused);
		conn_close(c);
		return false;
	}
	conn_unlink_bucket(c);
	c->via = *via;
	conn_link_bucket(c);
	all->nstrangers -= !c->listed;
	c->listed = listed;
	all->nstrangers += !listed;
	return true;
}

static int
conn_start(struct conn *c)
{
	return c->port->tls != NULL ? conn_start_tls(c) : conn_start_plain(c);
}

static void
conn_bad_proxy(struct conn *c)
{
	char name[IKE_ADDR_SIZE];

	conn_name(c, name);
	log_hint("connection %s: a balancer (option proxy) that sends no "
		 "PROXY header; turn it on there or take it off the list",
	    name);
	stats_count(c->all->stats, STAT_CONN_PROXY);
	conn_close(c);
}

/*
 * The balancer's header is looked at in the kernel's buffer and then read to
 * its last octet exactly, so that TLS begins where it should.
 */
static void
conn_proxy_cb(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	struct in6_addr via;
	struct proxy proxy;
	struct span in;
	ssize_t n;

	(void)what;
	n = recv(fd, c->all->buf, PROXY_MAX_V2, MSG_PEEK | MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	in = (struct span){ c->all->buf, n > 0 ? (size_t)n : 0 };
	switch (n > 0 ? proxy_read(&in, &proxy) : PROXY_BAD) {
	case PROXY_MORE:
		return; /* the sweep ends it when it takes too long */
	case PROXY_BAD:
		conn_bad_proxy(c);
		return;
	case PROXY_DONE:
		break;
	}
	n -= (ssize_t)in.len;
	if (recv(fd, c->all->buf, (size_t)n, 0) != n) {
		conn_bad_proxy(c);
		return;
	}
	event_free(c->readable);
	c->readable = NULL;
	c->proxied = false;
	if (proxy.family != 0) {
		via = stream_proxied(&proxy);
		if (!conn_moves(c, &via))
			return;
	}
	if (c->port == NULL || conn_start(c) == -1)
		conn_close(c);
}

static int
conn_start_proxied(struct conn *c)
{
	c->proxied = true;
	c->readable = event_new(c->all->base, c->fd,
	    EV_READ | EV_PERSIST | EV_ET, conn_proxy_cb, c);
	return c->readable == NULL ? -1 : event_add(c->readable, NULL);
}

static void
stream_take(struct stream *p, int fd, const struct in6_addr *via)
{
	struct streams *all = p->all;
	bool proxied = stream_in(&p->conf->proxy_nets, via);
	bool listed = proxied || all->sink->listed(all->sink->arg, via);
	int refused = proxied ? (all->nconns >= all->most ? STAT_CONN_FULL : -1)
			      : stream_refuses(p, via, listed);
	struct conn *c;

	if (refused != -1) {
		stream_say_refused(all, via, refused);
		close(fd);
		return;
	}
	c = conn_new(all, p, fd, via, listed);
	if (c == NULL) {
		close(fd);
		return;
	}
	stats_count(all->stats, STAT_ACCEPTED + (p->tls != NULL));
	conn_options(c);
	if ((proxied ? conn_start_proxied(c) : conn_start(c)) == -1)
		conn_close(c);
}

/* No descriptor left: nobody is accepted for a while, said once. */
static void
streams_out_of_fds(struct streams *all)
{
	struct stream *p;

	stats_count(all->stats, STAT_CONN_FDS);
	if (all->no_fds)
		return;
	all->no_fds = true;
	log_warn("connections: none can be accepted for now; raise "
		 "LimitNOFILE or lower limits connections");
	for (p = all->ports; p != NULL; p = p->next)
		(void)event_del(p->readable);
}

static void
stream_accept_cb(evutil_socket_t fd, short what, void *arg)
{
	struct stream *p = arg;
	struct sockaddr_storage from;
	struct in6_addr via;
	socklen_t len;
	int i, conn;

	(void)what;
	for (i = 0; i < ACCEPTS; i++) {
		len = sizeof(from);
		conn = accept4(fd, (struct sockaddr *)&from, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (conn == -1) {
			if (errno == EMFILE || errno == ENFILE ||
			    errno == ENOBUFS || errno == ENOMEM)
				streams_out_of_fds(p->all);
			return;
		}
		via = stream_address(&from);
		stream_take(p, conn, &via);
	}
}

/* The times of one connection; true if it was closed. */
static bool
conn_overdue(struct conn *c, int64_t now)
{
	const struct conf_limits *limits = &c->all->conf->limits;
	char name[IKE_ADDR_SIZE];

	conn_name(c, name);
	if (c->proxied && now - c->begun > limits->handshake) {
		conn_bad_proxy(c);
		return true;
	}
	if (c->bev != NULL && !c->secure &&
	    now - c->begun > limits->handshake) {
		log_hint("connection %s: no TLS handshake in time", name);
		stats_count(c->all->stats, STAT_CONN_TLS);
		conn_close(c);
		return true;
	}
	if (c->nkept > 0 && now - c->begun > limits->frame) {
		log_hint("connection %s: closed, a message was not finished "
			 "in time",
		    name);
		stats_count(c->all->stats, STAT_CONN_SLOW);
		conn_last(c, true);
		conn_close(c);
		return true;
	}
	if (limits->idle > 0 && now - c->heard > limits->idle) {
		stats_count(c->all->stats, STAT_CONN_IDLE);
		conn_end(c);
		return true;
	}
	return false;
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

/* The writer goes on while we wait for it. */
static bool
streams_room(struct streams *all, int64_t until)
{
	while (all->sink->full(all->sink->arg)) {
		if (clock_now() >= until)
			return false;
		(void)usleep(1000);
	}
	return clock_now() < until;
}

static void
conn_drain(struct conn *c, int64_t until)
{
	struct streams *all = c->all;

	while (streams_room(all, until)) {
		all->behind = false;
		if (!conn_feed_kept(c))
			return;
		if (all->behind)
			continue;
		if (c->bev == NULL ? conn_read(c) <= 0
				   : !conn_tls_read(c) || !all->behind)
			return;
	}
}

void
streams_drain(struct streams *all, int64_t until)
{
	struct conn *c, *next;
	struct stream *p;

	/* Whoever has connected has begun to send; TLS cannot have. */
	for (p = all->ports; p != NULL; p = p->next)
		if (p->tls == NULL)
			stream_accept_cb(p->fd, EV_READ, p);
	for (c = all->conns; c != NULL; c = next) {
		next = c->next;
		if (!c->proxied && (c->bev == NULL || c->secure))
			conn_drain(c, until);
	}
}

/* The beginning of a frame, in a file that lives in memory. */
static int
conn_state(const struct conn *c)
{
	int fd = memfd_create("ikewatch-frame", MFD_CLOEXEC);
	struct iovec iov[2] = { { (void *)(uintptr_t)&c->frame,
				    sizeof(c->frame) },
		{ c->kept, c->nkept } };

	if (fd == -1)
		return -1;
	if (writev(fd, iov, 2) != (ssize_t)(sizeof(c->frame) + c->nkept)) {
		close(fd);
		return -1;
	}
	return fd;
}

void
streams_hand_over(struct streams *all)
{
	struct conn *c, *next;
	unsigned n = 0;
	char name[64];
	int state;

	for (c = all->conns; c != NULL; c = next) {
		next = c->next;
		if (c->bev != NULL)
			continue;
		(void)snprintf(name, sizeof(name), "conn-%u", n);
		if (!notify_keep(c->fd, name))
			return;
		state = conn_state(c);
		(void)snprintf(name, sizeof(name), "state-%u", n++);
		if (state != -1) {
			(void)notify_keep(state, name);
			close(state);
		}
		/* What it had begun is read on by the next process. */
		conn_close(c);
	}
	if (n > 0)
		log_info("connections: %u handed over", n);
}

void
streams_leave(struct streams *all)
{
	struct conn *c, *next;

	all->heard = clock_now();
	for (c = all->conns; c != NULL; c = next) {
		next = c->next;
		if (c->proxied || (c->bev != NULL && !c->secure)) {
			conn_close(c);
			continue;
		}
		if (c->bev != NULL)
			(void)SSL_shutdown(bufferevent_openssl_get_ssl(c->bev));
		(void)shutdown(c->fd, SHUT_WR);
	}
}

bool
streams_quiet(const struct streams *all, int64_t now)
{
	return all->nconns == 0 || (!all->waiting && now - all->heard > QUIET);
}

/*
 * A reset, since all has been read: a sender who has not looked at our end
 * of stream would be told that his next write went well, and lose it.
 */
static void
conn_will_reset(const struct conn *c)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

void
streams_end(struct streams *all)
{
	while (all->conns != NULL) {
		conn_last(all->conns, true);
		conn_will_reset(all->conns);
		conn_close(all->conns);
	}
}

static void
conn_restore(struct conn *c, int state)
{
	struct frame frame;
	ssize_t n;

	if (lseek(state, 0, SEEK_SET) == -1 ||
	    read(state, &frame, sizeof(frame)) != (ssize_t)sizeof(frame))
		return;
	n = read(state, c->all->buf, sizeof(c->all->buf));
	c->frame = frame;
	if (n > 0)
		(void)conn_keep(c, (struct span){ c->all->buf, (size_t)n });
}

void
streams_take_back(struct streams *all, struct stream *port, int fd, int state)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	struct in6_addr via;
	struct conn *c;

	if (getpeername(fd, (struct sockaddr *)&from, &len) == -1 ||
	    evutil_make_socket_nonblocking(fd) == -1) {
		close(fd);
		return;
	}
	via = stream_address(&from);
	c = conn_new(
	    all, port, fd, &via, all->sink->listed(all->sink->arg, &via));
	if (c == NULL) {
		close(fd);
		return;
	}
	c->spoke = true;
	if (state != -1)
		conn_restore(c, state);
	/* What was kept is looked at when everything has started. */
	streams_wait(all, true);
	if (conn_start_plain(c) == -1)
		conn_close(c);
}

struct stream *
stream_new(struct streams *all, int fd, const struct conf_listener *conf,
    struct tls *tls)
{
	struct stream *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->readable =
	    event_new(all->base, fd, EV_READ | EV_PERSIST, stream_accept_cb, p);
	if (p->readable == NULL || event_add(p->readable, NULL) == -1) {
		if (p->readable != NULL)
			event_free(p->readable);
		free(p);
		return NULL;
	}
	p->all = all;
	p->fd = fd;
	p->conf = conf;
	p->tls = tls;
	p->next = all->ports;
	p->prev = &all->ports;
	if (p->next != NULL)
		p->next->prev = &p->next;
	all->ports = p;
	return p;
}

void
stream_free(struct stream *p, bool keep)
{
	struct conn *c, *next;

	if (p == NULL)
		return;
	for (c = p->all->conns; c != NULL; c = next) {
		next = c->next;
		if (c->port != p)
			continue;
		c->port = NULL;
		if (!keep)
			conn_end(c);
	}
	*p->prev = p->next;
	if (p->next != NULL)
		p->next->prev = p->prev;
	event_free(p->readable);
	close(p->fd);
	tls_free(p->tls);
	free(p);
}

void
stream_configure(
    struct stream *p, const struct conf_listener *conf, struct tls *tls)
{
	p->conf = conf;
	if (tls != p->tls)
		tls_free(p->tls);
	p->tls = tls;
}
