/* Phrases and the reasons they stand for, the special ones first. */
#include "parsers/cause.h"

#include "parsers/words.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { CAUSE_MAX = 300 }; /* bytes that are looked at */

/* Where a column is left out the first one holds for every phase. */
static const struct cause {
	const char *words;
	enum ike_reason any, phase1, phase2;
} causes[] = {
	/* clang-format off */
	{ "pre-shared key not found", IKE_R_PSK_MISSING },
	{ "psk not found", IKE_R_PSK_MISSING },
	{ "no pre-shared key", IKE_R_PSK_MISSING },
	{ "no shared key found", IKE_R_PSK_MISSING },
	{ "key lookup", IKE_R_PSK_MISSING },
	{ "pre-shared", IKE_R_PSK_MISMATCH },
	{ "preshared", IKE_R_PSK_MISMATCH },
	{ "no matching secret", IKE_R_PSK_MISMATCH },
	{ "shared secret", IKE_R_PSK_MISMATCH },
	{ "psk", IKE_R_PSK_MISMATCH },
	{ "certificate expired", IKE_R_CERTIFICATE_EXPIRED },
	{ "certificate has expired", IKE_R_CERTIFICATE_EXPIRED },
	{ "certificate is expired", IKE_R_CERTIFICATE_EXPIRED },
	{ "not yet valid", IKE_R_CERTIFICATE_EXPIRED },
	{ "revoked", IKE_R_CERTIFICATE_REVOKED },
	{ "crl", IKE_R_REVOCATION_UNAVAILABLE },
	{ "ocsp", IKE_R_REVOCATION_UNAVAILABLE },
	{ "untrusted", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "not trusted", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "unknown issuer", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "unable to get issuer", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "no private key", IKE_R_PRIVATE_KEY_MISSING },
	{ "private key not found", IKE_R_PRIVATE_KEY_MISSING },
	{ "no local certificate", IKE_R_PRIVATE_KEY_MISSING },
	{ "certificate", IKE_R_CERTIFICATE_INVALID },
	{ "signature", IKE_R_SIGNATURE_INVALID },
	{ "xauth", IKE_R_XAUTH_FAILED },
	{ "eap", IKE_R_EAP_FAILED },
	{ "authentication method", IKE_R_AUTH_METHOD_MISMATCH },
	{ "id payload", IKE_R_PEER_ID_MISMATCH },
	{ "ike id", IKE_R_PEER_ID_MISMATCH },
	{ "peer id", IKE_R_PEER_ID_MISMATCH },
	{ "remote id", IKE_R_PEER_ID_MISMATCH },
	{ "mismatched id", IKE_R_PEER_ID_MISMATCH },
	{ "received id", IKE_R_PEER_ID_MISMATCH },
	{ "id mismatch", IKE_R_PEER_ID_MISMATCH },
	{ "identity", IKE_R_PEER_ID_MISMATCH },
	{ "invalid id", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    IKE_R_PEER_ID_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "invalid_id", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    IKE_R_PEER_ID_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "traffic selector", IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "traffic-selector", IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "ts_unacceptable", IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "ts unacceptable", IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "tunnel route", IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "proxy id", IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "subnet", IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "perfect forward secrecy", IKE_R_PFS_MISMATCH },
	{ "pfs", IKE_R_PFS_MISMATCH },
	{ "dh group", IKE_R_DH_GROUP_MISMATCH, IKE_R_DH_GROUP_MISMATCH,
	    IKE_R_PFS_MISMATCH },
	{ "diffie-hellman", IKE_R_DH_GROUP_MISMATCH,
	    IKE_R_DH_GROUP_MISMATCH, IKE_R_PFS_MISMATCH },
	{ "invalid_ke", IKE_R_DH_GROUP_MISMATCH, IKE_R_DH_GROUP_MISMATCH,
	    IKE_R_PFS_MISMATCH },
	{ "invalid ke", IKE_R_DH_GROUP_MISMATCH, IKE_R_DH_GROUP_MISMATCH,
	    IKE_R_PFS_MISMATCH },
	{ "encapsulation mode", IKE_R_ENCAPSULATION_MODE_MISMATCH },
	{ "exchange mode", IKE_R_EXCHANGE_MODE_MISMATCH },
	{ "exchange type", IKE_R_EXCHANGE_MODE_MISMATCH },
	{ "ike version", IKE_R_IKE_VERSION_MISMATCH },
	{ "version mismatch", IKE_R_IKE_VERSION_MISMATCH },
	{ "major version", IKE_R_IKE_VERSION_MISMATCH },
	{ "proposal", IKE_R_PROPOSAL_MISMATCH, IKE_R_IKE_PROPOSAL_MISMATCH,
	    IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "no_prop", IKE_R_PROPOSAL_MISMATCH, IKE_R_IKE_PROPOSAL_MISMATCH,
	    IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "isakmp policy not found", IKE_R_PEER_NOT_CONFIGURED },
	{ "no peer config", IKE_R_PEER_NOT_CONFIGURED },
	{ "no policy", IKE_R_PEER_NOT_CONFIGURED },
	{ "no matching policy", IKE_R_PEER_NOT_CONFIGURED },
	{ "policy not found", IKE_R_PEER_NOT_CONFIGURED },
	{ "unknown peer", IKE_R_PEER_NOT_CONFIGURED },
	{ "not configured", IKE_R_PEER_NOT_CONFIGURED },
	{ "unknown gateway", IKE_R_PEER_NOT_CONFIGURED },
	{ "payload malformed", IKE_R_MALFORMED_MESSAGE },
	{ "payload_malformed", IKE_R_MALFORMED_MESSAGE },
	{ "malformed", IKE_R_MALFORMED_MESSAGE },
	{ "invalid syntax", IKE_R_MALFORMED_MESSAGE },
	{ "invalid_syntax", IKE_R_MALFORMED_MESSAGE },
	{ "invalid payload", IKE_R_MALFORMED_MESSAGE },
	{ "invalid cookie", IKE_R_INVALID_SPI },
	{ "invalid spi", IKE_R_INVALID_SPI },
	{ "invalid ike spi", IKE_R_INVALID_SPI },
	{ "decrypt", IKE_R_DECRYPTION_FAILED, IKE_R_PSK_MISMATCH,
	    IKE_R_DECRYPTION_FAILED },
	{ "licen", IKE_R_LIMIT_REACHED },
	{ "retransmission limit", IKE_R_NO_RESPONSE },
	{ "retry limit", IKE_R_NO_RESPONSE },
	{ "limit reached", IKE_R_LIMIT_REACHED },
	{ "too many", IKE_R_LIMIT_REACHED },
	{ "no additional sas", IKE_R_LIMIT_REACHED },
	{ "out of memory", IKE_R_INTERNAL_ERROR },
	{ "internal address", IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ "no route", IKE_R_NETWORK_ERROR },
	{ "resolve", IKE_R_NETWORK_ERROR },
	{ "send error", IKE_R_NETWORK_ERROR },
	{ "peer is dead", IKE_R_PEER_DEAD },
	{ "dead peer", IKE_R_PEER_DEAD },
	{ "no response", IKE_R_NO_RESPONSE },
	{ "not respond", IKE_R_NO_RESPONSE },
	{ "not responsive", IKE_R_NO_RESPONSE },
	{ "retry timeout", IKE_R_NO_RESPONSE },
	{ "timed out", IKE_R_NEGOTIATION_TIMEOUT },
	{ "timeout", IKE_R_NEGOTIATION_TIMEOUT },
	{ "time-out", IKE_R_NEGOTIATION_TIMEOUT },
	{ "authenticat", IKE_R_AUTHENTICATION_FAILED },
	/* clang-format on */
};

