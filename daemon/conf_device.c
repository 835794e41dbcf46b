/*
 * The sections that say who is out there: relay, device, tunnel. The one rule:
 * no two devices claim one name or one address.
 */
#include <string.h>

#include "daemon/conf_parts.h"
#include "daemon/zonefile.h"

void
conf_relays(struct conf *c)
{
	struct conf_memory *m = c->memory;
	cfg_t *section;
	size_t i;

	c->nrelays = cfg_size(m->cfg, "relay");
	c->relay_net = conf_alloc(m, c->nrelays, sizeof(*c->relay_net));
	for (i = 0; c->relay_net != NULL && i < c->nrelays; i++) {
		section = cfg_getnsec(m->cfg, "relay", (unsigned)i);
		if (!source_net_parse(cfg_title(section), &c->relay_net[i]))
			conf_complain(m, section, NULL,
			    "\"%s\" is no address or network; write "
			    "192.0.2.1 or 192.0.2.0/24",
			    cfg_title(section));
	}
}

/* NULL for UTC, which needs no table. */
static const struct zone *
conf_zone(struct conf_memory *m, cfg_t *section, const char *name)
{
	struct zone *zone;
	size_t i;

	if (strcmp(name, "UTC") == 0)
		return NULL;
	for (i = 0; i < m->nzones; i++)
		if (strcmp(m->zone[i]->name, name) == 0)
			return m->zone[i];
	zone = zonefile_load(name);
	if (zone == NULL) {
		conf_complain(m, section, "timezone",
		    "\"%s\" is no zone of the system's tables; write a name "
		    "as \"Europe/Paris\" (Debian has them in tzdata)",
		    name);
		return NULL;
	}
	m->zone[m->nzones++] = zone;
	return zone;
}

static void
conf_device_check(struct conf *c, cfg_t *section, struct conf_device *d,
    struct source_device_conf *s)
{
	struct conf_memory *m = c->memory;

	d->name = cfg_title(section);
	if (d->name[0] == '\0' || strlen(d->name) >= IKE_NAME_SIZE)
		conf_complain(m, section, NULL,
		    "a device needs a name of 1 to %d letters",
		    IKE_NAME_SIZE - 1);
	conf_nets(m, section, "address", &d->address, &d->nets);
	conf_fingerprints(m, section, "certificate", &d->certificate);
	*s = (struct source_device_conf){ .name = d->name,
		.address = d->nets.net,
		.naddress = d->nets.n,
		.hostname = d->hostname.item,
		.nhostname = d->hostname.n };
	s->zone = conf_zone(m, section, d->timezone);
	if (d->vendor == NULL)
		return;
	s->vendor = parser_named(d->vendor);
	if (s->vendor == NULL)
		conf_complain(m, section, "vendor",
		    "\"%s\" is no vendor known here; leave it out to have it "
		    "seen from the text, or see ikewatchd.conf(5) for the "
		    "names",
		    d->vendor);
}

/* Two sections of one title, or with one address, contradict each other. */
static void
conf_devices_twice(struct conf *c, size_t i)
{
	struct conf_device *d = &c->device[i], *e;
	cfg_t *section = cfg_getnsec(c->memory->cfg, "device", (unsigned)i);
	size_t k, a, b;

	for (k = 0; k < i; k++) {
		e = &c->device[k];
		if (strcasecmp(d->name, e->name) == 0)
			conf_complain(c->memory, section, NULL,
			    "\"%s\" has a section already", d->name);
		for (a = 0; a < d->nets.n; a++)
			for (b = 0; b < e->nets.n; b++)
				if (d->nets.net[a].bits == 128 &&
				    e->nets.net[b].bits == 128 &&
				    IN6_ARE_ADDR_EQUAL(&d->nets.net[a].addr,
					&e->nets.net[b].addr))
					conf_complain(c->memory, section,
					    "address",
					    "\"%s\" is device \"%s\" already",
					    d->address.item[a], e->name);
	}
}

void
conf_devices(struct conf *c)
{
	struct conf_memory *m = c->memory;
	size_t i;

	c->device =
	    conf_sections(m, "device", sizeof(*c->device), &c->ndevices);
	c->source_device =
	    conf_alloc(m, c->ndevices, sizeof(*c->source_device));
	c->alert_device = conf_alloc(m, c->ndevices, sizeof(*c->alert_device));
	m->zone = conf_alloc(m, c->ndevices, sizeof(*m->zone));
	if (c->device == NULL || c->source_device == NULL ||
	    c->alert_device == NULL || m->zone == NULL)
		return;
	for (i = 0; i < c->ndevices; i++) {
		cfg_t *section = cfg_getnsec(m->cfg, "device", (unsigned)i);

		conf_device_check(
		    c, section, &c->device[i], &c->source_device[i]);
		conf_devices_twice(c, i);
		c->alert_device[i] = (struct alert_device){ c->device[i].name,
			cfg_size(section, "silent-after") == 0
			    ? -1
			    : c->device[i].silent_after };
	}
}

void
conf_tunnels(struct conf *c)
{
	struct conf_memory *m = c->memory;
	struct conf_tunnel *t;
	struct source_net net;
	cfg_t *section;
	size_t i;

	c->tunnel =
	    conf_sections(m, "tunnel", sizeof(*c->tunnel), &c->ntunnels);
	c->alert_tunnel = conf_alloc(m, c->ntunnels, sizeof(*c->alert_tunnel));
	if (c->tunnel == NULL || c->alert_tunnel == NULL)
		return;
	for (i = 0; i < c->ntunnels; i++) {
		t = &c->tunnel[i];
		section = cfg_getnsec(m->cfg, "tunnel", (unsigned)i);
		t->name = cfg_title(section);
		if (t->peer == NULL || !source_net_parse(t->peer, &net) ||
		    net.bits != 128)
			conf_complain(m, section, "peer",
			    "\"%s\" is no address; write the other end's, as "
			    "192.0.2.1",
			    t->peer == NULL ? "" : t->peer);
		c->alert_tunnel[i] = (struct alert_tunnel){ t->name, t->device,
			t->peer, (enum alert_mode)t->mode,
			(enum alert_severity)t->severity };
	}
}
