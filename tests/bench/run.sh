#!/bin/sh
# The benchmarks: run.sh bench|bench-parse|bench-track|bench-latency BUILD
# "bench" takes the names of cases from BENCH_CASES; see README.md here.
set -eu
target=$1 build=$2
here=tests/bench
tools=$build/bench
python=$(command -v /usr/bin/python3 || command -v python3)
cc=${CC:-gcc}
flags="-O2 -g -std=c11 -Wall -Wextra -D_GNU_SOURCE -I."
libs="$build/libikewatch.a $(pkg-config --libs libevent libevent_openssl \
    sqlite3 libcurl openssl libconfuse jansson) -lpthread"
mkdir -p "$tools"

# tool NAME: a program of this folder, with the daemon's library.
tool() {
	if [ "$tools/$1" -nt "$here/$1.c" ] &&
	    [ "$tools/$1" -nt "$build/libikewatch.a" ]; then
		return
	fi
	# shellcheck disable=SC2086
	$cc $flags -o "$tools/$1" "$here/$1.c" $libs
}

# The lines that are sent; made anew when their maker has changed.
lines() {
	for kind in noise ike; do
		[ "$tools/$kind.txt" -nt "$here/mix.py" ] ||
		    "$python" -B "$here/mix.py" $kind 100000 \
			>"$tools/$kind.txt"
	done
}

# The packages of rsyslog and syslog-ng exclude each other, so the second is
# unpacked to a folder. Where that cannot be done a peer is left out, loudly.
peers() {
	sh tests/lint/deps.sh rsyslog sqlite3 libdbi1 libdbd-sqlite3 \
	    libivykis0 libnet1 || echo "*** peers may be missing" >&2
	[ -n "${SYSLOG_NG_ROOT:-}" ] || [ -x /usr/sbin/syslog-ng ] ||
	    [ -x "$tools/syslog-ng/usr/sbin/syslog-ng" ] && return
	mkdir -p "$tools/deb" "$tools/syslog-ng"
	(cd "$tools/deb" && apt-get -q download syslog-ng-core \
	    syslog-ng-mod-sql >/dev/null 2>&1) || true
	for deb in "$tools/deb"/*.deb; do
		[ ! -e "$deb" ] || dpkg -x "$deb" "$tools/syslog-ng"
	done
}

case $target in
bench)
	peers
	tool load
	tool floor
	lines
	# shellcheck disable=SC2086
	"$python" -B "$here/compare.py" "$build" "$tools" ${BENCH_CASES:-}
	[ -z "${BENCH_CASES:-}" ] || exit 0
	tool track
	"$tools/track"
	exec "$python" -B "$here/checks.py" "$build" "$tools"
	;;
bench-parse)
	tool parse
	exec "$tools/parse" tests/corpus
	;;
bench-track)
	tool track
	exec "$tools/track"
	;;
bench-latency)
	tool load
	lines
	exec "$python" -B "$here/latency.py" "$build" "$tools"
	;;
*)
	echo "run.sh: no benchmark is called $target" >&2
	exit 2
	;;
esac
