/*
 * What a human is told: one edge of one incident, with everything any
 * destination may say about it. Its JSON is the "data" of the generic
 * webhook and what the outbox keeps; it can be read back.
 */
#ifndef IKEWATCH_ALERTING_NOTICE_H
#define IKEWATCH_ALERTING_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerting/alert.h"
#include "parsers/ike.h"
#include "parsers/span.h"

struct json_t;

enum {
	NOTICE_EVIDENCE_MAX = 5,
	NOTICE_LINE_SIZE = 800,
	NOTICE_MEMBERS_MAX = 15,
	NOTICE_MEMBER_SIZE = 160,
	NOTICE_ID_SIZE = 40,
	NOTICE_TITLE_SIZE = 640, /* 140 characters fit */
	NOTICE_WORDS_SIZE = 240,
};

struct notice_line {
	int64_t received_at;
	char line[NOTICE_LINE_SIZE];
};

/* Texts are clean (prose_clean); times in microseconds, 0 where unknown. */
struct alert_notice {
	enum alert_edge edge;
	enum alert_kind kind;
	enum alert_severity severity;
	enum alert_state state; /* of the incident, after the edge */
	enum ike_tunnel_state before, after;
	char incident[NOTICE_ID_SIZE];	 /* stable over restarts */
	char webhook_id[NOTICE_ID_SIZE]; /* of this edge */
	int64_t alert;			 /* row */
	int64_t negotiation, tunnel_id;	 /* rows, 0: none */
	int64_t at;			 /* when the edge was decided */
	int64_t decided_at; /* arrival of the record that decided it */
	char device[IKE_NAME_SIZE], vendor[IKE_NAME_SIZE];
	char via[IKE_ADDR_SIZE], peer[IKE_ADDR_SIZE], local[IKE_ADDR_SIZE];
	char tunnel[IKE_NAME_SIZE];
	char other[IKE_NAME_SIZE]; /* the peer's name, where it logs here */
	int ike_version;
	enum ike_role role;
	enum ike_stage stage;
	enum ike_kind part; /* the IKE SA or a CHILD SA */
	bool rekey;
	struct ike_spi ispi, rspi;
	uint32_t child_spi;
	enum ike_reason reason;
	enum ike_reason was; /* told before, for updates */
	ike_reasons suspects;
	int refused_by; /* enum ike_refused */
	char detail[IKE_DETAIL_SIZE], differs[IKE_DIFFERS_SIZE];
	unsigned attempts;
	unsigned changes; /* flapping: transitions in the window */
	int64_t first_seen, last_progress, last_established;
	int64_t duration; /* of the outage so far, or in all */
	unsigned members; /* group: how many, and how many still are */
	unsigned members_open;
	char words[NOTICE_WORDS_SIZE]; /* self, test, group: what it is about */
	size_t nevidence;
	struct notice_line evidence[NOTICE_EVIDENCE_MAX];
	size_t nlist; /* group, summary: the first members */
	char list[NOTICE_MEMBERS_MAX][NOTICE_MEMBER_SIZE];
};

/*
 * The verdict in one line of at most 140 characters:
 * "DOWN hq -> paris (203.0.113.9): pre-shared keys differ, 3 tries in 4 min".
 */
const char *notice_title(
    const struct alert_notice *, char to[NOTICE_TITLE_SIZE]);
/* The same and what to do first, where that fits in one line of 146
 * characters: for what a person sees before anything else. */
const char *notice_headline(
    const struct alert_notice *, char to[NOTICE_TITLE_SIZE]);
/* "hq -> paris (203.0.113.9)" */
const char *notice_subject(
    const struct alert_notice *, char to[NOTICE_TITLE_SIZE]);
/* What to check; "" where there is nothing. */
const char *notice_hint(const struct alert_notice *);
/* The whole as plain text, one fact a line; title first. */
void notice_text(const struct alert_notice *, char *to, size_t size);

/* Rows "name, value" for services that show facts as fields. */
struct notice_fact {
	const char *name;
	char value[IKE_DETAIL_SIZE];
};
enum { NOTICE_FACTS_MAX = 12 };
size_t notice_facts(
    const struct alert_notice *, struct notice_fact[NOTICE_FACTS_MAX]);

/* NULL without memory. */
struct json_t *notice_json(const struct alert_notice *);
/* 0, or -1 where the object is not one of notice_json(). */
int notice_read(struct alert_notice *, const struct json_t *)
    __attribute__((warn_unused_result));
/* The same as text; free() it. */
char *notice_dump(const struct alert_notice *);
/* Only what notice_load() needs to make the same notice. */
char *notice_brief(const struct alert_notice *);
int notice_load(struct alert_notice *, const char *)
    __attribute__((warn_unused_result));

#endif
