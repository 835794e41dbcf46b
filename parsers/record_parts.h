/*
 * What the files of the record parser share: record.c (PRI, RFC 5424 and the
 * way through), record_sd.c (structured data), record_words.c (hosts and
 * tags), record_device.c (headers of devices), record_text.c (what stands
 * between a header and the message). For these files only.
 */
#ifndef IKEWATCH_PARSERS_RECORD_PARTS_H
#define IKEWATCH_PARSERS_RECORD_PARTS_H

#include "parsers/record.h"
#include "parsers/stamp.h"

/* How a header ended, which says what may follow it. */
enum record_end {
	RECORD_END_BLANK, /* host and tag may follow */
	RECORD_END_COLON, /* a device's header: mostly text follows */
	RECORD_END_LONE,  /* " : ", an empty tag: text follows */
};

/* What was found in front of the text. */
struct record_head {
	struct stamp stamp;
	bool timed;    /* stamp holds a time */
	bool found;    /* a stamp, an uptime, or a number before a mnemonic */
	bool numbered; /* sequence numbers, as only devices send them */
	struct span host;
	enum record_end end;
};

static inline bool
record_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
record_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
record_is_alnum(char c)
{
	return record_is_alpha(c) || record_is_digit(c);
}

static inline bool
record_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool
record_ends(struct span s)
{
	return s.len == 0 || record_is_blank(s.p[0]);
}

/* ---- record_sd.c ---- */

/* The elements at the front of s, if all of them are whole. */
bool record_sd_scan(struct span *s, struct span *out);

/* ---- record_words.c ---- */

/* "%SYS-5-CONFIG_I", "%%01IKE/4/WARNING": what Cisco and its kin begin with. */
bool record_is_mnemonic(struct span);
/* A mnemonic or a debugging word: what stands behind a device's header. */
bool record_is_cisco(struct span);
bool record_all_digits(struct span);
/*
 * "tag: ", "tag[pid]: ", "tag[123] ", and, unless strict, "tag:text". The
 * blank after it is eaten too.
 */
bool record_tag(
    struct span *s, bool strict, struct span *app, struct span *procid);
/* An address of version 6, or a MAC address. */
bool record_is_colon_address(struct span word);
/* A word that can stand for a host. */
bool record_is_host(struct span word);
/* "192.0.2.1:" is an address with a colon, not a tag. */
bool record_host_colon(struct span *s, struct span *host);
/* " : " between host and text, an empty tag; the blank before it is gone. */
bool record_lone_colon(struct span *s);

/* ---- record_device.c ---- */

/* "000123: ", a sequence number. */
bool record_number(struct span *s);
/* All that a device writes before its mnemonic; h says what it was. */
bool record_device(struct span *s, struct record_head *h);

/* ---- record_text.c ---- */

/* Host and tag behind a header with a time or a number. */
void record_text(struct span *s, struct record *rec, struct record_head *h);
/* PRI and no stamp: a tag may follow, a host does not. */
void record_bare_text(struct span *s, struct record *rec);

#endif
