/*
 * The conformance vectors: what must come of a record and of a stream. With
 * no argument our own set; other files of the same form may be named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>

#include "parsers/frame.h"
#include "parsers/record.h"

#define CONF_NOW 1711972800000000LL /* 2024-04-01T12:00:00Z */

enum {
	CONF_SEEDS = 1000,	  /* random cuts of each stream ... */
	CONF_STREAM_SHORT = 2000, /* ... that is not longer */
	CONF_RECORD_SHORT = 2000, /* cut at every octet up to here */
};

struct bytes {
	char *p;
	size_t len;
	size_t size;
};

struct score {
	int ok;
	int tolerated;
	int missed;
};

static void
bytes_add(struct bytes *b, const char *p, size_t len)
{
	if (b->len + len + 1 > b->size) {
		b->size = (b->len + len + 1) * 2;
		b->p = realloc(b->p, b->size);
		assert_non_null(b->p);
	}
	if (len > 0)
		memcpy(b->p + b->len, p, len);
	b->len += len;
	b->p[b->len] = '\0';
}

static void
bytes_base64(struct bytes *b, const char *text)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int acc = 0;
	int bits = 0;

	bytes_add(b, "", 0);
	for (; *text != '\0' && *text != '='; text++) {
		const char *at = strchr(set, *text);
		char c;

		assert_non_null(at);
		acc = (acc << 6 | (unsigned int)(at - set)) & 0xffffff;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		c = (char)(acc >> bits & 0xff);
		bytes_add(b, &c, 1);
	}
}

static struct span
bytes_span(const struct bytes *b)
{
	return (struct span){ b->p, b->len };
}

/* A copy of exactly that size, so that a look too far is seen. */
static struct span
copy_of(struct span s)
{
	char *p = malloc(s.len > 0 ? s.len : 1);

	assert_non_null(p);
	if (s.len > 0)
		memcpy(p, s.p, s.len);
	return (struct span){ p, s.len };
}

static void
copy_free(struct span s)
{
	free((void *)(uintptr_t)s.p);
}

static bool
inside(struct span outer, struct span s)
{
	return s.len == 0 ||
	    (s.p >= outer.p && s.p + s.len <= outer.p + outer.len);
}

static bool
same_text(struct span s, const json_t *want)
{
	if (!json_is_string(want))
		return s.len == 0;
	return span_eq(s,
	    (struct span){ json_string_value(want), json_string_length(want) });
}

static bool
same_base64(struct span s, const json_t *want)
{
	struct bytes b = { 0 };
	bool same;

	bytes_base64(&b, json_string_value(want));
	same = span_eq(s, bytes_span(&b));
	free(b.p);
	return same;
}

/* ---- Records -------------------------------------------------------------- */

static json_t *
record_sd_json(const struct record *rec)
{
	static char buf[70000];
	struct span cursor = rec->sd, id = SPAN_NONE, name, value;
	json_t *sd = json_object();
	char key[1024];

	while (record_sd_next(&cursor, &id, &name, &value)) {
		json_t *element;

		span_copy(key, sizeof(key), id);
		element = json_object_get(sd, key);
		if (element == NULL) {
			element = json_object();
			json_object_set_new_nocheck(sd, key, element);
		}
		if (name.len == 0)
			continue;
		span_copy(key, sizeof(key), name);
		value = record_sd_unescape(value, buf, sizeof(buf));
		json_object_set_new_nocheck(
		    element, key, json_stringn_nocheck(value.p, value.len));
	}
	return sd;
}

/* Microseconds of an RFC 3339 text. */
static int64_t
time_of_text(const char *text)
{
	int64_t micro = 0, scale = 100000;
	struct tm tm = { 0 };
	int used = 0, hours, minutes;
	char sign;

	assert_int_equal(
	    sscanf(text, "%d-%d-%dT%d:%d:%d%n", &tm.tm_year, &tm.tm_mon,
		&tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used),
	    6);
	text += used;
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++, scale /= 10)
			micro += (*text - '0') * scale;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	micro += (int64_t)timegm(&tm) * 1000000;
	if (sscanf(text, "%c%d:%d", &sign, &hours, &minutes) == 3)
		micro -= (sign == '-' ? -1 : 1) * (hours * 60 + minutes) *
		    60000000LL;
	return micro;
}

static bool
same_time(const struct record *rec, const json_t *want)
{
	int64_t t = RECORD_NO_TIME;

	if (json_is_string(want))
		t = time_of_text(json_string_value(want));
	return rec->timestamp == t;
}

static bool
has_word(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (same_text(span_of(word), json_array_get(list, i)))
			return true;
	return false;
}

