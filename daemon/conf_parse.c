/*
 * The files through libconfuse, whose tables are built from the option table.
 * The one rule: a value is checked where it is read, while its line is known.
 */
#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/conf_parts.h"
#include "daemon/options.h"

enum { ROWS_MAX = 64 };

/* libconfuse hands no argument to its callbacks: the reading in progress. */
static struct conf_memory *reading;

static const struct option_row *
conf_row(const char *section, const char *name)
{
	size_t i;

	if (strcmp(section, "root") == 0)
		section = "";
	for (i = 0; i < option_count; i++)
		if (strcmp(option_rows[i].section, section) == 0 &&
		    strcmp(option_rows[i].name, name) == 0)
			return &option_rows[i];
	return NULL;
}

static int
conf_remember(struct conf_memory *m, const cfg_t *section, const char *option)
{
	struct conf_place *p = realloc(m->place, (m->nplaces + 1) * sizeof(*p));

	if (p == NULL) {
		conf_fail(m, EX_OSERR, "configuration: out of memory");
		return -1;
	}
	m->place = p;
	p[m->nplaces++] = (struct conf_place){ section, option,
		m->file[m->read - 1], section->line };
	return 0;
}

/* libconfuse calls this behind each value it has read. */
static int
conf_valid(cfg_t *section, cfg_opt_t *opt)
{
	const struct option_row *row = conf_row(section->name, opt->name);
	char why[300];
	const char *text;
	unsigned i;

	if (row == NULL || conf_remember(reading, section, row->name) == -1)
		return -1;
	for (i = 0; i < cfg_opt_size(opt); i++) {
		text = cfg_opt_getnstr(opt, i);
		if (text == NULL || conf_in_range(row, text))
			continue;
		conf_explain(row, text, why, sizeof(why));
		conf_complain(reading, section, row->name, "%s", why);
		return -1;
	}
	return 0;
}

/* libconfuse's own complaints: syntax, names it does not know. */
static void __attribute__((format(printf, 2, 0)))
conf_libconfuse_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[300];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	conf_fail(reading, EX_CONFIG, "%s:%d: %s; see ikewatchd.conf(5)",
	    reading->file[reading->read - 1], cfg->line, text);
}

/*
 * Behind each section: notes where it stands. libconfuse puts sections of one
 * title together; where several may have it (severity) they are told apart by
 * a number behind the title.
 */
static int
conf_section_read(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned n = cfg_opt_size(opt) - 1;
	cfg_t *section = cfg_opt_getnsec(opt, n);
	char title[80];

	(void)cfg;
	if (strcmp(opt->name, "severity") == 0) {
		(void)snprintf(
		    title, sizeof(title), "%.60s#%u", section->title, n);
		free(section->title);
		section->title = strdup(title);
	}
	return conf_remember(reading, section, "");
}

static int
conf_include_one(struct conf_memory *m, cfg_t *cfg, const char *path)
{
	size_t i;

	for (i = 0; i < m->nfiles; i++) {
		if (strcmp(m->file[i], path) == 0) {
			conf_complain(m, cfg, "include",
			    "%s is included twice or includes itself; include "
			    "a file once",
			    path);
			return -1;
		}
	}
	if (m->nfiles == CONF_FILES_MAX) {
		conf_complain(m, cfg, "include",
		    "more than %d files; put some together", CONF_FILES_MAX);
		return -1;
	}
	m->file[m->nfiles] = strdup(path);
	if (m->file[m->nfiles] == NULL)
		return -1;
	m->nfiles++;
	return 0;
}

