# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
#
# Bash completion of jhvirtiod.

_jhvirtiod()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

	COMPREPLY=()
	case $before in
	--disk)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$word"; compgen -W "vhost-user:" -- "$word")
		;;
	--net)
		mapfile -t COMPREPLY < <(compgen -W "$(cd /sys/class/net 2>/dev/null && echo *) vhost-user:" -- "$word")
		;;
	--console)
		mapfile -t COMPREPLY < <(compgen -W "pty stdio vhost-user:" -- "$word")
		;;
	--user) ;;
	*)
		if [[ $word == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "--disk --net --console --rng --background --user
				--no-vhost --json --help --version" -- "$word")
		else
			mapfile -t COMPREPLY < <(compgen -W "$(cd /dev/jh-link 2>/dev/null && echo *)" -- "$word")
		fi
		;;
	esac
}

complete -F _jhvirtiod jhvirtiod
