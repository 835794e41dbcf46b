/*
 * The vocabulary: what can happen to a negotiation, how far it can be, and
 * why it can fail. Every other file speaks it. One row a word; the names are
 * those of the database, the alerts, the metrics and ikewatch(1).
 *
 * Sources: RFC 2408, RFC 2409 (IKEv1), RFC 7296 (IKEv2, notify types in
 * 3.10.1), RFC 7383 (fragmentation).
 */
#ifndef IKEWATCH_PARSERS_IKE_H
#define IKEWATCH_PARSERS_IKE_H

#include <stdbool.h>
#include <stdint.h>

#include "parsers/span.h"

/* What one record says happened. */
#define IKE_WHATS(X)                                                      \
	X(STARTED, "started", "a negotiation began")                      \
	X(PROGRESS, "progress", "a message went or came, no outcome yet") \
	X(ESTABLISHED, "ike_established", "the IKE SA (phase 1) is up")   \
	X(CHILD_ESTABLISHED, "child_established",                         \
	    "a CHILD SA (phase 2, IPsec SA) is up")                       \
	X(REKEYED, "rekeyed", "an SA was replaced by a new one")          \
	X(RETRANSMIT, "retransmit", "a request was sent again")           \
	X(FAILED, "failed", "a negotiation ended without its SA")         \
	X(DELETED, "deleted", "an SA that was up was taken down")         \
	X(PEER_DEAD, "peer_dead", "the liveness check gave the peer up")  \
	X(CONFIG_PROBLEM, "config_problem",                               \
	    "the device's own configuration kept it from negotiating")    \
	X(HA_SYNC, "ha_sync", "state went between cluster members")       \
	X(INFO, "info", "about IKE or IPsec, and none of the others")

enum ike_what {
	IKE_NOTHING,
#define X(id, name, help) IKE_##id,
	IKE_WHATS(X)
#undef X
	    IKE_WHAT_COUNT
};

/* How far the negotiation is. */
#define IKE_STAGES(X)                                             \
	X(MAIN_MODE, "main_mode", 1, IKE_KIND_IKE)                \
	X(AGGRESSIVE_MODE, "aggressive_mode", 1, IKE_KIND_IKE)    \
	X(XAUTH, "xauth", 1, IKE_KIND_IKE)                        \
	X(MODE_CONFIG, "mode_config", 1, IKE_KIND_IKE)            \
	X(QUICK_MODE, "quick_mode", 1, IKE_KIND_CHILD)            \
	X(INFORMATIONAL_V1, "informational_v1", 1, IKE_KIND_NONE) \
	X(SA_INIT, "ike_sa_init", 2, IKE_KIND_IKE)                \
	X(INTERMEDIATE, "ike_intermediate", 2, IKE_KIND_IKE)      \
	X(AUTH, "ike_auth", 2, IKE_KIND_IKE)                      \
	X(CREATE_CHILD_SA, "create_child_sa", 2, IKE_KIND_CHILD)  \
	X(INFORMATIONAL, "informational", 2, IKE_KIND_NONE)       \
	X(PHASE1, "phase1", 0, IKE_KIND_IKE)                      \
	X(PHASE2, "phase2", 0, IKE_KIND_CHILD)

enum ike_stage {
	IKE_STAGE_NONE,
#define X(id, name, version, kind) IKE_##id,
	IKE_STAGES(X)
#undef X
	    IKE_STAGE_COUNT
};

enum ike_category {
	IKE_CAT_NONE,
	IKE_CAT_PROPOSAL,
	IKE_CAT_POLICY,
	IKE_CAT_AUTH,
	IKE_CAT_CONNECTIVITY,
	IKE_CAT_PROTOCOL,
	IKE_CAT_RESOURCE,
	IKE_CAT_LIFECYCLE,
	IKE_CAT_STALL,
	IKE_CAT_UNKNOWN,
	IKE_CAT_COUNT
};

/*
 * Why it failed. The number is the rank: how much the reason tells. A reason
 * gives way only to one of a higher rank; 0 are echoes, 1 and 2 say that time
 * ran out or that a peer refused without saying why, 3 names an area, 4 the
 * cause, 5 the very attribute.
 */
