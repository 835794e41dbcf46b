/*
 * Devices: who was heard and when, and one that logs no more.
 */
#include "alerting/incident.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int64_t
alert_silent_after(const struct alerts *a, const char *device)
{
	for (size_t i = 0; i < a->conf->ndevices; i++)
		if (strcasecmp(a->conf->device[i].name, device) == 0 &&
		    a->conf->device[i].silent_after >= 0)
			return a->conf->device[i].silent_after;
	return a->conf->silent_after;
}

/* Its place, or the free one where it would be. */
static struct alert_device_seen *
alert_device(const struct alerts *a, const char *name)
{
	size_t at = incident_pair(name, "") % a->devices_size;

	while (
	    a->device[at].name != NULL && strcmp(a->device[at].name, name) != 0)
		at = (at + 1) % a->devices_size;
	return &a->device[at];
}

/* Half of the places stay free. */
static bool
alert_devices_grow(struct alerts *a)
{
	struct alert_device_seen *old = a->device;
	size_t size = a->devices_size;

	if ((a->ndevices + 1) * 2 <= size)
		return true;
	a->device = calloc(size * 2, sizeof(*a->device));
	if (a->device == NULL) {
		a->device = old;
		return false;
	}
	a->devices_size = size * 2;
	for (size_t k = 0; k < size; k++)
		if (old[k].name != NULL)
			*alert_device(a, old[k].name) = old[k];
	free(old);
	return true;
}

static struct alert_device_seen *
alert_device_new(struct alerts *a, const char *name)
{
	struct alert_device_seen *d;

	if (a->ndevices == ALERT_DEVICES_MAX || !alert_devices_grow(a))
		return NULL;
	d = alert_device(a, name);
	d->name = names_get(a->names, IKE_NAME_SIZE, span_of(name));
	d->address = d->vendor = "";
	if (d->name[0] == '\0') {
		d->name = NULL;
		return NULL;
	}
	a->ndevices++;
	return d;
}

const char *
alert_via(struct alerts *a, const char *device)
{
	const struct alert_device_seen *d = alert_device(a, device);

	return d->name != NULL ? d->address : "";
}

void
alerts_device(struct alerts *a, const char *name, const char *address,
    const char *vendor, int64_t now)
{
	struct alert_device_seen *d;
	struct incident *i;

	if (name[0] == '\0')
		return;
	d = alert_device(a, name);
	if (d->name == NULL && (d = alert_device_new(a, name)) == NULL)
		return;
	d->last_seen = now;
	if (address != NULL)
		incident_name(a, &d->address, address);
	if (vendor != NULL)
		incident_name(a, &d->vendor, vendor);
	if (!d->silent)
		return;
	d->silent = false;
	i = incident_find(a, name, "", "", ALERT_DEVICE_SILENT);
	if (i != NULL && incident_open(i)) {
		i->decided_at = now;
		alert_recover(a, i, now);
	}
}

static void
alert_device_silent(struct alerts *a, struct alert_device_seen *d, int64_t now)
{
	struct incident *i =
	    incident_find(a, d->name, "", "", ALERT_DEVICE_SILENT);

	if (i == NULL)
		i = incident_new(a, d->name, "", "", ALERT_DEVICE_SILENT);
	if (i == NULL)
		return;
	d->silent = true;
	incident_learn(a, &i->vendor, d->vendor);
	i->first_seen = d->last_seen;
	i->last_progress = d->last_seen;
	alert_trouble(a, i, 0, now);
	i->opened_at = d->last_seen;
}

void
alert_look_for_silent(struct alerts *a, int64_t now)
{
	a->devices_at = now + DEVICES_LOOK;
	if (a->conf->silent_after == 0 && a->conf->ndevices == 0)
		return;
	for (size_t k = 0; k < a->devices_size; k++) {
		struct alert_device_seen *d = &a->device[k];
		int64_t after;

		if (d->name == NULL || d->silent)
			continue;
		after = alert_silent_after(a, d->name);
		if (after > 0 && now - d->last_seen >= after)
			alert_device_silent(a, d, now);
	}
}
