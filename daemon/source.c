/*
 * Devices by name and by address. The one rule: a header is believed only
 * where the address that sent it is a listed relay.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/source.h"
#include "parsers/hash.h"
#include "parsers/kv.h"

enum { BUCKETS = 4096 };

struct node {
	struct source pub; /* first: a source is its node */
	struct in6_addr via;
	bool has_via;
	struct node *by_name, *by_via; /* next in the bucket */
	struct node *newer, *older;    /* in order of use */
};

struct sources {
	const struct source_conf *conf;
	struct hash_key key;
	struct node *names[BUCKETS], *vias[BUCKETS];
	struct node *newest, *oldest;
	struct node *met; /* found last: a stream's lines are one sender's */
	size_t n;
};

bool
source_net_parse(const char *text, struct source_net *net)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
	struct in_addr v4;
	int bits = -1, most = 128;

	if (len >= sizeof(addr))
		return false;
	memcpy(addr, text, len);
	addr[len] = '\0';
	if (inet_pton(AF_INET, addr, &v4) == 1) {
		memset(&net->addr, 0, sizeof(net->addr));
		net->addr.s6_addr[10] = net->addr.s6_addr[11] = 0xff;
		memcpy(net->addr.s6_addr + 12, &v4, 4);
		most = 32;
	} else if (inet_pton(AF_INET6, addr, &net->addr) != 1) {
		return false;
	}
	if (slash != NULL) {
		struct span digits = span_of(slash + 1);

		if (!scan_digits(&digits, 3, &bits) || digits.len != 0 ||
		    bits > most)
			return false;
	}
	net->bits = (unsigned)(bits < 0 ? 128 : 128 - most + bits);
	return true;
}

bool
source_net_has(const struct source_net *net, const struct in6_addr *addr)
{
	unsigned bytes = net->bits / 8, rest = net->bits % 8;
	unsigned mask = 0xff00u >> rest & 0xffu;

	if (memcmp(net->addr.s6_addr, addr->s6_addr, bytes) != 0)
		return false;
	return rest == 0 ||
	    ((net->addr.s6_addr[bytes] ^ addr->s6_addr[bytes]) & mask) == 0;
}

void
source_text(const struct in6_addr *addr, char text[IKE_ADDR_SIZE])
{
	const void *from = IN6_IS_ADDR_V4MAPPED(addr)
	    ? (const void *)(addr->s6_addr + 12)
	    : (const void *)addr;
	int family = IN6_IS_ADDR_V4MAPPED(addr) ? AF_INET : AF_INET6;

	if (inet_ntop(family, from, text, IKE_ADDR_SIZE) == NULL)
		text[0] = '\0';
}

static bool
source_in(const struct source_net *net, size_t n, const struct in6_addr *addr)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (source_net_has(&net[i], addr))
			return true;
	return false;
}

bool
source_is_relay(const struct sources *t, const struct in6_addr *via)
{
	return t->conf->all_relays ||
	    source_in(t->conf->relay, t->conf->nrelay, via);
}

static const struct source_device_conf *
source_conf_at(const struct sources *t, const struct in6_addr *addr)
{
	size_t i;

	for (i = 0; i < t->conf->ndevice; i++)
		if (source_in(t->conf->device[i].address,
			t->conf->device[i].naddress, addr))
			return &t->conf->device[i];
	return NULL;
}

/* By its name, or by what relays call it. */
static const struct source_device_conf *
source_conf_named(const struct sources *t, const char *name)
{
	const struct source_device_conf *d;
	size_t i, k;

	for (i = 0; i < t->conf->ndevice; i++) {
		d = &t->conf->device[i];
		if (strcasecmp(d->name, name) == 0)
			return d;
		for (k = 0; k < d->nhostname; k++)
			if (strcasecmp(d->hostname[k], name) == 0)
				return d;
	}
	return NULL;
}

/* What the configuration says of a device, now or after a reload. */
static void
source_apply(const struct sources *t, struct source *s,
    const struct source_device_conf *d)
{
	const struct parser *told =
	    d != NULL && d->vendor != NULL ? d->vendor : t->conf->vendor;

	s->conf = d;
	s->zone = d == NULL ? NULL : d->zone;
	if (told != NULL)
		s->parser = told;
	s->parser_told = told != NULL;
}

struct sources *
source_new(const struct source_conf *conf)
{
	struct sources *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->conf = conf;
	hash_key_random(&t->key);
	return t;
}

static void
source_drop(struct node *n)
{
	assembler_free(n->pub.assembler);
	free(n);
}

