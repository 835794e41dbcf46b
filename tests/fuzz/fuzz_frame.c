/*
 * A stream in pieces. The first octet chooses how it is cut; however it is
 * cut, the same messages must come of it as in one piece.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A mark of all messages in order, and how many there were. */
struct sum {
	uint64_t hash;
	size_t count;
};

static void
fuzz_message(struct sum *sum, struct span whole, struct span msg)
{
	if (msg.len == 0 || msg.len > FRAME_MAX || msg.p < whole.p ||
	    msg.p + msg.len > whole.p + whole.len)
		abort();
	for (size_t i = 0; i < msg.len; i++)
		sum->hash =
		    (sum->hash ^ (unsigned char)msg.p[i]) * 1099511628211u;
	sum->hash = (sum->hash ^ 0x100) * 1099511628211u;
	sum->count++;
}

/* Reads the stream, step octets at a time; each read is a copy of its own. */
static struct sum
fuzz_stream(const char *data, size_t size, size_t step)
{
	struct sum sum = { 14695981039346656037u, 0 };
	struct frame f = { 0 };
	size_t kept = 0, given = 0;

	for (;;) {
		bool last = given == size;
		size_t n = size - given < step ? size - given : step;
		char *copy = malloc(kept + n + 1);
		struct span in = { copy, kept + n }, whole = in, msg;

		if (copy == NULL)
			abort();
		memcpy(copy, data + given - kept, kept + n);
		given += n;
		while ((last ? frame_last(&f, &in, &msg)
			     : frame_next(&f, &in, &msg)) != FRAME_MORE)
			fuzz_message(&sum, whole, msg);
		kept = in.len;
		if (kept > FRAME_MAX + 16)
			abort();
		free(copy);
		if (last)
			return sum;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;
	struct sum whole, parts;

	if (size < 2)
		return 0;
	whole = fuzz_stream(text, size - 1, size);
	parts = fuzz_stream(text, size - 1, 1 + data[0] % 64);
	if (whole.hash != parts.hash || whole.count != parts.count)
		abort();
	(void)frame_stranger((struct span){ text, size - 1 });
	return 0;
}
