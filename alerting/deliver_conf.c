/*
 * Destinations as the configuration has them. The one rule: everything new
 * is read before anything old is given up.
 */
#include "alerting/deliver_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OUTBOX_MAX = 100000, /* of all destinations */
	DEPTH_MAX = 20000,   /* of each */
};

size_t
deliver_names(const struct destination_conf *c)
{
	size_t n = c->url.n;

	if (n > SECRETS_URLS)
		n = SECRETS_URLS;
	return n == 0 || strcmp(c->type, "alertmanager") != 0 ? 1 : n;
}

void
deliver_name(const struct destination_conf *c, size_t n, char *to, size_t size)
{
	if (n == 0)
		snprintf(to, size, "%s", c->name);
	else
		snprintf(to, size, "%s#%zu", c->name, n + 1);
}

struct dest *
dest_find(const struct deliver *d, const char *name)
{
	struct dest *t = d->dests;

	while (t != NULL && strcmp(t->name, name) != 0)
		t = t->next;
	return t;
}

static struct dest *
dest_get(struct deliver *d, const char *name)
{
	struct dest *t = dest_find(d, name);

	if (t != NULL)
		return t;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	snprintf(t->name, sizeof(t->name), "%s", name);
	t->deliver = d;
	t->next = d->dests;
	d->dests = t;
	return t;
}

/* Its url and secrets, kept aside until all could be read. */
static int
dest_prepare(struct deliver *d, const struct destination_conf *c, size_t n,
    char *err, size_t errsize)
{
	char name[80];
	struct dest *t;

	deliver_name(c, n, name, sizeof(name));
	t = dest_get(d, name);
	if (t == NULL) {
		snprintf(err, errsize, "out of memory");
		return -1;
	}
	secrets_wipe(&t->fresh);
	return secrets_read(&t->fresh, c, err, errsize);
}

static void
dest_take(
    struct dest *t, const struct destination_conf *c, size_t n, int64_t now)
{
	secrets_wipe(&t->secrets);
	t->secrets = t->fresh;
	t->fresh = (struct secrets){ 0 };
	t->conf = c;
	t->type = payload_type(c->type);
	t->url = n < t->secrets.nurls ? t->secrets.url[n] : t->type->url;
	t->disabled = false;
	limit_bucket_set(&t->bucket, c->rate > 0 ? c->rate : t->type->rate,
	    c->burst > 0 ? c->burst : t->type->burst, now);
}

void
dest_free(struct dest *t)
{
	for (size_t k = 0; k < LINES; k++)
		while (t->line[k] != NULL) {
			struct line *l = t->line[k];

			t->line[k] = l->chain;
			while (l->first != NULL) {
				struct item *i = l->first;

				l->first = i->next;
				item_free(i);
			}
			free(l);
		}
	while (t->batch != NULL) {
		struct item *i = t->batch;

		t->batch = i->next;
		item_free(i);
	}
	while (t->live != NULL)
		live_drop(t, &t->live);
	due_free(&t->due);
	secrets_wipe(&t->secrets);
	secrets_wipe(&t->fresh);
	free(t);
}

/* All of them together keep the outbox within its bound. */
static void
deliver_share(struct deliver *d, const struct alert_conf *conf)
{
	size_t names = 1;

	for (size_t i = 0; i < conf->ndestinations; i++)
		names += deliver_names(&conf->destination[i]);
	d->room = OUTBOX_MAX / names;
	if (d->room > DEPTH_MAX)
		d->room = DEPTH_MAX;
}

int
deliver_configure(
    struct deliver *d, const struct alert_conf *conf, char *err, size_t errsize)
{
	int64_t now = deliver_now(d);
	char name[80];

	if (alert_conf_check(conf, NULL, err, errsize) == -1)
		return -1;
	for (size_t i = 0; i < conf->ndestinations; i++)
		for (size_t n = 0; n < deliver_names(&conf->destination[i]);
		     n++)
			if (dest_prepare(d, &conf->destination[i], n, err,
				errsize) == -1)
				return -1;
	deliver_share(d, conf);
	for (struct dest *t = d->dests; t != NULL; t = t->next)
		t->conf = NULL;
	for (size_t i = 0; i < conf->ndestinations; i++)
		for (size_t n = 0; n < deliver_names(&conf->destination[i]);
		     n++) {
			deliver_name(
			    &conf->destination[i], n, name, sizeof(name));
			dest_take(
			    dest_find(d, name), &conf->destination[i], n, now);
		}
	deliver_abort(d);
	deliver_pump(d);
	return 0;
}
