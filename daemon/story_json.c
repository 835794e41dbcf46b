/* A negotiation for programs. Keys are for ever: only ever add. */
#include <inttypes.h>

#include "daemon/story.h"
#include "parsers/hints.h"

void
story_json_spi(struct term *t, const char *key, struct ike_spi spi)
{
	char text[20];

	if (!spi.known) {
		json_none(t, key);
		return;
	}
	snprintf(text, sizeof(text), "%016" PRIx64, spi.value);
	json_str(t, key, text);
}

void
story_json_child(struct term *t, const char *key, uint32_t spi)
{
	char text[12];

	if (spi == 0) {
		json_none(t, key);
		return;
	}
	snprintf(text, sizeof(text), "%08" PRIx32, spi);
	json_str(t, key, text);
}

const char *
story_refused(enum ike_refused by)
{
	return by == IKE_REFUSED_HERE ? "here"
	    : by == IKE_REFUSED_PEER  ? "peer"
				      : "";
}

static void
story_json_id(struct term *t, const char *key, int64_t id)
{
	if (id == 0)
		json_none(t, key);
	else
		json_int(t, key, id);
}

static void
story_json_suspects(struct term *t, ike_reasons set)
{
	json_begin(t, "suspects", '[');
	for (int i = 1; i < IKE_REASON_COUNT; i++)
		if ((set & IKE_BIT(i)) != 0)
			json_str(t, NULL, ike_reason_name((enum ike_reason)i));
	json_end(t, ']');
}

static void
story_json_events(struct term *t, const struct story *s)
{
	json_begin(t, "events", '[');
	for (size_t i = 0; i < s->nevents; i++) {
		const struct story_event *e = &s->event[i];

		json_begin(t, NULL, '{');
		story_json_id(t, "line", e->line);
		json_str(t, "event", ike_what_name(e->what));
		json_str(t, "stage", ike_stage_name(e->stage));
		json_str(t, "reason", ike_reason_name(e->reason));
		json_time(t, "at", e->at);
		json_str(t, "device", e->device);
		json_str(t, "message", e->text);
		json_end(t, '}');
	}
	json_end(t, ']');
}

static void
story_json_why(struct term *t, const struct ike_negotiation *n)
{
	const char *hint = n->reason == IKE_REASON_NONE
	    ? NULL
	    : ike_hint(n->reason, n->vendor);

	json_str(t, "outcome", ike_outcome_name(n->outcome));
	json_str(t, "reason", ike_reason_name(n->reason));
	json_str(
	    t, "category", ike_category_name(ike_reason_category(n->reason)));
	story_json_suspects(t, n->suspects);
	json_str(t, "title",
	    n->reason == IKE_REASON_NONE ? NULL : ike_reason_title(n->reason));
	json_str(t, "detail", n->detail);
	json_str(t, "differs", n->differs);
	json_str(t, "hint", hint);
	json_str(t, "refused_by", story_refused(n->refused_by));
}

void
story_json(struct term *t, const struct story *s)
{
	const struct ike_negotiation *n = s->n;

	json_begin(t, NULL, '{');
	story_json_id(t, "id", n->id);
	json_str(t, "device", n->device);
	json_str(t, "vendor", n->vendor);
	json_str(t, "peer", n->peer);
	json_str(t, "local", n->local);
	json_str(t, "tunnel", n->tunnel);
	json_str(t, "child", n->child);
	json_str(t, "role", ike_role_name(n->role));
	story_json_id(t, "ike_version", n->ike_version);
	json_str(t, "kind", ike_kind_name(n->kind));
	story_json_spi(t, "ispi", n->ispi);
	story_json_spi(t, "rspi", n->rspi);
	story_json_child(t, "child_spi", n->spi_in);
	story_json_child(t, "child_spi_out", n->spi_out);
	json_str(t, "stage", ike_stage_name(n->stage));
	story_json_why(t, n);
	story_json_id(t, "other_end", n->other_end);
	json_str(t, "other_device", s->other_device);
	story_json_id(t, "parent", n->parent);
	json_bool(t, "rekey", n->rekey);
	json_int(t, "retransmits", n->retransmits);
	json_time(t, "started_at", n->started_at);
	json_time(t, "ended_at", n->ended_at);
	story_json_id(t, "last_good", s->good == NULL ? 0 : s->good->id);
	json_str(t, "changed", s->changed);
	story_json_events(t, s);
	json_end(t, '}');
}
