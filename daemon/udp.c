/*
 * Datagrams. The one rule: at low and middling rates the process sleeps a
 * few milliseconds between two reads, since waking up is what costs; it does
 * so only while the kernel's buffer has room for much more than arrives in
 * that time, and the first datagram after silence is read at once.
 */
#include <errno.h>
#include <event2/event.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/udp.h"

enum {
	BATCH = 128,
	DATAGRAM = 65536,
	STRIDE = DATAGRAM + 832, /* no two begin in the same lines of a cache */
	ROUNDS = 16,		 /* batches in a row before others get a turn */
	NAP = 4000,		 /* microseconds */
	NAP_ROOM = 1 << 20,	 /* bytes of buffer that allow a nap */
	NAPS_IDLE = 2, /* empty naps before it waits for an event again */
};

struct udp_batch {
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_in6 from[BATCH];
	char *bytes;
};

struct udp {
	int fd;
	bool v4;
	struct event *readable, *nap;
	struct udp_batch *batch;
	struct stats *stats;
	const struct listen_sink *sink;
	const struct conf_listener *conf;
	int granted; /* bytes of receive buffer */
	int64_t last_wake;
	unsigned empty; /* naps in a row that brought nothing */
	bool more;	/* the last read left some behind */
	uint32_t kernel_drops;
};

struct udp_batch *
udp_batch_new(void)
{
	struct udp_batch *b = calloc(1, sizeof(*b));
	int i;

	if (b == NULL)
		return NULL;
	/* Only the pages that datagrams reach are ever touched. */
	b->bytes = malloc((size_t)BATCH * STRIDE);
	if (b->bytes == NULL) {
		free(b);
		return NULL;
	}
	for (i = 0; i < BATCH; i++) {
		b->iov[i].iov_base = b->bytes + (size_t)i * STRIDE;
		b->iov[i].iov_len = DATAGRAM;
		b->msg[i].msg_hdr.msg_iov = &b->iov[i];
		b->msg[i].msg_hdr.msg_iovlen = 1;
		b->msg[i].msg_hdr.msg_name = &b->from[i];
	}
	return b;
}

void
udp_batch_free(struct udp_batch *b)
{
	if (b == NULL)
		return;
	free(b->bytes);
	free(b);
}

/* The sender, IPv4 as ::ffff:a.b.c.d. */
static struct in6_addr
udp_sender(const struct sockaddr_in6 *from)
{
	const struct sockaddr_in *v4 = (const void *)from;
	struct in6_addr addr = IN6ADDR_ANY_INIT;

	if (from->sin6_family == AF_INET6)
		return from->sin6_addr;
	addr.s6_addr[10] = addr.s6_addr[11] = 0xff;
	memcpy(addr.s6_addr + 12, &v4->sin_addr, 4);
	return addr;
}

static bool
udp_allowed(const struct udp *u, const struct in6_addr *via)
{
	size_t i;

	if (u->conf->allow_nets.n == 0)
		return true;
	for (i = 0; i < u->conf->allow_nets.n; i++)
		if (source_net_has(&u->conf->allow_nets.net[i], via))
			return true;
	return false;
}

static void
udp_take(struct udp *u, const struct mmsghdr *m, int64_t now)
{
	struct in6_addr via = udp_sender(m->msg_hdr.msg_name);
	struct span bytes = { m->msg_hdr.msg_iov->iov_base, m->msg_len };

	if (!udp_allowed(u, &via)) {
		stats_count(u->stats, STAT_REFUSED);
		return;
	}
	if (m->msg_hdr.msg_flags & MSG_TRUNC)
		stats_count(u->stats, STAT_CUT);
	u->sink->frame(u->sink->arg, CONF_UDP, &via, NULL, bytes, now);
}

/* One batch; how many datagrams it held. */
static int
udp_receive(struct udp *u)
{
	struct udp_batch *b = u->batch;
	int64_t now;
	int i, n;

	for (i = 0; i < BATCH; i++)
		b->msg[i].msg_hdr.msg_namelen = sizeof(b->from[i]);
	n = recvmmsg(u->fd, b->msg, BATCH, MSG_DONTWAIT, NULL);
	if (n <= 0)
		return 0;
	now = clock_now();
	stats_add(u->stats, STAT_RECEIVED, (uint64_t)n);
	for (i = 0; i < n; i++)
		udp_take(u, &b->msg[i], now);
	return n;
}

