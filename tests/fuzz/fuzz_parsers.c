/*
 * Any text through every vendor's parser: what an event says points into the
 * record, and the lines of the text go through the vendor's join rule.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/assemble.h"
#include "parsers/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_inside(struct span whole, struct span s)
{
	if (s.len > 0 && (s.p < whole.p || s.p + s.len > whole.p + whole.len))
		abort();
}

static void
fuzz_event(const struct record *rec, const struct ike_event *ev)
{
	const struct span spans[] = { ev->peer, ev->local, ev->peer_port,
		ev->tunnel, ev->child, ev->detail };

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		fuzz_inside(rec->raw, spans[i]);
	for (int i = 0; i < IKE_KEY_COUNT; i++)
		fuzz_inside(rec->raw, ev->key[i]);
	for (int i = 0; i < ev->nsaid; i++)
		fuzz_inside(rec->raw, ev->said[i].value);
	if (ev->what <= IKE_NOTHING || ev->what >= IKE_WHAT_COUNT ||
	    ev->reason >= IKE_REASON_COUNT || ev->stage >= IKE_STAGE_COUNT ||
	    ev->nsaid > IKE_SAID_MAX)
		abort();
}

static void
fuzz_parse(void *arg, const struct record *rec, int64_t tag)
{
	const struct parser *parser = arg;
	struct ike_event ev;

	(void)tag;
	memset(&ev, 0, sizeof(ev));
	if (parser->parse(rec, &ev) == PARSE_EVENT)
		fuzz_event(rec, &ev);
}

/* Each line a record, in memory of its exact size. */
static void
fuzz_lines(const struct parser *parser, struct span text)
{
	struct assembler *a = assembler_new();
	struct span line;

	if (a == NULL)
		abort();
	while (scan_line(&text, &line)) {
		char *copy = malloc(line.len > 0 ? line.len : 1);
		struct record rec;

		if (copy == NULL)
			abort();
		if (line.len > 0)
			memcpy(copy, line.p, line.len);
		record_parse(&rec, (struct span){ copy, line.len },
		    1711972800000000LL, NULL);
		assembler_feed(a, parser, &rec, 0, 0, fuzz_parse,
		    (void *)(uintptr_t)parser);
		free(copy);
	}
	assembler_flush(a, INT64_MAX, fuzz_parse, (void *)(uintptr_t)parser);
	assembler_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size > 0 ? size : 1);
	struct record rec;

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	record_parse(
	    &rec, (struct span){ copy, size }, 1711972800000000LL, NULL);
	for (const struct parser *const *p = parser_all(); *p != NULL; p++) {
		(*p)->recognise(&rec);
		fuzz_parse((void *)(uintptr_t)*p, &rec, 0);
		fuzz_lines(*p, (struct span){ copy, size });
	}
	free(copy);
	return 0;
}
