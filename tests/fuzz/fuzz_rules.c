/*
 * Any text against the rows of every vendor, by id (up to the first line
 * feed) and without. A match points into the text; where none is, the event
 * is left as it was.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_inside(struct span whole, struct span s)
{
	if (s.len > 0 && (s.p < whole.p || s.p + s.len > whole.p + whole.len))
		abort();
}

static void
fuzz_match(struct ruleset *set, struct span id, struct span text)
{
	static const struct ike_event none;
	struct ike_event ev;

	memset(&ev, 0, sizeof(ev));
	if (rules_match(set, id, text, &ev) == NULL) {
		if (memcmp(&ev, &none, sizeof(ev)) != 0)
			abort();
		return;
	}
	fuzz_inside(text, ev.peer);
	fuzz_inside(text, ev.local);
	fuzz_inside(text, ev.peer_port);
	fuzz_inside(text, ev.tunnel);
	fuzz_inside(text, ev.child);
	fuzz_inside(text, ev.detail);
	for (int i = 0; i < IKE_KEY_COUNT; i++)
		fuzz_inside(text, ev.key[i]);
	for (int i = 0; i < ev.nsaid; i++)
		fuzz_inside(text, ev.said[i].value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size > 0 ? size : 1);
	struct span whole = { copy, size }, text = whole, id, addr, port;

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	if (!scan_until(&text, "\n", &id))
		id = SPAN_NONE;
	for (const struct parser *const *p = parser_all(); *p != NULL; p++)
		for (struct ruleset *const *r = (*p)->rules;
		     r != NULL && *r != NULL; r++) {
			fuzz_match(*r, id, text);
			fuzz_match(*r, SPAN_NONE, text);
		}
	if (rules_address(text, &addr, &port)) {
		fuzz_inside(text, addr);
		fuzz_inside(text, port);
		if (addr.len == 0)
			abort();
	}
	free(copy);
	return 0;
}
