/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: room and speed of the disk that will really be written to, memory, heat, notes. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db/fs.h"
#include "engine/supervise.h"
#include "preflight/inspect.h"
#include "preflight/inspect_gpu.h"
#include "preflight/rig_audit.h"
#include "training/hub.h"

/* What three cameras of 640 x 480 as video and a database take in an hour: measured, rounded up. */
static const double GB_PER_HOUR = 8;

enum { PROBE_BYTES = 16 << 20, PROBE_PIECE = 1 << 20 };
static const double PROBE_S = 0.5;
/* Bursts must pass, too: a disk that is only just fast enough falls behind. */
static const double SPEED_SHARE = 4;
static const double CLOCK_STEP_S = 0.1;

/* The nearest folder of a path that exists; the caller frees it. */
static char *existing_dup(const char *path)
{
	char *at = xstrdup(path), *slash;
	struct stat st;

	while (stat(at, &st) || !S_ISDIR(st.st_mode)) {
		slash = strrchr(at, '/');
		if (!slash || slash == at) {
			free(at);
			return xstrdup(slash ? "/" : ".");
		}
		*slash = '\0';
	}
	return at;
}

/* MB/s of at most 16 MiB that are written, synced and removed again; NaN and errno when it fails. */
static double write_speed(const char *folder)
{
	char *piece = xcalloc(1, PROBE_PIECE), path[4096];
	struct clock clock = clock_real();
	int64_t begin_ns, now_ns;
	size_t done = 0;
	int fd, saved = 0;

	snprintf(path, sizeof(path), "%s/.policytop-probe-XXXXXX", folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0) {
		free(piece);
		return NAN;
	}
	begin_ns = now_ns = clock_now_ns(&clock);
	while (done < PROBE_BYTES && (double)(now_ns - begin_ns) < PROBE_S * 1e9) {
		if (write(fd, piece, PROBE_PIECE) != PROBE_PIECE || fdatasync(fd)) {
			saved = errno ? errno : ENOSPC;
			break;
		}
		done += PROBE_PIECE;
		now_ns = clock_now_ns(&clock);
	}
	close(fd);
	unlink(path);
	free(piece);
	errno = saved;
	return saved ? (double)NAN : (double)done / 1e6 / ((double)(now_ns - begin_ns) / 1e9);
}

/* What is written there goes when the machine, or its container, does. */
static const char *lost_with(const char *folder)
{
	static const struct {
		unsigned long type;
		const char *words;
	} kinds[] = {{0x794c7630, "an overlay, which goes with its container or its next start"},
		     {0x01021994, "memory (tmpfs), which goes with the power"},
		     {0x858458f6, "memory (ramfs), which goes with the power"}};
	struct statfs fs;

	for (size_t i = 0; statfs(folder, &fs) == 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (((unsigned long)fs.f_type & 0xffffffff) == kinds[i].type)
			return kinds[i].words;
	}
	return NULL;
}

/* Measured once a command: it writes, and a disk wears. */
static double speed_of(struct inspect *l, const char *folder)
{
	unsigned i = 0;

	while (i < l->speeds && strcmp(l->speed[i].folder, folder) != 0)
		i++;
	if (i == l->speeds && l->speeds < INSPECT_DISKS) {
		snprintf(l->speed[i].folder, sizeof(l->speed[i].folder), "%s", folder);
		l->speed[i].mb_s = write_speed(folder);
		l->speed[i].error = errno;
		l->speeds++;
	}
	errno = i < l->speeds ? l->speed[i].error : EIO;
	return i < l->speeds ? l->speed[i].mb_s : (double)NAN;
}

/* It can be written to: is there room, is it fast enough, will it last? */
static struct preflight_item *disk_room(struct inspect *l, const char *subject, const char *folder,
					double gb, double wanted_gb, double speed)
{
	const char *lost = lost_with(folder);
	double needs = isnan(l->hours) ? 0 : GB_PER_HOUR * 1e3 / 3600;
	struct preflight_item *i;

	if (gb < wanted_gb) {
		i = inspect_add(l, "disk", subject, gb < wanted_gb / 4 ? LEVEL_FAIL : LEVEL_WARN,
				"%.1f GB free, %.0f MB/s: %s", gb, speed, folder);
		inspect_do(i, "make room: %.0f GB are wanted", wanted_gb);
	} else if (speed < SPEED_SHARE * needs) {
		i = inspect_add(l, "disk", subject, speed < needs ? LEVEL_FAIL : LEVEL_WARN,
				"it takes %.1f MB/s, the recording has %.1f: %s", speed, needs,
				folder);
		inspect_do(i, "write to a faster disk");
	} else if (lost) {
		i = inspect_add(l, "disk", subject, LEVEL_WARN, "%s is on %s", folder, lost);
		inspect_do(i, "write to a disk (--db, or the recording's root)");
	} else {
		i = inspect_add(l, "disk", subject, LEVEL_OK, "%.1f GB free, %.0f MB/s: %s", gb,
				speed, folder);
	}
	return i;
}

