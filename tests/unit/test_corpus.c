/*
 * The corpus: every case of tests/corpus/VENDOR.jsonl goes through the whole
 * pipeline, with no vendor named. Its parser must be recognised, its verdict
 * and facts must come out, and every row of every vendor's tables must have
 * been reached by some line.
 *
 * Beside the cases stand the samples, tests/corpus/VENDOR.rows: for each row of
 * the vendor's tables a line "event[:reason] TAB record", and "unknown" or
 * "not_ike" TAB for records that must be none. \n and \\ are escapes.
 *
 *	test_corpus [-v] [FILE.jsonl ...]
 */
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/pipeline.h"

enum { NEGOTIATIONS = 512, EVENTS = 4096, VENDORS = 16 };

struct seen {
	struct ike_negotiation n[NEGOTIATIONS];
	int64_t joined[NEGOTIATIONS];
	size_t nn;
	struct {
		enum ike_what what;
		enum ike_reason reason;
		char peer[IKE_ADDR_SIZE], tunnel[IKE_NAME_SIZE];
		struct ike_spi ispi, rspi;
		uint32_t spi_in;
		enum ike_role role;
		int version;
	} ev[EVENTS];
	size_t nev;
	char vendor[VENDORS][32];
	size_t nvendor;
	int64_t now;
};

static struct {
	unsigned cases, wrong, facts, facts_missing, vendors_wrong;
	unsigned samples, samples_wrong;
	bool verbose;
} total;

static void
on_negotiation(
    void *arg, const struct ike_negotiation *n, unsigned changed, int64_t now)
{
	struct seen *s = arg;
	size_t i = 0;

	(void)changed;
	(void)now;
	while (i < s->nn && s->n[i].id != n->id)
		i++;
	if (i == NEGOTIATIONS)
		return;
	if (i == s->nn)
		s->nn++;
	s->n[i] = *n;
}

static void
on_joined(void *arg, int64_t gone, int64_t into)
{
	struct seen *s = arg;

	for (size_t i = 0; i < s->nn; i++)
		if (s->n[i].id == gone)
			s->joined[i] = into;
}

static void
on_record(void *arg, const struct pipeline_seen *r)
{
	struct seen *s = arg;
	size_t i;

	for (i = 0; r->vendor != NULL && i < s->nvendor; i++)
		if (strcmp(s->vendor[i], r->vendor) == 0)
			break;
	if (r->vendor != NULL && i == s->nvendor && i < VENDORS)
		snprintf(s->vendor[s->nvendor++], 32, "%s", r->vendor);
	if (r->result != PIPELINE_EVENT || r->negotiation != NULL ||
	    s->nev == EVENTS)
		return;
	i = s->nev++;
	s->ev[i].what = r->event->what;
	s->ev[i].reason = r->event->reason;
	s->ev[i].ispi = r->event->ispi;
	s->ev[i].rspi = r->event->rspi;
	s->ev[i].spi_in = r->event->spi_in;
	s->ev[i].role = r->event->role;
	s->ev[i].version = r->event->ike_version;
	span_copy(s->ev[i].peer, IKE_ADDR_SIZE, r->event->peer);
	span_copy(s->ev[i].tunnel, IKE_NAME_SIZE, r->event->tunnel);
}

static void
feed(struct seen *s, json_t *lines)
{
	struct pipeline_conf conf;
	struct pipeline_sink sink = { .arg = s,
		.record = on_record,
		.tracker = { s, on_negotiation, NULL, on_joined } };
	struct pipeline *p;
	size_t i;
	json_t *line;

	memset(s, 0, sizeof(*s));
	s->now = INT64_C(1700000000) * 1000000;
	pipeline_conf_defaults(&conf);
	conf.sources.all_relays = true;
	if ((p = pipeline_new(&conf, &sink)) == NULL)
		abort();
	json_array_foreach(lines, i, line)
	{
		struct pipeline_input in = { .transport = "file",
			.now = s->now += 1000,
			.tag = (int64_t)i + 1 };
		/* A heap copy of the exact size, so that reading past the
		 * end is seen. */
		char *copy = malloc(json_string_length(line) + 1);

		if (copy == NULL)
			abort();
		memcpy(copy, json_string_value(line), json_string_length(line));
		in.bytes = (struct span){ copy, json_string_length(line) };
		copy = realloc(copy, in.bytes.len + (in.bytes.len == 0));
		in.bytes.p = copy;
		pipeline_frame(p, &in);
		free(copy);
	}
	pipeline_tick(p, INT64_MAX);
	pipeline_free(p);
}

