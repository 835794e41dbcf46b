#!/bin/sh
# cover.sh BUILD: lines covered, file by file and for parsers/ together.
build=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
find "$build" -name '*.gcno' -path '*/parsers/*' -o -name '*.gcno' \
    -path '*/storage/*' -o -name '*.gcno' -path '*/alerting/*' -o \
    -name '*.gcno' -path '*/daemon/*' | sort | while read -r notes; do
	gcov -n "$notes" 2>/dev/null
done | awk '
	/^File / { file = $2; gsub("\047", "", file) }
	/^Lines executed:/ && file ~ /^(parsers|storage|alerting|daemon)\/.*\.c$/ {
		split($0, a, /[:% ]+/); percent = a[3]; lines = a[5]
		printf "%6.1f%% of %5d  %s\n", percent, lines, file
		folder = file; sub("/.*", "", folder)
		all[folder] += lines; hit[folder] += lines * percent / 100
		file = ""
	}
	END { for (f in all) printf "%6.1f%% of %5d  %s/ in all\n",
	    100 * hit[f] / all[f], all[f], f }'