static bool
same_number(int n, const json_t *want, int otherwise)
{
	return n ==
	    (json_is_integer(want) ? json_integer_value(want) : otherwise);
}

static bool
same_message(const struct record *rec, const json_t *want)
{
	const json_t *b64 = json_object_get(want, "message_b64");

	if (json_is_string(b64))
		return same_base64(rec->message, b64);
	return same_text(rec->message, json_object_get(want, "message"));
}

static bool
same_sd(const struct record *rec, const json_t *want)
{
	json_t *sd = record_sd_json(rec);
	bool same =
	    want == NULL ? json_object_size(sd) == 0 : json_equal(sd, want);

	json_decref(sd);
	return same;
}

static bool
same_record(const struct record *rec, const json_t *want)
{
	static const char *const formats[] = { "raw", "rfc3164", "rfc5424" };
	const json_t *assumed = json_object_get(want, "timestamp_assumed");

	return same_text(span_of(formats[rec->format]),
		   json_object_get(want, "format")) &&
	    same_number(rec->facility, json_object_get(want, "facility"), 1) &&
	    same_number(rec->severity, json_object_get(want, "severity"), 5) &&
	    same_time(rec, json_object_get(want, "timestamp")) &&
	    rec->year_assumed == has_word(assumed, "year") &&
	    rec->zone_assumed == has_word(assumed, "zone") &&
	    same_text(rec->hostname, json_object_get(want, "hostname")) &&
	    same_text(rec->app, json_object_get(want, "app")) &&
	    same_text(rec->procid, json_object_get(want, "procid")) &&
	    same_text(rec->msgid, json_object_get(want, "msgid")) &&
	    same_message(rec, want) &&
	    same_sd(rec, json_object_get(want, "sd"));
}

/* An entry of "alt" is laid over "expect". */
static bool
same_alternative(const struct record *rec, json_t *want, json_t *alt)
{
	json_t *both = json_copy(want);
	bool same;

	json_object_update(both, alt);
	if (json_is_null(json_object_get(both, "timestamp")))
		json_object_del(both, "timestamp_assumed");
	same = same_record(rec, both);
	/* A bracket that stays in the message is no structured data. */
	if (!same && json_object_get(alt, "message") != NULL) {
		json_object_set_new(both, "sd", json_object());
		same = same_record(rec, both);
	}
	json_decref(both);
	return same;
}

static void
print_record(const char *how, const char *id, const struct record *rec)
{
	const struct span spans[] = { rec->hostname, rec->app, rec->procid,
		rec->msgid, rec->message };
	static const char *const names[] = { "host", "app", "procid", "msgid",
		"message" };

	printf("%s %s: format %d, %d.%d, time %lld%s%s", how, id, rec->format,
	    rec->facility, rec->severity, (long long)rec->timestamp,
	    rec->year_assumed ? " year?" : "",
	    rec->zone_assumed ? " zone?" : "");
	for (size_t i = 0; i < 5; i++)
		printf(" %s '%.*s'", names[i],
		    spans[i].len > 90 ? 90 : (int)spans[i].len,
		    spans[i].len > 0 ? spans[i].p : "");
	printf("\n");
}

static void
parse_part(struct span whole, size_t n)
{
	struct span part = copy_of((struct span){ whole.p, n });
	struct record rec;

	record_parse(&rec, part, CONF_NOW, NULL);
	assert_true(inside(part, rec.hostname));
	assert_true(inside(part, rec.app));
	assert_true(inside(part, rec.procid));
	assert_true(inside(part, rec.msgid));
	assert_true(inside(part, rec.sd));
	assert_true(inside(part, rec.message));
	json_decref(record_sd_json(&rec));
	copy_free(part);
}

/* However a record is cut, it is read without a look past its end. */
static void
cut_record(struct span whole)
{
	for (size_t n = 0; n <= whole.len; n++)
		if (n < CONF_RECORD_SHORT || n + 2 > whole.len)
			parse_part(whole, n);
}

static struct span
message_input(const json_t *v)
{
	const json_t *text = json_object_get(v, "input");
	struct bytes b = { 0 };
	struct span s;

	if (text != NULL)
		bytes_add(
		    &b, json_string_value(text), json_string_length(text));
	else
		bytes_base64(
		    &b, json_string_value(json_object_get(v, "input_b64")));
	s = copy_of(bytes_span(&b));
	free(b.p);
	return s;
}

