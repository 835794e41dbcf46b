/*
 * ikewatch report: a month of tunnels. Availability counts from when a
 * tunnel was first seen; an outage that began before the month counts from
 * its first moment in it.
 */
#include "daemon/report.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "daemon/changed.h"
#include "storage/query.h"

enum { CHANGED_MOST = 10 };

double
report_availability(const struct report_tunnel *t)
{
	return t->seen <= 0 ? 1 : 1 - (double)t->down / (double)t->seen;
}

int64_t
report_mttr(const struct report_tunnel *t)
{
	return t->nmended == 0 ? 0 : t->mended / (int64_t)t->nmended;
}

double
report_percent(const struct report_tunnel *t)
{
	return (double)(int64_t)(report_availability(t) * 1e5) / 1e3;
}

struct report_tunnel
report_sum(const struct report *r)
{
	struct report_tunnel sum = { .id = 0 };

	for (size_t i = 0; i < r->n; i++) {
		const struct report_tunnel *u = &r->tunnel[i];

		sum.seen += u->seen;
		sum.down += u->down;
		sum.mended += u->mended;
		sum.nmended += u->nmended;
		sum.noutages += u->noutages;
	}
	return sum;
}

/* First moment of a month, local time; month 12 is the next January. */
static int64_t
report_moment(int year, int month)
{
	struct tm tm = { .tm_year = year - 1900,
		.tm_mon = month,
		.tm_mday = 1,
		.tm_isdst = -1 };

	return (int64_t)mktime(&tm) * 1000000;
}

static int
report_month(struct cli *cli, struct report *r)
{
	struct span s = span_of(cli->opt[CLI_MONTH]);
	time_t now = (time_t)(cli->now / 1000000);
	struct tm tm;
	int year, month;

	if (cli->opt[CLI_MONTH] == NULL && localtime_r(&now, &tm) != NULL) {
		year = tm.tm_year + 1900;
		month = tm.tm_mon + 1;
	} else if (s.len != 7 || !scan_digits(&s, 4, &year) ||
	    !scan_char(&s, '-') || !scan_digits(&s, 2, &month) || month < 1 ||
	    month > 12 || year < 1970)
		return cli_fail(EX_USAGE,
		    "--month wants a month such as 2026-11, not \"%s\"",
		    cli->opt[CLI_MONTH]);
	snprintf(r->title, sizeof(r->title), "%04d-%02d", year, month);
	r->from = report_moment(year, month - 1);
	r->to = r->end = report_moment(year, month);
	if (r->to > cli->now)
		r->to = cli->now;
	if (r->from >= r->to)
		return cli_fail(EX_USAGE, "%s is still to come", r->title);
	return EX_OK;
}

static char *
report_copy(struct span s)
{
	char *text = malloc(s.len + 1);

	if (text != NULL)
		span_copy(text, s.len + 1, s);
	return text;
}

static void *
report_grow(void *array, size_t n, size_t *size, size_t each)
{
	if (n < *size)
		return array;
	*size = *size == 0 ? 16 : *size * 2;
	array = realloc(array, *size * each);
	if (array == NULL)
		exit(cli_fail(EX_OSERR, "out of memory"));
	return array;
}

static int
report_tunnels(struct query *q, struct report *r, const struct query_filter *f)
{
	if (query_ask(q, QUERY_TUNNELS, f) == -1)
		return -1;
	while (query_next(q)) {
		int64_t first = query_int(q, TUNNELS_FIRST_SEEN);
		struct report_tunnel *t;

		if (first >= r->to)
			continue;
		r->tunnel =
		    report_grow(r->tunnel, r->n, &r->size, sizeof(*r->tunnel));
		t = &r->tunnel[r->n++];
		*t = (struct report_tunnel){ .id = query_int(q, TUNNELS_ID) };
		t->device = report_copy(query_text(q, TUNNELS_DEVICE));
		t->peer = report_copy(query_text(q, TUNNELS_PEER));
		t->name = report_copy(query_text(q, TUNNELS_NAME));
		t->seen = r->to - (first > r->from ? first : r->from);
	}
	return query_error(q) == NULL ? 0 : -1;
}

