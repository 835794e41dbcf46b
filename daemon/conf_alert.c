/*
 * The sections of alerting: alerts, route, severity, maintenance, destination.
 * The one rule: what they mean together is alerting's to check.
 */
#include <string.h>

#include "daemon/conf_parts.h"

void
conf_alerts(struct conf *c)
{
	struct conf_memory *m = c->memory;
	struct alert_place place;
	char why[300];
	size_t i;

	alert_conf_defaults(&c->alerts);
	(void)conf_single(m, "alerts", &c->alerts);
	c->route =
	    conf_sections(m, "route", sizeof(*c->route), &c->alerts.nroutes);
	c->grade =
	    conf_sections(m, "severity", sizeof(*c->grade), &c->alerts.ngrades);
	c->maintenance = conf_sections(m, "maintenance",
	    sizeof(*c->maintenance), &c->alerts.nmaintenances);
	c->destination = conf_sections(m, "destination",
	    sizeof(*c->destination), &c->alerts.ndestinations);
	if (m->failed)
		return;
	for (i = 0; i < c->alerts.ndestinations; i++)
		c->destination[i].name =
		    cfg_title(cfg_getnsec(m->cfg, "destination", (unsigned)i));
	for (i = 0; i < c->alerts.nmaintenances; i++)
		c->maintenance[i].name =
		    cfg_title(cfg_getnsec(m->cfg, "maintenance", (unsigned)i));
	for (i = 0; i < c->alerts.ngrades; i++) {
		cfg_t *section = cfg_getnsec(m->cfg, "severity", (unsigned)i);
		int severity;

		*strchr(section->title, '#') = '\0'; /* conf_section_read() */
		severity =
		    conf_choice("|info|warning|critical", cfg_title(section));
		if (severity <= 0)
			conf_complain(m, section, NULL,
			    "\"%s\" is none of info, warning, critical",
			    cfg_title(section));
		c->grade[i].severity = (enum alert_severity)severity;
	}
	c->alerts.route = c->route;
	c->alerts.grade = c->grade;
	c->alerts.maintenance = c->maintenance;
	c->alerts.destination = c->destination;
	c->alerts.device = c->alert_device;
	c->alerts.ndevices = c->ndevices;
	c->alerts.tunnel = c->alert_tunnel;
	c->alerts.ntunnels = c->ntunnels;
	if (!m->failed &&
	    alert_conf_check(&c->alerts, &place, why, sizeof(why)) == -1)
		conf_complain(m,
		    cfg_getnsec(m->cfg, place.section, (unsigned)place.n), NULL,
		    "%s", why);
}
