/*
 * A keyed hash (SipHash-1-3), so that nobody outside can choose keys that
 * collide.
 */
#ifndef IKEWATCH_PARSERS_HASH_H
#define IKEWATCH_PARSERS_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
	uint64_t k[2];
};

/* A key nobody else knows. */
void hash_key_random(struct hash_key *);
uint64_t hash_bytes(const struct hash_key *, const void *, size_t);

#endif
