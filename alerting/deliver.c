/*
 * Queues, paces and requests. Callbacks of libevent and libcurl unwrap and
 * call; every decision about a destination falls in dest_pump(), every end of
 * a request in dest_done().
 */
#include "alerting/deliver.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alerting/due.h"
#include "alerting/limit.h"
#include "alerting/notice.h"
#include "alerting/payload.h"
#include "alerting/retry.h"
#include "alerting/secret.h"
#include "alerting/prose.h"

#define SECOND INT64_C(1000000)

enum {
	BODY_MAX = 65536,
	ANSWER_KEPT = 2048, /* of the body, for retry_after and the error */
	ERROR_SIZE = 240,
	LINES = 1024,
	AWAY_AFTER = 5,	   /* failures in a row */
	BACKLOG = 6,	   /* that many become one summary */
	DEPTH_MAX = 20000, /* of one queue */
	SUMMARY_MAX = 500,
	LIVE_MAX = 2000,
};
#define TROUBLE_AFTER (300 * SECOND)
#define REFRESH (60 * SECOND)
#define RESOLVED_LASTS (300 * SECOND)

struct line;

/* One delivery that waits. */
struct item {
	int64_t id;
	struct line *line;    /* NULL: in a summary's batch */
	uint64_t incident;    /* its hash */
	struct item *next;    /* in its line, or in a summary's batch */
	struct item *waiting; /* not committed: in the order of numbers */
	char *webhook_id, *notice;
	unsigned attempts;
	int64_t created_at, next_at, decided_at;
	uint64_t number;
	bool committed;
};

/* The deliveries of one incident, in order: only the first may go. */
struct line {
	struct due_item due; /* first: the heap's items are lines */
	struct line *chain;
	struct item *first, *last;
	char incident[NOTICE_ID_SIZE];
	bool busy;
};

/* What a destination that forgets must hear again. */
struct live {
	struct live *next;
	uint64_t incident;
	char *notice;
	int64_t until; /* resolved: repeated so long; 0: it fires */
};

struct transfer {
	struct transfer *next, **prev;
	struct dest *dest;
	struct item *item;  /* NULL: a refresh */
	struct item *batch; /* all that a summary stands for, or NULL */
	CURL *easy;
	struct curl_slist *headers, *rcpt;
	struct payload_request request;
	size_t sent; /* of a mail */
	size_t body_len, header_len;
	char answer[ANSWER_KEPT];
	size_t answer_len;
	int64_t wait; /* asked for by Retry-After; -1 */
	bool too_long, private;
	char error[CURL_ERROR_SIZE];
};

struct dest {
	struct dest *next;
	struct deliver *deliver;
	char name[80];
	const struct destination_conf *conf; /* NULL: no longer configured */
	const struct payload_type *type;
	struct secrets secrets, fresh; /* fresh: of a reload under way */
	const char *url;
	struct limit_bucket bucket;
	struct line *line[LINES];
	struct due due;	     /* lines whose first may go at a time */
	size_t depth, ready; /* ready: committed */
	size_t active;
	struct item *batch; /* a summary that waits to be tried again */
	unsigned batch_attempts;
	struct live *live;
	size_t nlive;
	int64_t refresh_at;
	bool away_said;
	bool was_away; /* since the queue was last empty */
	int64_t paused_until, failing_since;
	unsigned failures; /* in a row */
	bool disabled;
	uint64_t ends[DELIVER_END_COUNT];
	char error[ERROR_SIZE];
};

struct deliver {
	struct event_base *base;
	struct deliver_sink sink;
	CURLM *multi;
	struct event *timer; /* libcurl's */
	struct event *wake;  /* ours */
	struct dest *dests;
	struct transfer *transfers;
	struct item *waiting, **waiting_end;
	uint64_t committed;
	struct deliver_latency latency;
	uint64_t random;
	bool stopping;
};

const double deliver_latency_bound[] = { 0.05, 0.1, 0.2, 0.3, 0.5, 1, 5 };

static void deliver_schedule(struct deliver *, int64_t now);
static void dest_pump(struct dest *, int64_t now);

const char *
deliver_end_name(enum deliver_end e)
{
	static const char *const names[] = { "delivered", "retried", "dead",
		"dropped", "merged" };

	return names[e];
}

static int64_t
deliver_now(const struct deliver *d)
{
	return d->sink.clock(d->sink.arg);
}

/* What others, too, would call the time. */
static int64_t
deliver_stamp(const struct deliver *d, int64_t at)
{
	return d->sink.stamp(d->sink.arg, at);
}

static uint32_t
deliver_random(struct deliver *d)
{
	/* jitter only: nobody gains by guessing it */
	d->random = d->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(d->random >> 32);
}

/*
 * Lines and items.
 */
