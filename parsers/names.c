/* A hash table of counted names; the empty name is in nobody's table. */
#include "parsers/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/hash.h"

enum { NAMES_FIRST = 256 };

struct name {
	struct name *next; /* in the bucket */
	uint32_t hash, holders;
	char text[];
};

struct names {
	struct name **bucket;
	size_t size, n; /* size is a power of two */
	struct hash_key secret;
};

struct names *
names_new(void)
{
	struct names *names = calloc(1, sizeof(*names));

	if (names == NULL)
		return NULL;
	names->size = NAMES_FIRST;
	names->bucket = calloc(names->size, sizeof(struct name *));
	if (names->bucket == NULL) {
		free(names);
		return NULL;
	}
	hash_key_random(&names->secret);
	return names;
}

void
names_free(struct names *names)
{
	if (names == NULL)
		return;
	for (size_t i = 0; i < names->size; i++)
		while (names->bucket[i] != NULL) {
			struct name *name = names->bucket[i];

			names->bucket[i] = name->next;
			free(name);
		}
	free(names->bucket);
	free(names);
}

static void
names_grow(struct names *names)
{
	size_t size = names->size * 2;
	struct name **bucket = calloc(size, sizeof(*bucket)), *name, *next;

	if (bucket == NULL)
		return; /* longer chains, no more */
	for (size_t i = 0; i < names->size; i++)
		for (name = names->bucket[i]; name != NULL; name = next) {
			next = name->next;
			name->next = bucket[name->hash & (size - 1)];
			bucket[name->hash & (size - 1)] = name;
		}
	free(names->bucket);
	names->bucket = bucket;
	names->size = size;
}

static struct name *
names_add(struct names *names, struct span text, uint32_t hash)
{
	struct name *name = malloc(offsetof(struct name, text) + text.len + 1);

	if (name == NULL)
		return NULL;
	if (++names->n > names->size)
		names_grow(names);
	name->hash = hash;
	name->holders = 0;
	span_copy(name->text, text.len + 1, text);
	name->next = names->bucket[hash & (names->size - 1)];
	names->bucket[hash & (names->size - 1)] = name;
	return name;
}

const char *
names_get(struct names *names, size_t size, struct span text)
{
	struct name *name;
	uint32_t hash;

	if (text.len >= size)
		text.len = size - 1;
	/* what is read stops at a NUL, as the copy would */
	if (text.len > 0)
		text.len = strnlen(text.p, text.len);
	if (text.len == 0)
		return "";
	hash = (uint32_t)hash_bytes(&names->secret, text.p, text.len);
	name = names->bucket[hash & (names->size - 1)];
	while (
	    name != NULL && (name->hash != hash || !span_is(text, name->text)))
		name = name->next;
	if (name == NULL && (name = names_add(names, text, hash)) == NULL)
		return "";
	name->holders++;
	return name->text;
}

void
names_put(struct names *names, const char *text)
{
	struct name **at, *name;

	if (text == NULL || text[0] == '\0')
		return;
	name = (struct name *)(void *)((char *)(uintptr_t)text -
	    offsetof(struct name, text));
	if (--name->holders > 0)
		return;
	at = &names->bucket[name->hash & (names->size - 1)];
	while (*at != name)
		at = &(*at)->next;
	*at = name->next;
	names->n--;
	free(name);
}

void
names_set(struct names *names, const char **held, size_t size, struct span text)
{
	const char *was = *held;

	/* first the new one: it may be the old one's own bytes */
	*held = names_get(names, size, text);
	names_put(names, was);
}

size_t
names_count(const struct names *names)
{
	return names->n;
}