static bool
is(enum ike_reason have, const char *want)
{
	return strcmp(ike_reason_name(have), want) == 0 ||
	    (strcmp(want, "unknown") == 0 && have == IKE_REASON_NONE);
}

static bool
has_failed(const struct seen *s, const char *reason)
{
	for (size_t i = 0; i < s->nn; i++)
		if (s->joined[i] == 0 &&
		    (s->n[i].outcome == IKE_FAILURE ||
			s->n[i].outcome == IKE_STALL) &&
		    (reason == NULL || is(s->n[i].reason, reason)))
			return true;
	for (size_t i = 0; i < s->nev; i++)
		if ((s->ev[i].what == IKE_FAILED ||
			s->ev[i].what == IKE_CONFIG_PROBLEM ||
			s->ev[i].what == IKE_PEER_DEAD) &&
		    s->ev[i].reason != IKE_REASON_NONE &&
		    (reason == NULL || is(s->ev[i].reason, reason)))
			return true;
	return false;
}

static bool
has_deleted(const struct seen *s, const char *reason)
{
	for (size_t i = 0; i < s->nn; i++)
		if (s->joined[i] == 0 &&
		    (s->n[i].outcome == IKE_GONE ||
			s->n[i].outcome == IKE_SUPERSEDED) &&
		    (reason == NULL || strcmp(reason, "unknown") == 0 ||
			is(s->n[i].reason, reason)))
			return true;
	for (size_t i = 0; i < s->nev; i++)
		if (s->ev[i].what == IKE_DELETED &&
		    (reason == NULL || strcmp(reason, "unknown") == 0 ||
			is(s->ev[i].reason, reason)))
			return true;
	return false;
}

static bool
has_up(const struct seen *s, bool ike)
{
	for (size_t i = 0; i < s->nn; i++)
		if (s->joined[i] == 0 && s->n[i].outcome == IKE_UP &&
		    (!ike || s->n[i].kind == IKE_KIND_IKE))
			return true;
	return false;
}

static bool
verdict_holds(const struct seen *s, const char *verdict)
{
	const char *colon = strchr(verdict, ':');
	const char *reason = colon == NULL ? NULL : colon + 1;

	if (strncmp(verdict, "failed", 6) == 0)
		return has_failed(s, reason);
	if (strncmp(verdict, "deleted", 7) == 0)
		return has_deleted(s, reason);
	if (strcmp(verdict, "established") == 0)
		return has_up(s, false) && !has_failed(s, NULL);
	if (strcmp(verdict, "up") == 0)
		return has_up(s, true) && !has_failed(s, NULL);
	return !has_failed(s, NULL) && !has_up(s, false) &&
	    !has_deleted(s, NULL);
}

static bool
spi_is(struct ike_spi spi, const char *want)
{
	return spi.known && spi.value == strtoull(want, NULL, 16);
}

/* One fact of the case is in some negotiation or event. */
static bool
fact_holds(const struct seen *s, const char *key, json_t *value)
{
	const char *text =
	    json_is_string(value) ? json_string_value(value) : "";
	bool ok = false;

#define ANY(negotiation, event)                     \
	do {                                        \
		for (size_t i = 0; i < s->nn; i++)  \
			ok = ok || (negotiation);   \
		for (size_t i = 0; i < s->nev; i++) \
			ok = ok || (event);         \
	} while (0)
	if (strcmp(key, "peer") == 0)
		ANY(strcasecmp(s->n[i].peer, text) == 0,
		    strcasecmp(s->ev[i].peer, text) == 0);
	else if (strcmp(key, "ispi") == 0)
		ANY(spi_is(s->n[i].ispi, text), spi_is(s->ev[i].ispi, text));
	else if (strcmp(key, "rspi") == 0)
		ANY(spi_is(s->n[i].rspi, text), spi_is(s->ev[i].rspi, text));
	else if (strcmp(key, "child_spi") == 0)
		ANY(s->n[i].spi_in == strtoul(text, NULL, 16),
		    s->ev[i].spi_in == strtoul(text, NULL, 16));
	else if (strcmp(key, "role") == 0)
		ANY(strcmp(ike_role_name(s->n[i].role), text) == 0,
		    strcmp(ike_role_name(s->ev[i].role), text) == 0);
	else if (strcmp(key, "ike_version") == 0)
		ANY(s->n[i].ike_version == json_integer_value(value),
		    s->ev[i].version == json_integer_value(value));
	else
		return true;
#undef ANY
	return ok;
}

