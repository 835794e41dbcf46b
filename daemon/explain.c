/*
 * ikewatch explain: a log in, and what went wrong out. The daemon's own
 * pipeline with no store and no alerts behind it; the clock is that of the
 * records.
 */
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/cli.h"
#include "daemon/lines.h"
#include "daemon/pipeline.h"
#include "daemon/story.h"

enum {
	EXPLAIN_EVENTS = 1000000, /* kept; more are only counted */
	EXPLAIN_NEGOTIATIONS = 200000,
	EXPLAIN_TEXT = 600,  /* bytes of a record kept */
	EXPLAIN_STEP = 1000, /* microseconds from line to line */
};

/* One event; where it belongs to no negotiation, with its facts. */
struct told {
	struct story_event ev;
	int64_t negotiation; /* id, 0: none */
	struct ike_negotiation *facts;
	bool told;
};

struct heard {
	struct ike_negotiation n; /* as the tracker last told it */
	bool known, told;
	int64_t into; /* became a part of this one, 0: has not */
	int64_t started_at, ended_at; /* by the device's clock */
	size_t first, count;	      /* its events, when sorted */
};

struct explain {
	struct cli *cli;
	struct pipeline *pipeline;
	int64_t now, line, ike_lines;
	struct told *told;
	size_t ntold, told_size;
	uint64_t untold;
	struct heard *heard; /* by id, which begin at 1 */
	size_t nheard;
	int64_t *touched; /* ids whose outcome this record changed */
	size_t ntouched, touched_size;
	void *devices; /* tree of names */
};

/* Room for one more in a growing array; the program ends without memory, as
 * it has nothing to save. */
static void *
explain_grow(void *array, size_t n, size_t *size, size_t each)
{
	if (n < *size)
		return array;
	*size = *size == 0 ? 64 : *size * 2;
	array = realloc(array, *size * each);
	if (array == NULL)
		exit(cli_fail(EX_OSERR, "out of memory"));
	return array;
}

static char *
explain_copy(struct span s, size_t most)
{
	char *text;

	if (s.len > most)
		s.len = most;
	if ((text = malloc(s.len + 1)) == NULL)
		exit(cli_fail(EX_OSERR, "out of memory"));
	span_copy(text, s.len + 1, s);
	return text;
}

static char *
explain_words(const char *s)
{
	return s == NULL ? NULL : explain_copy(span_of(s), EXPLAIN_TEXT);
}

static struct heard *
explain_heard(struct explain *x, int64_t id)
{
	size_t n = x->nheard;

	if (id < 1 || id > EXPLAIN_NEGOTIATIONS)
		return NULL;
	while (n < (size_t)id)
		n = n == 0 ? 64 : n * 2;
	if (n > x->nheard) {
		x->heard = realloc(x->heard, n * sizeof(*x->heard));
		if (x->heard == NULL)
			exit(cli_fail(EX_OSERR, "out of memory"));
		memset(x->heard + x->nheard, 0,
		    (n - x->nheard) * sizeof(*x->heard));
		x->nheard = n;
	}
	return &x->heard[id - 1];
}

static void
explain_negotiation(
    void *arg, const struct ike_negotiation *n, unsigned changed, int64_t now)
{
	struct explain *x = arg;
	struct heard *h = explain_heard(x, n->id);

	(void)now;
	if (h == NULL)
		return;
	free((char *)h->n.detail);
	free((char *)h->n.differs);
	h->n = *n;
	h->n.detail = explain_words(n->detail);
	h->n.differs = explain_words(n->differs);
	h->known = true;
	if ((changed & TRACKER_OUTCOME) != 0) {
		x->touched = explain_grow(x->touched, x->ntouched,
		    &x->touched_size, sizeof(*x->touched));
		x->touched[x->ntouched++] = n->id;
	}
}

static void
explain_joined(void *arg, int64_t gone, int64_t into)
{
	struct explain *x = arg;
	struct heard *h = explain_heard(x, gone);

	if (h != NULL && gone != into)
		h->into = into;
}

static struct heard *
explain_known(struct explain *x, int64_t id)
{
	return id < 1 || (uint64_t)id > x->nheard ? NULL : &x->heard[id - 1];
}

