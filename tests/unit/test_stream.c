/*
 * A sender brings more than one read holds while the store is full for a
 * moment: nothing of it is lost, and nothing of it waits for the sender to
 * say more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/stream.h"

enum { FRAMES = 200000 }; /* of six bytes: more than four reads */

struct house {
	unsigned frames, asked;
	unsigned full_every; /* the store says "full" once in so many */
	bool wrong;
	struct stats stats;
	struct conf conf;
	struct conf_listener listener;
	struct event_base *base;
	struct streams *all;
	struct stream *port;
	struct sockaddr_in addr;
	char *text;
	size_t len;
};

static void
house_frame(void *arg, enum conf_transport transport,
    const struct in6_addr *via, const char *device, struct span bytes,
    int64_t now)
{
	struct house *h = arg;
	char want[16];

	(void)now;
	(void)transport;
	(void)via;
	(void)device;
	(void)snprintf(want, sizeof(want), "%05u", h->frames++ % 100000);
	h->wrong |= !span_is(bytes, want);
}

static void
house_batch(void *arg)
{
	(void)arg;
}

static bool
house_full(void *arg)
{
	struct house *h = arg;

	return ++h->asked % h->full_every == 0;
}

static bool
house_listed(void *arg, const struct in6_addr *via)
{
	(void)arg;
	(void)via;
	return true;
}

static void
house_open(struct house *h, const struct listen_sink *sink)
{
	socklen_t len = sizeof(h->addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int i;

	h->conf.limits = (struct conf_limits){ .connections = 10,
		.connections_per_address = 10,
		.partial_bytes = 1 << 20,
		.frame = 60000000,
		.handshake = 60000000 };
	h->base = event_base_new();
	h->all = streams_new(h->base, &h->stats, sink);
	streams_configure(h->all, &h->conf);
	h->addr.sin_family = AF_INET;
	h->addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&h->addr, sizeof(h->addr)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&h->addr, &len), 0);
	h->port = stream_new(h->all, fd, &h->listener, NULL);
	assert_non_null(h->port);
	h->text = malloc(6 * FRAMES + 1);
	assert_non_null(h->text);
	for (i = 0; i < FRAMES; i++)
		(void)snprintf(h->text + 6 * i, 7, "%05u\n", i % 100000);
	h->len = 6 * FRAMES;
}

static void
house_close(struct house *h)
{
	streams_free(h->all);
	event_base_free(h->base);
	free(h->text);
}

/* Sends all of it, and lets the loop go on until nothing is missing. */
static void
house_send(struct house *h, bool end)
{
	int64_t until = clock_now() + 120000000;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	size_t sent = 0;
	ssize_t n;

	assert_int_equal(
	    connect(fd, (struct sockaddr *)&h->addr, sizeof(h->addr)), 0);
	while (h->frames < FRAMES && clock_now() < until) {
		n = sent == h->len
		    ? 0
		    : send(fd, h->text + sent, h->len - sent, MSG_DONTWAIT);
		sent += n > 0 ? (size_t)n : 0;
		if (sent == h->len && end)
			(void)shutdown(fd, SHUT_WR);
		(void)event_base_loop(h->base, EVLOOP_NONBLOCK);
	}
	assert_false(h->wrong);
	assert_int_equal(h->frames, FRAMES);
	assert_int_equal(h->stats.n[STAT_RECEIVED_TCP], FRAMES);
	(void)close(fd);
}

static void
run(unsigned full_every, bool end)
{
	struct house h = { .full_every = full_every };
	const struct listen_sink sink = { &h, house_frame, house_batch,
		house_full, house_listed };

	house_open(&h, &sink);
	house_send(&h, end);
	house_close(&h);
}

/* Full when the frame is taken, and not any more when the read is over. */
static void
test_full_for_a_moment(void **state)
{
	(void)state;
	run(40000, false);
	run(70001, false);
}

static void
test_full_often(void **state)
{
	(void)state;
	run(20000, false);
	run(50000, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_for_a_moment),
		cmocka_unit_test(test_full_often),
	};

	clock_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
