/*
 * What differs. Values of one attribute are compared as they stand; whole
 * proposals are taken apart into their algorithms first, and an attribute
 * differs where the two sides have no algorithm of it in common.
 */
#include "daemon/differ.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	DIFFER_SAID = 20,   /* values kept of one negotiation */
	DIFFER_VALUE = 600, /* bytes of one */
	DIFFER_SET = 16,    /* algorithms of one kind in a proposal */
};

struct said {
	enum ike_attr attr;
	enum ike_side side;
	char *value;
};

struct differ {
	struct said said[DIFFER_SAID];
	int n;
};

void
differ_free(struct differ *d)
{
	if (d == NULL)
		return;
	for (int i = 0; i < d->n; i++)
		free(d->said[i].value);
	free(d);
}

static bool
differ_put(struct differ *d, const struct ike_said *said)
{
	size_t n =
	    said->value.len < DIFFER_VALUE ? said->value.len : DIFFER_VALUE;
	char *copy;
	int i;

	for (i = 0; i < d->n; i++)
		if (d->said[i].attr == said->attr &&
		    d->said[i].side == said->side)
			break;
	if (i == DIFFER_SAID ||
	    (i < d->n && strlen(d->said[i].value) == n &&
		memcmp(d->said[i].value, said->value.p, n) == 0))
		return false;
	if ((copy = strndup(said->value.p, n)) == NULL)
		return false;
	if (i == d->n)
		d->said[d->n++].value = NULL;
	free(d->said[i].value);
	d->said[i] = (struct said){ said->attr, said->side, copy };
	return true;
}

bool
differ_take(struct differ **d, const struct ike_event *ev)
{
	bool changed = false;

	if (ev->nsaid == 0)
		return false;
	if (*d == NULL && (*d = calloc(1, sizeof(**d))) == NULL)
		return false;
	for (int i = 0; i < ev->nsaid; i++)
		if (differ_put(*d, &ev->said[i]))
			changed = true;
	return changed;
}

static struct span
differ_value(const struct differ *d, enum ike_attr attr, enum ike_side side)
{
	for (int i = 0; d != NULL && i < d->n; i++)
		if (d->said[i].attr == attr && d->said[i].side == side)
			return span_of(d->said[i].value);
	return SPAN_NONE;
}

/* What we call local is remote to the other end. */
static enum ike_attr
differ_mirror(enum ike_attr attr)
{
	switch (attr) {
	case IKE_ATTR_IDENTITY_PEER:
		return IKE_ATTR_IDENTITY_LOCAL;
	case IKE_ATTR_IDENTITY_LOCAL:
		return IKE_ATTR_IDENTITY_PEER;
	case IKE_ATTR_SELECTOR_LOCAL:
		return IKE_ATTR_SELECTOR_REMOTE;
	case IKE_ATTR_SELECTOR_REMOTE:
		return IKE_ATTR_SELECTOR_LOCAL;
	default:
		return attr;
	}
}

/* ---- proposals ------------------------------------------------------- */

struct algorithms {
	struct span of[IKE_ATTR_COUNT][DIFFER_SET];
	int n[IKE_ATTR_COUNT];
};

/* The first word that a token contains says what it is. */
static const struct {
	const char *word;
	enum ike_attr attr;
} differ_words[] = {
	{ "PRF", IKE_ATTR_PRF },
	{ "MODP", IKE_ATTR_DH_GROUP },
	{ "ECP", IKE_ATTR_DH_GROUP },
	{ "CURVE", IKE_ATTR_DH_GROUP },
	{ "GROUP", IKE_ATTR_DH_GROUP },
	{ "DH", IKE_ATTR_DH_GROUP },
	{ "HMAC", IKE_ATTR_INTEGRITY },
	{ "XCBC", IKE_ATTR_INTEGRITY },
	{ "CMAC", IKE_ATTR_INTEGRITY },
	{ "GCM", IKE_ATTR_ENCRYPTION },
	{ "CCM", IKE_ATTR_ENCRYPTION },
	{ "AES", IKE_ATTR_ENCRYPTION },
	{ "DES", IKE_ATTR_ENCRYPTION },
	{ "CHACHA", IKE_ATTR_ENCRYPTION },
	{ "CAMELLIA", IKE_ATTR_ENCRYPTION },
	{ "CAST", IKE_ATTR_ENCRYPTION },
	{ "BLOWFISH", IKE_ATTR_ENCRYPTION },
	{ "SHA", IKE_ATTR_INTEGRITY },
	{ "MD5", IKE_ATTR_INTEGRITY },
};

