/*
 * strongSwan's charon, in every wrapper: syslog, journald, NetworkManager,
 * the routers that have it inside, and log consoles that cut the header off.
 *
 *	charon: 07[IKE] <branch|3> initiating IKE_SA branch[3] to 192.0.2.7
 *
 * Outcomes seldom name their connection: the thread that logged "received
 * packet" logs what comes of it. So every event carries its thread, and the
 * lines that begin other work on a thread are marked as a turn.
 */
#include "parsers/parser.h"
#include "parsers/tag.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define HERE IKE_F_REFUSED_HERE
#define THERE IKE_F_REFUSED_BY_PEER
#define HINT IKE_F_HINT
#define HEARD IKE_F_HEARD
#define TURN IKE_F_TURN
#define CHILD IKE_KIND_CHILD
#define IKESA IKE_KIND_IKE

/* ---- the header ------------------------------------------------------- */

struct swan_line {
	struct span thread; /* digits; empty where the wrapper drops it */
	struct span name;   /* <name|n>: the connection, and its number */
	struct span number;
	struct span text;
	bool sure;  /* has a mark of charon, not only its words */
	bool quiet; /* of a group that tells of no negotiation */
};

/* The subsystems that tell of negotiations, and those that never do. */
static const char *const groups[] = { "MGR", "IKE", "CHD", "JOB", "CFG", "KNL",
	"NET", "ENC" };
static const char *const quiet_groups[] = { "DMN", "ASN", "TNC", "IMC", "IMV",
	"PTS", "TLS", "APP", "ESP", "LIB" };

static bool
strongswan_one_of(struct span *s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (scan_lit(s, names[i]))
			return true;
	return false;
}

/* "07[IKE] ", "07[IKE2] " with the level, "[IKE] " where the thread is cut. */
static bool
strongswan_mark(struct span *s, struct swan_line *line)
{
	struct span t = *s, digits = SPAN_NONE;
	bool quiet;

	scan_set(&t, "0123456789", &digits);
	if (digits.len > 4 || !scan_char(&t, '['))
		return false;
	quiet = strongswan_one_of(&t, quiet_groups, COUNT(quiet_groups));
	if (!quiet && !strongswan_one_of(&t, groups, COUNT(groups)))
		return false;
	scan_set(&t, "01234", NULL);
	if (!scan_char(&t, ']') || (t.len > 0 && !scan_skip_blanks(&t)))
		return false;
	line->thread = digits;
	line->quiet = quiet;
	*s = t;
	return true;
}

/* A tag that only charon has. */
static bool
strongswan_tag(struct span word)
{
	static const char *const tags[] = { "charon-systemd", "charon-nm",
		"charon-cmd", "charon", "strongswan" };

	for (size_t i = 0; i < COUNT(tags); i++)
		if (tag_is(word, tags[i]))
			return true;
	return false;
}

static bool
strongswan_at(struct span *s, void *arg)
{
	struct swan_line *line = arg;
	struct span t = *s, word;

	if (strongswan_mark(s, line))
		return true;
	if (!scan_word(&t, &word) || !strongswan_tag(word))
		return false;
	scan_skip_blanks(&t);
	strongswan_mark(&t, line);
	*s = t;
	return true;
}

static bool
strongswan_at_plugin(struct span *s, void *arg)
{
	struct span t = *s, word;

	(void)arg;
	if (!scan_word(&t, &word) || !tag_is(word, "NetworkManager"))
		return false;
	*s = t;
	return true;
}

/* "<branch|3> " or "<3> ", with ike_name = yes. */
static void
strongswan_conn(struct swan_line *line)
{
	struct span s = line->text, inside, number;
	const char *bar = NULL;

	if (!scan_char(&s, '<') || !scan_until(&s, ">", &inside) ||
	    inside.len > 128)
		return;
	for (size_t i = 0; i < inside.len; i++)
		if (inside.p[i] == '|')
			bar = inside.p + i;
	number = bar == NULL ? inside
			     : span_from(inside, (size_t)(bar - inside.p) + 1);
	if (!scan_set(&number, "0123456789", &line->number) || number.len > 0) {
		line->number = SPAN_NONE;
		/* Some gateways print the name alone: "<gw-3> ". */
		if (bar != NULL || !span_starts(s, " ") ||
		    span_has(inside, " "))
			return;
	} else
		inside = bar == NULL ? SPAN_NONE : span_to(inside, bar);
	line->name = inside;
	scan_skip_blanks(&s);
	line->text = s;
}

/* "IKE_SA_ESTABLISH_FAIL:Failed to ..": the header's tag is text, too. */
static bool
strongswan_notice(const struct record *rec, struct span *text)
{
	const char *app = rec->app.p, *message = rec->message.p;

	if (!span_starts(rec->app, "IKE_SA_ESTABLISH_") || message < app)
		return false;
	*text =
	    (struct span){ app, (size_t)(message - app) + rec->message.len };
	return true;
}

static void
strongswan_header(const struct record *rec, struct swan_line *line)
{
	*line = (struct swan_line){ .text = span_trim(rec->message) };
	if (strongswan_notice(rec, &line->text))
		return;
	if (strongswan_tag(rec->app)) {
		line->sure = true;
		strongswan_mark(&line->text, line);
	} else {
		line->sure = tag_find(rec, strongswan_at, line, &line->text);
		/* Its plugin writes without thread and subsystem. */
		if (!line->sure && span_has(rec->raw, "NetworkManager"))
			tag_find(rec, strongswan_at_plugin, NULL, &line->text);
	}
	line->text = span_trim(line->text);
	strongswan_conn(line);
}

/* ---- messages: "parsed IKE_AUTH response 1 [ IDr AUTH N(TS_UNACCEPT) ]" -- */

static const struct swan_exchange {
	const char *name;
	enum ike_stage stage;
	int version;
	bool roles; /* a request comes from the SA's initiator */
} exchanges[] = {
	{ "IKE_SA_INIT", IKE_SA_INIT, 2, true },
	{ "IKE_INTERMEDIATE", IKE_INTERMEDIATE, 2, true },
	{ "IKE_AUTH", IKE_AUTH, 2, true },
	{ "CREATE_CHILD_SA", IKE_CREATE_CHILD_SA, 2, true },
	{ "IKE_FOLLOWUP_KE", IKE_CREATE_CHILD_SA, 2, true },
	{ "INFORMATIONAL_V1", IKE_INFORMATIONAL_V1, 1, false },
	{ "INFORMATIONAL", IKE_INFORMATIONAL, 2, false },
	{ "ID_PROT", IKE_MAIN_MODE, 1, true },
	{ "AGGRESSIVE", IKE_AGGRESSIVE_MODE, 1, true },
	{ "QUICK_MODE", IKE_QUICK_MODE, 1, true },
	{ "TRANSACTION", IKE_MODE_CONFIG, 1, false },
};

/*
 * Notifies by charon's long and short names. In a child's exchange some mean
 * something else; suspects are what the peer may mean in truth.
 */