static uint64_t
line_hash(const char *incident)
{
	uint64_t h = 14695981039346656037u;

	for (const char *s = incident; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h;
}

static struct line **
line_slot(struct dest *t, const char *incident)
{
	return &t->line[line_hash(incident) % LINES];
}

static struct line *
line_get(struct dest *t, const char *incident)
{
	struct line **slot = line_slot(t, incident), *l;

	for (l = *slot; l != NULL; l = l->chain)
		if (strcmp(l->incident, incident) == 0)
			return l;
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return NULL;
	snprintf(l->incident, sizeof(l->incident), "%s", incident);
	l->chain = *slot;
	*slot = l;
	return l;
}

/* When the first of the line may go. */
static void
line_schedule(struct dest *t, struct line *l)
{
	int64_t at = INT64_MAX;

	if (l->first != NULL && l->first->committed && !l->busy)
		at = l->first->next_at;
	/* without memory for the heap the next change tries again */
	(void)!due_set(&t->due, &l->due, at);
}

static void
line_free(struct dest *t, struct line *l)
{
	struct line **at = line_slot(t, l->incident);

	while (*at != l)
		at = &(*at)->chain;
	*at = l->chain;
	due_remove(&t->due, &l->due);
	free(l);
}

static void
item_free(struct item *i)
{
	free(i->webhook_id);
	free(i->notice);
	free(i);
}

/* Out of the waiting list, wherever it is in it. */
static void
item_unwait(struct deliver *d, struct item *i)
{
	struct item **at = &d->waiting;

	while (*at != NULL && *at != i)
		at = &(*at)->waiting;
	if (*at == NULL)
		return;
	*at = i->waiting;
	if (i->waiting == NULL)
		d->waiting_end = at;
}

/* Out of its line; the line goes when it is empty. */
static void
item_unlink(struct dest *t, struct item *i)
{
	struct line *l = i->line;
	struct item **at = &l->first;

	while (*at != i)
		at = &(*at)->next;
	*at = i->next;
	l->last = NULL;
	for (struct item *k = l->first; k != NULL; k = k->next)
		l->last = k;
	i->next = NULL;
	i->line = NULL;
	t->depth--;
	t->ready -= i->committed;
	if (l->first == NULL && !l->busy)
		line_free(t, l);
	else
		line_schedule(t, l);
}

static void
dest_tell(struct dest *t, const struct item *i, enum deliver_end end,
    int status, const char *error, int64_t now)
{
	struct deliver_result r = { i->id, end, i->attempts, now, i->next_at,
		status, error };

	t->ends[end]++;
	t->deliver->sink.result(t->deliver->sink.arg, &r);
}

static void
dest_trouble(struct dest *t, const char *words)
{
	if (words == NULL && !t->away_said)
		return;
	t->away_said = words != NULL;
	t->deliver->sink.trouble(t->deliver->sink.arg, t->name, words);
}

/*
 * Requests.
 */
static size_t
transfer_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *x = arg;
	size_t len = size * n, room = sizeof(x->answer) - 1 - x->answer_len;

	if (len < room)
		room = len;
	memcpy(x->answer + x->answer_len, p, room);
	x->answer_len += room;
	x->body_len += len;
	if (x->body_len > BODY_MAX) {
		x->too_long = true;
		return 0;
	}
	return len;
}

static size_t
transfer_header(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *x = arg;
	size_t len = size * n;
	int64_t wait;

	x->header_len += len;
	if (x->header_len > BODY_MAX) {
		x->too_long = true;
		return 0;
	}
	wait = retry_header((struct span){ p, len },
	    deliver_stamp(x->dest->deliver, deliver_now(x->dest->deliver)));
	if (wait != -1)
		x->wait = wait;
	return len;
}

static size_t
transfer_mail(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *x = arg;
	size_t len = size * n, left = x->request.len - x->sent;

	if (left < len)
		len = left;
	memcpy(p, x->request.body + x->sent, len);
	x->sent += len;
	return len;
}

/* Addresses that only mean something here or in this site. */
static bool
address_private(const struct sockaddr *sa)
{
	const struct sockaddr_in6 *six = (const void *)sa;
	const struct in6_addr *a = &six->sin6_addr;
	uint32_t v4;

	if (sa->sa_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(a))
		return IN6_IS_ADDR_LOOPBACK(a) || IN6_IS_ADDR_LINKLOCAL(a) ||
		    IN6_IS_ADDR_UNSPECIFIED(a) || IN6_IS_ADDR_SITELOCAL(a) ||
		    IN6_IS_ADDR_MULTICAST(a) || IN6_IS_ADDR_V4COMPAT(a) ||
		    (a->s6_addr[0] & 0xfe) == 0xfc;
	if (sa->sa_family == AF_INET6)
		memcpy(&v4, a->s6_addr + 12, 4);
	else if (sa->sa_family == AF_INET)
		memcpy(&v4,
		    &((const struct sockaddr_in *)(const void *)sa)->sin_addr,
		    4);
	else
		return true;
	v4 = ntohl(v4);
	return v4 >> 24 == 0 || v4 >> 24 == 10 || v4 >> 24 == 127 ||
	    v4 >> 22 == (100u << 2 | 1) /* 100.64/10 */ ||
	    v4 >> 16 == (169u << 8 | 254) || v4 >> 20 == (172u << 4 | 1) ||
	    v4 >> 16 == (192u << 8 | 168) || v4 >> 28 >= 14;
}

static curl_socket_t
transfer_socket(void *arg, curlsocktype what, struct curl_sockaddr *addr)
{
	struct transfer *x = arg;

	(void)what;
	if (x->dest->conf->deny_private && address_private(&addr->addr)) {
		x->private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(
	    addr->family, addr->socktype | SOCK_CLOEXEC, addr->protocol);
}

static const char *
nothing_or(const char *s)
{
	return s != NULL ? s : "";
}

static void
transfer_tls(CURL *e, const struct destination_conf *c)
{
	curl_easy_setopt(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, c->insecure ? 0L : 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, c->insecure ? 0L : 2L);
	if (c->ca_file != NULL && c->ca_file[0] != '\0')
		curl_easy_setopt(e, CURLOPT_CAINFO, c->ca_file);
	if (c->client_cert != NULL && c->client_cert[0] != '\0')
		curl_easy_setopt(e, CURLOPT_SSLCERT, c->client_cert);
	if (c->client_key != NULL && c->client_key[0] != '\0')
		curl_easy_setopt(e, CURLOPT_SSLKEY, c->client_key);
}

static void
transfer_protocols(CURL *e, bool mail)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	const char *both = mail ? "smtp,smtps" : "http,https";

	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, both);
	curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, both);