#define IKE_REASONS(X)                                                         \
	X(IKE_PROPOSAL_MISMATCH, "ike_proposal_mismatch", PROPOSAL, 4,         \
	    "no common phase 1 proposal")                                      \
	X(IPSEC_PROPOSAL_MISMATCH, "ipsec_proposal_mismatch", PROPOSAL, 4,     \
	    "no common phase 2 proposal")                                      \
	X(PROPOSAL_MISMATCH, "proposal_mismatch", PROPOSAL, 3,                 \
	    "no common proposal")                                              \
	X(DH_GROUP_MISMATCH, "dh_group_mismatch", PROPOSAL, 5,                 \
	    "Diffie-Hellman groups differ")                                    \
	X(PFS_MISMATCH, "pfs_mismatch", PROPOSAL, 5,                           \
	    "perfect forward secrecy differs")                                 \
	X(ENCAPSULATION_MODE_MISMATCH, "encapsulation_mode_mismatch",          \
	    PROPOSAL, 5, "tunnel mode against transport mode")                 \
	X(EXCHANGE_MODE_MISMATCH, "exchange_mode_mismatch", PROPOSAL, 4,       \
	    "main mode against aggressive mode")                               \
	X(IKE_VERSION_MISMATCH, "ike_version_mismatch", PROPOSAL, 4,           \
	    "IKE versions differ")                                             \
	X(TRAFFIC_SELECTOR_MISMATCH, "traffic_selector_mismatch", POLICY, 4,   \
	    "protected networks differ")                                       \
	X(PEER_ID_MISMATCH, "peer_id_mismatch", POLICY, 4,                     \
	    "the peer's identity is not the expected one")                     \
	X(PEER_NOT_CONFIGURED, "peer_not_configured", POLICY, 4,               \
	    "no configuration for this peer")                                  \
	X(LOCAL_ADDRESS_MISMATCH, "local_address_mismatch", POLICY, 4,         \
	    "the local tunnel address is another")                             \
	X(POLICY_MISSING, "policy_missing", POLICY, 4,                         \
	    "no IPsec policy is applied")                                      \
	X(FLOW_CONFLICT, "flow_conflict", POLICY, 4,                           \
	    "the protected network conflicts with another tunnel's")           \
	X(PSK_MISMATCH, "psk_mismatch", AUTH, 4, "pre-shared keys differ")     \
	X(PSK_MISSING, "psk_missing", AUTH, 4,                                 \
	    "no pre-shared key is configured for the peer")                    \
	X(AUTHENTICATION_FAILED, "authentication_failed", AUTH, 3,             \
	    "authentication failed")                                           \
	X(AUTH_METHOD_MISMATCH, "auth_method_mismatch", AUTH, 4,               \
	    "authentication methods differ")                                   \
	X(CERTIFICATE_INVALID, "certificate_invalid", AUTH, 3,                 \
	    "the certificate was rejected")                                    \
	X(CERTIFICATE_EXPIRED, "certificate_expired", AUTH, 4,                 \
	    "the certificate has expired or is not valid yet")                 \
	X(CERTIFICATE_REVOKED, "certificate_revoked", AUTH, 4,                 \
	    "the certificate is revoked")                                      \
	X(CERTIFICATE_UNTRUSTED, "certificate_untrusted", AUTH, 4,             \
	    "the certificate's issuer is not trusted")                         \
	X(REVOCATION_UNAVAILABLE, "revocation_unavailable", AUTH, 4,           \
	    "revocation could not be checked")                                 \
	X(PRIVATE_KEY_MISSING, "private_key_missing", AUTH, 4,                 \
	    "no local certificate or private key to sign with")                \
	X(SIGNATURE_INVALID, "signature_invalid", AUTH, 4,                     \
	    "the signature did not verify")                                    \
	X(EAP_FAILED, "eap_failed", AUTH, 4, "EAP was rejected")               \
	X(EAP_TIMEOUT, "eap_timeout", AUTH, 4, "EAP did not complete")         \
	X(XAUTH_FAILED, "xauth_failed", AUTH, 4, "XAUTH was rejected")         \
	X(XAUTH_TIMEOUT, "xauth_timeout", AUTH, 4, "XAUTH did not complete")   \
	X(NO_RESPONSE, "no_response", CONNECTIVITY, 2,                         \
	    "the peer never answered")                                         \
	X(NEGOTIATION_TIMEOUT, "negotiation_timeout", CONNECTIVITY, 1,         \
	    "the device gave up on time")                                      \
	X(PEER_DEAD, "peer_dead", CONNECTIVITY, 3,                             \
	    "the peer stopped answering on an SA that was up")                 \
	X(NAT_DETECTION_FAILED, "nat_detection_failed", CONNECTIVITY, 4,       \
	    "NAT traversal went wrong")                                        \
	X(FRAGMENT_REASSEMBLY_FAILED, "fragment_reassembly_failed",            \
	    CONNECTIVITY, 4, "IKE fragments were lost or too many")            \
	X(NETWORK_ERROR, "network_error", CONNECTIVITY, 4,                     \
	    "the device could not send")                                       \
	X(MALFORMED_MESSAGE, "malformed_message", PROTOCOL, 3,                 \
	    "a malformed message")                                             \
	X(INVALID_SPI, "invalid_spi", PROTOCOL, 3,                             \
	    "an unknown IKE SPI or cookie")                                    \
	X(INVALID_MESSAGE_ID, "invalid_message_id", PROTOCOL, 3,               \
	    "a message id outside the window")                                 \
	X(UNSUPPORTED_CRITICAL_PAYLOAD, "unsupported_critical_payload",        \
	    PROTOCOL, 4, "an unknown critical payload")                        \
	X(UNKNOWN_EXCHANGE_TYPE, "unknown_exchange_type", PROTOCOL, 3,         \
	    "an unknown or unexpected exchange type")                          \
	X(DUPLICATE_REQUEST, "duplicate_request", PROTOCOL, 1,                 \
	    "a repeated request is still being processed")                     \
	X(DECRYPTION_FAILED, "decryption_failed", PROTOCOL, 3,                 \
	    "a message on an SA did not decrypt")                              \
	X(LIMIT_REACHED, "limit_reached", RESOURCE, 4,                         \
	    "a licence, peer or SA limit is reached")                          \
	X(RATE_LIMITED, "rate_limited", RESOURCE, 3,                           \
	    "the request was rate limited")                                    \
	X(ADDRESS_ASSIGNMENT_FAILED, "address_assignment_failed", RESOURCE, 4, \
	    "no inner address for the client")                                 \
	X(INTERNAL_ERROR, "internal_error", RESOURCE, 3,                       \
	    "an internal error of the device")                                 \
	X(REKEY_FAILED, "rekey_failed", LIFECYCLE, 3, "rekeying failed")       \
	X(DELETED_BY_PEER, "deleted_by_peer", LIFECYCLE, 2,                    \
	    "the peer deleted it")                                             \
	X(DELETED_BY_ADMIN, "deleted_by_admin", LIFECYCLE, 3,                  \
	    "cleared by an operator or a configuration change")                \
	X(SUPERSEDED, "superseded", LIFECYCLE, 3,                              \
	    "replaced by a newer SA with the same peer")                       \
	X(LIFETIME_EXPIRED, "lifetime_expired", LIFECYCLE, 3,                  \
	    "its lifetime or idle time ran out")                               \
	X(PATH_CHANGED, "path_changed", LIFECYCLE, 3,                          \
	    "the path or an address changed under it")                         \
	X(PARENT_DELETED, "parent_deleted", LIFECYCLE, 2,                      \
	    "its IKE SA went away")                                            \
	X(STALLED, "stalled", STALL, 1,                                        \
	    "nothing moved the negotiation any more")                          \
	X(UNKNOWN, "unknown", UNKNOWN, 0, "no known reason")

