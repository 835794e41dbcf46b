/*
 * Who is told what, and when it is over: incidents out of the changes of
 * negotiations, tunnels and devices. Every edge of an incident is saved
 * together with the deliveries it causes. Knows no socket and no clock.
 *
 * The options behind the structs of this file (durations are kept in
 * microseconds; lists of NULL or length 0 mean "any"):
 *
 * alerts { ... }                                            struct alert_conf
 *  strangers         str   "ignore"  alert|ignore   failures of unknown peers
 *                    that only knock (see alert_stranger() in alert_attempt.c)
 *  hold-down         dur   "0s"  0..1h    a failed or stalled negotiation must
 *                    last this long before anyone is told
 *  tunnel-hold-down  dur   "0s"  0..1h    the same for a tunnel that went down
 *  hold-up           dur   "0s"  0..1h    recovery must last this long
 *  reminder          dur   "4h"  0..30d   0: none
 *  reminder-critical dur   "1h"  0..30d   doubles each time
 *  flap-changes      int   4     0..32    0: no flapping alerts
 *  flap-window       dur   "30m" 1m..1d   also the quiet time that ends it
 *  group-threshold   int   20    0..100000 tunnels of one device, peer or peer
 *                    network in group-window that make one alert; 0: never
 *  group-window      dur   "60s" 1s..1h
 *  group-interval    dur   "5m"  10s..1d  between updates of a group alert
 *  storm-threshold   int   25    0..100000 new alerts of any kind in
 *                    group-window after which the rest is one alert; 0: never
 *  silent-after      dur   "0s"  0..30d   a device that logged nothing for so
 *                    long is an alert; 0: only where the device section says
 *  rekey-overdue     float 3     0..100   a tunnel that is up and did not come
 *                    again for so many times its usual rekey; 0: no alerts
 *  expect-after      dur   "10m" 1m..1d   an "always" tunnel not up this long
 *                    after the start is an alert
 *
 * device "NAME" { silent-after = "15m" }                   struct alert_device
 * tunnel "NAME" { device peer mode severity }              struct alert_tunnel
 *  mode      str  "auto"  always|on-demand|auto
 *  severity  str  ""      info|warning|critical
 *
 * route { ... }  in order, the first match wins             struct alert_route
 *  device tunnel peer kind reason category severity   string lists; device,
 *            tunnel and peer take * and ?; peer takes networks (10.0.0.0/8)
 *  at        list of time windows: "mon-fri 08:00-18:00", "22:00-06:00", "sun"
 *  to        list of destination names; must exist; empty: nobody is told
 *  continue  bool false   look at the routes after this one too
 *  With no route at all, or none that matches, every destination is told
 *  that has default = true.
 * severity "critical" { device tunnel peer kind reason category }
 *            in order, the first match gives the severity struct alert_grade
 * maintenance "NAME" { device tunnel peer kind reason category at comment }
 *            nobody is told while a window is open    struct alert_maintenance
 *
 * destination "NAME" { ... }                          struct destination_conf
 *  type          str  webhook|slack|teams|discord|pagerduty|alertmanager|
 *                     ntfy|email; no default
 *  url           str list; one, but for alertmanager: every member
 *  url-file      str  a file that holds the url (first line)
 *  secret-file   str list, at most 2: webhook: whsec_ signing secrets, both
 *                     used while rotating; pagerduty: the routing key; email:
 *                     the password; ntfy, alertmanager: a bearer token
 *  ca-file client-cert client-key   str
 *  proxy         str  ""       no proxy, whatever the environment says
 *  no-proxy      str  ""
 *  insecure      bool false    do not verify the server's certificate
 *  deny-private  bool false    refuse private, loopback, link-local targets
 *  timeout       dur  "20s"    1s..60s
 *  connect-timeout dur "5s"    1s..30s
 *  rate          float 0       messages a second; 0: as the type (0..1000)
 *  burst         int  0        0: as the type (0..10000)
 *  max-age       dur  "1h"     1m..7d  a resolved incident older than this is
 *                     only counted in a summary once a destination is back
 *  give-up       dur  "3d"     1m..30d
 *  retry         choice steady  steady|standard: see retry.h
 *  send-resolved bool true
 *  min-severity  str  "info"
 *  default       bool true     told where no route matches
 *  format        str  "standard"  webhook: standard|cloudevents
 *  template      str  ""       webhook: the "text" member; names in braces:
 *                     {title} {device} {peer} {tunnel} {reason} {severity}
 *                     {edge} {kind} {hint} {differs} {attempts} {duration}
 *  topic         str  ""       ntfy
 *  from          str  ""       email
 *  mail-to       str list      email
 *  user          str  ""       email
 *  starttls      bool true     email over smtp://: refuse to go without TLS
 */
