/* SipHash-1-3 as its authors define it (Aumasson and Bernstein, 2012). */
#include "parsers/hash.h"

#include <string.h>
#include <sys/random.h>

static uint64_t
hash_rotl(uint64_t x, int b)
{
	return (x << b) | (x >> (64 - b));
}

static void
hash_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = hash_rotl(v[1], 13) ^ v[0];
	v[0] = hash_rotl(v[0], 32);
	v[2] += v[3];
	v[3] = hash_rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = hash_rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = hash_rotl(v[1], 17) ^ v[2];
	v[2] = hash_rotl(v[2], 32);
}

void
hash_key_random(struct hash_key *key)
{
	if (getrandom(key, sizeof(*key), 0) != (ssize_t)sizeof(*key))
		key->k[0] ^= (uint64_t)(uintptr_t)key;
}

uint64_t
hash_bytes(const struct hash_key *key, const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t v[4] = { key->k[0] ^ 0x736f6d6570736575ULL,
		key->k[1] ^ 0x646f72616e646f6dULL,
		key->k[0] ^ 0x6c7967656e657261ULL,
		key->k[1] ^ 0x7465646279746573ULL };
	uint64_t m = 0;
	size_t i;

	for (i = 0; i + 8 <= len; i += 8) {
		memcpy(&m, p + i, 8);
		v[3] ^= m;
		hash_round(v);
		v[0] ^= m;
	}
	m = (uint64_t)len << 56;
	for (size_t n = 0; i + n < len; n++)
		m |= (uint64_t)p[i + n] << (8 * n);
	v[3] ^= m;
	hash_round(v);
	v[0] ^= m;
	v[2] ^= 0xff;
	for (int n = 0; n < 3; n++)
		hash_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
