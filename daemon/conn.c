/*
 * One connection: its bytes become frames. The one rule: what is read lies in
 * the buffer that all share, and what is left of it at the end of a read is
 * copied, bounded and counted.
 */
#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/stream_parts.h"

void
conn_name(const struct conn *c, char text[IKE_ADDR_SIZE])
{
	source_text(&c->via, text);
}

static struct conn **
conn_bucket(struct streams *all, const struct in6_addr *via)
{
	return &all->bucket[hash_bytes(&all->key, via, sizeof(*via)) %
	    CONN_BUCKETS];
}

static void
conn_link(struct conn *c)
{
	struct conn **bucket = conn_bucket(c->all, &c->via);

	c->bucket_next = *bucket;
	c->bucket_prev = bucket;
	if (c->bucket_next != NULL)
		c->bucket_next->bucket_prev = &c->bucket_next;
	*bucket = c;
}

static void
conn_unlink(struct conn *c)
{
	*c->bucket_prev = c->bucket_next;
	if (c->bucket_next != NULL)
		c->bucket_next->bucket_prev = c->bucket_prev;
}

size_t
conn_count(struct streams *all, const struct in6_addr *via)
{
	struct conn *c;
	size_t n = 0;

	for (c = *conn_bucket(all, via); c != NULL; c = c->bucket_next)
		n += IN6_ARE_ADDR_EQUAL(&c->via, via);
	return n;
}

struct conn *
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
	conn_link(c);
	all->nconns++;
	all->nstrangers += !listed;
	all->stats->connections = all->nconns;
	return c;
}

void
conn_close(struct conn *c)
{
	struct streams *all = c->all;

	*c->prev = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	conn_unlink(c);
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

void
conn_move(struct conn *c, const struct in6_addr *via, bool listed)
{
	conn_unlink(c);
	c->via = *via;
	conn_link(c);
	c->all->nstrangers -= !c->listed;
	c->listed = listed;
	c->all->nstrangers += !listed;
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

bool
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

bool
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
	return (full || in.len <= CONN_KEPT) && conn_keep(c, in);
}

bool
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

void
conn_last(struct conn *c, bool cut)
{
	struct span in = { c->kept, c->nkept }, msg;
	int64_t now = clock_now();
	enum frame_result r;

	while (
	    in.len > 0 && (r = frame_last(&c->frame, &in, &msg)) != FRAME_MORE)
		conn_frame(c, msg, r == FRAME_CUT || (cut && in.len == 0), now);
}

void
conn_end(struct conn *c)
{
	conn_last(c, false);
	conn_close(c);
}

ssize_t
conn_read(struct conn *c)
{
	struct streams *all = c->all;
	ssize_t n;

	if (c->nkept > 0)
		memcpy(all->buf, c->kept, c->nkept);
	n = recv(c->fd, all->buf + c->nkept, CONN_READ, MSG_DONTWAIT);
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

int
conn_start_plain(struct conn *c)
{
	c->readable = event_new(
	    c->all->base, c->fd, EV_READ | EV_PERSIST, conn_readable_cb, c);
	if (c->readable == NULL)
		return -1;
	return c->all->waiting ? 0 : event_add(c->readable, NULL);
}

int
conn_start(struct conn *c)
{
	return c->port->tls != NULL ? conn_tls_start(c) : conn_start_plain(c);
}

void
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

bool
conn_overdue(struct conn *c, int64_t now)
{
	const struct conf_limits *limits = &c->all->conf->limits;
	char name[IKE_ADDR_SIZE];

	conn_name(c, name);
	if (c->proxied && now - c->begun > limits->handshake) {
		conn_proxy_bad(c);
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
