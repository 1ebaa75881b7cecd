# SPDX-License-Identifier: BSD-2-Clause
# Completion of shimdump(1) for bash.

_shimdump()
{
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	# --type=i1 is three words to bash.
	[ "$before" != = ] || before=${COMP_WORDS[COMP_CWORD - 2]}
	[ "$current" != = ] || { before=${COMP_WORDS[COMP_CWORD - 1]} current=; }
	case $before in
	-r | -w | --read | --write)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return ;;
	-i | --device)
		mapfile -t COMPREPLY < <(compgen -W "$(shimdump -D 2>/dev/null | awk '{ print $1 }')" -- "$current")
		return ;;
	-T | --view)
		mapfile -t COMPREPLY < <(compgen -W 'text jsonl ladder contexts summary' -- "$current")
		return ;;
	-Z | --user)
		mapfile -t COMPREPLY < <(compgen -u -- "$current")
		return ;;
	--type)
		mapfile -t COMPREPLY < <(compgen -W 'i1 r1 i2 r2 r1bis i2bis update_request
			update_ack keepalive probe error payload validator locator_list preferences
			pds signature ulid_pair fii keepalive_timeout control option' -- "$current")
		return ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$(shimdump --help |
		sed -nE 's/^ +(-[A-Za-z],)? *(--[a-z0-9-]+).*/\2/p')" -- "$current")
}
complete -o default -F _shimdump shimdump
