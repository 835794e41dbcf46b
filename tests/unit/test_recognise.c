/*
 * Who wrote it, told from one line: each line of each case of the corpus, and
 * each sample, stands alone. Where it carries a mark of its vendor, something
 * that no other vendor writes, its parser must claim it; and no other parser
 * may claim any line that carries one. A case as a whole is always recognised.
 *
 *	test_recognise [-v] [FILE ...]
 */
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/parser.h"

enum { MARKS = 10, LEAST = 97 /* per cent of the lines with a mark */ };

/*
 * What a person knows the vendor by, not what its parser looks for: the lines
 * "# mark: TEXT" of VENDOR.rows.
 */
struct vendor {
	char name[32];
	char marks[MARKS][64];
	size_t nmarks;
};

static struct {
	unsigned cases, nameless, lines, known, foreign;
	bool verbose;
} total;

static bool
vendor_read(struct vendor *v, const char *name)
{
	static const char mark[] = "# mark: ";
	char path[128], *line = NULL;
	size_t size = 0;
	FILE *f;

	memset(v, 0, sizeof(*v));
	snprintf(
	    v->name, sizeof(v->name), "%.*s", (int)strcspn(name, "."), name);
	snprintf(path, sizeof(path), "tests/corpus/%s.rows", v->name);
	if (parser_named(v->name) == NULL || (f = fopen(path, "r")) == NULL)
		return false;
	while (getline(&line, &size, f) > 0 && v->nmarks < MARKS &&
	    strncmp(line, mark, sizeof(mark) - 1) == 0) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(v->marks[v->nmarks++], sizeof(v->marks[0]), "%s",
		    line + sizeof(mark) - 1);
	}
	free(line);
	fclose(f);
	return v->nmarks > 0;
}

static bool
marked(const struct vendor *v, const char *line)
{
	for (size_t i = 0; i < v->nmarks; i++)
		if (strstr(line, v->marks[i]) != NULL)
			return true;
	return false;
}

/* The line stands alone; true where its vendor is recognised. */
static bool
check_line(const struct vendor *v, const char *line, size_t len)
{
	const struct parser *parser;
	struct record rec;
	bool right;

	record_parse(&rec, (struct span){ line, len },
	    INT64_C(1700000000) * 1000000, NULL);
	parser = parser_for(&rec);
	right = parser != NULL && strcmp(parser->name, v->name) == 0;
	if (!marked(v, line))
		return right;
	total.lines++;
	total.known += right;
	total.foreign += parser != NULL && !right;
	if (!right && (total.verbose || parser != NULL))
		printf("# %s: taken for %s: %.150s\n", v->name,
		    parser == NULL ? "nobody's" : parser->name, line);
	return right;
}

/* Other modules' messages, or the vendor's words in a stranger's mouth. */
static bool
about_nothing(json_t *one)
{
	return json_array_size(json_object_get(one, "expect")) == 0 &&
	    strcmp(json_string_value(json_object_get(one, "verdict")),
		"none") == 0;
}

static void
check_case(const struct vendor *v, const char *text)
{
	json_t *one = json_loads(text, 0, NULL), *line;
	bool known = false;
	size_t i;

	json_array_foreach(json_object_get(one, "lines"), i, line) known |=
	    check_line(v, json_string_value(line), json_string_length(line));
	total.cases++;
	if (!known && !about_nothing(one)) {
		total.nameless++;
		printf("# %s: not recognised\n",
		    json_string_value(json_object_get(one, "id")));
	}
	json_decref(one);
}

static void
unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p != '\0'; p++)
		if (*p == '\\' && (p[1] == 'n' || p[1] == '\\'))
			*to++ = *++p == 'n' ? '\n' : '\\';
		else
			*to++ = *p;
	*to = '\0';
}

/* "event TAB record"; what is no event need not be recognised. */
static void
check_sample(const struct vendor *v, char *text)
{
	char *tab = strchr(text, '\t');

	if (tab == NULL || *text == '#' || strncmp(text, "not_ike", 7) == 0)
		return;
	tab++;
	tab[strcspn(tab, "\n")] = '\0';
	unescape(tab);
	check_line(v, tab, strlen(tab));
}

static void
check_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	const char *dot = strrchr(name, '.');
	struct vendor vendor, *v = &vendor;
	char *line = NULL;
	size_t size = 0;
	FILE *f;

	if (dot == NULL || !vendor_read(v, name) ||
	    (f = fopen(path, "r")) == NULL) {
		printf("# %s: whose is it, and what marks it?\n", path);
		total.foreign++;
		return;
	}
	while (getline(&line, &size, f) > 0)
		if (strcmp(dot, ".rows") == 0)
			check_sample(v, line);
		else
			check_case(v, line);
	free(line);
	fclose(f);
}

static void
check_all(const char *pattern)
{
	glob_t files;

	if (glob(pattern, 0, NULL, &files) != 0)
		return;
	for (size_t i = 0; i < files.gl_pathc; i++)
		check_file(files.gl_pathv[i]);
	globfree(&files);
}

static bool
ok(bool good, int n, const char *what)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", n, what);
	return good;
}

int
main(int argc, char **argv)
{
	bool good = true;

	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		total.verbose = true;
		argv++;
		argc--;
	}
	if (argc == 1) {
		check_all("tests/corpus/*.jsonl");
		check_all("tests/corpus/*.rows");
	}
	for (int i = 1; i < argc; i++)
		check_file(argv[i]);
	printf("1..3\n# cases: %u, not recognised: %u; lines with a mark: %u, "
	       "recognised: %u, taken for another's: %u\n",
	    total.cases, total.nameless, total.lines, total.known,
	    total.foreign);
	good &= ok(total.cases > 0 && total.nameless == 0, 1, "every case");
	good &= ok(total.known * 100 >= total.lines * LEAST, 2,
	    "97 % of the single lines that carry a mark");
	good &= ok(total.foreign == 0, 3, "none is taken for another's");
	return good ? 0 : 1;
}
