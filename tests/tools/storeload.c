/*
 * Feeds a store with made-up negotiations: as load for the crash tests, as a
 * measure of its speed, and to make a database of any size. What is committed
 * is told on standard output, so that a test can hold the file against it.
 */
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "storage/store_internal.h"
#include "tests/tools/faults.h"

#define SECOND INT64_C(1000000)
#define MESSAGE                                                               \
	"%%ASA-5-713119: Group = 198.51.100.%d, IP = 198.51.100.%d, "         \
	"attempt %" PRId64 ": PHASE 1 message number %d was processed, with " \
	"enough text behind it to be as long as such a record usually is"

struct options {
	const char *path;
	int64_t negotiations;
	int tunnels, events, rate;
	int64_t days; /* of simulated time, ending now; 0: the time it is */
	int64_t retain, max_size;
	bool tell, alerts, no_messages;
};

struct load {
	struct options o;
	struct store *store;
	struct ike_tunnel *tunnel;
	uint64_t (*spi)[2]; /* of each tunnel's IKE SA */
	uint64_t random;
	int alert_kind;
	int64_t id;   /* of the negotiation */
	int64_t left; /* negotiations to come */
	int64_t records;
};

static int64_t
clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

/* xorshift64* */
static uint64_t
load_random(struct load *l)
{
	l->random ^= l->random >> 12;
	l->random ^= l->random << 25;
	l->random ^= l->random >> 27;
	return l->random * UINT64_C(0x2545f4914f6cdd1d);
}

static const char *
device_name(int tunnel)
{
	static char name[2][32];
	static int turn;

	turn ^= 1;
	snprintf(name[turn], sizeof(name[turn]), "fw-%03d", tunnel % 500);
	return name[turn];
}

static void
load_tunnels(struct load *l)
{
	for (int i = 0; i < l->o.tunnels; i++) {
		struct ike_tunnel *t = &l->tunnel[i];

		t->id = i + 1;
		t->vendor = "cisco-asa";
		snprintf(t->peer, sizeof(t->peer), "10.%d.%d.%d", i >> 16 & 255,
		    i >> 8 & 255, i & 255);
		snprintf(t->local, sizeof(t->local), "192.0.2.%d", i % 250);
		snprintf(t->name, sizeof(t->name), "branch-%d", i);
		t->state = IKE_TUNNEL_UNKNOWN;
	}
}

/* Every seventh fails, for one of a few reasons. */
static void
load_begin(struct load *l, struct ike_negotiation *n, int tunnel, int64_t now)
{
	const struct ike_tunnel *t = &l->tunnel[tunnel];

	*n = (struct ike_negotiation){ .id = l->id++ };
	n->tunnel_id = t->id;
	n->device = device_name(tunnel);
	n->vendor = t->vendor;
	snprintf(n->peer, sizeof(n->peer), "%s", t->peer);
	snprintf(n->local, sizeof(n->local), "%s", t->local);
	snprintf(n->tunnel, sizeof(n->tunnel), "%s", t->name);
	n->kind = n->id % 3 == 0 ? IKE_KIND_IKE : IKE_KIND_CHILD;
	n->role = IKE_INITIATOR;
	n->ike_version = 2;
	n->stage = n->kind == IKE_KIND_IKE ? IKE_SA_INIT : IKE_CREATE_CHILD_SA;
	if (n->kind == IKE_KIND_IKE || l->spi[tunnel][0] == 0)
		for (int i = 0; i < 2; i++)
			l->spi[tunnel][i] = load_random(l);
	n->ispi = (struct ike_spi){ l->spi[tunnel][0], true };
	n->started_at = n->updated_at = now;
}

static void
load_end(struct load *l, struct ike_negotiation *n, int64_t now)
{
	static const enum ike_reason reasons[] = { IKE_R_NO_RESPONSE,
		IKE_R_PSK_MISMATCH, IKE_R_IKE_PROPOSAL_MISMATCH,
		IKE_R_TRAFFIC_SELECTOR_MISMATCH };

	n->updated_at = now;
	n->rspi = (struct ike_spi){ l->spi[n->tunnel_id - 1][1], true };
	if (n->id % 7 == 0) {
		n->outcome = IKE_FAILURE;
		n->reason = reasons[load_random(l) % 4];
		n->ended_at = now;
		n->detail = "the words of the record that decided it";
		return;
	}
	/* what is up at the end is about one SA a tunnel */
	n->outcome =
	    l->left < l->o.tunnels || n->id % 500 == 0 ? IKE_UP : IKE_GONE;
	n->established_at = now;
	if (n->outcome == IKE_GONE)
		n->ended_at = now;
	if (n->kind == IKE_KIND_CHILD) {
		n->spi_in = load_random(l);
		n->spi_out = load_random(l);
	}
}

static int64_t
load_message(
    struct load *l, const struct ike_negotiation *n, int k, int64_t now)
{
	struct store_message m = { .received_at = now };
	char text[400];
	int peer = n->tunnel_id % 250;

