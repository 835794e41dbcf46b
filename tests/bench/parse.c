/*
 * bench-parse: how fast each vendor's parser reads its own records of
 * tests/corpus, what a hundred more rows cost it, and how fast the early
 * filter lets go of what is none of ours.
 *
 *	parse CORPUS-FOLDER [PARSER]
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/noise.h"
#include "parsers/parser.h"
#include "parsers/record.h"

enum {
	LINES = 20000,
	MORE = 100, /* rows */
	TEXT = 64,
	ROUNDS = 5,
	NOISE = 4 << 20, /* bytes */
};
#define ROUND 0.06 /* seconds */

static const int64_t now = INT64_C(1767225600000000);

struct lines {
	struct span line[LINES];
	size_t n, bytes;
};

/* A parser's ruleset with more rows in front, and what it was. */
struct grown {
	struct rule *rows;
	const struct rule *before;
	char text[MORE][TEXT];
};

static double
seconds(void)
{
	struct timespec t;

	/* Other programs' share of the core does not count. */
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
lines_add(struct lines *all, const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy == NULL || all->n == LINES)
		exit(1);
	memcpy(copy, text, len);
	all->line[all->n++] = (struct span){ copy, len };
	all->bytes += len;
}

/* The lines of the corpus's cases that this parser calls its own. */
static void
lines_of(struct lines *all, const struct parser *parser, const char *folder)
{
	char path[500];
	json_t *one, *line;
	size_t i;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.jsonl", folder, parser->name);
	f = fopen(path, "r");
	while (f != NULL &&
	    (one = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
		json_array_foreach(json_object_get(one, "lines"), i, line)
		    lines_add(
			all, json_string_value(line), json_string_length(line));
		json_decref(one);
	}
	if (f != NULL)
		fclose(f);
}

static void
lines_free(struct lines *all)
{
	for (size_t i = 0; i < all->n; i++)
		free((char *)all->line[i].p);
	all->n = all->bytes = 0;
}

/* Header and text, the whole way to the event; how many were events. */
static size_t
lines_parse(const struct lines *all, const struct parser *parser)
{
	struct record rec;
	size_t events = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct ike_event ev = { 0 };

		record_parse(&rec, all->line[i], now, NULL);
		events += parser->parse(&rec, &ev) == PARSE_EVENT;
	}
	return events;
}

/* Seconds for all lines once; the best of some rounds, since whatever else
 * the machine does only makes it slower. */
static double
lines_time(const struct lines *all, const struct parser *parser)
{
	double best = 1e9, begun, took;
	unsigned times;

	for (int round = 0; round < ROUNDS; round++) {
		times = 0;
		begun = seconds();
		do {
			(void)lines_parse(all, parser);
			times++;
			took = seconds() - begun;
		} while (took < ROUND);
		if (took / times < best)
			best = took / times;
	}
	return best;
}

/* A hundred rows before the others, of words that vendors might write. */
static void
grown_begin(struct grown *g, struct ruleset *set)
{
	size_t n = rules_count(set);

	g->before = set->rows;
	g->rows = calloc(n + MORE + 1, sizeof(*g->rows));
	if (g->rows == NULL)
		exit(1);
	for (int i = 0; i < MORE; i++) {
		snprintf(g->text[i], sizeof(g->text[i]),
		    "IKE notice %d of tunnel $tunnel with $peer: code %d", i,
		    i * 7);
		g->rows[i] =
		    (struct rule){ .text = g->text[i], .what = IKE_PROGRESS };
	}
	memcpy(g->rows + MORE, g->before, (n + 1) * sizeof(*g->rows));
	rules_free(set);
	set->rows = g->rows;
}

static void
grown_end(struct grown *g, struct ruleset *set)
{
	rules_free(set);
	set->rows = g->before;
	free(g->rows);
}

/* The best of both, measured in turn so that both see the same machine. */
static double
grown_ratio(const struct lines *all, const struct parser *parser)
{
	static struct grown g;
	struct ruleset *set = parser->rules == NULL ? NULL : parser->rules[0];
	double few = 1e9, many = 1e9, took;

	if (set == NULL)
		return 0;
	for (int i = 0; i < 3; i++) {
		(void)lines_parse(all, parser);
		took = lines_time(all, parser);
		few = took < few ? took : few;
		grown_begin(&g, set);
		(void)lines_parse(all, parser); /* builds the index */
		took = lines_time(all, parser);
		many = took < many ? took : many;
		grown_end(&g, set);
	}
	return many / few;
}

static void
parser_report(const struct parser *parser, const char *folder)
{
	static struct lines all;
	double took, ratio;
	size_t events;

	lines_of(&all, parser, folder);
	if (all.n == 0) {
		printf("%-14s no records in %s\n", parser->name, folder);
		return;
	}
	events = lines_parse(&all, parser);
	took = lines_time(&all, parser);
	ratio = grown_ratio(&all, parser);
	printf("%-14s %6zu %6zu %12.0f %8.1f %s", parser->name, all.n, events,
	    (double)all.n / took, (double)all.bytes / took / 1e6,
	    (double)all.bytes / took < 50e6 ? "*" : " ");
	if (ratio > 0)
		printf(" %10.3f\n", ratio);
	else
		printf(" %10s\n", "-");
	lines_free(&all);
}

static void
noise_report(const char *name, enum noise_way way, const struct lines *all)
{
	struct noise *n = noise_new(way);
	double best = 1e9, begun, took;
	size_t passed = 0, i;

	if (n == NULL) {
		printf("%-14s this machine does not know it\n", name);
		return;
	}
	for (int round = 0; round < 8 * ROUNDS; round++) {
		begun = seconds();
		for (i = passed = 0; i < all->n; i++)
			passed += noise_passes(n, all->line[i]);
		took = seconds() - begun;
		best = took < best ? took : best;
	}
	printf("%-14s %6zu %6zu %12.0f %8.1f\n", name, all->n, passed,
	    (double)all->n / best, (double)all->bytes / best / 1e6);
	noise_free(n);
}

static void
noise_lines(struct lines *all, const char *folder)
{
	char path[500], *text = NULL;
	size_t size = 0;
	ssize_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/noise.log", folder);
	f = fopen(path, "r");
	if (f == NULL)
		return;
	while (all->bytes < NOISE && all->n < LINES - 1000) {
		if ((len = getline(&text, &size, f)) > 1)
			lines_add(all, text, (size_t)len - 1);
		else if (len == -1)
			rewind(f);
	}
	free(text);
	fclose(f);
}

int
main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "tests/corpus";
	const struct parser *const *p;
	static struct lines noise;

	printf("%-14s %6s %6s %12s %8s   %s\n", "parser", "lines", "events",
	    "records/s", "MB/s", "100 more rows: time x");
	for (p = parser_all(); *p != NULL; p++)
		if (argc < 3 || strcmp((*p)->name, argv[2]) == 0)
			parser_report(*p, folder);
	if (argc > 2)
		return 0;
	printf("* below 50 MB/s\n\n%-14s %6s %6s %12s %8s\n", "filter", "lines",
	    "passed", "lines/s", "MB/s");
	noise_lines(&noise, folder);
	noise_report("best", NOISE_BEST, &noise);
	noise_report("AVX2", NOISE_AVX2, &noise);
	noise_report("SSSE3", NOISE_SSSE3, &noise);
	noise_report("bytes", NOISE_BYTES, &noise);
	lines_free(&noise);
	return 0;
}