/* The one that an id means after all joins. */
static struct heard *
explain_of(struct explain *x, int64_t id)
{
	struct heard *h = explain_known(x, id);
	size_t n = x->nheard;

	while (h != NULL && h->into != 0 && n-- > 0)
		h = explain_known(x, h->into);
	return h;
}

static struct ike_negotiation *
explain_facts(const struct pipeline_seen *seen)
{
	const struct ike_event *ev = seen->event;
	struct ike_negotiation *n = calloc(1, sizeof(*n));

	if (n == NULL)
		exit(cli_fail(EX_OSERR, "out of memory"));
	n->vendor = seen->vendor;
	n->role = ev->role;
	n->ike_version = ev->ike_version;
	n->stage = ev->stage;
	n->reason = ev->reason;
	n->suspects = ev->suspects;
	n->ispi = ev->ispi;
	n->rspi = ev->rspi;
	n->spi_in = ev->spi_in;
	n->spi_out = ev->spi_out;
	span_copy(n->peer, sizeof(n->peer), ev->peer);
	span_copy(n->local, sizeof(n->local), ev->local);
	span_copy(n->tunnel, sizeof(n->tunnel), ev->tunnel);
	n->detail = explain_copy(
	    ev->detail.len > 0 ? ev->detail : seen->record->message,
	    IKE_DETAIL_SIZE);
	return n;
}

static int
explain_device_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Device names are few and stay; the source table may forget its own. */
static const char *
explain_device(struct explain *x, const char *name)
{
	void *node = tfind(name, &x->devices, explain_device_cmp);

	if (node == NULL)
		node = tsearch(
		    explain_words(name), &x->devices, explain_device_cmp);
	if (node == NULL)
		exit(cli_fail(EX_OSERR, "out of memory"));
	return *(char *const *)node;
}

static void
explain_keep(struct explain *x, const struct pipeline_seen *seen)
{
	const struct ike_event *ev = seen->event;
	int64_t stamp = seen->record->timestamp;
	struct told *t;

	if (x->ntold == EXPLAIN_EVENTS) {
		x->untold++;
		return;
	}
	x->told =
	    explain_grow(x->told, x->ntold, &x->told_size, sizeof(*x->told));
	t = &x->told[x->ntold];
	*t = (struct told){ 0 };
	t->ev.device =
	    explain_device(x, seen->source == NULL ? "" : seen->source->name);
	t->ev.line = seen->origin->tag;
	t->ev.at = stamp == RECORD_NO_TIME ? 0 : stamp;
	t->ev.what = ev->what;
	t->ev.stage = ev->stage;
	t->ev.reason = ev->reason;
	t->ev.heard = (ev->flags & IKE_F_HEARD) != 0;
	t->ev.text = explain_copy(seen->record->message, EXPLAIN_TEXT);
	if (seen->negotiation == NULL)
		t->facts = explain_facts(seen);
	else
		t->negotiation = seen->negotiation->id;
	x->ntold++;
}

static void
explain_record(void *arg, const struct pipeline_seen *seen)
{
	struct explain *x = arg;
	int64_t stamp = seen->record->timestamp;

	if (seen->result != PIPELINE_NOT_IKE) {
		struct span rest = seen->record->message, line;

		while (scan_line(&rest, &line))
			x->ike_lines++;
	}
	if (seen->result != PIPELINE_EVENT)
		return;
	explain_keep(x, seen);
	for (size_t i = 0; i < x->ntouched; i++) {
		struct heard *h = explain_heard(x, x->touched[i]);

		if (h != NULL)
			h->ended_at = stamp == RECORD_NO_TIME ? 0 : stamp;
	}
	x->ntouched = 0;
}

/* Order of lines is order of time: a clock that runs back is not followed. */
static void
explain_clock(struct explain *x, struct span line)
{
	struct record rec;

	record_parse(&rec, line, x->cli->now, NULL);
	if (rec.timestamp != RECORD_NO_TIME && rec.timestamp > x->now)
		x->now = rec.timestamp;
	else
		x->now += EXPLAIN_STEP;
}

/* Where no line has had a time yet, the first that has one begins it. */
static void
explain_clock_begin(struct explain *x, struct span ahead)
{
	struct span line;
	struct record rec;

	while (x->now == 0 && scan_line(&ahead, &line)) {
		record_parse(&rec, line, x->cli->now, NULL);
		if (rec.timestamp != RECORD_NO_TIME && rec.timestamp > 1000000)
			x->now = rec.timestamp - 1000000;
	}
	if (x->now == 0)
		x->now = x->cli->now;
}

