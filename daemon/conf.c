/*
 * Reads the file with libconfuse, whose tables are built from the option
 * table; then fills plain structs and checks what options say together. The
 * one rule: every complaint names file, line and option, and what to do.
 */
#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/conf.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/zonefile.h"

enum { FILES_MAX = 256, FILE_BYTES_MAX = 4 << 20, ROWS_MAX = 64 };

/* Where a value was written, for complaints about several together. */
struct place {
	const cfg_t *section;
	const char *option;
	const char *file;
	int line;
};

struct conf_memory {
	cfg_t *cfg;
	cfg_opt_t *root;
	cfg_opt_t *sub[32]; /* by section row */
	void **block;	    /* everything else that was allocated */
	size_t nblocks;
	struct zone **zone; /* of each device, NULL where it is UTC */
	size_t nzones;
	struct place *place;
	size_t nplaces;
	char *file[FILES_MAX]; /* read or still to be read */
	size_t nfiles, read;
	const char *dir; /* of the file being read */
	char *err;
	size_t errsize;
	bool failed;
	int code;
};

/* libconfuse hands no argument to its callbacks: the reading in progress. */
static struct conf_memory *reading;

const char *
conf_transport_name(enum conf_transport transport)
{
	static const char *const names[] = { "udp", "tcp", "tls" };

	return names[transport];
}

/* Keeps the first complaint. */
static void __attribute__((format(printf, 3, 4)))
conf_fail(struct conf_memory *m, int code, const char *fmt, ...)
{
	va_list ap;

	if (m->failed)
		return;
	m->failed = true;
	m->code = code;
	va_start(ap, fmt);
	(void)vsnprintf(m->err, m->errsize, fmt, ap);
	va_end(ap);
}

static void *
conf_alloc(struct conf_memory *m, size_t n, size_t size)
{
	void **block = realloc(m->block, (m->nblocks + 1) * sizeof(*block));
	void *p;

	if (block == NULL)
		goto fail;
	m->block = block;
	p = calloc(n == 0 ? 1 : n, size);
	if (p == NULL)
		goto fail;
	m->block[m->nblocks++] = p;
	return p;
fail:
	conf_fail(m, EX_OSERR, "configuration: out of memory");
	return NULL;
}

/* Complains about an option of a section, where it was written. */
static void __attribute__((format(printf, 4, 5)))
conf_complain(struct conf_memory *m, cfg_t *section, const char *option,
    const char *fmt, ...)
{
	const char *file = m->file[m->read - 1];
	int line = section->line;
	char text[400];
	va_list ap;
	size_t i;

	for (i = 0; i < m->nplaces; i++) {
		if (m->place[i].section == section &&
		    strcmp(m->place[i].option, option == NULL ? "" : option) ==
			0) {
			file = m->place[i].file;
			line = m->place[i].line;
		}
	}
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	conf_fail(m, EX_CONFIG, "%s:%d: %s%s%s: %s", file, line,
	    strcmp(section->name, "root") == 0 ? "" : section->name,
	    strcmp(section->name, "root") == 0 || option == NULL ? "" : " ",
	    option == NULL ? "" : option, text);
}

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

bool
conf_option(size_t i, struct conf_row *row)
{
	if (i >= option_count)
		return false;
	*row = (struct conf_row){ option_rows[i].section, option_rows[i].name,
		option_rows[i].standard, option_rows[i].help };
	return true;
}

/* A number and one of the units behind it. */
struct unit {
	const char *name;
	double is;
};

static bool
conf_number(const char *text, const struct unit *unit, double *out)
{
	char *end;
	double n;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtod(text, &end);
	if (errno != 0)
		return false;
	for (; unit->name != NULL; unit++) {
		if (strcmp(end, unit->name) == 0) {
			*out = n * unit->is;
			return *out < 9e18;
		}
	}
	return false;
}

