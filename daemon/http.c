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

#include "daemon/http.h"
#include "daemon/log.h"

struct http {
	struct event_base *base;
	struct evhttp *server;
	struct evconnlistener *listener; /* the server's */
	struct http_sink sink;
	/* The connections' buffers; each held, so that it can be asked
	 * whether evhttp is done with it. */
	struct bufferevent *conn[HTTP_CONNECTIONS];
	unsigned used;
};

/* evhttp takes its callbacks off a buffer when it closes the connection. */
static bool
http_is_closed(struct bufferevent *bev)
{
	bufferevent_event_cb cb;

	bufferevent_getcb(bev, NULL, NULL, &cb, NULL);
	return cb == NULL;
}

void
http_tick(struct http *h)
{
	bool full = h->used == HTTP_CONNECTIONS;
	int i;

	for (i = 0; i < HTTP_CONNECTIONS; i++) {
		if (h->conn[i] == NULL || !http_is_closed(h->conn[i]))
			continue;
		(void)bufferevent_decref(h->conn[i]);
		h->conn[i] = NULL;
		h->used--;
	}
	if (full && h->used < HTTP_CONNECTIONS)
		(void)evconnlistener_enable(h->listener);
}

static struct bufferevent *
http_accept_cb(struct event_base *base, void *arg)
{
	struct http *h = arg;
	struct bufferevent *bev;
	int i;

	http_tick(h);
	bev = bufferevent_socket_new(base, -1, 0);
	for (i = 0; bev != NULL && i < HTTP_CONNECTIONS; i++) {
		if (h->conn[i] != NULL)
			continue;
		bufferevent_incref(bev);
		h->conn[i] = bev;
		if (++h->used == HTTP_CONNECTIONS)
			(void)evconnlistener_disable(h->listener);
		break;
	}
	return bev;
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
	int i;

	if (h == NULL)
		return;
	evhttp_free(h->server);
	for (i = 0; i < HTTP_CONNECTIONS; i++)
		if (h->conn[i] != NULL)
			(void)bufferevent_decref(h->conn[i]);
	free(h);
}
