/* Secrets come from files and are wiped when they go. */
#include "alerting/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX = 4096 };

static int
secret_open(const char *name)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char path[4096];
	int fd = -1;

	if (dir != NULL && strchr(name, '/') == NULL &&
	    (size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) <
		sizeof(path))
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd != -1 ? fd : open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* The first line; NULL with the reason in err. */
static char *
secret_file(const char *option, const char *name, char *err, size_t errsize)
{
	char buffer[SECRET_MAX + 1], *secret = NULL;
	struct stat st;
	ssize_t n;
	int fd = secret_open(name);

	if (fd == -1 || fstat(fd, &st) == -1) {
		snprintf(
		    err, errsize, "%s: %s: %s", option, name, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		snprintf(err, errsize, "%s: %s is not a file", option, name);
	} else if (st.st_mode & S_IROTH) {
		snprintf(err, errsize,
		    "%s: everybody can read %s: "
		    "chmod o-rwx it",
		    option, name);
	} else if ((n = read(fd, buffer, SECRET_MAX)) <= 0) {
		snprintf(err, errsize, "%s: %s is empty", option, name);
	} else {
		buffer[n] = '\0';
		buffer[strcspn(buffer, "\r\n")] = '\0';
		secret = buffer[0] != '\0' ? strdup(buffer) : NULL;
		if (secret == NULL)
			snprintf(err, errsize,
			    "%s: the first line of %s is "
			    "empty",
			    option, name);
	}
	if (fd != -1)
		close(fd);
	OPENSSL_cleanse(buffer, sizeof(buffer));
	return secret;
}

int
secrets_read(struct secrets *s, const struct destination_conf *d, char *err,
    size_t errsize)
{
	*s = (struct secrets){ 0 };
	for (size_t i = 0; i < d->url.n && s->nurls < SECRETS_URLS; i++)
		if ((s->url[s->nurls] = strdup(d->url.item[i])) != NULL)
			s->nurls++;
	if (d->url_file != NULL && d->url_file[0] != '\0') {
		if (s->nurls != 0) {
			snprintf(err, errsize,
			    "give url or url-file, "
			    "not both");
			return -1;
		}
		s->url[0] = secret_file("url-file", d->url_file, err, errsize);
		if (s->url[0] == NULL)
			return -1;
		s->nurls = 1;
	}
	if (d->secret_file.n > SECRETS_KEYS) {
		snprintf(err, errsize, "secret-file: at most %d files",
		    SECRETS_KEYS);
		return -1;
	}
	for (size_t i = 0; i < d->secret_file.n; i++) {
		s->key[i] = secret_file(
		    "secret-file", d->secret_file.item[i], err, errsize);
		if (s->key[i] == NULL)
			return -1;
		s->nkeys++;
	}
	return 0;
}

static void
secret_wipe(char *s)
{
	if (s != NULL)
		OPENSSL_cleanse(s, strlen(s));
	free(s);
}

void
secrets_wipe(struct secrets *s)
{
	for (size_t i = 0; i < SECRETS_URLS; i++)
		secret_wipe(s->url[i]);
	for (size_t i = 0; i < SECRETS_KEYS; i++)
		secret_wipe(s->key[i]);
	*s = (struct secrets){ 0 };
}

const char *
secret_shown(const char *url, char to[SECRET_SHOWN_SIZE])
{
	const char *host = strstr(url, "://"), *at, *end;
	size_t scheme = host != NULL ? (size_t)(host + 3 - url) : 0;
	size_t len = strlen(url);

	host = url + scheme;
	end = host + strcspn(host, "/?#");
	/* user and password go unseen */
	at = memchr(host, '@', (size_t)(end - host));
	if (at != NULL)
		host = at + 1;
	snprintf(to, SECRET_SHOWN_SIZE, "%.*s%.*s%s%s",
	    (int)(scheme < 10 ? scheme : 10), url,
	    (int)(end - host < 100 ? end - host : 100), host,
	    *end != '\0' ? "/..." : "",
	    (size_t)(url + len - end) > 8 ? url + len - 4 : "");
	return to;
}