#else
	long both = mail ? CURLPROTO_SMTP | CURLPROTO_SMTPS
			 : CURLPROTO_HTTP | CURLPROTO_HTTPS;

	curl_easy_setopt(e, CURLOPT_PROTOCOLS, both);
	curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS, both);
#endif
}

static void
transfer_http(struct transfer *x)
{
	CURL *e = x->easy;

	/* no wait for a "100 Continue" that never comes */
	x->headers = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; i < x->request.nheaders; i++)
		x->headers =
		    curl_slist_append(x->headers, x->request.header[i]);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, x->headers);
	curl_easy_setopt(e, CURLOPT_POST, 1L);
	curl_easy_setopt(
	    e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->request.len);
	curl_easy_setopt(e, CURLOPT_POSTFIELDS, x->request.body);
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "ikewatch/" IKEWATCH_VERSION);
}

static void
transfer_smtp(struct transfer *x)
{
	const struct destination_conf *c = x->dest->conf;
	CURL *e = x->easy;

	for (size_t i = 0; i < c->mail_to.n; i++)
		x->rcpt = curl_slist_append(x->rcpt, c->mail_to.item[i]);
	curl_easy_setopt(e, CURLOPT_MAIL_FROM, c->from);
	curl_easy_setopt(e, CURLOPT_MAIL_RCPT, x->rcpt);
	curl_easy_setopt(e, CURLOPT_USE_SSL,
	    c->starttls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(e, CURLOPT_READFUNCTION, transfer_mail);
	curl_easy_setopt(e, CURLOPT_READDATA, x);
	curl_easy_setopt(
	    e, CURLOPT_INFILESIZE_LARGE, (curl_off_t)x->request.len);
	if (c->user != NULL && c->user[0] != '\0')
		curl_easy_setopt(e, CURLOPT_USERNAME, c->user);
	if (c->user != NULL && c->user[0] != '\0' && x->dest->secrets.nkeys > 0)
		curl_easy_setopt(e, CURLOPT_PASSWORD, x->dest->secrets.key[0]);
}

static int
transfer_set(struct transfer *x)
{
	const struct destination_conf *c = x->dest->conf;
	char url[4096];
	CURL *e = x->easy;

	if ((size_t)snprintf(url, sizeof(url), "%s%s", x->dest->url,
		x->request.path) >= sizeof(url))
		return -1;
	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_PRIVATE, x);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    e, CURLOPT_CONNECTTIMEOUT_MS, (long)(c->connect_timeout / 1000));
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)(c->timeout / 1000));
	/* "" is no proxy, whatever the environment says */
	curl_easy_setopt(e, CURLOPT_PROXY, nothing_or(c->proxy));
	curl_easy_setopt(e, CURLOPT_NOPROXY, nothing_or(c->no_proxy));
	curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, transfer_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, transfer_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, transfer_socket);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, x);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* else the end of a request waits for its resolver's thread, and the
	 * loop with it, as long as a silent name server takes */
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
#endif
	transfer_protocols(e, x->dest->type->mail);
	transfer_tls(e, c);
	if (x->dest->type->mail)
		transfer_smtp(x);
	else
		transfer_http(x);
	return 0;
}

static void
transfer_free(struct transfer *x)
{
	*x->prev = x->next;
	if (x->next != NULL)
		x->next->prev = x->prev;
	if (x->easy != NULL) {
		curl_multi_remove_handle(x->dest->deliver->multi, x->easy);
		curl_easy_cleanup(x->easy);
	}
	curl_slist_free_all(x->headers);
	curl_slist_free_all(x->rcpt);
	payload_free(&x->request);
	free(x);
}

static void
deliver_measure(struct deliver *d, int64_t decided_at, int64_t now)
{
	double seconds = (double)(now - decided_at) / 1e6;
	int k = 0;

	if (decided_at == 0 || seconds < 0)
		return;
	while (k < DELIVER_LATENCY_BUCKETS - 1 &&
	    seconds > deliver_latency_bound[k])
		k++;
	d->latency.count[k]++;
	d->latency.total++;
	d->latency.sum += seconds;
}

/* A later word on the same incident is in the batch too. */
static bool
batch_has_later(const struct item *i)
{
	for (const struct item *k = i->next; k != NULL; k = k->next)
		if (k->incident == i->incident)
			return true;
	return false;
}

/* "14 changes while slack was away", and how each incident stands now. */
static void
batch_notice(const struct dest *t, const struct item *batch,
    struct alert_notice *n, int64_t now)
{
	unsigned changes = 0, over = 0;
	struct alert_notice one;

	memset(n, 0, sizeof(*n));
	n->edge = ALERT_EDGE_SUMMARY;
	n->kind = ALERT_SELF;
	n->severity = ALERT_INFO;
	n->at = now;
	snprintf(n->webhook_id, sizeof(n->webhook_id), "%s", batch->webhook_id);
	snprintf(n->incident, sizeof(n->incident), "summary");
	for (const struct item *i = batch; i != NULL; i = i->next) {
		char title[NOTICE_TITLE_SIZE];

		changes++;
		if (batch_has_later(i) || notice_load(&one, i->notice) == -1)
			continue;
		if (one.edge == ALERT_EDGE_RESOLVES &&
		    now - one.at > t->conf->max_age) {
			over++;
			continue;
		}
		if (one.severity > n->severity &&
		    one.edge != ALERT_EDGE_RESOLVES)
			n->severity = one.severity;
		if (n->nlist == NOTICE_MEMBERS_MAX - 1)
			continue;
		notice_title(&one, title);
		snprintf(n->list[n->nlist++], NOTICE_MEMBER_SIZE, "%.*s",
		    (int)prose_fit(title, NOTICE_MEMBER_SIZE - 1), title);
	}
	if (over != 0)
		snprintf(n->list[n->nlist++], NOTICE_MEMBER_SIZE,
		    "%u more came and went", over);
	snprintf(n->words, sizeof(n->words),
	    t->was_away ? "%u changes while %s was away"
			: "%u changes at once for %s",
	    changes, t->name);
}

