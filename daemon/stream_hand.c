/*
 * The end of connections: read empty, handed over to the service manager and
 * taken back from it, or ended. The one rule: what has come in is read, and
 * who sends more is not left to believe that it arrived.
 */
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/stream_parts.h"

enum { QUIET = 300000 }; /* microseconds without a byte: nobody sends more */

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
			stream_accept(p);
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
