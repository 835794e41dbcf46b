/* The manager's protocol by hand: one datagram for each message. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "daemon/notify.h"

enum { FIRST_FD = 3 }; /* SD_LISTEN_FDS_START */

/* The socket's address; an @ in front stands for an abstract one. */
static socklen_t
notify_address(struct sockaddr_un *to)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len;

	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return 0;
	len = strlen(path);
	if (len >= sizeof(to->sun_path))
		return 0;
	memset(to, 0, sizeof(*to));
	to->sun_family = AF_UNIX;
	memcpy(to->sun_path, path, len);
	if (path[0] == '@')
		to->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static bool
notify_send(const char *state, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct sockaddr_un to;
	struct iovec iov = { (void *)(uintptr_t)state, strlen(state) };
	struct msghdr msg = {
		.msg_name = &to, .msg_iov = &iov, .msg_iovlen = 1
	};
	struct cmsghdr *c;
	ssize_t n;
	int s;

	msg.msg_namelen = notify_address(&to);
	if (msg.msg_namelen == 0)
		return false;
	if (fd != -1) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s == -1)
		return false;
	n = sendmsg(s, &msg, MSG_NOSIGNAL);
	close(s);
	return n != -1;
}

void
notify_say(const char *state)
{
	(void)notify_send(state, -1);
}

void
notify_status(const char *fmt, ...)
{
	char text[256] = "STATUS=";
	size_t n = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	notify_say(text);
}

void
notify_reloading(void)
{
	struct timespec now;
	char text[96];

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	notify_say(text);
}

/* A number in the environment that concerns this process; -1: none. */
static long long
notify_number(const char *name, const char *pid_name)
{
	const char *value = getenv(name), *pid = getenv(pid_name);
	long long n;
	char *end;

	if (value == NULL || *value == '\0')
		return -1;
	if (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid())
		return -1;
	errno = 0;
	n = strtoll(value, &end, 10);
	return errno != 0 || *end != '\0' || n < 0 ? -1 : n;
}

int64_t
notify_watchdog(void)
{
	long long usec = notify_number("WATCHDOG_USEC", "WATCHDOG_PID");

	return usec > 0 ? usec / 2 : 0;
}

bool
notify_keep(int fd, const char *name)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "FDSTORE=1\nFDNAME=%s", name);
	return notify_send(text, fd);
}

int
notify_fds(struct notify_fd *fds, int max)
{
	const char *names = getenv("LISTEN_FDNAMES");
	long long count = notify_number("LISTEN_FDS", "LISTEN_PID");
	size_t len;
	int i;

	for (i = 0; i < count && i < max; i++) {
		fds[i].fd = FIRST_FD + i;
		(void)fcntl(fds[i].fd, F_SETFD, FD_CLOEXEC);
		len = names == NULL ? 0 : strcspn(names, ":");
		(void)snprintf(fds[i].name, sizeof(fds[i].name), "%.*s",
		    (int)len, names == NULL ? "" : names);
		if (names != NULL)
			names += len + (names[len] == ':');
	}
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	return i;
}