void
source_free(struct sources *t)
{
	struct node *n, *older;

	if (t == NULL)
		return;
	for (n = t->newest; n != NULL; n = older) {
		older = n->older;
		source_drop(n);
	}
	free(t);
}

static struct node **
source_name_bucket(struct sources *t, const char *name)
{
	return &t->names[hash_bytes(&t->key, name, strlen(name)) % BUCKETS];
}

static struct node **
source_via_bucket(struct sources *t, const struct in6_addr *via)
{
	return &t->vias[hash_bytes(&t->key, via, sizeof(*via)) % BUCKETS];
}

/* Takes the node out of its address's bucket. */
static void
source_forget_via(struct sources *t, struct node *n)
{
	struct node **p;

	if (!n->has_via)
		return;
	for (p = source_via_bucket(t, &n->via); *p != n; p = &(*p)->by_via)
		;
	*p = n->by_via;
	n->by_via = NULL;
	n->has_via = false;
}

static void
source_remember_via(
    struct sources *t, struct node *n, const struct in6_addr *via)
{
	struct node **bucket = source_via_bucket(t, via);

	n->via = *via;
	n->has_via = true;
	n->by_via = *bucket;
	*bucket = n;
	source_text(via, n->pub.address);
}

static void
source_unlink(struct sources *t, struct node *n)
{
	*(n->newer != NULL ? &n->newer->older : &t->newest) = n->older;
	*(n->older != NULL ? &n->older->newer : &t->oldest) = n->newer;
}

static void
source_link(struct sources *t, struct node *n)
{
	n->newer = NULL;
	n->older = t->newest;
	*(t->newest != NULL ? &t->newest->newer : &t->oldest) = n;
	t->newest = n;
}

/* Makes room: the longest unused device goes that is not configured and
 * holds no unfinished record. */
static void
source_evict(struct sources *t)
{
	struct node *n = t->oldest, **p;

	while (n != NULL && (n->pub.conf != NULL || n->pub.holds))
		n = n->newer;
	if (n == NULL)
		return;
	for (p = source_name_bucket(t, n->pub.name); *p != n;
	     p = &(*p)->by_name)
		;
	*p = n->by_name;
	source_forget_via(t, n);
	source_unlink(t, n);
	if (t->met == n)
		t->met = NULL;
	source_drop(n);
	t->n--;
}

static struct node *
source_named(struct sources *t, const char *name)
{
	struct node *n;

	for (n = *source_name_bucket(t, name); n != NULL; n = n->by_name)
		if (strcmp(n->pub.name, name) == 0)
			return n;
	return NULL;
}

static struct node *
source_add(
    struct sources *t, const char *name, const struct source_device_conf *d)
{
	struct node **bucket = source_name_bucket(t, name);
	struct node *n;

	if (t->n >= SOURCE_MAX_DEVICES)
		source_evict(t);
	n = calloc(1, sizeof(*n));
	if (n == NULL)
		return NULL;
	(void)span_copy(n->pub.name, sizeof(n->pub.name), span_of(name));
	source_apply(t, &n->pub, d);
	n->by_name = *bucket;
	*bucket = n;
	source_link(t, n);
	t->n++;
	return n;
}

struct source *
source_known(struct sources *t, const struct in6_addr *via)
{
	struct node *n = t->met;

	if (n != NULL && n->has_via && IN6_ARE_ADDR_EQUAL(&n->via, via))
		return &n->pub;
	for (n = *source_via_bucket(t, via); n != NULL; n = n->by_via)
		if (IN6_ARE_ADDR_EQUAL(&n->via, via))
			break;
	t->met = n;
	return n == NULL ? NULL : &n->pub;
}

/* What the record calls its device: the header's word, else the name that
 * key=value texts carry. False where it has neither. */
static bool
source_word(const struct record *rec, char name[IKE_NAME_SIZE])
{
	static const char *const keys[] = { "devname", "device_name", NULL };
	struct span word = span_trim(rec->hostname);
	int i;

	for (i = 0; word.len == 0 && keys[i] != NULL; i++)
		if (span_has(rec->message, keys[i]) &&
		    kv_get(rec->message, keys[i], &word))
			word = span_trim(word);
	if (word.len == 0)
		return false;
	(void)span_copy(name, IKE_NAME_SIZE, word);
	return true;
}

static struct node *
source_get(
    struct sources *t, const char *name, const struct source_device_conf *d)
{
	struct node *n = source_named(t, name);

	if (n == NULL)
		return source_add(t, name, d);
	source_unlink(t, n);
	source_link(t, n);
	return n;
}

