/*
 * evhttp with limits. The one rule: at most HTTP_CONNECTIONS at a time; the
 * next ones wait in the kernel's queue.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>

#include "daemon/clock.h"
#include "daemon/http.h"
#include "daemon/log.h"

/* A connection: counted from the accept to its close, or to the time at
 * which evhttp must have given it up. */
struct slot {
	struct http *http;
	struct bufferevent *bev;
	int64_t since; /* 0: free */
};

struct http {
	struct event_base *base;
	struct evhttp *server;
	struct evconnlistener *listener; /* the server's */
	struct http_sink sink;
	struct slot slot[HTTP_CONNECTIONS];
	unsigned used;
};

static void
http_release(struct slot *s)
{
	if (s->since == 0)
		return;
	s->since = 0;
	s->bev = NULL;
	if (s->http->used-- == HTTP_CONNECTIONS && s->http->listener != NULL)
		(void)evconnlistener_enable(s->http->listener);
}

static struct bufferevent *
http_accept_cb(struct event_base *base, void *arg)
{
	struct http *h = arg;
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
	int i;

	for (i = 0; bev != NULL && i < HTTP_CONNECTIONS; i++) {
		if (h->slot[i].since != 0)
			continue;
		h->slot[i] = (struct slot){ h, bev, clock_now() };
		if (++h->used == HTTP_CONNECTIONS)
			(void)evconnlistener_disable(h->listener);
		break;
	}
	return bev;
}

static void
http_closed_cb(struct evhttp_connection *conn, void *arg)
{
	(void)conn;
	http_release(arg);
}

void
http_tick(struct http *h)
{
	int64_t now = clock_now();
	int i;

	/* Reading and writing may take HTTP_TIMEOUT each. */
	for (i = 0; i < HTTP_CONNECTIONS; i++)
		if (h->slot[i].since != 0 &&
		    now - h->slot[i].since > 2 * HTTP_TIMEOUT * 1000000LL)
			http_release(&h->slot[i]);
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
	struct evhttp_connection *conn = evhttp_request_get_connection(req);
	struct bufferevent *bev = evhttp_connection_get_bufferevent(conn);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);
	struct http *h = arg;
	int i;

	for (i = 0; i < HTTP_CONNECTIONS; i++)
		if (h->slot[i].since != 0 && h->slot[i].bev == bev)
			evhttp_connection_set_closecb(
			    conn, http_closed_cb, &h->slot[i]);
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
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	struct evconnlistener *l;
	uint16_t port;

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
	if (getsockname(evconnlistener_get_fd(l), (struct sockaddr *)&addr,
		&len) == 0) {
		port = ntohs(addr.ss_family == AF_INET6
			? ((struct sockaddr_in6 *)(void *)&addr)->sin6_port
			: ((struct sockaddr_in *)(void *)&addr)->sin_port);
		log_info(
		    "http %s: listening on port %u", conf->http.address, port);
	}
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