	if (l->o.no_messages)
		return 0;
	snprintf(text, sizeof(text), MESSAGE, peer, peer, n->id, k);
	m.source = span_of("192.0.2.7");
	m.transport = "udp";
	m.facility = 20;
	m.severity = 5;
	m.timestamp = now - 3 * SECOND;
	m.hostname = span_of(n->device);
	m.vendor = n->vendor;
	m.message = span_of(text);
	return store_message(l->store, &m);
}

static void
load_event(struct load *l, const struct ike_negotiation *n, int k,
    enum ike_what what, int64_t now)
{
	struct store_event e = { .received_at = now };

	e.device_time = now - 3 * SECOND;
	e.device = n->device;
	e.negotiation = n->id;
	e.message = load_message(l, n, k, now);
	e.what = what;
	e.stage = n->stage;
	e.reason = n->reason;
	store_event(l->store, &e);
	l->records++;
}

static void
load_tunnel(struct load *l, int i, const struct ike_negotiation *n)
{
	struct ike_tunnel *t = &l->tunnel[i];
	enum ike_tunnel_state state =
	    n->outcome == IKE_FAILURE ? IKE_TUNNEL_DOWN : IKE_TUNNEL_UP;

	t->device = n->device;
	if (state == IKE_TUNNEL_UP)
		t->last_established = n->updated_at;
	else
		t->last_failure = n->updated_at;
	if (n->reason != IKE_REASON_NONE)
		t->last_reason = n->reason;
	if (state == t->state)
		return;
	t->state = state;
	t->since = n->updated_at;
	store_tunnel(l->store, t);
}

static int64_t
load_negotiation(struct load *l, int64_t now)
{
	int i = load_random(l) % l->o.tunnels;
	struct ike_negotiation n;

	load_begin(l, &n, i, now);
	store_negotiation(l->store, &n);
	load_event(l, &n, 0, IKE_STARTED, now);
	for (int k = 1; k < l->o.events - 1; k++) {
		n.events++;
		load_event(l, &n, k, IKE_PROGRESS, now + k);
	}
	load_end(l, &n, now + l->o.events);
	store_negotiation(l->store, &n);
	load_event(l, &n, l->o.events,
	    n.outcome == IKE_FAILURE ? IKE_FAILED : IKE_ESTABLISHED,
	    now + l->o.events);
	load_tunnel(l, i, &n);
	return n.id;
}

/* An alert and its delivery, as the outbox writes them. */
static int
alert_apply(sqlite3_stmt *const *stmt, const void *bytes, size_t len)
{
	int64_t id;
	int rc;

	memcpy(&id, bytes, len);
	for (int i = 0; i < 2; i++) {
		sqlite3_bind_int64(stmt[i], 1, id);
		if ((rc = store_step(stmt[i])) != SQLITE_OK)
			return rc;
	}
	return SQLITE_OK;
}

static const char *const alert_sql[] = {
	"INSERT INTO alert(id, incident, kind, severity, state, opened_at,"
	" updated_at) VALUES (?1, 'test-' || ?1, 'self', 'info', 'firing',"
	" ?1, ?1)",
	"INSERT INTO delivery(alert_id, destination, edge, webhook_id, state,"
	" created_at) VALUES (?1, 'test', 'firing', 'msg-' || ?1, 'pending',"
	" ?1)",
	NULL
};

static const struct store_applier alert_applier = { alert_sql, alert_apply };

static void
load_notices(struct load *l)
{
	char text[400];

	while (store_notice(l->store, text, sizeof(text)))
		fprintf(stderr, "storeload: %s\n", text);
}

/* Says what is safe: alerts when committed, records by their last id. */
struct told {
	uint64_t alert, number; /* awaited */
	int64_t next;		/* next time to say how far it is */
};

static void
load_tell(struct load *l, struct told *t, int64_t id)
{
	int64_t now = clock_us(CLOCK_MONOTONIC);
	struct store_counts c;

	if (l->o.alerts && t->number == 0) {
		t->alert = id;
		t->number = store_push(l->store, l->alert_kind, STORE_DURABLE,
		    &t->alert, sizeof(t->alert));
	} else if (t->number != 0 && store_committed(l->store) >= t->number) {
		printf("alert %" PRIu64 "\n", t->alert);
		faults_note((int64_t)t->alert);
		t->number = 0;
	}
	if (now < t->next)
		return;
	t->next = now + 20 * 1000;
	store_count(l->store, &c);
	printf("at %" PRId64 " pushed %" PRId64 " written %" PRIu64
	       " queued %zu failing %d refused %" PRIu64 "\n",
	    now, l->records, c.messages_written, c.queue_rows, c.failing,
	    c.refused);
	fflush(stdout);
}

static int64_t
load_time(const struct load *l, int64_t i, int64_t begin)
{
	if (l->o.days == 0)
		return clock_us(CLOCK_REALTIME);
	return begin +
	    (int64_t)((double)i / l->o.negotiations * l->o.days * 86400e6);
}