static void disk_item(struct inspect *l, const char *subject, const char *path, double wanted_gb)
{
	char *folder = existing_dup(path);
	struct preflight_item *i;
	struct statvfs fs;
	struct err e = {0};
	double gb, speed;

	if (fs_check(folder, &e) || statvfs(folder, &fs)) {
		i = inspect_add(l, "disk", subject, LEVEL_FAIL, "%s",
				e.code ? e.msg : strerror(errno));
		inspect_do(i, "write to a local disk (--db, or the recording's root)");
		free(folder);
		return;
	}
	gb = (double)fs.f_bavail * (double)fs.f_frsize / 1e9;
	speed = speed_of(l, folder);
	if (isnan(speed)) {
		i = inspect_add(l, "disk", subject, LEVEL_FAIL, "%s cannot be written: %s", folder,
				strerror(errno));
		inspect_do(i, "mount it for writing, or write elsewhere");
	} else if (fs.f_files && fs.f_favail < 1000) {
		i = inspect_add(l, "disk", subject, LEVEL_FAIL, "%s has %llu inodes left", folder,
				(unsigned long long)fs.f_favail);
		inspect_do(i, "remove small files");
	} else {
		i = disk_room(l, subject, folder, gb, wanted_gb, speed);
	}
	inspect_number(i, gb, wanted_gb, "GB");
	free(folder);
}

void inspect_disk(struct inspect *l)
{
	double least = l->rig->tolerances.disk_free_gb;

	char *home = isnan(l->hours) ? NULL : hub_folder_dup("HF_LEROBOT_HOME", "lerobot");
	const char *to = l->record_to ? l->record_to : home;

	disk_item(l, "database", l->db, least);
	if (to)
		disk_item(l, "recording", to,
			  fmax(least, isnan(l->hours) ? 0 : l->hours * GB_PER_HOUR));
	free(home);
}

/* A number behind a key of a text file such as /proc/meminfo; NaN: not there. */
static double file_number(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	char line[256];
	double v = NAN;

	while (f && isnan(v) && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, strlen(key)) == 0)
			v = strtod(line + strlen(key), NULL);
	}
	if (f)
		fclose(f);
	return v;
}

static void memory(struct inspect *l)
{
	double gb = file_number("/proc/meminfo", "MemAvailable:") * 1024 / 1e9;
	double least = l->rig->tolerances.ram_free_gb;
	struct preflight_item *i;

	if (isnan(gb)) {
		inspect_add(l, "ram", "", LEVEL_UNKNOWN, "/proc/meminfo does not tell");
		return;
	}
	i = inspect_add(l, "ram", "", gb < least ? LEVEL_WARN : LEVEL_OK, "%.1f GB are free", gb);
	inspect_number(i, gb, least, "GB");
	if (gb < least)
		inspect_do(i, "end what is not needed");
}

/* The hottest zone that the kernel names; a processor at 95 degC slows itself down. */
static void heat(struct inspect *l)
{
	double hottest = NAN;
	struct preflight_item *i;

	for (unsigned z = 0; z < 64; z++) {
		char path[64];
		double v;

		snprintf(path, sizeof(path), "/sys/class/thermal/thermal_zone%u/temp", z);
		v = file_number(path, "") / 1000;
		if (v > 0 && v < 200)
			hottest = fmax(hottest, v);
	}
	if (isnan(hottest))
		return;
	i = inspect_add(l, "heat", "processor", hottest >= 95 ? LEVEL_WARN : LEVEL_OK, "%.0f degC",
			hottest);
	inspect_number(i, hottest, 95, "degC");
	if (hottest >= 95)
		inspect_do(i, "it slows itself down: look at its fan");
}

static void governor(struct inspect *l)
{
	FILE *f = fopen("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "re");
	char word[32] = "";

	if (f && fgets(word, sizeof(word), f))
		word[strcspn(word, "\n")] = '\0';
	if (f)
		fclose(f);
	if (strcmp(word, "powersave") == 0 || strcmp(word, "conservative") == 0)
		inspect_do(inspect_add(l, "host", "governor", LEVEL_NOTE,
				       "the processor's governor is %s", word),
			   "cpupower frequency-set -g performance");
}

/* With it, a lost SSH link ends the engine, too. */
static void logout_kills(struct inspect *l)
{
	if (logout_ends())
		inspect_do(
			inspect_add(l, "host", "logind", LEVEL_NOTE,
				    "KillUserProcesses=yes: leaving the session ends the engine"),
			"loginctl enable-linger");
}

/* How far the wall clock is ahead of the one that only runs. */
static int64_t clock_offset_ns(void)
{
	struct clock clock = clock_real();

	return clock_wall_ns() - clock_now_ns(&clock);
}

/* A clock that steps breaks whatever compares times of two machines, and LeRobot's own pacing. */
static void clock_steps(struct inspect *l)
{
	struct timex t = {.modes = 0};
	int64_t offset_ns = clock_offset_ns();
	double step_s = l->clock_seen ? (double)(offset_ns - l->clock_ns) / 1e9 : 0;

	l->clock_seen = true;
	l->clock_ns = offset_ns;
	if (fabs(step_s) > l->clock_step_s)
		l->clock_step_s = fabs(step_s);
	if (l->clock_step_s >= CLOCK_STEP_S)
		inspect_do(inspect_add(l, "host", "clock", LEVEL_NOTE,
				       "the wall clock stepped by %.3g s while this looked",
				       l->clock_step_s),
			   "wait until it is synchronised (timedatectl)");
	else if (adjtimex(&t) == TIME_ERROR)
		inspect_do(inspect_add(l, "host", "clock", LEVEL_NOTE,
				       "the wall clock is not synchronised: it may step"),
			   "timedatectl set-ntp true");
}

void inspect_machine(struct inspect *l)
{
	struct audit a = {.n = 0};

	rig_audit_paths(&a, l->rig);
	inspect_take(l, &a);
	audit_fini(&a);
	memory(l);
	inspect_gpu(l);
	heat(l);
	governor(l);
	logout_kills(l);
	clock_steps(l);
}
