/*
 * Which sockets are open. The one rule: a reload first opens all that is new,
 * and only when every part of it went well touches what is old.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/listen.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/stream.h"
#include "daemon/tls.h"
#include "daemon/udp.h"

/* One open socket. */
struct port {
	const struct conf_listener *conf;
	char title[128]; /* as it was when it was opened */
	enum conf_transport transport;
	struct sockaddr_storage addr;
	socklen_t addrlen;
	struct udp *udp;
	struct stream *stream;
	struct tls *tls; /* prepared, not in use yet */
	int fd;		 /* prepared, not in use yet; else -1 */
	struct port *next;
};

struct inherited {
	int fd;
	char name[64];
	int type; /* SOCK_STREAM, SOCK_DGRAM; 0: something else */
	bool listens;
	struct sockaddr_storage addr;
};

struct listen {
	struct event_base *base;
	struct stats *stats;
	struct listen_sink sink;
	struct udp_batch *batch;
	struct streams *streams;
	struct port *ports;
	struct inherited *inherited;
	int ninherited;
};

struct listen *
listen_new(struct event_base *base, struct stats *stats,
    const struct listen_sink *sink)
{
	struct listen *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->base = base;
	l->stats = stats;
	l->sink = *sink;
	l->batch = udp_batch_new();
	l->streams = streams_new(base, stats, &l->sink);
	if (l->batch == NULL || l->streams == NULL) {
		listen_free(l);
		return NULL;
	}
	return l;
}

static void
port_free(struct port *p, bool keep)
{
	udp_free(p->udp);
	stream_free(p->stream, keep);
	tls_free(p->tls);
	if (p->fd != -1)
		close(p->fd);
	free(p);
}

static void
ports_free(struct port *p, bool keep)
{
	struct port *next;

	for (; p != NULL; p = next) {
		next = p->next;
		port_free(p, keep);
	}
}

void
listen_free(struct listen *l)
{
	int i;

	if (l == NULL)
		return;
	ports_free(l->ports, false);
	streams_free(l->streams);
	udp_batch_free(l->batch);
	for (i = 0; i < l->ninherited; i++)
		if (l->inherited[i].fd != -1)
			close(l->inherited[i].fd);
	free(l->inherited);
	free(l);
}

void
listen_inherit(struct listen *l)
{
	struct notify_fd *fds = calloc(NOTIFY_FDS_MAX, sizeof(*fds));
	struct inherited *in;
	socklen_t len;
	int i, n, yes;

	if (fds == NULL)
		return;
	n = notify_fds(fds, NOTIFY_FDS_MAX);
	l->inherited = calloc((size_t)n + 1, sizeof(*l->inherited));
	for (i = 0; i < n && l->inherited != NULL; i++) {
		in = &l->inherited[i];
		in->fd = fds[i].fd;
		memcpy(in->name, fds[i].name, sizeof(in->name));
		len = sizeof(in->type);
		if (getsockopt(in->fd, SOL_SOCKET, SO_TYPE, &in->type, &len) ==
		    -1)
			in->type = 0;
		len = sizeof(yes);
		yes = 0;
		(void)getsockopt(in->fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len);
		in->listens = yes != 0;
		len = sizeof(in->addr);
		(void)getsockname(in->fd, (struct sockaddr *)&in->addr, &len);
		l->ninherited++;
	}
	free(fds);
}

static bool
listen_same_address(
    const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET6)
		return a6->sin6_port == b6->sin6_port &&
		    IN6_ARE_ADDR_EQUAL(&a6->sin6_addr, &b6->sin6_addr);
	return a->ss_family == AF_INET && a4->sin_port == b4->sin_port &&
	    a4->sin_addr.s_addr == b4->sin_addr.s_addr;
}

/* A socket of the service manager's for this listener; -1: none. Its name
 * begins with the transport, so that tls never gets plain connections. */
static int
listen_take_inherited(struct listen *l, const struct conf_listener *c)
{
	const char *name = conf_transport_name(c->transport);
	struct inherited *in;
	int i, fd;

	for (i = 0; i < l->ninherited; i++) {
		in = &l->inherited[i];
		if (in->fd == -1 || strncmp(in->name, name, 3) != 0 ||
		    !listen_same_address(&in->addr, &c->addr))
			continue;
		if (in->type !=
			(c->transport == CONF_UDP ? SOCK_DGRAM : SOCK_STREAM) ||
		    in->listens != (c->transport != CONF_UDP)) {
			log_warnx("socket %s: not a listening socket for %s; "
				  "check the socket unit",
			    in->name, name);
			continue;
		}
		fd = in->fd;
		in->fd = -1;
		(void)evutil_make_socket_nonblocking(fd);
		log_info(
		    "%s %s: socket of the service manager", name, c->title);
		return fd;
	}
	return -1;
}

