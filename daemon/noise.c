/*
 * The early filter. Each word is looked for by the four bytes of it that
 * are rarest in logs. The words are dealt out to eight buckets, a bit each;
 * for each of the four places a table says which buckets a byte can belong
 * to, and a place where all four tables agree on a bucket is compared in
 * full. With byte shuffles the tables are looked up 16 or 32 bytes at a time
 * (by halves of a byte), without them one byte at a time. Either way the
 * cost of a line does not grow with the number of words.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/noise.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define NOISE_X86 1
#endif

enum {
	BUCKETS = 8,
	GRAM = 4,
	SHORT = 3,
	PER_BUCKET = 48,
	GRAM_LOG2 = 13,
	SHORT_MASK = 0xffffff
};

/*
 * A word of every line that can matter: of the programs, of the protocol, of
 * what devices write around them. A word has at least three letters. Lower case; both cases are found.
 */
static const char *const words[] = {
	/* programs and their marks */
	"ike", "isakmp", "ipsec", "charon", "pluto", "racoon", "kmd", "swan",
	"ikmpd", "vpn", "tunnel", "crypto", "gdoi", "l2tp", "dmvpn", "nhrp",
	/* the protocol's own words */
	"phase", "spi ", "spi:", "spi=", "spi(", "spis", "cookie", "proposal",
	"psk", "pre-share", "preshare", "pre share", "dpd", "xauth",
	"mode request", "main mode", "main_mode", "mainmode", "aggressive",
	"quick mode", "quick_mode", "quickmode", "negotiat", "rekey", "rekeyed",
	"re-key", "certificate", "cert ", "certs", "authenticat", "authoriz",
	"payload", "retransmi", "mismatch", "selector", "transform", "exchange",
	"initiator", "responder", "initiat", "peer", "hash", "security assoc",
	"nat-t", "nat_t", "natt", "nat trav", "replay", "lifetime", "life time",
	"esp ", "esp_", "esp:", "esp/", "/esp", " sa ", " sa,", " sa.", " sas",
	"_sa", "sa_", "sa id", "sa=", "<sa>", "child", "dh group", "dh_group",
	"dhgroup", "pfs", "id_", "diffie", "modp", "initial_contact",
	"initial-contact", "initial contact", "no_prop", "notify", "notfy",
	"ts_unacc", "msg id", "msgid", "mess id", "message id", "message-id",
	"keepalive", "dead peer", "half-open", "remote id", "local id",
	"policy mgr", "acquire", "eap", "mobike", "fragment", "vendor id",
	"gateway", "host selector", "qm fsm", "encryption", "decrypt", "keying",
	"key exch", "key eng", "ckaid", "license", "idle time out",
	"connection allowed", "active connection",
	/* HP-UX's audit records, ZyNOS's lines, Huawei's blocks */
	"lvl:", "event: ", "recv:<", "send:<", "!! ", "rule <", "info num",
	"error-time",
	/* strongSwan's groups, libreswan's states and connection names */
	"[enc]", "[net]", "[cfg]", "[knl]", "[mgr]", "[chd]", "[job]", "[esp]",
	"[dmn]", "[tls]", "[asn]", "[lib]", "[app]", "[imv]", "state_", "\" #",
	/* the labels of Cisco ASA's messages about VPN */
	"group = ", ": ip = ", " remote:", " username:", NULL
};

struct word {
	const char *text;
	unsigned char len;
	unsigned char at; /* where its four bytes begin */
	uint32_t gram;	  /* they; of a short word three and any fourth */
	uint32_t mask;	  /* the bits of it that count */
};

struct noise {
	bool (*scan)(const struct noise *, struct span);
	/* Buckets a byte can belong to, at each of the four places. */
	uint8_t byte[GRAM][256];
	/* The same by the halves of a byte, for the shuffles: the low and the
	 * high one, twice over for the wide registers. */
	uint8_t low[GRAM][32], high[GRAM][32];
	/* Hashes of the words' four bytes. */
	uint64_t gram[(1 << GRAM_LOG2) / 64];
	unsigned n[BUCKETS];
	struct word bucket[BUCKETS][PER_BUCKET];
};

