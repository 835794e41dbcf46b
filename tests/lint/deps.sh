#!/bin/sh
# Installs the Debian packages given that are missing; says their names where
# that cannot be done.
set -u

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "Not a Debian system: please install what Debian calls:" >&2
	echo "  $*" >&2
	# All may be there under other names: the build itself will tell.
	command -v pkg-config >/dev/null 2>&1 && pkg-config --exists \
	    libevent_openssl sqlite3 libcurl libconfuse jansson && exit 0
	exit 1
fi

missing=
for package in "$@"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
	    grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "As root, run: apt-get install$missing" >&2
		exit 1
	fi
	sudo=sudo
fi
echo "installing:$missing"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
{ $sudo apt-get update && $sudo apt-get install -y \
    --no-install-recommends $missing; } >"$log" 2>&1 && exit 0
cat "$log" >&2
exit 1