static void
check_message(const json_t *v, struct score *score)
{
	const char *id = json_string_value(json_object_get(v, "id"));
	json_t *want = json_object_get(v, "expect"), *alt;
	const json_t *now = json_object_get(v, "now");
	struct span raw = message_input(v);
	struct record rec;
	bool ok, tolerated = false;
	size_t i;

	cut_record(raw);
	record_parse(&rec, raw,
	    now == NULL ? CONF_NOW : time_of_text(json_string_value(now)),
	    NULL);
	ok = json_is_null(want) ? rec.message.len == 0 && !rec.has_pri
				: same_record(&rec, want);
	json_array_foreach(json_object_get(v, "alt"), i, alt) tolerated =
	    tolerated || same_alternative(&rec, want, alt);
	score->ok += ok;
	score->tolerated += !ok && tolerated;
	score->missed += !ok && !tolerated;
	if (!ok)
		print_record(tolerated ? "tolerated" : "missed", id, &rec);
	copy_free(raw);
}

/* ---- Streams --------------------------------------------------------------- */

struct messages {
	struct span *list; /* each a copy of its own */
	size_t n;
	size_t size;
};

/* One end of a connection: what is left of it, and the state between reads. */
struct reader {
	struct frame frame;
	struct bytes rest;
	struct messages got;
};

static void
messages_add(struct messages *m, struct span s)
{
	if (m->n == m->size) {
		m->size = m->size == 0 ? 16 : m->size * 2;
		m->list = realloc(m->list, m->size * sizeof(*m->list));
		assert_non_null(m->list);
	}
	m->list[m->n++] = copy_of(s);
}

static void
reader_take(struct reader *r, const char *p, size_t len, bool last)
{
	struct span in, copy, msg;

	bytes_add(&r->rest, p, len);
	copy = copy_of(bytes_span(&r->rest));
	in = copy;
	while ((last ? frame_last(&r->frame, &in, &msg)
		     : frame_next(&r->frame, &in, &msg)) != FRAME_MORE) {
		assert_true(inside(copy, msg));
		assert_true(msg.len > 0 && msg.len <= FRAME_MAX);
		messages_add(&r->got, msg);
	}
	assert_true(in.len <= FRAME_MAX + 16);
	memmove(r->rest.p, r->rest.p + (copy.len - in.len), in.len);
	r->rest.len = in.len;
	copy_free(copy);
}

static void
reader_clear(struct reader *r)
{
	for (size_t i = 0; i < r->got.n; i++)
		copy_free(r->got.list[i]);
	free(r->got.list);
	free(r->rest.p);
	*r = (struct reader){ 0 };
}

/* One record that begins so, cut or split into more of the same filling. */
static size_t
same_oversize(const struct messages *got, size_t at, const json_t *want)
{
	const char *start =
	    json_string_value(json_object_get(want, "starts_with"));
	char fill = *json_string_value(json_object_get(want, "fill"));
	size_t from = strlen(start), i;

	if (!span_starts(got->list[at], start))
		return 0;
	for (i = at; i < got->n; i++, from = 0) {
		struct span s = got->list[i];
		size_t n = from;

		while (n < s.len && s.p[n] == fill)
			n++;
		if (n < s.len)
			break;
	}
	return i - at;
}

static bool
same_messages(const struct messages *got, const json_t *want)
{
	size_t at = 0, i;
	json_t *one;

	json_array_foreach(want, i, one)
	{
		size_t n = 1;

		if (at >= got->n)
			return false;
		if (json_object_get(one, "b64") != NULL)
			n = same_base64(
			    got->list[at], json_object_get(one, "b64"));
		else if (json_is_object(one))
			n = same_oversize(got, at, one);
		else
			n = same_text(got->list[at], one);
		if (n == 0)
			return false;
		at += n;
	}
	return at == got->n;
}

static bool
same_lists(const struct messages *a, const struct messages *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!span_eq(a->list[i], b->list[i]))
			return false;
	return true;
}

static void
chunk_add(struct bytes *b, const json_t *chunk)
{
	json_int_t times = 1;
	struct bytes one = { 0 };

	if (json_is_object(chunk)) {
		times = json_integer_value(json_object_get(chunk, "repeat"));
		chunk = json_object_get(chunk, "b64");
	}
	bytes_base64(&one, json_string_value(chunk));
	for (json_int_t i = 0; i < times; i++)
		bytes_add(b, one.p, one.len);
	free(one.p);
}

static size_t
random_below(unsigned int *state, size_t limit)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % limit;
}