static void
explain_line(struct explain *x, struct span line)
{
	struct pipeline_input in = { 0 };

	x->line++;
	if (span_trim(line).len == 0)
		return;
	explain_clock(x, line);
	if (pipeline_due(x->pipeline) <= x->now) {
		pipeline_tick(x->pipeline, x->now);
		x->ntouched = 0;
	}
	in.bytes = line;
	in.transport = "file";
	in.now = x->now;
	in.tag = x->line;
	pipeline_frame(x->pipeline, &in);
}

static int
explain_file(struct explain *x, const char *name)
{
	struct lines *l = malloc(sizeof(*l));
	struct span line;
	int fd, error;

	if (l == NULL)
		return cli_fail(EX_OSERR, "out of memory");
	fd = strcmp(name, "-") == 0 ? STDIN_FILENO
				    : open(name, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		free(l);
		return cli_fail(
		    EX_NOINPUT, "cannot read %s: %s", name, strerror(errno));
	}
	if (fd == STDIN_FILENO && isatty(fd) == 1)
		fputs("ikewatch: paste a log, then press Ctrl-D on a line of "
		      "its own\n",
		    stderr);
	lines_init(l, fd);
	explain_clock_begin(x, lines_ahead(l));
	while (lines_next(l, &line))
		explain_line(x, line);
	error = l->error;
	if (fd != STDIN_FILENO)
		close(fd);
	free(l);
	if (error != 0)
		return cli_fail(
		    EX_NOINPUT, "cannot read %s: %s", name, strerror(error));
	return EX_OK;
}

static int
explain_by_negotiation(const void *pa, const void *pb)
{
	const struct told *a = pa, *b = pb;

	if (a->negotiation != b->negotiation)
		return a->negotiation < b->negotiation ? -1 : 1;
	return a->ev.line < b->ev.line ? -1 : a->ev.line > b->ev.line;
}

/* Events beside their negotiation, those of none first. */
static void
explain_sort(struct explain *x)
{
	struct heard *h, *last = NULL;

	for (size_t i = 0; i < x->ntold; i++) {
		struct told *t = &x->told[i];

		if (t->negotiation == 0)
			continue;
		h = explain_of(x, t->negotiation);
		if (h != NULL)
			t->negotiation = (h - x->heard) + 1;
	}
	if (x->ntold > 0)
		qsort(x->told, x->ntold, sizeof(*x->told),
		    explain_by_negotiation);
	for (size_t i = 0; i < x->ntold; i++) {
		struct told *t = &x->told[i];

		h = t->negotiation == 0 ? NULL
					: explain_heard(x, t->negotiation);
		if (h == NULL)
			continue;
		if (h != last)
			h->first = i;
		h->count++;
		if (h->started_at == 0)
			h->started_at = t->ev.at;
		last = h;
	}
}

/* Times are told by the devices' clocks, not by the one made up here. */
static void
explain_times(struct explain *x)
{
	for (size_t i = 0; i < x->nheard; i++) {
		struct heard *h = &x->heard[i];

		h->n.started_at = h->started_at;
		h->n.ended_at = h->n.ended_at != 0 ? h->ended_at : 0;
	}
}

static void
explain_event_json(struct term *t, const struct told *e)
{
	const struct ike_negotiation *n = e->facts;

	json_begin(t, NULL, '{');
	json_str(t, "event", ike_what_name(e->ev.what));
	json_str(t, "stage", ike_stage_name(e->ev.stage));
	json_str(t, "reason", ike_reason_name(e->ev.reason));
	json_str(t, "device", e->ev.device);
	json_str(t, "vendor", n->vendor);
	json_str(t, "peer", n->peer);
	json_str(t, "local", n->local);
	json_str(t, "tunnel", n->tunnel);
	json_str(t, "role", ike_role_name(n->role));
	if (n->ike_version == 0)
		json_none(t, "ike_version");
	else
		json_int(t, "ike_version", n->ike_version);
	story_json_spi(t, "ispi", n->ispi);
	story_json_spi(t, "rspi", n->rspi);
	story_json_child(
	    t, "child_spi", n->spi_in != 0 ? n->spi_in : n->spi_out);
	json_str(t, "detail", n->detail);
	json_time(t, "at", e->ev.at);
	json_int(t, "line", e->ev.line);
	json_end(t, '}');
}

