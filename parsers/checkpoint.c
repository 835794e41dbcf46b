/*
 * Check Point: the VPN log of the Log Exporter, as syslog, CEF, LEEF or pairs.
 *
 *	<134>1 2026-11-21T10:00:00Z gw-1 CheckPoint 19710 - [action:"Reject";
 *	    community:"hq-branch"; cookiei:"ec39c6c9c5d3669c"; ike::"Main Mode
 *	    No response from peer."; peer_gateway:"198.51.100.7"; .. ]
 *
 * ike (or encryption_failure, reason) says what happened: the exchange first,
 * then the text. action is "Key Install" for deletes and notifications too.
 */
#include "parsers/cause.h"
#include "parsers/mark.h"
#include "parsers/parser.h"
#include "parsers/words.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEARD IKE_F_HEARD
#define HERE IKE_F_REFUSED_HERE

/* The exchange in front of the text, and the phase its words are said of. */
static const struct exchange {
	const char *words;
	const char *id; /* of the rows */
	enum ike_stage stage;
	int version;
	enum notify_phase phase;
} exchanges[] = {
	{ "Main Mode", "1", IKE_MAIN_MODE, 1, NOTIFY_PHASE1 },
	{ "Aggressive Mode", "1", IKE_AGGRESSIVE_MODE, 1, NOTIFY_PHASE1 },
	{ "Quick Mode", "2", IKE_QUICK_MODE, 1, NOTIFY_PHASE2 },
	{ "Informational Exchange", "i", 0, 0, NOTIFY_ANY },
	{ "Initial exchange", "0", IKE_SA_INIT, 2, NOTIFY_PHASE1 },
	{ "Init exchange", "0", IKE_SA_INIT, 2, NOTIFY_PHASE1 },
	{ "Auth exchange", "a", IKE_AUTH, 2, NOTIFY_PHASE1 },
	{ "Child SA exchange", "c", IKE_CREATE_CHILD_SA, 2, NOTIFY_PHASE2 },
	{ "CREATE_CHILD_SA exchange", "c", IKE_CREATE_CHILD_SA, 2,
	    NOTIFY_PHASE2 },
};

