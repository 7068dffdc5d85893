# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
#
# Bash completion of jhctl.

# Words that can follow "jhctl", and the second words of the groups.
_jhctl_verbs="enable disable status doctor top trace cell console bench config help --help --version"
_jhctl_cell="create load start shutdown destroy run linux wait list show stats"
_jhctl_bench="cyclictest latency link"
_jhctl_config="collect compile check decode show create add-cell explain diff import export suggest"
_jhctl_guests="freertos zephyr linux u-boot nuttx threadx unikraft rtems"

# Names of the cells there are.
_jhctl_names()
{
	jhctl cell list 2>/dev/null | awk '$1 ~ /^[0-9]+$/ { print $2 }'
}

# CELL/LINK of each link that Linux has.
_jhctl_links()
{
	(cd /dev/jh-link 2>/dev/null && compgen -G "*/*")
}

# Options of the verb $1.
_jhctl_options()
{
	case $1 in
	enable) echo "--dry-run" ;;
	doctor) echo "--bundle --json" ;;
	top) echo "--delay --count --batch --json" ;;
	trace) echo "--seconds --output --elf --json" ;;
	status | "cell list") echo "--json" ;;
	"cell show") echo "--json --elf" ;;
	"cell stats") echo "--watch --json" ;;
	"cell load") echo "--address --string --dtb --entry" ;;
	"cell run") echo "--address --args --dtb --entry --disk --net --console --rng --no-vhost" ;;
	"cell linux") echo "--initrd --args --disk --net --console --rng --no-vhost --dtb-add --print-dtb" ;;
	"cell shutdown") echo "--force" ;;
	"cell wait") echo "--timeout --json" ;;
	console) echo "--follow --interactive --raw" ;;
	"bench latency") echo "--seconds --period --stress --image --json" ;;
	"bench link") echo "--count --bytes --seconds --json" ;;
	"bench cyclictest") echo "--initrd --seconds --period --stress --guest-stress --json" ;;
	"config compile") echo "--tree --output --system" ;;
	"config check") echo "--tree --from --live --json --strict" ;;
	"config decode") echo "--output" ;;
	"config show") echo "--tree --from --live --svg --html --json" ;;
	"config create") echo "--tree --from --live --output --name --pool --fixed" ;;
	"config add-cell")
		echo "--tree --from --live --output --for --name --cpus --memory --device --link"
		echo "--console --virtio --system --force"
		;;
	"config explain") echo "--tree --from --live" ;;
	"config diff") echo "--tree" ;;
	"config import") echo "--tree --from --live --output --directory --root" ;;
	"config export") echo "--tree --from --live --output --domains" ;;
	"config suggest") echo "--tree --from --live --output --log" ;;
	esac
	echo "--help"
}

_jhctl()
{
	local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} at=2 offer=""

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		offer=$_jhctl_verbs
	elif ((COMP_CWORD == 2)) && [[ $verb == cell && $word != -* ]]; then
		offer=$_jhctl_cell
	elif ((COMP_CWORD == 2)) && [[ $verb == bench && $word != -* ]]; then
		offer=$_jhctl_bench
	elif ((COMP_CWORD == 2)) && [[ $verb == config && $word != -* ]]; then
		offer=$_jhctl_config
	else
		if [[ $verb == cell || $verb == bench || $verb == config ]]; then
			verb="$verb ${COMP_WORDS[2]}"
			at=3
		fi
		if [[ $verb == "config add-cell" && ${COMP_WORDS[COMP_CWORD - 1]} == --for ]]; then
			offer=$_jhctl_guests
		elif [[ $word == -* ]]; then
			offer=$(_jhctl_options "$verb")
		elif ((COMP_CWORD == at)); then
			case $verb in
			"cell load" | "cell start" | "cell shutdown" | "cell destroy" | \
				"cell wait" | "cell show" | "cell stats" | "bench latency" | console)
				offer=$(_jhctl_names)
				;;
			"bench link") offer=$(_jhctl_links) ;;
			esac
		fi
	fi
	if [[ -n $offer ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$offer" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null || true
	fi
}

complete -F _jhctl jhctl
