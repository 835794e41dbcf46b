#!/bin/sh
# run.sh BUILD SECONDS FUZZER...: each fuzzer for that long, from the seeds and
# the dictionary beside its source; what it found is kept under BUILD.
build=$1 seconds=$2
shift 2
for f in "$@"; do
	corpus=$build/corpus/$f
	mkdir -p "$corpus" "$build/found"
	dict=
	[ -e "tests/fuzz/$f.dict" ] && dict=-dict=tests/fuzz/$f.dict
	seeds=
	[ -d "tests/fuzz/seeds/$f" ] && seeds=tests/fuzz/seeds/$f
	# shellcheck disable=SC2086
	"$build/$f" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 \
	    -artifact_prefix="$build/found/$f-" -print_final_stats=1 $dict \
	    "$corpus" $seeds >"$build/$f.log" 2>&1 || {
		tail -n 40 "$build/$f.log"
		echo "fuzz: $f found something, see $build/found/" >&2
		exit 1
	}
	runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$build/$f.log")
	echo "fuzz: $f: ${runs:-?} runs, nothing found"
done
