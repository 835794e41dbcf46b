#!/bin/sh
# The unit gives the daemon as little power as it needs: at most 1.5 of 10 by
# systemd's own account.
unit=systemd/ikewatchd.service
command -v systemd-analyze >/dev/null 2>&1 || {
	echo "unit: no systemd-analyze here, not checked" >&2
	exit 0
}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cp systemd/*.service systemd/*.socket "$dir"/ 2>/dev/null
score=$(systemd-analyze security --offline=yes --no-pager \
    "$dir/ikewatchd.service" 2>/dev/null |
    sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
[ -n "$score" ] || { echo "unit: $unit was not rated" >&2; exit 1; }
echo "unit: exposure $score"
awk -v s="$score" 'BEGIN { exit s > 1.5 }' ||
    { echo "unit: $unit is rated $score, at most 1.5 is wanted" >&2; exit 1; }
