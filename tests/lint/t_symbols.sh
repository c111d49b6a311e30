#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the object code tells: no writable globals, no printing or exiting outside the commands, and
# no clock, file or allocation in the checks.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
cd "$TOP_BUILDDIR" || exit 1
archives=$(find src ui db -name 'lib*.a' | sort)

if nm src/base/libbase.a | grep -qE ' __(asan|tsan|msan|sanitizer)_'; then
	echo "1..0 # SKIP a sanitizer adds symbols of its own"
	exit 0
fi

# The one pointer of ui/term.c restores the terminal from a crash handler.
globals()
{
	for a in $archives; do
		nm -f sysv "$a" 2>/dev/null | awk -F'|' -v archive="$a" '
			/\.o:?$/ || /^[A-Za-z0-9_]+\.o:/ { object = $0 }
			NF == 7 {
				gsub(/ /, "", $1); gsub(/ /, "", $4); gsub(/ /, "", $7)
				if ($4 !~ /OBJECT|TLS/ || $7 ~ /^\.(data\.rel\.ro|rodata)/)
					next
				if (archive !~ /libui\.a$/ || $1 != "crash_term" || seen++)
					print archive ": " $1 " in " $7
			}'
	done
}
tap_empty "$(globals | grep -E 'in (\.bss|\.data|\.tbss|\.tdata|\*COM\*|COM)')" "no writable globals"

undefined()
{
	for a in $archives; do
		nm -A -u "$a" 2>/dev/null
	done | awk '{ split($1, part, ":"); print part[1] ":" part[2], $NF }' | sort -u
}
everything=$(undefined)

printers='(__)?v?printf(_chk)?|(__)?v?fprintf_chk|puts|putchar|perror|stdout|stderr|exit|err|errx|warn|warnx'
tap_empty "$(printf '%s\n' "$everything" | grep -vE '^src/cmd/' |
	grep -vE '^ui/libui.a:.*term.* stdout$' | grep -E " ($printers)\$")" \
	"only commands print and exit"

clocks='clock_gettime|time|gettimeofday|fopen|open|openat|read|write|socket|getenv|nanosleep'
tap_empty "$(printf '%s\n' "$everything" | grep '^src/check/' | grep -E " ($clocks)\$")" \
	"checks know no clock and no file"
makers='malloc|calloc|realloc|xmalloc|xcalloc|xrealloc|xstrdup|strdup'
tap_empty "$(printf '%s\n' "$everything" | grep '^src/check/' | grep -vE 'judge[a-z_]*\.o' |
	grep -E " ($makers)\$")" "checks allocate only when a judge is made"

# canlink.o asks the kernel by netlink, and has no socket to a bus.
writers='write|writev|pwrite64?|send|sendto|sendmsg|sendmmsg|splice|sendfile64?|vmsplice|io_uring_.*|syscall|ioctl'
heard=$(printf '%s\n' "$everything" |
	grep -E '^src/(hal|source|wire)/lib[a-z]*\.a:lib[a-z]*_a-(can|canlink|canframe|canerror|damiao)[a-z_]*\.o ')
tap_empty "$(printf '%s\n' "$heard" | grep -v 'a-canlink\.o ' |
	grep -E " ($writers|dprintf|v?fprintf|fwrite|fputs|reader_.*|net_.*|tap.*)\$"
	grep -rl 'AF_CAN\|PF_CAN' "$TOP_SRCDIR/src" | grep -v '/hal/can\.c$'
	printf '%s\n' "$heard" | grep -q 'libhal_a-can\.o recvmmsg$' || echo "hal/can.o was not seen")" \
	"who hears a CAN bus cannot write to it"

# In the source: compilers make strcpy() of a bounded snprintf() where they know the length.
tap_empty "$(grep -rnE '\<(gets|strcpy|strcat|v?sprintf|strtok|system|popen|tmpnam|mktemp)\(' \
	"$TOP_SRCDIR/src" "$TOP_SRCDIR/ui" "$TOP_SRCDIR/db" --include='*.[ch]')" \
	"no call that cannot be bounded, no shell"
tap_done