static int
transfer_render(struct transfer *x, const struct payload_job *job)
{
	struct dest *t = x->dest;
	const char **notices;
	size_t n = 0;
	int rc;

	if (x->item != NULL)
		return payload_render(t->type, job, &x->request);
	notices = calloc(t->nlive + 1, sizeof(*notices));
	if (notices == NULL)
		return -1;
	for (const struct live *l = t->live; l != NULL; l = l->next)
		notices[n++] = l->notice;
	memset(&x->request, 0, sizeof(x->request));
	rc = t->type->refresh(job, notices, n, &x->request);
	free(notices);
	return rc;
}

static int
transfer_start(struct dest *t, struct item *i, struct item *batch, int64_t now)
{
	struct transfer *x = calloc(1, sizeof(*x));
	struct alert_notice n;
	int64_t clock = deliver_stamp(t->deliver, now);
	struct payload_job job = { &n, t->conf, &t->secrets, clock };

	if (x == NULL)
		return -1;
	x->dest = t;
	x->item = i;
	x->batch = batch;
	x->wait = -1;
	x->next = t->deliver->transfers;
	x->prev = &t->deliver->transfers;
	if (x->next != NULL)
		x->next->prev = &x->next;
	t->deliver->transfers = x;
	x->easy = curl_easy_init();
	if (batch != NULL)
		batch_notice(t, batch, &n, clock);
	if (x->easy == NULL ||
	    (batch == NULL && i != NULL && notice_load(&n, i->notice) == -1) ||
	    transfer_render(x, &job) == -1 || transfer_set(x) == -1 ||
	    curl_multi_add_handle(t->deliver->multi, x->easy) != CURLM_OK) {
		transfer_free(x);
		return -1;
	}
	t->active++;
	if (i != NULL && i->attempts == 0)
		deliver_measure(t->deliver, i->decided_at, clock);
	return 0;
}

/*
 * Ends of requests.
 */
static void
dest_failing(struct dest *t, const char *error, int64_t wait, int64_t now)
{
	char words[ERROR_SIZE + 120], since[PROSE_SPAN_SIZE];

	snprintf(t->error, sizeof(t->error), "%s", error);
	if (t->failures++ == 0)
		t->failing_since = now;
	if (wait > 0 && t->paused_until < now + wait)
		t->paused_until = now + wait;
	if (t->failures >= AWAY_AFTER) {
		int64_t away = now +
		    retry_delay(t->failures - AWAY_AFTER + 1,
			deliver_random(t->deliver));

		t->was_away = true;
		if (t->paused_until < away)
			t->paused_until = away;
	}
	if (now - t->failing_since < TROUBLE_AFTER || t->away_said)
		return;
	snprintf(words, sizeof(words), "cannot deliver to %s since %s: %s",
	    t->name, prose_duration(since, now - t->failing_since), error);
	dest_trouble(t, words);
}

static void
dest_well(struct dest *t)
{
	t->failures = 0;
	t->failing_since = 0;
	t->paused_until = 0;
	t->error[0] = '\0';
	dest_trouble(t, NULL);
}

static void
item_dead(
    struct dest *t, struct item *i, int status, const char *error, int64_t now)
{
	char words[ERROR_SIZE + 120];

	dest_tell(t, i, DELIVER_DEAD, status, error, now);
	snprintf(t->error, sizeof(t->error), "%s", error);
	snprintf(words, sizeof(words), "%s refused an alert for good: %s",
	    t->name, error);
	dest_trouble(t, words);
}

static void
live_drop(struct dest *t, struct live **at)
{
	struct live *l = *at;

	*at = l->next;
	t->nlive--;
	free(l->notice);
	free(l);
}

/* What must be said again from now on: the latest word on each incident. */
static void
live_keep(struct dest *t, uint64_t incident, const char *notice, bool over,
    int64_t now)
{
	struct live **at = &t->live, *l;

	while (*at != NULL && (*at)->incident != incident)
		at = &(*at)->next;
	if (*at != NULL)
		live_drop(t, at);
	l = t->nlive < LIVE_MAX ? calloc(1, sizeof(*l)) : NULL;
	if (l == NULL)
		return;
	l->incident = incident;
	l->until = over ? now + RESOLVED_LASTS : 0;
	l->notice = strdup(notice);
	if (l->notice == NULL) {
		free(l);
		return;
	}
	l->next = t->live;
	t->live = l;
	if (t->nlive++ == 0)
		t->refresh_at = now + REFRESH;
}

static void
item_live(struct dest *t, const struct item *i, int64_t now)
{
	struct alert_notice *n;

	if (t->type->refresh == NULL || (n = malloc(sizeof(*n))) == NULL)
		return;
	if (notice_load(n, i->notice) == 0 && n->edge != ALERT_EDGE_TEST)
		live_keep(t, i->incident, i->notice,
		    n->edge == ALERT_EDGE_RESOLVES, now);
	free(n);
}

/* One of a request's items is done with; true where it goes. */
static bool
item_done(struct dest *t, struct item *i, enum retry_verdict verdict,
    bool merged, int status, const char *error, int64_t wait, int64_t now)
{
	i->attempts++;
	i->next_at = 0;
	switch (verdict) {
	case RETRY_DELIVERED:
		item_live(t, i, now);
		dest_tell(t, i, merged ? DELIVER_MERGED : DELIVER_DELIVERED,
		    status, NULL, now);
		return true;
	case RETRY_LATER:
		if (deliver_stamp(t->deliver, now) - i->created_at <
		    t->conf->give_up) {
			i->next_at = now + wait;
			dest_tell(t, i, DELIVER_RETRIED, status, error, now);
			return false;
		}
		break;
	case RETRY_DEAD:
	case RETRY_GONE:
		break;
	}
	item_dead(t, i, status, error, now);
	return true;
}

