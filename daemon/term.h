/*
 * What the reading side prints, and how: text for people, JSON and CSV for
 * programs. Its one rule: no byte that a device sent reaches the output
 * unless it is harmless there.
 */
#ifndef IKEWATCH_DAEMON_TERM_H
#define IKEWATCH_DAEMON_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "parsers/span.h"

enum term_format { TERM_TEXT, TERM_JSON, TERM_CSV, TERM_HTML };

enum term_style {
	TERM_PLAIN,
	TERM_BOLD,
	TERM_DIM,
	TERM_GOOD,
	TERM_BAD,
	TERM_WARN,
	TERM_STYLE_COUNT
};

/* Signs that lines are drawn with, in UTF-8 or ASCII. */
struct term_signs {
	const char *bar, *dash, *left, *right, *cross, *dot, *to, *dots;
};

struct term {
	FILE *out;
	FILE *behind; /* the real one, while out is kept back; else NULL */
	bool page;    /* kept back: a pager is wanted then */
	enum term_format format;
	bool tty;    /* a person looks at it */
	bool colour; /* escape sequences are welcome */
	int width;   /* columns */
	const struct term_signs *signs;
	bool comma; /* JSON: something stands before the next member */
	int depth;  /* JSON: brackets open */
	long pager; /* process id, 0: none */
};

/* Colour only on a terminal and never where NO_COLOR is set; COLUMNS goes
 * before the terminal's own width. */
void term_init(struct term *, FILE *out, enum term_format);
/* Keeps what is printed back until term_close(): a database that is being
 * read must not wait for a reader or a pager. */
void term_spool(struct term *);
/* Starts $PAGER (less -FRX) behind out, on a terminal and in text form. */
void term_page(struct term *);
/* Flushes, waits for the pager. -1 where the output could not be written. */
int term_close(struct term *) __attribute__((warn_unused_result));

void term_style(struct term *, enum term_style);

/*
 * Text that is safe on a terminal: control characters, C1, bidi and
 * invisible characters become \n, \x1b, \u202e; bytes that are no UTF-8
 * become \xNN. Cut on a character; always closed with NUL. Returns the
 * length.
 */
size_t term_escape(char *to, size_t size, struct span);
/* Columns that escaped text takes. */
size_t term_columns(const char *);
/* The longest beginning of at most that many columns, in bytes. */
size_t term_fit(const char *, size_t columns);

/* Our own words; printf. */
void term_say(struct term *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A device's words, escaped. */
void term_text(struct term *, struct span);
/*
 * A paragraph, escaped and broken between words: the first line begins at
 * column "at" (where the cursor is), the next are indented by "indent".
 * Ends with a line feed.
 */
void term_paragraph(struct term *, size_t at, size_t indent, struct span);

/* Times in microseconds. Local with offset: "2026-11-21 10:00:00 +0100". */
enum { TERM_TIME_SIZE = 40 };
void term_time_local(char to[TERM_TIME_SIZE], int64_t us);
/* For narrow pages: no seconds, no year where it is this one, and all by the
 * offset of today, which term_time_offset() names. */
void term_time_short(char to[TERM_TIME_SIZE], int64_t us);
void term_time_offset(char to[TERM_TIME_SIZE]);
/* RFC 3339 in UTC, with microseconds where there are any. */
void term_time_utc(char to[TERM_TIME_SIZE], int64_t us);
/* "3 d 4 h", "12 min", "4.2 s". */
void term_duration(char to[TERM_TIME_SIZE], int64_t us);

/*
 * JSON, one object a line. Members of an object or array in the order of the
 * calls; key is NULL inside an array and for the outermost. NULL and empty
 * text is null.
 */
void json_begin(struct term *, const char *key, char bracket);
void json_end(struct term *, char bracket);
void json_text(struct term *, const char *key, struct span);
void json_str(struct term *, const char *key, const char *);
void json_int(struct term *, const char *key, int64_t);
void json_double(struct term *, const char *key, double);
void json_bool(struct term *, const char *key, bool);
void json_none(struct term *, const char *key);
void json_time(struct term *, const char *key, int64_t us); /* 0: null */

/*
 * A table of rows in any of the three forms. Cells are added from left to
 * right; json and csv print every column, text those with a title.
 */
enum column_kind {
	COLUMN_TEXT,
	COLUMN_INT,
	COLUMN_TIME,
	COLUMN_DURATION, /* microseconds in; seconds in json and csv */
	COLUMN_LIST,	 /* words with commas between; an array in json */
};
struct column {
	const char *name;  /* in json and csv */
	const char *title; /* in text; NULL: not shown there */
	enum column_kind kind;
	size_t least; /* text: narrower than this it is not made */
};

struct table;
/* NULL without memory. */
struct table *table_new(struct term *, const struct column *, size_t n);
void table_text(struct table *, struct span);
void table_str(struct table *, const char *);
void table_int(struct table *, int64_t);
void table_real(struct table *, double);     /* three digits */
void table_time(struct table *, int64_t us); /* 0: null */
void table_null(struct table *);
/* Style of the row just being filled, in text. */
void table_style(struct table *, enum term_style);
/* The rows held back are printed, the table is freed. Returns their number. */
size_t table_end(struct table *);

/* One CSV cell, RFC 4180; a beginning that spreadsheets take for a formula
 * gets an apostrophe in front. */
void csv_cell(FILE *, struct span);

#endif