static int
listen_bind(const struct conf_listener *c)
{
	int type = c->transport == CONF_UDP ? SOCK_DGRAM : SOCK_STREAM;
	int fd =
	    socket(c->addr.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int yes = 1, no = 0, error;

	if (fd == -1)
		return -1;
	if (type == SOCK_STREAM)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (c->addr.ss_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
	if (bind(fd, (const struct sockaddr *)&c->addr, c->addrlen) == -1 ||
	    (type == SOCK_STREAM && listen(fd, 512) == -1)) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static const char *
listen_advice(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another program has the port: stop it or choose "
		       "another port";
	case EACCES:
		return "ports below 1024 need root, the socket units or "
		       "CAP_NET_BIND_SERVICE";
	case EADDRNOTAVAIL:
		return "no interface has the address";
	default:
		return "check the address";
	}
}

static struct port *
listen_prepare(struct listen *l, const struct conf_listener *c, bool open,
    char *err, size_t size, int *code)
{
	struct port *p = calloc(1, sizeof(*p));

	*code = EX_OSERR;
	(void)snprintf(err, size, "listeners: out of memory");
	if (p == NULL)
		return NULL;
	*p = (struct port){ .conf = c,
		.transport = c->transport,
		.addr = c->addr,
		.addrlen = c->addrlen,
		.fd = -1 };
	(void)snprintf(p->title, sizeof(p->title), "%s", c->title);
	*code = EX_CONFIG;
	if (c->transport == CONF_TLS &&
	    (p->tls = tls_new(c, err, size)) == NULL)
		goto fail;
	if (!open || l == NULL)
		return p;
	p->fd = listen_take_inherited(l, c);
	if (p->fd == -1)
		p->fd = listen_bind(c);
	if (p->fd == -1) {
		*code = errno == EACCES ? EX_NOPERM : EX_UNAVAILABLE;
		(void)snprintf(err, size, "%s \"%s\": %s; %s",
		    conf_transport_name(c->transport), c->title,
		    strerror(errno), listen_advice(errno));
		goto fail;
	}
	return p;
fail:
	port_free(p, false);
	return NULL;
}

/* The socket's own address: with the port the kernel chose for port 0. */
static void
port_say(const struct port *p, int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	char host[80], port[16];

	if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1 ||
	    getnameinfo((struct sockaddr *)&addr, len, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	log_info("%s %s: listening on %s port %s",
	    conf_transport_name(p->transport), p->title, host, port);
}

/* From here on the socket is read. */
static int
port_start(struct listen *l, struct port *p)
{
	int fd = p->fd;

	if (p->transport == CONF_UDP)
		p->udp = udp_new(l->base, l->batch, l->stats, &l->sink, fd);
	else
		p->stream = stream_new(l->streams, fd, p->conf, p->tls);
	if (p->udp == NULL && p->stream == NULL)
		return -1;
	p->fd = -1;
	p->tls = NULL;
	if (p->udp != NULL)
		udp_configure(p->udp, p->conf);
	port_say(p, fd);
	return 0;
}

/* The open socket that this listener of the new configuration is. */
static struct port *
listen_find(struct listen *l, const struct conf_listener *c)
{
	struct port *p;

	for (p = l->ports; p != NULL; p = p->next)
		if (p->transport == c->transport &&
		    strcmp(p->title, c->title) == 0 &&
		    listen_same_address(&p->addr, &c->addr))
			return p;
	return NULL;
}

/* Takes p out of the list. */
static void
listen_remove(struct listen *l, struct port *p)
{
	struct port **next;

	for (next = &l->ports; *next != p; next = &(*next)->next)
		;
	*next = p->next;
}

/* An open socket goes on under its new options. */
static void
port_renew(struct port *p, struct port *with)
{
	p->conf = with->conf;
	if (p->udp != NULL)
		udp_configure(p->udp, p->conf);
	if (p->stream != NULL)
		stream_configure(p->stream, p->conf, with->tls);
	with->tls = NULL;
	port_free(with, false);
}

/* Connections of the process before us. */
static void
listen_take_back(struct listen *l)
{
	struct stream *port = NULL;
	struct port *p;
	char state[64];
	int i, k, n = 0, fd;

	for (p = l->ports; p != NULL; p = p->next)
		if (p->transport == CONF_TCP)
			port = p->stream;
	for (i = 0; i < l->ninherited; i++) {
		if (l->inherited[i].fd == -1 || port == NULL ||
		    strncmp(l->inherited[i].name, "conn-", 5) != 0)
			continue;
		(void)snprintf(
		    state, sizeof(state), "state-%s", l->inherited[i].name + 5);
		fd = -1;
		for (k = 0; k < l->ninherited; k++)
			if (strcmp(l->inherited[k].name, state) == 0)
				fd = l->inherited[k].fd;
		streams_take_back(l->streams, port, l->inherited[i].fd, fd);
		l->inherited[i].fd = -1;
		n++;
	}
	if (n > 0)
		log_info("connections: %d taken over", n);
}

/* What nobody asked for is closed, and said. */
static void
listen_close_inherited(struct listen *l)
{
	struct inherited *in;
	int i;

	for (i = 0; i < l->ninherited; i++) {
		in = &l->inherited[i];
		if (in->fd == -1)
			continue;
		if (strncmp(in->name, "state-", 6) != 0)
			log_warnx("socket %s: no udp, tcp or tls section has "
				  "its address; closed",
			    in->name);
		close(in->fd);
		in->fd = -1;
	}
}

int
listen_configure(struct listen *l, const struct conf *conf, char *err,
    size_t size, int *code)
{
	struct port *fresh = NULL, *p, *old, *next;
	size_t i;

	for (i = 0; i < conf->nlisteners; i++) {
		p = listen_prepare(l, &conf->listener[i],
		    listen_find(l, &conf->listener[i]) == NULL, err, size,
		    code);
		if (p == NULL) {
			ports_free(fresh, false);
			return -1;
		}
		p->next = fresh;
		fresh = p;
	}
	streams_configure(l->streams, conf);
	old = l->ports;
	l->ports = NULL;
	for (p = fresh; p != NULL; p = next) {
		struct listen before = { .ports = old };
		struct port *same = listen_find(&before, p->conf);

		next = p->next;
		if (same != NULL) {
			listen_remove(&before, same);
			old = before.ports;
			port_renew(same, p);
			p = same;
		} else if (port_start(l, p) == -1) {
			log_warnx("%s %s: out of memory; not listening",
			    conf_transport_name(p->transport), p->title);
			port_free(p, false);
			continue;
		}
		p->next = l->ports;
		l->ports = p;
	}
	ports_free(old, true);
	listen_take_back(l);
	listen_close_inherited(l);
	return 0;
}

int
listen_check(const struct conf *conf, char *err, size_t size, int *code)
{
	struct port *p;
	size_t i;

	for (i = 0; i < conf->nlisteners; i++) {
		p = listen_prepare(
		    NULL, &conf->listener[i], false, err, size, code);
		if (p == NULL)
			return -1;
		port_free(p, false);
	}
	return 0;
}

void
listen_drain(struct listen *l, int64_t until)
{
	struct port *p;

	for (p = l->ports; p != NULL; p = p->next)
		if (p->udp != NULL)
			while (clock_now() < until && udp_read(p->udp))
				;
	streams_drain(l->streams, until);
	listen_count(l);
}

void
listen_hand_over(struct listen *l)
{
	streams_hand_over(l->streams);
}

/* The sockets that accept, not those that read. */
static void
listen_close_streams(struct listen *l)
{
	struct port **next = &l->ports, *p;

	while ((p = *next) != NULL) {
		if (p->stream == NULL) {
			next = &p->next;
			continue;
		}
		*next = p->next;
		port_free(p, true);
	}
}

void
listen_leave(struct listen *l)
{
	listen_close_streams(l);
	streams_leave(l->streams);
}

bool
listen_quiet(const struct listen *l)
{
	return streams_quiet(l->streams, clock_now());
}

void
listen_end(struct listen *l)
{
	struct port *p;

	for (p = l->ports; p != NULL; p = p->next)
		if (p->udp != NULL)
			(void)udp_read(p->udp);
	listen_count(l);
	streams_end(l->streams);
	ports_free(l->ports, false);
	l->ports = NULL;
}

void
listen_count(struct listen *l)
{
	struct port *p;

	for (p = l == NULL ? NULL : l->ports; p != NULL; p = p->next)
		if (p->udp != NULL)
			udp_count(p->udp);
}

size_t
listen_sockets(const struct listen *l)
{
	const struct port *p;
	size_t n = 0;

	for (p = l->ports; p != NULL; p = p->next)
		n++;
	return n;
}