#ifndef IKEWATCH_ALERTING_ALERT_H
#define IKEWATCH_ALERTING_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/ike.h"

#define ALERT_KINDS(X)                                                   \
	X(NEGOTIATION_FAILED, "negotiation_failed", WARNING,             \
	    "ike.negotiation.failed")                                    \
	X(NEGOTIATION_STALLED, "negotiation_stalled", WARNING,           \
	    "ike.negotiation.stalled")                                   \
	X(TUNNEL_DOWN, "tunnel_down", CRITICAL, "ike.tunnel.down")       \
	X(FLAPPING, "flapping", WARNING, "ike.tunnel.flapping")          \
	X(DEVICE_SILENT, "device_silent", CRITICAL, "ike.device.silent") \
	X(GROUP, "group", CRITICAL, "ike.group")                         \
	X(SELF, "self", WARNING, "ike.self")

enum alert_kind {
#define X(id, name, severity, type) ALERT_##id,
	ALERT_KINDS(X)
#undef X
	    ALERT_KIND_COUNT
};

enum alert_severity {
	ALERT_SEVERITY_NONE,
	ALERT_INFO,
	ALERT_WARNING,
	ALERT_CRITICAL,
	ALERT_SEVERITY_COUNT
};

enum alert_state { ALERT_OK, ALERT_PENDING, ALERT_FIRING, ALERT_RESOLVED };

#define ALERT_EDGES(X)          \
	X(FIRES, "firing")      \
	X(UPDATE, "update")     \
	X(REMINDER, "reminder") \
	X(RESOLVES, "resolved") \
	X(FLAPS, "flapping")    \
	X(TEST, "test")         \
	X(SUMMARY, "summary")   \
	X(PENDING, "pending")   \
	X(CLEARED, "cleared")

enum alert_edge {
#define X(id, name) ALERT_EDGE_##id,
	ALERT_EDGES(X)
#undef X
	    ALERT_EDGE_COUNT
};

const char *alert_kind_name(enum alert_kind);
const char *alert_kind_type(enum alert_kind); /* "ike.negotiation.failed" */
const char *alert_severity_name(enum alert_severity);
const char *alert_state_name(enum alert_state);
const char *alert_edge_name(enum alert_edge);
/* The word with that name; -1 where there is none. */
int alert_kind_named(const char *);
int alert_severity_named(const char *);
int alert_edge_named(const char *);

/*
 * Configuration: plain data with borrowed strings, as the file has them.
 * It must live until the next alerts_configure() or alerts_free().
 */
struct alert_list {
	const char *const *item;
	size_t n;
};

struct alert_match {
	struct alert_list device, tunnel, peer;		    /* patterns */
	struct alert_list kind, reason, category, severity; /* names */
	struct alert_list at;				    /* time windows */
};

struct alert_route {
	struct alert_match match;
	struct alert_list to;
	bool go_on; /* "continue" */
};

struct alert_grade {
	struct alert_match match;
	enum alert_severity severity;
};

struct alert_maintenance {
	const char *name, *comment;
	struct alert_match match; /* at must not be empty */
};

struct alert_device {
	const char *name;
	int64_t silent_after; /* 0: never, -1: as alert_conf says */
};

enum alert_mode { ALERT_MODE_AUTO, ALERT_MODE_ALWAYS, ALERT_MODE_ON_DEMAND };

struct alert_tunnel {
	const char *name, *device, *peer; /* device may be NULL: any */
	enum alert_mode mode;
	enum alert_severity severity; /* NONE: by the rules */
};

struct destination_conf {
	const char *name, *type;
	struct alert_list url;
	const char *url_file;
	struct alert_list secret_file;
	const char *ca_file, *client_cert, *client_key;
	const char *proxy, *no_proxy;
	bool insecure, deny_private;
	int64_t timeout, connect_timeout;
	double rate;
	int burst;
	int64_t max_age, give_up;
	int retry; /* enum retry_schedule */
	bool send_resolved, is_default;
	enum alert_severity min_severity;
	const char *format, *template;
	const char *topic, *from, *user;
	struct alert_list mail_to;
	bool starttls;
};