bool
conf_duration(const char *text, int64_t *usec)
{
	static const struct unit units[] = { { "", 1e6 }, { "us", 1 },
		{ "ms", 1e3 }, { "s", 1e6 }, { "m", 60e6 }, { "min", 60e6 },
		{ "h", 3600e6 }, { "d", 86400e6 }, { "w", 604800e6 },
		{ NULL, 0 } };
	double n;

	if (!conf_number(text, units, &n))
		return false;
	*usec = (int64_t)n;
	return true;
}

bool
conf_size(const char *text, int64_t *bytes)
{
	static const struct unit units[] = { { "", 1 }, { "B", 1 },
		{ "KiB", 1024 }, { "k", 1024 }, { "K", 1024 },
		{ "MiB", 1048576 }, { "M", 1048576 }, { "GiB", 1073741824 },
		{ "G", 1073741824 }, { "TiB", 1099511627776.0 }, { NULL, 0 } };
	double n;

	if (!conf_number(text, units, &n))
		return false;
	*bytes = (int64_t)n;
	return true;
}

/* Which of the words; -1: none. */
static int
conf_choice(const char *choices, const char *word)
{
	size_t len = strlen(word), n;
	int i;

	for (i = 0;; i++) {
		n = strcspn(choices, "|");
		if (n == len && memcmp(choices, word, n) == 0)
			return i;
		if (choices[n] == '\0')
			return -1;
		choices += n + 1;
	}
}

/* One value as a number, whatever its type; false where it is none. */
static bool
conf_value(const struct option_row *row, const char *text, double *out)
{
	static const struct unit none[] = { { "", 1 }, { NULL, 0 } };
	int64_t n;
	int word;

	switch (row->type) {
	case OPTION_STR:
	case OPTION_LIST:
		*out = 0;
		return true;
	case OPTION_TIME:
		*out = conf_duration(text, &n) ? (double)n / 1e6 : -1;
		return *out >= 0;
	case OPTION_SIZE:
		*out = conf_size(text, &n) ? (double)n : -1;
		return *out >= 0;
	case OPTION_INT:
		return conf_number(text, none, out) &&
		    *out == (double)(int64_t)*out;
	case OPTION_NUMBER:
		return conf_number(text, none, out);
	case OPTION_BOOL:
		word = conf_choice("false|true|no|yes|off|on", text);
		*out = word & 1;
		return word >= 0;
	case OPTION_CHOICE:
		*out = conf_choice(row->choices, text);
		return *out >= 0;
	}
	return false;
}

static void
conf_explain(
    const struct option_row *row, const char *text, char *why, size_t size)
{
	switch (row->type) {
	case OPTION_TIME:
		(void)snprintf(why, size,
		    "\"%s\" is no time from %gs to %gs; "
		    "write a number and s, m, h or d",
		    text, row->least, row->most);
		break;
	case OPTION_SIZE:
		(void)snprintf(why, size,
		    "\"%s\" is no size from %.0f to "
		    "%.0f bytes; write a number and KiB, MiB or GiB",
		    text, row->least, row->most);
		break;
	case OPTION_BOOL:
		(void)snprintf(
		    why, size, "\"%s\" is neither true nor false", text);
		break;
	case OPTION_CHOICE:
		(void)snprintf(why, size, "\"%s\" is none of %s", text,
		    row->choices + (row->choices[0] == '|'));
		break;
	default:
		(void)snprintf(why, size, "\"%s\" is no number from %g to %g",
		    text, row->least, row->most);
	}
}

static bool
conf_in_range(const struct option_row *row, const char *text)
{
	double n;

	if (!conf_value(row, text, &n))
		return false;
	return (row->least == 0 && row->most == 0) ||
	    (n >= row->least && n <= row->most);
}

