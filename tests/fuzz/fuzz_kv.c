/* key=value pairs: each lies in the text, behind the one before it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/kv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size > 0 ? size : 1);
	struct span cursor = { copy, size }, key, value, found;
	const char *last = copy, *end = copy + size;
	char name[64];

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	while (kv_next(&cursor, &key, &value)) {
		if (key.len == 0 || key.p < last ||
		    value.p < key.p + key.len + 1 || value.p > end ||
		    value.len > (size_t)(end - value.p) ||
		    cursor.p < value.p + value.len || cursor.p > end ||
		    cursor.len != (size_t)(end - cursor.p))
			abort();
		last = cursor.p;
		if (span_copy(name, sizeof(name), key) &&
		    (!kv_get((struct span){ copy, size }, name, &found) ||
			found.p > value.p))
			abort();
	}
	if (cursor.len != 0)
		abort();
	free(copy);
	return 0;
}
