/*
 * The TLS of a connection, which libevent does. The one rule: nothing is read
 * of whom the handshake has not let in.
 */
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/stream_parts.h"
#include "daemon/tls.h"

bool
conn_tls_read(struct conn *c)
{
	struct streams *all = c->all;
	size_t n;

	while (c->ending || !all->behind) {
		if (c->nkept > 0)
			memcpy(all->buf, c->kept, c->nkept);
		n = bufferevent_read(c->bev, all->buf + c->nkept, CONN_READ);
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

int
conn_tls_start(struct conn *c)
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
