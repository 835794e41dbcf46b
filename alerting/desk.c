/* Between the engine, the store and the senders. */
#include "alerting/desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerting/notice.h"
#include "alerting/route.h"
#include "alerting/secret.h"
#include "storage/outbox.h"

#define SECOND INT64_C(1000000)
#define POLL SECOND
#define LEARN (2 * 24 * 3600 * SECOND) /* usual rekeys are learnt from */
#define HELD_LOOK (SECOND / 10)

enum {
	HELD_MAX = 2000,
	NAMES_MAX = ROUTE_DESTINATIONS_MAX * SECRETS_URLS,
};

/* An edge that the full queue of the store did not take. A storm makes many:
 * the text is a tenth of the notice. */
struct held {
	struct held *next;
	char *notice;
	size_t n;
	char name[][80];
};

struct desk {
	const struct alert_conf *conf;
	struct outbox *outbox;
	struct alerts *alerts;
	struct deliver *deliver;
	struct desk_clock clock;
	struct held *held, **held_end;
	size_t nheld, lost;
	int64_t poll_at, held_at;
	int64_t control; /* the last wish that was answered */
	bool running;
	struct alert_silence *silence; /* being collected */
	size_t nsilences, silences_size;
};

static int64_t
desk_now(void *arg)
{
	struct desk *k = arg;

	return k->clock.now(k->clock.arg);
}

/* For what is shown or compared with what others wrote. */
static int64_t
desk_stamp(const struct desk *k, int64_t at)
{
	return k->clock.stamp(at);
}

static int64_t
desk_clock_stamp(void *arg, int64_t at)
{
	return desk_stamp(arg, at);
}

/* Saves one edge; false where the store takes nothing now. */
static bool
desk_save(
    struct desk *k, const struct alert_notice *n, char name[][80], size_t count)
{
	struct outbox_delivery to[NAMES_MAX];
	char title[NOTICE_TITLE_SIZE],
	    *json = count > 0 ? notice_dump(n) : notice_brief(n);
	struct outbox_edge e = {
		.alert = n->alert,
		.incident = n->incident,
		.kind = alert_kind_name(n->kind),
		.severity = alert_severity_name(n->severity),
		.state = alert_state_name(
		    n->state == ALERT_OK ? ALERT_RESOLVED : n->state),
		.edge = alert_edge_name(n->edge),
		.device = n->device,
		.tunnel = n->tunnel,
		.peer = n->peer,
		.reason = ike_reason_name(n->reason),
		.summary = notice_title(n, title),
		.tunnel_id = n->tunnel_id,
		.negotiation_id = n->negotiation,
		.attempts = n->attempts,
		.opened_at = n->at - n->duration,
		.at = n->at,
		.fired = n->state == ALERT_FIRING,
		.over = n->state == ALERT_RESOLVED || n->state == ALERT_OK,
		.webhook_id = n->webhook_id,
		.notice = json,
	};
	uint64_t number;

	if (json == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		to[i].destination = name[i];
	number = outbox_edge(k->outbox, &e, to, count);
	for (size_t i = 0; number != 0 && i < count; i++) {
		struct deliver_item item = {
			.id = to[i].id,
			.destination = to[i].destination,
			.incident = n->incident,
			.webhook_id = n->webhook_id,
			.notice = json,
			.created_at = n->at,
			.decided_at = n->decided_at,
			.number = number,
		};

		/* without memory it goes out after the next start */
		if (deliver_add(k->deliver, &item) == -1)
			k->lost++;
	}
	free(json);
	return number != 0;
}

static void
desk_hold(
    struct desk *k, const struct alert_notice *n, char name[][80], size_t count)
{
	char *text = k->nheld == HELD_MAX ? NULL : notice_brief(n);
	char *copy = text == NULL ? NULL : strdup(text);
	struct held *h = copy == NULL
	    ? NULL
	    : malloc(sizeof(*h) + count * sizeof(h->name[0]));

