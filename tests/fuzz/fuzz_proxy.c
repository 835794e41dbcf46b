/* Any octets as a PROXY header: whole, not yet, or refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size > 0 ? size : 1);
	struct span in = { copy, size };
	struct proxy proxy;
	enum proxy_result result;

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	result = proxy_read(&in, &proxy);
	if (result != PROXY_DONE && in.len != size)
		abort();
	if (result == PROXY_DONE && in.len >= size)
		abort();
	/* It must not be waited for longer than a header can be. */
	if (result == PROXY_MORE && size >= PROXY_MAX_V2)
		abort();
	if (result == PROXY_DONE && proxy.family != 0 && proxy.family != 4 &&
	    proxy.family != 6)
		abort();
	free(copy);
	return 0;
}