/* They are in order of id until the worst go first. */
struct report_tunnel *
report_find(struct report *r, int64_t id)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->tunnel[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < r->n && r->tunnel[low].id == id ? &r->tunnel[low] : NULL;
}

static enum ike_reason
report_reason(struct query *q, int column)
{
	char name[48];

	span_copy(name, sizeof(name), query_text(q, column));
	return ike_reason_named(name);
}

/* Failures of each hour, into days: so the shift of summer time is right. */
static int
report_days(struct query *q, struct report *r, const struct query_filter *f)
{
	struct tm tm;

	if (query_ask(q, QUERY_HOURS, f) == -1)
		return -1;
	while (query_next(q)) {
		enum ike_reason reason = report_reason(q, HOURS_REASON);
		time_t at = (time_t)query_int(q, HOURS_AT);
		enum ike_category c = ike_reason_category(reason);

		if (localtime_r(&at, &tm) != NULL)
			r->day[tm.tm_mday - 1]
			      [c == IKE_CAT_NONE ? IKE_CAT_UNKNOWN : c] +=
			    query_int(q, HOURS_COUNT);
	}
	return query_error(q) == NULL ? 0 : -1;
}

static void
report_outage(struct query *q, struct report *r, struct report_tunnel *t)
{
	int64_t from = query_int(q, OUTAGES_STARTED);
	int64_t to = query_int(q, OUTAGES_ENDED);
	bool over = !query_null(q, OUTAGES_ENDED) && to < r->to;

	if (over) {
		t->mended += to - from;
		t->nmended++;
	} else
		to = r->to;
	if (from < r->from)
		from = r->from;
	t->outage =
	    report_grow(t->outage, t->noutages, &t->size, sizeof(*t->outage));
	t->outage[t->noutages++] = (struct report_outage){ from, to,
		report_reason(q, OUTAGES_REASON) };
	t->down += to - from;
	if (to - from > t->longest)
		t->longest = to - from;
}

static int
report_outages(struct query *q, struct report *r, const struct query_filter *f)
{
	if (query_ask(q, QUERY_OUTAGES, f) == -1)
		return -1;
	while (query_next(q)) {
		struct report_tunnel *t =
		    report_find(r, query_int(q, OUTAGES_TUNNEL));

		if (t != NULL)
			report_outage(q, r, t);
	}
	return query_error(q) == NULL ? 0 : -1;
}

static int
report_causes(struct query *q, struct report *r, const struct query_filter *f)
{
	if (query_ask(q, QUERY_CAUSES, f) == -1)
		return -1;
	while (query_next(q) && r->ncauses < IKE_REASON_COUNT) {
		enum ike_reason reason = report_reason(q, CAUSES_REASON);

		/* a word of a later version */
		if (reason == IKE_REASON_NONE)
			reason = IKE_R_UNKNOWN;
		r->cause[r->ncauses++] =
		    (struct report_cause){ reason, query_int(q, CAUSES_COUNT),
			    query_int(q, CAUSES_TUNNELS) };
		r->failures += query_int(q, CAUSES_COUNT);
	}
	return query_error(q) == NULL ? 0 : -1;
}

