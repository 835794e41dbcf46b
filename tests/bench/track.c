/*
 * bench-track: how fast the tracker is and how much it keeps, with many
 * negotiations open.
 *
 *	track [OPEN [EVENTS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "daemon/tracker.h"

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static long
resident_kib(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f != NULL) {
		if (fscanf(f, "%*d %ld", &pages) != 1)
			pages = 0;
		fclose(f);
	}
	return pages * 4;
}

/* The n-th negotiation's event; devices and peers as in a real network. */
static void
tell(struct tracker *t, uint64_t n, enum ike_what what, int64_t now)
{
	char device[32], peer[32];
	struct ike_event ev = { .what = what,
		.stage = IKE_SA_INIT,
		.role = IKE_RESPONDER,
		.ike_version = 2,
		.ispi = { n * 0x9e3779b97f4a7c15ULL + 1, true } };

	snprintf(device, sizeof(device), "fw-%03d", (int)(n % 500));
	snprintf(peer, sizeof(peer), "10.%d.%d.%d", (int)(n / 60000 % 200),
	    (int)(n / 240 % 250), (int)(n % 240));
	ev.peer = span_of(peer);
	if (what == IKE_FAILED)
		ev.reason = IKE_R_PSK_MISMATCH;
	tracker_event(t, device, "strongswan", &ev, now);
}

static struct tracker *
filled(uint64_t open, int64_t now)
{
	struct tracker_conf conf;
	struct tracker *t;

	tracker_conf_defaults(&conf);
	conf.max_open = open + 1000;
	conf.max_kept = 2 * open + 100000;
	t = tracker_new(&conf, NULL);
	for (uint64_t i = 0; i < open; i++)
		tell(t, i, IKE_STARTED, now);
	return t;
}

/* Attempts that begin, go on and fail, among those that stay open. */
static double
run(struct tracker *t, uint64_t open, uint64_t events, int64_t now)
{
	double begun = seconds();

	for (uint64_t i = 0; i < events / 4; i++) {
		uint64_t n = open + i % 20000;

		tell(t, n, IKE_STARTED, now);
		tell(t, n, IKE_PROGRESS, now);
		tell(t, i % (open == 0 ? 1 : open), IKE_PROGRESS, now);
		tell(t, n, IKE_FAILED, now);
		if (i % 1000 == 0)
			tracker_tick(t, now += 1000);
	}
	return (double)events / (seconds() - begun);
}

int
main(int argc, char **argv)
{
	uint64_t open = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	uint64_t events = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
	int64_t now = INT64_C(1700000000) * 1000000;
	double empty, full;
	struct tracker *t = filled(0, now);

	empty = run(t, 0, events, now);
	tracker_free(t);
	t = filled(open, now);
	printf("%llu open negotiations: %.1f MiB resident\n",
	    (unsigned long long)open, (double)resident_kib() / 1024);
	full = run(t, open, events, now);
	tracker_free(t);
	printf("events/s: %.0f with none open, %.0f with %llu (%.2f)\n", empty,
	    full, (unsigned long long)open, full / empty);
	return 0;
}