/* 410: nothing more goes there until the configuration is read again. */
static void
dest_gone(struct dest *t, const char *error, int64_t now)
{
	t->disabled = true;
	for (size_t k = 0; k < LINES; k++)
		while (t->line[k] != NULL && !t->line[k]->busy) {
			struct item *i = t->line[k]->first;

			item_unwait(t->deliver, i);
			item_unlink(t, i);
			item_dead(t, i, 410, error, now);
			item_free(i);
		}
}

static void
dest_end_single(struct dest *t, struct item *i, enum retry_verdict verdict,
    int status, const char *error, int64_t wait, int64_t now)
{
	struct line *l = i->line;

	l->busy = false;
	if (item_done(t, i, verdict, false, status, error, wait, now)) {
		item_unlink(t, i);
		item_free(i);
	} else {
		line_schedule(t, l);
	}
}

static void
dest_end_batch(struct dest *t, struct item *batch, enum retry_verdict verdict,
    int status, const char *error, int64_t wait, int64_t now)
{
	struct item *next, **left = &t->batch;

	t->batch = NULL;
	for (struct item *i = batch; i != NULL; i = next) {
		next = i->next;
		i->next = NULL;
		if (item_done(t, i, verdict, true, status, error, wait, now)) {
			t->depth--;
			item_free(i);
		} else {
			*left = i;
			left = &i->next;
		}
	}
	if (t->batch != NULL && t->paused_until < now + wait)
		t->paused_until = now + wait;
}

/* What went wrong, without a word of the url. */
static void
transfer_error(
    const struct transfer *x, CURLcode rc, long status, char to[ERROR_SIZE])
{
	char said[120];

	if (x->private)
		snprintf(to, ERROR_SIZE,
		    "the address is private and "
		    "deny-private is set");
	else if (status != 0 && (rc == CURLE_OK || x->too_long)) {
		prose_clean(said, sizeof(said),
		    (struct span){ x->answer, x->answer_len });
		snprintf(to, ERROR_SIZE, "%s %ld%s%s",
		    x->dest->type->mail ? "SMTP" : "HTTP", status,
		    said[0] ? ": " : "", said);
	} else {
		prose_clean(to, ERROR_SIZE,
		    span_of(x->error[0] != '\0' ? x->error
						: curl_easy_strerror(rc)));
	}
}

static void
transfer_done(struct transfer *x, CURLcode rc)
{
	struct dest *t = x->dest;
	int64_t now = deliver_now(t->deliver), wait;
	enum retry_verdict verdict = RETRY_LATER;
	char error[ERROR_SIZE];
	long status = 0;

	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	if (rc == CURLE_OK || (x->too_long && status != 0))
		verdict = retry_judge(status, t->type->mail);
	else if (t->type->mail && status >= 500)
		verdict = RETRY_DEAD;
	transfer_error(x, rc, status, error);
	if (x->wait == -1 && (status == 429 || status == 503))
		x->wait = retry_after_json(x->answer, x->answer_len);
	wait = x->wait > 0
	    ? x->wait
	    : retry_delay(x->item != NULL ? x->item->attempts + 1 : 1,
		  deliver_random(t->deliver));
	t->active--;
	if (verdict == RETRY_LATER)
		dest_failing(t, error, x->wait, now);
	else if (verdict == RETRY_DELIVERED)
		dest_well(t);
	if (x->batch != NULL)
		dest_end_batch(
		    t, x->batch, verdict, (int)status, error, wait, now);
	else if (x->item != NULL)
		dest_end_single(
		    t, x->item, verdict, (int)status, error, wait, now);
	if (verdict == RETRY_GONE)
		dest_gone(t, error, now);
	transfer_free(x);
	dest_pump(t, now);
	deliver_schedule(t->deliver, now);
}

/*
 * The pace of one destination.
 */

/* All that could go now becomes one summary. */
static struct item *
dest_collect(struct dest *t, int64_t now)
{
	struct item *batch = NULL, **end = &batch;
	size_t n = 0;

	for (size_t k = 0; k < LINES && n < SUMMARY_MAX; k++) {
		struct line *l, *chain;

		for (l = t->line[k]; l != NULL && n < SUMMARY_MAX; l = chain) {
			struct item *i;

			chain = l->chain;
			if (l->busy)
				continue;
			l->busy = true; /* stays while we take from it */
			while ((i = l->first) != NULL && i->committed &&
			    i->next_at <= now && n++ < SUMMARY_MAX) {
				item_unlink(t, i);
				t->depth++; /* waits still, elsewhere */
				*end = i;
				end = &i->next;
			}
			l->busy = false;
			if (l->first == NULL)
				line_free(t, l);
			else
				line_schedule(t, l);
		}
	}
	return batch;
}

/* Oldest first, as they would have been read. */
static struct item *
batch_sort(struct item *list)
{
	struct item *sorted = NULL;

	while (list != NULL) {
		struct item *i = list, **at = &sorted;

		list = i->next;
		while (*at != NULL && (*at)->id < i->id)
			at = &(*at)->next;
		i->next = *at;
		*at = i;
	}
	return sorted;
}

static bool
dest_backlog(const struct dest *t)
{
	return t->type->people && t->ready >= BACKLOG &&
	    (t->was_away || t->bucket.tokens < 1);
}

static int
dest_send(struct dest *t, int64_t now)
{
	struct line *l = (struct line *)due_first(&t->due);
	struct item *batch;

	if (t->batch == NULL && !dest_backlog(t)) {
		if (transfer_start(t, l->first, NULL, now) == -1)
			return -1;
		l->busy = true;
		line_schedule(t, l);
		return 0;
	}
	batch = t->batch != NULL ? t->batch : batch_sort(dest_collect(t, now));
	t->batch = NULL;
	if (transfer_start(t, batch, batch, now) == 0)
		return 0;
	t->batch = batch;
	return -1;
}

