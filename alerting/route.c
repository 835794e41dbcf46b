/* Matchers. An empty list matches all; of a list one item must match. */
#include "alerting/route.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "alerting/prose.h"
#include "parsers/span.h"

/* An address as 16 bytes; IPv4 stands as ::ffff:a.b.c.d. */
static bool
route_address(const char *s, size_t len, unsigned char to[16], int *bits)
{
	char text[INET6_ADDRSTRLEN + 1];
	struct in_addr v4;

	if (len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	if (inet_pton(AF_INET, text, &v4) == 1) {
		memset(to, 0, 10);
		memset(to + 10, 0xff, 2);
		memcpy(to + 12, &v4, 4);
		*bits = 32;
		return true;
	}
	*bits = 128;
	return inet_pton(AF_INET6, text, to) == 1;
}

/* "10.0.0.0/8": false where it is no network. */
static bool
route_net(const char *s, unsigned char net[16], int *prefix)
{
	const char *slash = strchr(s, '/');
	struct span digits;
	int bits;

	if (slash == NULL || !route_address(s, (size_t)(slash - s), net, &bits))
		return false;
	digits = span_of(slash + 1);
	if (!scan_digits(&digits, 3, prefix) || digits.len != 0 ||
	    *prefix > bits)
		return false;
	*prefix += 128 - bits;
	return true;
}

static bool
route_same_bits(const unsigned char *a, const unsigned char *b, int bits)
{
	if (memcmp(a, b, (size_t)bits / 8) != 0)
		return false;
	return bits % 8 == 0 ||
	    (a[bits / 8] ^ b[bits / 8]) >> (8 - bits % 8) == 0;
}

bool
route_peer(const char *pattern, const char *peer)
{
	unsigned char net[16], addr[16];
	int prefix, bits;

	if (route_net(pattern, net, &prefix))
		return route_address(peer, strlen(peer), addr, &bits) &&
		    route_same_bits(net, addr, prefix);
	if (route_address(pattern, strlen(pattern), net, &bits) &&
	    route_address(peer, strlen(peer), addr, &bits))
		return memcmp(net, addr, sizeof(net)) == 0;
	return prose_glob(pattern, peer);
}

bool
route_network(const char *peer, char to[IKE_ADDR_SIZE])
{
	unsigned char addr[16];
	char text[INET6_ADDRSTRLEN];
	int bits;

	if (!route_address(peer, strlen(peer), addr, &bits))
		return false;
	if (bits == 32) {
		snprintf(to, IKE_ADDR_SIZE, "%u.%u.%u.0/24", addr[12], addr[13],
		    addr[14]);
		return true;
	}
	memset(addr + 6, 0, 10);
	inet_ntop(AF_INET6, addr, text, sizeof(text));
	snprintf(to, IKE_ADDR_SIZE, "%.42s/48", text);
	return true;
}

static const char days[7][4] = { "sun", "mon", "tue", "wed", "thu", "fri",
	"sat" };

static bool
window_day(struct span *s, int *day)
{
	for (*day = 0; *day < 7; ++*day)
		if (scan_lit_nocase(s, days[*day]))
			return true;
	return false;
}

/* "mon-fri,sun": bits, bit 0 is Sunday. */
static bool
window_days(struct span *s, unsigned *set)
{
	int first, last;

	*set = 0;
	do {
		if (!window_day(s, &first))
			return false;
		last = first;
		if (scan_char(s, '-') && !window_day(s, &last))
			return false;
		for (; first != last; first = (first + 1) % 7)
			*set |= 1u << first;
		*set |= 1u << last;
	} while (scan_char(s, ','));
	return true;
}

static bool
window_minute(struct span *s, int *minute)
{
	int hour, min;

	if (!scan_digits(s, 2, &hour) || !scan_char(s, ':') ||
	    !scan_digits(s, 2, &min) || min > 59 || hour > 24 ||
	    hour * 60 + min > 24 * 60)
		return false;
	*minute = hour * 60 + min;
	return true;
}

struct window {
	unsigned days;
	int from, to; /* minutes of the day; to <= from: into the next day */
};

static bool
window_read(const char *text, struct window *w)
{
	struct span s = span_trim(span_of(text));

	*w = (struct window){ 0x7f, 0, 24 * 60 };
	if (s.len == 0)
		return false;
	if (s.p[0] < '0' || s.p[0] > '9') {
		if (!window_days(&s, &w->days))
			return false;
		scan_skip_blanks(&s);
		if (s.len == 0)
			return true;
	}
	return window_minute(&s, &w->from) && scan_char(&s, '-') &&
	    window_minute(&s, &w->to) && s.len == 0;
}

int
route_window_check(const char *text)
{
	struct window w;

	return window_read(text, &w) ? 0 : -1;
}

bool
route_window_open(const char *text, int64_t now)
{
	time_t t = (time_t)(now / 1000000);
	struct window w;
	struct tm tm;
	int minute;

	if (!window_read(text, &w) || localtime_r(&t, &tm) == NULL)
		return false;
	minute = tm.tm_hour * 60 + tm.tm_min;
	if (w.from < w.to)
		return (w.days & 1u << tm.tm_wday) != 0 && minute >= w.from &&
		    minute < w.to;
	/* over midnight: the day is the one it begins on */
	if (minute >= w.from)
		return (w.days & 1u << tm.tm_wday) != 0;
	return minute < w.to && (w.days & 1u << (tm.tm_wday + 6) % 7) != 0;
}

static bool
route_list(const struct alert_list *list, const char *s,
    bool (*same)(const char *pattern, const char *))
{
	for (size_t i = 0; i < list->n; i++)
		if (same(list->item[i], s))
			return true;
	return list->n == 0;
}

static bool
route_word(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

static bool
route_at(const struct alert_list *at, int64_t now)
{
	for (size_t i = 0; i < at->n; i++)
		if (route_window_open(at->item[i], now))
			return true;
	return at->n == 0;
}

bool
route_match(const struct alert_match *m, const struct route_subject *s)
{
	return route_list(&m->device, s->device, prose_glob) &&
	    route_list(&m->tunnel, s->tunnel, prose_glob) &&
	    route_list(&m->peer, s->peer, route_peer) &&
	    route_list(&m->kind, alert_kind_name(s->kind), route_word) &&
	    route_list(&m->reason, ike_reason_name(s->reason), route_word) &&
	    route_list(&m->category,
		ike_category_name(ike_reason_category(s->reason)),
		route_word) &&
	    route_list(
		&m->severity, alert_severity_name(s->severity), route_word) &&
	    route_at(&m->at, s->now);
}

static bool
is_kind(const char *s)
{
	return alert_kind_named(s) != -1;
}

static bool
is_reason(const char *s)
{
	return ike_reason_named(s) != IKE_REASON_NONE;
}

static bool
is_category(const char *s)
{
	for (int c = 1; c < IKE_CAT_COUNT; c++)
		if (strcmp(ike_category_name(c), s) == 0)
			return true;
	return false;
}

static bool
is_severity(const char *s)
{
	return alert_severity_named(s) > ALERT_SEVERITY_NONE;
}

static bool
is_window(const char *s)
{
	return route_window_check(s) == 0;
}

static bool
is_peer(const char *s)
{
	unsigned char net[16];
	int prefix;

	return strchr(s, '/') == NULL || route_net(s, net, &prefix);
}

int
route_match_check(const struct alert_match *m, char *err, size_t errsize)
{
	const struct {
		const char *option;
		const struct alert_list *list;
		bool (*is)(const char *);
		const char *what;
	} checks[] = {
		{ "peer", &m->peer, is_peer, "an address, network or pattern" },
		{ "kind", &m->kind, is_kind, "a kind of alert" },
		{ "reason", &m->reason, is_reason,
		    "a reason; \"ikewatch reasons\" lists them" },
		{ "category", &m->category, is_category,
		    "a category of reasons" },
		{ "severity", &m->severity, is_severity,
		    "info, warning or critical" },
		{ "at", &m->at, is_window,
		    "a time window such as \"mon-fri 08:00-18:00\"" },
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		for (size_t j = 0; j < checks[i].list->n; j++)
			if (!checks[i].is(checks[i].list->item[j])) {
				snprintf(err, errsize, "%s: \"%s\" is not %s",
				    checks[i].option, checks[i].list->item[j],
				    checks[i].what);
				return -1;
			}
	return 0;
}

const struct alert_tunnel *
route_tunnel(const struct alert_conf *conf, const char *device,
    const char *tunnel, const char *peer)
{
	for (size_t i = 0; i < conf->ntunnels; i++) {
		const struct alert_tunnel *t = &conf->tunnel[i];

		if (t->device != NULL && t->device[0] != '\0' &&
		    strcasecmp(t->device, device) != 0)
			continue;
		if (t->peer != NULL && t->peer[0] != '\0'
			? route_peer(t->peer, peer)
			: strcasecmp(t->name, tunnel) == 0)
			return t;
	}
	return NULL;
}

enum alert_severity
route_severity(const struct alert_conf *conf, const struct route_subject *s)
{
	static const enum alert_severity by_kind[] = {
#define X(id, name, severity, type) [ALERT_##id] = ALERT_##severity,
		ALERT_KINDS(X)
#undef X
	};
	const struct alert_tunnel *t =
	    route_tunnel(conf, s->device, s->tunnel, s->peer);
	bool tunnel = s->kind != ALERT_SELF && s->kind != ALERT_GROUP &&
	    s->kind != ALERT_DEVICE_SILENT;

	for (size_t i = 0; i < conf->ngrades; i++)
		if (route_match(&conf->grade[i].match, s))
			return conf->grade[i].severity;
	if (tunnel && t != NULL && t->severity != ALERT_SEVERITY_NONE)
		return t->severity;
	return by_kind[s->kind];
}

const struct alert_maintenance *
route_maintenance(const struct alert_conf *conf, const struct route_subject *s)
{
	for (size_t i = 0; i < conf->nmaintenances; i++)
		if (route_match(&conf->maintenance[i].match, s))
			return &conf->maintenance[i];
	return NULL;
}

static size_t
route_add(const struct destination_conf *d, const struct route_subject *s,
    const struct destination_conf *to[ROUTE_DESTINATIONS_MAX], size_t n)
{
	if (s->severity < d->min_severity || n == ROUTE_DESTINATIONS_MAX)
		return n;
	for (size_t i = 0; i < n; i++)
		if (to[i] == d)
			return n;
	to[n] = d;
	return n + 1;
}

static size_t
route_add_named(const struct alert_conf *conf, const struct alert_list *names,
    const struct route_subject *s,
    const struct destination_conf *to[ROUTE_DESTINATIONS_MAX], size_t n)
{
	for (size_t i = 0; i < names->n; i++)
		for (size_t j = 0; j < conf->ndestinations; j++)
			if (strcmp(names->item[i], conf->destination[j].name) ==
			    0)
				n = route_add(&conf->destination[j], s, to, n);
	return n;
}

size_t
route_destinations(const struct alert_conf *conf, const struct route_subject *s,
    const struct destination_conf *to[ROUTE_DESTINATIONS_MAX])
{
	bool matched = false;
	size_t n = 0;

	for (size_t i = 0; i < conf->nroutes; i++) {
		const struct alert_route *r = &conf->route[i];

		if (!route_match(&r->match, s))
			continue;
		matched = true;
		n = route_add_named(conf, &r->to, s, to, n);
		if (!r->go_on)
			return n;
	}
	for (size_t i = 0; !matched && i < conf->ndestinations; i++)
		if (conf->destination[i].is_default)
			n = route_add(&conf->destination[i], s, to, n);
	return n;
}
