#!/bin/sh
# senders.sh FOLDER: unpacks Debian's rsyslog, syslog-ng and Alertmanager below
# FOLDER, for the tests that send with them or to it. They are not installed:
# each sender would put the other, and the syslog daemon of this machine, out
# of the way, and an Alertmanager would be started.
set -u
packages="rsyslog rsyslog-openssl syslog-ng-core prometheus-alertmanager"
dir=$1

[ -x "$dir/usr/sbin/rsyslogd" ] && [ -x "$dir/usr/sbin/syslog-ng" ] &&
    [ -x "$dir/usr/bin/prometheus-alertmanager" ] && exit 0
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
