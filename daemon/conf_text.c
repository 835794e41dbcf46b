/*
 * A file's text, before libconfuse sees it. The one rule: what libconfuse
 * would read wrongly is put right or refused here, and no line moves.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/conf_parts.h"

enum { FILE_BYTES_MAX = 4 << 20 };

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

char *
conf_text(struct conf_memory *m, const char *path)
{
	char *text = conf_load(m, path);

	if (text != NULL) {
		conf_blank_comments(m, path, text);
		conf_check_braces(m, path, text);
	}
	return text;
}
