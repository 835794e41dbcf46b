/*
 * evhttp with limits. The one rule: at most HTTP_CONNECTIONS at a time, and
 * when all are taken, those who have sent nothing for a second make room, so
 * that silent ones keep nobody out; the next wait in the kernel's queue.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>

#include "daemon/http.h"
#include "daemon/log.h"

struct http {
	struct event_base *base;
	struct evhttp *server;
	struct evconnlistener *listener; /* the server's */
	struct http_sink sink;
	uint16_t port;
	unsigned used; /* connections, as far as is known: see http_tick() */
};

static void
http_count(struct http *h, unsigned used)
{
	if (h->listener != NULL && used >= HTTP_CONNECTIONS &&
	    h->used < HTTP_CONNECTIONS)
		(void)evconnlistener_disable(h->listener);
	if (h->listener != NULL && used < HTTP_CONNECTIONS &&
	    h->used >= HTTP_CONNECTIONS)
		(void)evconnlistener_enable(h->listener);
	h->used = used;
}

static struct bufferevent *
http_accept_cb(struct event_base *base, void *arg)
{
	struct http *h = arg;

	http_count(h, h->used + 1);
	return bufferevent_socket_new(base, -1, 0);
}

static void
http_closed_cb(struct evhttp_connection *conn, void *arg)
{
	struct http *h = arg;

	(void)conn;
	if (h->used > 0)
		http_count(h, h->used - 1);
}

static uint16_t
http_port(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		return 0;
	if (addr.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)(void *)&addr)->sin6_port);
	return addr.ss_family == AF_INET
	    ? ntohs(((struct sockaddr_in *)(void *)&addr)->sin_port)
	    : 0;
}

/* Milliseconds since the peer of one of our connections sent something; -1:
 * no connection of ours. */
static int64_t
http_silence(const struct http *h, int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	if (http_port(fd) != h->port ||
	    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1 ||
	    info.tcpi_state == TCP_LISTEN)
		return -1;
	return info.tcpi_last_data_recv;
}

/*
 * libevent says nothing of a connection that ends before its request is
 * whole, so they are counted anew from the kernel's account of them. A loop
 * over all descriptors, only while somebody is connected.
 */
void
http_tick(struct http *h)
{
	bool full = h->used >= HTTP_CONNECTIONS;
	unsigned used = 0;
	struct rlimit limit;
	int64_t silence;
	int fd;

	if (h->used == 0 || getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	for (fd = 3; fd < HTTP_DESCRIPTORS && (rlim_t)fd < limit.rlim_cur;
	     fd++) {
		silence = http_silence(h, fd);
		if (silence == -1)
			continue;
		used++;
		/* evhttp sees its end and closes it */
		if (full && silence > HTTP_PATIENCE)
			(void)shutdown(fd, SHUT_RDWR);
	}
	http_count(h, used);
}

static void
http_answer(
    struct http *h, struct evhttp_request *req, const char *type, bool metrics)
{
	struct evkeyvalq *head = evhttp_request_get_output_headers(req);
	struct evbuffer *body = evbuffer_new();
	bool good = true;

	if (body == NULL) {
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
		return;
	}
	if (metrics)
		h->sink.metrics(h->sink.arg, body);
	else
		good = h->sink.health(h->sink.arg, body);
	(void)evhttp_add_header(head, "Content-Type", type);
	(void)evhttp_add_header(head, "Cache-Control", "no-store");
	(void)evhttp_add_header(head, "Connection", "close");
	evhttp_send_reply(req, good ? HTTP_OK : HTTP_SERVUNAVAIL,
	    good ? "OK" : "Service Unavailable", body);
	evbuffer_free(body);
}

static void
http_request_cb(struct evhttp_request *req, void *arg)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);
	struct http *h = arg;

	evhttp_connection_set_closecb(
	    evhttp_request_get_connection(req), http_closed_cb, h);
	if (path != NULL && strcmp(path, "/metrics") == 0)
		http_answer(
		    h, req, "text/plain; version=0.0.4; charset=utf-8", true);
	else if (path != NULL && strcmp(path, "/healthz") == 0)
		http_answer(h, req, "application/json", false);
	else
		evhttp_send_error(req, HTTP_NOTFOUND, NULL);
}

static int
http_bind(struct http *h, const struct conf *conf)
{
	struct evhttp_bound_socket *bound;
	struct evconnlistener *l;

	l = evconnlistener_new_bind(h->base, NULL, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
	    64, (const struct sockaddr *)&conf->http.addr,
	    (int)conf->http.addrlen);
	if (l == NULL)
		return -1;
	bound = evhttp_bind_listener(h->server, l);
	if (bound == NULL) {
		evconnlistener_free(l);
		return -1;
	}
	h->listener = l;
	h->port = http_port(evconnlistener_get_fd(l));
	log_info("http %s: listening on port %u", conf->http.address, h->port);
	return 0;
}

struct http *
http_new(struct event_base *base, const struct conf *conf,
    const struct http_sink *sink, char *err, size_t size, int *code)
{
	struct http *h = calloc(1, sizeof(*h));

	*code = EX_OSERR;
	(void)snprintf(err, size, "http: out of memory");
	if (h == NULL || (h->server = evhttp_new(base)) == NULL) {
		free(h);
		return NULL;
	}
	h->base = base;
	h->sink = *sink;
	evhttp_set_max_headers_size(h->server, HTTP_HEADERS);
	evhttp_set_max_body_size(h->server, HTTP_BODY);
	evhttp_set_timeout(h->server, HTTP_TIMEOUT);
	evhttp_set_allowed_methods(h->server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_gencb(h->server, http_request_cb, h);
	evhttp_set_bevcb(h->server, http_accept_cb, h);
	if (http_bind(h, conf) == -1) {
		*code = errno == EACCES ? EX_NOPERM : EX_UNAVAILABLE;
		(void)snprintf(err, size,
		    "http address \"%s\": %s; choose "
		    "another address",
		    conf->http.address, strerror(errno));
		http_free(h);
		return NULL;
	}
	return h;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	h->listener = NULL; /* goes with the server */
	evhttp_free(h->server);
	free(h);
}