struct totals {
	struct pipeline_counts counts;
	int64_t negotiations;
	int64_t outcome[IKE_OUTCOME_COUNT];
};

static int64_t
explain_failures(const struct totals *sum)
{
	return sum->outcome[IKE_FAILURE] + sum->outcome[IKE_STALL];
}

static void
explain_count(struct explain *x, struct totals *sum)
{
	*sum = (struct totals){ 0 };
	pipeline_count(x->pipeline, &sum->counts);
	for (size_t i = 0; i < x->nheard; i++) {
		struct heard *h = &x->heard[i];

		if (!h->known || h->into != 0)
			continue;
		sum->negotiations++;
		sum->outcome[h->n.outcome]++;
	}
}

static void
explain_summary_json(struct explain *x, const struct totals *sum)
{
	struct term *t = &x->cli->term;

	json_begin(t, NULL, '{');
	json_begin(t, "summary", '{');
	json_int(t, "lines", x->line);
	json_int(t, "ike_lines", x->ike_lines);
	json_int(
	    t, "unknown_lines", (int64_t)sum->counts.result[PIPELINE_UNKNOWN]);
	json_int(t, "negotiations", sum->negotiations);
	json_int(t, "failed", explain_failures(sum));
	json_end(t, '}');
	json_end(t, '}');
}

static struct story
explain_story(struct explain *x, struct heard *h, struct story_event **events)
{
	struct story s = { .n = &h->n, .nevents = h->count };
	struct heard *other = explain_of(x, h->n.other_end);

	*events = calloc(h->count + 1, sizeof(**events));
	if (*events == NULL)
		exit(cli_fail(EX_OSERR, "out of memory"));
	for (size_t i = 0; i < h->count; i++)
		(*events)[i] = x->told[h->first + i].ev;
	s.event = *events;
	if (h->n.other_end != 0 && other != NULL)
		s.other_device = other->n.device;
	return s;
}

static void
explain_json(struct explain *x, const struct totals *sum)
{
	for (size_t i = 0; i < x->nheard; i++) {
		struct heard *h = &x->heard[i];
		struct story_event *events;
		struct story s;

		if (!h->known || h->into != 0)
			continue;
		s = explain_story(x, h, &events);
		story_json(&x->cli->term, &s);
		free(events);
	}
	for (size_t i = 0; i < x->ntold; i++)
		if (x->told[i].facts != NULL)
			explain_event_json(&x->cli->term, &x->told[i]);
	explain_summary_json(x, sum);
}

/* The story of one, with the records of the other end where both log. */
static bool
explain_same(const struct ike_negotiation *a, const struct ike_negotiation *b)
{
	return a->outcome == b->outcome && a->reason == b->reason &&
	    a->kind == b->kind && strcmp(a->peer, b->peer) == 0 &&
	    strcmp(a->tunnel, b->tunnel) == 0 &&
	    strcmp(a->device, b->device) == 0;
}

static bool
explain_worth(const struct heard *h)
{
	return h->known && h->into == 0 && !h->told;
}

/* The later ones that went the same way are told in one line. */
static void
explain_again(struct explain *x, size_t from)
{
	struct heard *h = &x->heard[from];
	size_t more = 0, last = from;

	for (size_t i = from + 1; i < x->nheard; i++) {
		if (!explain_worth(&x->heard[i]) ||
		    !explain_same(&h->n, &x->heard[i].n))
			continue;
		x->heard[i].told = true;
		more++;
		last = i;
	}
	if (more == 0)
		return;
	h = &x->heard[last];
	term_say(&x->cli->term,
	    "  %-9sthe same %zu more time%s, last from "
	    "line %lld\n",
	    "", more, more == 1 ? "" : "s",
	    h->count == 0 ? 0 : (long long)x->told[h->first].ev.line);
}

static int
explain_by_time(const void *pa, const void *pb)
{
	const struct story_event *a = pa, *b = pb;

	return a->line < b->line ? -1 : a->line > b->line;
}