/* Alertmanager and its like: everything once more. */
static void
dest_refresh(struct dest *t, int64_t now)
{
	struct live **at = &t->live;

	if (t->live == NULL || now < t->refresh_at || t->conf == NULL ||
	    t->disabled || t->active > 0 || now < t->paused_until)
		return;
	t->refresh_at = now + REFRESH;
	while (*at != NULL)
		if ((*at)->until != 0 && (*at)->until < now)
			live_drop(t, at);
		else
			at = &(*at)->next;
	/* without memory in a minute */
	if (t->live != NULL)
		(void)!transfer_start(t, NULL, NULL, now);
}

static bool
dest_may_send(const struct dest *t, int64_t now)
{
	size_t most = t->failures > 0 ? 1 : (size_t)t->type->parallel;
	const struct due_item *first = due_first(&t->due);

	if (t->conf == NULL || t->disabled || now < t->paused_until ||
	    t->active >= most)
		return false;
	return t->batch != NULL || (first != NULL && first->at <= now);
}

static void
dest_pump(struct dest *t, int64_t now)
{
	if (t->deliver->stopping)
		return;
	while (dest_may_send(t, now)) {
		if (!limit_bucket_take(&t->bucket, now))
			break;
		if (dest_send(t, now) == -1) {
			/* no memory, or a notice that cannot be read: later */
			t->paused_until = now + 10 * SECOND;
			break;
		}
	}
	if (t->depth == 0)
		t->was_away = false;
	dest_refresh(t, now);
}

/* When something of it can happen without an event from outside. */
static int64_t
dest_due(const struct dest *t, int64_t now)
{
	int64_t at = t->batch != NULL ? now : due_next(&t->due), token;

	if (t->live != NULL && t->active == 0 && at > t->refresh_at)
		at = t->refresh_at;

	if (t->conf == NULL || t->disabled || at == INT64_MAX ||
	    t->active >= (size_t)t->type->parallel ||
	    (t->failures > 0 && t->active > 0))
		return INT64_MAX;
	if (at < t->paused_until)
		at = t->paused_until;
	token = limit_bucket_when(&t->bucket, now);
	return at > token ? at : token;
}

static void
deliver_schedule(struct deliver *d, int64_t now)
{
	int64_t at = INT64_MAX;
	struct timeval tv;

	for (const struct dest *t = d->dests; t != NULL; t = t->next) {
		int64_t due = dest_due(t, now);

		if (due < at)
			at = due;
	}
	if (at == INT64_MAX) {
		evtimer_del(d->wake);
		return;
	}
	at = at > now ? at - now : 0;
	tv.tv_sec = (time_t)(at / SECOND);
	tv.tv_usec = (suseconds_t)(at % SECOND);
	evtimer_add(d->wake, &tv);
}

static void
deliver_pump(struct deliver *d)
{
	int64_t now = deliver_now(d);

	for (struct dest *t = d->dests; t != NULL; t = t->next)
		dest_pump(t, now);
	deliver_schedule(d, now);
}

static void
deliver_wake_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	deliver_pump(arg);
}

/*
 * libcurl on libevent.
 */
static void
deliver_finished(struct deliver *d)
{
	struct CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(d->multi, &left)) != NULL) {
		CURLcode rc = m->data.result;
		char *x = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &x);
		transfer_done((struct transfer *)(void *)x, rc);
	}
}

static void
deliver_socket_cb(evutil_socket_t fd, short what, void *arg)
{
	struct deliver *d = arg;
	int mask = (what & EV_READ ? CURL_CSELECT_IN : 0) |
	    (what & EV_WRITE ? CURL_CSELECT_OUT : 0),
	    running;

	curl_multi_socket_action(d->multi, fd, mask, &running);
	deliver_finished(d);
}

static void
deliver_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct deliver *d = arg;
	int running;

	(void)fd;
	(void)what;
	curl_multi_socket_action(d->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	deliver_finished(d);
}

static int
deliver_watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *sock)
{
	struct deliver *d = arg;
	struct event *ev = sock;
	short mask = EV_PERSIST;

	(void)easy;
	if (ev != NULL)
		event_free(ev);
	ev = NULL;
	if (what != CURL_POLL_REMOVE) {
		mask |= (short)((what & CURL_POLL_IN ? EV_READ : 0) |
		    (what & CURL_POLL_OUT ? EV_WRITE : 0));
		ev = event_new(d->base, fd, mask, deliver_socket_cb, d);
		if (ev == NULL || event_add(ev, NULL) == -1)
			return -1;
	}
	curl_multi_assign(d->multi, fd, ev);
	return 0;
}

static int
deliver_timeout(CURLM *multi, long ms, void *arg)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	struct deliver *d = arg;

	(void)multi;
	if (ms < 0)
		evtimer_del(d->timer);
	else
		evtimer_add(d->timer, &tv);
	return 0;
}

struct deliver *
deliver_new(struct event_base *base, const struct deliver_sink *sink)
{
	struct deliver *d = calloc(1, sizeof(*d));

	if (d == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(d);
		return NULL;
	}
	d->base = base;
	d->sink = *sink;
	d->waiting_end = &d->waiting;
	d->random = (uint64_t)deliver_now(d) ^ (uint64_t)getpid() << 32;
	d->multi = curl_multi_init();
	d->timer = evtimer_new(base, deliver_timer_cb, d);
	d->wake = evtimer_new(base, deliver_wake_cb, d);
	if (d->multi == NULL || d->timer == NULL || d->wake == NULL) {
		deliver_free(d);
		return NULL;
	}
	curl_multi_setopt(d->multi, CURLMOPT_SOCKETFUNCTION, deliver_watch);
	curl_multi_setopt(d->multi, CURLMOPT_SOCKETDATA, d);
	curl_multi_setopt(d->multi, CURLMOPT_TIMERFUNCTION, deliver_timeout);
	curl_multi_setopt(d->multi, CURLMOPT_TIMERDATA, d);
	curl_multi_setopt(d->multi, CURLMOPT_MAXCONNECTS, 32L);
	return d;
}

