/* Any record: every span lies inside it, and nothing of the text is made up. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_inside(struct span whole, struct span s)
{
	if (s.len > 0 && (s.p < whole.p || s.p + s.len > whole.p + whole.len))
		abort();
}

static void
fuzz_data(const struct record *rec)
{
	struct span cursor = rec->sd, id = SPAN_NONE, name, value;
	char buf[64];

	while (record_sd_next(&cursor, &id, &name, &value)) {
		fuzz_inside(rec->sd, id);
		fuzz_inside(rec->sd, name);
		fuzz_inside(rec->sd, value);
		if (record_sd_unescape(value, buf, sizeof(buf)).len > value.len)
			abort();
	}
	/* What was taken for structured data must be readable to its end. */
	if (rec->sd.len > 0 && !span_is(span_trim(cursor), "]"))
		abort();
	record_sd_get(rec, "user", &value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size > 0 ? size : 1);
	struct span raw = { copy, size };
	struct record rec;

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	record_parse(&rec, raw, 1711972800000000LL, NULL);
	fuzz_inside(raw, rec.hostname);
	fuzz_inside(raw, rec.app);
	fuzz_inside(raw, rec.procid);
	fuzz_inside(raw, rec.msgid);
	fuzz_inside(raw, rec.sd);
	fuzz_inside(raw, rec.message);
	if (rec.facility < 0 || rec.facility > 23 || rec.severity < 0 ||
	    rec.severity > 7)
		abort();
	fuzz_data(&rec);
	free(copy);
	return 0;
}
