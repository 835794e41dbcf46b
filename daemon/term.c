/*
 * Text for people. Everything a device sent goes through term_escape().
 */
#include "daemon/term.h"

#include <errno.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/term_utf8.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { WIDTH_DEFAULT = 80, WIDTH_LEAST = 40, WIDTH_MOST = 160 };

static const struct term_signs signs_ascii = { "|", "-", "<", ">", "x", "*",
	"->", "..." };
static const struct term_signs signs_utf8 = { "│", "─", "◀", "▶", "✗", "•", "→",
	"…" };

static const char *const styles[TERM_STYLE_COUNT] = {
	[TERM_PLAIN] = "\033[0m",
	[TERM_BOLD] = "\033[1m",
	[TERM_DIM] = "\033[2m",
	[TERM_GOOD] = "\033[32m",
	[TERM_BAD] = "\033[1;31m",
	[TERM_WARN] = "\033[33m",
};

static int
term_width(bool tty)
{
	const char *columns = getenv("COLUMNS");
	struct winsize ws;
	int width = WIDTH_DEFAULT;
	struct span s = span_of(columns);

	if (columns != NULL && scan_digits(&s, 4, &width) && s.len == 0)
		;
	else if (tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 &&
	    ws.ws_col > 0)
		width = ws.ws_col;
	else
		width = WIDTH_DEFAULT;
	return width < WIDTH_LEAST ? WIDTH_LEAST
	    : width > WIDTH_MOST   ? WIDTH_MOST
				   : width;
}

void
term_init(struct term *t, FILE *out, enum term_format format)
{
	const char *no_color = getenv("NO_COLOR"), *kind = getenv("TERM");

	memset(t, 0, sizeof(*t));
	t->out = out;
	t->format = format;
	t->tty = isatty(fileno(out)) == 1;
	t->colour = t->tty && format == TERM_TEXT &&
	    (no_color == NULL || no_color[0] == '\0') && kind != NULL &&
	    strcmp(kind, "dumb") != 0;
	t->width = term_width(t->tty);
	t->signs = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? &signs_utf8
							      : &signs_ascii;
}

/* The pager's standard input is our output from here on. */
static void
term_pager_child(int fd)
{
	const char *pager = getenv("PAGER");

	if (pager == NULL || pager[0] == '\0')
		pager = "less";
	dup2(fd, STDIN_FILENO);
	close(fd);
	setenv("LESS", "FRX", 0);
	setenv("LESSSECURE", "1", 0);
	execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
	_exit(127);
}

void
term_page(struct term *t)
{
	int fd[2];
	pid_t pid;
	FILE *out;

	t->page = true;
	if (t->behind != NULL || !t->tty || t->format != TERM_TEXT ||
	    isatty(STDIN_FILENO) != 1 || pipe(fd) == -1)
		return;
	fflush(t->out);
	if ((out = fdopen(fd[1], "w")) == NULL || (pid = fork()) == -1) {
		close(fd[0]);
		if (out != NULL)
			fclose(out);
		else
			close(fd[1]);
		return;
	}
	if (pid == 0) {
		close(fd[1]);
		term_pager_child(fd[0]);
	}
	close(fd[0]);
	t->out = out;
	t->pager = pid;
}

void
term_spool(struct term *t)
{
	FILE *spool = tmpfile();

	if (spool == NULL || t->behind != NULL)
		return;
	t->behind = t->out;
	t->out = spool;
}

/* What was kept back goes where it belongs. */
static bool
term_unspool(struct term *t)
{
	FILE *spool = t->out;
	bool bad = fflush(spool) == EOF || ferror(spool);
	char buf[16384];
	size_t n;

	t->out = t->behind;
	t->behind = NULL;
	if (t->page)
		term_page(t);
	rewind(spool);
	while ((n = fread(buf, 1, sizeof(buf), spool)) > 0)
		if (fwrite(buf, 1, n, t->out) < n)
			break;
	bad |= ferror(spool) != 0;
	fclose(spool);
	return !bad;
}

int
term_close(struct term *t)
{
	bool bad = t->behind != NULL && !term_unspool(t);

	if (bad)
		return -1;
	bad = fflush(t->out) == EOF || ferror(t->out);
	/* A reader that has seen enough is no failure. */
	if (bad && errno == EPIPE)
		bad = false;
	if (t->pager != 0) {
		fclose(t->out);
		while (
		    waitpid((pid_t)t->pager, NULL, 0) == -1 && errno == EINTR)
			;
		t->pager = 0;
	}
	return bad ? -1 : 0;
}

void
term_style(struct term *t, enum term_style style)
{
	if (t->colour)
		fputs(styles[style], t->out);
}

static size_t
term_put(char *to, size_t size, size_t at, const char *text, size_t n)
{
	if (at + n + 1 > size)
		return 0;
	memcpy(to + at, text, n);
	return n;
}

size_t
term_escape(char *to, size_t size, struct span s)
{
	size_t at = 0, n;

	while (s.len > 0) {
		struct span c = s;
		char code[16];
		uint32_t cp;

		switch (utf8_next(&s, &cp)) {
		case UTF8_BAD:
			snprintf(code, sizeof(code), "\\x%02x",
			    (unsigned char)c.p[0]);
			break;
		case UTF8_UNSAFE:
			if (cp == '\n' || cp == '\r' || cp == '\t')
				snprintf(code, sizeof(code), "\\%c",
				    cp == '\n'	     ? 'n'
					: cp == '\r' ? 'r'
						     : 't');
			else
				snprintf(code, sizeof(code),
				    cp < 0x80	       ? "\\x%02x"
					: cp <= 0xffff ? "\\u%04x"
						       : "\\U%08x",
				    (unsigned)cp);
			break;
		default:
			n = term_put(to, size, at, c.p, c.len - s.len);
			if (n == 0)
				goto out;
			at += n;
			continue;
		}
		n = term_put(to, size, at, code, strlen(code));
		if (n == 0)
			break;
		at += n;
	}
out:
	to[at] = '\0';
	return at;
}

