#!/bin/sh
# senders.sh FOLDER: unpacks Debian's rsyslog and syslog-ng below FOLDER, for
# the tests that send with them. They are not installed: each would put the
# other, and the syslog daemon of this machine, out of the way.
set -u
packages="rsyslog rsyslog-openssl syslog-ng-core"
dir=$1

[ -x "$dir/usr/sbin/rsyslogd" ] && [ -x "$dir/usr/sbin/syslog-ng" ] && exit 0
command -v apt-get >/dev/null 2>&1 || exit 0
mkdir -p "$dir" || exit 1
dir=$(cd "$dir" && pwd)
cd "$dir" || exit 1
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
# shellcheck disable=SC2086
{ apt-get download $packages ||
    { $sudo apt-get update && apt-get download $packages; }; } \
    >"$dir/log" 2>&1 || {
	echo "senders: not to be had here, their tests are skipped; see $dir/log"
	exit 0
}
for f in *.deb; do
	dpkg-deb -x "$f" "$dir" || exit 1
	rm -f "$f"
done
