/* Hashes and signatures; secrets are wiped from the stack. */
#include "alerting/sign.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
sign_hash(const void *p, size_t len, char to[33])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char hash[SHA256_DIGEST_LENGTH];

	SHA256(p, len, hash);
	for (int i = 0; i < 16; i++) {
		to[2 * i] = digits[hash[i] >> 4];
		to[2 * i + 1] = digits[hash[i] & 15];
	}
	to[32] = '\0';
}

enum { KEY_LEAST = 24, KEY_MOST = 64 };

/* Length of the key, -1 where it is none. */
static int
sign_key(const char *secret, unsigned char key[KEY_MOST + 3])
{
	size_t len, pad = 0;
	int n;

	if (strncmp(secret, "whsec_", 6) == 0)
		secret += 6;
	len = strlen(secret);
	if (len == 0 || len % 4 != 0 || len > (KEY_MOST + 2) / 3 * 4)
		return -1;
	while (pad < 2 && secret[len - 1 - pad] == '=')
		pad++;
	n = EVP_DecodeBlock(key, (const unsigned char *)secret, (int)len);
	n -= n > 0 ? (int)pad : 0;
	return n < KEY_LEAST || n > KEY_MOST ? -1 : n;
}

int
sign_secret_check(const char *secret)
{
	unsigned char key[KEY_MOST + 3];
	int n = sign_key(secret, key);

	OPENSSL_cleanse(key, sizeof(key));
	return n == -1 ? -1 : 0;
}

int
sign_webhook(const char *secret, const char *id, const char *timestamp,
    const char *body, size_t len, char to[SIGN_SIZE])
{
	unsigned char key[KEY_MOST + 3], mac[SHA256_DIGEST_LENGTH];
	size_t head = strlen(id) + strlen(timestamp) + 2;
	int n = sign_key(secret, key);
	char *all = n == -1 ? NULL : malloc(head + len + 1);

	if (all != NULL) {
		/* HMAC() takes one piece only */
		snprintf(all, head + 1, "%s.%s.", id, timestamp);
		memcpy(all + head, body, len);
		HMAC(EVP_sha256(), key, n, (unsigned char *)all, head + len,
		    mac, NULL);
		EVP_EncodeBlock((unsigned char *)to, mac, sizeof(mac));
	}
	OPENSSL_cleanse(key, sizeof(key));
	free(all);
	return all == NULL ? -1 : 0;
}
