/* ikewatchd: arguments, and the exit codes of sysexits.h. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/conf.h"
#include "daemon/daemon.h"
#include "daemon/listen.h"
#include "daemon/log.h"
#include "daemon/privs.h"

struct arguments {
	const char *file;
	bool check, foreground;
};

static int
main_usage(void)
{
	fprintf(stderr, "usage: ikewatchd [-dtV] [-f file]\n");
	return EX_USAGE;
}

/* Everything that can be said without opening a port or a file to write. */
static int
main_check(const struct arguments *args)
{
	char err[600];
	struct conf *conf;
	int code;

	conf = conf_read(args->file, err, sizeof(err), &code);
	if (conf == NULL || listen_check(conf, err, sizeof(err), &code) == -1) {
		log_warnx("%s", err);
		conf_free(conf);
		return code;
	}
	printf("%s: configuration OK\n", args->file);
	conf_free(conf);
	return EX_OK;
}

/*
 * Goes to the background: the parent waits until the child is ready, or has
 * failed, and exits as the child would. Returns the end to tell it at.
 */
static int
main_background(void)
{
	int ends[2], status, null;
	char ready;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
		log_warn("background");
		exit(EX_OSERR);
	}
	if (pid > 0) {
		close(ends[1]);
		if (read(ends[0], &ready, 1) == 1)
			_exit(EX_OK);
		if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
			_exit(WEXITSTATUS(status));
		_exit(EX_SOFTWARE);
	}
	close(ends[0]);
	(void)setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null != -1) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		close(null);
	}
	if (chdir("/") == -1)
		log_warn("background: chdir");
	return ends[1];
}

static int
main_run(const struct arguments *args)
{
	char err[600], path[4096];
	struct daemon *daemon = NULL;
	struct conf *conf;
	int code, ready = -1;

	/* A reload finds the file although the process moves to /. */
	if (realpath(args->file, path) == NULL)
		(void)snprintf(path, sizeof(path), "%s", args->file);
	conf = conf_read(path, err, sizeof(err), &code);
	if (conf != NULL) {
		if (!args->foreground)
			ready = main_background();
		daemon = daemon_start(
		    path, conf, args->foreground, err, sizeof(err), &code);
	}
	if (daemon == NULL) {
		log_warnx("%s", err);
		return code;
	}
	if (ready != -1) {
		(void)!write(ready, "1", 1);
		close(ready);
	}
	return daemon_run(daemon);
}

/*
 * Whole chunks of the queue and tables that were outgrown go back to the
 * system. Without this glibc keeps such blocks from the second on.
 */
static void
main_memory(void)
{
#ifdef M_MMAP_THRESHOLD
	(void)mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

int
main(int argc, char *argv[])
{
	struct arguments args = {
		IKEWATCH_SYSCONFDIR "/ikewatchd/ikewatchd.conf", false, false
	};
	int c;

	while ((c = getopt(argc, argv, "df:tV")) != -1) {
		switch (c) {
		case 'd':
			args.foreground = true;
			break;
		case 'f':
			args.file = optarg;
			break;
		case 't':
			args.check = true;
			break;
		case 'V':
			printf("ikewatchd %s\n", IKEWATCH_VERSION);
			return EX_OK;
		default:
			return main_usage();
		}
	}
	if (optind != argc)
		return main_usage();
	main_memory();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	log_open(LOG_LEVEL_INFO);
	privs_harden();
	clock_start();
	return args.check ? main_check(&args) : main_run(&args);
}
