/* Dropping privileges, where no service manager did it for us. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/privs.h"

void
privs_harden(void)
{
	struct rlimit limit;

	(void)umask(027);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	limit = (struct rlimit){ 0, 0 };
	(void)setrlimit(RLIMIT_CORE, &limit);
}

/* A folder that is there keeps its owner unless it is root's. */
static int
privs_folder(const char *database, uid_t uid, gid_t gid)
{
	const char *slash = strrchr(database, '/');
	char dir[4096];
	struct stat st;

	if (slash == NULL || slash == database ||
	    (size_t)(slash - database) >= sizeof(dir))
		return 0;
	memcpy(dir, database, (size_t)(slash - database));
	dir[slash - database] = '\0';
	if (mkdir(dir, 0750) == 0)
		return chown(dir, uid, gid);
	if (errno == EEXIST && stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return -1;
}

static int
privs_become(const char *user, uid_t uid, gid_t gid)
{
	if (initgroups(user, gid) == -1 || setresgid(gid, gid, gid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		return -1;
	/* No way back, or something is badly wrong. */
	return setuid(0) == 0 || geteuid() != uid ? -1 : 0;
}

int
privs_drop(const char *user, const char *group, const char *database,
    bool may_stay, char *err, size_t size, int *code)
{
	const struct passwd *pw;
	const struct group *gr;
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0)
		return 0;
	pw = getpwnam(user);
	if (pw == NULL && may_stay) {
		log_warnx("privileges: there is no user \"%s\"; running as "
			  "root",
		    user);
		return 0;
	}
	*code = EX_NOUSER;
	(void)snprintf(err, size,
	    "user \"%s\" does not exist; create it, or "
	    "name another in the option user",
	    user);
	if (pw == NULL)
		return -1;
	uid = pw->pw_uid;
	if (uid == 0) {
		log_warnx("privileges: running as root, as the option user "
			  "says");
		return 0;
	}
	(void)snprintf(err, size,
	    "group \"%s\" does not exist; create it, or "
	    "name another in the option group",
	    group);
	gr = getgrnam(group);
	if (gr == NULL)
		return -1;
	gid = gr->gr_gid;
	*code = EX_OSERR;
	if (privs_folder(database, uid, gid) == -1 ||
	    privs_become(user, uid, gid) == -1) {
		(void)snprintf(err, size,
		    "privileges: cannot become %s:%s: "
		    "%s",
		    user, group, strerror(errno));
		return -1;
	}
	privs_harden(); /* setresuid(2) has made us dumpable again */
	return 0;
}