static unsigned char
fold(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* How many of a thousand bytes of firewall logs are this one, roughly. */
static unsigned
noise_share(unsigned char c)
{
	static const uint8_t letter[] = { 27, 4, 19, 21, 38, 11, 4, 2, 27, 3, 2,
		13, 5, 36, 31, 17, 2, 27, 37, 50, 14, 6, 5, 2, 8, 1 };
	static const char mark[] = " ,\".=-:/";

	if (c >= 'a' && c <= 'z')
		return letter[c - 'a'];
	if (c >= '0' && c <= '9')
		return 35;
	return c != 0 && strchr(mark, c) != NULL ? 28 : 2;
}

static uint32_t
noise_gram(const unsigned char *p)
{
	return (uint32_t)fold(p[0]) | (uint32_t)fold(p[1]) << 8 |
	    (uint32_t)fold(p[2]) << 16 | (uint32_t)fold(p[3]) << 24;
}

static struct word
noise_word(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	struct word w = { text, (unsigned char)strlen(text), 0, 0, 0 };
	unsigned share, best = UINT32_MAX;
	unsigned i;

	if (w.len == SHORT) { /* the closing NUL is masked out */
		w.mask = SHORT_MASK;
		w.gram = noise_gram(p) & w.mask;
		return w;
	}
	for (i = 0; i + GRAM <= w.len; i++) {
		share = noise_share(p[i]) * noise_share(p[i + 1]) *
		    noise_share(p[i + 2]) * noise_share(p[i + 3]);
		if (share < best) {
			best = share;
			w.at = (unsigned char)i;
		}
	}
	w.mask = UINT32_MAX;
	w.gram = noise_gram(p + w.at);
	return w;
}

/* Both cases of a byte belong to the bucket, and so do their halves. */
static void
noise_mark(struct noise *n, int place, unsigned char c, uint8_t bit)
{
	unsigned char cases[2] = { c, c };
	int i, wide;

	if (c >= 'a' && c <= 'z')
		cases[1] = c & ~0x20;
	for (i = 0; i < 2; i++) {
		n->byte[place][cases[i]] |= bit;
		for (wide = 0; wide < 32; wide += 16) {
			n->low[place][wide + (cases[i] & 15)] |= bit;
			n->high[place][wide + (cases[i] >> 4)] |= bit;
		}
	}
}

/* The word's bytes at their places; a short word takes any fourth. */
static void
noise_mark_word(struct noise *n, const struct word *w, uint8_t bit)
{
	int place;

	for (place = 0; place < GRAM - 1; place++)
		noise_mark(n, place, (w->gram >> (8 * place)) & 255, bit);
	if (w->len != SHORT) {
		noise_mark(n, place, w->gram >> 24, bit);
		return;
	}
	for (place = 0; place < 256; place++)
		n->byte[GRAM - 1][place] |= bit;
	for (place = 0; place < 32; place++) {
		n->low[GRAM - 1][place] |= bit;
		n->high[GRAM - 1][place] |= bit;
	}
}

static unsigned
noise_hash(uint32_t gram)
{
	return (uint32_t)((gram | 0x20202020) * 0x9e3779b1u) >>
	    (32 - GRAM_LOG2);
}

/* How often the shuffles would stop for the buckets of bit, roughly. */
static double
noise_cost(const struct noise *n, uint8_t bit)
{
	double cost = 1;
	unsigned sum;
	int place, c;

	for (place = 0; place < GRAM; place++) {
		sum = 0;
		for (c = 0; c < 128; c++)
			if (n->low[place][c & 15] & n->high[place][c >> 4] &
			    bit)
				sum += noise_share((unsigned char)c);
		cost *= sum;
	}
	return cost;
}

/*
 * Deals the words out, each to the bucket that it makes worse by least. The
 * marks of the trial are taken back by working on a copy of the tables.
 */
static void
noise_deal(struct noise *n, const struct word *all, size_t count)
{
	struct noise trial;
	double cost, least;
	unsigned hash;
	size_t i;
	int b, best;

	for (i = 0; i < count; i++) {
		least = -1;
		best = 0;
		for (b = 0; b < BUCKETS; b++) {
			if (n->n[b] == PER_BUCKET)
				continue;
			trial = *n;
			noise_mark_word(&trial, &all[i], (uint8_t)(1 << b));
			cost = noise_cost(&trial, (uint8_t)(1 << b)) -
			    noise_cost(n, (uint8_t)(1 << b));
			if (least < 0 || cost < least) {
				least = cost;
				best = b;
			}
		}
		noise_mark_word(n, &all[i], (uint8_t)(1 << best));
		hash = noise_hash(all[i].gram);
		n->gram[hash / 64] |= (uint64_t)1 << hash % 64;
		n->bucket[best][n->n[best]++] = all[i];
	}
}

/* A look into one table says no to nearly every place that is none. */
static bool
noise_may(const struct noise *n, const unsigned char *p)
{
	uint32_t gram = (uint32_t)p[0] | (uint32_t)p[1] << 8 |
	    (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	unsigned four = noise_hash(gram);
	unsigned three = noise_hash(gram & SHORT_MASK);

	return ((n->gram[four / 64] >> four % 64) |
		   (n->gram[three / 64] >> three % 64)) &
	    1;
}

/* Is one of the buckets' words at this place? */
static bool
noise_verify(const struct noise *n, const unsigned char *p, size_t len,
    size_t at, unsigned buckets)
{
	const struct word *w, *end;
	uint32_t gram = noise_gram(p + at);
	size_t i;
	int b;

	for (; buckets != 0; buckets &= buckets - 1) {
		b = __builtin_ctz(buckets);
		end = n->bucket[b] + n->n[b];
		for (w = n->bucket[b]; w < end; w++) {
			if ((gram & w->mask) != w->gram || at < w->at ||
			    len - (at - w->at) < w->len)
				continue;
			for (i = 0; i < w->len; i++)
				if (fold(p[at - w->at + i]) !=
				    (unsigned char)w->text[i])
					break;
			if (i == w->len)
				return true;
		}
	}
	return false;
}

static unsigned
noise_at(const struct noise *n, const unsigned char *p)
{
	return n->byte[0][p[0]] & n->byte[1][p[1]] & n->byte[2][p[2]] &
	    n->byte[3][p[3]];
}

/* A short word at the very end has no fourth byte behind it. */
static bool
noise_ends(const struct noise *n, struct span s)
{
	unsigned char end[GRAM] = { 0 };

	if (s.len < SHORT)
		return false;
	memcpy(end, s.p + s.len - SHORT, SHORT);
	return noise_verify(n, end, SHORT, 0, noise_at(n, end));
}

static bool
noise_scan_bytes(const struct noise *n, struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned buckets;
	size_t i;

	for (i = 0; i + GRAM <= s.len; i++) {
		buckets = noise_at(n, p + i);
		if (buckets != 0 && noise_may(n, p + i) &&
		    noise_verify(n, p, s.len, i, buckets))
			return true;
	}
	return noise_ends(n, s);
}

#ifdef NOISE_X86

/* The places of a block whose bit is set in hits, one after the other. */
static bool
noise_check(const struct noise *n, const unsigned char *p, size_t len,
    size_t at, uint32_t hits)
{
	size_t i;

	for (; hits != 0; hits &= hits - 1) {
		i = at + (size_t)__builtin_ctz(hits);
		if (noise_may(n, p + i) &&
		    noise_verify(n, p, len, i, noise_at(n, p + i)))
			return true;
	}
	return false;
}

/* clang-format off: the two differ in width only */
#define NOISE_BLOCK(name, attr, vec, load, set1, and, srl, shuf, cmpeq, zero,  \
    mask, width, all)                                                          \
	__attribute__((target(attr))) static bool name(                        \
	    const struct noise *n, struct span s)                              \
	{                                                                      \
		const unsigned char *p = (const unsigned char *)s.p;           \
		const vec half = set1(15);                                     \
		vec low[GRAM], high[GRAM], hit, v;                             \
		size_t at = 0, last;                                           \
		uint32_t hits;                                                 \
		int k;                                                         \
                                                                               \
		if (s.len < (width) + GRAM - 1)                                \
			return noise_scan_bytes(n, s);                         \
		for (k = 0; k < GRAM; k++) {                                   \
			low[k] = load((const vec *)(const void *)n->low[k]);   \
			high[k] = load((const vec *)(const void *)n->high[k]); \
		}                                                              \
		/* The last block overlaps the one before it. */               \
		last = s.len - ((width) + GRAM - 1);                           \
		for (;;) {                                                     \
			hit = set1(-1);                                        \
			for (k = 0; k < GRAM; k++) {                           \
				v = load(                                      \
				    (const vec *)(const void *)(p + at + k));  \
				hit = and(hit,                                 \
				    and(shuf(low[k], and(v, half)),            \
					shuf(high[k], and(srl(v, 4), half)))); \
			}                                                      \
			hits = ~(uint32_t)mask(cmpeq(hit, zero())) & (all);    \
			if (hits != 0 && noise_check(n, p, s.len, at, hits))   \
				return true;                                   \
			if (at == last)                                        \
				return noise_ends(n, s);                       \
			at = at + (width) < last ? at + (width) : last;        \
		}                                                              \
	}
NOISE_BLOCK(noise_scan_ssse3, "ssse3", __m128i, _mm_loadu_si128, _mm_set1_epi8,
    _mm_and_si128, _mm_srli_epi16, _mm_shuffle_epi8, _mm_cmpeq_epi8,
    _mm_setzero_si128, _mm_movemask_epi8, 16, 0xffffu)
NOISE_BLOCK(noise_scan_avx2, "avx2", __m256i, _mm256_loadu_si256,
    _mm256_set1_epi8, _mm256_and_si256, _mm256_srli_epi16, _mm256_shuffle_epi8,
    _mm256_cmpeq_epi8, _mm256_setzero_si256, _mm256_movemask_epi8, 32,
    0xffffffffu)
/* clang-format on */
#endif

static bool
noise_choose(struct noise *n, enum noise_way way)
{
	n->scan =
	    way == NOISE_BEST || way == NOISE_BYTES ? noise_scan_bytes : NULL;
#ifdef NOISE_X86
	if ((way == NOISE_BEST || way == NOISE_SSSE3) &&
	    __builtin_cpu_supports("ssse3"))
		n->scan = noise_scan_ssse3;
	if ((way == NOISE_BEST || way == NOISE_AVX2) &&
	    __builtin_cpu_supports("avx2"))
		n->scan = noise_scan_avx2;
#endif
	return n->scan != NULL;
}

struct noise *
noise_new(enum noise_way way)
{
	struct word all[sizeof(words) / sizeof(words[0])];
	struct noise *n = calloc(1, sizeof(*n));
	size_t i;

	if (n == NULL || !noise_choose(n, way)) {
		free(n);
		return NULL;
	}
	for (i = 0; words[i] != NULL; i++)
		all[i] = noise_word(words[i]);
	noise_deal(n, all, i);
	return n;
}

void
noise_free(struct noise *n)
{
	free(n);
}

bool
noise_passes(const struct noise *n, struct span line)
{
	return n->scan(n, line);
}

const char *const *
noise_words(void)
{
	return words;
}
