/*
 * The early filter. Each word is looked for by the four bytes of it that
 * are rarest in logs. The words are dealt out to sixteen buckets, a bit each;
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
	SETS = 2, /* of eight buckets, a bit each */
	BUCKETS = 8 * SETS,
	GRAM = 4,
	SHORT = 3,
	PER_BUCKET = 48,
	GRAM_LOG2 = 13,
	SHORT_MASK = 0xffffff
};

/*
 * A word of every line that can matter: of the programs, of the protocol, of
 * what devices write around them. A word has at least three letters. Lower
 * case; both cases are found.
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
	"key exch", "key eng", "shared key", "public key", "private key",
	"constraint ", "leasing ", "ckaid", "license", "idle time out",
	"connection allowed", "active connection",
	/* HP-UX's audit records, ZyNOS's lines, Huawei's blocks */
	"lvl:", "event: ", "recv:<", "send:<", "!! ", "rule <", "info num",
	"error-time", " v1 ", " v2 ",
	/* strongSwan's groups, libreswan's states and connection names */
	"[enc]", "[net]", "[cfg]", "[knl]", "[mgr]", "[chd]", "[job]", "[esp]",
	"packet: from", "informational_v1", "informational re", "[dmn]",
	"[tls]", "[asn]", "[lib]", "[app]", "[imv]", "state_", "\" #",
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

/*
 * Which buckets a byte can belong to, at each of the four places; and the
 * same by the halves of a byte for the shuffles, twice over for the wide
 * registers.
 */
struct tables {
	uint16_t byte[GRAM][256];
	uint8_t low[SETS][GRAM][32], high[SETS][GRAM][32];
};

struct noise {
	bool (*scan)(const struct noise *, struct span);
	struct tables t;
	/* Hashes of the words' four bytes, and of the first three of them. */
	uint64_t gram[(1 << GRAM_LOG2) / 64], three[(1 << GRAM_LOG2) / 64];
	unsigned n[BUCKETS], cost[BUCKETS];
	struct word bucket[BUCKETS][PER_BUCKET];
};

