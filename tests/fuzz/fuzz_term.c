/*
 * Any text on its way to a terminal, into JSON and into CSV. The first octet
 * is the room there is. Nothing unsafe comes out, JSON is strict, and a cell
 * of a table is one cell.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/term.h"
#include "daemon/term_utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Only safe characters, and line feeds where they are ours. */
static void
fuzz_safe(const char *text, size_t len, bool lines)
{
	struct span s = { text, len };
	uint32_t cp;

	while (s.len > 0) {
		bool feed = lines && *s.p == '\n';

		if (utf8_next(&s, &cp) != UTF8_SAFE && !feed)
			abort();
	}
}

static void
fuzz_escape(struct span text, size_t room)
{
	char *to = malloc(room);
	size_t len;

	if (to == NULL)
		abort();
	len = term_escape(to, room, text);
	if (len >= room || to[len] != '\0' || strlen(to) != len)
		abort();
	fuzz_safe(to, len, false);
	if (term_fit(to, 10) > len)
		abort();
	(void)term_columns(to);
	free(to);
	if (text.len > 0 &&
	    (utf8_cut(text, room) == 0 || utf8_cut(text, room) > text.len))
		abort();
}

static char *
fuzz_print(enum term_format format, struct span text, size_t width, size_t *len)
{
	struct term t;
	char *out = NULL;
	FILE *f = open_memstream(&out, len);

	if (f == NULL)
		abort();
	term_init(&t, f, format);
	t.width = (int)width;
	if (format == TERM_JSON) {
		json_begin(&t, NULL, '{');
		json_text(&t, "text", text);
		json_end(&t, '}');
	} else if (format == TERM_CSV)
		csv_cell(f, text);
	else {
		term_text(&t, text);
		term_paragraph(&t, 0, 4, text);
	}
	fclose(f);
	return out;
}

static void
fuzz_json(struct span text)
{
	size_t len = 0;
	char *out = fuzz_print(TERM_JSON, text, 80, &len);
	json_t *j = json_loadb(out, len, JSON_ALLOW_NUL, NULL);

	if (j == NULL || json_object_get(j, "text") == NULL)
		abort();
	json_decref(j);
	fuzz_safe(out, len, true);
	if (memchr(out, '\n', len) != out + len - 1)
		abort();
	free(out);
}

/* Quotes only in pairs inside quotes; no beginning of a formula. */
static void
fuzz_csv(struct span text)
{
	size_t len = 0, quotes = 0;
	char *out = fuzz_print(TERM_CSV, text, 80, &len);
	const char *first = out;

	for (size_t i = 0; i < len; i++)
		quotes += out[i] == '"';
	if (quotes % 2 != 0)
		abort();
	if (quotes == 0 &&
	    (memchr(out, ',', len) || memchr(out, '\n', len) ||
		memchr(out, '\r', len)))
		abort();
	first += len > 0 && *first == '"';
	if (first < out + len && memchr("=+-@\t\r", *first, 6) != NULL)
		abort();
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text;
	size_t room, len = 0;
	char *copy, *out;

	if (size < 1)
		return 0;
	room = 1 + data[0];
	size--;
	if ((copy = malloc(size > 0 ? size : 1)) == NULL)
		abort();
	memcpy(copy, data + 1, size);
	text = (struct span){ copy, size };
	fuzz_escape(text, room);
	fuzz_json(text);
	fuzz_csv(text);
	out = fuzz_print(TERM_TEXT, text, 20 + room, &len);
	fuzz_safe(out, len, true);
	free(out);
	free(copy);
	return 0;
}
