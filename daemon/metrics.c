/*
 * The metrics. The one rule: a label's value that came over the network is
 * escaped, and the number of series it can make is bounded.
 */
#include <event2/buffer.h>
#include <string.h>

#include "alerting/desk.h"
#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/metrics.h"

/* A label's value: \ " and LF escaped, other controls as \xHH. */
static void
metrics_label(
    struct evbuffer *to, const char *name, const char *value, bool first)
{
	char text[4 * IKE_NAME_SIZE];
	const char *p;

	log_escape(text, sizeof(text), value, strlen(value));
	evbuffer_add_printf(to, "%s%s=\"", first ? "" : ",", name);
	for (p = text; *p != '\0'; p++) {
		if (*p == '\\' || *p == '"')
			evbuffer_add(to, "\\", 1);
		evbuffer_add(to, p, 1);
	}
	evbuffer_add(to, "\"", 1);
}

static void
metrics_head(
    struct evbuffer *to, const char *metric, const char *type, const char *help)
{
	evbuffer_add_printf(to,
	    "# HELP ikewatch_%s %s\n# TYPE ikewatch_%s "
	    "%s\n",
	    metric, help, metric, type);
}

static void
metrics_stats(const struct stats *s, struct evbuffer *to)
{
	const char *metric, *last = "", *labels;
	int i;

	for (i = 0; i < STAT_COUNT; i++) {
		metric = stats_metric((enum counter)i);
		labels = stats_labels((enum counter)i);
		if (strcmp(metric, last) != 0)
			metrics_head(to, metric, "counter", stats_help(metric));
		last = metric;
		evbuffer_add_printf(to, "ikewatch_%s%s%s%s %llu\n", metric,
		    labels[0] == '\0' ? "" : "{", labels,
		    labels[0] == '\0' ? "" : "}", (unsigned long long)s->n[i]);
	}
	metrics_head(to, "connections", "gauge", "Connections open now.");
	evbuffer_add_printf(to, "ikewatch_connections %llu\n",
	    (unsigned long long)s->connections);
}

static void
metrics_records(const struct keep_counts *c, struct evbuffer *to)
{
	const struct parser *const *all = parser_all();
	const char *vendor;
	int i, r;

	metrics_head(to, "records_total", "counter",
	    "Records by vendor and what became of them.");
	for (i = 0; i < KEEP_VENDORS; i++) {
		if (i < KEEP_VENDORS - 1 && *all == NULL)
			continue;
		vendor = i == KEEP_VENDORS - 1 ? "none" : (*all++)->name;
		for (r = 0; r < PIPELINE_RESULT_COUNT; r++)
			if (c->records[i][r] > 0 || r >= PIPELINE_EVENT)
				evbuffer_add_printf(to,
				    "ikewatch_records_total{vendor=\"%s\","
				    "result=\"%s\"} %llu\n",
				    vendor,
				    pipeline_result_name(
					(enum pipeline_result)r),
				    (unsigned long long)c->records[i][r]);
	}
}

static void
metrics_negotiations(const struct keep_counts *c, struct evbuffer *to)
{
	int o, r;

	metrics_head(to, "negotiations_total", "counter",
	    "Outcomes of negotiations, with their reason.");
	for (o = 0; o < IKE_OUTCOME_COUNT; o++)
		for (r = 0; r < IKE_REASON_COUNT; r++)
			if (c->negotiations[o][r] > 0)
				evbuffer_add_printf(to,
				    "ikewatch_negotiations_total{outcome="
				    "\"%s\",reason=\"%s\"} %llu\n",
				    ike_outcome_name((enum ike_outcome)o),
				    ike_reason_name((enum ike_reason)r),
				    (unsigned long long)c->negotiations[o][r]);
}

static void
metrics_gauge(struct evbuffer *to, const char *metric, const char *type,
    const char *help, double value)
{
	metrics_head(to, metric, type, help);
	evbuffer_add_printf(to, "ikewatch_%s %.17g\n", metric, value);
}

static void
metrics_tracker(struct pipeline *p, struct evbuffer *to)
{
	struct pipeline_counts held;
	struct tracker_counts c;

	pipeline_count(p, &held);
	tracker_count(pipeline_tracker(p), &c);
	metrics_gauge(to, "records_held", "gauge",
	    "Records that wait for more of their lines.", (double)held.held);
	metrics_gauge(to, "negotiations_open", "gauge",
	    "Negotiations without an outcome.", (double)c.open);
	metrics_gauge(
	    to, "tunnels", "gauge", "Tunnels known.", (double)c.tunnels);
	metrics_gauge(to, "negotiations_evicted_total", "counter",
	    "Open negotiations let go at a limit.", (double)c.evicted);
	metrics_gauge(to, "negotiations_refused_total", "counter",
	    "Negotiations refused at the limit of their peer.",
	    (double)c.refused_peer);
}