static int
conf_remember(struct conf_memory *m, const cfg_t *section, const char *option)
{
	struct place *p = realloc(m->place, (m->nplaces + 1) * sizeof(*p));

	if (p == NULL) {
		conf_fail(m, EX_OSERR, "configuration: out of memory");
		return -1;
	}
	m->place = p;
	p[m->nplaces++] = (struct place){ section, option, m->file[m->read - 1],
		section->line };
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
	if (m->nfiles == FILES_MAX) {
		conf_complain(m, cfg, "include",
		    "more than %d files; put some together", FILES_MAX);
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

/* The whole file as a string; NULL and a complaint where it is none. */
static char *
conf_load(struct conf_memory *m, const char *path)
{
	struct stat st;
	char *text = NULL;
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1) {
		conf_fail(m, errno == ENOENT ? EX_NOINPUT : EX_CONFIG,
		    "%s: %s; name another file with -f or create it", path,
		    strerror(errno));
		return NULL;
	}
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		conf_fail(m, EX_CONFIG, "%s: not a regular file", path);
	} else if (st.st_size > FILE_BYTES_MAX) {
		conf_fail(m, EX_CONFIG,
		    "%s: larger than %d MiB; this is no configuration", path,
		    FILE_BYTES_MAX >> 20);
	} else if ((text = malloc((size_t)st.st_size + 1)) != NULL) {
		n = read(fd, text, (size_t)st.st_size);
		text[n < 0 ? 0 : n] = '\0';
	}
	close(fd);
	if (n < 0 || memchr(text, '\0', (size_t)n) != NULL) {
		conf_fail(m, EX_CONFIG, "%s: cannot be read as text", path);
		free(text);
		return NULL;
	}
	return text;
}

/* Past a string; its quotes and escapes stand. */
static char *
conf_past_string(char *p)
{
	char quote = *p++;

	while (*p != '\0' && *p != quote)
		p += *p == '\\' && p[1] != '\0' ? 2 : 1;
	return *p == '\0' ? p : p + 1;
}

/*
 * Blanks out comments, line ends excepted: libconfuse 3.3 counts the lines of
 * comments wrongly, and complaints shall name the right one.
 */
static void
conf_blank_comments(struct conf_memory *m, const char *path, char *p)
{
	char *end;

	while (*p != '\0') {
		if (*p == '"' || *p == '\'') {
			p = conf_past_string(p);
			continue;
		}
		end = p;
		if (*p == '#' || (p[0] == '/' && p[1] == '/')) {
			end = p + strcspn(p, "\n");
		} else if (p[0] == '/' && p[1] == '*') {
			end = strstr(p + 2, "*/");
			if (end == NULL) {
				conf_fail(m, EX_CONFIG,
				    "%s: a comment has no end; close it "
				    "with */",
				    path);
				return;
			}
			end += 2;
		}
		if (end == p)
			p++;
		for (; p < end; p++)
			if (*p != '\n')
				*p = ' ';
	}
}

/* libconfuse takes the end of the file for the end of a section too. */
static void
conf_check_braces(struct conf_memory *m, const char *path, char *p)
{
	int line = 1, open = 0, opened = 0;

	while (*p != '\0') {
		if (*p == '"' || *p == '\'') {
			p = conf_past_string(p);
			continue;
		}
		if (*p == '{' && open++ == 0)
			opened = line;
		open -= *p == '}';
		line += *p++ == '\n';
	}
	if (open > 0)
		conf_fail(m, EX_CONFIG,
		    "%s:%d: this section has no end; close it with }", path,
		    opened);
}

