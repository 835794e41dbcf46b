/*
 * Gives the files below the folders named to one fuzzer, once each, without a
 * fuzzing engine: what was ever found stays fixed, on any compiler, and
 * "make cover" sees what fuzzing reaches.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* -1: no file, or it cannot be read. */
static int
replay_file(const char *path)
{
	struct stat st;
	uint8_t *data;
	size_t size, n;
	FILE *f;

	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode) ||
	    (f = fopen(path, "rb")) == NULL)
		return -1;
	size = (size_t)st.st_size;
	/* exactly as long, so that a read behind it is noticed */
	data = malloc(size > 0 ? size : 1);
	n = data == NULL ? 0 : fread(data, 1, size, f);
	fclose(f);
	if (data != NULL && n == size)
		LLVMFuzzerTestOneInput(data, size);
	free(data);
	return data != NULL && n == size ? 0 : -1;
}

/* How many files there were; a folder that is not there has none. */
static unsigned
replay_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[4096];
	unsigned n = 0;

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		n += replay_file(path) == 0;
	}
	closedir(d);
	return n;
}

int
main(int argc, char **argv)
{
	unsigned n = 0;

	for (int i = 1; i < argc; i++)
		n += replay_folder(argv[i]);
	printf("%s: %u inputs\n", argv[0], n);
	return n > 0 ? 0 : 1;
}
