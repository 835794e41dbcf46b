/*
 * The JSON of a notice. Members of one shape are rows of a table, written and read by the
 * same loop; the rest follows by hand.
 */
#include "alerting/notice.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerting/advice.h"
#include "alerting/prose.h"
enum shape { TEXT, TIME, COUNT };

#define AT(member) offsetof(struct alert_notice, member)
#define STR(name, member)                                      \
	{                                                      \
		name, TEXT, AT(member),                        \
		    sizeof(((struct alert_notice *)0)->member) \
	}
static const struct member {
	const char *name;
	enum shape shape;
	size_t at, size;
} members[] = {
	STR("incident_id", incident),
	STR("notice_id", webhook_id),
	STR("device", device),
	STR("via", via),
	STR("vendor", vendor),
	STR("peer", peer),
	STR("local", local),
	STR("tunnel", tunnel),
	STR("other_end", other),
	STR("differs", differs),
	STR("words", words),
	{ "at", TIME, AT(at) },
	{ "first_seen", TIME, AT(first_seen) },
	{ "last_progress", TIME, AT(last_progress) },
	{ "last_established", TIME, AT(last_established) },
	{ "decided_at", TIME, AT(decided_at) },
	{ "attempts", COUNT, AT(attempts) },
	{ "changes", COUNT, AT(changes) },
	{ "members", COUNT, AT(members) },
	{ "members_open", COUNT, AT(members_open) },
};
#undef STR
#undef AT
#define MEMBERS (sizeof(members) / sizeof(members[0]))

/* The JSON as it grows; failed once memory was short. */
struct json_out {
	char *p;
	size_t len, size;
	bool failed;
	bool brief; /* without members that are empty or follow from others */
};

/* Room for more bytes; NULL without memory. */
static char *
out_room(struct json_out *o, size_t more)
{
	size_t size = o->size;
	char *p;

	while (size < o->len + more)
		size *= 2;
	if (size == o->size)
		return o->p + o->len;
	p = o->failed ? NULL : realloc(o->p, size);
	if (p == NULL) {
		o->failed = true;
		return NULL;
	}
	o->p = p;
	o->size = size;
	return p + o->len;
}

static void
out_put(struct json_out *o, const char *s, size_t len)
{
	char *to = out_room(o, len);

	if (to == NULL)
		return;
	memcpy(to, s, len);
	o->len += len;
}

#define OUT(o, literal) out_put(o, literal, sizeof(literal) - 1)

static void
out_escape(struct json_out *o, unsigned char c)
{
	char escape[8];

	if (c == '"' || c == '\\')
		snprintf(escape, sizeof(escape), "\\%c", c);
	else
		snprintf(escape, sizeof(escape), "\\u%04x", c);
	out_put(o, escape, strlen(escape));
}

static void
out_string(struct json_out *o, const char *s)
{
	size_t n = 0;

	OUT(o, "\"");
	for (; s[n] != '\0'; n++) {
		unsigned char c = (unsigned char)s[n];

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		out_put(o, s, n);
		out_escape(o, c);
		s += n + 1;
		n = (size_t)-1;
	}
	out_put(o, s, n);
	OUT(o, "\"");
}

/* The name of the next member, with what stands around it. */
static void
out_name(struct json_out *o, const char *name)
{
	if (o->len > 0 && o->p[o->len - 1] != '{')
		OUT(o, ",");
	OUT(o, "\"");
	out_put(o, name, strlen(name));
	OUT(o, "\":");
}

static void
out_text(struct json_out *o, const char *name, const char *s)
{
	if (s[0] == '\0' && o->brief)
		return;
	out_name(o, name);
	if (s[0] != '\0')
		out_string(o, s);
	else
		OUT(o, "null");
}

static void
out_time(struct json_out *o, const char *name, int64_t us)
{
	char at[PROSE_TIME_SIZE];

	out_text(o, name, us != 0 ? prose_time(at, us) : "");
}

static void
out_number(struct json_out *o, const char *name, int64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, n);

	out_name(o, name);
	out_put(o, digits, (size_t)len);
}

/* A row's number, or null. */
static void
out_id(struct json_out *o, const char *name, int64_t id)
{
	if (id != 0)
		out_number(o, name, id);
	else
		out_text(o, name, "");
}

static void
out_hex(struct json_out *o, const char *name, bool known, uint64_t value,
    int digits)
{
	char hex[20] = "";

	if (known)
		snprintf(hex, sizeof(hex), "%0*" PRIx64, digits, value);
	out_text(o, name, hex);
}

static void
notice_put_member(
    struct json_out *o, const struct alert_notice *n, const struct member *m)
{
	const char *at = (const char *)n + m->at;
	unsigned count;
	int64_t us;

	switch (m->shape) {
	case TEXT:
		out_text(o, m->name, at);
		break;
	case TIME:
		memcpy(&us, at, sizeof(us));
		out_time(o, m->name, us);
		break;
	case COUNT:
		memcpy(&count, at, sizeof(count));
		out_number(o, m->name, count);
		break;
	}
}