/* clang-format off */
static const struct rule rows[] = {
	/* Main Mode completion [UDP (IPv4)]. */
	{ "1", "completion$?", IKE_ESTABLISHED, 0, 0, HEARD },
	{ "2", "completion$?", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	/* Auth exchange: Completed */
	{ "0", "Completed$?", IKE_PROGRESS, 0, 0, HEARD },
	{ "a", "Completed$?", IKE_ESTABLISHED, 0, 0, HEARD },
	{ "c", "Completed$?", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	{ "c", "Ended successfully$?", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	{ "a", "Ended successfully$?", IKE_ESTABLISHED, 0, 0, HEARD },
	/* The first exchange was answered: the peer is there. */
	{ "a", "Exchange failed: timeout reached$?", IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT },
	{ NULL, "No response from peer$?", IKE_FAILED, 0, IKE_R_NO_RESPONSE },
	{ NULL, "Exchange failed: timeout reached$?", IKE_FAILED, 0, IKE_R_NO_RESPONSE },
	{ NULL, "Failed to match proposal$detail", IKE_FAILED, 0, 0, HERE | HEARD },
	{ NULL, "Failed to find a matching proposal$detail", IKE_FAILED, 0, 0, HERE | HEARD },
	{ NULL, "Authentication failure$?", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE | HEARD },
	{ NULL, "Authentication failed$?", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE | HEARD },
	{ NULL, "Peer's authentication failed$?", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE | HEARD },
	/* Main Mode Failed: Packet 5 did not decrypt */
	{ "1", "Failed: Packet $n did not decrypt$?", IKE_FAILED, 0, IKE_R_PSK_MISMATCH, HERE | HEARD },
	{ NULL, "Invalid id $?", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE | HEARD },
	{ NULL, "Could not find certificate$?", IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING },
	{ "i", "Received Delete IKE-SA from Peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD | IKE_F_WHOLE, 0, 0, IKE_KIND_IKE },
	{ "i", "Received Delete IPSEC-SA from Peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0, IKE_KIND_CHILD },
	{ "i", "Received Delete of IKE SA$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD | IKE_F_WHOLE, 0, 0, IKE_KIND_IKE },
	{ "i", "Received Delete of CHILD SA$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0, IKE_KIND_CHILD },
	{ "i", "Sent Delete IKE-SA to Peer$?", IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 0, IKE_KIND_IKE },
	{ "i", "Sent Delete IPSEC-SA to Peer$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ NULL, "Peer's message is unacceptable$?", IKE_FAILED, 0, IKE_R_UNKNOWN, HERE | HEARD },
	{ 0 }
};

/* Sent Notification to Peer: payload malformed. The name says the cause. */
static const struct rule notify_rows[] = {
	{ NULL, "Received Notification from Peer: $detail", IKE_FAILED, 0, 0, IKE_F_REFUSED_BY_PEER | HEARD },
	{ NULL, "Sent Notification to Peer: $detail", IKE_FAILED, 0, 0, HERE | HEARD },
	{ NULL, "Sent Notification: $detail", IKE_FAILED, 0, 0, HERE | HEARD },
	{ NULL, "Sending Notification to Peer: $detail", IKE_FAILED, 0, 0, HERE | HEARD },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset notifies = RULESET(notify_rows);
static struct ruleset *const sets[] = { &ruleset, &notifies, NULL };

/* ---- fields: name:"value", name::"value", name=value -------------------- */

static bool
checkpoint_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

/* A quoted value; \" and \] stay as they are. */
static struct span
checkpoint_quoted(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.p[n] != '"')
		n += s.p[n] == '\\' && n + 1 < s.len ? 2 : 1;
	return (struct span){ s.p, n < s.len ? n : s.len };
}

/* A bare value ends at a separator, or before the next name= or name:=. */
static struct span
checkpoint_bare(struct span s)
{
	size_t n = 0, k;

	for (; n < s.len && s.p[n] != '|' && s.p[n] != '\t' && s.p[n] != ';';
	     n++) {
		if (s.p[n] != ' ')
			continue;
		for (k = n + 1; k < s.len && k < n + 40; k++)
			if (!checkpoint_name(s.p[k]))
				break;
		if (k > n + 1 && k + 1 < s.len && s.p[k] == ':')
			k++;
		if (k < s.len && k > n + 1 && s.p[k] == '=')
			break;
	}
	return span_trim((struct span){ s.p, n });
}

/* The name at the front of *s, its colons or "=" eaten with it. */
static bool
checkpoint_key(struct span *s, struct span *key)
{
	struct span t = *s;
	size_t n = 0;

	while (n < t.len && n < 40 && checkpoint_name(t.p[n]))
		n++;
	*key = (struct span){ t.p, n };
	t = span_from(t, n);
	if (n == 0 || (!scan_char(&t, ':') && !scan_char(&t, '=')))
		return false;
	scan_set(&t, ":=", NULL);
	*s = t;
	return true;
}

static bool
checkpoint_get(struct span text, const char *name, struct span *value)
{
	struct span key;

	while (text.len > 0) {
		if (!checkpoint_key(&text, &key)) {
			text = span_from(text, 1);
			continue;
		}
		if (scan_char(&text, '"')) {
			*value = checkpoint_quoted(text);
			text = span_from(text, value->len + 1);
		} else {
			*value = checkpoint_bare(text);
			text = span_from(text, value->len);
		}
		if (span_is_nocase(key, name) && value->len > 0)
			return true;
	}
	return false;
}

/* ---- the message -------------------------------------------------------- */

static const struct exchange *
checkpoint_exchange(struct span *text)
{
	for (size_t i = 0; i < COUNT(exchanges); i++) {
		if (!words_eat(text, exchanges[i].words))
			continue;
		scan_set(text, " :\t", NULL);
		return &exchanges[i];
	}
	return NULL;
}

/*
 * The cause in a notify's name. In main mode a message that does not decrypt
 * to payloads is the sign of another key, as its sender says by PAYLOAD
 * MALFORMED.
 */
static void
checkpoint_notify(const struct exchange *x, struct ike_event *ev)
{
	struct span name = ev->detail;
	size_t n = 0;

	while (n < name.len && name.p[n] != '.' && name.p[n] != '\\' &&
	    name.p[n] != '[')
		n++;
	name.len = n;
	if (!ike_notify_reason(name, x->phase, &ev->reason))
		ev->reason = cause_of(ev->detail, x->phase);
	if (ev->reason == IKE_R_MALFORMED_MESSAGE && x->stage == IKE_MAIN_MODE)
		ev->reason = IKE_R_PSK_MISMATCH;
	/* RFC 7296, 1.2: in IKE_AUTH it is the CHILD SA's. */
	if (ev->reason == IKE_R_IKE_PROPOSAL_MISMATCH && x->stage == IKE_AUTH)
		ev->reason = IKE_R_IPSEC_PROPOSAL_MISMATCH;
	if (ev->reason == IKE_R_TRAFFIC_SELECTOR_MISMATCH ||
	    ev->reason == IKE_R_IPSEC_PROPOSAL_MISMATCH)
		ev->kind = IKE_KIND_CHILD;
	if (ev->reason == IKE_R_UNKNOWN && x->stage == IKE_STAGE_NONE) {
		ev->what = IKE_INFO;
		ev->reason = IKE_REASON_NONE;
	}
}

/* Words that no row has, but that say that and why it failed. */
static bool
checkpoint_failure(
    const struct exchange *x, struct span text, struct ike_event *ev)
{
	static const char *const words[] = { "fail", "could not", "invalid",
		"unacceptable", "expired", "revoked", "not respond", "is dead",
		"no response", "mismatch", "malformed", "error" };

	for (size_t i = 0; i < COUNT(words); i++) {
		if (!words_in(text, words[i]))
			continue;
		ev->reason = cause_of(text, x == NULL ? NOTIFY_ANY : x->phase);
		if (ev->reason == IKE_R_UNKNOWN && x == NULL)
			break;
		ev->what =
		    ev->reason == IKE_R_PEER_DEAD ? IKE_PEER_DEAD : IKE_FAILED;
		ev->stage = x == NULL ? IKE_STAGE_NONE : x->stage;
		ev->ike_version = x == NULL ? 0 : x->version;
		return true;
	}
	ev->reason = IKE_REASON_NONE;
	return false;
}

static bool
checkpoint_message(struct span text, struct ike_event *ev)
{
	const struct exchange *x = checkpoint_exchange(&text);
	struct ike_event tried = *ev;

	if (x == NULL)
		return checkpoint_failure(NULL, text, ev);
	if (rules_match(&ruleset, span_of(x->id), text, &tried) != NULL) {
		if (tried.what == IKE_FAILED && tried.reason == IKE_REASON_NONE)
			tried.reason = x->phase == NOTIFY_PHASE2
			    ? IKE_R_IPSEC_PROPOSAL_MISMATCH
			    : IKE_R_IKE_PROPOSAL_MISMATCH;
	} else if (rules_match(&notifies, SPAN_NONE, text, &tried) != NULL)
		checkpoint_notify(x, &tried);
	else
		return checkpoint_failure(x, text, ev);
	if (tried.stage == IKE_STAGE_NONE)
		tried.stage = x->stage;
	if (tried.ike_version == 0)
		tried.ike_version = x->version;
	*ev = tried;
	return true;
}

static void
checkpoint_fields(struct span text, struct ike_event *ev)
{
	struct span value;

	if (checkpoint_get(text, "peer_gateway", &value) ||
	    checkpoint_get(text, "peer_ip", &value))
		mark_address(value, &ev->peer, NULL);
	ev->ispi.known = checkpoint_get(text, "cookiei", &value) &&
	    value.len <= 18 && span_u64(value, 16, &ev->ispi.value);
	ev->rspi.known = checkpoint_get(text, "cookier", &value) &&
	    value.len <= 18 && span_u64(value, 16, &ev->rspi.value);
	(void)checkpoint_get(text, "community", &ev->tunnel);
	(void)checkpoint_get(text, "msgid", &ev->key[IKE_KEY_MSGID]);
	if (ev->ike_version == 0 && checkpoint_get(text, "scheme", &value) &&
	    span_has_nocase(value, "IKEv2"))
		ev->ike_version = 2;
}

/* Of the VPN blade: it has an ike field, or the failure of one. */
static bool
checkpoint_words(struct span text, struct span *words)
{
	return checkpoint_get(text, "ike", words) ||
	    checkpoint_get(text, "encryption_failure", words);
}

static bool
checkpoint_text(const struct record *rec, struct span *text)
{
	struct span s, value;

	if (mark_find(rec, "action:\"", text) ||
	    mark_find(rec, "flags:\"", text))
		return checkpoint_get(*text, "origin", &value) ||
		    checkpoint_get(*text, "loguid", &value);
	if (mark_find(rec, "CEF:", text) || mark_find(rec, "LEEF:", text)) {
		s = *text;
		s.len = s.len < 48 ? s.len : 48;
		return span_has_nocase(s, "|Check Point|");
	}
	if (mark_find(rec, "time=", text))
		return span_has(*text, "product=VPN-1") &&
		    (span_has(*text, "loguid=") || span_has(*text, "|origin="));
	return false;
}

static bool
checkpoint_recognise(const struct record *rec)
{
	struct span text;

	return checkpoint_text(rec, &text);
}

static enum parse_result
checkpoint_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, words;

	if (!checkpoint_text(rec, &text) || !checkpoint_words(text, &words))
		return PARSE_NOT_IKE;
	if (!checkpoint_message(words, ev))
		return PARSE_UNKNOWN;
	checkpoint_fields(text, ev);
	ev->detail = words;
	return PARSE_EVENT;
}

const struct parser parser_checkpoint = {
	.name = "checkpoint",
	.recognise = checkpoint_recognise,
	.parse = checkpoint_parse,
	.rules = sets,
};