static enum ike_attr
differ_class(struct span token)
{
	for (size_t i = 0; i < sizeof(differ_words) / sizeof(differ_words[0]);
	     i++)
		if (span_has_nocase(token, differ_words[i].word))
			return differ_words[i].attr;
	return IKE_ATTR_NONE;
}

static bool
differ_has(const struct algorithms *a, enum ike_attr attr, struct span token)
{
	for (int i = 0; i < a->n[attr]; i++)
		if (a->of[attr][i].len == token.len &&
		    strncasecmp(a->of[attr][i].p, token.p, token.len) == 0)
			return true;
	return false;
}

static void
differ_token(struct algorithms *a, struct span token)
{
	enum ike_attr attr = differ_class(token);

	if (attr == IKE_ATTR_NONE || a->n[attr] == DIFFER_SET ||
	    differ_has(a, attr, token))
		return;
	a->of[attr][a->n[attr]++] = token;
}

/* A "-" parts algorithms where both sides of it are of different kinds. */
static void
differ_dashes(struct algorithms *a, struct span token)
{
	const char *dash = token.p, *end = token.p + token.len;

	while ((dash = memchr(dash, '-', (size_t)(end - dash))) != NULL) {
		struct span left = span_to(token, dash);
		struct span right = { dash + 1, (size_t)(end - dash - 1) };
		enum ike_attr l = differ_class(left), r = differ_class(right);

		dash++;
		if (l == IKE_ATTR_NONE || r == IKE_ATTR_NONE || l == r)
			continue;
		differ_token(a, left);
		token = right;
	}
	differ_token(a, token);
}

static void
differ_parse(struct algorithms *a, struct span proposals)
{
	size_t start = 0;

	memset(a, 0, sizeof(*a));
	for (size_t i = 0; i <= proposals.len; i++) {
		if (i < proposals.len &&
		    strchr("/,;:= \t[]()|+{}", proposals.p[i]) == NULL)
			continue;
		if (i > start)
			differ_dashes(
			    a, (struct span){ proposals.p + start, i - start });
		start = i + 1;
	}
}

/* ---- the sentence ---------------------------------------------------- */

struct sentence {
	char *text;
	size_t size, len;
};

static void
differ_say(struct sentence *s, const char *p, size_t n)
{
	if (s->len + n >= s->size)
		n = s->size - 1 - s->len;
	memcpy(s->text + s->len, p, n);
	s->len += n;
	s->text[s->len] = '\0';
}

static void
differ_words_say(struct sentence *s, const char *text)
{
	differ_say(s, text, strlen(text));
}

static void
differ_begin(struct sentence *s, enum ike_attr attr)
{
	if (s->len > 0)
		differ_words_say(s, "; ");
	differ_words_say(s, ike_attr_name(attr));
	differ_words_say(s, ": peer ");
}

static void
differ_list(struct sentence *s, const struct algorithms *a, enum ike_attr attr)
{
	for (int i = 0; i < a->n[attr]; i++) {
		if (i == 3) {
			differ_words_say(s, " ...");
			break;
		}
		if (i > 0)
			differ_words_say(s, " or ");
		differ_say(s, a->of[attr][i].p, a->of[attr][i].len);
	}
}

static bool
differ_disjoint(
    const struct algorithms *a, const struct algorithms *b, enum ike_attr attr)
{
	if (a->n[attr] == 0 || b->n[attr] == 0)
		return false;
	for (int i = 0; i < a->n[attr]; i++)
		if (differ_has(b, attr, a->of[attr][i]))
			return false;
	return true;
}