static void
notice_put_reason(struct json_out *o, const struct alert_notice *n)
{
	const char *comma = "";

	out_name(o, "reason");
	OUT(o, "{");
	out_text(o, "name", ike_reason_name(n->reason));
	if (!o->brief) {
		out_text(o, "category",
		    ike_category_name(ike_reason_category(n->reason)));
		out_text(o, "title", ike_reason_title(n->reason));
		out_text(o, "hint", notice_hint(n));
		out_text(o, "advice", advice_for(n));
	}
	out_name(o, "suspects");
	OUT(o, "[");
	for (int r = 1; r < IKE_REASON_COUNT; r++)
		if (n->suspects & IKE_BIT(r)) {
			out_put(o, comma, strlen(comma));
			out_string(o, ike_reason_name(r));
			comma = ",";
		}
	OUT(o, "]");
	out_text(o, "detail", n->detail);
	out_text(o, "before", ike_reason_name(n->was));
	OUT(o, "}");
}

static void
notice_put_words(struct json_out *o, const struct alert_notice *n)
{
	static const char *const refused[] = { "", "here", "peer" };
	char title[NOTICE_TITLE_SIZE];

	if (!o->brief)
		out_text(o, "title", notice_title(n, title));
	out_text(o, "edge", alert_edge_name(n->edge));
	out_text(o, "kind", alert_kind_name(n->kind));
	out_text(o, "severity", alert_severity_name(n->severity));
	out_text(o, "state", alert_state_name(n->state));
	out_text(o, "state_before", ike_tunnel_state_name(n->before));
	out_text(o, "state_after", ike_tunnel_state_name(n->after));
	out_text(o, "role", ike_role_name(n->role));
	out_text(o, "stage", ike_stage_name(n->stage));
	out_text(o, "sa_kind", ike_kind_name(n->part));
	out_text(o, "refused_by", refused[n->refused_by % 3]);
	out_name(o, "rekey");
	if (n->rekey)
		OUT(o, "true");
	else
		OUT(o, "false");
}

static void
notice_put_numbers(struct json_out *o, const struct alert_notice *n)
{
	char seconds[40];
	int len = snprintf(
	    seconds, sizeof(seconds), "%.6f", (double)n->duration / 1e6);

	out_id(o, "ike_version", n->ike_version);
	out_hex(o, "ispi", n->ispi.known, n->ispi.value, 16);
	out_hex(o, "rspi", n->rspi.known, n->rspi.value, 16);
	out_hex(o, "child_spi", n->child_spi != 0, n->child_spi, 8);
	out_name(o, "duration_s");
	out_put(o, seconds, (size_t)len);
	out_number(o, "alert_id", n->alert);
	out_id(o, "negotiation_id", n->negotiation);
	out_id(o, "tunnel_id", n->tunnel_id);
}

static void
notice_put_lists(struct json_out *o, const struct alert_notice *n)
{
	out_name(o, "evidence");
	OUT(o, "[");
	for (size_t i = 0; i < n->nevidence; i++) {
		out_put(o, ",", i > 0);
		OUT(o, "{");
		out_time(o, "received_at", n->evidence[i].received_at);
		out_text(o, "line", n->evidence[i].line);
		OUT(o, "}");
	}
	OUT(o, "]");
	out_name(o, "list");
	OUT(o, "[");
	for (size_t i = 0; i < n->nlist; i++) {
		out_put(o, ",", i > 0);
		out_string(o, n->list[i]);
	}
	OUT(o, "]");
}

static char *
notice_write(const struct alert_notice *n, bool brief)
{
	struct json_out o = { .p = malloc(4096), .size = 4096, .brief = brief };

	if (o.p == NULL)
		return NULL;
	OUT(&o, "{");
	for (size_t i = 0; i < MEMBERS; i++)
		notice_put_member(&o, n, &members[i]);
	notice_put_words(&o, n);
	notice_put_numbers(&o, n);
	notice_put_reason(&o, n);
	notice_put_lists(&o, n);
	out_put(&o, "}", sizeof("}"));
	if (!o.failed)
		return o.p;
	free(o.p);
	return NULL;
}

char *
notice_dump(const struct alert_notice *n)
{
	return notice_write(n, false);
}

char *
notice_brief(const struct alert_notice *n)
{
	return notice_write(n, true);
}

struct json_t *
notice_json(const struct alert_notice *n)
{
	char *s = notice_dump(n);
	json_t *j = s == NULL ? NULL : json_loads(s, 0, NULL);

	free(s);
	return j;
}

/* "" where the member is no string. */
static const char *
json_text(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s != NULL ? s : "";
}

static void
notice_read_member(
    struct alert_notice *n, const struct member *m, const json_t *value)
{
	const char *s = json_string_value(value);
	char *at = (char *)n + m->at;
	unsigned count = (unsigned)json_integer_value(value);
	int64_t us = 0;