/* Behind a relay: by the record's own word, which may be an address. */
static struct node *
source_behind(
    struct sources *t, const struct in6_addr *via, const struct record *rec)
{
	const struct source_device_conf *d;
	char name[IKE_NAME_SIZE] = "", addr[IKE_ADDR_SIZE];
	struct source_net net;
	struct node *n;

	if (!source_word(rec, name)) {
		/* In a file a line without any header goes on with the one
		 * before it. */
		if (t->conf->all_relays && rec->format == RECORD_RAW &&
		    t->newest != NULL)
			return t->newest;
		if (!IN6_IS_ADDR_UNSPECIFIED(via)) {
			source_text(via, addr);
			(void)span_copy(name, sizeof(name), span_of(addr));
		}
		n = source_get(t, name, NULL);
		if (n != NULL)
			n->pub.shared = !t->conf->all_relays;
		return n;
	}
	if (source_named(t, name) != NULL) /* met before: no need to search */
		return source_get(t, name, NULL);
	d = source_conf_named(t, name);
	if (d == NULL && strchr(name, '/') == NULL &&
	    source_net_parse(name, &net))
		d = source_conf_at(t, &net.addr);
	return source_get(t, d != NULL ? d->name : name, d);
}

struct source *
source_of(struct sources *t, const struct in6_addr *via,
    const struct record *rec, int64_t now)
{
	const struct source_device_conf *d;
	char addr[IKE_ADDR_SIZE];
	struct node *n;

	if (source_is_relay(t, via)) {
		n = source_behind(t, via, rec);
	} else {
		d = source_conf_at(t, via);
		source_text(via, addr);
		n = source_get(t, d != NULL ? d->name : addr, d);
		if (n != NULL &&
		    (!n->has_via || !IN6_ARE_ADDR_EQUAL(&n->via, via))) {
			source_forget_via(t, n);
			source_remember_via(t, n, via);
		}
	}
	if (n == NULL)
		return NULL;
	n->pub.last_seen = now;
	return &n->pub;
}

struct source *
source_proven(struct sources *t, const char *name, int64_t now)
{
	struct node *n = source_get(t, name, source_conf_named(t, name));

	if (n == NULL)
		return NULL;
	n->pub.last_seen = now;
	return &n->pub;
}

void
source_stamp(struct source *s, int64_t stamp, int64_t now)
{
	if (stamp == RECORD_NO_TIME || s->shared)
		return;
	s->ahead[s->nahead % SOURCE_STAMPS] = stamp - now;
	if (++s->nahead == 2 * SOURCE_STAMPS)
		s->nahead = SOURCE_STAMPS;
}

bool
source_ahead(const struct source *s, int64_t *ahead)
{
	int i, k, less, same;

	if (s->nahead < SOURCE_STAMPS)
		return false;
	for (i = 0; i < SOURCE_STAMPS; i++) {
		less = same = 0;
		for (k = 0; k < SOURCE_STAMPS; k++) {
			less += s->ahead[k] < s->ahead[i];
			same += s->ahead[k] == s->ahead[i];
		}
		if (less <= SOURCE_STAMPS / 2 &&
		    less + same > SOURCE_STAMPS / 2)
			break;
	}
	if (i == SOURCE_STAMPS)
		return false;
	*ahead = s->ahead[i];
	return true;
}

/* A relay's own address leads to no device, whatever it did before. */
void
source_configure(struct sources *t, const struct source_conf *conf)
{
	const struct source_device_conf *d;
	struct node *n;

	t->conf = conf;
	for (n = t->newest; n != NULL; n = n->older) {
		d = source_conf_named(t, n->pub.name);
		source_apply(t, &n->pub, d);
		n->pub.nahead = 0; /* its zone may be another now */
		/* Another device may have the address now: the next record
		 * says. */
		source_forget_via(t, n);
	}
}

int
source_restore(struct sources *t, const char *name, const char *address,
    const struct parser *parser, int64_t last_seen)
{
	struct node *n = source_get(t, name, source_conf_named(t, name));
	struct source_net net;

	if (n == NULL)
		return -1;
	if (!n->pub.parser_told)
		n->pub.parser = parser;
	n->pub.last_seen = last_seen;
	if (!n->has_via && address != NULL && address[0] != '\0' &&
	    source_net_parse(address, &net) && net.bits == 128 &&
	    !source_is_relay(t, &net.addr) &&
	    source_known(t, &net.addr) == NULL)
		source_remember_via(t, n, &net.addr);
	return 0;
}

void
source_each(
    struct sources *t, void (*cb)(void *arg, struct source *), void *arg)
{
	struct node *n;

	for (n = t->newest; n != NULL; n = n->older)
		cb(arg, &n->pub);
}

size_t
source_count(const struct sources *t)
{
	return t->n;
}
