/* Least power: who we are after the sockets are open. */
#ifndef IKEWATCH_DAEMON_PRIVS_H
#define IKEWATCH_DAEMON_PRIVS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * As root: makes the folder of the database the user's, becomes user and
 * group, and gives up every capability. As anybody else: nothing. may_stay
 * allows root where the user does not exist (in the foreground). -1 with a
 * sentence in err and a sysexits code.
 */
int privs_drop(const char *user, const char *group, const char *database,
    bool may_stay, char *err, size_t errsize, int *code)
    __attribute__((warn_unused_result));
/* umask 027, no core dumps (they would hold secrets), no new privileges, as
 * many descriptors as we may have. */
void privs_harden(void);

#endif
