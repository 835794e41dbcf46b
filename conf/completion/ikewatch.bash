# bash completion of ikewatch(1)

_ikewatch()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	local command=${COMP_WORDS[1]} words=
	local filters='--db --format --peer --device --tunnel --reason --limit'

	# words of the database that the line names, else of the usual one
	local -a db=()
	local i
	for ((i = 2; i < COMP_CWORD - 1; i++)); do
		if [ "${COMP_WORDS[i]}" = --db ]; then
			db=(--db "${COMP_WORDS[i+1]}")
		fi
	done
	COMPREPLY=()
	case $before in
	--db)
		COMPREPLY=($(compgen -f -- "$word"))
		return ;;
	--format)
		case $command in
		report) words='text json csv html' ;;
		explain | show) words='text json' ;;
		test | export) words=text ;;
		*) words='text json csv' ;;
		esac ;;
	--reason)
		words=$(ikewatch reasons --format csv 2>/dev/null |
			sed -n '2,$s/,.*//p') ;;
	--since | --for)
		words='1h 8h 24h 7d 4w' ;;
	--device | --peer | --tunnel)
		# names with blanks and the like are left to the hand
		words=$(ikewatch status "${db[@]}" --all --format csv 2>/dev/null |
			tr -d '\r' | awk -F, -v want="${before#--}" '
			NR == 1 { for (i = 1; i <= NF; i++)
				if ($i == want || (want == "tunnel" && $i == "name"))
					column = i; next }
			$column ~ /^[A-Za-z0-9_.:-]+$/ && !seen[$column]++ {
				print $column }') ;;
	--limit | --month | --comment | --vendor)
		return ;;
	esac
	case $before in
	--device | --peer | --tunnel | --reason)
		COMPREPLY=($(compgen -W "$words" -- "$word"))
		return ;;
	esac
	if [ -z "$words" ] && [ "$COMP_CWORD" -eq 1 ]; then
		words='explain status history show alerts silence report reasons
			test export --help --version'
	elif [ -z "$words" ]; then
		case $command in
		explain) words='--vendor --format --help' ;;
		status) words="$filters --all --watch --help" ;;
		history) words="$filters --since --help" ;;
		show) words='--db --format --help' ;;
		alerts) words="retry drop $filters --since --help" ;;
		silence) words="add list remove --db --format --peer --device
			--tunnel --reason --for --comment --all --help" ;;
		report) words='--db --format --month --tunnel --device --help' ;;
		reasons) words="--vendor --format --help
			$(ikewatch reasons --format csv 2>/dev/null |
			sed -n '2,$s/,.*//p')" ;;
		test | export) words='--db --format --help' ;;
		esac
	fi
	COMPREPLY=($(compgen -W "$words" -- "$word"))
	case $command:$word in
	explain:-* | export:-*) ;;
	explain:* | export:*) COMPREPLY+=($(compgen -f -- "$word")) ;;
	esac
}
complete -o filenames -F _ikewatch ikewatch