static const struct swan_notify {
	const char *name, *brief;
	enum ike_reason ike, child;
	ike_reasons suspects;
} notifies[] = {
	{ "AUTHENTICATION_FAILED", "AUTH_FAILED", IKE_R_AUTHENTICATION_FAILED,
	    IKE_R_AUTHENTICATION_FAILED },
	{ "NO_PROPOSAL_CHOSEN", "NO_PROP", IKE_R_IKE_PROPOSAL_MISMATCH,
	    IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "TS_UNACCEPTABLE", "TS_UNACCEPT", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "INVALID_ID_INFORMATION", "INVAL_ID", IKE_R_PEER_ID_MISMATCH,
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "INVALID_KE_PAYLOAD", "INVAL_KE", IKE_R_DH_GROUP_MISMATCH,
	    IKE_R_PFS_MISMATCH },
	{ "PAYLOAD_MALFORMED", "PLD_MAL", IKE_R_MALFORMED_MESSAGE,
	    IKE_R_MALFORMED_MESSAGE, IKE_BIT(IKE_R_PSK_MISMATCH) },
	{ "INVALID_SYNTAX", "INVAL_SYN", IKE_R_MALFORMED_MESSAGE,
	    IKE_R_MALFORMED_MESSAGE },
	{ "INVALID_HASH_INFORMATION", "INVAL_HASH", IKE_R_PSK_MISMATCH,
	    IKE_R_DECRYPTION_FAILED },
	{ "INVALID_SIGNATURE", "INVAL_SIG", IKE_R_SIGNATURE_INVALID,
	    IKE_R_SIGNATURE_INVALID },
	{ "INVALID_CERTIFICATE", "INVAL_CERT", IKE_R_CERTIFICATE_INVALID,
	    IKE_R_CERTIFICATE_INVALID },
	{ "INVALID_CERT_ENCODING", "INVAL_CERTEN", IKE_R_CERTIFICATE_INVALID,
	    IKE_R_CERTIFICATE_INVALID },
	{ "INVALID_CERT_AUTHORITY", "INVAL_CA", IKE_R_CERTIFICATE_UNTRUSTED,
	    IKE_R_CERTIFICATE_UNTRUSTED },
	{ "INVALID_MAJOR_VERSION", "INVAL_MAJOR", IKE_R_IKE_VERSION_MISMATCH,
	    IKE_R_IKE_VERSION_MISMATCH },
	{ "INVALID_IKE_SPI", "INVAL_IKE_SPI", IKE_R_INVALID_SPI,
	    IKE_R_INVALID_SPI },
	{ "INVALID_COOKIE", "INVAL_COOKIE", IKE_R_INVALID_SPI,
	    IKE_R_INVALID_SPI },
	{ "INVALID_MESSAGE_ID", "INVAL_MID", IKE_R_INVALID_MESSAGE_ID,
	    IKE_R_INVALID_MESSAGE_ID },
	{ "INVALID_EXCHANGE_TYPE", "INVAL_EXCH", IKE_R_UNKNOWN_EXCHANGE_TYPE,
	    IKE_R_UNKNOWN_EXCHANGE_TYPE },
	{ "UNSUPPORTED_EXCHANGE_TYPE", "UNSUP_EXCH",
	    IKE_R_UNKNOWN_EXCHANGE_TYPE, IKE_R_UNKNOWN_EXCHANGE_TYPE },
	{ "UNSUPPORTED_CRITICAL_PAYLOAD", "CRIT",
	    IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD,
	    IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD },
	{ "ATTRIBUTES_NOT_SUPPORTED", "ATTR_UNSUP", IKE_R_PROPOSAL_MISMATCH,
	    IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "BAD_PROPOSAL_SYNTAX", "BAD_PROP", IKE_R_PROPOSAL_MISMATCH,
	    IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "INTERNAL_ADDRESS_FAILURE", "INT_ADDR_FAIL",
	    IKE_R_ADDRESS_ASSIGNMENT_FAILED, IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ "FAILED_CP_REQUIRED", "FAIL_CP_REQ", IKE_R_ADDRESS_ASSIGNMENT_FAILED,
	    IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ "SINGLE_PAIR_REQUIRED", "SINGLE_PAIR",
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "INVALID_SELECTORS", "INVAL_SEL", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "NO_ADDITIONAL_SAS", "NO_ADD_SAS", IKE_R_LIMIT_REACHED,
	    IKE_R_LIMIT_REACHED },
	{ "TEMPORARY_FAILURE", "TEMP_FAIL", IKE_R_REKEY_FAILED,
	    IKE_R_REKEY_FAILED },
	{ "CHILD_SA_NOT_FOUND", "NO_CHLD_SA", IKE_R_REKEY_FAILED,
	    IKE_R_REKEY_FAILED },
	{ "UNEXPECTED_NAT_DETECTED", "UNEXP_NAT", IKE_R_NAT_DETECTION_FAILED,
	    IKE_R_NAT_DETECTION_FAILED },
};

static const struct swan_notify *
strongswan_notify(struct span name)
{
	for (size_t i = 0; i < COUNT(notifies); i++)
		if (span_is_nocase(name, notifies[i].name) ||
		    span_is_nocase(name, notifies[i].brief))
			return &notifies[i];
	return NULL;
}

/* The first notify in a list of payloads that says why it failed. */
static const struct swan_notify *
strongswan_refusal(struct span payloads)
{
	const struct swan_notify *found = NULL;
	struct span name;

	while (found == NULL && scan_until(&payloads, "N(", NULL) &&
	    scan_until(&payloads, ")", &name))
		found = strongswan_notify(name);
	return found;
}

/*
 * What the notify of a received message says, kept as a hint: charon logs the
 * outcome in a line of its own, and before what it answers. A refused child inside IKE_AUTH is left to that line,
 * for the IKE SA itself comes up. In a phase 1 answer that is not encrypted
 * (no HASH) the notify is about phase 1, else about phase 2.
 */
static void
strongswan_hint(struct span payloads, struct ike_event *ev)
{
	const struct swan_notify *n = strongswan_refusal(payloads);
	bool hash = span_starts(payloads, "HASH");
	bool child = ev->stage == IKE_CREATE_CHILD_SA ||
	    ev->stage == IKE_QUICK_MODE ||
	    (ev->stage == IKE_INFORMATIONAL_V1 && hash);

	if (n == NULL || ev->stage == IKE_INFORMATIONAL)
		return; /* the delete that follows tells */
	/* IKEv2: the other group is tried next. IKEv1 agrees on the group
	 * before, and a gateway without a key for us says this too. */
	if (n->ike == IKE_R_DH_GROUP_MISMATCH &&
	    (ev->ike_version == 2 || !child))
		return;
	if (ev->stage == IKE_AUTH && n->ike != IKE_R_AUTHENTICATION_FAILED)
		return;
	ev->reason = child ? n->child : n->ike;
	ev->suspects = n->suspects;
	ev->flags |= HINT | THERE;
	if (child && ev->reason != IKE_R_AUTHENTICATION_FAILED)
		ev->kind = CHILD;
	if (ev->kind == CHILD && ev->stage == IKE_INFORMATIONAL_V1)
		ev->stage = IKE_PHASE2;
}

static const struct swan_exchange *
strongswan_exchange(struct span name)
{
	for (size_t i = 0; i < COUNT(exchanges); i++)
		if (span_is_nocase(name, exchanges[i].name))
			return &exchanges[i];
	return NULL;
}

/*
 * A request that asks for a CHILD SA. The IKE SA's own beginning has a line
 * to itself; without TSi a CREATE_CHILD_SA is about an IKE SA.
 */
static bool
strongswan_begins(
    const struct swan_exchange *x, bool request, struct span payloads)
{
	if (!request || !span_has(payloads, "SA "))
		return false;
	return x->stage == IKE_QUICK_MODE ||
	    (x->stage == IKE_CREATE_CHILD_SA && span_has(payloads, " TSi"));
}

/* "generating QUICK_MODE request 316948142 [ HASH SA No ID ID ]" */
static bool
strongswan_message(struct span s, struct ike_event *ev)
{
	bool parsed = scan_lit_nocase(&s, "parsed ");
	struct span word, id, payloads = SPAN_NONE;
	const struct swan_exchange *x;
	bool request;

	if (!parsed && !scan_lit_nocase(&s, "generating "))
		return false;
	scan_skip_blanks(&s);
	if (!scan_word(&s, &word) || (x = strongswan_exchange(word)) == NULL)
		return false;
	scan_skip_blanks(&s);
	request = scan_lit_nocase(&s, "request");
	if ((!request && !scan_lit_nocase(&s, "response")) ||
	    !scan_blanks(&s) || !scan_set(&s, "0123456789", &id))
		return false;
	if (scan_until(&s, "[", NULL) && !scan_until(&s, "]", &payloads))
		payloads = s; /* cut short on the way */
	payloads = span_trim(payloads);
	ev->what = strongswan_begins(x, request, payloads) ? IKE_STARTED
							   : IKE_PROGRESS;
	ev->stage = x->stage;
	ev->ike_version = x->version;
	if (x->roles)
		ev->role = parsed == request ? IKE_RESPONDER : IKE_INITIATOR;
	if (x->stage == IKE_MODE_CONFIG && span_has(payloads, "X_"))
		ev->stage = IKE_XAUTH;
	if (x->stage == IKE_QUICK_MODE)
		ev->key[IKE_KEY_MSGID] = id;
	if (span_has(payloads, "N(REKEY_SA)"))
		ev->flags |= IKE_F_REKEY;
	if (parsed) {
		ev->flags |= HEARD;
		strongswan_hint(payloads, ev);
	} else if (!request && span_is(payloads, "N(COOKIE)")) {
		/* The receiver asks a stranger to come back, and keeps
		 * nothing of it. */
		ev->what = IKE_INFO;
		ev->flags |= TURN;
	} else if (ev->stage == IKE_SA_INIT &&
	    span_has(payloads, "N(INVAL_KE)")) {
		/* The peer comes back with another group, as a new IKE_SA. */
		ev->what = IKE_DELETED;
		ev->kind = IKESA;
		ev->flags |= IKE_F_WHOLE;
	}
	return true;
}

/* Equal but for letter case and the width of blanks. */
static bool
strongswan_same(struct span s, const char *words)
{
	for (; *words != '\0'; words++) {
		char c[2] = { *words, '\0' };

		if (*words == ' ' ? !scan_blanks(&s) : !scan_lit_nocase(&s, c))
			return false;
	}
	return s.len == 0;
}

/*
 * received NO_PROPOSAL_CHOSEN notify error            (IKEv2, the IKE SA)
 * received TS_UNACCEPTABLE notify, no CHILD_SA built  (IKEv2, the child)
 * received INVALID_ID_INFORMATION error notify        (IKEv1, either)
 */
