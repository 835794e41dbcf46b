/* Slots are written in turn; those of one bucket are chained backwards. */
#include "alerting/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "alerting/prose.h"

enum {
	EVIDENCE_SLOTS = 4096,
	EVIDENCE_BUCKETS = 2048,
	EVIDENCE_STEP = 128, /* bytes that a line is allocated in */
};

struct slot {
	int64_t negotiation, received_at;
	uint64_t before; /* number of the bucket's earlier slot, 0: none */
	char *line;
	uint32_t len, size; /* of the line, and what was allocated */
};

struct evidence {
	uint64_t last; /* number of the slot written last; 0: none */
	uint64_t bucket[EVIDENCE_BUCKETS];
	struct slot slot[EVIDENCE_SLOTS];
};

struct evidence *
evidence_new(void)
{
	return calloc(1, sizeof(struct evidence));
}

void
evidence_free(struct evidence *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < EVIDENCE_SLOTS; i++)
		free(e->slot[i].line);
	free(e);
}

static size_t
evidence_bucket(int64_t negotiation)
{
	return (uint64_t)negotiation % EVIDENCE_BUCKETS;
}

/* Without memory the record is an empty one. */
static void
evidence_keep(struct slot *s, struct span line)
{
	size_t len =
	    line.len < NOTICE_LINE_SIZE ? line.len : NOTICE_LINE_SIZE - 1;
	size_t size = (len / EVIDENCE_STEP + 1) * EVIDENCE_STEP;
	char *p;

	s->len = 0;
	if (size != s->size) {
		if ((p = realloc(s->line, size)) == NULL)
			return;
		s->line = p;
		s->size = (uint32_t)size;
	}
	if (len > 0)
		memcpy(s->line, line.p, len);
	s->len = (uint32_t)len;
}

void
evidence_add(struct evidence *e, int64_t negotiation, int64_t received_at,
    struct span line)
{
	uint64_t *bucket = &e->bucket[evidence_bucket(negotiation)];
	struct slot *s = &e->slot[++e->last % EVIDENCE_SLOTS];

	s->negotiation = negotiation;
	s->received_at = received_at;
	s->before = *bucket;
	evidence_keep(s, line);
	*bucket = e->last;
}

/* The latest of that negotiation at or before number; NULL: none is left. */
static const struct slot *
evidence_back(const struct evidence *e, int64_t negotiation, uint64_t number)
{
	while (number != 0 && number + EVIDENCE_SLOTS > e->last) {
		const struct slot *s = &e->slot[number % EVIDENCE_SLOTS];

		if (s->negotiation == negotiation)
			return s;
		number = s->before;
	}
	return NULL;
}

static size_t
evidence_last(const struct evidence *e, int64_t negotiation,
    const struct slot *found[NOTICE_EVIDENCE_MAX])
{
	uint64_t number = e->bucket[evidence_bucket(negotiation)];
	const struct slot *s;
	size_t n = 0;

	while (n < NOTICE_EVIDENCE_MAX &&
	    (s = evidence_back(e, negotiation, number)) != NULL) {
		found[n++] = s;
		number = s->before;
	}
	return n;
}

size_t
evidence_find(const struct evidence *e, int64_t negotiation,
    struct notice_line to[NOTICE_EVIDENCE_MAX])
{
	const struct slot *found[NOTICE_EVIDENCE_MAX];
	size_t n = evidence_last(e, negotiation, found);

	for (size_t i = 0; i < n; i++) {
		const struct slot *s = found[n - 1 - i];

		to[i].received_at = s->received_at;
		prose_clean(to[i].line, sizeof(to[i].line),
		    (struct span){ s->line, s->len });
	}
	return n;
}

void
evidence_join(struct evidence *e, int64_t gone, int64_t into)
{
	const struct slot *found[NOTICE_EVIDENCE_MAX];
	struct notice_line copy[NOTICE_EVIDENCE_MAX];
	size_t n = evidence_last(e, gone, found), len[NOTICE_EVIDENCE_MAX];

	/* a copy, as the ring may come round to what is being added */
	for (size_t i = 0; i < n; i++) {
		copy[i].received_at = found[i]->received_at;
		span_copy(copy[i].line, sizeof(copy[i].line),
		    (struct span){ found[i]->line, found[i]->len });
		len[i] = found[i]->len;
	}
	while (n-- > 0)
		evidence_add(e, into, copy[n].received_at,
		    (struct span){ copy[n].line, len[n] });
}