bool
udp_read(struct udp *u)
{
	int i, n = BATCH, total = 0;

	for (i = 0; i < ROUNDS && n == BATCH; i++) {
		n = udp_receive(u);
		total += n;
	}
	u->more = n == BATCH;
	if (total > 0)
		u->sink->batch(u->sink->arg);
	return total > 0;
}

/* No sleep while there is more to read: only a turn for the others. */
static void
udp_sleep(struct udp *u)
{
	const struct timeval nap = { 0, u->more ? 0 : NAP };

	(void)event_add(u->nap, &nap);
}

static void
udp_nap_cb(evutil_socket_t fd, short what, void *arg)
{
	struct udp *u = arg;

	(void)fd;
	(void)what;
	u->empty = udp_read(u) ? 0 : u->empty + 1;
	if (u->empty < NAPS_IDLE) {
		udp_sleep(u);
		return;
	}
	u->empty = 0;
	u->last_wake = 0;
	(void)event_add(u->readable, NULL);
}

static void
udp_readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct udp *u = arg;
	int64_t now = clock_now();

	(void)fd;
	(void)what;
	(void)udp_read(u);
	if (now - u->last_wake < NAP && u->granted >= NAP_ROOM) {
		(void)event_del(u->readable);
		udp_sleep(u);
	}
	u->last_wake = now;
}

struct udp *
udp_new(struct event_base *base, struct udp_batch *batch, struct stats *stats,
    const struct listen_sink *sink, int fd)
{
	struct udp *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->fd = fd;
	u->batch = batch;
	u->stats = stats;
	u->sink = sink;
	u->readable =
	    event_new(base, fd, EV_READ | EV_PERSIST, udp_readable_cb, u);
	u->nap = event_new(base, -1, 0, udp_nap_cb, u);
	if (u->readable == NULL || u->nap == NULL ||
	    event_add(u->readable, NULL) == -1) {
		u->fd = -1; /* stays the caller's */
		udp_free(u);
		return NULL;
	}
	return u;
}

void
udp_free(struct udp *u)
{
	if (u == NULL)
		return;
	if (u->readable != NULL)
		event_free(u->readable);
	if (u->nap != NULL)
		event_free(u->nap);
	if (u->fd != -1)
		evutil_closesocket(u->fd);
	free(u);
}

/* SO_RCVBUFFORCE goes over net.core.rmem_max, where we may. */
static void
udp_ask_buffer(struct udp *u, int64_t bytes)
{
	int want = bytes > INT32_MAX / 2 ? INT32_MAX / 2 : (int)bytes;
	socklen_t len = sizeof(u->granted);

	if (want > 0 &&
	    setsockopt(
		u->fd, SOL_SOCKET, SO_RCVBUFFORCE, &want, sizeof(want)) == -1)
		(void)setsockopt(
		    u->fd, SOL_SOCKET, SO_RCVBUF, &want, sizeof(want));
	if (getsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &u->granted, &len) == -1)
		u->granted = 0;
	/* The kernel doubles what it is asked for, for its own book-keeping. */
	log_info("udp %s: receive buffer %d KiB of %d KiB asked for",
	    u->conf->title, u->granted / 2048, want / 1024);
	if (u->granted / 2 < want)
		log_warnx("udp %s: bursts may be lost: sysctl -w "
			  "net.core.rmem_max=%d gives the buffer asked for",
		    u->conf->title, want);
}

void
udp_configure(struct udp *u, const struct conf_listener *conf)
{
	bool ask =
	    u->conf == NULL || u->conf->receive_buffer != conf->receive_buffer;

	u->conf = conf;
	if (ask)
		udp_ask_buffer(u, conf->receive_buffer);
}

/*
 * The socket's own counter. SO_RXQ_OVFL tells the same number, but only with
 * the next datagram that arrives, and costs on each.
 */
void
udp_count(struct udp *u)
{
	uint32_t info[SK_MEMINFO_VARS], fresh;
	socklen_t len = sizeof(info);

	if (getsockopt(u->fd, SOL_SOCKET, SO_MEMINFO, info, &len) == -1 ||
	    len < (SK_MEMINFO_DROPS + 1) * sizeof(info[0]))
		return;
	fresh = info[SK_MEMINFO_DROPS] - u->kernel_drops; /* may wrap */
	u->kernel_drops = info[SK_MEMINFO_DROPS];
	if (fresh == 0)
		return;
	stats_add(u->stats, STAT_RECEIVED, fresh);
	stats_add(u->stats, STAT_KERNEL, fresh);
	log_hint("udp %s: the kernel dropped %u datagrams, its buffer of %d "
		 "KiB was full; see receive-buffer",
	    u->conf->title, fresh, u->granted / 2048);
}
