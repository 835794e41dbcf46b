/* Local time to UTC. */
#include "parsers/zone.h"

int64_t
zone_to_utc(const struct zone *z, int64_t local)
{
	size_t low = 0, high;
	int32_t offset;

	if (z == NULL)
		return local;
	/* The last change whose own local time, by the offset before it, is
	 * not after local. */
	high = z->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int32_t before =
		    mid == 0 ? z->first : z->changes[mid - 1].offset;

		if (z->changes[mid].at + before <= local)
			low = mid + 1;
		else
			high = mid;
	}
	offset = low == 0 ? z->first : z->changes[low - 1].offset;
	/* In the hour that comes twice the offset before the change holds. */
	if (low > 0) {
		int32_t before =
		    low == 1 ? z->first : z->changes[low - 2].offset;

		if (offset < before && local - before < z->changes[low - 1].at)
			offset = before;
	}
	return local - offset;
}