struct alert_conf {
	int strangers; /* 1: tell of strangers too */
	int64_t hold_down, tunnel_hold_down, hold_up;
	int64_t reminder, reminder_critical;
	int flap_changes;
	int64_t flap_window;
	int group_threshold;
	int64_t group_window, group_interval;
	int storm_threshold;
	int64_t silent_after, expect_after;
	double rekey_overdue;
	size_t max_incidents; /* in memory, 0: 50000; not an option */
	const struct alert_route *route;
	size_t nroutes;
	const struct alert_grade *grade;
	size_t ngrades;
	const struct alert_maintenance *maintenance;
	size_t nmaintenances;
	const struct alert_device *device;
	size_t ndevices;
	const struct alert_tunnel *tunnel;
	size_t ntunnels;
	const struct destination_conf *destination;
	size_t ndestinations;
};
void alert_conf_defaults(struct alert_conf *);
void destination_conf_defaults(struct destination_conf *);
/* Which section is wrong: the nth of that name. */
struct alert_place {
	const char *section;
	size_t n;
};
/*
 * Everything the option types cannot tell: names that do not exist, windows
 * that cannot be read, secrets that everybody can. 0, or -1 with a sentence
 * in err that names the option and what to do, and the section in place
 * (which may be NULL).
 */
int alert_conf_check(const struct alert_conf *, struct alert_place *, char *err,
    size_t errsize) __attribute__((warn_unused_result));

/*
 * The engine. Its calls only take note; alerts_tick() decides and tells.
 */
struct alerts;
struct alert_notice;

struct alert_sink {
	void *arg;
	/*
	 * One edge: the incident's row and a delivery for each destination,
	 * to be saved in one transaction. n is 0 for edges nobody is told of
	 * (hold-down, silenced, member of a group). Must not call back.
	 */
	void (*edge)(void *arg, const struct alert_notice *,
	    const struct destination_conf *const *to, size_t n);
};

/* NULL without memory. Copies the sink, borrows conf. */
struct alerts *alerts_new(
    const struct alert_conf *, const struct alert_sink *, int64_t now);
void alerts_free(struct alerts *);
/* After a reload. Open incidents stay, and their clocks. */
void alerts_configure(struct alerts *, const struct alert_conf *, int64_t now);

/* State read back after a restart: the last notice of an incident that is
 * pending or firing and who was told of it, one bit for each destination by
 * its place; and the first row id to give out. */
int alerts_restore(struct alerts *, const struct alert_notice *, uint64_t told)
    __attribute__((warn_unused_result));
/* Before the last one: a tunnel came up at its last_established. */
void alerts_learn(struct alerts *, const struct ike_tunnel *);
void alerts_restored(struct alerts *, int64_t now); /* after the last one */
void alerts_first_id(struct alerts *, int64_t id);

/* What the tracker's sink is told; decided: its outcome changed with this.
 * Cheap when nothing failed or came up. */
void alerts_negotiation(
    struct alerts *, const struct ike_negotiation *, bool decided, int64_t now);
void alerts_tunnel(struct alerts *, const struct ike_tunnel *,
    enum ike_tunnel_state from, int64_t now);
void alerts_joined(struct alerts *, int64_t gone, int64_t into);
/* A record of a negotiation (0: of none), for evidence; after the tracker. */
void alerts_record(struct alerts *, int64_t negotiation, int64_t received_at,
    struct span line);
/* A device was heard. address is who sent it; vendor may be NULL. */
void alerts_device(struct alerts *, const char *name, const char *address,
    const char *vendor, int64_t now);
/* A trouble of our own begins (words say what), or ends (words NULL). The
 * key names it: "disk", "outbox", "drops". */
void alerts_self(struct alerts *, const char *key, enum alert_severity,
    const char *words, int64_t now);

/* What the system's clock is ahead of now, in microseconds: for the times in
 * notices and for windows and silences, which go by that clock. */
void alerts_stamp(struct alerts *, int64_t ahead);

/* Decides what is due. Call when alerts_due() is not after now, which is
 * often right after one of the calls above. */
void alerts_tick(struct alerts *, int64_t now);
int64_t alerts_due(const struct alerts *); /* INT64_MAX: nothing */

/* Rows of the table silence. Empty strings match anything. */
struct alert_silence {
	int64_t id, starts_at, ends_at;
	char device[IKE_NAME_SIZE], tunnel[IKE_NAME_SIZE];
	char peer[IKE_ADDR_SIZE], reason[48];
};
/* All of them, each time they changed; copied. */
void alerts_silences(struct alerts *, const struct alert_silence *, size_t n);

/* A test alert to one destination; -1 where there is none of that name. */
int alerts_test(struct alerts *, const char *destination, int64_t now)
    __attribute__((warn_unused_result));

struct alert_counts {
	size_t incidents, firing, pending, muted;
	uint64_t edges[ALERT_EDGE_COUNT];
	uint64_t strangers; /* failures not told */
	uint64_t refused;   /* incidents too many */
};
void alerts_count(const struct alerts *, struct alert_counts *);

#endif
