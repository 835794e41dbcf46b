/*
 * The daemon's own words, to stderr: never to syslog, which is our input.
 * Every line begins with its subject. Control characters are escaped, so
 * that no text from the network reaches a terminal or a journal raw.
 */
#ifndef IKEWATCH_DAEMON_LOG_H
#define IKEWATCH_DAEMON_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Levels in the journal's form ("<4>") where stderr is the journal, times in
 * front where it is not. */
void log_open(enum log_level most);
void log_set_level(enum log_level most);
bool log_debugging(void);

/* log_warn adds what errno says; the others do not. */
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * For what a stranger can cause: at most LOG_HINTS lines in a minute, in all;
 * how many were left out is said with the next one.
 */
enum { LOG_HINTS = 8 };
void log_hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Escapes every byte that is not printable ASCII as \xHH; always closed. */
void log_escape(char *to, size_t size, const char *from, size_t len);

#endif
