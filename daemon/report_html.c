/*
 * The report as one page: style and charts inside, no script, nothing to
 * fetch, light and dark, for a screen, a telephone and paper. Names from
 * devices are escaped for HTML, after what would be dangerous in a terminal
 * was spelt out.
 */
#include <string.h>
#include <time.h>

#include "daemon/changed.h"
#include "daemon/report.h"
#include "storage/query.h"

enum {
	HTML_TUNNELS = 500,
	HTML_CHANGED = 10,
	STRIP = 1000, /* units of a strip's width */
	DAY_HEIGHT = 100,
	DAY_WIDTH = 10, /* of these the bar takes eight */
};

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<style>\n"
    ":root{color-scheme:light dark;--page:#fff;--ink:#1c2126;--soft:#5d6770;"
    "--line:#dde2e6;--card:#f4f6f8;--up:#c3dccf;--bad:#b3261e;"
    "--auth:#b3261e;--proposal:#1f6fb2;--policy:#6aaed6;"
    "--connectivity:#d98e1f;--protocol:#8a5fb0;--resource:#2e8b74;"
    "--lifecycle:#9aa5ad;--stall:#a8871a;--unknown:#6b7680}\n"
    "@media(prefers-color-scheme:dark){:root{--page:#14181c;--ink:#e6eaed;"
    "--soft:#9aa6b0;--line:#2d343a;--card:#1c2227;--up:#2e5544;--bad:#ff7b6e;"
    "--auth:#ff7b6e;--proposal:#5aa7e6;--policy:#2f6f9c;"
    "--connectivity:#f0b04e;--protocol:#b794dd;--resource:#58bfa4;"
    "--lifecycle:#6f7c86;--stall:#d6b643;--unknown:#8c98a2}}\n"
    "*{box-sizing:border-box}\n"
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto 4rem;"
    "max-width:72rem;padding:0 1.25rem;background:var(--page);"
    "color:var(--ink)}\n"
    "h1{font-size:1.6rem;margin:0}h2{font-size:1.1rem;margin:2.5rem 0 .75rem}\n"
    "p{margin:.3rem 0}.q{color:var(--soft)}small{color:var(--soft);"
    "font-size:.85em;display:block}\n"
    "dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));"
    "gap:.75rem;margin:1.5rem 0 0}\n"
    "dl div{background:var(--card);border-radius:.5rem;padding:.7rem .9rem}\n"
    "dt{color:var(--soft);font-size:.85em}dd{margin:0;font-size:1.45rem;"
    "font-variant-numeric:tabular-nums}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th{font-weight:500;color:var(--soft);font-size:.85em;"
    "vertical-align:bottom}\n"
    "th,td{text-align:left;padding:.45rem .6rem;"
    "border-bottom:1px solid var(--line)}\n"
    "th:first-child,td:first-child{padding-left:0}"
    "th:last-child,td:last-child{padding-right:0}\n"
    ".n{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}\n"
    "td.t{overflow-wrap:anywhere;min-width:15rem}td.s,th.s{width:38%}\n"
    "b{font-weight:600}b.low{color:var(--bad)}\n"
    "svg{display:block;width:100%}svg.strip{height:16px}"
    "svg.bar{height:12px}svg.days{height:140px;"
    "border-bottom:1px solid var(--line)}\n"
    ".up{fill:var(--up)}.down{fill:var(--bad)}\n"
    ".axis{display:flex;position:relative}.axis span{flex:1;min-width:0;"
    "text-align:center;font-size:.8em;color:var(--soft)}\n"
    "th .axis span{flex:none;position:absolute;bottom:0}"
    "th .axis{height:1.2em;font-weight:400}\n"
    ".key span{display:inline-block;margin-right:1.1em;white-space:nowrap}\n"
    ".key i{display:inline-block;width:.75em;height:.75em;"
    "border-radius:.15em;margin-right:.4em}\n"
    "details{margin-top:1rem}summary{cursor:pointer;color:var(--soft)}\n"
    "@media(max-width:46rem){body{margin-top:1rem;padding:0 1rem}\n"
    ".axis.d span:not(:nth-child(7n+1)){visibility:hidden}\n"
    "table.w,.w tbody{display:block}.w tr.h{display:none}\n"
    ".w tr{display:flex;flex-wrap:wrap;column-gap:1.1rem;"
    "border-bottom:1px solid var(--line);padding:.6rem 0}\n"
    "td.t{min-width:0}.w td{border:0;padding:.1rem 0;width:auto}"
    ".w td.t{flex:1 1 0}.w td.s{flex:0 0 100%;padding:.35rem 0}\n"
    ".w td.m{color:var(--soft);font-size:.85em}.w td.m:empty{display:none}"
    ".w td.m:before{content:attr(title)' '}}\n"
    "@media print{details{display:block}body{font-size:11px;margin:0}}\n"
    "</style>\n";

