/* The table of options, for conf_*.c and the tests. */
#ifndef IKEWATCH_DAEMON_OPTIONS_H
#define IKEWATCH_DAEMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_type {
	OPTION_STR,    /* const char * */
	OPTION_LIST,   /* struct alert_list */
	OPTION_TIME,   /* int64_t, microseconds; least and most in seconds */
	OPTION_SIZE,   /* int64_t, bytes */
	OPTION_INT,    /* int */
	OPTION_NUMBER, /* double */
	OPTION_BOOL,   /* bool */
	OPTION_CHOICE, /* int: which of the words in choices */
};

struct option_row {
	const char *section; /* "": outside of any */
	const char *name;
	enum option_type type;
	size_t offset;	      /* in the section's struct */
	const char *standard; /* NULL: none */
	double least, most;   /* both 0: any */
	const char *choices;  /* "a|b|c" */
	const char *help;
};

struct section_row {
	const char *name;
	bool titled;
	bool many;
	const char *help;
};

extern const struct option_row option_rows[];
extern const size_t option_count;
extern const struct section_row section_rows[];
extern const size_t section_count;

#endif
