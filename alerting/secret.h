/*
 * Addresses and secrets of a destination, read from their files. A file that
 * everybody may read is refused; a name without a slash is looked for in
 * $CREDENTIALS_DIRECTORY first.
 */
#ifndef IKEWATCH_ALERTING_SECRET_H
#define IKEWATCH_ALERTING_SECRET_H

#include <stddef.h>

#include "alerting/alert.h"

enum { SECRETS_URLS = 8, SECRETS_KEYS = 2 };

struct secrets {
	char *url[SECRETS_URLS];
	size_t nurls;
	char *key[SECRETS_KEYS];
	size_t nkeys;
};

/* 0, or -1 with what to do in err. secrets_wipe() either way. */
int secrets_read(struct secrets *, const struct destination_conf *, char *err,
    size_t errsize) __attribute__((warn_unused_result));
void secrets_wipe(struct secrets *);

/* "https://hooks.example.net/...1a2b": scheme, host and the last four. */
enum { SECRET_SHOWN_SIZE = 160 };
const char *secret_shown(const char *url, char to[SECRET_SHOWN_SIZE]);

#endif