enum ike_reason {
	IKE_REASON_NONE,
#define X(id, name, cat, rank, help) IKE_R_##id,
	IKE_REASONS(X)
#undef X
	    IKE_REASON_COUNT
};

enum ike_kind { IKE_KIND_NONE, IKE_KIND_IKE, IKE_KIND_CHILD };
enum ike_role { IKE_ROLE_NONE, IKE_INITIATOR, IKE_RESPONDER };

/* A set of reasons, for suspects. */
typedef uint64_t ike_reasons;
#define IKE_BIT(reason) ((ike_reasons)1 << (reason))

enum ike_outcome {
	IKE_OPEN,
	IKE_UP, /* established */
	IKE_FAILURE,
	IKE_STALL,
	IKE_GONE, /* deleted */
	IKE_SUPERSEDED,
	IKE_OUTCOME_COUNT
};

/*
 * The numbers a vendor gives its objects, where it prints no SPI, or beside
 * it. Each is unique on one device as long as the object lives.
 */
enum ike_key {
	IKE_KEY_CONN,	 /* the IKE SA: name[3], #7, SA ID = 1, ike_sa 40.. */
	IKE_KEY_SESSION, /* the IKE SA's session: SESSION ID = 31 */
	IKE_KEY_CHILD,	 /* the CHILD SA: name{4}, #8, tunnel index */
	IKE_KEY_MSGID,	 /* the exchange: IKEv1 quick mode message id */
	/*
	 * What the logging program was doing, strongSwan's thread: binds the
	 * lines that follow each other on it, and nothing for ever.
	 */
	IKE_KEY_THREAD,
	IKE_KEY_COUNT
};