	free(text);
	if (h == NULL) {
		free(copy);
		k->lost++;
		return;
	}
	h->next = NULL;
	h->notice = copy;
	h->n = count;
	memcpy(h->name, name, count * sizeof(h->name[0]));
	*k->held_end = h;
	k->held_end = &h->next;
	k->nheld++;
	k->held_at = desk_now(k) + HELD_LOOK;
}

static void
desk_held_free(struct held *h)
{
	free(h->notice);
	free(h);
}

/* In order: nothing overtakes what is held. */
static void
desk_release(struct desk *k, int64_t now)
{
	struct alert_notice n;
	struct held *h;

	while ((h = k->held) != NULL && notice_load(&n, h->notice) == 0 &&
	    desk_save(k, &n, h->name, h->n)) {
		k->held = h->next;
		if (k->held == NULL)
			k->held_end = &k->held;
		k->nheld--;
		desk_held_free(h);
	}
	k->held_at = k->held != NULL ? now + HELD_LOOK : INT64_MAX;
}

static void
desk_edge(void *arg, const struct alert_notice *n,
    const struct destination_conf *const *to, size_t count)
{
	struct desk *k = arg;
	char(*name)[80];
	size_t names = 0, most = 1;

	for (size_t i = 0; i < count; i++)
		most += deliver_names(to[i]);
	name = calloc(most, sizeof(*name));
	if (name == NULL) {
		k->lost++;
		return;
	}
	for (size_t i = 0; i < count; i++)
		for (size_t u = 0; u < deliver_names(to[i]); u++)
			deliver_name(to[i], u, name[names++], sizeof(*name));
	if (k->held != NULL || !desk_save(k, n, name, names))
		desk_hold(k, n, name, names);
	free(name);
}

/*
 * What comes back from the senders.
 */
static void
desk_result(void *arg, const struct deliver_result *r)
{
	static const char *const states[] = {
		[DELIVER_DELIVERED] = "delivered",
		[DELIVER_RETRIED] = "pending",
		[DELIVER_DEAD] = "dead",
		[DELIVER_DROPPED] = "dropped",
		[DELIVER_MERGED] = "merged",
	};
	struct desk *k = arg;
	struct outbox_result result = {
		.id = r->id,
		.state = states[r->end],
		.attempts = r->attempts,
		.next_at = desk_stamp(k, r->next_at),
		.at = desk_stamp(k, r->at),
		.status = r->status,
		.error = r->error,
	};

	/* refused by a full queue: it stays pending there, and is at worst
	 * sent once more after a restart */
	(void)outbox_result(k->outbox, &result);
}

static void
desk_trouble(void *arg, const char *destination, const char *words)
{
	struct desk *k = arg;
	char key[96];

	snprintf(key, sizeof(key), "destination %.80s", destination);
	alerts_self(k->alerts, key, ALERT_WARNING, words, desk_now(k));
}

/*
 * Start.
 */
/* Those who must hear of it again and again, again. */
static void
desk_still(struct desk *k, const struct alert_notice *n, const char *notice)
{
	const struct destination_conf *to[ROUTE_DESTINATIONS_MAX];
	struct route_subject s = { n->device, n->tunnel, n->peer, n->kind,
		n->reason, n->severity, desk_stamp(k, desk_now(k)) };
	size_t count = route_destinations(k->conf, &s, to);
	char name[80];

	for (size_t i = 0; i < count; i++)
		for (size_t u = 0; u < deliver_names(to[i]); u++) {
			deliver_name(to[i], u, name, sizeof(name));
			deliver_still(k->deliver, name, n->incident, notice);
		}
}

struct told {
	const struct alert_conf *conf;
	uint64_t bits;
};

/* "am" and "am#2" are queues of one destination. */
static void
desk_load_told(void *arg, const char *name)
{
	struct told *t = arg;
	char queue[80];

	for (size_t i = 0; i < t->conf->ndestinations; i++)
		for (size_t u = 0; u < deliver_names(&t->conf->destination[i]);
		     u++) {
			deliver_name(
			    &t->conf->destination[i], u, queue, sizeof(queue));
			if (strcmp(queue, name) == 0)
				t->bits |= UINT64_C(1) << i;
		}
}

static void
desk_load_open(void *arg, int64_t alert, const char *notice)
{
	struct desk *k = arg;
	struct told told = { k->conf, 0 };
	struct alert_notice n;

	if (notice_load(&n, notice) == -1 ||
	    outbox_load_told(k->outbox, alert, desk_load_told, &told) == -1 ||
	    alerts_restore(k->alerts, &n, told.bits) == -1)
		k->lost++;
	else if (n.state == ALERT_FIRING)
		desk_still(k, &n, notice);
}

static void
desk_put(struct desk *k, const struct outbox_pending *p, unsigned attempts,
    int64_t created_at)
{
	struct deliver_item item = {
		.id = p->id,
		.destination = p->destination,
		.incident = p->incident,
		.webhook_id = p->webhook_id,
		.notice = p->notice,
		.attempts = attempts,
		.created_at = created_at,
	};
	struct deliver_result gone = { .id = p->id,
		.end = DELIVER_DROPPED,
		.attempts = attempts,
		.at = desk_now(k),
		.error = "the destination is no longer configured" };

	if (deliver_add(k->deliver, &item) == -1)
		desk_result(k, &gone);
}

static void
desk_load_pending(void *arg, const struct outbox_pending *p)
{
	desk_put(arg, p, p->attempts, p->created_at);
}

static void
desk_load_established(void *arg, const struct ike_tunnel *t)
{
	struct desk *k = arg;

	alerts_learn(k->alerts, t);
}

static int
desk_load(struct desk *k)
{
	if (outbox_load_open(k->outbox, desk_load_open, k) == -1 ||
	    outbox_load_pending(k->outbox, desk_load_pending, k) == -1 ||
	    outbox_load_established(
		k->outbox, desk_now(k) - LEARN, desk_load_established, k) == -1)
		return -1;
	alerts_first_id(k->alerts, outbox_next_alert(k->outbox));
	alerts_restored(k->alerts, desk_now(k));
	return 0;
}

struct desk *
desk_new(struct store *store, struct event_base *base,
    const struct alert_conf *conf, const struct desk_clock *clock, char *err,
    size_t errsize)
{
	struct desk *k = calloc(1, sizeof(*k));
	struct deliver_sink deliver = { k, desk_result, desk_trouble, desk_now,
		desk_clock_stamp };
	struct alert_sink edges = { k, desk_edge };

	snprintf(err, errsize, "out of memory");
	if (k == NULL)
		return NULL;
	k->conf = conf;
	k->clock = *clock;
	k->held_end = &k->held;
	k->held_at = k->poll_at = INT64_MAX;
	k->outbox = outbox_new(store);
	k->alerts = alerts_new(conf, &edges, desk_now(k));
	k->deliver = deliver_new(base, &deliver);
	if (k->outbox == NULL || k->alerts == NULL || k->deliver == NULL ||
	    deliver_configure(k->deliver, conf, err, errsize) == -1) {
		desk_free(k);
		return NULL;
	}
	if (desk_load(k) == -1) {
		snprintf(err, errsize,
		    "alerts cannot be read back from the "
		    "database");
		desk_free(k);
		return NULL;
	}
	return k;
}

void
desk_start(struct desk *k)
{
	k->running = true;
	k->poll_at = desk_now(k);
	desk_tick(k, k->poll_at);
}

void
desk_free(struct desk *k)
{
	if (k == NULL)
		return;
	deliver_free(k->deliver);
	alerts_free(k->alerts);
	outbox_free(k->outbox);
	while (k->held != NULL) {
		struct held *h = k->held;

		k->held = h->next;
		desk_held_free(h);
	}
	free(k->silence);
	free(k);
}

int
desk_configure(
    struct desk *k, const struct alert_conf *conf, char *err, size_t errsize)
{
	if (deliver_configure(k->deliver, conf, err, errsize) == -1)
		return -1;
	alerts_configure(k->alerts, conf, desk_now(k));
	k->conf = conf;
	return 0;
}

struct alerts *
desk_alerts(struct desk *k)
{
	return k->alerts;
}

const struct deliver *
desk_deliver(const struct desk *k)
{
	return k->deliver;
}

/*
 * What ikewatch(1) wrote into the database.
 */
static void
desk_take_silence(void *arg, const struct outbox_silence *from)
{
	struct alert_silence *s;
	struct desk *k = arg;

	if (k->nsilences == k->silences_size) {
		size_t size = k->silences_size ? k->silences_size * 2 : 16;

		s = realloc(k->silence, size * sizeof(*s));
		if (s == NULL)
			return;
		k->silence = s;
		k->silences_size = size;
	}
	s = &k->silence[k->nsilences++];
	memset(s, 0, sizeof(*s));
	s->id = from->id;
	s->starts_at = from->starts_at;
	s->ends_at = from->ends_at;
	snprintf(s->device, sizeof(s->device), "%s", from->device);
	snprintf(s->tunnel, sizeof(s->tunnel), "%s", from->tunnel);
	snprintf(s->peer, sizeof(s->peer), "%s", from->peer);
	snprintf(s->reason, sizeof(s->reason), "%s", from->reason);
}

static void
desk_retry(void *arg, const struct outbox_pending *p)
{
	struct desk *k = arg;

	desk_put(k, p, 0, desk_stamp(k, desk_now(k)));
}

static const char *
desk_do_test(struct desk *k, const char *argument)
{
	return alerts_test(k->alerts, argument, desk_now(k)) == 0
	    ? ""
	    : "there is no destination of that name";
}

static bool
desk_number(const char *s, int64_t *id)
{
	uint64_t value;

	if (!span_u64(span_of(s), 10, &value) || value > INT64_MAX)
		return false;
	*id = (int64_t)value;
	return true;
}

static const char *
desk_do_retry(struct desk *k, const char *argument)
{
	struct deliver_result again = { .end = DELIVER_RETRIED };

	if (!desk_number(argument, &again.id))
		return "not a number of a delivery";
	if (deliver_has(k->deliver, again.id))
		return "it is waiting to be tried already";
	again.at = desk_now(k);
	if (!outbox_get(k->outbox, again.id, desk_retry, k))
		return "there is no such delivery, or it was delivered";
	desk_result(k, &again);
	return "";
}

static const char *
desk_do_drop(struct desk *k, const char *argument)
{
	int64_t id;

	if (!desk_number(argument, &id))
		return "not a number of a delivery";
	return deliver_drop(k->deliver, id)
	    ? ""
	    : "it is not waiting, or being sent just now";
}

static const struct control {
	const char *command;
	const char *(*run)(struct desk *, const char *argument);
} controls[] = {
	{ "test", desk_do_test },
	{ "retry", desk_do_retry },
	{ "drop", desk_do_drop },
};

static void
desk_control(void *arg, int64_t id, const char *command, const char *argument)
{
	struct desk *k = arg;

	k->control = id;
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (strcmp(controls[i].command, command) == 0) {
			(void)outbox_control_done(k->outbox, id,
			    desk_stamp(k, desk_now(k)),
			    controls[i].run(k, argument));
			return;
		}
}

static void
desk_poll(struct desk *k, int64_t now)
{
	k->poll_at = now + POLL;
	k->nsilences = 0;
	if (outbox_silences(
		k->outbox, desk_stamp(k, now), desk_take_silence, k) == 0)
		alerts_silences(k->alerts, k->silence, k->nsilences);
	/* a database that is locked just now is asked again next time */
	(void)!outbox_controls(k->outbox, k->control, desk_control, k);
}

void
desk_tick(struct desk *k, int64_t now)
{
	alerts_stamp(k->alerts, desk_stamp(k, now) - now);
	if (k->running && now >= k->poll_at)
		desk_poll(k, now);
	if (now >= k->held_at)
		desk_release(k, now);
	if (alerts_due(k->alerts) <= now)
		alerts_tick(k->alerts, now);
}

int64_t
desk_due(const struct desk *k)
{
	int64_t at = alerts_due(k->alerts);

	if (k->poll_at < at)
		at = k->poll_at;
	return k->held_at < at ? k->held_at : at;
}

void
desk_committed(struct desk *k)
{
	deliver_committed(k->deliver, outbox_committed(k->outbox));
}

bool
desk_idle(const struct desk *k)
{
	return k->held == NULL && deliver_idle(k->deliver);
}
