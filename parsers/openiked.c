/*
 * OpenIKED, the IKEv2 daemon of OpenBSD and its ports.
 *
 *	iked[812]: spi=0x35d9f3a3fb5d5ea4: recv IKE_SA_INIT req 0 peer
 *	198.51.100.7:500 local 192.0.2.1:500, 510 bytes, policy 'branch'
 *
 * The SPI in front is the initiator's and is in almost every line; behind it
 * may stand the name of the function that logged. Before OpenBSD 6.7 that name
 * stood alone:
 *
 *	ikev2_recv: IKE_SA_INIT request from initiator 198.51.100.7:500 to
 *	192.0.2.1:500 policy 'branch' id 0, 510 bytes
 */
#include "parsers/parser.h"
#include "parsers/tag.h"

#define HERE IKE_F_REFUSED_HERE
#define THERE IKE_F_REFUSED_BY_PEER
#define HINT IKE_F_HINT
#define HEARD IKE_F_HEARD
#define WHOLE IKE_F_WHOLE
#define CHILD IKE_KIND_CHILD
#define IKESA IKE_KIND_IKE

/* clang-format off */
static const struct rule rows[] = {
	/* Messages. */
	{ NULL, "send IKE_SA_INIT req $n peer $peer local $local, $*",
	    IKE_STARTED, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "recv IKE_SA_INIT req $n peer $peer local $local, $* bytes, "
	    "policy '$tunnel'",
	    IKE_STARTED, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "send IKE_SA_INIT res $n peer $peer local $local, $*",
	    IKE_PROGRESS, IKE_SA_INIT, 0, 0, IKE_RESPONDER },
	{ NULL, "recv IKE_SA_INIT res $n peer $peer local $local, $* bytes, "
	    "policy '$tunnel'",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_INITIATOR },
	{ NULL, "send IKE_AUTH req $n peer $peer local $local, $*",
	    IKE_PROGRESS, IKE_AUTH, 0, 0, IKE_INITIATOR },
	{ NULL, "recv IKE_AUTH req $n peer $peer local $local, $* bytes, "
	    "policy '$tunnel'",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER },
	{ NULL, "send IKE_AUTH res $n peer $peer local $local, $*",
	    IKE_PROGRESS, IKE_AUTH, 0, 0, IKE_RESPONDER },
	{ NULL, "recv IKE_AUTH res $n peer $peer local $local, $* bytes, "
	    "policy '$tunnel'",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "send CREATE_CHILD_SA req $n peer $peer local $local, $*",
	    IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, 0, IKE_INITIATOR },
	{ NULL, "send CREATE_CHILD_SA res $n peer $peer local $local, $*",
	    IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, 0, IKE_RESPONDER },
	{ NULL, "recv CREATE_CHILD_SA $word $n peer $peer local $local, $*",
	    IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, HEARD },
	{ NULL, "recv INFORMATIONAL $word $n peer $peer local $local, $*",
	    IKE_PROGRESS, IKE_INFORMATIONAL, 0, HEARD },
	{ NULL, "send $word $word $n peer $peer local $local, $*",
	    IKE_PROGRESS, 0, 0, 0, 0, 2 },
	/* The same before SPIs stood in front. */
	{ NULL, "IKE_SA_INIT request from initiator $peer to $local policy "
	    "'$tunnel' id $n, $*",
	    IKE_STARTED, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IKE_SA_INIT response from responder $peer to $local policy "
	    "'$tunnel' id $n, $*",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_INITIATOR },
	{ NULL, "IKE_AUTH request from initiator $peer to $local policy "
	    "'$tunnel' id $n, $*",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IKE_AUTH response from responder $peer to $local policy "
	    "'$tunnel' id $n, $*",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "IKE_SA_INIT from initiator $peer to $local policy '$tunnel' "
	    "id $n, $*", IKE_STARTED, IKE_SA_INIT, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IKE_SA_INIT from responder $peer to $local policy '$tunnel' "
	    "id $n, $*", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_INITIATOR },
	{ NULL, "IKE_AUTH from initiator $peer to $local policy '$tunnel' "
	    "id $n, $*", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER },
	{ NULL, "IKE_AUTH from responder $peer to $local policy '$tunnel' "
	    "id $n, $*", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR },
	{ NULL, "CREATE_CHILD_SA $*from $word $peer to $local policy "
	    "'$tunnel' id $n, $*",
	    IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, HEARD },
	{ NULL, "INFORMATIONAL $*from $word $peer to $local policy '$tunnel' "
	    "id $n, $*", IKE_PROGRESS, IKE_INFORMATIONAL, 0, HEARD },
	{ NULL, "IKE_SA_INIT request from $local to $peer msgid $n, $*",
	    IKE_STARTED, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "IKE_SA_INIT response from $local to $peer msgid $n, $*",
	    IKE_PROGRESS, IKE_SA_INIT, 0, 0, IKE_RESPONDER },
	{ NULL, "IKE_AUTH request from $local to $peer msgid $n, $*",
	    IKE_PROGRESS, IKE_AUTH, 0, 0, IKE_INITIATOR },
	{ NULL, "IKE_AUTH response from $local to $peer msgid $n, $*",
	    IKE_PROGRESS, IKE_AUTH, 0, 0, IKE_RESPONDER },
	{ NULL, "CREATE_CHILD_SA $word from $local to $peer msgid $n, $*",
	    IKE_PROGRESS, IKE_CREATE_CHILD_SA },
	{ NULL, "INFORMATIONAL $word from $local to $peer msgid $n, $*",
	    IKE_PROGRESS, IKE_INFORMATIONAL },
	{ NULL, "VALID -> ESTABLISHED from $peer to $local policy '$tunnel'",
	    IKE_ESTABLISHED, 0, 0, 0, 0, 2 },
	{ NULL, "ESTABLISHED -> CLOSED from $peer to $local policy '$tunnel'",
	    IKE_DELETED, 0, 0, WHOLE, 0, 2, IKESA },
	{ NULL, "$word -> CLOSED from $peer to $local policy '$tunnel'",
	    IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 2, IKESA },
	{ NULL, "$word -> $word from $*", IKE_INFO },
	{ NULL, "retransmit $n IKE_SA_INIT req $n peer $peer local $local",
	    IKE_RETRANSMIT, IKE_SA_INIT, 0, 0, IKE_INITIATOR },
	{ NULL, "retransmit $n $word req $n peer $peer local $local",
	    IKE_RETRANSMIT, 0, 0, 0, 0, 2 },
	{ NULL, "retransmit $word res $n local $local peer $peer",
	    IKE_RETRANSMIT, 0, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "retransmit limit reached for req $n",
	    IKE_PEER_DEAD, 0, IKE_R_NO_RESPONSE, 0, 0, 2, IKESA },
	{ NULL, "initiating \"$tunnel\"", IKE_INFO },

	/*
	 * established peer 198.51.100.7:4500[FQDN/gw7] local
	 * 192.0.2.1:4500[FQDN/gw1] policy 'branch' as initiator (enc ...)
	 */
	{ NULL, "established peer $peer[$*] local $local[$*] $*policy "
	    "'$tunnel' as initiator (enc $*)",
	    IKE_ESTABLISHED, 0, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "established peer $peer[$*] local $local[$*] $*policy "
	    "'$tunnel' as responder (enc $*)",
	    IKE_ESTABLISHED, 0, 0, 0, IKE_RESPONDER, 2 },
	{ NULL, "established peer $peer[$*] local $local[$*] $*policy "
	    "'$tunnel'$?", IKE_ESTABLISHED, 0, 0, 0, 0, 2 },
	{ NULL, "loaded SPIs: $in, $out (enc $*)", IKE_CHILD_ESTABLISHED, 0, 0,
	    0, 0, 2 },
	{ NULL, "loaded SPIs: $in (enc $*)", IKE_CHILD_ESTABLISHED, 0, 0, 0, 0,
	    2 },
	{ NULL, "rekeyed as new IKESA $ispi (enc $*)",
	    IKE_REKEYED, IKE_CREATE_CHILD_SA, 0, IKE_F_REKEY, 0, 2, IKESA },

	/* Proposals and policies. */
	{ NULL, "no proposal chosen",
	    IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, HERE },
	{ NULL, "no proposal chosen (IKE SA)",
	    IKE_FAILED, 0, IKE_R_IKE_PROPOSAL_MISMATCH, 0, 0, 0, IKESA },
	{ NULL, "no proposal chosen (CHILD SA)",
	    IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH, 0, 0, 0, CHILD },
	{ NULL, "failed to negotiate IKE SA",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	{ NULL, "NO_PROPOSAL_CHOSEN",
	    IKE_PROGRESS, 0, IKE_R_PROPOSAL_MISMATCH, HINT | HERE },
	{ NULL, "TS_UNACCEPTABLE",
	    IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, 0, 2, CHILD },
	{ NULL, "INTERNAL_ADDRESS_FAILURE",
	    IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, 0, 2, CHILD },
	{ NULL, "want dh $own_dh, KE has $peer_dh",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD },
	{ NULL, "reinitiating with new DH group", IKE_PROGRESS, IKE_SA_INIT },
	{ NULL, "responder selected DH group $peer_dh",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD },
	{ NULL, "DH group $peer_dh denied by policy",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, HERE },
	{ NULL, "unable to select DH group$?",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, HERE },
	{ NULL, "unsupported group in INVALID_KE message",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, HERE },
	{ NULL, "received invalid KE as responder",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, THERE },
	{ NULL, "no dh group for pfs",
	    IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_PFS_MISMATCH, HERE },
	{ NULL, "no compatible policy found",
	    IKE_FAILED, 0, IKE_R_PEER_NOT_CONFIGURED, HERE, 0, 2, IKESA },
	{ NULL, "No matching Policy found, terminating SA.",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN, WHOLE, 0, 2, IKESA },
	{ NULL, "policy mismatch",
	    IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "IKEv1 not supported",
	    IKE_FAILED, 0, IKE_R_IKE_VERSION_MISMATCH, HERE | IKE_F_STRAY },

	/* Authentication. */
	{ NULL, "ikev2_msg_authverify failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE, 0, 0, 0,
	    IKE_BIT(IKE_R_PSK_MISMATCH) | IKE_BIT(IKE_R_SIGNATURE_INVALID) },
	{ NULL, "authentication failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE },
	{ NULL, "authentication failed for $*",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE },
	{ NULL, "authentication failed notification from peer",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, THERE },
	{ NULL, "AUTHENTICATION_FAILED, closing SA",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, THERE },
	{ NULL, "no pre-shared key found",
	    IKE_FAILED, 0, IKE_R_PSK_MISSING, HERE, 0, 2, IKESA },
	{ NULL, "auth method $* not supported",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, HERE },
	{ NULL, "$* certificate has expired",
	    IKE_PROGRESS, IKE_AUTH, IKE_R_CERTIFICATE_EXPIRED, HINT | HERE },
	{ NULL, "$* certificate is not yet valid",
	    IKE_PROGRESS, IKE_AUTH, IKE_R_CERTIFICATE_EXPIRED, HINT | HERE },
	{ NULL, "$* certificate revoked",
	    IKE_PROGRESS, IKE_AUTH, IKE_R_CERTIFICATE_REVOKED, HINT | HERE },
	{ NULL, "$* unable to get local issuer certificate",
	    IKE_PROGRESS, IKE_AUTH, IKE_R_CERTIFICATE_UNTRUSTED, HINT | HERE },
	{ NULL, "$* unable to get certificate CRL",
	    IKE_PROGRESS, IKE_AUTH, IKE_R_REVOCATION_UNAVAILABLE, HINT | HERE },
	{ NULL, "peer certificate is invalid",
	    IKE_FAILED, IKE_AUTH, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "peer certificate is valid", IKE_PROGRESS, IKE_AUTH },
	{ NULL, "authentication successful", IKE_PROGRESS, IKE_AUTH },
	{ NULL, "unknown user '$*'",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "'$*' authentication failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "'$*' authenticated", IKE_PROGRESS, IKE_AUTH },
	{ NULL, "EAP failed", IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED },
	{ NULL, "failed eap response",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "IKE_AUTH failed", IKE_FAILED, IKE_AUTH, IKE_R_UNKNOWN },
	{ NULL, "SA_INIT response failed",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_UNKNOWN, HERE },

	/* The rest of what sa_free gives as its reason. */
	{ NULL, "retransmit limit reached",
	    IKE_PEER_DEAD, 0, IKE_R_NO_RESPONSE, 0, 0, 2, IKESA },
	{ NULL, "SA_INIT timeout",
	    IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 2, IKESA },
	{ NULL, "retransmit failed",
	    IKE_FAILED, 0, IKE_R_NETWORK_ERROR, HERE, 0, 2, IKESA },
	{ NULL, "failed to send SA_INIT",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_NETWORK_ERROR, HERE },
	{ NULL, "rekey timeout",
	    IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, WHOLE, 0, 2, IKESA },
	{ NULL, "received delete",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD | WHOLE, 0, 2, IKESA },
	{ NULL, "closed", IKE_DELETED, 0, 0, WHOLE, 0, 2, IKESA },
	{ NULL, "reset control message",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN, WHOLE, 0, 2, IKESA },
	{ NULL, "reset sa control message",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN, WHOLE, 0, 2, IKESA },
	{ NULL, "Policy no longer exists",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN, WHOLE, 0, 2, IKESA },
	{ NULL, "sa replaced",
	    IKE_DELETED, 0, IKE_R_SUPERSEDED, WHOLE, 0, 2, IKESA },
	{ NULL, "SA rekeyed",
	    IKE_DELETED, 0, IKE_R_SUPERSEDED, WHOLE, 0, 2, IKESA },
	{ NULL, "replaced by IKESA $* (identical DSTID)",
	    IKE_DELETED, 0, IKE_R_SUPERSEDED, WHOLE, 0, 2, IKESA },
	{ NULL, "address pool exhausted",
	    IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, 0, 2, IKESA },
	{ NULL, "requested addr in use",
	    IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, 0, 2, IKESA },
	{ NULL, "requested addr out of range",
	    IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, 0, 2, IKESA },
	{ NULL, "deleted $n SPIs: $in, $out",
	    IKE_DELETED, 0, 0, 0, 0, 2, CHILD },
	{ NULL, "deleted $n SPI: $in", IKE_DELETED, 0, 0, 0, 0, 2, CHILD },

	/* Messages that cannot be read. */
	{ NULL, "integrity check failed",
	    IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, HINT | HERE },
	{ NULL, "decryption failed.",
	    IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, HINT | HERE },
	{ NULL, "failed to reassemble fragments",
	    IKE_INFO, 0, IKE_R_FRAGMENT_REASSEMBLY_FAILED, HINT | HERE },
	{ NULL, "malformed payload: $*",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE },

	/* About IKE, and nothing to learn from it. */
	{ NULL, "loaded flows: $*", IKE_INFO },
	{ NULL, "loaded CHILD SA spi $*", IKE_INFO },
	{ NULL, "deleted CHILD SA spi $*", IKE_INFO },
	{ NULL, "sending alive check", IKE_INFO },
	{ NULL, "sent delete, closing SA", IKE_INFO },
	{ NULL, "detected NAT, enabling UDP encapsulation$?", IKE_INFO },
	{ NULL, "updated SA to peer $*", IKE_INFO },
	{ NULL, "assigned address $*", IKE_INFO },
	{ NULL, "giving up assigned address $*", IKE_INFO },
	{ NULL, "rekey $word spi $*", IKE_INFO },
	{ NULL, "rekeying $*", IKE_INFO },
	{ NULL, "IKE #$*", IKE_INFO },
	{ NULL, "ESP #$*", IKE_INFO },
	{ 0 }
};
/* clang-format on */

static struct ruleset rules = RULESET(rows);
static struct ruleset *const rulesets[] = { &rules, NULL };

static bool
openiked_at(struct span *s, void *arg)
{
	struct span t = *s, word;

	(void)arg;
	if (!scan_word(&t, &word) || !tag_is(word, "iked"))
		return false;
	*s = t;
	return true;
}

/* "spi=0x35d9f3a3fb5d5ea4: ", eaten. */
static bool
openiked_spi(struct span *s, struct span *hex)
{
	struct span t = *s;

	if (!scan_lit(&t, "spi=0x") ||
	    !scan_set(&t, "0123456789abcdefABCDEF", hex) || hex->len != 16 ||
	    !scan_char(&t, ':'))
		return false;
	scan_skip_blanks(&t);
	*s = t;
	return true;
}

/* "ikev2_childsa_enable: ", eaten. */
static bool
openiked_function(struct span *s)
{
	struct span t = *s, name;

	if (!scan_set(&t, "abcdefghijklmnopqrstuvwxyz0123456789_", &name) ||
	    !span_has(name, "_") || !scan_lit(&t, ": "))
		return false;
	*s = t;
	return true;
}

/* Lines of an iked run by hand; a relay's header takes these for a tag. */
static bool
openiked_bare(struct span s)
{
	static const char *const begins[] = {
		"ikev2_recv: ", "ikev2_msg_send: ", "sa_state: "
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (span_starts(s, begins[i]))
			return true;
	return false;
}

/*
 * The daemon's own text. Other vendors have an iked too: the SPI in front, or
 * one of its functions, is what tells this one.
 */
static bool
openiked_text(const struct record *rec, struct span *text, struct span *spi)
{
	struct span s = rec->message;
	bool tagged =
	    tag_is(rec->app, "iked") || tag_find(rec, openiked_at, NULL, &s);

	s = span_trim(s);
	if (!tagged && rec->app.len > 0 && rec->app.p < rec->message.p) {
		struct span whole = { rec->app.p,
			(size_t)(rec->message.p - rec->app.p) +
			    rec->message.len };

		if (openiked_bare(whole))
			s = whole;
	}
	*spi = SPAN_NONE;
	*text = s;
	if (openiked_spi(text, spi)) {
		openiked_function(text);
		return true;
	}
	return (openiked_bare(s) || (tagged && span_starts(s, "ike"))) &&
	    openiked_function(text);
}

/*
 * established peer A[id] local B[id] policy 'p': the first identity is the
 * peer's. Where it holds the literal behind it, only the peer is sure.
 */
static void
openiked_forged(struct span text, struct ike_event *ev)
{
	if (ev->what != IKE_ESTABLISHED ||
	    !scan_until(&text, "] local ", NULL) || !span_has(text, "] local "))
		return;
	ev->local = ev->tunnel = SPAN_NONE;
	ev->role = IKE_ROLE_NONE;
}

static enum parse_result
openiked_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, spi;

	if (!openiked_text(rec, &text, &spi))
		return PARSE_NOT_IKE;
	if (rules_match(&rules, SPAN_NONE, text, ev) == NULL)
		return PARSE_UNKNOWN;
	openiked_forged(text, ev);
	if (span_starts(ev->local, "0.0.0.0"))
		ev->local = SPAN_NONE;
	if (!ev->ispi.known && span_u64(spi, 16, &ev->ispi.value))
		ev->ispi.known = true;
	return PARSE_EVENT;
}

static bool
openiked_recognise(const struct record *rec)
{
	struct span text, spi;

	return openiked_text(rec, &text, &spi);
}

const struct parser parser_openiked = {
	.name = "openiked",
	.recognise = openiked_recognise,
	.parse = openiked_parse,
	.rules = rulesets,
};
