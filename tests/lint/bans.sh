#!/bin/sh
# Functions that are not used here, and SQL that is not built from text.
bad=0
sources=$(ls parsers/*.[ch] storage/*.[ch] alerting/*.[ch] daemon/*.[ch])
if grep -nE '(^|[^_[:alnum:]])(sprintf|vsprintf|strcpy|strcat|strtok|atoi|atol|gets|alloca|tmpnam|mktemp|system|popen)[[:space:]]*\(' $sources; then
	echo "bans: the functions above are not used here" >&2
	bad=1
fi
if grep -nwE 'TODO|FIXME|XXX' $sources; then
	echo "bans: unfinished work above" >&2
	bad=1
fi
exit $bad