/* What a record prints of one side's wishes, for "what differs". */
enum ike_attr {
	IKE_ATTR_NONE,
	IKE_ATTR_PROPOSAL, /* a whole proposal or list of them */
	IKE_ATTR_ENCRYPTION,
	IKE_ATTR_INTEGRITY, /* hash, authentication algorithm */
	IKE_ATTR_PRF,
	IKE_ATTR_DH_GROUP,
	IKE_ATTR_PFS_GROUP,
	IKE_ATTR_AUTH_METHOD,
	IKE_ATTR_LIFETIME,
	IKE_ATTR_MODE,		/* encapsulation or exchange mode */
	IKE_ATTR_IDENTITY_PEER, /* of the peer: expected here, presented there */
	IKE_ATTR_IDENTITY_LOCAL,
	IKE_ATTR_SELECTOR_LOCAL, /* the logging device's protected network */
	IKE_ATTR_SELECTOR_REMOTE,
	IKE_ATTR_COUNT
};

enum ike_side {
	IKE_SIDE_PEER, /* received, offered by the peer */
	IKE_SIDE_HERE, /* configured, expected or sent by the logging device */
	IKE_SIDE_AGREED, /* chosen: "selected proposal" */
};

struct ike_said {
	enum ike_attr attr;
	enum ike_side side;
	struct span value;
};
#define IKE_SAID_MAX 8

/* An IKE SPI or ISAKMP cookie. Known and zero means: not answered yet. */
struct ike_spi {
	uint64_t value;
	bool known;
};

enum ike_flag {
	/*
	 * A new attempt begins here: numbers in this record name a new object
	 * and do not refer to an older one with the same numbers.
	 */
	IKE_F_NEW = 1 << 0,
	/* A rekey of an SA that is up, not the first negotiation. */
	IKE_F_REKEY = 1 << 1,
	/*
	 * The reason is a hint that ends nothing by itself: it explains a
	 * failure that follows. For PROGRESS and INFO.
	 */
	IKE_F_HINT = 1 << 2,
	/* The whole IKE SA goes, its children with it. For DELETED. */
	IKE_F_WHOLE = 1 << 3,
	/* Something came from the peer (it is alive and answers). */
	IKE_F_HEARD = 1 << 4,
	/* The text does not tell phase or peer: bind by nearness only. */
	IKE_F_NEAR = 1 << 5,
	/* On strongSwan's thread a new packet is worked on from here. */
	IKE_F_TURN = 1 << 6,
	/* The refusal came from the peer: it said no, we only heard it. */
	IKE_F_REFUSED_BY_PEER = 1 << 7,
	/* This device said no. */
	IKE_F_REFUSED_HERE = 1 << 8,
	/* Ends nothing that is up: a stray or stranger's message. */
	IKE_F_STRAY = 1 << 9,
};

/* What one record says, as the vendor's parser reads it. */
struct ike_event {
	enum ike_what what;
	enum ike_stage stage;
	enum ike_reason reason;
	enum ike_kind kind; /* NONE: follows from what and stage */
	enum ike_role role; /* of the device that logged */
	int ike_version;    /* 0 where unknown */
	unsigned flags;	    /* enum ike_flag */
	ike_reasons suspects;
	struct ike_spi ispi, rspi;
	uint32_t spi_in, spi_out; /* CHILD SA; 0 where unknown */
	struct span peer, local;  /* addresses, without ports */
	struct span peer_port;	  /* digits */
	struct span tunnel;	  /* connection, gateway or policy name */
	struct span child;	  /* the CHILD SA's own name */
	struct span key[IKE_KEY_COUNT];
	struct span detail; /* the words that say why; empty: the message */
	struct ike_said said[IKE_SAID_MAX];
	int nsaid;
};

/* Adds what a side says; false (and nothing done) where said is full. */
bool ike_event_say(
    struct ike_event *, enum ike_attr, enum ike_side, struct span value);

/* The sizes of what is kept; longer text is cut on a character. */
enum {
	IKE_ADDR_SIZE = 48, /* an address, or a name in its place */
	IKE_NAME_SIZE = 64,
	IKE_DETAIL_SIZE = 400,
	IKE_DIFFERS_SIZE = 320,
	IKE_KEYS_SIZE = 64,
};

