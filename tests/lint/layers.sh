#!/bin/sh
# Includes point one way: parsers <- storage <- alerting <- daemon; and only
# the folders that are meant to know a library include it.
bad=0
refuse() { # PATTERN FILE...: these files must not include that
	pattern=$1
	shift
	if grep -nE "^#[[:space:]]*include[[:space:]]*[<\"]($pattern)" "$@"; then
		bad=1
	fi
}
refuse 'storage/|alerting/|daemon/' parsers/*.[ch]
refuse 'alerting/|daemon/' storage/*.[ch]
refuse 'daemon/' alerting/*.[ch]
refuse 'event2/|event\.h' parsers/*.[ch] storage/*.[ch] \
    $(ls alerting/*.[ch] | grep -v '^alerting/deliver')
refuse 'sqlite3' parsers/*.[ch] alerting/*.[ch] daemon/*.[ch]
refuse 'curl/' parsers/*.[ch] storage/*.[ch] daemon/*.[ch] \
    $(ls alerting/*.[ch] | grep -v '^alerting/deliver')
refuse 'stdio|stdlib|time|unistd' parsers/span.c parsers/kv.c parsers/record.c
[ $bad = 0 ] || { echo "layers: the includes above point the wrong way" >&2; }
exit $bad
