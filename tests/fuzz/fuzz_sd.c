/* Structured data by itself: read to its end, or left in the message. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char head[] = "<13>1 2024-04-01T11:59:58Z h a - - ";
	size_t front = sizeof(head) - 1, n = 0;
	struct span cursor, id = SPAN_NONE, name, value;
	struct record rec;
	char *copy, *buf;

	copy = malloc(front + size);
	buf = malloc(size + 1);
	if (copy == NULL || buf == NULL)
		abort();
	memcpy(copy, head, front);
	if (size > 0)
		memcpy(copy + front, data, size);
	record_parse(&rec, (struct span){ copy, front + size }, 0, NULL);
	if (rec.format != RECORD_5424)
		abort();
	cursor = rec.sd;
	while (record_sd_next(&cursor, &id, &name, &value)) {
		(void)record_sd_unescape(value, buf, size + 1);
		if (++n > size)
			abort();
	}
	/* Whatever the sender wrote, the reader takes it without harm. */
	cursor = (struct span){ copy + front, size };
	id = SPAN_NONE;
	for (n = 0; record_sd_next(&cursor, &id, &name, &value); n++)
		if (n > size)
			abort();
	free(buf);
	free(copy);
	return 0;
}
