/*
 * Listening sockets, and who may come in by them. The one rule: whoever is
 * refused is counted under the limit that refused him, and costs nothing more.
 */
#include <errno.h>
#include <event2/event.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/stream_parts.h"
#include "daemon/tls.h"

enum { ACCEPTS = 64 }; /* in a row before others get a turn */

struct in6_addr
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

static bool
stream_in(const struct conf_nets *nets, const struct in6_addr *via)
{
	size_t i;

	for (i = 0; i < nets->n; i++)
		if (source_net_has(&nets->net[i], via))
			return true;
	return false;
}

int
stream_refuses(struct stream *p, const struct in6_addr *via, bool listed)
{
	struct streams *all = p->all;

	if (p->conf->allow_nets.n > 0 && !stream_in(&p->conf->allow_nets, via))
		return STAT_CONN_DENIED;
	if (all->nconns >= all->most ||
	    (!listed && all->nstrangers >= all->most - all->most / 8))
		return STAT_CONN_FULL;
	if (conn_count(all, via) >=
	    (size_t)all->conf->limits.connections_per_address)
		return STAT_CONN_ADDRESS;
	return -1;
}

void
stream_say_refused(struct streams *all, const struct in6_addr *via, int refused)
{
	char name[IKE_ADDR_SIZE];

	source_text(via, name);
	log_hint("connection %s: refused (%s)", name,
	    stats_labels((enum counter)refused));
	stats_count(all->stats, (unsigned)refused);
}

/* A silent peer that went away is noticed by the kernel. */
static void
stream_options(const struct conn *c)
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
	stream_options(c);
	if ((proxied ? conn_proxy_start(c) : conn_start(c)) == -1)
		conn_close(c);
}

/* No descriptor left: nobody is accepted for a while, said once. */
static void
stream_out_of_fds(struct streams *all)
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

void
stream_accept(struct stream *p)
{
	struct sockaddr_storage from;
	struct in6_addr via;
	socklen_t len;
	int i, conn;

	for (i = 0; i < ACCEPTS; i++) {
		len = sizeof(from);
		conn = accept4(p->fd, (struct sockaddr *)&from, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (conn == -1) {
			if (errno == EMFILE || errno == ENFILE ||
			    errno == ENOBUFS || errno == ENOMEM)
				stream_out_of_fds(p->all);
			return;
		}
		via = stream_address(&from);
		stream_take(p, conn, &via);
	}
}

static void
stream_accept_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	stream_accept(arg);
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
