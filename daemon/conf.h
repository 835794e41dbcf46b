/*
 * The configuration: one table of options (options.c) from which libconfuse's
 * tables, the checks and the tests of manual and sample come. A file is read
 * whole and checked whole before anything of it is used.
 */
#ifndef IKEWATCH_DAEMON_CONF_H
#define IKEWATCH_DAEMON_CONF_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "alerting/alert.h"
#include "daemon/pipeline.h"
#include "daemon/source.h"

enum conf_transport { CONF_UDP, CONF_TCP, CONF_TLS, CONF_TRANSPORTS };
const char *conf_transport_name(enum conf_transport);

enum conf_client_cert { CONF_CERT_NONE, CONF_CERT_OPTIONAL, CONF_CERT_REQUIRE };
enum conf_keep { CONF_KEEP_IKE, CONF_KEEP_ALL, CONF_KEEP_NONE };

/* A list of networks, read from a list of strings. */
struct conf_nets {
	struct source_net *net;
	size_t n;
};

/* udp, tcp and tls sections. */
struct conf_listener {
	const char *title; /* the address as written */
	enum conf_transport transport;
	struct sockaddr_storage addr;
	socklen_t addrlen;
	int64_t receive_buffer; /* bytes asked for; 0: the system's */
	struct alert_list allow, proxy;
	struct conf_nets allow_nets, proxy_nets;
	/* tls */
	const char *cert_file, *key_file, *client_ca_file, *client_crl_file;
	int client_cert; /* enum conf_client_cert */
	struct alert_list fingerprint;
};

/* device sections; what alerts want of them stands in conf->alert_device. */
struct conf_device {
	const char *name;
	struct alert_list address, hostname;
	struct conf_nets nets;
	const char *vendor, *timezone;
	struct alert_list certificate; /* SHA-256 fingerprints */
	int64_t silent_after;
};

struct conf_tunnel {
	const char *name, *device, *peer;
	int mode, severity;
};

struct conf_relay {
	const char *address;
};

struct conf_limits {
	int connections, connections_per_address;
	int64_t partial_bytes;		/* of unfinished frames, all together */
	int64_t idle, frame, handshake; /* times */
	int negotiations, negotiations_per_peer;
};

struct conf_store {
	const char *path;
	int keep; /* enum conf_keep */
	int64_t retain_messages, retain_events, retain_negotiations, max_size;
	int64_t queue_bytes;
};

struct conf_track {
	int64_t stall_after, rekey_grace, duplicates;
	struct alert_list stall_stage; /* "ike_auth=30s" */
	bool stream_only;
};

struct conf_global {
	const char *user, *group;
	int log_level; /* enum log_level */
};

struct conf {
	struct conf_global global;
	struct conf_listener *listener;
	size_t nlisteners;
	struct conf_relay *relay;
	size_t nrelays;
	struct source_net *relay_net;
	struct conf_device *device;
	size_t ndevices;
	struct conf_tunnel *tunnel;
	size_t ntunnels;
	struct conf_store store;
	struct conf_track track;
	struct conf_limits limits;
	struct {
		const char *address; /* NULL: no HTTP */
		struct sockaddr_storage addr;
		socklen_t addrlen;
	} http;
	struct alert_conf alerts; /* with its arrays below */
	struct alert_route *route;
	struct alert_grade *grade;
	struct alert_maintenance *maintenance;
	struct alert_device *alert_device;
	struct alert_tunnel *alert_tunnel;
	struct destination_conf *destination;
	struct source_device_conf *source_device;
	struct pipeline_conf pipeline; /* made of all of the above */
	struct conf_memory *memory;
};

/*
 * Reads and checks a file. NULL on failure: err then says file, line, option
 * and what to do, *code is of sysexits.h (EX_CONFIG, EX_NOINPUT, EX_OSERR).
 */
struct conf *conf_read(const char *path, char *err, size_t errsize, int *code);
void conf_free(struct conf *);

/* What the tests of manual and sample walk through: section ("" for global
 * ones), name, default and help of option i; false past the end. */
struct conf_row {
	const char *section, *name, *standard, *help;
};
bool conf_option(size_t i, struct conf_row *);

/* "[::]:514", "192.0.2.1:514", ":514". */
bool conf_address(const char *, struct sockaddr_storage *, socklen_t *);
/* "10", "250ms", "60s", "5m", "2h", "14d" in microseconds; seconds without a
 * unit. */
bool conf_duration(const char *, int64_t *);
/* "4096", "16MiB", "4GiB" (KiB, MiB, GiB, and k, M, G as they). */
bool conf_size(const char *, int64_t *);

#endif
