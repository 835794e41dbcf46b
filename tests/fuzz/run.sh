#!/bin/sh
# run.sh BUILD SECONDS FUZZER...: each fuzzer for that long, FUZZ_JOBS (2) at
# a time, from the seeds and the dictionary beside its source and from those
# that seeds.py makes; FUZZ_SEED makes two runs alike. What it found is kept in
# BUILD/found.
build=$1 seconds=$2
shift 2
dir=tests/fuzz

# one FUZZER: its log and, where all is well, "runs covered" in FUZZER.ok.
one() {
	mkdir -p "$build/corpus/$1"
	set -- "$1" "$build/corpus/$1"
	[ -d "$dir/seeds/$1" ] && set -- "$@" "$dir/seeds/$1"
	[ -d "$build/seeds/$1" ] && set -- "$@" "$build/seeds/$1"
	f=$1
	shift
	: >"$build/$f.dict"
	[ -e "$dir/$f.dict" ] && cat "$dir/$f.dict" >"$build/$f.dict"
	case $f in
	fuzz_parsers | fuzz_rules | fuzz_assemble | fuzz_pipeline)
		cat "$build/seeds/words.dict" >>"$build/$f.dict" ;;
	esac
	[ -s "$build/$f.dict" ] && set -- -dict="$build/$f.dict" "$@"
	rm -f "$build/$f.ok"
	"$build/$f" -max_total_time="$seconds" -seed="${FUZZ_SEED:-0}" \
	    -timeout=20 -rss_limit_mb=1024 \
	    -max_len=4096 -artifact_prefix="$build/found/$f-" \
	    -print_final_stats=1 "$@" >"$build/$f.log" 2>&1 || return 1
	runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$build/$f.log")
	edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$build/$f.log" |
	    tail -n 1)
	echo "${runs:-0} ${edges:-0}" >"$build/$f.ok"
}

mkdir -p "$build/found"
"${PYTHON:-python3}" -B $dir/seeds.py "$build/seeds" || exit 1
jobs=0
for f in "$@"; do
	one "$f" &
	jobs=$((jobs + 1))
	[ $((jobs % ${FUZZ_JOBS:-2})) -eq 0 ] && wait
done
wait

total=0 bad=0
for f in "$@"; do
	if read -r runs edges 2>/dev/null <"$build/$f.ok"; then
		echo "fuzz: $f: $runs runs, $edges edges, nothing found"
		total=$((total + runs))
	else
		tail -n 40 "$build/$f.log"
		echo "fuzz: $f found something, see $build/found/" >&2
		bad=$((bad + 1))
	fi
done
echo "fuzz: $# fuzzers, $seconds s each, $total runs, $bad with findings"
[ $bad -eq 0 ]