static void
dest_free(struct dest *t)
{
	for (size_t k = 0; k < LINES; k++)
		while (t->line[k] != NULL) {
			struct line *l = t->line[k];

			t->line[k] = l->chain;
			while (l->first != NULL) {
				struct item *i = l->first;

				l->first = i->next;
				item_free(i);
			}
			free(l);
		}
	while (t->batch != NULL) {
		struct item *i = t->batch;

		t->batch = i->next;
		item_free(i);
	}
	while (t->live != NULL)
		live_drop(t, &t->live);
	due_free(&t->due);
	secrets_wipe(&t->secrets);
	secrets_wipe(&t->fresh);
	free(t);
}

/* Ends requests under way: they go out again, with the same id. */
static void
deliver_abort(struct deliver *d)
{
	while (d->transfers != NULL) {
		struct transfer *x = d->transfers;
		struct dest *t = x->dest;

		t->active--;
		if (x->batch != NULL) {
			t->batch = x->batch;
		} else if (x->item != NULL) {
			x->item->line->busy = false;
			line_schedule(t, x->item->line);
		}
		transfer_free(x);
	}
}

void
deliver_free(struct deliver *d)
{
	if (d == NULL)
		return;
	d->stopping = true;
	deliver_abort(d);
	while (d->dests != NULL) {
		struct dest *t = d->dests;

		d->dests = t->next;
		dest_free(t);
	}
	if (d->multi != NULL)
		curl_multi_cleanup(d->multi);
	if (d->timer != NULL)
		event_free(d->timer);
	if (d->wake != NULL)
		event_free(d->wake);
	curl_global_cleanup();
	free(d);
}

/*
 * Configuration.
 */
size_t
deliver_names(const struct destination_conf *c)
{
	size_t n = c->url.n;

	if (n > SECRETS_URLS)
		n = SECRETS_URLS;
	return n == 0 || strcmp(c->type, "alertmanager") != 0 ? 1 : n;
}

void
deliver_name(const struct destination_conf *c, size_t n, char *to, size_t size)
{
	if (n == 0)
		snprintf(to, size, "%s", c->name);
	else
		snprintf(to, size, "%s#%zu", c->name, n + 1);
}

static struct dest *
dest_find(const struct deliver *d, const char *name)
{
	struct dest *t = d->dests;

	while (t != NULL && strcmp(t->name, name) != 0)
		t = t->next;
	return t;
}

static struct dest *
dest_get(struct deliver *d, const char *name)
{
	struct dest *t = dest_find(d, name);

	if (t != NULL)
		return t;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	snprintf(t->name, sizeof(t->name), "%s", name);
	t->deliver = d;
	t->next = d->dests;
	d->dests = t;
	return t;
}

/* Its url and secrets, kept aside until all could be read. */
static int
dest_prepare(struct deliver *d, const struct destination_conf *c, size_t n,
    char *err, size_t errsize)
{
	char name[80];
	struct dest *t;

	deliver_name(c, n, name, sizeof(name));
	t = dest_get(d, name);
	if (t == NULL) {
		snprintf(err, errsize, "out of memory");
		return -1;
	}
	secrets_wipe(&t->fresh);
	return secrets_read(&t->fresh, c, err, errsize);
}

static void
dest_take(
    struct dest *t, const struct destination_conf *c, size_t n, int64_t now)
{
	secrets_wipe(&t->secrets);
	t->secrets = t->fresh;
	t->fresh = (struct secrets){ 0 };
	t->conf = c;
	t->type = payload_type(c->type);
	t->url = n < t->secrets.nurls ? t->secrets.url[n] : t->type->url;
	t->disabled = false;
	limit_bucket_set(&t->bucket, c->rate > 0 ? c->rate : t->type->rate,
	    c->burst > 0 ? c->burst : t->type->burst, now);
}

int
deliver_configure(
    struct deliver *d, const struct alert_conf *conf, char *err, size_t errsize)
{
	int64_t now = deliver_now(d);
	char name[80];

	if (alert_conf_check(conf, NULL, err, errsize) == -1)
		return -1;
	for (size_t i = 0; i < conf->ndestinations; i++)
		for (size_t n = 0; n < deliver_names(&conf->destination[i]);
		     n++)
			if (dest_prepare(d, &conf->destination[i], n, err,
				errsize) == -1)
				return -1;
	deliver_abort(d);
	for (struct dest *t = d->dests; t != NULL; t = t->next)
		t->conf = NULL;
	for (size_t i = 0; i < conf->ndestinations; i++)
		for (size_t n = 0; n < deliver_names(&conf->destination[i]);
		     n++) {
			deliver_name(
			    &conf->destination[i], n, name, sizeof(name));
			dest_take(
			    dest_find(d, name), &conf->destination[i], n, now);
		}
	deliver_pump(d);
	return 0;
}

/*
 * What comes in.
 */
static struct item *
item_new(const struct deliver_item *from)
{
	struct item *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	i->id = from->id;
	i->webhook_id = strdup(from->webhook_id);
	i->notice = strdup(from->notice);
	i->attempts = from->attempts;
	i->created_at = from->created_at;
	i->next_at = from->next_at;
	i->decided_at = from->decided_at;
	i->number = from->number;
	if (i->webhook_id == NULL || i->notice == NULL) {
		item_free(i);
		return NULL;
	}
	return i;
}