/* Adds what the other end logged, in order of the lines. */
static void
explain_both(struct explain *x, struct heard *h, struct story *s,
    struct story_event **events)
{
	struct heard *other = explain_of(x, h->n.other_end);
	struct story_event *all;

	if (h->n.other_end == 0 || other == NULL || other == h ||
	    other->count == 0)
		return;
	all = calloc(h->count + other->count, sizeof(*all));
	if (all == NULL)
		return;
	memcpy(all, *events, h->count * sizeof(*all));
	for (size_t i = 0; i < other->count; i++) {
		all[h->count + i] = x->told[other->first + i].ev;
		all[h->count + i].other = true;
	}
	qsort(all, h->count + other->count, sizeof(*all), explain_by_time);
	free(*events);
	*events = all;
	s->event = all;
	s->nevents = h->count + other->count;
	other->told = true;
}

static void
explain_tell(struct explain *x, size_t i)
{
	struct heard *h = &x->heard[i];
	struct story_event *events;
	struct story s = explain_story(x, h, &events);

	h->told = true;
	explain_both(x, h, &s, &events);
	story_text(&x->cli->term, &s);
	explain_again(x, i);
	term_say(&x->cli->term, "\n");
	free(events);
}

/* What belongs to no negotiation and yet is a failure. */
static bool
explain_stray(const struct told *e)
{
	return e->facts != NULL && e->ev.reason != IKE_REASON_NONE &&
	    (e->ev.what == IKE_FAILED || e->ev.what == IKE_CONFIG_PROBLEM ||
		e->ev.what == IKE_PEER_DEAD);
}

static void
explain_stray_text(struct explain *x, const struct told *e)
{
	struct ike_negotiation n = *e->facts;
	struct story s = { .n = &n, .event = &e->ev, .nevents = 1 };

	n.device = e->ev.device;
	n.outcome = IKE_FAILURE;
	n.started_at = e->ev.at;
	story_text(&x->cli->term, &s);
	term_say(&x->cli->term, "\n");
}

/* Failures of no negotiation: the first of each kind, with its count. */
static void
explain_strays(struct explain *x)
{
	for (size_t i = 0; i < x->ntold && x->told[i].negotiation == 0; i++) {
		struct told *e = &x->told[i];
		size_t more = 0;

		if (!explain_stray(e) || e->told)
			continue;
		for (size_t j = i + 1;
		     j < x->ntold && x->told[j].negotiation == 0; j++) {
			struct told *o = &x->told[j];

			if (!explain_stray(o) || o->told ||
			    o->ev.reason != e->ev.reason ||
			    strcmp(o->facts->peer, e->facts->peer) != 0)
				continue;
			o->told = true;
			more++;
		}
		explain_stray_text(x, e);
		if (more > 0)
			term_say(&x->cli->term,
			    "  %-9sthe same %zu more time%s\n\n", "", more,
			    more == 1 ? "" : "s");
	}
}

static size_t
explain_stray_count(const struct explain *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->ntold; i++)
		n += explain_stray(&x->told[i]);
	return n;
}

static void __attribute__((format(printf, 3, 4)))
explain_add(char *to, size_t size, const char *fmt, ...)
{
	size_t at = strlen(to);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to + at, size - at, fmt, ap);
	va_end(ap);
}

#define S(n) ((n) == 1 ? "" : "s")

static void
explain_total(struct explain *x, const struct totals *sum, size_t strays)
{
	unsigned long long unknown = sum->counts.result[PIPELINE_UNKNOWN];
	char text[400] = "";
	bool any = false;

	explain_add(text, sizeof(text), "%lld line%s, %lld about IKE",
	    (long long)x->line, S(x->line), (long long)x->ike_lines);
	if (unknown > 0)
		explain_add(
		    text, sizeof(text), " (%llu not understood)", unknown);
	explain_add(text, sizeof(text), "; %lld negotiation%s",
	    (long long)sum->negotiations, S(sum->negotiations));
	for (int i = 0; i < IKE_OUTCOME_COUNT; i++) {
		if (sum->outcome[i] == 0)
			continue;
		explain_add(text, sizeof(text), "%s%lld %s", any ? ", " : ": ",
		    (long long)sum->outcome[i],
		    ike_outcome_name((enum ike_outcome)i));
		any = true;
	}
	if (strays > 0)
		explain_add(text, sizeof(text),
		    "; %zu failure%s that belong%s to none", strays, S(strays),
		    strays == 1 ? "s" : "");
	if (x->untold > 0)
		explain_add(text, sizeof(text),
		    "; %llu events were too many to keep",
		    (unsigned long long)x->untold);
	term_paragraph(&x->cli->term, 0, 2, span_of(text));
}

