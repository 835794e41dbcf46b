/*
 * The PROXY header of a connection from a balancer. The one rule: who it
 * names is under the limits that hold for whoever connects himself.
 */
#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/log.h"
#include "daemon/stream_parts.h"
#include "parsers/proxy.h"

void
conn_proxy_bad(struct conn *c)
{
	char name[IKE_ADDR_SIZE];

	conn_name(c, name);
	log_hint("connection %s: a balancer (option proxy) that sends no "
		 "PROXY header; turn it on there or take it off the list",
	    name);
	stats_count(c->all->stats, STAT_CONN_PROXY);
	conn_close(c);
}

static struct in6_addr
conn_proxy_source(const struct proxy *proxy)
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

/* Behind a balancer the sender is another, under limits of his own. */
static bool
conn_proxy_moves(struct conn *c, const struct in6_addr *via)
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
	conn_move(c, via, listed);
	return true;
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
		conn_proxy_bad(c);
		return;
	case PROXY_DONE:
		break;
	}
	n -= (ssize_t)in.len;
	if (recv(fd, c->all->buf, (size_t)n, 0) != n) {
		conn_proxy_bad(c);
		return;
	}
	event_free(c->readable);
	c->readable = NULL;
	c->proxied = false;
	if (proxy.family != 0) {
		via = conn_proxy_source(&proxy);
		if (!conn_proxy_moves(c, &via))
			return;
	}
	if (c->port == NULL || conn_start(c) == -1)
		conn_close(c);
}

int
conn_proxy_start(struct conn *c)
{
	c->proxied = true;
	c->readable = event_new(c->all->base, c->fd,
	    EV_READ | EV_PERSIST | EV_ET, conn_proxy_cb, c);
	return c->readable == NULL ? -1 : event_add(c->readable, NULL);
}