static int
conf_parse_file(struct conf_memory *m, const char *path)
{
	char dir[1024], *text = conf_load(m, path);
	const char *slash = strrchr(path, '/');
	int rc;

	if (text == NULL)
		return -1;
	conf_blank_comments(m, path, text);
	conf_check_braces(m, path, text);
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

static int
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

static void
conf_fill_list(struct conf_memory *m, cfg_opt_t *opt, struct alert_list *list)
{
	unsigned i, n = cfg_opt_size(opt);
	const char **item;

	if (n == 0)
		return;
	item = conf_alloc(m, n, sizeof(*item));
	if (item == NULL)
		return;
	for (i = 0; i < n; i++)
		item[i] = cfg_opt_getnstr(opt, i);
	*list = (struct alert_list){ item, n };
}

static void
conf_fill_value(const struct option_row *row, const char *text, char *to)
{
	double n = 0;

	(void)conf_value(row, text, &n);
	switch (row->type) {
	case OPTION_STR:
		*(const char **)(void *)to = text;
		break;
	case OPTION_TIME:
		(void)conf_duration(text, (int64_t *)(void *)to);
		break;
	case OPTION_SIZE:
		(void)conf_size(text, (int64_t *)(void *)to);
		break;
	case OPTION_INT:
	case OPTION_CHOICE:
		*(int *)(void *)to = (int)n;
		break;
	case OPTION_NUMBER:
		*(double *)(void *)to = n;
		break;
	case OPTION_BOOL:
		*(bool *)(void *)to = n != 0;
		break;
	case OPTION_LIST:
		break;
	}
}

/* Fills a section's struct: what is written, else the default. */
static void
conf_fill(struct conf_memory *m, cfg_t *section, const char *name, void *to)
{
	const struct option_row *row;
	cfg_opt_t *opt;
	const char *text;
	size_t i;

	for (i = 0; i < option_count; i++) {
		row = &option_rows[i];
		if (strcmp(row->section, name) != 0)
			continue;
		opt = section == NULL ? NULL : cfg_getopt(section, row->name);
		if (row->type == OPTION_LIST) {
			if (opt != NULL)
				conf_fill_list(m, opt,
				    (struct alert_list *)(void *)((char *)to +
					row->offset));
			continue;
		}
		text = opt == NULL || cfg_opt_size(opt) == 0
		    ? NULL
		    : cfg_opt_getnstr(opt, 0);
		if (text == NULL)
			text = row->standard;
		if (text != NULL)
			conf_fill_value(row, text, (char *)to + row->offset);
	}
}

/* All sections of a name into an array of structs. */
static void *
conf_sections(struct conf_memory *m, const char *name, size_t size, size_t *n)
{
	char *array;
	size_t i;

	*n = cfg_size(m->cfg, name);
	array = conf_alloc(m, *n, size);
	for (i = 0; array != NULL && i < *n; i++)
		conf_fill(m, cfg_getnsec(m->cfg, name, (unsigned)i), name,
		    array + i * size);
	return array;
}

/* A section that may be there once, or not at all. */
static cfg_t *
conf_single(struct conf_memory *m, const char *name, void *to)
{
	unsigned n = cfg_size(m->cfg, name);
	cfg_t *section = n == 0 ? NULL : cfg_getnsec(m->cfg, name, n - 1);

	if (n > 1)
		conf_complain(
		    m, section, NULL, "a second section; put both into one");
	conf_fill(m, section, name, to);
	return section;
}

bool
conf_address(const char *text, struct sockaddr_storage *addr, socklen_t *len)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	const char *colon = strrchr(text, ':');
	struct addrinfo *res;
	char host[80];
	size_t n;
	int64_t port;

	if (colon == NULL || !conf_size(colon + 1, &port) || port > 65535 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return false;
	n = (size_t)(colon - text);
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (memchr(text, ':', n) != NULL) {
		return false; /* IPv6 needs its brackets */
	}
	if (n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	if (getaddrinfo(n == 0 ? "::" : host, colon + 1, &hints, &res) != 0)
		return false;
	memcpy(addr, res->ai_addr, res->ai_addrlen);
	*len = res->ai_addrlen;
	freeaddrinfo(res);
	return true;
}

static void
conf_nets(struct conf_memory *m, cfg_t *section, const char *option,
    const struct alert_list *list, struct conf_nets *nets)
{
	size_t i;

	nets->net = conf_alloc(m, list->n, sizeof(*nets->net));
	for (i = 0; nets->net != NULL && i < list->n; i++) {
		if (!source_net_parse(list->item[i], &nets->net[i]))
			conf_complain(m, section, option,
			    "\"%s\" is no address or network; write 192.0.2.1 "
			    "or 192.0.2.0/24",
			    list->item[i]);
		nets->n++;
	}
}

/* "AB:CD:..." or "abcd...", 32 octets. */
static bool
conf_is_fingerprint(const char *text)
{
	size_t digits = 0;

	for (; *text != '\0'; text++) {
		if (*text == ':')
			continue;
		if (strchr("0123456789abcdefABCDEF", *text) == NULL)
			return false;
		digits++;
	}
	return digits == 64;
}

static void
conf_fingerprints(struct conf_memory *m, cfg_t *section, const char *option,
    const struct alert_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!conf_is_fingerprint(list->item[i]))
			conf_complain(m, section, option,
			    "\"%s\" is no SHA-256 fingerprint; openssl x509 "
			    "-noout -fingerprint -sha256 prints it",
			    list->item[i]);
}

static void
conf_listener_check(
    struct conf_memory *m, cfg_t *section, struct conf_listener *l)
{
	l->title = cfg_title(section);
	if (!conf_address(l->title, &l->addr, &l->addrlen))
		conf_complain(m, section, NULL,
		    "\"%s\" is no address with a port; write "
		    "\"[::]:514\" or \"192.0.2.1:514\"",
		    l->title);
	conf_nets(m, section, "allow", &l->allow, &l->allow_nets);
	conf_nets(m, section, "proxy", &l->proxy, &l->proxy_nets);
	if (l->transport != CONF_TLS)
		return;
	conf_fingerprints(m, section, "fingerprint", &l->fingerprint);
	if (l->cert_file == NULL || l->key_file == NULL)
		conf_complain(m, section,
		    l->cert_file == NULL ? "cert-file" : "key-file",
		    "is missing; TLS needs a certificate and its key");
	if (l->client_cert == CONF_CERT_REQUIRE && l->client_ca_file == NULL &&
	    l->fingerprint.n == 0)
		conf_complain(m, section, "client-cert",
		    "require needs client-ca-file or fingerprint");
}

static void
conf_listeners(struct conf *c)
{
	struct conf_memory *m = c->memory;
	struct conf_listener *all, *one;
	size_t i, n, total = 0;
	int t;

	for (t = 0; t < CONF_TRANSPORTS; t++)
		total += cfg_size(m->cfg, conf_transport_name(t));
	all = conf_alloc(m, total, sizeof(*all));
	if (all == NULL)
		return;
	for (t = 0; t < CONF_TRANSPORTS; t++) {
		one =
		    conf_sections(m, conf_transport_name(t), sizeof(*one), &n);
		for (i = 0; one != NULL && i < n; i++) {
			one[i].transport = (enum conf_transport)t;
			conf_listener_check(m,
			    cfg_getnsec(
				m->cfg, conf_transport_name(t), (unsigned)i),
			    &one[i]);
			all[c->nlisteners++] = one[i];
		}
	}
	c->listener = all;
	if (c->nlisteners == 0)
		conf_fail(m, EX_CONFIG,
		    "%s: no udp, tcp or tls section, so nothing would be "
		    "heard; write: udp \"[::]:514\" { }",
		    m->file[0]);
}

static void
conf_relays(struct conf *c)
{
	struct conf_memory *m = c->memory;
	cfg_t *section;
	size_t i;

	c->nrelays = cfg_size(m->cfg, "relay");
	c->relay_net = conf_alloc(m, c->nrelays, sizeof(*c->relay_net));
	for (i = 0; c->relay_net != NULL && i < c->nrelays; i++) {
		section = cfg_getnsec(m->cfg, "relay", (unsigned)i);
		if (!source_net_parse(cfg_title(section), &c->relay_net[i]))
			conf_complain(m, section, NULL,
			    "\"%s\" is no address or network; write "
			    "192.0.2.1 or 192.0.2.0/24",
			    cfg_title(section));
	}
}

/* NULL for UTC, which needs no table. */
static const struct zone *
conf_zone(struct conf_memory *m, cfg_t *section, const char *name)
{
	struct zone *zone;
	size_t i;

	if (strcmp(name, "UTC") == 0)
		return NULL;
	for (i = 0; i < m->nzones; i++)
		if (strcmp(m->zone[i]->name, name) == 0)
			return m->zone[i];
	zone = zonefile_load(name);
	if (zone == NULL) {
		conf_complain(m, section, "timezone",
		    "\"%s\" is no zone of the system's tables; write a name "
		    "as \"Europe/Paris\" (Debian has them in tzdata)",
		    name);
		return NULL;
	}
	m->zone[m->nzones++] = zone;
	return zone;
}

static void
conf_device_check(struct conf *c, cfg_t *section, struct conf_device *d,
    struct source_device_conf *s)
{
	struct conf_memory *m = c->memory;

	d->name = cfg_title(section);
	if (d->name[0] == '\0' || strlen(d->name) >= IKE_NAME_SIZE)
		conf_complain(m, section, NULL,
		    "a device needs a name of 1 to %d letters",
		    IKE_NAME_SIZE - 1);
	conf_nets(m, section, "address", &d->address, &d->nets);
	conf_fingerprints(m, section, "certificate", &d->certificate);
	*s = (struct source_device_conf){ .name = d->name,
		.address = d->nets.net,
		.naddress = d->nets.n,
		.hostname = d->hostname.item,
		.nhostname = d->hostname.n };
	s->zone = conf_zone(m, section, d->timezone);
	if (d->vendor == NULL)
		return;
	s->vendor = parser_named(d->vendor);
	if (s->vendor == NULL)
		conf_complain(m, section, "vendor",
		    "\"%s\" is no vendor known here; leave it out to have it "
		    "seen from the text, or see ikewatchd.conf(5) for the "
		    "names",
		    d->vendor);
}

/* Two sections of one title, or with one address, contradict each other. */
static void
conf_devices_twice(struct conf *c, size_t i)
{
	struct conf_device *d = &c->device[i], *e;
	cfg_t *section = cfg_getnsec(c->memory->cfg, "device", (unsigned)i);
	size_t k, a, b;

	for (k = 0; k < i; k++) {
		e = &c->device[k];
		if (strcasecmp(d->name, e->name) == 0)
			conf_complain(c->memory, section, NULL,
			    "\"%s\" has a section already", d->name);
		for (a = 0; a < d->nets.n; a++)
			for (b = 0; b < e->nets.n; b++)
				if (d->nets.net[a].bits == 128 &&
				    e->nets.net[b].bits == 128 &&
				    IN6_ARE_ADDR_EQUAL(&d->nets.net[a].addr,
					&e->nets.net[b].addr))
					conf_complain(c->memory, section,
					    "address",
					    "\"%s\" is device \"%s\" already",
					    d->address.item[a], e->name);
	}
}

static void
conf_devices(struct conf *c)
{
	struct conf_memory *m = c->memory;
	size_t i;

	c->device =
	    conf_sections(m, "device", sizeof(*c->device), &c->ndevices);
	c->source_device =
	    conf_alloc(m, c->ndevices, sizeof(*c->source_device));
	c->alert_device = conf_alloc(m, c->ndevices, sizeof(*c->alert_device));
	m->zone = conf_alloc(m, c->ndevices, sizeof(*m->zone));
	if (c->device == NULL || c->source_device == NULL ||
	    c->alert_device == NULL || m->zone == NULL)
		return;
	for (i = 0; i < c->ndevices; i++) {
		cfg_t *section = cfg_getnsec(m->cfg, "device", (unsigned)i);

		conf_device_check(
		    c, section, &c->device[i], &c->source_device[i]);
		conf_devices_twice(c, i);
		c->alert_device[i] = (struct alert_device){ c->device[i].name,
			cfg_size(section, "silent-after") == 0
			    ? -1
			    : c->device[i].silent_after };
	}
}

static void
conf_tunnels(struct conf *c)
{
	struct conf_memory *m = c->memory;
	struct conf_tunnel *t;
	struct source_net net;
	cfg_t *section;
	size_t i;

	c->tunnel =
	    conf_sections(m, "tunnel", sizeof(*c->tunnel), &c->ntunnels);
	c->alert_tunnel = conf_alloc(m, c->ntunnels, sizeof(*c->alert_tunnel));
	if (c->tunnel == NULL || c->alert_tunnel == NULL)
		return;
	for (i = 0; i < c->ntunnels; i++) {
		t = &c->tunnel[i];
		section = cfg_getnsec(m->cfg, "tunnel", (unsigned)i);
		t->name = cfg_title(section);
		if (t->peer == NULL || !source_net_parse(t->peer, &net) ||
		    net.bits != 128)
			conf_complain(m, section, "peer",
			    "\"%s\" is no address; write the other end's, as "
			    "192.0.2.1",
			    t->peer == NULL ? "" : t->peer);
		c->alert_tunnel[i] = (struct alert_tunnel){ t->name, t->device,
			t->peer, (enum alert_mode)t->mode,
			(enum alert_severity)t->severity };
	}
}

/* "ike_auth=30s" */
static void
conf_stall_stage(struct conf *c, cfg_t *section, const char *text)
{
	const char *equals = strchr(text, '=');
	enum ike_stage stage = IKE_STAGE_NONE;
	char name[40] = "";
	int64_t time;

	if (equals != NULL && (size_t)(equals - text) < sizeof(name)) {
		memcpy(name, text, (size_t)(equals - text));
		name[equals - text] = '\0';
		stage = ike_stage_named(name);
	}
	if (stage == IKE_STAGE_NONE || !conf_duration(equals + 1, &time)) {
		conf_complain(c->memory, section, "stall-stage",
		    "\"%s\" is not a stage and a time; write "
		    "\"ike_auth=30s\"",
		    text);
		return;
	}
	c->pipeline.tracker.stall_after[stage] = time;
}

static void
conf_make_pipeline(struct conf *c, cfg_t *track)
{
	struct tracker_conf *t = &c->pipeline.tracker;
	size_t i;

	pipeline_conf_defaults(&c->pipeline);
	if (track != NULL && cfg_size(track, "stall-after") > 0)
		for (i = 0; i < IKE_STAGE_COUNT; i++)
			t->stall_after[i] = c->track.stall_after;
	for (i = 0; i < c->track.stall_stage.n; i++)
		conf_stall_stage(c, track, c->track.stall_stage.item[i]);
	t->rekey_grace = c->track.rekey_grace;
	t->max_open = (size_t)c->limits.negotiations;
	t->max_peer = (size_t)c->limits.negotiations_per_peer;
	c->pipeline.keep_all = c->store.keep == CONF_KEEP_ALL;
	c->pipeline.stream_only = c->track.stream_only;
	c->pipeline.duplicates = c->track.duplicates;
	c->pipeline.sources = (struct source_conf){ c->source_device,
		c->ndevices, c->relay_net, c->nrelays, false, NULL };
}

static void
conf_alerts(struct conf *c)
{
	struct conf_memory *m = c->memory;
	struct alert_place place;
	char why[300];
	size_t i;

	alert_conf_defaults(&c->alerts);
	(void)conf_single(m, "alerts", &c->alerts);
	c->route =
	    conf_sections(m, "route", sizeof(*c->route), &c->alerts.nroutes);
	c->grade =
	    conf_sections(m, "severity", sizeof(*c->grade), &c->alerts.ngrades);
	c->maintenance = conf_sections(m, "maintenance",
	    sizeof(*c->maintenance), &c->alerts.nmaintenances);
	c->destination = conf_sections(m, "destination",
	    sizeof(*c->destination), &c->alerts.ndestinations);
	if (m->failed)
		return;
	for (i = 0; i < c->alerts.ndestinations; i++)
		c->destination[i].name =
		    cfg_title(cfg_getnsec(m->cfg, "destination", (unsigned)i));
	for (i = 0; i < c->alerts.nmaintenances; i++)
		c->maintenance[i].name =
		    cfg_title(cfg_getnsec(m->cfg, "maintenance", (unsigned)i));
	for (i = 0; i < c->alerts.ngrades; i++) {
		cfg_t *section = cfg_getnsec(m->cfg, "severity", (unsigned)i);
		int severity;

		*strchr(section->title, '#') = '\0'; /* conf_section_read() */
		severity =
		    conf_choice("|info|warning|critical", cfg_title(section));
		if (severity <= 0)
			conf_complain(m, section, NULL,
			    "\"%s\" is none of info, warning, critical",
			    cfg_title(section));
		c->grade[i].severity = (enum alert_severity)severity;
	}
	c->alerts.route = c->route;
	c->alerts.grade = c->grade;
	c->alerts.maintenance = c->maintenance;
	c->alerts.destination = c->destination;
	c->alerts.device = c->alert_device;
	c->alerts.ndevices = c->ndevices;
	c->alerts.tunnel = c->alert_tunnel;
	c->alerts.ntunnels = c->ntunnels;
	if (!m->failed &&
	    alert_conf_check(&c->alerts, &place, why, sizeof(why)) == -1)
		conf_complain(m,
		    cfg_getnsec(m->cfg, place.section, (unsigned)place.n), NULL,
		    "%s", why);
}

static void
conf_http(struct conf *c)
{
	cfg_t *section;

	if (cfg_size(c->memory->cfg, "http") == 0)
		return;
	section = conf_single(c->memory, "http", &c->http);
	if (!conf_address(c->http.address, &c->http.addr, &c->http.addrlen))
		conf_complain(c->memory, section, "address",
		    "\"%s\" is no address with a port; write "
		    "\"127.0.0.1:9514\"",
		    c->http.address);
}

static void
conf_build(struct conf *c)
{
	struct conf_memory *m = c->memory;
	cfg_t *track, *store;

	conf_fill(m, m->cfg, "", &c->global);
	store = conf_single(m, "store", &c->store);
	track = conf_single(m, "track", &c->track);
	(void)conf_single(m, "limits", &c->limits);
	if (c->store.path[0] != '/')
		conf_complain(m, store, "path", "\"%s\" does not begin with /",
		    c->store.path);
	conf_http(c);
	conf_listeners(c);
	conf_relays(c);
	conf_devices(c);
	conf_tunnels(c);
	if (m->failed)
		return;
	conf_make_pipeline(c, track);
	conf_alerts(c);
}

struct conf *
conf_read(const char *path, char *err, size_t errsize, int *code)
{
	struct conf *c = calloc(1, sizeof(*c));
	struct conf_memory *m = calloc(1, sizeof(*m));

	*code = EX_OSERR;
	(void)snprintf(err, errsize, "configuration: out of memory");
	if (c == NULL || m == NULL) {
		free(c);
		free(m);
		return NULL;
	}
	c->memory = m;
	m->err = err;
	m->errsize = errsize;
	m->code = EX_OSERR;
	if (conf_parse(m, path) == 0)
		conf_build(c);
	else
		m->failed = true;
	if (m->failed) {
		*code = m->code;
		conf_free(c);
		return NULL;
	}
	*code = EX_OK;
	return c;
}

void
conf_free(struct conf *c)
{
	struct conf_memory *m;
	size_t i;

	if (c == NULL)
		return;
	m = c->memory;
	if (m->cfg != NULL)
		cfg_free(m->cfg);
	for (i = 0; i < m->nfiles; i++)
		free(m->file[i]);
	for (i = 0; i < m->nzones; i++)
		zonefile_free(m->zone[i]);
	for (i = 0; i < m->nblocks; i++)
		free(m->block[i]);
	free(m->block);
	free(m->place);
	free(m);
	free(c);
}