size_t
term_columns(const char *text)
{
	struct span s = span_of(text);
	size_t columns = 0;
	uint32_t cp;

	while (s.len > 0) {
		utf8_next(&s, &cp);
		columns += (size_t)utf8_width(cp);
	}
	return columns;
}

size_t
term_fit(const char *text, size_t columns)
{
	struct span s = span_of(text), before;
	uint32_t cp;

	while (s.len > 0) {
		before = s;
		utf8_next(&s, &cp);
		if ((size_t)utf8_width(cp) > columns)
			return (size_t)(before.p - text);
		columns -= (size_t)utf8_width(cp);
	}
	return strlen(text);
}

void
term_say(struct term *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(t->out, fmt, ap);
	va_end(ap);
}

void
term_text(struct term *t, struct span s)
{
	char buf[4096];

	/* In pieces that end on a character. */
	while (s.len > 0) {
		struct span part = s;

		if (part.len > 256)
			part.len = utf8_cut(s, 256);
		term_escape(buf, sizeof(buf), part);
		fputs(buf, t->out);
		s = span_from(s, part.len);
	}
}

/* Where a line that may take so many columns is broken. */
static size_t
term_break(const char *text, size_t columns)
{
	size_t fit = term_fit(text, columns), n = fit;

	if (text[fit] == '\0')
		return fit;
	while (n > 0 && text[n] != ' ')
		n--;
	return n > 0 ? n : fit > 0 ? fit : 1;
}

void
term_paragraph(struct term *t, size_t at, size_t indent, struct span s)
{
	char buf[4096] = "", *p = buf;
	size_t width = (size_t)t->width, n;

	term_escape(buf, sizeof(buf), span_trim(s));
	for (;;) {
		n = term_break(p, at + 10 < width ? width - at : 10);
		fwrite(p, 1, n, t->out);
		fputc('\n', t->out);
		for (p += n; *p == ' '; p++)
			;
		if (*p == '\0')
			break;
		fprintf(t->out, "%*s", (int)indent, "");
		at = indent;
	}
}

static void
term_stamp(char to[TERM_TIME_SIZE], int64_t us, bool utc)
{
	time_t seconds = (time_t)(us / 1000000);
	int fine = (int)(us % 1000000);
	struct tm tm;
	size_t n;

	if ((utc ? gmtime_r(&seconds, &tm) : localtime_r(&seconds, &tm)) ==
	    NULL) {
		to[0] = '\0';
		return;
	}
	n = strftime(to, TERM_TIME_SIZE,
	    utc ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S %z", &tm);
	if (utc && fine > 0)
		snprintf(to + n, TERM_TIME_SIZE - n, ".%06dZ", fine);
	else if (utc)
		snprintf(to + n, TERM_TIME_SIZE - n, "Z");
}

void
term_time_local(char to[TERM_TIME_SIZE], int64_t us)
{
	term_stamp(to, us, false);
}

void
term_time_short(char to[TERM_TIME_SIZE], int64_t us)
{
	time_t now = time(NULL), seconds;
	struct tm tm, today;

	to[0] = '\0';
	if (localtime_r(&now, &today) == NULL)
		return;
	seconds = (time_t)(us / 1000000) + today.tm_gmtoff;
	if (gmtime_r(&seconds, &tm) != NULL)
		strftime(to, TERM_TIME_SIZE,
		    tm.tm_year == today.tm_year ? "%m-%d %H:%M"
						: "%Y-%m-%d %H:%M",
		    &tm);
}

void
term_time_offset(char to[TERM_TIME_SIZE])
{
	time_t now = time(NULL);
	struct tm today;

	to[0] = '\0';
	if (localtime_r(&now, &today) != NULL)
		strftime(to, TERM_TIME_SIZE, "%z", &today);
}

void
term_time_utc(char to[TERM_TIME_SIZE], int64_t us)
{
	term_stamp(to, us, true);
}

void
term_duration(char to[TERM_TIME_SIZE], int64_t us)
{
	static const struct {
		long long unit;
		const char *name, *part_name;
		long long part;
	} units[] = { { 86400, "d", "h", 3600 }, { 3600, "h", "min", 60 },
		{ 60, "min", "s", 1 } };
	long long s = us / 1000000;

	for (size_t i = 0; i < COUNT(units); i++) {
		if (s < units[i].unit)
			continue;
		/* seconds of ten minutes and more tell nobody anything */
		if (s % units[i].unit / units[i].part == 0 ||
		    (units[i].part == 1 && s >= 600))
			snprintf(to, TERM_TIME_SIZE, "%lld %s",
			    s / units[i].unit, units[i].name);
		else
			snprintf(to, TERM_TIME_SIZE, "%lld %s %lld %s",
			    s / units[i].unit, units[i].name,
			    s % units[i].unit / units[i].part,
			    units[i].part_name);
		return;
	}
	if (us < 1000000)
		snprintf(to, TERM_TIME_SIZE, "%lld ms", (long long)us / 1000);
	else
		snprintf(to, TERM_TIME_SIZE, "%.1f s", (double)us / 1e6);
}
