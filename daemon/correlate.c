/* The index: a hash table of keys, each in its owner's list too. */
#include "daemon/correlate.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/hash.h"

enum { CORRELATE_VALUE_MAX = 128 };

struct correlate_key {
	struct correlate_key *next;  /* in the bucket */
	struct correlate_key *other; /* of the owner */
	struct correlate_owner *owner;
	uint32_t hash;
	uint32_t device;
	uint8_t kind;
	uint8_t len;
	char value[];
};

struct correlate {
	struct correlate_key **bucket;
	size_t size, used; /* size is a power of two */
	struct hash_key secret;
};

struct correlate *
correlate_new(void)
{
	struct correlate *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->size = 1024;
	if ((c->bucket = calloc(c->size, sizeof(*c->bucket))) == NULL) {
		free(c);
		return NULL;
	}
	hash_key_random(&c->secret);
	return c;
}

void
correlate_free(struct correlate *c)
{
	struct correlate_key *key, *next;

	if (c == NULL)
		return;
	for (size_t i = 0; i < c->size; i++)
		for (key = c->bucket[i]; key != NULL; key = next) {
			next = key->next;
			free(key);
		}
	free(c->bucket);
	free(c);
}

static uint32_t
correlate_hash(const struct correlate *c, uint32_t device,
    enum correlate_kind kind, struct span value)
{
	char text[CORRELATE_VALUE_MAX + 5];

	memcpy(text, &device, 4);
	text[4] = (char)kind;
	if (value.len > 0)
		memcpy(text + 5, value.p, value.len);
	return (uint32_t)hash_bytes(&c->secret, text, value.len + 5);
}

static struct span
correlate_cut(struct span value)
{
	if (value.len > CORRELATE_VALUE_MAX)
		value.len = CORRELATE_VALUE_MAX;
	return value;
}

static struct correlate_key *
correlate_look(const struct correlate *c, uint32_t device,
    enum correlate_kind kind, struct span value, uint32_t hash)
{
	struct correlate_key *key = c->bucket[hash & (c->size - 1)];

	for (; key != NULL; key = key->next)
		if (key->hash == hash && key->device == device &&
		    key->kind == kind && key->len == value.len &&
		    (value.len == 0 ||
			memcmp(key->value, value.p, value.len) == 0))
			return key;
	return NULL;
}

struct correlate_owner *
correlate_find(const struct correlate *c, uint32_t device,
    enum correlate_kind kind, struct span value)
{
	struct correlate_key *key;

	value = correlate_cut(value);
	key = correlate_look(
	    c, device, kind, value, correlate_hash(c, device, kind, value));
	return key == NULL ? NULL : key->owner;
}

static void
correlate_grow(struct correlate *c)
{
	size_t size = c->size * 2;
	struct correlate_key **bucket = calloc(size, sizeof(*bucket));
	struct correlate_key *key, *next;

	if (bucket == NULL)
		return; /* longer chains, no more */
	for (size_t i = 0; i < c->size; i++)
		for (key = c->bucket[i]; key != NULL; key = next) {
			next = key->next;
			key->next = bucket[key->hash & (size - 1)];
			bucket[key->hash & (size - 1)] = key;
		}
	free(c->bucket);
	c->bucket = bucket;
	c->size = size;
}

static void
correlate_leave_owner(struct correlate_key *key)
{
	struct correlate_key **at = &key->owner->keys;

	while (*at != key)
		at = &(*at)->other;
	*at = key->other;
}

static void
correlate_join_owner(struct correlate_key *key, struct correlate_owner *owner)
{
	key->owner = owner;
	key->other = owner->keys;
	owner->keys = key;
}

static void
correlate_drop(struct correlate *c, struct correlate_key *key)
{
	struct correlate_key **at = &c->bucket[key->hash & (c->size - 1)];

	while (*at != key)
		at = &(*at)->next;
	*at = key->next;
	c->used--;
	free(key);
}

/* An owner's older key of a kind that it has only one of. */
static void
correlate_replace(struct correlate *c, struct correlate_owner *owner,
    enum correlate_kind kind)
{
	struct correlate_key *key = owner->keys, *next;

	if (kind == CORRELATE_CHILD_SPI)
		return;
	for (; key != NULL; key = next) {
		next = key->other;
		if (key->kind == kind) {
			correlate_leave_owner(key);
			correlate_drop(c, key);
		}
	}
}

bool
correlate_bind(struct correlate *c, struct correlate_owner *owner,
    uint32_t device, enum correlate_kind kind, struct span value)
{
	struct correlate_key *key;
	uint32_t hash;

	value = correlate_cut(value);
	hash = correlate_hash(c, device, kind, value);
	if ((key = correlate_look(c, device, kind, value, hash)) != NULL) {
		if (key->owner == owner)
			return true;
		correlate_leave_owner(key);
		correlate_replace(c, owner, kind);
		correlate_join_owner(key, owner);
		return true;
	}
	correlate_replace(c, owner, kind);
	if ((key = malloc(offsetof(struct correlate_key, value) + value.len)) ==
	    NULL)
		return false;
	key->hash = hash;
	key->device = device;
	key->kind = (uint8_t)kind;
	key->len = (uint8_t)value.len;
	if (value.len > 0)
		memcpy(key->value, value.p, value.len);
	if (++c->used > c->size)
		correlate_grow(c);
	key->next = c->bucket[hash & (c->size - 1)];
	c->bucket[hash & (c->size - 1)] = key;
	correlate_join_owner(key, owner);
	return true;
}

void
correlate_release(struct correlate *c, struct correlate_owner *owner)
{
	struct correlate_key *key = owner->keys, *next;

	owner->keys = NULL;
	for (; key != NULL; key = next) {
		next = key->other;
		correlate_drop(c, key);
	}
}

void
correlate_inherit(struct correlate *c, struct correlate_owner *from,
    struct correlate_owner *to)
{
	struct correlate_key *key = from->keys, *next;
	struct span mine;

	from->keys = NULL;
	for (; key != NULL; key = next) {
		next = key->other;
		if (key->kind != CORRELATE_CHILD_SPI &&
		    correlate_key_of(to, key->kind, &mine))
			correlate_drop(c, key);
		else
			correlate_join_owner(key, to);
	}
}

bool
correlate_key_of(const struct correlate_owner *owner, enum correlate_kind kind,
    struct span *value)
{
	for (struct correlate_key *key = owner->keys; key != NULL;
	     key = key->other)
		if (key->kind == kind) {
			*value = (struct span){ key->value, key->len };
			return true;
		}
	return false;
}
