/*
 * What the files of the configuration share, in the order in which a file goes
 * through them: conf.c (the whole), conf_text.c (its text), conf_parse.c
 * (libconfuse), conf_value.c (words as values), conf_fill.c (structs), and
 * what options say together: conf_listen.c, conf_device.c, conf_alert.c.
 * Nobody else includes it.
 */
#ifndef IKEWATCH_DAEMON_CONF_PARTS_H
#define IKEWATCH_DAEMON_CONF_PARTS_H

#include <confuse.h>

#include "daemon/conf.h"

enum { CONF_FILES_MAX = 256 };

struct option_row;
struct zone;

/* Where a value was written, for complaints about several together. */
struct conf_place {
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
	struct conf_place *place;
	size_t nplaces;
	char *file[CONF_FILES_MAX]; /* read or still to be read */
	size_t nfiles, read;
	const char *dir; /* of the file being read */
	char *err;
	size_t errsize;
	bool failed;
	int code;
};

/* conf.c */

/* Keeps the first complaint. */
void conf_fail(struct conf_memory *, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Complains about an option of a section (NULL: the section), where it was
 * written. */
void conf_complain(struct conf_memory *, cfg_t *section, const char *option,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Zeroes, freed with the rest; NULL without memory, which is a complaint. */
void *conf_alloc(struct conf_memory *, size_t n, size_t size);

/* conf_text.c */

/* The file with its comments blanked, to be freed; NULL and a complaint where
 * it is no text. A section or comment without an end is only complained of. */
char *conf_text(struct conf_memory *, const char *path);

/* conf_parse.c */

/* The file and those it includes into m->cfg; -1 with a complaint, or without
 * memory. */
int conf_parse(struct conf_memory *, const char *path)
    __attribute__((warn_unused_result));

/* conf_value.c */

/* Which of the words "a|b|c"; -1: none. */
int conf_choice(const char *choices, const char *word);
/* One value as a number, whatever its type; false where it is none. */
bool conf_value(const struct option_row *, const char *text, double *out);
/* Is it a value, from least to most? If not, why. */
bool conf_in_range(const struct option_row *, const char *text);
void conf_explain(
    const struct option_row *, const char *text, char *why, size_t size);

/* conf_fill.c */

/* Fills a section's struct: what is written, else the default. section NULL:
 * nothing is. */
void conf_fill(
    struct conf_memory *, cfg_t *section, const char *name, void *to);
/* All sections of a name into an array of structs. */
void *conf_sections(
    struct conf_memory *, const char *name, size_t size, size_t *n);
/* A section that may be there once, or not at all (NULL). */
cfg_t *conf_single(struct conf_memory *, const char *name, void *to);

/* conf_listen.c */

void conf_listeners(struct conf *);
void conf_http(struct conf *);
/* The items of a list, which shall be networks. */
void conf_nets(struct conf_memory *, cfg_t *section, const char *option,
    const struct alert_list *, struct conf_nets *);
/* They shall be SHA-256 fingerprints. */
void conf_fingerprints(struct conf_memory *, cfg_t *section, const char *option,
    const struct alert_list *);

/* conf_device.c */

void conf_relays(struct conf *);
void conf_devices(struct conf *);
void conf_tunnels(struct conf *);

/* conf_alert.c: after devices and tunnels. */

void conf_alerts(struct conf *);

#endif