/* Perfect forward secrecy on one side only. */
static void
differ_one_pfs(struct sentence *s, const struct algorithms *peer,
    const struct algorithms *here)
{
	differ_begin(s, IKE_ATTR_PFS_GROUP);
	if (peer->n[IKE_ATTR_DH_GROUP] == 0)
		differ_words_say(s, "none");
	differ_list(s, peer, IKE_ATTR_DH_GROUP);
	differ_words_say(s, ", here ");
	if (here->n[IKE_ATTR_DH_GROUP] == 0)
		differ_words_say(s, "none");
	differ_list(s, here, IKE_ATTR_DH_GROUP);
}

static void
differ_proposals(struct sentence *s, struct span peer, struct span here)
{
	static const enum ike_attr attrs[] = { IKE_ATTR_ENCRYPTION,
		IKE_ATTR_INTEGRITY, IKE_ATTR_PRF, IKE_ATTR_DH_GROUP };
	struct algorithms a, b;
	bool any = false;

	differ_parse(&a, peer);
	differ_parse(&b, here);
	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		if (!differ_disjoint(&a, &b, attrs[i]))
			continue;
		/* Where the hashes differ, so does the PRF made of them. */
		if (attrs[i] == IKE_ATTR_PRF && any &&
		    differ_disjoint(&a, &b, IKE_ATTR_INTEGRITY))
			continue;
		differ_begin(s, attrs[i]);
		differ_list(s, &a, attrs[i]);
		differ_words_say(s, ", here ");
		differ_list(s, &b, attrs[i]);
		any = true;
	}
	if (!any && span_starts_nocase(peer, "ESP:") &&
	    (a.n[IKE_ATTR_DH_GROUP] == 0) != (b.n[IKE_ATTR_DH_GROUP] == 0))
		differ_one_pfs(s, &a, &b);
}

void
differ_text(
    const struct differ *d, const struct differ *other, char *text, size_t size)
{
	struct sentence s = { text, size, 0 };

	text[0] = '\0';
	for (int i = IKE_ATTR_PROPOSAL; i < IKE_ATTR_COUNT; i++) {
		enum ike_attr attr = (enum ike_attr)i;
		struct span here = differ_value(d, attr, IKE_SIDE_HERE);
		struct span peer = differ_value(d, attr, IKE_SIDE_PEER);

		if (peer.len == 0)
			peer = differ_value(
			    other, differ_mirror(attr), IKE_SIDE_HERE);
		if (here.len == 0)
			here = differ_value(
			    other, differ_mirror(attr), IKE_SIDE_PEER);
		if (here.len == 0 || peer.len == 0)
			continue;
		if (attr == IKE_ATTR_PROPOSAL) {
			differ_proposals(&s, peer, here);
			continue;
		}
		if (here.len == peer.len &&
		    strncasecmp(here.p, peer.p, here.len) == 0)
			continue;
		differ_begin(&s, attr);
		differ_say(&s, peer.p, peer.len);
		differ_words_say(&s, ", here ");
		differ_say(&s, here.p, here.len);
	}
}

bool
differ_pfs(const struct differ *d)
{
	struct span peer = differ_value(d, IKE_ATTR_PROPOSAL, IKE_SIDE_PEER);
	struct span here = differ_value(d, IKE_ATTR_PROPOSAL, IKE_SIDE_HERE);
	struct algorithms a, b;

	if (peer.len == 0 || here.len == 0)
		return false;
	differ_parse(&a, peer);
	differ_parse(&b, here);
	if (differ_disjoint(&a, &b, IKE_ATTR_ENCRYPTION) ||
	    differ_disjoint(&a, &b, IKE_ATTR_INTEGRITY))
		return false;
	if ((a.n[IKE_ATTR_DH_GROUP] == 0) != (b.n[IKE_ATTR_DH_GROUP] == 0))
		return true;
	return differ_disjoint(&a, &b, IKE_ATTR_DH_GROUP);
}
