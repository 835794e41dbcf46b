/*
 * Clavister cOS Core, and D-Link's DFL, which is the same system.
 *
 *	[2026-11-21 10:00:00] EFW: IPSEC: prio=1 id=01800906 rev=1
 *	    event=ike_sa_deleted local_ip=203.0.113.1 remote_ip=198.51.100.7 ..
 *	id=1802022 event=ike_sa_failed action=no_ike_sa [message=IKE SA
 *	    negotiation failed: "Timed out" "", .. statusmsg="Timed out" .. ]
 *
 * event= is the row's id and says what happened; statusmsg and reason, the
 * device's own words, say why. What stands inside [message= ..] is prose that
 * repeats the pairs and is not read.
 */
#include "parsers/cause.h"
#include "parsers/kv.h"
#include "parsers/mark.h"
#include "parsers/parser.h"

#define HEARD IKE_F_HEARD

/* clang-format off */
static const struct rule rows[] = {
	{ "ike_sa_created", "$?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD },
	{ "ike_sa_negotiation_completed", "$?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD },
	{ "ike_sa_rekeyed", "$?", IKE_REKEYED, IKE_PHASE1, 0, HEARD, 0, 0, IKE_KIND_IKE },
	{ "ike_sa_deleted", "$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_IKE },
	{ "ike_sa_destroyed", "$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_IKE },
	{ "ike_sa_failed", "$?", IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 0, IKE_KIND_IKE },
	{ "ike_sa_negotiation_failed", "$?", IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 0, IKE_KIND_IKE },
	{ "ike_sa_statistics", "$?", IKE_INFO },
	{ "ipsec_sa_created", "$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ "ipsec_sa_negotiation_completed", "$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ "ipsec_sa_rekeyed", "$?", IKE_REKEYED, IKE_PHASE2, 0, HEARD, 0, 0, IKE_KIND_CHILD },
	{ "ipsec_sa_deleted", "$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ "ipsec_sa_destroyed", "$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ "ipsec_sa_failed", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN },
	{ "ipsec_sa_negotiation_failed", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN },
	{ "ipsec_sa_statistics", "$?", IKE_INFO },
	{ "ike_invalid_proposal", "$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE },
	{ "ike_invalid_payload", "$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE },
	{ "ike_retry_limit_reached", "$?", IKE_FAILED, 0, IKE_R_NO_RESPONSE },
	{ "ike_sa_completed", "$?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD },
	{ "ike_quickmode_failed", "$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
	{ "ike_delete_notification", "$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD },
	{ "ike_phase1_notification", "$?", IKE_INFO },
	{ "ike_quickmode_notification", "$?", IKE_INFO },
	{ "peer_is_dead", "$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ "max_phase1_sa_reached", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED },
	{ "max_phase1_negotiations_reached", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED },
	{ "max_active_quickmode_negotiation_reached", "$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_LIMIT_REACHED, 0, 0, 1 },
	{ "max_ipsec_sa_negotiations_reached", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_LIMIT_REACHED },
	{ "could_not_decode_certificate", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID },
	{ "xauth_exchange_done", "$?", IKE_INFO },
	{ "config_mode_exchange_event", "$?", IKE_INFO },
	{ "cfgmode_exchange_event", "$?", IKE_INFO },
	{ "cfgmode_ip_freed", "$?", IKE_INFO },
	{ "commit_succeeded", "$?", IKE_INFO },
	{ "reconfig_ipsec", "$?", IKE_INFO },
	{ "ipsec_successfully_started", "$?", IKE_INFO },
	/* Of packets inside a tunnel, or of none that is known. */
	{ "sa_lookup_failure", "$?", IKE_INFO, 0, 0, IKE_F_STRAY },
	{ "icv_failure", "$?", IKE_INFO, 0, 0, IKE_F_STRAY },
	{ "sequence_number_failure", "$?", IKE_INFO, 0, 0, IKE_F_STRAY },
	{ "monitored_host_reachable", "$?", IKE_INFO },
	{ "monitored_host_unreachable", "$?", IKE_INFO },
	{ "dns_resolve_failed", "$?", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR },
	{ "no_remote_gateway", "$?", IKE_CONFIG_PROBLEM, 0, IKE_R_PEER_NOT_CONFIGURED },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset *const sets[] = { &ruleset, NULL };

/* Like kv_get, but not what "[message=" quotes in prose. */
static bool
clavister_get(struct span text, const char *key, struct span *value)
{
	return kv_get(text, key, value) && value->len > 0;
}

static bool
clavister_hex(struct span text, const char *key, uint64_t *out)
{
	struct span value;

	return clavister_get(text, key, &value) && span_u64(value, 16, out);
}

static void
clavister_address(struct span text, const char *key, struct span *addr)
{
	struct span value, word;

	/* remote_peer="198.51.100.7:500 ID (null)" */
	if (clavister_get(text, key, &value) && scan_word(&value, &word))
		mark_address(word, addr, NULL);
}

/* The SPIs are told as local and remote, or as the two roles'. */
static void
clavister_spis(struct span text, struct ike_event *ev)
{
	bool responder = ev->role == IKE_RESPONDER;

	ev->ispi.known = clavister_hex(text, "spi_i", &ev->ispi.value) ||
	    clavister_hex(text, "ike_spi_i", &ev->ispi.value) ||
	    clavister_hex(text, responder ? "remote_ike_spi" : "local_ike_spi",
		&ev->ispi.value);
	ev->rspi.known = clavister_hex(text, "spi_r", &ev->rspi.value) ||
	    clavister_hex(text, "ike_spi_r", &ev->rspi.value) ||
	    clavister_hex(text, responder ? "local_ike_spi" : "remote_ike_spi",
		&ev->rspi.value);
}

static void
clavister_fields(struct span text, struct ike_event *ev)
{
	struct span value;
	uint64_t spi;

	if (clavister_get(text, "initiator", &value))
		ev->role = span_is_nocase(value, "TRUE") ? IKE_INITIATOR
							 : IKE_RESPONDER;
	clavister_address(text, "local_peer", &ev->local);
	clavister_address(text, "remote_peer", &ev->peer);
	clavister_address(text, "local_ip", &ev->local);
	clavister_address(text, "remote_ip", &ev->peer);
	clavister_spis(text, ev);
	(void)clavister_get(text, "ipsec_if", &ev->tunnel);
	if (clavister_hex(text, "esp_spi_in", &spi) && spi <= UINT32_MAX)
		ev->spi_in = (uint32_t)spi;
	if (clavister_hex(text, "esp_spi_out", &spi) && spi <= UINT32_MAX)
		ev->spi_out = (uint32_t)spi;
}

/* statusmsg="No proposal chosen", or reason= where that says nothing. */
static void
clavister_cause(struct span text, struct ike_event *ev)
{
	enum notify_phase phase = ev->kind == IKE_KIND_CHILD ||
		ike_stage_kind(ev->stage) == IKE_KIND_CHILD
	    ? NOTIFY_PHASE2
	    : NOTIFY_PHASE1;
	static const char *const keys[] = { "statusmsg", "reason" };
	struct span words;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (ev->reason != IKE_R_UNKNOWN ||
		    !clavister_get(text, keys[i], &words))
			continue;
		ev->reason = cause_of(words, phase);
		ev->detail = words;
	}
}

/* "id=01800906 .. event=": the ids of the IPsec log begin with 180. */
static bool
clavister_text(const struct record *rec, struct span *text, struct span *event)
{
	struct span id;

	if (!mark_find(rec, "IPSEC: prio=", text) &&
	    !mark_find(rec, "prio=", text) && !mark_find(rec, "id=", text))
		return false;
	if (!kv_get(*text, "id", &id) || !kv_get(*text, "event", event))
		return false;
	scan_char(&id, '0');
	return span_starts(id, "180") && id.len == 7;
}

static bool
clavister_recognise(const struct record *rec)
{
	struct span text, event;

	return clavister_text(rec, &text, &event);
}

static enum parse_result
clavister_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, event, pairs;
	const char *prose;

	if (!clavister_text(rec, &text, &event))
		return PARSE_NOT_IKE;
	if (rules_match(&ruleset, event, SPAN_LIT("-"), ev) == NULL)
		return PARSE_UNKNOWN;
	pairs = text;
	if ((prose = span_find(text, "[message=")) != NULL)
		pairs = span_from(text, (size_t)(prose - text.p) + 9);
	clavister_fields(pairs, ev);
	if (ev->what == IKE_FAILED)
		clavister_cause(pairs, ev);
	return PARSE_EVENT;
}

const struct parser parser_clavister = {
	.name = "clavister",
	.recognise = clavister_recognise,
	.parse = clavister_parse,
	.rules = sets,
};