/* However the stream is cut, the same messages come of it. */
static void
cut_stream(const char *id, const struct bytes *all, const struct messages *want)
{
	for (unsigned int seed = 0; seed < CONF_SEEDS; seed++) {
		unsigned int state = seed;
		struct reader r = { 0 };
		size_t most = seed % 2 == 0 ? 1 + seed % 60 : all->len / 2 + 1;

		for (size_t at = 0, n; at < all->len; at += n) {
			n = 1 + random_below(&state, most);
			if (n > all->len - at)
				n = all->len - at;
			reader_take(&r, all->p + at, n, false);
		}
		reader_take(&r, "", 0, true);
		if (!same_lists(&r.got, want))
			fail_msg("%s, cuts of seed %u: %zu messages, not %zu",
			    id, seed, r.got.n, want->n);
		reader_clear(&r);
	}
}

static void
cut_stream_in_two(
    const char *id, const struct bytes *all, const struct messages *want)
{
	for (size_t at = 1; at < all->len; at++) {
		struct reader r = { 0 };

		reader_take(&r, all->p, at, false);
		reader_take(&r, all->p + at, all->len - at, false);
		reader_take(&r, "", 0, true);
		if (!same_lists(&r.got, want))
			fail_msg("%s, cut at %zu: another result", id, at);
		reader_clear(&r);
	}
}

static void
print_messages(const char *how, const char *id, const struct messages *m)
{
	printf("%s %s: %zu messages\n", how, id, m->n);
	for (size_t i = 0; i < m->n && i < 6; i++)
		printf("    %zu '%.*s'\n", m->list[i].len,
		    m->list[i].len > 80 ? 80 : (int)m->list[i].len,
		    m->list[i].p);
}

static void
check_stream(const json_t *v, struct score *score)
{
	const char *id = json_string_value(json_object_get(v, "id"));
	struct bytes all = { 0 };
	struct reader r = { 0 };
	bool ok, tolerated = false;
	json_t *part;
	size_t i;

	bytes_add(&all, "", 0);
	json_array_foreach(json_object_get(v, "chunks"), i, part)
	    chunk_add(&all, part);
	reader_take(&r, all.p, all.len, false);
	reader_take(&r, "", 0, true);
	if (all.len <= CONF_STREAM_SHORT) {
		cut_stream(id, &all, &r.got);
		cut_stream_in_two(id, &all, &r.got);
	}
	ok = json_is_true(json_object_get(v, "any_messages")) ||
	    same_messages(&r.got, json_object_get(v, "expect_messages"));
	json_array_foreach(json_object_get(v, "alt"), i, part) tolerated =
	    tolerated ||
	    same_messages(&r.got, json_object_get(part, "expect_messages"));
	score->ok += ok;
	score->tolerated += !ok && tolerated;
	score->missed += !ok && !tolerated;
	if (!ok)
		print_messages(tolerated ? "tolerated" : "missed", id, &r.got);
	reader_clear(&r);
	free(all.p);
}

/* ---- Files ------------------------------------------------------------------ */

static struct score
check_file(const char *path)
{
	struct score score = { 0 };
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (f == NULL)
		fail_msg("%s cannot be read", path);
	for (int number = 1; getline(&line, &size, f) != -1; number++) {
		json_error_t error;
		json_t *v = json_loads(line, JSON_ALLOW_NUL, &error);

		if (v == NULL)
			fail_msg("%s:%d: %s", path, number, error.text);
		if (json_object_get(v, "chunks") != NULL)
			check_stream(v, &score);
		else
			check_message(v, &score);
		json_decref(v);
	}
	free(line);
	fclose(f);
	printf("%s: %d ok, %d tolerated, %d missed\n", path, score.ok,
	    score.tolerated, score.missed);
	return score;
}

static void
test_records_are_read_as_the_vectors_say(void **state)
{
	struct score score = check_file("tests/conformance/messages.jsonl");

	(void)state;
	assert_int_equal(score.missed, 0);
	assert_true(score.ok >= 99 * score.tolerated);
	assert_true(score.ok > 0);
}

static void
test_streams_give_the_frames_the_vectors_say(void **state)
{
	struct score score = check_file("tests/conformance/framing.jsonl");

	(void)state;
	assert_int_equal(score.missed, 0);
	assert_in_range(score.tolerated, 0, 1);
	assert_true(score.ok > 0);
}

static void
test_named_file(void **state)
{
	struct score score = check_file(*state);

	assert_int_equal(score.missed, 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_are_read_as_the_vectors_say),
		cmocka_unit_test(test_streams_give_the_frames_the_vectors_say),
	};
	int failed = 0;

	if (argc == 1)
		return cmocka_run_group_tests(tests, NULL, NULL);
	for (int i = 1; i < argc; i++) {
		const struct CMUnitTest one[] = {
			cmocka_unit_test_prestate(test_named_file, argv[i]),
		};

		failed += cmocka_run_group_tests(one, NULL, NULL);
	}
	return failed;
}
