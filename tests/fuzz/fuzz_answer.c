/*
 * What a webhook's server answers: a status in the first two octets, then
 * header lines, an empty line and a body. However it is written, the wait is
 * none or lies between its bounds, and the words for the operator are clean.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alerting/prose.h"
#include "alerting/retry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_wait(int64_t wait)
{
	if (wait != -1 &&
	    (wait < INT64_C(1000000) || wait > INT64_C(3600000000)))
		abort();
}

static void
fuzz_said(struct span body)
{
	char said[120];

	prose_clean(said, sizeof(said), body);
	if (memchr(said, '\0', sizeof(said)) == NULL)
		abort();
	for (const char *p = said; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum retry_verdict verdict;
	struct span rest, line;
	long status;
	char *copy;

	if (size < 2)
		return 0;
	status = data[0] << 8 | data[1];
	size -= 2;
	if ((copy = malloc(size > 0 ? size : 1)) == NULL)
		abort();
	memcpy(copy, data + 2, size);
	rest = (struct span){ copy, size };
	verdict = retry_judge(status, false);
	if ((verdict == RETRY_DELIVERED) != (status >= 200 && status < 300))
		abort();
	retry_judge(status, true);
	while (scan_line(&rest, &line) && span_trim(line).len > 0)
		fuzz_wait(retry_header(line, INT64_C(1711972800000000)));
	fuzz_wait(retry_after_json(rest.p, rest.len));
	fuzz_said(rest);
	free(copy);
	return 0;
}