/* Keeps to the rate, or to what the store takes. */
static void
load_pace(const struct load *l, int64_t i, int64_t start)
{
	struct timespec t = { .tv_nsec = 1000 * 1000 };

	while (l->o.rate > 0 &&
	    clock_us(CLOCK_MONOTONIC) - start < i * SECOND / l->o.rate)
		nanosleep(&t, NULL);
	while (l->o.rate == 0 && store_full(l->store))
		nanosleep(&t, NULL);
}

static void
load_run(struct load *l)
{
	int64_t start = clock_us(CLOCK_MONOTONIC), id;
	int64_t begin = clock_us(CLOCK_REALTIME) - l->o.days * 86400 * SECOND;
	struct told told = { 0 };

	for (int64_t i = 0; l->o.negotiations == 0 || i < l->o.negotiations;
	     i++) {
		l->left =
		    l->o.negotiations == 0 ? INT64_MAX : l->o.negotiations - i;
		load_pace(l, i, start);
		id = load_negotiation(l, load_time(l, i, begin));
		if (l->o.tell)
			load_tell(l, &told, id);
		load_notices(l);
	}
}

static int
load_open(struct load *l)
{
	struct store_conf conf = { .path = l->o.path };
	char err[400];
	int code;

	conf.retain_messages = conf.retain_events = conf.retain_negotiations =
	    l->o.retain * SECOND;
	conf.max_size = l->o.max_size;
	l->store = store_open(&conf, err, sizeof(err), &code);
	if (l->store == NULL) {
		fprintf(stderr, "storeload: %s\n", err);
		return code;
	}
	load_notices(l);
	l->alert_kind = store_register(l->store, &alert_applier);
	l->id = store_next_negotiation(l->store);
	l->tunnel = calloc(l->o.tunnels, sizeof(*l->tunnel));
	l->spi = calloc(l->o.tunnels, sizeof(*l->spi));
	load_tunnels(l);
	if (store_start(l->store, NULL, NULL) == -1)
		return 71;
	printf("ready\n");
	fflush(stdout);
	return 0;
}

/* Flushes, and says how fast it was. */
static void
load_finish(struct load *l, int64_t start)
{
	struct store_counts c = { .queue_rows = 1 };
	double s;

	while (c.queue_rows > 0 && !c.failing) {
		usleep(10 * 1000);
		store_count(l->store, &c);
	}
	s = (clock_us(CLOCK_MONOTONIC) - start) / 1e6;
	printf("done: %" PRId64 " events, %" PRIu64 " rows in %.2f s: %.0f "
	       "events/s, %.0f rows/s, %" PRIu64
	       " commits of %.3f s, refused %" PRIu64 "\n",
	    l->records, c.written, s, l->records / s, c.written / s, c.commits,
	    c.commit_seconds / c.commits, c.refused);
	load_notices(l);
	store_close(l->store, 30 * SECOND);
	free(l->tunnel);
	free(l->spi);
}

static int
usage(void)
{
	fprintf(stderr,
	    "usage: storeload [-aNT] [-F fault] [-n negotiations] "
	    "[-t tunnels] [-e events] [-r negotiations/s] [-d days] "
	    "[-k seconds kept] [-m bytes] FILE\n");
	return 64;
}

int
main(int argc, char **argv)
{
	struct load l = { .o = { .tunnels = 200, .events = 4 },
		.random = UINT64_C(0x9e3779b97f4a7c15) };
	int64_t start;
	int c;

	signal(SIGXFSZ, SIG_IGN);
	while ((c = getopt(argc, argv, "aNTF:n:t:e:r:d:k:m:")) != -1) {
		switch (c) {
		case 'a':
			l.o.alerts = l.o.tell = true;
			break;
		case 'F':
			if (!faults_install(optarg))
				return usage();
			break;
		case 'N':
			l.o.no_messages = true;
			break;
		case 'T':
			l.o.tell = true;
			break;
		case 'n':
			l.o.negotiations = atoll(optarg);
			break;
		case 't':
			l.o.tunnels = atoi(optarg);
			break;
		case 'e':
			l.o.events = atoi(optarg);
			break;
		case 'r':
			l.o.rate = atoi(optarg);
			break;
		case 'd':
			l.o.days = atoll(optarg);
			break;
		case 'k':
			l.o.retain = atoll(optarg);
			break;
		case 'm':
			l.o.max_size = atoll(optarg);
			break;
		default:
			return usage();
		}
	}
	if (optind + 1 != argc || l.o.tunnels <= 0)
		return usage();
	l.o.path = argv[optind];
	l.random ^= (uint64_t)clock_us(CLOCK_REALTIME) << 1;
	if ((c = load_open(&l)) != 0)
		return c;
	start = clock_us(CLOCK_MONOTONIC);
	load_run(&l);
	load_finish(&l, start);
	faults_end();
	return 0;
}
