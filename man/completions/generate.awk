# SPDX-License-Identifier: Apache-2.0
# Completions for one shell (-v shell=bash|zsh|fish) from the rows of `policytop list all`:
# registry, owner, name, argument and summary with tabs between them.
BEGIN { FS = "\t" }
{ sub(/\r$/, "") }
$1 == "commands" { order[++commands] = $3; operands[$3] = $4; summary[$3] = $5 }
$1 == "options" {
	n = ++count[$2]
	option[$2, n] = $3; value[$2, n] = $4; help[$2, n] = $5
}
$1 == "sources" { words["sources"] = words["sources"] " " $3 ":" }
$1 == "faults" || $1 == "queries" { words[$1] = words[$1] " " $3 }
!($1 in seen) { seen[$1] = 1; words["registries"] = words["registries"] " " $1 }
END {
	words["registries"] = words["registries"] " all"
	if (shell == "bash")
		bash()
	else if (shell == "zsh")
		zsh()
	else
		fish()
}

function quote(s) { gsub(/'/, "'\\''", s); return "'" s "'" }
function trim(s) { sub(/^ +/, "", s); return s }

# What completes an argument: a list of words, "files", or "" for free text.
function completes(arg)
{
	if (arg ~ /SOURCE/)
		return trim(words["sources"])
	if (arg ~ /REGISTRY/)
		return trim(words["registries"])
	if (arg ~ /^(NAME\[?@|FAULT)/)
		return trim(words["faults"])
	if (arg ~ /QUERY|SQL/)
		return trim(words["queries"])
	if (arg ~ /\|/ && arg ~ /^[a-z|-]+$/) {
		gsub(/\|/, " ", arg)
		return arg
	}
	return arg ~ /FILE|DIR|PATH|DATASET/ ? "files" : ""
}

function all_options(c,   i, s)
{
	s = "--help"
	for (i = 1; i <= count[c]; i++)
		s = s " --" option[c, i]
	return s
}

function bash_reply(what)
{
	if (what == "files")
		return "COMPREPLY=($(compgen -f -- \"$cur\"))"
	return "COMPREPLY=($(compgen -W " quote(what) " -- \"$cur\"))"
}

function bash(   i, j, c, w)
{
	print "# bash completion for policytop, from `policytop list all`"
	print "_policytop()\n{"
	print "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd= i"
	print "\tCOMPREPLY=()"
	print "\tfor ((i = 1; i < COMP_CWORD; i++)); do"
	print "\t\tcase ${COMP_WORDS[i]} in"
	print "\t\t--db) ((i++)) ;;"
	print "\t\t-*) ;;"
	print "\t\t*) cmd=${COMP_WORDS[i]}; break ;;"
	print "\t\tesac"
	print "\tdone"
	print "\tif [[ $cur == : || $prev == : || $prev == --db ]]; then"
	print "\t\tcur=${cur#:}"
	print "\t\t" bash_reply("files") "\n\t\treturn\n\tfi"
	print "\tcase $cmd in"
	w = "--db --help --version"
	for (i = 1; i <= commands; i++)
		w = w " " order[i]
	print "\t'') " bash_reply(w) " ;;"
	for (i = 1; i <= commands; i++) {
		c = order[i]
		print "\t" c ")\n\t\tcase $prev in"
		for (j = 1; j <= count[c]; j++) {
			if (value[c, j] != "")
				print "\t\t--" option[c, j] ") " bash_reply(completes(value[c, j])) "; return ;;"
		}
		print "\t\tesac"
		print "\t\tif [[ $cur == -* ]]; then\n\t\t\t" bash_reply(all_options(c))
		print "\t\telse\n\t\t\t" bash_reply(completes(operands[c])) "\n\t\tfi ;;"
	}
	print "\tesac\n\t[[ ${COMPREPLY[0]-} == *: ]] && compopt -o nospace 2>/dev/null"
	print "\treturn 0\n}\ncomplete -o filenames -F _policytop policytop"
}

function zsh_action(what)
{
	if (what == "files")
		return "_files"
	gsub(/:/, "\\:", what)
	return what == "" ? " " : "(" what ")"
}

function zsh_text(s) { gsub(/[\]\[:\\]/, "\\\\&", s); return s }

function zsh(   i, j, c)
{
	print "#compdef policytop\n# zsh completion for policytop, from `policytop list all`"
	print "_policytop()\n{\n\tlocal curcontext=$curcontext state line\n\tlocal -a commands"
	print "\tcommands=("
	for (i = 1; i <= commands; i++)
		print "\t\t" quote(order[i] ":" summary[order[i]])
	print "\t)"
	print "\t_arguments -C '--db[database file]:file:_files' '--help[show help]' \\"
	print "\t\t'--version[show the version]' '1:command:->command' '*::argument:->argument'"
	print "\tcase $state in\n\tcommand) _describe command commands ;;\n\targument)"
	print "\t\tcase $words[1] in"
	for (i = 1; i <= commands; i++) {
		c = order[i]
		printf "\t\t%s) _arguments '--help[show help]'", c
		for (j = 1; j <= count[c]; j++) {
			printf " \\\n\t\t\t%s", quote("--" option[c, j] "[" zsh_text(help[c, j]) "]" \
				(value[c, j] == "" ? "" : ":" zsh_text(value[c, j]) ":" \
				zsh_action(completes(value[c, j]))))
		}
		if (operands[c] != "")
			printf " \\\n\t\t\t%s", quote("*:" zsh_text(operands[c]) ":" zsh_action(completes(operands[c])))
		print " ;;"
	}
	print "\t\tesac ;;\n\tesac\n}\n_policytop \"$@\""
}

function fish(   i, j, c, has, w)
{
	print "# fish completion for policytop, from `policytop list all`"
	print "complete -c policytop -f"
	print "complete -c policytop -n __fish_use_subcommand -l db -r -F -d 'database file'"
	print "complete -c policytop -n __fish_use_subcommand -l version -d 'show the version'"
	print "complete -c policytop -l help -d 'show help'"
	for (i = 1; i <= commands; i++) {
		c = order[i]
		has = " -n '__fish_seen_subcommand_from " c "'"
		print "complete -c policytop -n __fish_use_subcommand -a " c " -d " fish_quote(summary[c])
		for (j = 1; j <= count[c]; j++)
			print "complete -c policytop" has " -l " option[c, j] fish_value(value[c, j]) \
				" -d " fish_quote(help[c, j])
		w = completes(operands[c])
		if (w == "files")
			print "complete -c policytop" has " -F"
		else if (w != "")
			print "complete -c policytop" has " -a " fish_quote(w)
	}
}

function fish_quote(s) { gsub(/\\/, "\\\\", s); gsub(/'/, "\\'", s); return "'" s "'" }

function fish_value(arg,   w)
{
	if (arg == "")
		return ""
	w = completes(arg)
	return w == "files" ? " -r -F" : w == "" ? " -x" : " -x -a " fish_quote(w)
}
