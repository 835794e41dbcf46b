/* TLS for syslog (RFC 5425): the server's certificate, and the clients'. */
#ifndef IKEWATCH_DAEMON_TLS_H
#define IKEWATCH_DAEMON_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/conf.h"

struct tls;
typedef struct ssl_st SSL;

/* Reads certificate, key and authorities. NULL with a sentence in err. */
struct tls *tls_new(const struct conf_listener *, char *err, size_t errsize);
void tls_free(struct tls *);
/* The server's side of a new connection; NULL without memory. */
SSL *tls_accept(struct tls *);
/*
 * After the handshake: does the client have to go? False then, with a
 * sentence in why. device is set to the name of the device whose certificate
 * was shown, NULL where it is nobody's.
 */
bool tls_verify(struct tls *, SSL *, const struct conf *, const char **device,
    char *why, size_t size);
/* What OpenSSL says went wrong last, in words; empties its queue. */
void tls_error(char *why, size_t size);

#endif
