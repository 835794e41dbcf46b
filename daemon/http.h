/* /metrics and /healthz, for machines that watch us. Read-only. */
#ifndef IKEWATCH_DAEMON_HTTP_H
#define IKEWATCH_DAEMON_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/conf.h"

struct event_base;
struct evbuffer;
struct http;

struct http_sink {
	void *arg;
	/* Writes the answer's body; false from health where something is
	 * wrong (503 then). */
	void (*metrics)(void *arg, struct evbuffer *);
	bool (*health)(void *arg, struct evbuffer *);
};

enum {
	HTTP_CONNECTIONS = 32,
	HTTP_TIMEOUT = 5,	  /* seconds */
	HTTP_PATIENCE = 1000,	  /* milliseconds, when all are taken */
	HTTP_DESCRIPTORS = 16384, /* looked at for connections */
	HTTP_HEADERS = 8192,
	HTTP_BODY = 4096,
	HTTP_ANSWER = 1 << 20,
};

/* NULL where the address cannot be had: err and *code say why. */
struct http *http_new(struct event_base *, const struct conf *,
    const struct http_sink *, char *err, size_t errsize, int *code);
void http_free(struct http *);
/* Makes room where all connections are taken; call every second. */
void http_tick(struct http *);

#endif
