/*
 * What to do first, in a few words behind the verdict: for whoever was woken
 * and reads one line. The hint says the rest.
 */
#ifndef IKEWATCH_ALERTING_ADVICE_H
#define IKEWATCH_ALERTING_ADVICE_H

#include "alerting/notice.h"

/* At most ADVICE_MAX characters; "" where there is nothing to do. */
enum { ADVICE_MAX = 46 };
const char *advice_for(const struct alert_notice *);

#endif