static void
html_text(struct term *t, struct span s)
{
	char buf[1024];

	term_escape(buf, sizeof(buf), s);
	for (const char *p = buf; *p != '\0'; p++) {
		const char *entity = *p == '&' ? "&amp;"
		    : *p == '<'		       ? "&lt;"
		    : *p == '>'		       ? "&gt;"
		    : *p == '"'		       ? "&quot;"
		    : *p == '\''	       ? "&#39;"
					       : NULL;

		if (entity != NULL)
			fputs(entity, t->out);
		else
			fputc(*p, t->out);
	}
}

/* One of the figures at the top. */
static void
html_figure(struct term *t, const char *what, const char *figure)
{
	term_say(t, "<div><dt>%s</dt><dd>%s</dd></div>\n", what, figure);
}

static void
html_count(struct term *t, const char *what, int64_t n)
{
	char figure[32];

	snprintf(figure, sizeof(figure), "%lld", (long long)n);
	html_figure(t, what, figure);
}

static void
html_figures(struct term *t, const struct report *r)
{
	struct report_tunnel sum = report_sum(r);
	char text[TERM_TIME_SIZE];
	int64_t hit = 0;

	for (size_t i = 0; i < r->n; i++)
		hit += r->tunnel[i].noutages != 0;
	term_say(t, "<dl>\n");
	if (r->n > 0) {
		snprintf(
		    text, sizeof(text), "%.3f&nbsp;%%", report_percent(&sum));
		html_figure(t, "Availability", text);
	}
	snprintf(text, sizeof(text), "%lld of %zu", (long long)hit, r->n);
	html_figure(t, "Tunnels with outages", text);
	html_count(t, "Outages", (int64_t)sum.noutages);
	if (sum.nmended > 0) {
		term_duration(text, report_mttr(&sum));
		html_figure(t, "Mean time to recover", text);
	}
	html_count(t, "Failed negotiations", r->failures);
	term_say(t, "</dl>\n");
}

static double
html_at(const struct report *r, int64_t at)
{
	return (double)(at - r->from) / (double)(r->end - r->from) * STRIP;
}

/* The month from left to right: pale, and strong where it was down. */
static void
html_strip(
    struct term *t, const struct report *r, const struct report_tunnel *u)
{
	double known = html_at(r, r->to - u->seen), now = html_at(r, r->to);

	term_say(t,
	    "<td class=s><svg class=strip viewBox=\"0 0 %d 16\" role=img "
	    "aria-label=\"%zu outages\" preserveAspectRatio=none>"
	    "<rect class=up x=%.1f width=%.1f height=16 />",
	    STRIP, u->noutages, known, now - known);
	for (size_t i = 0; i < u->noutages; i++) {
		const struct report_outage *o = &u->outage[i];
		double from = html_at(r, o->from), to = html_at(r, o->to);
		char when[TERM_TIME_SIZE], length[TERM_TIME_SIZE];

		term_time_local(when, o->from);
		term_duration(length, o->to - o->from);
		/* A short one must still be seen. */
		term_say(t,
		    "<rect class=down x=%.1f width=%.1f height=16>"
		    "<title>%s, %s: %s</title></rect>",
		    from, to - from > 3 ? to - from : 3, when, length,
		    o->reason == IKE_REASON_NONE ? "no reason given"
						 : ike_reason_title(o->reason));
	}
	term_say(t, "</svg></td>");
}

/* A figure of a row; on a telephone its name stands before it. */
static void
html_more(struct term *t, const char *name, int64_t us)
{
	char text[TERM_TIME_SIZE] = "";

	if (us != 0)
		term_duration(text, us);
	term_say(t, "<td class=\"n m\" title=\"%s\">%s</td>", name, text);
}

static void
html_tunnel(
    struct term *t, const struct report *r, const struct report_tunnel *u)
{
	double percent = report_percent(u);

	term_say(t, "<tr><td class=t><b>");
	html_text(t, span_of(u->name[0] == '\0' ? u->peer : u->name));
	term_say(t, "</b><small>");
	html_text(t, span_of(u->device));
	if (u->name[0] != '\0' && u->peer[0] != '\0') {
		term_say(t, " → ");
		html_text(t, span_of(u->peer));
	}
	term_say(t, "</small></td><td class=n><b%s>%.*f&nbsp;%%</b></td>",
	    percent < 99 ? " class=low" : "", percent == 100 ? 0 : 3, percent);
	html_strip(t, r, u);
	term_say(t, "<td class=\"n m\" title=\"outages\">");
	if (u->noutages > 0)
		term_say(t, "%zu", u->noutages);
	term_say(t, "</td>");
	html_more(t, "down", u->down);
	html_more(t, "mean time to recover", report_mttr(u));
	html_more(t, "rekeys every", u->rekey_every);
	term_say(t, "</tr>\n");
}