static bool
strongswan_notified(struct span s, struct ike_event *ev)
{
	static const struct {
		const char *behind;
		int version;
		enum ike_kind kind;
	} forms[] = {
		{ "notify error", 2, IKESA },
		{ "notify error, destroying IKE_SA", 2, IKESA },
		{ "notify, no CHILD_SA built", 2, CHILD },
		{ "error notify", 1, IKE_KIND_NONE },
	};
	const struct swan_notify *n;
	struct span name;

	if (!scan_lit_nocase(&s, "received") || !scan_blanks(&s) ||
	    !scan_word(&s, &name))
		return false;
	s = span_trim(s);
	for (size_t i = 0; i < COUNT(forms); i++) {
		if (!strongswan_same(s, forms[i].behind))
			continue;
		n = strongswan_notify(name);
		ev->what = IKE_FAILED;
		ev->reason = IKE_R_UNKNOWN;
		ev->ike_version = forms[i].version;
		ev->kind = forms[i].kind;
		ev->flags |= THERE;
		if (n == NULL)
			return true;
		ev->reason = ev->kind == CHILD ? n->child : n->ike;
		ev->suspects = n->suspects;
		return true;
	}
	return false;
}

/*
 * In IKEv1 the line does not say which phase was refused: the tracker knows
 * how far it was. INVALID_ID_INFORMATION is mostly about phase 2.
 */
static void
strongswan_v1_phase(struct ike_event *ev)
{
	if (ev->what != IKE_FAILED || ev->ike_version != 1 ||
	    ev->kind != IKE_KIND_NONE)
		return;
	if (ev->reason == IKE_R_IKE_PROPOSAL_MISMATCH)
		ev->reason = IKE_R_PROPOSAL_MISMATCH;
	if (ev->reason == IKE_R_PEER_ID_MISMATCH) {
		ev->reason = IKE_R_TRAFFIC_SELECTOR_MISMATCH;
		ev->stage = IKE_QUICK_MODE;
	}
}

/* ---- the rest: one line of log, one row -------------------------------- */