	switch (m->shape) {
	case TEXT:
		if (s != NULL)
			prose_clean(at, m->size, span_of(s));
		break;
	case TIME:
		if (s != NULL && prose_time_read(s, &us))
			memcpy(at, &us, sizeof(us));
		break;
	case COUNT:
		memcpy(at, &count, sizeof(count));
		break;
	}
}

static struct ike_spi
spi_read(const char *hex)
{
	struct ike_spi spi = { 0, false };

	spi.known = span_u64(span_of(hex), 16, &spi.value);
	return spi;
}

static void
notice_read_words(struct alert_notice *n, const json_t *j)
{
	const char *role = json_text(j, "role");
	const char *part = json_text(j, "sa_kind");
	const char *refused = json_text(j, "refused_by");
	uint64_t spi = 0;
	double seconds = json_number_value(json_object_get(j, "duration_s"));

	n->severity = alert_severity_named(json_text(j, "severity"));
	for (int s = 0; s <= ALERT_RESOLVED; s++)
		if (strcmp(alert_state_name(s), json_text(j, "state")) == 0)
			n->state = s;
	n->before = ike_tunnel_state_named(json_text(j, "state_before"));
	n->after = ike_tunnel_state_named(json_text(j, "state_after"));
	n->stage = ike_stage_named(json_text(j, "stage"));
	for (int r = IKE_INITIATOR; r <= IKE_RESPONDER; r++)
		if (strcmp(ike_role_name(r), role) == 0)
			n->role = r;
	for (int k = IKE_KIND_IKE; k <= IKE_KIND_CHILD; k++)
		if (strcmp(ike_kind_name(k), part) == 0)
			n->part = k;
	n->refused_by = refused[0] == 'h' ? IKE_REFUSED_HERE
	    : refused[0] == 'p'		  ? IKE_REFUSED_PEER
					  : IKE_REFUSED_NONE;
	n->rekey = json_is_true(json_object_get(j, "rekey"));
	n->ike_version =
	    (int)json_integer_value(json_object_get(j, "ike_version"));
	n->ispi = spi_read(json_text(j, "ispi"));
	n->rspi = spi_read(json_text(j, "rspi"));
	if (span_u64(span_of(json_text(j, "child_spi")), 16, &spi))
		n->child_spi = (uint32_t)spi;
	if (seconds > 0 && seconds < 1e11)
		n->duration = (int64_t)(seconds * 1e6 + 0.5);
	n->alert = json_integer_value(json_object_get(j, "alert_id"));
	n->negotiation =
	    json_integer_value(json_object_get(j, "negotiation_id"));
	n->tunnel_id = json_integer_value(json_object_get(j, "tunnel_id"));
}

static void
notice_read_lists(struct alert_notice *n, const json_t *j)
{
	const json_t *reason = json_object_get(j, "reason"), *item;
	size_t i;

	n->reason = ike_reason_named(json_text(reason, "name"));
	n->was = ike_reason_named(json_text(reason, "before"));
	prose_clean(
	    n->detail, sizeof(n->detail), span_of(json_text(reason, "detail")));
	json_array_foreach(json_object_get(reason, "suspects"), i,
	    item) if (json_is_string(item)) n->suspects |=
	    IKE_BIT(ike_reason_named(json_string_value(item)));
	n->suspects &= ~IKE_BIT(IKE_REASON_NONE);
	json_array_foreach(json_object_get(j, "evidence"), i, item)
	{
		struct notice_line *to = &n->evidence[n->nevidence];

		if (n->nevidence == NOTICE_EVIDENCE_MAX)
			break;
		if (!prose_time_read(
			json_text(item, "received_at"), &to->received_at))
			to->received_at = 0;
		prose_clean(to->line, sizeof(to->line),
		    span_of(json_text(item, "line")));
		n->nevidence++;
	}
	json_array_foreach(json_object_get(j, "list"), i,
	    item) if (json_is_string(item) && n->nlist < NOTICE_MEMBERS_MAX)
	    prose_clean(n->list[n->nlist++], NOTICE_MEMBER_SIZE,
		span_of(json_string_value(item)));
}

int
notice_read(struct alert_notice *n, const struct json_t *j)
{
	int edge = alert_edge_named(json_text(j, "edge"));
	int kind = alert_kind_named(json_text(j, "kind"));

	memset(n, 0, sizeof(*n));
	if (!json_is_object(j) || edge == -1 || kind == -1)
		return -1;
	n->edge = edge;
	n->kind = kind;
	for (size_t i = 0; i < MEMBERS; i++)
		notice_read_member(
		    n, &members[i], json_object_get(j, members[i].name));
	notice_read_words(n, j);
	notice_read_lists(n, j);
	return 0;
}

int
notice_load(struct alert_notice *n, const char *s)
{
	json_t *j = json_loads(s, 0, NULL);
	int rc = notice_read(n, j);

	json_decref(j);
	return rc;
}