/*
 * Too much waits: of each incident only the first and the latest word are
 * kept, and where that is not enough the oldest go.
 */
static void
dest_squeeze(struct dest *t, int64_t now)
{
	for (size_t k = 0; k < LINES; k++)
		for (struct line *l = t->line[k]; l != NULL; l = l->chain)
			while (
			    l->first != l->last && l->first->next != l->last) {
				struct item *i = l->first->next;

				item_unwait(t->deliver, i);
				item_unlink(t, i);
				dest_tell(t, i, DELIVER_MERGED, 0, NULL, now);
				item_free(i);
			}
}

static void
dest_shed(struct dest *t, int64_t now)
{
	struct line *oldest = NULL;

	for (size_t k = 0; k < LINES; k++)
		for (struct line *l = t->line[k]; l != NULL; l = l->chain)
			if (!l->busy && l->first != NULL &&
			    (oldest == NULL ||
				l->first->id < oldest->first->id))
				oldest = l;
	if (oldest != NULL) {
		struct item *i = oldest->first;

		item_unwait(t->deliver, i);
		item_unlink(t, i);
		item_dead(t, i, 0, "the outbox is full", now);
		item_free(i);
	}
}

int
deliver_add(struct deliver *d, const struct deliver_item *from)
{
	struct dest *t = dest_find(d, from->destination);
	struct line *l;
	struct item *i;

	if (t != NULL && t->depth >= DEPTH_MAX)
		dest_squeeze(t, deliver_now(d));
	if (t != NULL && t->depth >= DEPTH_MAX)
		dest_shed(t, deliver_now(d));
	if (t == NULL || (l = line_get(t, from->incident)) == NULL)
		return -1;
	i = item_new(from);
	if (i == NULL) {
		if (l->first == NULL)
			line_free(t, l);
		return -1;
	}
	i->line = l;
	i->incident = line_hash(from->incident);
	if (l->last != NULL)
		l->last->next = i;
	else
		l->first = i;
	l->last = i;
	t->depth++;
	i->committed = i->number <= d->committed;
	if (i->committed) {
		t->ready++;
		line_schedule(t, l);
		deliver_schedule(d, deliver_now(d));
	} else {
		*d->waiting_end = i;
		d->waiting_end = &i->waiting;
	}
	return 0;
}

void
deliver_still(struct deliver *d, const char *destination, const char *incident,
    const char *notice)
{
	struct dest *t = dest_find(d, destination);

	if (t != NULL && t->type->refresh != NULL)
		live_keep(
		    t, line_hash(incident), notice, false, deliver_now(d));
}

static struct dest *
item_dest(const struct deliver *d, const struct item *i)
{
	for (struct dest *t = d->dests; t != NULL; t = t->next)
		for (struct line *l = *line_slot(t, i->line->incident);
		     l != NULL; l = l->chain)
			if (l == i->line)
				return t;
	return NULL;
}

void
deliver_committed(struct deliver *d, uint64_t number)
{
	struct item *i;
	struct dest *t;

	if (number <= d->committed)
		return;
	d->committed = number;
	while ((i = d->waiting) != NULL && i->number <= number) {
		d->waiting = i->waiting;
		if (d->waiting == NULL)
			d->waiting_end = &d->waiting;
		i->waiting = NULL;
		i->committed = true;
		t = item_dest(d, i);
		t->ready++;
		line_schedule(t, i->line);
	}
	deliver_pump(d);
}

static struct item *
deliver_find(const struct deliver *d, int64_t id, struct dest **dest)
{
	for (struct dest *t = d->dests; t != NULL; t = t->next)
		for (size_t k = 0; k < LINES; k++)
			for (struct line *l = t->line[k]; l; l = l->chain)
				for (struct item *i = l->first; i; i = i->next)
					if (i->id == id) {
						*dest = t;
						return i;
					}
	return NULL;
}

bool
deliver_has(const struct deliver *d, int64_t id)
{
	struct dest *t;

	return deliver_find(d, id, &t) != NULL;
}

bool
deliver_drop(struct deliver *d, int64_t id)
{
	int64_t now = deliver_now(d);
	struct dest *t = NULL;
	struct item *i = deliver_find(d, id, &t);

	if (i == NULL || (i->line->busy && i->line->first == i))
		return false;
	item_unwait(d, i);
	item_unlink(t, i);
	dest_tell(t, i, DELIVER_DROPPED, 0, "dropped on request", now);
	item_free(i);
	deliver_pump(d);
	return true;
}

bool
deliver_idle(const struct deliver *d)
{
	int64_t now = deliver_now(d);

	if (d->transfers != NULL)
		return false;
	for (const struct dest *t = d->dests; t != NULL; t = t->next)
		if (dest_due(t, now) <= now)
			return false;
	return true;
}

bool
deliver_count(const struct deliver *d, size_t n, struct deliver_count *c)
{
	const struct dest *t = d->dests;

	while (t != NULL && n-- > 0)
		t = t->next;
	if (t == NULL)
		return false;
	*c = (struct deliver_count){ .name = t->name,
		.depth = t->depth,
		.failing = t->failures > 0,
		.disabled = t->disabled,
		.error = t->error };
	memcpy(c->ends, t->ends, sizeof(c->ends));
	for (size_t k = 0; k < LINES; k++)
		for (const struct line *l = t->line[k]; l; l = l->chain)
			if (l->first != NULL &&
			    (c->oldest_at == 0 ||
				l->first->created_at < c->oldest_at))
				c->oldest_at = l->first->created_at;
	return true;
}

void
deliver_latency(const struct deliver *d, struct deliver_latency *l)
{
	*l = d->latency;
}