/*
 * Which three letters follow each other anywhere in the words, by a hash: a
 * phrase whose first three are not there need not be looked for. No phrase
 * has a blank in its first two, and any blank is the same here.
 */
enum { SEEN_BITS = 12 };
struct cause_seen {
	uint64_t bits[(1 << SEEN_BITS) / 64];
};

static unsigned
cause_fold(char c)
{
	return c == '\t' || c == '\n' || c == '\r' ? 0 : (unsigned)c & 0x1f;
}

static unsigned
cause_hash(unsigned a, unsigned b, unsigned c)
{
	return a << 7 ^ b << 4 ^ c;
}

static void
cause_see(struct cause_seen *seen, struct span words)
{
	unsigned a = 0, b = 0, c, n;

	memset(seen, 0, sizeof(*seen));
	for (size_t i = 0; i < words.len; i++, a = b, b = c) {
		c = cause_fold(words.p[i]);
		n = cause_hash(a, b, c);
		seen->bits[n / 64] |= UINT64_C(1) << n % 64;
	}
}

static bool
cause_may_say(const struct cause_seen *seen, const char *phrase)
{
	unsigned n = cause_hash(cause_fold(phrase[0]), cause_fold(phrase[1]),
	    cause_fold(phrase[2]));

	return (seen->bits[n / 64] >> n % 64 & 1) != 0;
}

static bool
cause_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A phrase begins where a word begins: "eap" is not in "cheap". */
static bool
cause_says(struct span words, const char *phrase)
{
	struct span before;

	while (words_until(&words, phrase, &before))
		if (before.len == 0 || !cause_letter(before.p[before.len - 1]))
			return true;
	return false;
}

/* A quotation mark, and not the apostrophe of "couldn't". */
static bool
cause_quote(struct span s, size_t n)
{
	return s.p[n] == '"' ||
	    (s.p[n] == '\'' && (n == 0 || !cause_letter(s.p[n - 1])));
}

enum ike_reason
cause_of(struct span words, enum notify_phase phase)
{
	struct cause_seen seen;
	size_t n = 0;

	while (n < words.len && n < CAUSE_MAX && !cause_quote(words, n))
		n++;
	/* A quotation at the very front is the device's whole text. */
	if (n == 0)
		n = words.len < CAUSE_MAX ? words.len : CAUSE_MAX;
	words.len = n;
	cause_see(&seen, words);
	for (size_t i = 0; i < COUNT(causes); i++) {
		const struct cause *c = &causes[i];

		if (!cause_may_say(&seen, c->words) ||
		    !cause_says(words, c->words))
			continue;
		if (phase == NOTIFY_PHASE1 && c->phase1 != IKE_REASON_NONE)
			return c->phase1;
		if (phase == NOTIFY_PHASE2 && c->phase2 != IKE_REASON_NONE)
			return c->phase2;
		return c->any;
	}
	return IKE_R_UNKNOWN;
}

bool
cause_fails(struct span words, enum notify_phase phase, struct ike_event *ev)
{
	static const char *const signs[] = { "fail", "mismatch", "not match",
		"reject", "invalid", "expired", "revoked", "timeout",
		"timed out", "no response", "not respond", "is dead",
		"unacceptable", "malformed", "could not", "dropped due",
		"drop negotiation" };
	enum ike_reason reason = cause_of(words, phase);

	if (reason == IKE_R_UNKNOWN)
		return false;
	for (size_t i = 0; i < COUNT(signs); i++)
		if (cause_says(words, signs[i])) {
			ev->what = reason == IKE_R_PEER_DEAD ? IKE_PEER_DEAD
							     : IKE_FAILED;
			ev->reason = reason;
			return true;
		}
	return false;
}