static void
check_facts(const struct seen *s, const char *id, json_t *expect)
{
	static const char *const keys[] = { "peer", "ispi", "rspi", "child_spi",
		"role", "ike_version" };
	json_t *fact, *value;
	size_t i;

	json_array_foreach(expect, i, fact)
	{
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			if ((value = json_object_get(fact, keys[k])) == NULL)
				continue;
			total.facts++;
			if (fact_holds(s, keys[k], value))
				continue;
			total.facts_missing++;
			if (total.verbose)
				printf("# %s: no %s\n", id, keys[k]);
		}
	}
}

static void
check_case(struct seen *s, json_t *one, const char *vendor)
{
	const char *id = json_string_value(json_object_get(one, "id"));
	const char *verdict =
	    json_string_value(json_object_get(one, "verdict"));
	json_t *expect = json_object_get(one, "expect"), *fact;
	size_t i;

	feed(s, json_object_get(one, "lines"));
	total.cases++;
	json_array_foreach(expect, i, fact)
	{
		const char *reason =
		    json_string_value(json_object_get(fact, "reason"));

		if (reason != NULL &&
		    ike_reason_named(reason) == IKE_REASON_NONE) {
			printf("# %s: no such reason: %s\n", id, reason);
			total.wrong++;
		}
	}
	if (!verdict_holds(s, verdict)) {
		total.wrong++;
		printf("# %s: wanted %s, got", id, verdict);
		for (i = 0; i < s->nn; i++)
			printf(" %s:%s:%s", ike_kind_name(s->n[i].kind),
			    ike_outcome_name(s->n[i].outcome),
			    ike_reason_name(s->n[i].reason));
		for (i = 0; i < s->nev; i++)
			if (s->ev[i].what == IKE_FAILED ||
			    s->ev[i].what == IKE_DELETED)
				printf(" event:%s:%s",
				    ike_what_name(s->ev[i].what),
				    ike_reason_name(s->ev[i].reason));
		printf("\n");
	}
	for (i = 0; i < s->nvendor; i++)
		if (strcmp(s->vendor[i], vendor) != 0 &&
		    strcmp(vendor, "other") != 0) {
			total.vendors_wrong++;
			printf("# %s: taken for %s\n", id, s->vendor[i]);
		}
	check_facts(s, id, expect);
}

static void
check_file(struct seen *s, const char *path)
{
	const char *name = strrchr(path, '/');
	char vendor[64], *line = NULL, *end;
	size_t size = 0;
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	snprintf(vendor, sizeof(vendor), "%s", name == NULL ? path : name + 1);
	if ((end = strstr(vendor, ".jsonl")) != NULL)
		*end = '\0';
	if ((end = strstr(vendor, "-captured")) != NULL)
		*end = '\0';
	while (getline(&line, &size, f) > 0) {
		json_error_t error;
		json_t *one = json_loads(line, 0, &error);

		if (one == NULL) {
			printf("# %s: %s\n", path, error.text);
			total.wrong++;
			continue;
		}
		check_case(s, one, vendor);
		json_decref(one);
	}
	free(line);
	fclose(f);
}

/* ---- samples --------------------------------------------------------- */

static size_t
unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\\' && (p[1] == 'n' || p[1] == '\\'))
			*to++ = *++p == 'n' ? '\n' : '\\';
		else
			*to++ = *p;
	}
	*to = '\0';
	return (size_t)(to - text);
}

static void
sample_result(char *text, size_t size, const struct parser *want,
    const struct record *rec)
{
	const struct parser *parser = parser_for(rec);
	struct ike_event ev;

	memset(&ev, 0, sizeof(ev));
	if (parser != want && parser != NULL) {
		snprintf(text, size, "taken for %s", parser->name);
		return;
	}
	switch (want->parse(rec, &ev)) {
	case PARSE_NOT_IKE:
		snprintf(text, size, "not_ike");
		break;
	case PARSE_UNKNOWN:
		snprintf(text, size, "unknown");
		break;
	case PARSE_EVENT:
		snprintf(text, size, "%s%s%s", ike_what_name(ev.what),
		    ev.reason == IKE_REASON_NONE ? "" : ":",
		    ike_reason_name(ev.reason));
	}
}