/* clang-format off */
static const struct rule rows[] = {
	/* A packet begins a turn of its thread, and names both ends. */
	{ NULL, "received packet: from $peer to $local ($*)",
	    IKE_PROGRESS, 0, 0, TURN | HEARD, 0, 0, IKESA },
	{ NULL, "received packet: from $peer to $local($*)",
	    IKE_PROGRESS, 0, 0, TURN | HEARD, 0, 0, IKESA },
	{ NULL, "received packet: from $peer to $local",
	    IKE_PROGRESS, 0, 0, TURN | HEARD, 0, 0, IKESA },
	{ NULL, "received unencrypted informational: from $peer to $local",
	    IKE_INFO, 0, 0, HEARD },
	{ NULL, "sending packet: from $local to $peer ($*)",
	    IKE_PROGRESS, 0, 0, 0, 0, 0, IKESA },
	{ NULL, "sending packet: from $local to $peer($*)",
	    IKE_PROGRESS, 0, 0, 0, 0, 0, IKESA },
	{ NULL, "sending packet: from $local to $peer",
	    IKE_PROGRESS, 0, 0, 0, 0, 0, IKESA },
	{ NULL, "received fragment #$*, waiting for complete IKE message",
	    IKE_PROGRESS, 0, 0, HEARD },
	{ NULL, "received fragment #$*, reassembled fragmented IKE message ($*)",
	    IKE_PROGRESS, 0, 0, HEARD },
	/* 16[NET] error writing to socket: Network is unreachable */
	{ NULL, "error writing to socket: $*",
	    IKE_INFO, 0, IKE_R_NETWORK_ERROR, HINT | IKE_F_NEAR },
	{ NULL, "no socket found to send IPv$n packet from port $n",
	    IKE_INFO, 0, IKE_R_NETWORK_ERROR, HINT | IKE_F_NEAR },
	{ NULL, "received unsupported IKE version $* from $peer, sending "
	    "INVALID_MAJOR_VERSION",
	    IKE_FAILED, 0, IKE_R_IKE_VERSION_MISMATCH, HERE | TURN,
	    IKE_RESPONDER },
	{ NULL, "received invalid IKE header from $peer - ignored",
	    IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE | TURN | IKE_F_STRAY },
	{ NULL, "IKE version $n not supported",
	    IKE_INFO, 0, IKE_R_IKE_VERSION_MISMATCH, HINT | HERE },

	/* 07[IKE] initiating Main Mode IKE_SA branch[1] to 198.51.100.7 */
	{ NULL, "initiating IKE_SA $tunnel[$conn] to $peer",
	    IKE_STARTED, IKE_SA_INIT, 0, TURN, IKE_INITIATOR },
	{ NULL, "initiating Main Mode IKE_SA $tunnel[$conn] to $peer",
	    IKE_STARTED, IKE_MAIN_MODE, 0, TURN, IKE_INITIATOR },
	{ NULL, "initiating Aggressive Mode IKE_SA $tunnel[$conn] to $peer",
	    IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, TURN, IKE_INITIATOR },
	{ NULL, "$peer is initiating an IKE_SA",
	    IKE_STARTED, IKE_SA_INIT, 0, HEARD | IKE_F_NEW, IKE_RESPONDER },
	{ NULL, "$peer is initiating a Main Mode IKE_SA",
	    IKE_STARTED, IKE_MAIN_MODE, 0, HEARD | IKE_F_NEW, IKE_RESPONDER },
	{ NULL, "$peer is initiating a Aggressive Mode IKE_SA",
	    IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, HEARD | IKE_F_NEW, IKE_RESPONDER },
	{ NULL, "$peer is initiating an Aggressive Mode IKE_SA",
	    IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, HEARD | IKE_F_NEW, IKE_RESPONDER },
	{ NULL, "reinitiating IKE_SA $tunnel[$conn]", IKE_PROGRESS, 0, 0, TURN },
	{ NULL, "reauthenticating IKE_SA $tunnel[$conn]",
	    IKE_INFO, 0, 0, TURN | IKE_F_REKEY },
	{ NULL, "peer not responding, trying again ($*)", IKE_PROGRESS },
	/* The other DH group is asked for, and the exchange begins again. */
	{ NULL, "peer didn't accept DH group $own_dh, it requested $peer_dh",
	    IKE_PROGRESS, IKE_SA_INIT, 0, HEARD },
	{ NULL, "peer didn't accept key exchange method $own_dh, it requested "
	    "$peer_dh", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD },
	{ NULL, "DH group $peer_dh unacceptable, requesting $own_dh",
	    IKE_PROGRESS, IKE_SA_INIT },
	{ NULL, "DH group $peer_dh inacceptable, requesting $own_dh",
	    IKE_PROGRESS, IKE_SA_INIT },
	{ NULL, "KE method $peer_dh unacceptable, requesting $own_dh",
	    IKE_PROGRESS, IKE_SA_INIT },
	{ NULL, "requested DH group $peer_dh not contained in any of our "
	    "proposals", IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH,
	    THERE },
	{ NULL, "already retried with DH group $own_dh, ignore requested "
	    "$peer_dh", IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH,
	    THERE },
	{ NULL, "requested DH group $peer_dh not supported",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, THERE },
	{ NULL, "peer DH group selection invalid",
	    IKE_FAILED, 0, IKE_R_DH_GROUP_MISMATCH, HERE },

	/* What each side wants: "received proposals: IKE:AES_CBC_256/..." */
	{ NULL, "received proposals: $peer_proposal", IKE_INFO },
	{ NULL, "configured proposals: $own_proposal", IKE_INFO },
	{ NULL, "selected proposal: $agreed_proposal", IKE_PROGRESS },
	{ NULL, "received proposals unacceptable",
	    IKE_FAILED, 0, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER, 2,
	    IKESA },
	{ NULL, "received proposals inacceptable",
	    IKE_FAILED, 0, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER, 2,
	    IKESA },
	{ NULL, "no proposal found",
	    IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE,
	    IKE_RESPONDER, 1 },
	{ NULL, "no acceptable proposal found",
	    IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE, 0, 2, CHILD },
	{ NULL, "no matching proposal found",
	    IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE, 0, 0, CHILD },
	{ NULL, "no matching proposal found, sending $*",
	    IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE,
	    IKE_RESPONDER },
	{ NULL, "no matching proposal found, trying alternative config",
	    IKE_INFO },
	{ NULL, "peers proposal selection invalid",
	    IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, HERE, IKE_INITIATOR },
	{ NULL, "IKE_SA_ESTABLISH_FAIL:Failed to establish IKE SA for the "
	    "reason of no matching proposal, configured [$own_proposal], "
	    "received [$peer_proposal]. ike connection: $tunnel, my ip: "
	    "$local, peer ip: $peer.",
	    IKE_FAILED, 0, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, 0, 0, IKESA },
	{ NULL, "IKE_SA_ESTABLISH_FAIL:Failed to establish IKE SA for the "
	    "reason of responder no peer config found by ID payload, "
	    "received[$peer_id_peer]. ike connection: $tunnel, my ip: $local, "
	    "peer ip: $peer.",
	    IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE, IKE_RESPONDER, 0,
	    IKESA },
	{ NULL, "IKE_SA_ESTABLISH_FAIL:Failed to establish IKE SA for the "
	    "reason of initiator no peer config found by ID payload, "
	    "configured[$own_id_peer], received[$peer_id_peer]. ike "
	    "connection: $*, my ip: $local, peer ip: $peer.",
	    IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE, IKE_INITIATOR, 0,
	    IKESA },
	{ NULL, "IKE_SA_ESTABLISH_FAIL:Failed to establish IKE SA for the "
	    "reason of no matching secret. ike connection: $tunnel, my ip: "
	    "$local, peer ip: $peer.",
	    IKE_FAILED, 0, IKE_R_PSK_MISMATCH, HERE, 0, 0, IKESA },
	{ NULL, "IKE_SA_ESTABLISH_FAIL:Failed to establish IKE SA for the "
	    "reason of peer no response. ike connection: $tunnel, my ip: "
	    "$local, peer ip: $peer.",
	    IKE_FAILED, 0, IKE_R_NO_RESPONSE, 0, 0, 0, IKESA },
	{ NULL, "IKE_SA_ESTABLISH_FAIL:$?",
	    IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 0, IKESA },

	/* Which configuration it is. */
	{ NULL, "no IKE config found for $local...$peer, sending $*",
	    IKE_FAILED, 0, IKE_R_PEER_NOT_CONFIGURED, HERE, IKE_RESPONDER, 0,
	    IKESA },
	{ NULL, "no IKE config found for $local...$peer",
	    IKE_FAILED, 0, IKE_R_PEER_NOT_CONFIGURED, HERE, IKE_RESPONDER, 0,
	    IKESA },
	{ NULL, "looking for peer configs matching "
	    "$local[$peer_id_local]...$peer[$peer_id_peer]",
	    IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER },
	{ NULL, "looking for $* peer configs matching "
	    "$local...$peer[$peer_id_peer]",
	    IKE_PROGRESS, 0, 0, HEARD, IKE_RESPONDER, 1, IKESA },
	{ NULL, "selected peer config '$tunnel'", IKE_PROGRESS },
	{ NULL, "selected peer config \"$tunnel\"", IKE_PROGRESS },
	{ NULL, "switching to peer config '$tunnel'", IKE_PROGRESS },
	{ NULL, "no matching peer config found",
	    IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, HERE, IKE_RESPONDER },
	{ NULL, "no peer config found",
	    IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE, IKE_RESPONDER, 1,
	    IKESA },
	{ NULL, "IDir '$peer_id_peer' does not match to '$own_id_peer'",
	    IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE, 0, 0, IKESA },
	{ NULL, "received IDr $peer_id_peer, but require $own_id_peer",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HINT | HERE },
	{ NULL, "constraint check failed: $*identity '$own_id_peer' required",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HINT | HERE },
	{ NULL, "constraint check failed: group membership to '$*' required",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HINT | HERE },
	{ NULL, "constraint check failed: peer not authenticated $?",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED, HINT | HERE },
	{ NULL, "constraint check failed: RULE_CRL_VALIDATION is $*, but "
	    "requires at least $*",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_REVOCATION_UNAVAILABLE, HINT | HERE },
	{ NULL, "constraint check failed: RULE_OCSP_VALIDATION is $*, but "
	    "requires at least $*",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_REVOCATION_UNAVAILABLE, HINT | HERE },
	{ NULL, "constraint requires cert policy $*",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, HINT | HERE },
	{ NULL, "constraint requires $own_auth authentication, but $peer_auth "
	    "was used", IKE_PROGRESS, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HINT | HERE },
	{ NULL, "constraint requires $own_auth, but $peer_auth was used",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HINT | HERE },
	{ NULL, "signature scheme $* not acceptable",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HINT | HERE },
	{ NULL, "selected peer config '$*' unacceptable$?", IKE_INFO },
	{ NULL, "selected peer config '$*' inacceptable$?", IKE_INFO },
	{ NULL, "no alternative config found",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE },
	{ NULL, "found $n matching config$*, but none allows $peer_auth "
	    "authentication using $* Mode",
	    IKE_FAILED, 0, IKE_R_AUTH_METHOD_MISMATCH, HERE, IKE_RESPONDER, 1,
	    IKESA },
	{ NULL, "Aggressive Mode PSK disabled for security reasons",
	    IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_EXCHANGE_MODE_MISMATCH,
	    HERE },
	/* Another configuration is looked for, and mostly found. */
	{ NULL, "peer requested EAP, config unacceptable",
	    IKE_PROGRESS, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, HINT | HERE },
	{ NULL, "peer requested EAP, config inacceptable",
	    IKE_PROGRESS, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, HINT | HERE },
	{ NULL, "configured EAP-only authentication, but peer does not "
	    "support it", IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH,
	    HERE },
	{ NULL, "negotiated authentication method $* not supported",
	    IKE_FAILED, 0, IKE_R_AUTH_METHOD_MISMATCH, HERE },
	{ NULL, "configuration uses unsupported authentication",
	    IKE_CONFIG_PROBLEM, 0, IKE_R_AUTH_METHOD_MISMATCH, HERE },

	/* Keys and certificates. */
	{ NULL, "tried $n shared key$* for '$*' - '$*', but MAC mismatched",
	    IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISMATCH, HERE },
	/* Main mode's own messages begin with ID: HASH is the peer's "no". */
	{ NULL, "invalid HASH_V1 payload length, decryption failed?",
	    IKE_FAILED, 0, IKE_R_PSK_MISMATCH, THERE, 0, 1, IKESA },
	{ NULL, "invalid $* payload length, decryption failed?",
	    IKE_FAILED, 0, IKE_R_PSK_MISMATCH, HERE, 0, 1, IKESA },
	{ NULL, "calculated HASH does not match HASH payload",
	    IKE_FAILED, 0, IKE_R_PSK_MISMATCH, HERE, 0, 1, IKESA },
	{ NULL, "no shared key found for $*",
	    IKE_FAILED, 0, IKE_R_PSK_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "PPK required but no PPK $*",
	    IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISSING, HERE },
	{ NULL, "PPK required but peer does not support PPK",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, HERE },
	{ NULL, "peer didn't use PPK for PPK_ID '$*'",
	    IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, HERE },
	{ NULL, "no private key found for '$*'",
	    IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "no $word private key found for '$*'",
	    IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "no common hash algorithm found to create signature with $* "
	    "key", IKE_PROGRESS, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HINT | HERE },
	{ NULL, "authentication of '$*' (myself) failed",
	    IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE, 0, 0, IKESA },
	{ NULL, "authentication of '$*' (myself) with $word failed",
	    IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, HERE, 0, 0, IKESA },
	{ NULL, "authentication of '$*' $?", IKE_PROGRESS },
	{ NULL, "signature validation failed, looking for another key",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, HINT | HERE },
	{ NULL, "subject certificate invalid (valid from $*)",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_EXPIRED, HINT | HERE },
	{ NULL, "issuer certificate invalid (valid from $*)",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_EXPIRED, HINT | HERE },
	{ NULL, "peer certificate invalid (valid from $*)",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_EXPIRED, HINT | HERE },
	{ NULL, "certificate was revoked on $*",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_REVOKED, HINT | HERE },
	{ NULL, "no issuer certificate found for $*",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED, HINT | HERE },
	{ NULL, "self-signed certificate \"$*\" is not trusted",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED, HINT | HERE },
	{ NULL, "reached end of incomplete trust chain for trusted certificate "
	    "$*", IKE_INFO },
	{ NULL, "path length of $n violates constraint of $n",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, HINT | HERE },
	{ NULL, "rejecting certificate without $* keyUsage flags",
	    IKE_PROGRESS, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, HINT | HERE },
	{ NULL, "no trusted $* public key found for '$*'",
	    IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE, 0, 0, IKESA },
	{ NULL, "peer certificate verification failed, deleting SA",
	    IKE_DELETED, 0, IKE_R_CERTIFICATE_INVALID, HERE | IKE_F_WHOLE },
	{ NULL, "$word authorization hook forbids IKE_SA, canceling",
	    IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE },
	{ NULL, "$* Mode authorization hook forbids IKE_SA, canceling",
	    IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE },
	{ NULL, "authorization forbids IKE_SA, canceling",
	    IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE },

	/* EAP and XAuth. */
	{ NULL, "EAP-MS-CHAPv2 verification failed$?",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "EAP-MD5 verification failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "EAP-MS-CHAPv2 failed with error $*",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, THERE },
	{ NULL, "EAP-MS-CHAPv2 failed, $*",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED },
	{ NULL, "EAP_$word method failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED },
	{ NULL, "vendor specific EAP method $word failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED },
	{ NULL, "loading EAP_$word method failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "EAP method $* failed for peer $*",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "EAP vendor specific method $* failed for peer $*",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "received EAP_FAILURE, EAP authentication failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, THERE },
	{ NULL, "received EAP_NAK, sending EAP_FAILURE",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED },
	{ NULL, "EAP method not supported, sending EAP_NAK",
	    IKE_INFO, IKE_AUTH, IKE_R_EAP_FAILED, HINT | HERE },
	{ NULL, "EAP-Identity request configured, but not supported",
	    IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "no EAP key found for hosts '$*'",
	    IKE_INFO, IKE_AUTH, IKE_R_EAP_FAILED, HINT | HERE },
	{ NULL, "verification of AUTH payload with$* EAP MSK failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE },
	{ NULL, "RADIUS authentication of '$*' failed",
	    IKE_INFO, 0, IKE_R_EAP_FAILED, HINT | HERE },
	{ NULL, "RADIUS Access-Request timed out after $* attempts",
	    IKE_INFO, 0, IKE_R_EAP_TIMEOUT, HINT | HERE },
	{ NULL, "received RADIUS Access-Reject from server $*",
	    IKE_INFO, 0, IKE_R_EAP_FAILED, HINT | HERE },
	{ NULL, "received RADIUS Access-$word from server $*", IKE_INFO },
	{ NULL, "sending RADIUS Access-Request to server $*", IKE_INFO },
	{ NULL, "EAP method $* succeeded, $*MSK established", IKE_PROGRESS },
	{ NULL, "server requested $?", IKE_PROGRESS, IKE_AUTH },
	{ NULL, "initiating EAP$?", IKE_PROGRESS, IKE_AUTH },
	{ NULL, "received EAP identity '$*'", IKE_PROGRESS, IKE_AUTH },
	{ NULL, "XAuth authentication of '$*' failed",
	    IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE },
	{ NULL, "XAuth authentication of '$*' (myself) failed",
	    IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, THERE },
	{ NULL, "XAuth authentication of '$*' successful",
	    IKE_PROGRESS, IKE_XAUTH },
	{ NULL, "destroying IKE_SA after failed XAuth authentication",
	    IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE },
	{ NULL, "none of $n found XAuth secrets for '$*' - '$*' matched",
	    IKE_INFO, IKE_XAUTH, IKE_R_XAUTH_FAILED, HINT | HERE },
	{ NULL, "no XAuth $* found for '$*'",
	    IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE },
	{ NULL, "no XAuth method found$?",
	    IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE },
	{ NULL, "XAuth pam_$* for '$*' failed: $*",
	    IKE_INFO, IKE_XAUTH, IKE_R_XAUTH_FAILED, HINT | HERE },

	/*
	 * 15[IKE] IKE_SA branch[3] established between
	 * 192.0.2.1[gw.example.net]...198.51.100.7[198.51.100.7]
	 */
	{ NULL, "IKE_SA $tunnel[$conn] established between "
	    "$local[$*]...$peer[$*]", IKE_ESTABLISHED, 0, 0, 0, 0, 0, IKESA },
	/* Cut short on the way, or masked by a person. */
	{ NULL, "IKE_SA $tunnel[$conn] established between $local[$?",
	    IKE_ESTABLISHED, 0, 0, 0, 0, 0, IKESA },
	{ NULL, "IKE_SA $tunnel[$conn] established between $?",
	    IKE_ESTABLISHED, 0, 0, 0, 0, 0, IKESA },
	{ NULL, "IKE_SA $tunnel[$conn] rekeyed between $local[$*]...$peer[$*]",
	    IKE_REKEYED, 0, 0, IKE_F_REKEY, 0, 0, IKESA },
	/*
	 * 15[IKE] CHILD_SA net{1} established with SPIs
	 * 79dd82e9_i 1e226a13_o and TS 10.1.0.0/24 === 10.2.0.0/24
	 */
	{ NULL, "CHILD_SA $child{$childno} established with SPIs "
	    "${in}_i ${out}_o$?", IKE_CHILD_ESTABLISHED },
	{ NULL, "inbound CHILD_SA $child{$childno} established with SPIs "
	    "${in}_i ${out}_o$?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_REKEY },
	{ NULL, "outbound CHILD_SA $child{$childno} established with SPIs "
	    "${in}_i ${out}_o$?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_REKEY },
	{ NULL, "establishing CHILD_SA $child{$childno}",
	    IKE_PROGRESS, 0, 0, 0, IKE_INITIATOR, 2, CHILD },
	{ NULL, "establishing CHILD_SA $child{$childno} reqid $n",
	    IKE_PROGRESS, 0, 0, 0, IKE_INITIATOR, 2, CHILD },

	/* The child was refused, or could not be put to work. */
	{ NULL, "traffic selectors $peer_ts_local=== $peer_ts_remote "
	    "unacceptable", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    HERE, 0, 2, CHILD },
	{ NULL, "traffic selectors $peer_ts_local=== $peer_ts_remote "
	    "inacceptable", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    HERE, 0, 2, CHILD },
	{ NULL, "no matching CHILD_SA config found for $peer_ts_remote === "
	    "$peer_ts_local", IKE_FAILED, IKE_QUICK_MODE,
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, IKE_RESPONDER },
	{ NULL, "no matching CHILD_SA config found",
	    IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE,
	    IKE_RESPONDER },
	{ NULL, "no acceptable traffic selectors found$?",
	    IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, 0, 0, CHILD },
	{ NULL, "peer selected invalid traffic selectors: $*",
	    IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, 0, 1, CHILD },
	{ NULL, "$word mode requested by responder is unacceptable",
	    IKE_FAILED, 0, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE,
	    IKE_INITIATOR, 2, CHILD },
	{ NULL, "$word mode requested by responder is inacceptable",
	    IKE_FAILED, 0, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE,
	    IKE_INITIATOR, 2, CHILD },
	{ NULL, "no virtual IP found for $* requested by '$*'",
	    IKE_INFO, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HINT | HERE },
	{ NULL, "no virtual IP found, sending $*",
	    IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, 0, 0, CHILD },
	{ NULL, "pool '$*' is full, unable to assign address",
	    IKE_INFO, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HINT | HERE },
	{ NULL, "expected a virtual IP request, sending $*",
	    IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, 0, 0, CHILD },
	{ NULL, "configuration payload negotiation failed, no CHILD_SA built",
	    IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, 0, 2, CHILD },
	{ NULL, "installing virtual IP $* failed",
	    IKE_INFO, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HINT | HERE },
	{ NULL, "failed to establish CHILD_SA, keeping IKE_SA",
	    IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 2, CHILD },
	{ NULL, "closing IKE_SA due CHILD_SA setup failure",
	    IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 2, CHILD },
	{ NULL, "creating CHILD_SA failed, trying again in $*",
	    IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 2, CHILD },
	{ NULL, "CHILD_SA rekeying failed, trying again in $*",
	    IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_REKEY_FAILED, IKE_F_REKEY },
	{ NULL, "IKE_SA rekeying failed, trying again in $*",
	    IKE_FAILED, 0, IKE_R_REKEY_FAILED, IKE_F_REKEY, 0, 2, IKESA },
	{ NULL, "rekeying IKE_SA failed, peer not responding",
	    IKE_FAILED, 0, IKE_R_REKEY_FAILED, IKE_F_REKEY, 0, 2, IKESA },
	{ NULL, "peer seems to not support $* rekeying, starting "
	    "reauthentication", IKE_INFO },
	{ NULL, "peer didn't find the CHILD_SA we tried to rekey",
	    IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_REKEY_FAILED,
	    IKE_F_REKEY | THERE },
	{ NULL, "unable to install IPsec policies (SPD) in kernel",
	    IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, HERE, 0, 0, CHILD },
	{ NULL, "unable to install $* (SAD) in kernel",
	    IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, HERE, 0, 0, CHILD },
	{ NULL, "unable to allocate SPIs from kernel",
	    IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, HERE, 0, 0, CHILD },
	{ NULL, "unable to install policy $* for reqid $*, the same policy for "
	    "reqid $* exists",
	    IKE_INFO, 0, IKE_R_FLOW_CONFLICT, HINT | HERE },
	{ NULL, "unable to add policy $*",
	    IKE_INFO, 0, IKE_R_INTERNAL_ERROR, HINT | HERE },
	{ NULL, "unable to add SAD entry with SPI $*",
	    IKE_INFO, 0, IKE_R_INTERNAL_ERROR, HINT | HERE },

	/* Nobody answers. */
	{ NULL, "retransmit $n of request with message ID $n",
	    IKE_RETRANSMIT, 0, 0, TURN, 0, 2, IKESA },
	{ NULL, "sending retransmit $n of $word message ID $n, seq $n",
	    IKE_RETRANSMIT, 0, 0, TURN, 0, 1 },
	{ NULL, "received retransmit of request with ID $n, $*",
	    IKE_RETRANSMIT, 0, 0, HEARD, IKE_RESPONDER },
	/* Of an SA that is up, or of one that is still to come. */
	{ NULL, "giving up after $n retransmits",
	    IKE_PEER_DEAD, 0, IKE_R_NO_RESPONSE, TURN, 0, 0, IKESA },
	{ NULL, "establishing IKE_SA failed, peer not responding",
	    IKE_FAILED, 0, IKE_R_NO_RESPONSE, 0, IKE_INITIATOR, 0, IKESA },
	/* On a thread that says nothing else: the SA of the last requests. */
	{ NULL, "DPD check timed out, enforcing DPD action",
	    IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, IKE_F_NEAR, 0, 1, IKESA },
	{ NULL, "sending DPD request", IKE_INFO, 0, 0, TURN },
	{ NULL, "sending keep alive to $peer", IKE_INFO, 0, 0, TURN },
	{ NULL, "deleting half open IKE_SA with $peer after timeout",
	    IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT, TURN, IKE_RESPONDER, 0,
	    IKESA },
	{ NULL, "deleting half open IKE_SA with $* after timeout",
	    IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT, TURN, IKE_RESPONDER, 0,
	    IKESA },
	{ NULL, "deleting half open IKE_SA after timeout",
	    IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT, TURN, IKE_RESPONDER, 0,
	    IKESA },
	{ NULL, "IKE_SA timed out before it could be established",
	    IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT, TURN, 0, 0, IKESA },
	{ NULL, "unable to resolve $*, initiate aborted",
	    IKE_FAILED, 0, IKE_R_NETWORK_ERROR, HERE | TURN, IKE_INITIATOR, 0,
	    IKESA },
	{ NULL, "unable to initiate to %any",
	    IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR, HERE | TURN,
	    IKE_INITIATOR, 0, IKESA },
	{ NULL, "resolving '$*' failed: $*",
	    IKE_INFO, 0, IKE_R_NETWORK_ERROR, HINT },
	{ NULL, "unable to resolve $*, retrying in $*",
	    IKE_INFO, 0, IKE_R_NETWORK_ERROR, HINT | TURN, IKE_INITIATOR },

	/* Messages that cannot be read. */
	{ NULL, "payload type $* could not be parsed",
	    IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE | IKE_F_STRAY },
	{ NULL, "$word payload verification failed",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE },
	{ NULL, "header verification failed",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE },
	{ NULL, "header could not be parsed",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE },
	{ NULL, "message parsing failed",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE },
	{ NULL, "could not decrypt payloads",
	    IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, HINT | HERE },
	{ NULL, "verifying $* integrity failed",
	    IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, HINT | HERE },
	{ NULL, "integrity check failed",
	    IKE_FAILED, 0, IKE_R_DECRYPTION_FAILED, HERE | IKE_F_STRAY },
	{ NULL, "received HASH payload does not match",
	    IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, HINT | HERE },
	{ NULL, "payload type $* is not supported, but $* critical!",
	    IKE_FAILED, 0, IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD, HERE, 0, 2 },
	{ NULL, "$word payload missing$?",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE },
	{ NULL, "payload of type $word not occurred $n times ($n)",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE },
	{ NULL, "payload of type $word more than $n times ($n) occurred in "
	    "current message",
	    IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, HINT | HERE },
	{ NULL, "applying $word public value failed",
	    IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE },
	{ NULL, "key derivation failed",
	    IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, HERE },
	{ NULL, "critical unknown payloads found",
	    IKE_FAILED, 0, IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD, HERE, 0, 2 },
	{ NULL, "unsupported exchange type",
	    IKE_INFO, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, HINT | HERE },
	{ NULL, "IKE_SA_INIT $word with message ID $n processing failed",
	    IKE_FAILED, IKE_SA_INIT, IKE_R_UNKNOWN, HERE },
	{ NULL, "IKE_AUTH $word with message ID $n processing failed",
	    IKE_FAILED, IKE_AUTH, IKE_R_UNKNOWN, HERE },
	{ NULL, "ID_PROT $word with message ID $n processing failed",
	    IKE_FAILED, IKE_MAIN_MODE, IKE_R_UNKNOWN, HERE },
	{ NULL, "AGGRESSIVE $word with message ID $n processing failed",
	    IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_UNKNOWN, HERE },
	{ NULL, "QUICK_MODE $word with message ID $n processing failed",
	    IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, HERE },
	{ NULL, "CREATE_CHILD_SA $word with message ID $n processing failed",
	    IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_UNKNOWN, HERE },
	{ NULL, "$word $word with message ID $n processing failed", IKE_INFO },
	{ NULL, "fragmented IKE message is too large",
	    IKE_INFO, 0, IKE_R_FRAGMENT_REASSEMBLY_FAILED, HINT | HERE },
	{ NULL, "maximum fragment count exceeded",
	    IKE_INFO, 0, IKE_R_FRAGMENT_REASSEMBLY_FAILED, HINT | HERE },

	/* Limits. The receiver drops a first message unread: no word about
	 * what is under way with that peer. */
	{ NULL, "ignoring IKE_SA setup from $peer, per-IP half-open IKE_SA "
	    "limit of $n reached",
	    IKE_FAILED, 0, IKE_R_RATE_LIMITED,
	    HERE | TURN | IKE_F_STRAY | IKE_F_NEW, IKE_RESPONDER, 0, IKESA },
	{ NULL, "ignoring IKE_SA setup from $peer, $*",
	    IKE_FAILED, 0, IKE_R_RATE_LIMITED,
	    HERE | TURN | IKE_F_STRAY | IKE_F_NEW, IKE_RESPONDER, 0, IKESA },
	{ NULL, "abort IKE_SA initiation, $*",
	    IKE_FAILED, 0, IKE_R_RATE_LIMITED, HERE | TURN, IKE_INITIATOR, 0,
	    IKESA },
	{ NULL, "ignoring $*, hitting IKE_SA limit ($n)",
	    IKE_FAILED, 0, IKE_R_LIMIT_REACHED, HERE, 0, 0, IKESA },
	{ NULL, "sending COOKIE notify to $peer", IKE_PROGRESS, IKE_SA_INIT },
	{ NULL, "canceling $* due to uniqueness policy",
	    IKE_FAILED, 0, IKE_R_LIMIT_REACHED, HERE, 0, 0, IKESA },
	{ NULL, "cancelling $* due to uniqueness policy",
	    IKE_FAILED, 0, IKE_R_LIMIT_REACHED, HERE, 0, 0, IKESA },

	/* Taken down. */
	{ NULL, "received DELETE for IKE_SA $tunnel[$conn]",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD | IKE_F_WHOLE, 0, 0,
	    IKESA },
	{ NULL, "deleting IKE_SA $tunnel[$conn] between "
	    "$local[$*]...$peer[$*]", IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 0,
	    IKESA },
	{ NULL, "deleting IKE_SA $tunnel[$conn] between $?",
	    IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 0, IKESA },
	{ NULL, "sending DELETE for IKE_SA $tunnel[$conn]", IKE_INFO },
	{ NULL, "received DELETE for unknown $word CHILD_SA with SPI $out",
	    IKE_INFO },
	{ NULL, "received DELETE for $word CHILD_SA with SPI $out",
	    IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0, CHILD },
	{ NULL, "sending DELETE for $word CHILD_SA with SPI $in", IKE_INFO },
	{ NULL, "closing CHILD_SA $child{$childno} with SPIs "
	    "${in}_i ($*) ${out}_o ($*)$?", IKE_DELETED, 0, 0, 0, 0, 0, CHILD },
	{ NULL, "closing expired CHILD_SA $child{$childno} with SPIs "
	    "${in}_i ${out}_o$?",
	    IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, CHILD },
	{ NULL, "closing expired CHILD_SA $child{$childno}",
	    IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, CHILD },
	{ NULL, "deleting CHILD_SA after $* of inactivity",
	    IKE_INFO, 0, IKE_R_LIFETIME_EXPIRED, HINT | TURN, 0, 0, CHILD },
	{ NULL, "deleting IKE_SA after $* of CHILD_SA inactivity",
	    IKE_INFO, 0, IKE_R_LIFETIME_EXPIRED, HINT | TURN, 0, 0, IKESA },
	{ NULL, "destroying duplicate IKE_SA for peer '$*', received "
	    "INITIAL_CONTACT", IKE_DELETED, 0, IKE_R_SUPERSEDED,
	    IKE_F_WHOLE, 0, 0, IKESA },
	{ NULL, "deleting duplicate IKE_SA for peer '$*' due to uniqueness "
	    "policy$?", IKE_DELETED, 0, IKE_R_SUPERSEDED, IKE_F_WHOLE, 0, 0,
	    IKESA },
	{ NULL, "got a response on a duplicate IKE_SA for '$*', deleting new "
	    "IKE_SA", IKE_INFO },
	{ NULL, "vici terminate IKE_SA '$tunnel'",
	    IKE_INFO, 0, IKE_R_DELETED_BY_ADMIN, HINT | TURN },
	{ NULL, "vici terminate IKE_SA #$conn",
	    IKE_INFO, 0, IKE_R_DELETED_BY_ADMIN, HINT | TURN },
	{ NULL, "vici terminate CHILD_SA '$child'",
	    IKE_INFO, 0, IKE_R_DELETED_BY_ADMIN, HINT | TURN, 0, 0, CHILD },
	{ NULL, "vici terminate CHILD_SA #$childno",
	    IKE_INFO, 0, IKE_R_DELETED_BY_ADMIN, HINT | TURN, 0, 0, CHILD },
	{ NULL, "received stroke: terminate '$tunnel'",
	    IKE_INFO, 0, IKE_R_DELETED_BY_ADMIN, HINT | TURN },
	{ NULL, "IKE_SA deleted", IKE_INFO },
	{ NULL, "CHILD_SA closed", IKE_INFO },

	/* State changes, from level 2 on. */
	/* The cause stood before; and a responder that asked for another DH
	 * group lets the first attempt go like this. */
	{ NULL, "IKE_SA $tunnel[$conn] state change: CONNECTING => DESTROYING",
	    IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 0, IKESA },
	{ NULL, "IKE_SA $tunnel[$conn] state change: ESTABLISHED => DESTROYING",
	    IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 0, IKESA },
	{ NULL, "IKE_SA $tunnel[$conn] state change: $word => $word",
	    IKE_INFO, 0, 0, 0, 0, 0, IKESA },
	{ NULL, "CHILD_SA $child{$childno} state change: CREATED => DESTROYING",
	    IKE_DELETED, 0, 0, 0, 0, 0, CHILD },
	{ NULL, "CHILD_SA $child{$childno} state change: $word => $word",
	    IKE_INFO, 0, 0, 0, 0, 0, CHILD },
	{ NULL, "checkout IKEv2 SA by message with SPIs ${ispi}_i ${rspi}_r",
	    IKE_INFO, 0, 0, TURN, 0, 2 },
	{ NULL, "checkout IKEv1 SA by message with SPIs ${ispi}_i ${rspi}_r",
	    IKE_INFO, 0, 0, TURN, 0, 1 },
	{ NULL, "checkout IKEv2 SA with SPIs ${ispi}_i ${rspi}_r",
	    IKE_INFO, 0, 0, TURN, 0, 2 },
	{ NULL, "checkout IKEv1 SA with SPIs ${ispi}_i ${rspi}_r",
	    IKE_INFO, 0, 0, TURN, 0, 1 },
	{ NULL, "checkin IKEv2 SA $tunnel[$conn] with SPIs ${ispi}_i ${rspi}_r",
	    IKE_INFO, 0, 0, 0, 0, 2 },
	{ NULL, "checkin IKEv1 SA $tunnel[$conn] with SPIs ${ispi}_i ${rspi}_r",
	    IKE_INFO, 0, 0, 0, 0, 1 },
	{ NULL, "IKE_SA $tunnel[$conn] successfully checked out", IKE_INFO },
	{ NULL, "created IKE_SA $tunnel[$conn]", IKE_INFO },
	{ NULL, "checkin IKE_SA $tunnel[$conn]", IKE_INFO },
	{ NULL, "checkin and destroy IKE_SA $tunnel[$conn]", IKE_INFO },

	/* Work that begins on a thread and is not about what it did before. */
	{ NULL, "vici $word $word '$*'", IKE_INFO, 0, 0, TURN },
	{ NULL, "vici $word $word #$n", IKE_INFO, 0, 0, TURN },
	{ NULL, "received stroke: $*", IKE_INFO, 0, 0, TURN },
	{ NULL, "initiating '$*'", IKE_INFO, 0, 0, TURN },
	{ NULL, "creating acquire job for policy $*", IKE_INFO, 0, 0, TURN },
	{ NULL, "creating $* job for CHILD_SA $*", IKE_INFO, 0, 0, TURN },

	/* About IKE, and nothing to learn from it. */
	{ NULL, "received $* vendor ID", IKE_INFO },
	{ NULL, "received unknown vendor ID: $*", IKE_INFO },
	{ NULL, "sending $* vendor ID", IKE_INFO },
	{ NULL, "received $word notify", IKE_INFO },
	{ NULL, "received $word, not using ESPv3 TFC padding", IKE_INFO },
	{ NULL, "received supported signature hash algorithms: $*", IKE_INFO },
	{ NULL, "sending supported signature hash algorithms: $*", IKE_INFO },
	{ NULL, "received cert request for $*", IKE_INFO },
	{ NULL, "received $n cert requests for an unknown ca", IKE_INFO },
	{ NULL, "sending cert request for $*", IKE_INFO },
	{ NULL, "received end entity cert $*", IKE_INFO },
	{ NULL, "received issuer cert $*", IKE_INFO },
	{ NULL, "sending end entity cert $*", IKE_INFO },
	{ NULL, "sending issuer cert $*", IKE_INFO },
	{ NULL, "using certificate $*", IKE_INFO },
	{ NULL, "using trusted certificate $*", IKE_INFO },
	{ NULL, "using trusted ca certificate $*", IKE_INFO },
	{ NULL, "using trusted intermediate ca certificate $*", IKE_INFO },
	{ NULL, "using untrusted intermediate certificate $*", IKE_INFO },
	{ NULL, "issuer is $*", IKE_INFO },
	{ NULL, "reached self-signed root ca with a path length of $n",
	    IKE_INFO },
	{ NULL, "checking certificate status of $*", IKE_INFO },
	{ NULL, "certificate status is $*", IKE_INFO },
	{ NULL, "crl $?", IKE_INFO },
	{ NULL, "ocsp $?", IKE_INFO },
	{ NULL, "using cached crl", IKE_INFO },
	{ NULL, "fetching $?", IKE_INFO },
	{ NULL, "no IDi configured, fall back on IP address", IKE_INFO },
	{ NULL, "no IDr configured, fall back on IP address", IKE_INFO },
	{ NULL, "remote host is behind NAT", IKE_INFO },
	{ NULL, "local host is behind NAT, sending keep alives", IKE_INFO },
	{ NULL, "faking NAT situation to enforce UDP encapsulation", IKE_INFO },
	{ NULL, "peer supports MOBIKE$?", IKE_INFO },
	{ NULL, "scheduling $* in $*", IKE_INFO },
	{ NULL, "maximum IKE_SA lifetime $*", IKE_INFO },
	{ NULL, "received AUTH_LIFETIME of $*", IKE_INFO },
	{ NULL, "queueing $word request as tasks still active", IKE_INFO },
	{ NULL, "payload type $word was not encrypted",
	    IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, HINT | HERE },
	{ NULL, "deleting policy $* failed, not found", IKE_INFO },
	{ NULL, "establishing connection '$*' failed", IKE_INFO },
	{ NULL, "connection '$*' established successfully", IKE_INFO },
	{ NULL, "received netlink error: $*", IKE_INFO },
	{ NULL, "unable to query SAD entry with SPI $*", IKE_INFO },
	{ NULL, "unable to delete SAD entry with SPI $*", IKE_INFO },
	{ NULL, "querying $* failed: $*", IKE_INFO },
	{ NULL, "querying $* failed, not found", IKE_INFO },
	{ NULL, "got SPI $hex", IKE_INFO },
	{ NULL, "adding inbound $word SA", IKE_INFO },
	{ NULL, "adding outbound $word SA", IKE_INFO },
	{ NULL, "using $word for $word", IKE_INFO },
	{ NULL, "SPI 0x$hex, src $* dst $*", IKE_INFO },
	{ NULL, "config: $*, received: $* => $*", IKE_INFO },
	{ NULL, "changing received traffic selectors $*", IKE_INFO },
	{ NULL, "schedule delete of duplicate IKE_SA for peer '$*' due to "
	    "uniqueness policy$?", IKE_INFO },
	{ NULL, "detected $word collision with $word", IKE_INFO },
	{ NULL, "received invalid DPD sequence number $*", IKE_INFO },
	{ NULL, "DPD not supported by peer, disabled", IKE_INFO },
	{ NULL, "IKE_SA $tunnel[$conn] will timeout in $*", IKE_INFO },
	{ NULL, "initiator did not reauthenticate as requested", IKE_INFO },
	{ NULL, "activating new tasks", IKE_INFO },
	{ NULL, "activating $word task", IKE_INFO },
	{ NULL, "queueing $word task$?", IKE_INFO },
	{ NULL, "$word task", IKE_INFO },
	{ NULL, "nothing to initiate", IKE_INFO },
	{ NULL, "reinitiating already active tasks", IKE_INFO },
	{ NULL, "delaying task initiation, $* exchange in progress", IKE_INFO },
	{ NULL, "successfully created shared key MAC$?", IKE_INFO },
	{ NULL, "splitting IKE message ($*) into $n fragments", IKE_INFO },
	{ NULL, "local endpoint changed from $*", IKE_INFO },
	{ NULL, "remote endpoint changed from $*", IKE_INFO },
	{ NULL, "keeping $* path $*", IKE_INFO },
	{ NULL, "sending address list update using MOBIKE$?", IKE_INFO },
	{ NULL, "old path is not $*", IKE_INFO },
	{ NULL, "looking for a route to $*", IKE_INFO },
	{ NULL, "no route found to reach $*", IKE_INFO },
	{ NULL, "requesting address change using MOBIKE", IKE_INFO },
	{ NULL, "interface $*", IKE_INFO },
	{ NULL, "peer requested virtual IP $*", IKE_INFO },
	{ NULL, "assigning virtual IP $* to peer '$*'", IKE_INFO },
	{ NULL, "assigning new lease to '$*'", IKE_INFO },
	{ NULL, "reassigning $* lease to '$*'", IKE_INFO },
	{ NULL, "installing new virtual IP $*", IKE_INFO },
	{ NULL, "installing DNS server $*", IKE_INFO },
	{ NULL, "lease $* by '$*' went offline", IKE_INFO },
	{ NULL, "received message ID $n, expected $n, ignored", IKE_INFO },
	{ NULL, "ignoring request with ID $n, already processing",
	    IKE_INFO, 0, 0, HEARD },
	{ NULL, "ignoring unprotected INFORMATIONAL from $peer", IKE_INFO },
	{ NULL, "message verification failed", IKE_INFO },
	{ NULL, "ignore malformed INFORMATIONAL request", IKE_INFO },
	{ NULL, "not enough input to parse rule $*", IKE_INFO },
	{ NULL, "detected rekeying of CHILD_SA $child{$childno}", IKE_INFO },
	{ NULL, "detected redundant CHILD_SA $child{$childno}", IKE_INFO },
	{ NULL, "detected reauth of existing IKE_SA, $*", IKE_INFO },
	{ NULL, "CHILD_SA rekey$?", IKE_INFO },
	{ NULL, "IKE_SA rekey collision $*", IKE_INFO },
	{ NULL, "restarting CHILD_SA $child", IKE_INFO },
	{ NULL, "destroying IKE_SA in state $word without notification",
	    IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 0, IKESA },
	{ NULL, "proposing traffic selectors for $*", IKE_INFO },
	{ NULL, "selecting traffic selectors for $*", IKE_INFO },
	{ NULL, "looking for an ike config for $*", IKE_INFO },
	{ NULL, "looking for an $word config for $*", IKE_INFO },
	{ NULL, "looking for a child config for $*", IKE_INFO },
	{ NULL, "found matching $word config$*with prio $*", IKE_INFO },
	{ NULL, "candidate$*, prio $*", IKE_INFO },
	{ NULL, "candidate \"$*\" with prio $*", IKE_INFO },
	{ NULL, "selecting proposal:", IKE_INFO },
	{ NULL, "proposal matches", IKE_INFO },
	{ NULL, "no acceptable $word found", IKE_INFO },
	{ NULL, "signal of type $*", IKE_INFO },
	{ NULL, "Starting IKE charon daemon $*", IKE_INFO },
	{ NULL, "increasing block threshold to $*", IKE_INFO },
	{ NULL, "spawning $n worker threads", IKE_INFO },
	{ NULL, "waiting for data on sockets", IKE_INFO },
	{ NULL, "flags changed for $*", IKE_INFO },
	{ NULL, "$word appeared on $*", IKE_INFO },
	{ NULL, "$word disappeared from $*", IKE_INFO },
	{ NULL, "EAP-MS-CHAPv2 succeeded: $*", IKE_PROGRESS, IKE_AUTH },
	{ NULL, "loaded $*", IKE_INFO },
	{ NULL, "loading $*", IKE_INFO },
	{ NULL, "added vici connection: $*", IKE_INFO },
	{ NULL, "added configuration '$*'", IKE_INFO },
	{ NULL, "The peer gateway notifies: Proposal mismatch in IKE SA "
	    "(phase 1)$?", IKE_FAILED, 0, IKE_R_IKE_PROPOSAL_MISMATCH, THERE,
	    0, 0, IKESA },
	{ NULL, "The peer gateway notifies: Proposal mismatch in CHILD SA "
	    "(phase 2)$?", IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH, THERE,
	    0, 0, CHILD },
	{ 0 }
};
/* clang-format on */

static struct ruleset rules = RULESET(rows);
static struct ruleset *const rulesets[] = { &rules, NULL };

/* ---- what rows cannot say ---------------------------------------------- */

/* "received proposals: ESP:..." is about the child, "IKE:..." about its SA. */
static void
strongswan_proposals(struct ike_event *ev)
{
	for (int i = 0; i < ev->nsaid; i++) {
		struct span value = ev->said[i].value;

		if (ev->said[i].attr != IKE_ATTR_PROPOSAL)
			continue;
		if (span_starts_nocase(value, "ESP:") ||
		    span_starts_nocase(value, "AH:"))
			ev->kind = CHILD;
		else if (span_starts_nocase(value, "IKE:"))
			ev->kind = IKESA;
	}
}

/*
 * looking for peer configs matching 192.0.2.1[want]...198.51.100.7[claim]
 * Both identities come from the peer. Where one of them holds the literal
 * between the ends, nobody can tell where the address is: leave it out.
 */
static void
strongswan_forged(struct span text, struct ike_event *ev)
{
	struct span s = text;

	if (!span_starts_nocase(s, "looking for peer configs") ||
	    !scan_until(&s, "]...", NULL) || !span_has(s, "]..."))
		return;
	ev->peer = ev->peer_port = SPAN_NONE;
	ev->nsaid = 0;
}

/* The thread and the connection of the header, where the text has none. */
static void
strongswan_keys(const struct swan_line *line, struct ike_event *ev)
{
	/* The sender's thread works for everybody; so nothing binds to it. */
	if (!(ev->flags & IKE_F_NEAR) && ev->reason != IKE_R_SUPERSEDED)
		ev->key[IKE_KEY_THREAD] = line->thread;
	if (ev->tunnel.len == 0)
		ev->tunnel = line->name;
	if (span_is(ev->tunnel, "(unnamed)"))
		ev->tunnel = SPAN_NONE;
	/*
	 * A child that asks for itself on a thread that has not said yet which
	 * IKE SA it works for: the packet that follows does.
	 */
	if (ev->what == IKE_STARTED && line->number.len == 0 &&
	    (ev->stage == IKE_CREATE_CHILD_SA || ev->stage == IKE_QUICK_MODE))
		ev->what = IKE_PROGRESS;
	/* "destroying duplicate IKE_SA": the line's own SA is the other one. */
	if (ev->key[IKE_KEY_CONN].len == 0 && ev->reason != IKE_R_SUPERSEDED)
		ev->key[IKE_KEY_CONN] = line->number;
}

static bool
strongswan_read(struct span text, struct ike_event *ev)
{
	if (strongswan_message(text, ev))
		return true;
	if (strongswan_notified(text, ev)) {
		strongswan_v1_phase(ev);
		return true;
	}
	if (rules_match(&rules, SPAN_NONE, text, ev) == NULL)
		return false;
	strongswan_proposals(ev);
	strongswan_forged(text, ev);
	return true;
}

static enum parse_result
strongswan_parse(const struct record *rec, struct ike_event *ev)
{
	struct swan_line line;

	strongswan_header(rec, &line);
	if (line.text.len == 0)
		return PARSE_NOT_IKE;
	if (!strongswan_read(line.text, ev))
		return line.sure && !line.quiet ? PARSE_UNKNOWN : PARSE_NOT_IKE;
	strongswan_keys(&line, ev);
	return PARSE_EVENT;
}

/* How lines begin that only charon writes, for logs without any header. */
static bool
strongswan_words(struct span text)
{
	static const char *const begins[] = { "initiating IKE_SA ",
		"initiating Main Mode IKE_SA ",
		"initiating Aggressive Mode IKE_SA ", "received packet: from ",
		"sending packet: from ", "establishing CHILD_SA ",
		"establishing IKE_SA failed", "no IKE config found for ",
		"looking for peer configs matching ",
		"received proposals: ", "configured proposals: ",
		"selected proposal: ", "sending retransmit ",
		"giving up after ", "IKE_SA_ESTABLISH_",
		"The peer gateway notifies: ", "peer didn't accept DH group ",
		"received DELETE for IKE_SA ", "deleting IKE_SA ",
		"closing CHILD_SA ", "failed to establish CHILD_SA" };
	struct ike_event ev = { 0 };

	for (size_t i = 0; i < COUNT(begins); i++)
		if (span_starts(text, begins[i]))
			return true;
	if (span_starts(text, "IKE_SA ") || span_starts(text, "CHILD_SA "))
		return span_has(text, " established ") ||
		    span_has(text, " state change: ");
	return span_ends(text, " is initiating an IKE_SA") ||
	    strongswan_message(text, &ev) || strongswan_notified(text, &ev);
}

static bool
strongswan_recognise(const struct record *rec)
{
	struct swan_line line;

	strongswan_header(rec, &line);
	return line.sure || strongswan_words(line.text);
}

const struct parser parser_strongswan = {
	.name = "strongswan",
	.recognise = strongswan_recognise,
	.parse = strongswan_parse,
	.rules = rulesets,
};