static int
report_worse(const void *pa, const void *pb)
{
	const struct report_tunnel *a = pa, *b = pb;
	double x = report_availability(a), y = report_availability(b);

	if (x != y)
		return x < y ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static int
report_gather(struct query *q, struct report *r, struct query_filter *f)
{
	f->since = r->from;
	f->until = r->to;
	if (report_tunnels(q, r, f) == -1 || report_outages(q, r, f) == -1 ||
	    report_rekeys(q, r, f) == -1 || report_causes(q, r, f) == -1 ||
	    report_days(q, r, f) == -1)
		return -1;
	if (r->n > 0)
		qsort(r->tunnel, r->n, sizeof(*r->tunnel), report_worse);
	return 0;
}

/* clang-format off */
static const struct column columns[] = {
	{ "month", NULL, COLUMN_TEXT },
	{ "device", "DEVICE", COLUMN_TEXT, 7 },
	{ "tunnel", "TUNNEL", COLUMN_TEXT, 7 },
	{ "peer", "PEER", COLUMN_TEXT, 15 },
	{ "availability_percent", "UP %", COLUMN_INT },
	{ "down_s", "DOWN", COLUMN_DURATION },
	{ "outages", "OUTAGES", COLUMN_INT },
	{ "mttr_s", "MTTR", COLUMN_DURATION },
	{ "longest_s", NULL, COLUMN_DURATION },
	{ "rekey_every_s", "REKEY", COLUMN_DURATION },
	{ "rekeys", NULL, COLUMN_INT },
	{ "lifetimes", NULL, COLUMN_TEXT },
};
static const struct column cause_columns[] = {
	{ "reason", "REASON", COLUMN_TEXT },
	{ "category", "CATEGORY", COLUMN_TEXT },
	{ "failures", "FAILURES", COLUMN_INT },
	{ "tunnels", "TUNNELS", COLUMN_INT },
	{ "title", "MEANING", COLUMN_TEXT, 10 },
};
/* clang-format on */

static void
report_length(struct table *b, int64_t us)
{
	if (us == 0)
		table_null(b);
	else
		table_int(b, us);
}

static void
report_table(struct cli *cli, const struct report *r)
{
	struct table *b = table_new(
	    &cli->term, columns, sizeof(columns) / sizeof(columns[0]));

	if (b == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		const struct report_tunnel *t = &r->tunnel[i];

		table_str(b, r->title);
		table_str(b, t->device);
		table_str(b, t->name);
		table_str(b, t->peer);
		table_real(b, report_percent(t));
		report_length(b, t->down);
		table_int(b, (int64_t)t->noutages);
		report_length(b, report_mttr(t));
		report_length(b, t->longest);
		report_length(b, t->rekey_every);
		table_int(b, (int64_t)t->rekeys);
		table_str(b, report_lifetimes_name(t->lifetimes));
	}
	table_end(b);
}

static void
report_cause_table(struct cli *cli, const struct report *r)
{
	struct table *b = table_new(&cli->term, cause_columns,
	    sizeof(cause_columns) / sizeof(cause_columns[0]));

	if (b == NULL)
		return;
	for (size_t i = 0; i < r->ncauses; i++) {
		const struct report_cause *c = &r->cause[i];

		table_str(b, ike_reason_name(c->reason));
		table_str(b, ike_category_name(ike_reason_category(c->reason)));
		table_int(b, c->count);
		table_int(b, c->tunnels);
		table_str(b, ike_reason_title(c->reason));
	}
	table_end(b);
}

void
report_difference(char *to, size_t size, const struct ike_negotiation *good,
    const struct ike_negotiation *bad)
{
	char facts[CHANGED_SIZE];

	changed_facts(facts, good, bad);
	snprintf(to, size, "%s%s%s%s%s", facts, facts[0] == '\0' ? "" : "; ",
	    bad->reason == IKE_REASON_NONE ? "no reason"
					   : ike_reason_title(bad->reason),
	    bad->differs == NULL ? "" : ": ",
	    bad->differs == NULL ? "" : bad->differs);
}

bool
report_pair(struct query *q, const struct report *r,
    const struct report_tunnel *t, struct query_negotiation *good,
    struct query_negotiation *bad)
{
	struct query_filter f = {
		.id = t->id, .since = r->from, .until = r->to
	};
	int64_t good_id, bad_id;

	if (query_ask(q, QUERY_GOOD_AND_BAD, &f) == -1 || !query_next(q))
		return false;
	good_id = query_int(q, CHANGED_GOOD);
	bad_id = query_int(q, CHANGED_BAD);
	return good_id != 0 && query_negotiation(q, good_id, good) == 1 &&
	    query_negotiation(q, bad_id, bad) == 1;
}

/* The last good negotiation of a tunnel against its last bad one. */
static void
report_changed_one(struct term *t, const struct report_tunnel *u,
    const struct ike_negotiation *good, const struct ike_negotiation *bad)
{
	char before[TERM_TIME_SIZE], then[TERM_TIME_SIZE];
	char text[CHANGED_SIZE + 500];

	term_time_local(before, good->started_at);
	term_time_local(then, bad->started_at);
	snprintf(text, sizeof(text), "%s: good in %lld (%s), bad in %lld (%s)",
	    u->name[0] == '\0' ? u->peer : u->name, (long long)good->id, before,
	    (long long)bad->id, then);
	term_say(t, "  ");
	term_paragraph(t, 2, 4, span_of(text));
	report_difference(text, sizeof(text), good, bad);
	term_say(t, "    ");
	term_paragraph(t, 4, 4, span_of(text));
}

static void
report_changed(struct term *t, struct query *q, const struct report *r)
{
	struct query_negotiation good, bad;
	size_t told = 0;

	for (size_t i = 0; i < r->n && told < CHANGED_MOST; i++) {
		if (r->tunnel[i].noutages == 0 ||
		    !report_pair(q, r, &r->tunnel[i], &good, &bad))
			continue;
		if (told++ == 0)
			term_say(t, "\nWhat changed, where it was worst\n\n");
		report_changed_one(t, &r->tunnel[i], &good.n, &bad.n);
	}
}

/* One end always begins: the other never lives to the end of its time. */
static void
report_lifetimes_text(struct term *t, const struct report *r)
{
	size_t told = 0;

	for (size_t i = 0; i < r->n && told < CHANGED_MOST; i++) {
		const struct report_tunnel *u = &r->tunnel[i];
		char every[TERM_TIME_SIZE];

		if (u->lifetimes == REPORT_LIFETIMES_NONE)
			continue;
		if (told++ == 0)
			term_say(t, "\nLifetimes that seem to differ\n\n");
		term_say(t, "  ");
		term_text(t, span_of(u->name[0] == '\0' ? u->peer : u->name));
		term_say(t, " (");
		term_text(t, span_of(u->device));
		term_duration(every, u->rekey_every);
		term_say(t, "): %s is the shorter%s%s, %zu rekeys\n",
		    u->lifetimes == REPORT_SHORTER_HERE ? "this end's"
							: "the peer's",
		    u->rekey_every == 0 ? "" : ", every ",
		    u->rekey_every == 0 ? "" : every, u->rekeys);
	}
}

static void
report_text(struct cli *cli, struct query *q, const struct report *r)
{
	struct report_tunnel sum = report_sum(r);
	struct term *t = &cli->term;

	term_page(t);
	term_style(t, TERM_BOLD);
	term_say(t, "%s: %zu tunnel%s", r->title, r->n, r->n == 1 ? "" : "s");
	if (r->n > 0)
		term_say(t, ", %.3f %% up", report_percent(&sum));
	term_say(t, ", %lld failed negotiation%s\n\n", (long long)r->failures,
	    r->failures == 1 ? "" : "s");
	term_style(t, TERM_PLAIN);
	report_table(cli, r);
	if (r->ncauses > 0) {
		term_say(t, "\nWhy negotiations failed\n\n");
		report_cause_table(cli, r);
	}
	report_lifetimes_text(t, r);
	report_changed(t, q, r);
}

static void
report_free(struct report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->tunnel[i].device);
		free(r->tunnel[i].peer);
		free(r->tunnel[i].name);
		free(r->tunnel[i].outage);
	}
	free(r->tunnel);
}

static void
report_print(struct cli *cli, struct query *q, const struct report *r)
{
	switch (cli->term.format) {
	case TERM_HTML:
		report_html(&cli->term, q, r);
		break;
	case TERM_TEXT:
		report_text(cli, q, r);
		break;
	case TERM_JSON:
		report_table(cli, r);
		report_cause_table(cli, r);
		break;
	case TERM_CSV:
		report_table(cli, r);
		break;
	}
}

int
report_main(struct cli *cli)
{
	struct report r = { 0 };
	struct query_filter f;
	struct query *q;
	int code;

	if ((code = cli_filter(cli, &f, 0)) != EX_OK ||
	    (code = report_month(cli, &r)) != EX_OK)
		return code;
	f.all = f.tunnel != NULL;
	if ((q = cli_open(cli, &code)) == NULL)
		return code;
	if (report_gather(q, &r, &f) == -1)
		code = cli_fail(EX_IOERR, "%s", query_error(q));
	else
		report_print(cli, q, &r);
	report_free(&r);
	query_close(q);
	return code;
}