/*
 * One attempt to set up an IKE or CHILD SA, as the tracker knows it: what
 * the store saves and the alerts are made of. Plain data, times in
 * microseconds of the receive clock, 0 where unknown.
 */
struct ike_negotiation {
	int64_t id;	/* row in the database, never used again */
	int64_t parent; /* CHILD SA: its IKE SA's id, 0 where unknown */
	int64_t tunnel_id;
	int64_t other_end;  /* the same attempt as the other device saw it */
	const char *device; /* lives as long as the tracker */
	const char *vendor;
	char peer[IKE_ADDR_SIZE];
	char local[IKE_ADDR_SIZE];
	char tunnel[IKE_NAME_SIZE];
	char child[IKE_NAME_SIZE];
	enum ike_kind kind;
	enum ike_role role;
	int ike_version;
	enum ike_stage stage;
	enum ike_outcome outcome;
	enum ike_reason reason;
	ike_reasons suspects;
	struct ike_spi ispi, rspi;
	uint32_t spi_in, spi_out;
	bool rekey;	 /* replaces an SA that was up */
	bool heard;	 /* the peer has answered in this attempt */
	bool known_peer; /* configured, or was established before */
	enum ike_refused {
		IKE_REFUSED_NONE,
		IKE_REFUSED_HERE,
		IKE_REFUSED_PEER
	} refused_by;
	/*
	 * The vendor's numbers that lead to it ("conn=3 session=31"), so that a
	 * restart does not forget whose they are.
	 */
	char keys[IKE_KEYS_SIZE];
	unsigned retransmits;
	unsigned events;
	int64_t started_at, updated_at;
	int64_t established_at, ended_at; /* it came up; it was over */
	/* The words of the deciding record, and what the two ends want
	 * ("encryption: peer 3DES, here AES"). NULL where nothing is known;
	 * they belong to whoever made the struct. */
	const char *detail;
	const char *differs;
};

/* States of a tunnel, as in the view "tunnels". */
#define IKE_TUNNEL_STATES(X)          \
	X(UNKNOWN, "unknown")         \
	X(NEGOTIATING, "negotiating") \
	X(UP, "established")          \
	X(REKEYING, "rekeying")       \
	X(DOWN, "down")

enum ike_tunnel_state {
#define X(id, name) IKE_TUNNEL_##id,
	IKE_TUNNEL_STATES(X)
#undef X
	    IKE_TUNNEL_STATE_COUNT
};

/* What an operator calls a tunnel: device, peer, and name. Plain data. */
struct ike_tunnel {
	int64_t id;
	const char *device;
	const char *vendor;
	char peer[IKE_ADDR_SIZE];
	char local[IKE_ADDR_SIZE];
	char name[IKE_NAME_SIZE];
	enum ike_tunnel_state state;
	int64_t since;
	int ike_version;
	int64_t last_established, last_failure;
	enum ike_reason last_reason;
	enum ike_reason down_reason; /* why it went down, NONE where not said */
	bool configured;	     /* in a tunnel section */
	unsigned attempts;	     /* failed in a row since it was last up */
};

/* Names, as in the taxonomy; "" for the zero of each. Never NULL. */
const char *ike_what_name(enum ike_what);
const char *ike_stage_name(enum ike_stage);
const char *ike_reason_name(enum ike_reason);
const char *ike_reason_title(enum ike_reason); /* a few plain words */
const char *ike_category_name(enum ike_category);
const char *ike_outcome_name(enum ike_outcome);
const char *ike_kind_name(enum ike_kind);
const char *ike_role_name(enum ike_role);
const char *ike_tunnel_state_name(enum ike_tunnel_state);
const char *ike_attr_name(enum ike_attr);

enum ike_category ike_reason_category(enum ike_reason);
int ike_reason_rank(enum ike_reason);
enum ike_kind ike_stage_kind(enum ike_stage);
int ike_stage_version(enum ike_stage); /* 1, 2, or 0 for phase1 and phase2 */

/* The word with that name; the zero of each where there is none. */
enum ike_reason ike_reason_named(const char *);
enum ike_stage ike_stage_named(const char *);
enum ike_what ike_what_named(const char *);
enum ike_outcome ike_outcome_named(const char *, enum ike_outcome otherwise);
enum ike_tunnel_state ike_tunnel_state_named(const char *);

#endif
