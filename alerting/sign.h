/* Hashes and signatures, by OpenSSL. */
#ifndef IKEWATCH_ALERTING_SIGN_H
#define IKEWATCH_ALERTING_SIGN_H

#include <stddef.h>

/* The first 16 bytes of a SHA-256 as 32 hex digits. */
void sign_hash(const void *, size_t, char to[33]);
/*
 * The signature of Standard Webhooks: base64 of HMAC-SHA256 over
 * "id.timestamp.body" with the decoded whsec_ secret. -1 where the secret is
 * not "whsec_" and base64 of 24 to 64 bytes (an unprefixed one is taken as
 * base64 too).
 */
enum { SIGN_SIZE = 48 };
int sign_webhook(const char *secret, const char *id, const char *timestamp,
    const char *body, size_t len, char to[SIGN_SIZE])
    __attribute__((warn_unused_result));
/* 0 where sign_webhook() would take the secret. */
int sign_secret_check(const char *secret) __attribute__((warn_unused_result));

#endif
