/*
 * The report as one page: style and charts inside, no script, nothing to
 * fetch. Names from devices are escaped for HTML, after what would be
 * dangerous in a terminal was spelt out.
 */
#include <string.h>

#include "daemon/report.h"

enum { HTML_TUNNELS = 500, STRIP = 600, BAR = 360 };

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<style>\n"
    ":root{color-scheme:light dark;--bad:#c0362c;--good:#3a8f5c;"
    "--line:#8884}\n"
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;"
    "max-width:84em;padding:0 1em}\n"
    "h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;padding:.3em .6em;"
    "border-bottom:1px solid var(--line);white-space:nowrap}\n"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\n"
    "td.s{min-width:18em;width:40%}svg{display:block;width:100%;height:14px}\n"
    "rect.up{fill:var(--good)}rect.down{fill:var(--bad)}\n"
    "div.w{overflow-x:auto}p.q{opacity:.7}\n"
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

static void
html_cell(struct term *t, const char *text)
{
	term_say(t, "<td>");
	html_text(t, span_of(text));
	term_say(t, "</td>");
}

static void
html_length(struct term *t, int64_t us)
{
	char text[TERM_TIME_SIZE] = "–";

	if (us != 0)
		term_duration(text, us);
	term_say(t, "<td class=n>%s</td>", text);
}

static double
html_at(const struct report *r, int64_t at)
{
	return (double)(at - r->from) / (double)(r->to - r->from) * STRIP;
}

/* The month from left to right: green, and red where it was down. */
static void
html_strip(
    struct term *t, const struct report *r, const struct report_tunnel *u)
{
	double known = html_at(r, r->to - u->seen);

	term_say(t,
	    "<td class=s><svg viewBox=\"0 0 %d 14\" role=\"img\" "
	    "preserveAspectRatio=\"none\">"
	    "<rect class=up x=\"%.2f\" width=\"%.2f\" height=\"14\"/>",
	    STRIP, known, STRIP - known);
	for (size_t i = 0; i < u->noutages; i++) {
		const struct report_outage *o = &u->outage[i];
		double from = html_at(r, o->from), to = html_at(r, o->to);
		char when[TERM_TIME_SIZE], length[TERM_TIME_SIZE];

		term_time_local(when, o->from);
		term_duration(length, o->to - o->from);
		/* A short one must still be seen. */
		term_say(t,
		    "<rect class=down x=\"%.2f\" width=\"%.2f\" "
		    "height=\"14\"><title>%s, %s: %s</title></rect>",
		    from, to - from > 1.5 ? to - from : 1.5, when, length,
		    o->reason == IKE_REASON_NONE ? "no reason given"
						 : ike_reason_title(o->reason));
	}
	term_say(t, "</svg></td>");
}

static void
html_tunnels(struct term *t, const struct report *r)
{
	term_say(t,
	    "<h2>Tunnels, the worst first</h2>\n<div class=w><table><tr>"
	    "<th>Tunnel<th>Device<th>Peer<th class=n>Up<th>%s"
	    "<th class=n>Outages<th class=n>Down<th class=n>Mean time to "
	    "recover<th class=n>Rekeys every<th>Lifetime</tr>\n",
	    r->title);
	for (size_t i = 0; i < r->n && i < HTML_TUNNELS; i++) {
		const struct report_tunnel *u = &r->tunnel[i];

		term_say(t, "<tr>");
		html_cell(t, u->name);
		html_cell(t, u->device);
		html_cell(t, u->peer);
		term_say(t, "<td class=n>%.3f&nbsp;%%</td>", report_percent(u));
		html_strip(t, r, u);
		term_say(t, "<td class=n>%zu</td>", u->noutages);
		html_length(t, u->down);
		html_length(t, report_mttr(u));
		html_length(t, u->rekey_every);
		term_say(t, "<td>%s</td>",
		    u->lifetimes == REPORT_SHORTER_HERE	       ? "shorter here"
			: u->lifetimes == REPORT_SHORTER_THERE ? "shorter there"
							       : "");
		term_say(t, "</tr>\n");
	}
	term_say(t, "</table></div>\n");
	if (r->n > HTML_TUNNELS)
		term_say(
		    t, "<p class=q>and %zu more</p>\n", r->n - HTML_TUNNELS);
}

static void
html_causes(struct term *t, const struct report *r)
{
	int64_t most = r->ncauses == 0 ? 1 : r->cause[0].count;

	if (r->ncauses == 0)
		return;
	term_say(t,
	    "<h2>Why negotiations failed</h2>\n<div class=w><table><tr>"
	    "<th>Reason<th>Meaning<th class=n>Failures<th class=n>Tunnels"
	    "<th></tr>\n");
	for (size_t i = 0; i < r->ncauses; i++) {
		const struct report_cause *c = &r->cause[i];

		term_say(t, "<tr>");
		html_cell(t, ike_reason_name(c->reason));
		html_cell(t, ike_reason_title(c->reason));
		term_say(t,
		    "<td class=n>%lld</td><td class=n>%lld</td><td class=s>"
		    "<svg viewBox=\"0 0 %d 14\" preserveAspectRatio=\"none\">"
		    "<rect class=down width=\"%.1f\" height=\"14\"/></svg>"
		    "</td></tr>\n",
		    (long long)c->count, (long long)c->tunnels, BAR,
		    (double)c->count / (double)most * BAR);
	}
	term_say(t, "</table></div>\n");
}

void
report_html(struct term *t, const struct report *r)
{
	char from[TERM_TIME_SIZE], to[TERM_TIME_SIZE];

	term_time_local(from, r->from);
	term_time_local(to, r->to);
	term_say(
	    t, "%s<title>Tunnels in %s</title></head><body>\n", head, r->title);
	term_say(t,
	    "<h1>Tunnels in %s</h1>\n<p>%zu tunnel%s, %lld failed "
	    "negotiation%s.</p><p class=q>%s to %s. IKE logs tell of "
	    "negotiations, not of the traffic in a tunnel.</p>\n",
	    r->title, r->n, r->n == 1 ? "" : "s", (long long)r->failures,
	    r->failures == 1 ? "" : "s", from, to);
	html_tunnels(t, r);
	html_causes(t, r);
	term_say(t, "</body></html>\n");
}
