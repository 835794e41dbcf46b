/* Packing for the queue. Lengths are bounded here, once for all texts. */
#include "storage/pack.h"

#include <string.h>

/* Longer text is cut: nothing that the parsers let through is. */
#define PACK_TEXT_MAX ((size_t)1024 * 1024)

static struct span
pack_cut(struct span s)
{
	if (s.len > PACK_TEXT_MAX)
		s.len = PACK_TEXT_MAX;
	return s;
}

/* Head and texts into one record. */
static uint64_t
pack_push(struct queue *q, int kind, const void *head, size_t size,
    const struct span *text, int n)
{
	struct queue_part part[1 + PACK_TEXTS_MAX];

	part[0] = (struct queue_part){ head, size };
	for (int i = 0; i < n; i++)
		part[1 + i] = (struct queue_part){ text[i].p, text[i].len };
	return queue_push(q, kind, 0, part, 1 + n);
}

static void
pack_lengths(uint32_t *len, struct span *text, int n)
{
	for (int i = 0; i < n; i++) {
		text[i] = pack_cut(text[i]);
		len[i] = text[i].len;
	}
}

#define PUSH(q, kind, head, text)                                          \
	(pack_lengths((head).len, (text), sizeof(text) / sizeof(*(text))), \
	    pack_push((q), (kind), &(head), sizeof(head), (text),          \
		sizeof(text) / sizeof(*(text))))

uint64_t
pack_device(struct queue *q, const char *name, const char *address,
    const char *vendor, int64_t last_seen)
{
	struct span text[] = { span_of(name), span_of(address),
		span_of(vendor) };
	struct packed_device d = { .last_seen = last_seen };

	return PUSH(q, PACK_DEVICE, d, text);
}

uint64_t
pack_tunnel(struct queue *q, const struct ike_tunnel *t)
{
	struct span text[] = { span_of(t->device), span_of(t->vendor),
		span_of(t->peer), span_of(t->local), span_of(t->name) };
	struct packed_tunnel p = {
		.id = t->id,
		.since = t->since,
		.last_established = t->last_established,
		.last_failure = t->last_failure,
		.state = t->state,
		.ike_version = t->ike_version,
		.last_reason = t->last_reason,
		.down_reason = t->down_reason,
		.configured = t->configured,
		.attempts = t->attempts,
	};

	return PUSH(q, PACK_TUNNEL, p, text);
}

uint64_t
pack_negotiation(struct queue *q, const struct ike_negotiation *n)
{
	struct span text[] = { span_of(n->device), span_of(n->vendor),
		span_of(n->peer), span_of(n->local), span_of(n->tunnel),
		span_of(n->child), span_of(n->keys), span_of(n->detail),
		span_of(n->differs) };
	struct packed_negotiation p;

	memset(&p, 0, sizeof(p)); /* padding goes into the digest too */
	p.id = n->id;
	p.updated_at = n->updated_at;
	p.ended_at = n->ended_at;
	p.established_at = n->established_at;
	p.stage = n->stage;
	p.heard = n->heard;
	p.retransmits = n->retransmits;
	p.events = n->events;
	p.tunnel = n->tunnel_id;
	p.parent = n->parent;
	p.other_end = n->other_end;
	p.started_at = n->started_at;
	p.suspects = n->suspects;
	p.has_ispi = n->ispi.known;
	p.ispi = n->ispi.known ? n->ispi.value : 0;
	p.has_rspi = n->rspi.known;
	p.rspi = n->rspi.known ? n->rspi.value : 0;
	p.spi_in = n->spi_in;
	p.spi_out = n->spi_out;
	p.kind = n->kind;
	p.role = n->role;
	p.ike_version = n->ike_version;
	p.outcome = n->outcome;
	p.reason = n->reason;
	p.refused_by = n->refused_by;
	p.rekey = n->rekey;
	p.known_peer = n->known_peer;
	return PUSH(q, PACK_NEGOTIATION, p, text);
}

uint64_t
pack_message(struct queue *q, int64_t id, const struct store_message *m)
{
	struct span text[] = { m->source, span_of(m->transport), m->hostname,
		m->app, m->procid, m->msgid, span_of(m->vendor), m->message };
	struct packed_message p = {
		.id = id,
		.received_at = m->received_at,
		.timestamp = m->timestamp,
		.facility = m->facility,
		.severity = m->severity,
	};

	return PUSH(q, PACK_MESSAGE, p, text);
}

uint64_t
pack_event(struct queue *q, int64_t id, const struct store_event *e)
{
	struct span text[] = { span_of(e->device), e->detail };
	struct packed_event p = {
		.id = id,
		.received_at = e->received_at,
		.device_time = e->device_time,
		.negotiation = e->negotiation,
		.message = e->message,
		.what = e->what,
		.stage = e->stage,
		.reason = e->reason,
	};

	return PUSH(q, PACK_EVENT, p, text);
}

uint64_t
pack_join(struct queue *q, int64_t gone, int64_t into)
{
	struct packed_join p = { gone, into };

	return pack_push(q, PACK_JOIN, &p, sizeof(p), NULL, 0);
}

void
pack_texts(
    const void *head, size_t size, const uint32_t *len, int n, struct span *out)
{
	const char *p = (const char *)head + size;

	for (int i = 0; i < n; i++) {
		out[i] = (struct span){ p, len[i] };
		p += len[i];
	}
}

uint64_t
pack_solid(const struct packed_negotiation *n)
{
	const unsigned char *p = (const unsigned char *)&n->established_at;
	const unsigned char *end = (const unsigned char *)&n->len[PACK_SOLID];
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; p < end; p++)
		h = (h ^ *p) * UINT64_C(0x100000001b3);
	p = (const unsigned char *)(n + 1);
	end = p;
	for (int i = 0; i < PACK_SOLID; i++)
		end += n->len[i];
	for (; p < end; p++)
		h = (h ^ *p) * UINT64_C(0x100000001b3);
	return h != 0 ? h : 1;
}