static void
check_sample(const struct parser *want, char *line)
{
	char *tab = strchr(line, '\t'), got[96];
	struct record rec;
	size_t len;

	if (tab == NULL)
		return; /* an empty line or a heading */
	*tab++ = '\0';
	tab[strcspn(tab, "\n")] = '\0';
	len = unescape(tab);
	record_parse(&rec, (struct span){ tab, len },
	    INT64_C(1700000000) * 1000000, NULL);
	sample_result(got, sizeof(got), want, &rec);
	total.samples++;
	if (strcmp(got, line) == 0)
		return;
	total.samples_wrong++;
	printf("# %s: wanted %s, got %s: %s\n", want->name, line, got, tab);
}

/* False where the vendor has no file of samples. */
static bool
check_samples(const struct parser *parser)
{
	char path[128], *line = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "tests/corpus/%s.rows", parser->name);
	if ((f = fopen(path, "r")) == NULL)
		return false;
	while (getline(&line, &size, f) > 0)
		if (*line != '#')
			check_sample(parser, line);
	free(line);
	fclose(f);
	return true;
}

/* Rows that no line of the corpus has reached prove nothing. */
static unsigned
check_rows(void)
{
	unsigned unreached = 0, rows = 0;

	for (const struct parser *const *p = parser_all(); *p != NULL; p++) {
		if (!check_samples(*p))
			continue;
		for (struct ruleset *const *r = (*p)->rules;
		     r != NULL && *r != NULL; r++) {
			const struct rule *bad = rules_check(*r);

			if (bad != NULL) {
				printf("# %s: no such row: %s\n", (*p)->name,
				    bad->text);
				unreached++;
			}
			for (size_t i = 0; i < rules_count(*r); i++, rows++)
				if (rules_hits(*r, i) == 0) {
					printf("# %s: never reached: %s %s\n",
					    (*p)->name,
					    (*r)->rows[i].id == NULL
						? ""
						: (*r)->rows[i].id,
					    (*r)->rows[i].text);
					unreached++;
				}
		}
	}
	printf("# rows: %u, not reached: %u\n", rows, unreached);
	return unreached;
}

static void
ok(bool good, int n, const char *what)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", n, what);
}

int
main(int argc, char **argv)
{
	struct seen *s = calloc(1, sizeof(*s));
	unsigned unreached = 0;
	glob_t files;
	bool own;

	if (s == NULL)
		return 1;
	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		total.verbose = true;
		argv++;
		argc--;
	}
	own = argc == 1;
	printf("1..5\n");
	if (own && glob("tests/corpus/*.jsonl", 0, NULL, &files) == 0) {
		for (size_t i = 0; i < files.gl_pathc; i++)
			check_file(s, files.gl_pathv[i]);
		globfree(&files);
		unreached = check_rows();
	}
	for (int i = 1; i < argc; i++)
		check_file(s, argv[i]);
	printf("# cases: %u, wrong: %u; facts: %u, missing: %u\n", total.cases,
	    total.wrong, total.facts, total.facts_missing);
	ok(total.cases > 0 && total.wrong == 0, 1, "every verdict");
	ok(total.vendors_wrong == 0, 2, "every vendor recognised");
	ok(total.facts_missing * 50 <= total.facts, 3, "98 % of the facts");
	ok(unreached == 0, 4, "every row is reached by a line");
	printf("# samples: %u\n", total.samples);
	ok(total.samples_wrong == 0, 5, "every sample means what it should");
	for (const struct parser *const *p = parser_all(); *p != NULL; p++)
		for (struct ruleset *const *r = (*p)->rules;
		     r != NULL && *r != NULL; r++)
			rules_free(*r);
	free(s);
	return total.cases > 0 && total.wrong == 0 &&
		total.vendors_wrong == 0 &&
		total.facts_missing * 50 <= total.facts && unreached == 0
	    ? 0
	    : 1;
}