static unsigned char
fold(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/*
 * What firewalls write all day, for choosing the bytes to look for: places of
 * this text that look like a word cost time on every such line.
 */
static const char sample[] =
    "<166>Nov 21 10:00:07 asa01 : %ASA-6-302014: Teardown TCP connection "
    "15621503 for outside:198.51.100.24/443 to inside:10.74.101.48/13617 "
    "duration 0:52:47 bytes 873767 TCP Reset-I <164>%ASA-4-106023: Deny tcp "
    "src inside:10.1.1.9/6438 dst outside:192.0.2.2/80 by access-group "
    "\"in_access\" [0x47e21ef4, 0x47e21ef4] %ASA-6-305011: Built dynamic UDP "
    "translation from dmz:10.9.3.57/57006 to outside:192.0.2.46/57006 "
    "%ASA-6-302016: Teardown UDP connection for identity bytes "
    "<189>date=2026-11-21 time=10:06:42 devname=\"FGT-0329\" "
    "devid=\"FG100FTK00000329\" eventtime=1767225601549317324 tz=\"+0000\" "
    "logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" "
    "level=\"notice\" vd=\"root\" srcip=10.1.4.11 srcname=\"pc\" "
    "srcport=51000 srcintf=\"port1\" srcintfrole=\"lan\" dstip=192.0.2.7 "
    "dstport=443 dstintf=\"wan1\" dstintfrole=\"wan\" "
    "srccountry=\"Reserved\" dstcountry=\"Germany\" sessionid=4021378 "
    "proto=6 action=\"close\" policyid=7 policytype=\"policy\" "
    "poluuid=\"c3f1-51eb\" policyname=\"out\" service=\"HTTPS\" "
    "trandisp=\"snat\" transip=203.0.113.1 transport=51000 duration=120 "
    "sentbyte=5120 rcvdbyte=10240 sentpkt=20 rcvdpkt=21 appcat=\"unscanned\" "
    "<14>Nov 21 10:04:44 PA-1 1,2026/11/21 10:04:44,007051000001,TRAFFIC,end,"
    "2561,2026/11/21 10:04:44,10.1.4.11,198.51.100.34,203.0.113.1,0.0.0.0,"
    "allow-web,,,web-browsing,vsys1,trust,untrust,ethernet1/2,ethernet1/1,"
    "default,1,51000,443,61000,443,0x400053,tcp,allow,9120,4120,5000,24,start,"
    "any,0,10.0.0.0-10.255.255.255,United States,tcp-fin,from-policy,drop,ssl "
    "<14>1 2026-11-21T10:00:00.000Z srx1 RT_FLOW - RT_FLOW_SESSION_CREATE "
    "[junos@2636.1.1.1.2.129 source-address=\"10.1.0.9\" "
    "source-port=\"51000\" destination-address=\"192.0.2.1\" "
    "destination-port=\"443\" connection-tag=\"0\" "
    "service-name=\"junos-https\" nat-source-address=\"203.0.113.1\" "
    "nat-source-port=\"6100\" src-nat-rule-name=\"r1\" "
    "protocol-id=\"6\" policy-name=\"out\" source-zone-name=\"trust\" "
    "destination-zone-name=\"untrust\" session-id-32=\"51000\" "
    "username=\"N/A\" roles=\"N/A\" packet-incoming-interface=\"ge-0/0/1\" "
    "application=\"UNKNOWN\" nested-application=\"UNKNOWN\" "
    "encrypted=\"UNKNOWN\" reason=\"TCP FIN\" session closed "
    "elapsed-time=\"12\" bytes-from-client=\"512\" session denied ";

static uint32_t
noise_gram(const unsigned char *p)
{
	return (uint32_t)fold(p[0]) | (uint32_t)fold(p[1]) << 8 |
	    (uint32_t)fold(p[2]) << 16 | (uint32_t)fold(p[3]) << 24;
}

/* How often the text of the sample has these bytes, and nearly these. */
static unsigned
noise_seen(uint32_t gram, uint32_t mask)
{
	const unsigned char *p = (const unsigned char *)sample;
	unsigned i, n = 0, low = 0x0f0f0f0f;
	uint32_t at;

	for (i = 0; i + GRAM < sizeof(sample); i++) {
		at = noise_gram(p + i);
		n += ((at ^ gram) & mask) == 0 ? 64 : 0;
		n += ((at ^ gram) & mask & low) == 0 ? 1 : 0;
	}
	return n;
}

static struct word
noise_word(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	struct word w = { text, (unsigned char)strlen(text), 0, 0, 0 };
	unsigned i, seen, best = UINT32_MAX;

	if (w.len == SHORT) { /* the closing NUL is masked out */
		w.mask = SHORT_MASK;
		w.gram = noise_gram(p) & w.mask;
		return w;
	}
	w.mask = UINT32_MAX;
	for (i = 0; i + GRAM <= w.len; i++) {
		seen = noise_seen(noise_gram(p + i), w.mask);
		if (seen < best) {
			best = seen;
			w.at = (unsigned char)i;
		}
	}
	w.gram = noise_gram(p + w.at);
	return w;
}

/* Both cases of a byte belong to the bucket, and so do their halves. */
static void
tables_mark(struct tables *t, int place, unsigned char c, int bucket)
{
	unsigned char cases[2] = { c, c };
	uint8_t bit = (uint8_t)(1 << bucket % 8);
	int i, wide, set = bucket / 8;

	if (c >= 'a' && c <= 'z')
		cases[1] = c & ~0x20;
	for (i = 0; i < 2; i++) {
		t->byte[place][cases[i]] |= (uint16_t)(1 << bucket);
		for (wide = 0; wide < 32; wide += 16) {
			t->low[set][place][wide + (cases[i] & 15)] |= bit;
			t->high[set][place][wide + (cases[i] >> 4)] |= bit;
		}
	}
}

/* The word's bytes at their places; a short word takes any fourth. */
static void
tables_mark_word(struct tables *t, const struct word *w, int bucket)
{
	uint8_t bit = (uint8_t)(1 << bucket % 8);
	int place, set = bucket / 8;

	for (place = 0; place < GRAM - 1; place++)
		tables_mark(t, place, (w->gram >> (8 * place)) & 255, bucket);
	if (w->len != SHORT) {
		tables_mark(t, place, w->gram >> 24, bucket);
		return;
	}
	for (place = 0; place < 256; place++)
		t->byte[GRAM - 1][place] |= (uint16_t)(1 << bucket);
	for (place = 0; place < 32; place++) {
		t->low[set][GRAM - 1][place] |= bit;
		t->high[set][GRAM - 1][place] |= bit;
	}
}

static inline unsigned
noise_hash(uint32_t gram)
{
	return (uint32_t)((gram | 0x20202020) * 0x9e3779b1u) >>
	    (32 - GRAM_LOG2);
}

static inline bool
noise_noted(const uint64_t *table, uint32_t gram)
{
	unsigned hash = noise_hash(gram);

	return table[hash / 64] >> hash % 64 & 1;
}

static void
noise_note(uint64_t *table, uint32_t gram)
{
	unsigned hash = noise_hash(gram);

	table[hash / 64] |= (uint64_t)1 << hash % 64;
}

/* How often the shuffles stop for the bucket in the sample; enough: more
 * need not be counted. */
static unsigned
tables_cost(const struct tables *t, int bucket, unsigned enough)
{
	const unsigned char *p = (const unsigned char *)sample;
	const uint8_t(*low)[32] = t->low[bucket / 8];
	const uint8_t(*high)[32] = t->high[bucket / 8];
	unsigned i, cost = 0, bit = 1u << bucket % 8;

	for (i = 0; i + GRAM < sizeof(sample) && cost < enough; i++)
		cost += (low[0][p[i] & 15] & high[0][p[i] >> 4] &
			    low[1][p[i + 1] & 15] & high[1][p[i + 1] >> 4] &
			    low[2][p[i + 2] & 15] & high[2][p[i + 2] >> 4] &
			    low[3][p[i + 3] & 15] & high[3][p[i + 3] >> 4] &
			    bit) != 0;
	return cost;
}

/* The bucket that the word makes worse by least; of several the emptiest. */
static int
noise_bucket(struct noise *n, const struct word *w)
{
	unsigned cost, least = UINT32_MAX;
	struct tables trial;
	int b, best = 0;

	for (b = 0; b < BUCKETS; b++) {
		if (n->n[b] == PER_BUCKET)
			continue;
		trial = n->t;
		tables_mark_word(&trial, w, b);
		cost = tables_cost(&trial, b,
			   least == UINT32_MAX
			       ? least
			       : n->cost[b] + least / PER_BUCKET + 1) -
		    n->cost[b];
		cost = cost * PER_BUCKET + n->n[b];
		if (cost < least) {
			least = cost;
			best = b;
		}
	}
	n->cost[best] += least / PER_BUCKET;
	return best;
}

static void
noise_add(struct noise *n, const struct word *w)
{
	int b = noise_bucket(n, w);

	tables_mark_word(&n->t, w, b);
	noise_note(n->gram, w->gram);
	noise_note(n->three, w->gram & SHORT_MASK);
	n->bucket[b][n->n[b]++] = *w;
}

/* A look into one table says no to nearly every place that is none. */
static inline bool
noise_may(const struct noise *n, const unsigned char *p)
{
	uint32_t gram = (uint32_t)p[0] | (uint32_t)p[1] << 8 |
	    (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	uint32_t three = gram & SHORT_MASK;

	return noise_noted(n->three, three) &&
	    (noise_noted(n->gram, gram) || noise_noted(n->gram, three));
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
	return n->t.byte[0][p[0]] & n->t.byte[1][p[1]] & n->t.byte[2][p[2]] &
	    n->t.byte[3][p[3]];
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

/* The two differ in width only. */
#define NOISE_BLOCK(name, attr, vec, load, set1, and, or, srl, shuf, cmpeq,    \
    zero, mask, width, all)                                                    \
	/* The buckets that the bytes at p can belong to, at place k. */       \
	__attribute__((target(attr), always_inline)) static inline void        \
	    name##_place(const unsigned char *p, const vec low[SETS][GRAM],    \
		const vec high[SETS][GRAM], int k, vec hit[SETS])              \
	{                                                                      \
		const vec half = set1(15);                                     \
		vec v = load((const vec *)(const void *)(p + k));              \
		vec lo = and(v, half), hi = and(srl(v, 4), half);              \
                                                                               \
		hit[0] = and(                                                  \
		    hit[0], and(shuf(low[0][k], lo), shuf(high[0][k], hi)));   \
		hit[1] = and(                                                  \
		    hit[1], and(shuf(low[1][k], lo), shuf(high[1][k], hi)));   \
	}                                                                      \
	/* The places of the block at p where the tables agree. */             \
	__attribute__((target(attr), always_inline)) static inline uint32_t    \
	    name##_hits(const unsigned char *p, const vec low[SETS][GRAM],     \
		const vec high[SETS][GRAM])                                    \
	{                                                                      \
		vec hit[SETS] = { set1(-1), set1(-1) };                        \
                                                                               \
		name##_place(p, low, high, 0, hit);                            \
		name##_place(p, low, high, 1, hit);                            \
		name##_place(p, low, high, 2, hit);                            \
		name##_place(p, low, high, 3, hit);                            \
		return ~(uint32_t)mask(cmpeq(or (hit[0], hit[1]), zero())) &   \
		    (all);                                                     \
	}                                                                      \
	__attribute__((target(attr))) static bool name(                        \
	    const struct noise *n, struct span s)                              \
	{                                                                      \
		const unsigned char *p = (const unsigned char *)s.p;           \
		vec low[SETS][GRAM], high[SETS][GRAM];                         \
		size_t at = 0, last;                                           \
		uint32_t hits;                                                 \
                                                                               \
		if (s.len < (width) + GRAM - 1)                                \
			return noise_scan_bytes(n, s);                         \
		for (int set = 0; set < SETS; set++)                           \
			for (int k = 0; k < GRAM; k++) {                       \
				low[set][k] = load((const vec *)(const void *) \
						       n->t.low[set][k]);      \
				high[set][k] =                                 \
				    load((const vec *)(const void *)           \
					     n->t.high[set][k]);               \
			}                                                      \
		/* The last block overlaps the one before it. */               \
		last = s.len - ((width) + GRAM - 1);                           \
		for (;;) {                                                     \
			hits = name##_hits(p + at, low, high);                 \
			if (hits != 0 && noise_check(n, p, s.len, at, hits))   \
				return true;                                   \
			if (at == last)                                        \
				return noise_ends(n, s);                       \
			at = at + (width) < last ? at + (width) : last;        \
		}                                                              \
	}
NOISE_BLOCK(noise_scan_ssse3, "ssse3", __m128i, _mm_loadu_si128, _mm_set1_epi8,
    _mm_and_si128, _mm_or_si128, _mm_srli_epi16, _mm_shuffle_epi8,
    _mm_cmpeq_epi8, _mm_setzero_si128, _mm_movemask_epi8, 16, 0xffffu)
NOISE_BLOCK(noise_scan_avx2, "avx2", __m256i, _mm256_loadu_si256,
    _mm256_set1_epi8, _mm256_and_si256, _mm256_or_si256, _mm256_srli_epi16,
    _mm256_shuffle_epi8, _mm256_cmpeq_epi8, _mm256_setzero_si256,
    _mm256_movemask_epi8, 32, 0xffffffffu)
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
	struct noise *n = calloc(1, sizeof(*n));
	struct word w;
	size_t i;

	if (n == NULL || !noise_choose(n, way)) {
		free(n);
		return NULL;
	}
	for (i = 0; words[i] != NULL; i++) {
		w = noise_word(words[i]);
		noise_add(n, &w);
	}
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