struct series {
	struct evbuffer *to;
	size_t n;
	size_t other, other_up;
	int64_t other_seen;
};

static void
metrics_tunnel_cb(void *arg, const struct ike_tunnel *t)
{
	struct series *s = arg;
	bool up = t->state == IKE_TUNNEL_UP || t->state == IKE_TUNNEL_REKEYING;

	if (s->n++ >= METRICS_SERIES) {
		s->other++;
		s->other_up += up;
		return;
	}
	evbuffer_add_printf(s->to, "ikewatch_tunnel_up{");
	metrics_label(
	    s->to, "device", t->device == NULL ? "" : t->device, true);
	metrics_label(s->to, "peer", t->peer, false);
	metrics_label(s->to, "tunnel", t->name, false);
	evbuffer_add_printf(s->to, "} %d\n", up);
}

static void
metrics_tunnels(struct pipeline *p, struct evbuffer *to)
{
	struct series s = { .to = to };

	metrics_head(to, "tunnel_up", "gauge",
	    "1 where a tunnel is established, 0 where it is not.");
	tracker_tunnels(pipeline_tracker(p), metrics_tunnel_cb, &s);
	if (s.other > 0)
		evbuffer_add_printf(to,
		    "ikewatch_tunnel_up{device=\"other\","
		    "peer=\"other\",tunnel=\"other\"} %zu\n",
		    s.other_up);
}

static void
metrics_device_cb(void *arg, struct source *d)
{
	struct series *s = arg;

	if (s->n++ >= METRICS_SERIES) {
		if (d->last_seen > s->other_seen)
			s->other_seen = d->last_seen;
		return;
	}
	evbuffer_add_printf(s->to,
	    "ikewatch_device_last_seen_timestamp_"
	    "seconds{");
	metrics_label(s->to, "device", d->name, true);
	evbuffer_add_printf(
	    s->to, "} %.3f\n", (double)clock_stamp(d->last_seen) / 1e6);
}

/* How far its clock is ahead of the system's. */
static void
metrics_ahead_cb(void *arg, struct source *d)
{
	struct series *s = arg;
	int64_t ahead;

	if (!source_ahead(d, &ahead) || s->n++ >= METRICS_SERIES)
		return;
	evbuffer_add_printf(s->to, "ikewatch_device_clock_ahead_seconds{");
	metrics_label(s->to, "device", d->name, true);
	evbuffer_add_printf(
	    s->to, "} %.3f\n", (double)(ahead - clock_stamp(1) + 1) / 1e6);
}

static void
metrics_devices(struct pipeline *p, struct evbuffer *to)
{
	struct series s = { .to = to }, ahead = { .to = to };

	metrics_head(to, "device_last_seen_timestamp_seconds", "gauge",
	    "When a device last logged anything.");
	source_each(pipeline_sources(p), metrics_device_cb, &s);
	if (s.other_seen > 0)
		evbuffer_add_printf(to,
		    "ikewatch_device_last_seen_timestamp_"
		    "seconds{device=\"other\"} %.3f\n",
		    (double)clock_stamp(s.other_seen) / 1e6);
	metrics_head(to, "device_clock_ahead_seconds", "gauge",
	    "How far the stamps of a device are ahead of our clock.");
	source_each(pipeline_sources(p), metrics_ahead_cb, &ahead);
}

static void
metrics_store(struct store *store, struct evbuffer *to)
{
	struct store_counts c;

	store_count(store, &c);
	metrics_gauge(to, "store_queue_depth", "gauge",
	    "Rows that wait to be written.", (double)c.queue_rows);
	metrics_gauge(to, "store_queue_bytes", "gauge",
	    "Bytes that wait to be written.", (double)c.queue_bytes);
	metrics_gauge(to, "store_rows_written_total", "counter",
	    "Rows written.", (double)c.written);
	metrics_gauge(to, "store_rows_refused_total", "counter",
	    "Rows refused because the queue was full.", (double)c.refused);
	metrics_gauge(to, "store_messages_written_total", "counter",
	    "Messages written.", (double)c.messages_written);
	metrics_head(to, "store_commit_seconds", "summary",
	    "Time that transactions took.");
	evbuffer_add_printf(to,
	    "ikewatch_store_commit_seconds_sum %.6f\n"
	    "ikewatch_store_commit_seconds_count %llu\n",
	    c.commit_seconds, (unsigned long long)c.commits);
	metrics_gauge(to, "wal_bytes", "gauge",
	    "Size of the database's write-ahead log.", (double)c.wal_bytes);
	metrics_gauge(to, "database_bytes", "gauge", "Size of the database.",
	    (double)c.db_bytes);
}

