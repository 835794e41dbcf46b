/*
 * Lines of one device through the assembler with a vendor's join rule. The
 * first octet chooses the vendor; 0x1e ends a record, 0x1f too and lets the
 * time pass. What comes out came in: in its order, no more and no longer.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/assemble.h"
#include "parsers/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct flow {
	const struct parser *parser;
	struct assembler *assembler;
	int64_t given, last; /* tags: the newest in, the newest out */
	size_t octets_in, octets_out;
	size_t lines_in, records_out;
};

static void
fuzz_inside(struct span whole, struct span s)
{
	if (s.len > 0 && (s.p < whole.p || s.p + s.len > whole.p + whole.len))
		abort();
}

static void
fuzz_whole(void *arg, const struct record *rec, int64_t tag)
{
	struct flow *f = arg;
	struct ike_event ev;

	if (tag < f->last || tag > f->given)
		abort();
	f->last = tag;
	f->records_out++;
	f->octets_out += rec->message.len;
	fuzz_inside(rec->raw, rec->message);
	fuzz_inside(rec->raw, rec->hostname);
	fuzz_inside(rec->raw, rec->app);
	fuzz_inside(rec->raw, rec->procid);
	memset(&ev, 0, sizeof(ev));
	f->parser->parse(rec, &ev);
}

static void
fuzz_feed(struct flow *f, const char *p, size_t len, int64_t now)
{
	char *copy = malloc(len > 0 ? len : 1);
	struct record rec;

	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, p, len);
	record_parse(&rec, (struct span){ copy, len }, 0, NULL);
	f->lines_in++;
	for (size_t i = 0; i < len; i++)
		f->lines_in += copy[i] == '\n';
	/* Of a line that goes on the tag may be text too. */
	f->octets_in += len + 1;
	assembler_feed(
	    f->assembler, f->parser, &rec, ++f->given, now, fuzz_whole, f);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct parser *const *all = parser_all();
	struct flow f = { .assembler = assembler_new() };
	const char *p = (const char *)data + 1, *from = p;
	int64_t now = 0, due;
	size_t n = 0;

	if (size < 2 || f.assembler == NULL) {
		assembler_free(f.assembler);
		return 0;
	}
	while (all[n] != NULL)
		n++;
	f.parser = all[data[0] % n];
	for (; p < (const char *)data + size; p++) {
		if (*p != 0x1e && *p != 0x1f)
			continue;
		fuzz_feed(&f, from, (size_t)(p - from), now);
		from = p + 1;
		if (*p == 0x1e)
			continue;
		now += ASSEMBLE_WAIT / 2;
		due = assembler_due(f.assembler);
		assembler_flush(f.assembler, now, fuzz_whole, &f);
		if (due <= now && assembler_due(f.assembler) != INT64_MAX)
			abort();
	}
	fuzz_feed(&f, from, (size_t)(p - from), now);
	assembler_flush(f.assembler, INT64_MAX, fuzz_whole, &f);
	if (assembler_due(f.assembler) != INT64_MAX ||
	    f.records_out > f.lines_in || f.octets_out > f.octets_in ||
	    f.records_out == 0)
		abort();
	assembler_free(f.assembler);
	return 0;
}