/* A folder that is not there holds no files. */
static int
conf_glob_error(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

/*
 * include("conf.d/ *.conf"): read after the file it stands in, in order of
 * names. Paths are relative to that file.
 */
static int
conf_include(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	char pattern[1024];
	glob_t found = { 0 };
	size_t i;
	int rc = 0, n;

	(void)opt;
	if (argc != 1) {
		conf_complain(reading, cfg, "include",
		    "takes one path: include(\"conf.d/*.conf\")");
		return -1;
	}
	n = snprintf(pattern, sizeof(pattern), "%s%s",
	    argv[0][0] == '/' ? "" : reading->dir, argv[0]);
	if (n < 0 || (size_t)n >= sizeof(pattern))
		return -1;
	switch (glob(pattern, 0, conf_glob_error, &found)) {
	case 0:
		for (i = 0; i < found.gl_pathc && rc == 0; i++)
			rc = conf_include_one(reading, cfg, found.gl_pathv[i]);
		break;
	case GLOB_NOMATCH:
		if (strpbrk(argv[0], "*?[") == NULL) {
			conf_complain(reading, cfg, "include",
			    "%s does not exist; create it or remove the line",
			    pattern);
			rc = -1;
		}
		break;
	default:
		conf_complain(reading, cfg, "include",
		    "%s cannot be listed; check its permissions", pattern);
		rc = -1;
	}
	globfree(&found);
	return rc;
}

/* libconfuse's table for one section, from ours. */
static cfg_opt_t *
conf_table(struct conf_memory *m, const char *section)
{
	cfg_opt_t *t = conf_alloc(m, ROWS_MAX, sizeof(*t));
	const cfg_opt_t str = CFG_STR(NULL, NULL, CFGF_NODEFAULT);
	const cfg_opt_t list = CFG_STR_LIST(NULL, NULL, CFGF_NODEFAULT);
	const cfg_opt_t func = CFG_FUNC("include", conf_include);
	const cfg_opt_t end = CFG_END();
	size_t i, n = 0;

	if (t == NULL)
		return NULL;
	for (i = 0; i < option_count && n < ROWS_MAX - 20; i++) {
		if (strcmp(option_rows[i].section, section) != 0)
			continue;
		t[n] = option_rows[i].type == OPTION_LIST ? list : str;
		t[n].name = option_rows[i].name;
		t[n++].validcb = conf_valid;
	}
	if (section[0] == '\0') {
		t[n++] = func;
		for (i = 0; i < section_count; i++) {
			cfg_opt_t sec = CFG_SEC(NULL, NULL, CFGF_MULTI);

			sec.name = section_rows[i].name;
			sec.subopts = m->sub[i];
			if (section_rows[i].titled)
				sec.flags |= CFGF_TITLE | CFGF_NO_TITLE_DUPES;
			sec.validcb = conf_section_read;
			t[n++] = sec;
		}
	}
	t[n] = end;
	return t;
}

static int
conf_parse_file(struct conf_memory *m, const char *path)
{
	char dir[1024], *text = conf_text(m, path);
	const char *slash = strrchr(path, '/');
	int rc;

	if (text == NULL)
		return -1;
	(void)snprintf(dir, sizeof(dir), "%.*s",
	    slash == NULL ? 0 : (int)(slash - path) + 1, path);
	m->dir = dir;
	reading = m;
	rc = cfg_parse_buf(m->cfg, text);
	reading = NULL;
	m->dir = NULL;
	free(text);
	if (rc != CFG_SUCCESS)
		conf_fail(m, EX_CONFIG, "%s: cannot be read", path);
	return m->failed ? -1 : 0;
}

int
conf_parse(struct conf_memory *m, const char *path)
{
	size_t i;

	for (i = 0; i < section_count; i++)
		if ((m->sub[i] = conf_table(m, section_rows[i].name)) == NULL)
			return -1;
	if ((m->root = conf_table(m, "")) == NULL ||
	    (m->cfg = cfg_init(m->root, CFGF_NONE)) == NULL)
		return -1;
	(void)cfg_set_error_function(m->cfg, conf_libconfuse_error);
	if ((m->file[0] = strdup(path)) == NULL)
		return -1;
	m->nfiles = 1;
	while (m->read < m->nfiles)
		if (conf_parse_file(m, m->file[m->read++]) == -1)
			return -1;
	return 0;
}