static void
metrics_outbox(const struct deliver *deliver, struct evbuffer *to)
{
	struct deliver_count c;
	size_t n;
	int e;

	metrics_head(to, "outbox_depth", "gauge",
	    "Deliveries that have not been made, by destination.");
	for (n = 0; deliver_count(deliver, n, &c); n++) {
		evbuffer_add_printf(to, "ikewatch_outbox_depth{");
		metrics_label(to, "destination", c.name, true);
		evbuffer_add_printf(to, "} %zu\n", c.depth);
	}
	metrics_head(to, "deliveries_total", "counter",
	    "Deliveries by destination and how they ended.");
	for (n = 0; deliver_count(deliver, n, &c); n++) {
		for (e = 0; e < DELIVER_END_COUNT; e++) {
			evbuffer_add_printf(to, "ikewatch_deliveries_total{");
			metrics_label(to, "destination", c.name, true);
			metrics_label(to, "result",
			    deliver_end_name((enum deliver_end)e), false);
			evbuffer_add_printf(
			    to, "} %llu\n", (unsigned long long)c.ends[e]);
		}
	}
}

static void
metrics_latency(const struct deliver *deliver, struct evbuffer *to)
{
	struct deliver_latency l;
	uint64_t sum = 0;
	int i;

	deliver_latency(deliver, &l);
	metrics_head(to, "alert_latency_seconds", "histogram",
	    "From the deciding record's arrival to the request.");
	for (i = 0; i < DELIVER_LATENCY_BUCKETS - 1; i++) {
		sum += l.count[i];
		evbuffer_add_printf(to,
		    "ikewatch_alert_latency_seconds_bucket{le=\"%g\"} %llu\n",
		    deliver_latency_bound[i], (unsigned long long)sum);
	}
	evbuffer_add_printf(to,
	    "ikewatch_alert_latency_seconds_bucket{le=\"+Inf\"} %llu\n"
	    "ikewatch_alert_latency_seconds_sum %.6f\n"
	    "ikewatch_alert_latency_seconds_count %llu\n",
	    (unsigned long long)l.total, l.sum, (unsigned long long)l.total);
}

static void
metrics_alerts(struct desk *desk, struct evbuffer *to)
{
	struct alert_counts c;
	int e;

	alerts_count(desk_alerts(desk), &c);
	metrics_gauge(to, "alerts_firing", "gauge",
	    "Incidents that people have been told of and that go on.",
	    (double)c.firing);
	metrics_gauge(to, "alerts_pending", "gauge",
	    "Incidents that have not lasted long enough yet.",
	    (double)c.pending);
	metrics_head(to, "alert_edges_total", "counter",
	    "Changes of incidents, by kind of change.");
	for (e = 0; e < ALERT_EDGE_COUNT; e++)
		evbuffer_add_printf(to,
		    "ikewatch_alert_edges_total{edge=\"%s\"} %llu\n",
		    alert_edge_name((enum alert_edge)e),
		    (unsigned long long)c.edges[e]);
}

/* A destination that fails is said; what is due waits in the outbox. */
static const char *
metrics_delivery(const struct deliver *deliver)
{
	struct deliver_count c;
	size_t n;

	for (n = 0; deliver_count(deliver, n, &c); n++)
		if (c.failing || c.disabled)
			return "failing";
	return "ok";
}

void
metrics_write(const struct metrics *m, struct evbuffer *to)
{
	const struct keep_counts *c = keep_count(m->keep);

	metrics_stats(m->stats, to);
	metrics_records(c, to);
	metrics_negotiations(c, to);
	metrics_tracker(m->pipeline, to);
	metrics_tunnels(m->pipeline, to);
	metrics_devices(m->pipeline, to);
	metrics_store(m->store, to);
	metrics_alerts(m->desk, to);
	metrics_outbox(desk_deliver(m->desk), to);
	metrics_latency(desk_deliver(m->desk), to);
}

bool
metrics_health(const struct metrics *m, struct evbuffer *to)
{
	const char *store, *delivery = metrics_delivery(desk_deliver(m->desk));
	struct store_counts c;
	bool full = store_full(m->store);

	store_count(m->store, &c);
	store = c.failing ? "failing" : full ? "full" : "ok";
	evbuffer_add_printf(to,
	    "{\"status\":\"%s\",\"ingest\":\"%s\",\"store\":\"%s\","
	    "\"delivery\":\"%s\"}\n",
	    c.failing ? "failing" : "ok", full ? "paused" : "ok", store,
	    delivery);
	return !c.failing;
}