/* Failures with all there is to say, the rest a line each. */
static void
explain_text(struct explain *x, const struct totals *sum)
{
	size_t strays = explain_stray_count(x);
	bool whole = sum->negotiations == 1;

	term_page(&x->cli->term);
	for (size_t i = 0; i < x->nheard; i++)
		if (explain_worth(&x->heard[i]) &&
		    (whole || x->heard[i].n.outcome == IKE_FAILURE ||
			x->heard[i].n.outcome == IKE_STALL))
			explain_tell(x, i);
	explain_strays(x);
	for (size_t i = 0; i < x->nheard; i++)
		if (explain_worth(&x->heard[i]))
			story_verdict(&x->cli->term, &x->heard[i].n);
	if (sum->negotiations > explain_failures(sum) && !whole)
		term_say(&x->cli->term, "\n");
	explain_total(x, sum, strays);
}

static struct pipeline *
explain_pipeline(struct explain *x, const struct parser *vendor)
{
	struct pipeline_conf conf;
	struct pipeline_sink sink = { .arg = x, .record = explain_record };

	pipeline_conf_defaults(&conf);
	for (int i = 0; i < IKE_STAGE_COUNT; i++)
		conf.tracker.stall_after[i] = 0;
	conf.tracker.max_open = conf.tracker.max_peer = conf.tracker.max_kept =
	    conf.tracker.max_ended = EXPLAIN_NEGOTIATIONS;
	conf.sources.all_relays = true;
	conf.sources.vendor = vendor;
	conf.filter = vendor == NULL;
	sink.tracker.arg = x;
	sink.tracker.negotiation = explain_negotiation;
	sink.tracker.joined = explain_joined;
	return pipeline_new(&conf, &sink);
}

static int
explain_vendor(struct cli *cli, const struct parser **vendor)
{
	const char *name = cli->opt[CLI_VENDOR];
	const struct parser *const *all = parser_all();

	*vendor = NULL;
	if (name == NULL || (*vendor = parser_named(name)) != NULL)
		return EX_OK;
	cli_fail(EX_USAGE, "there is no vendor \"%s\"; there are:", name);
	for (; *all != NULL; all++)
		fprintf(stderr, "  %s\n", (*all)->name);
	return EX_USAGE;
}

static void
explain_free(struct explain *x)
{
	for (size_t i = 0; i < x->nheard; i++) {
		free((char *)x->heard[i].n.detail);
		free((char *)x->heard[i].n.differs);
	}
	for (size_t i = 0; i < x->ntold; i++) {
		free((char *)x->told[i].ev.text);
		if (x->told[i].facts != NULL)
			free((char *)x->told[i].facts->detail);
		free(x->told[i].facts);
	}
	free(x->heard);
	free(x->told);
	free(x->touched);
	tdestroy(x->devices, free);
	pipeline_free(x->pipeline);
}

int
explain_main(struct cli *cli)
{
	struct explain x = { .cli = cli };
	const struct parser *vendor;
	int code;

	if ((code = explain_vendor(cli, &vendor)) != EX_OK)
		return code;
	if ((x.pipeline = explain_pipeline(&x, vendor)) == NULL)
		return cli_fail(EX_OSERR, "out of memory");
	if (cli->argc == 0)
		code = explain_file(&x, "-");
	for (int i = 0; i < cli->argc && code == EX_OK; i++)
		code = explain_file(&x, cli->argv[i]);
	pipeline_tick(x.pipeline, INT64_MAX);
	if (code == EX_OK) {
		struct totals sum;

		explain_sort(&x);
		explain_times(&x);
		explain_count(&x, &sum);
		if (cli->term.format == TERM_JSON)
			explain_json(&x, &sum);
		else
			explain_text(&x, &sum);
	}
	explain_free(&x);
	return code;
}
