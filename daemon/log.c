/*
 * Lines to stderr, one write each. The one rule: nothing leaves this file
 * unescaped.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"

enum { LINE_MAX_BYTES = 1024 };

static struct {
	enum log_level most;
	bool journal;
	time_t minute;
	unsigned hints, left_out;
} state = { .most = LOG_LEVEL_INFO };

/* JOURNAL_STREAM names the device and inode of stderr where it goes to the
 * journal (systemd.exec(5)). */
static bool
log_to_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	char *end;
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return false;
	dev = strtoull(stream, &end, 10);
	if (*end != ':')
		return false;
	ino = strtoull(end + 1, NULL, 10);
	return st.st_dev == dev && st.st_ino == ino;
}

void
log_open(enum log_level most)
{
	state.most = most;
	state.journal = log_to_journal();
}

void
log_set_level(enum log_level most)
{
	state.most = most;
}

bool
log_debugging(void)
{
	return state.most >= LOG_LEVEL_DEBUG;
}

void
log_escape(char *to, size_t size, const char *from, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t i, used = 0;
	unsigned char c;

	for (i = 0; i < len; i++) {
		c = (unsigned char)from[i];
		if (c >= 0x20 && c < 0x7f) {
			if (used + 2 > size)
				break;
			to[used++] = (char)c;
			continue;
		}
		if (used + 5 > size)
			break;
		to[used++] = '\\';
		to[used++] = 'x';
		to[used++] = hex[c >> 4];
		to[used++] = hex[c & 15];
	}
	if (size > 0)
		to[used] = '\0';
}

static size_t
log_head(char *to, size_t size, int priority)
{
	time_t now = time(NULL);
	struct tm tm;
	int n;

	if (state.journal) {
		n = snprintf(to, size, "<%d>", priority);
		return n < 0 ? 0 : (size_t)n;
	}
	if (localtime_r(&now, &tm) == NULL)
		return 0;
	return strftime(to, size, "%Y-%m-%dT%H:%M:%S%z ", &tm);
}

static void __attribute__((format(printf, 3, 0)))
log_line(int priority, int error, const char *fmt, va_list ap)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 64];
	char reason[128];
	size_t n;
	int len;

	len = vsnprintf(text, sizeof(text), fmt, ap);
	if (len < 0)
		return;
	if (error != 0 && (size_t)len < sizeof(text))
		snprintf(text + len, sizeof(text) - (size_t)len, ": %s",
		    strerror_r(error, reason, sizeof(reason)));
	n = log_head(line, 64, priority);
	log_escape(line + n, sizeof(line) - n - 1, text, strlen(text));
	n += strlen(line + n);
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) == -1)
		return; /* nowhere left to say it */
}

void
log_warn(const char *fmt, ...)
{
	int error = errno;
	va_list ap;

	va_start(ap, fmt);
	log_line(4, error, fmt, ap);
	va_end(ap);
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(4, 0, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	if (state.most < LOG_LEVEL_INFO)
		return;
	va_start(ap, fmt);
	log_line(6, 0, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (state.most < LOG_LEVEL_DEBUG)
		return;
	va_start(ap, fmt);
	log_line(7, 0, fmt, ap);
	va_end(ap);
}

/* A new minute begins: says what the last one kept quiet. */
static void
log_minute(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1 ||
	    now.tv_sec / 60 == state.minute)
		return;
	state.minute = now.tv_sec / 60;
	if (state.left_out > 0)
		log_warnx("log: %u lines about senders were left out",
		    state.left_out);
	state.hints = state.left_out = 0;
}

void
log_hint(const char *fmt, ...)
{
	va_list ap;

	log_minute();
	if (state.hints >= LOG_HINTS) {
		state.left_out++;
		return;
	}
	state.hints++;
	va_start(ap, fmt);
	log_line(5, 0, fmt, ap);
	va_end(ap);
}
