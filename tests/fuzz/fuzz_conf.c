/*
 * A configuration of any bytes: read, or refused with a sentence, and nothing
 * of it is left in memory.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfuse 3.3 loses the arguments of a function it finds no end of. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfuse";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64], err[400] = "";
	int code = -1, fd = memfd_create("conf", 0);
	struct conf *c;

	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	c = conf_read(path, err, sizeof(err), &code);
	if (c == NULL ? err[0] == '\0' || code == 0 : code != 0)
		abort();
	conf_free(c);
	close(fd);
	return 0;
}