/* First days of weeks over the strips. */
static void
html_head(struct term *t, const struct report *r)
{
	term_say(t,
	    "<table class=w><tr class=h><th>Tunnel<th class=n>Up"
	    "<th class=s><div class=axis>");
	for (int d = 0; d < 31; d += 7)
		term_say(t, "<span style=\"left:%.2f%%\">%d</span>",
		    html_at(r, r->from + d * INT64_C(86400000000)) * 100 /
			STRIP,
		    d + 1);
	term_say(t,
	    "</div><th class=n>Outages<th class=n>Down<th class=n>Mean time"
	    "<br>to recover<th class=n>Rekeys<br>every</tr>\n");
}

/* The worst first; those that were never down are folded away. */
static void
html_tunnels(struct term *t, const struct report *r)
{
	size_t n = 0, shown = r->n < HTML_TUNNELS ? r->n : HTML_TUNNELS;

	while (n < shown && r->tunnel[n].noutages > 0)
		n++;
	term_say(t, "<h2>Tunnels, the worst first</h2>\n");
	if (n == 0)
		term_say(t, "<p>No tunnel was down.</p>\n");
	else
		html_head(t, r);
	for (size_t i = 0; i < n; i++)
		html_tunnel(t, r, &r->tunnel[i]);
	if (n > 0)
		term_say(t, "</table>\n");
	if (n < shown) {
		term_say(t, "<details><summary>%zu %s never down</summary>\n",
		    r->n - n, r->n - n == 1 ? "was" : "were");
		html_head(t, r);
		for (size_t i = n; i < shown; i++)
			html_tunnel(t, r, &r->tunnel[i]);
		term_say(t, "</table></details>\n");
	}
	if (r->n > shown)
		term_say(t, "<p class=q>and %zu more</p>\n", r->n - shown);
}

static int
html_month_days(const struct report *r)
{
	return (int)((r->end - r->from + INT64_C(43200000000)) /
	    INT64_C(86400000000));
}

static int64_t
html_day_sum(const struct report *r, int day)
{
	int64_t sum = 0;

	for (int c = 0; c < IKE_CAT_COUNT; c++)
		sum += r->day[day][c];
	return sum;
}

/* One day's failures, category on category. */
static void
html_day(struct term *t, const struct report *r, int day, int64_t most)
{
	double top = DAY_HEIGHT;

	for (int c = 0; c < IKE_CAT_COUNT; c++) {
		const char *name = ike_category_name((enum ike_category)c);
		double high =
		    (double)r->day[day][c] / (double)most * DAY_HEIGHT;

		if (r->day[day][c] == 0)
			continue;
		top -= high;
		term_say(t,
		    "<rect style=\"fill:var(--%s)\" x=%d y=%.2f width=%d "
		    "height=%.2f><title>%s-%02d: %lld %s</title></rect>",
		    name, day * DAY_WIDTH + 1, top, DAY_WIDTH - 2, high,
		    r->title, day + 1, (long long)r->day[day][c], name);
	}
}

static void
html_days(struct term *t, const struct report *r)
{
	int64_t most = 0, all[IKE_CAT_COUNT] = { 0 };
	int days = html_month_days(r);

	for (int d = 0; d < days; d++) {
		if (html_day_sum(r, d) > most)
			most = html_day_sum(r, d);
		for (int c = 0; c < IKE_CAT_COUNT; c++)
			all[c] += r->day[d][c];
	}
	if (most == 0)
		return;
	term_say(t, "<h2>Failed negotiations by day</h2>\n<p class=\"q key\">");
	for (int c = 0; c < IKE_CAT_COUNT; c++)
		if (all[c] > 0)
			term_say(t,
			    "<span><i style=\"background:var(--%s)\"></i>"
			    "%s</span>",
			    ike_category_name((enum ike_category)c),
			    ike_category_name((enum ike_category)c));
	term_say(t,
	    "<span>%lld on the worst day</span></p>\n<svg class=days "
	    "role=img aria-label=\"failed negotiations by day\" "
	    "viewBox=\"0 0 %d %d\" preserveAspectRatio=none>",
	    (long long)most, days * DAY_WIDTH, DAY_HEIGHT);
	for (int d = 0; d < days; d++)
		html_day(t, r, d, most);
	term_say(t, "</svg>\n<div class=\"axis d\">");
	for (int d = 1; d <= days; d++)
		term_say(t, "<span>%d</span>", d);
	term_say(t, "</div>\n");
}

static void
html_causes(struct term *t, const struct report *r)
{
	int64_t most = r->ncauses == 0 ? 1 : r->cause[0].count;

	if (r->ncauses == 0)
		return;
	term_say(t,
	    "<h2>Why negotiations failed</h2>\n<table class=w><tr class=h>"
	    "<th>Reason<th class=n>Failures<th class=s><th class=n>Tunnels"
	    "</tr>\n");
	for (size_t i = 0; i < r->ncauses; i++) {
		const struct report_cause *c = &r->cause[i];
		enum ike_category category = ike_reason_category(c->reason);

		term_say(t, "<tr><td class=t><b>");
		html_text(t, span_of(ike_reason_title(c->reason)));
		term_say(t,
		    "</b><small>%s</small></td><td class=n>%lld</td>"
		    "<td class=s><svg class=bar viewBox=\"0 0 %d 12\" "
		    "preserveAspectRatio=none><rect "
		    "style=\"fill:var(--%s)\" width=%.1f height=12 /></svg>"
		    "</td><td class=\"n m\" title=\"tunnels\">%lld</td>"
		    "</tr>\n",
		    ike_reason_name(c->reason), (long long)c->count, STRIP,
		    ike_category_name(category),
		    (double)c->count / (double)most * STRIP,
		    (long long)c->tunnels);
	}
	term_say(t, "</table>\n");
}

static void
html_item(struct term *t, const struct report_tunnel *u, size_t told,
    const char *title, const char *text)
{
	if (told == 0)
		term_say(t, "<h2>%s</h2>\n<table>\n", title);
	term_say(t, "<tr><td class=t><b>");
	html_text(t, span_of(u->name[0] == '\0' ? u->peer : u->name));
	term_say(t, "</b><small>");
	html_text(t, span_of(u->device));
	term_say(t, "</small></td><td>");
	html_text(t, span_of(text));
	term_say(t, "</td></tr>\n");
}

static void
html_changed(struct term *t, struct query *q, const struct report *r)
{
	struct query_negotiation good, bad;
	char text[CHANGED_SIZE + 500];
	size_t told = 0;

	for (size_t i = 0; i < r->n && told < HTML_CHANGED; i++) {
		if (r->tunnel[i].noutages == 0 ||
		    !report_pair(q, r, &r->tunnel[i], &good, &bad))
			continue;
		report_difference(text, sizeof(text), &good.n, &bad.n);
		html_item(t, &r->tunnel[i], told++,
		    "What changed, where it was worst", text);
	}
	if (told > 0)
		term_say(t, "</table>\n");
}

static void
html_lifetimes(struct term *t, const struct report *r)
{
	char every[TERM_TIME_SIZE], text[160];
	size_t told = 0;

	for (size_t i = 0; i < r->n && told < HTML_CHANGED; i++) {
		const struct report_tunnel *u = &r->tunnel[i];

		if (u->lifetimes == REPORT_LIFETIMES_NONE)
			continue;
		term_duration(every, u->rekey_every);
		snprintf(text, sizeof(text),
		    "the lifetime at %s is the shorter%s%s, %zu rekeys",
		    u->lifetimes == REPORT_SHORTER_HERE ? "this end"
							: "the peer",
		    u->rekey_every == 0 ? "" : ": every ",
		    u->rekey_every == 0 ? "" : every, u->rekeys);
		html_item(t, u, told++, "Lifetimes that seem to differ", text);
	}
	if (told > 0)
		term_say(t, "</table>\n");
}

/* "November 2026", in English like the rest. */
static void
html_month(const struct report *r, char *to, size_t size)
{
	static const char *const months[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	int month = (r->title[5] - '0') * 10 + r->title[6] - '0';

	snprintf(to, size, "%s %.4s", months[month - 1], r->title);
}

void
report_html(struct term *t, struct query *q, const struct report *r)
{
	char from[TERM_TIME_SIZE], to[TERM_TIME_SIZE], month[32];

	term_time_local(from, r->from);
	term_time_local(to, r->to);
	html_month(r, month, sizeof(month));
	term_say(
	    t, "%s<title>Tunnels in %s</title></head><body>\n", head, month);
	term_say(t,
	    "<h1>Tunnels in %s</h1>\n<p class=q>%zu tunnel%s, %s to %s. IKE "
	    "logs tell of negotiations, not of the traffic in a tunnel.</p>\n",
	    month, r->n, r->n == 1 ? "" : "s", from, to);
	html_figures(t, r);
	html_days(t, r);
	html_tunnels(t, r);
	html_causes(t, r);
	html_changed(t, q, r);
	html_lifetimes(t, r);
	term_say(t, "</body></html>\n");
}
