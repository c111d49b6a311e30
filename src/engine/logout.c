/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "engine/supervise.h"

/* -1: the file does not say. The last line that does, wins. */
static int file_says(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[256];
	int says = -1;

	while (f && fgets(line, sizeof(line), f)) {
		const char *p = line + strspn(line, " \t");

		if (text_starts(p, "KillUserProcesses=yes") ||
		    text_starts(p, "KillUserProcesses=true") ||
		    text_starts(p, "KillUserProcesses=1"))
			says = 1;
		else if (text_starts(p, "KillUserProcesses="))
			says = 0;
	}
	if (f)
		fclose(f);
	return says;
}

/* logind.conf, then the files of logind.conf.d in the order of their names. */
static bool logind_kills(void)
{
	static const char dir[] = "/etc/systemd/logind.conf.d";
	struct dirent **list = NULL;
	int n = scandir(dir, &list, NULL, alphasort), says;
	bool kills = file_says("/etc/systemd/logind.conf") == 1;

	for (int i = 0; i < n; i++) {
		if (text_ends(list[i]->d_name, ".conf")) {
			char *path = path_join_dup(dir, list[i]->d_name);

			says = file_says(path);
			kills = says >= 0 ? says == 1 : kills;
			free(path);
		}
		free(list[i]);
	}
	free(list);
	return kills;
}

static bool lingers(const char *user)
{
	char *path = path_join_dup("/var/lib/systemd/linger", user);
	bool yes = access(path, F_OK) == 0;

	free(path);
	return yes;
}

/* Leaves a mark, so that it is said once. */
static bool said_before(void)
{
	char *path = path_state_dup("logout-warning");
	bool before = access(path, F_OK) == 0;

	if (!before && path_make_parents(path, NULL) == 0) {
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd >= 0)
			close(fd);
	}
	free(path);
	return before;
}

bool logout_ends(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return logind_kills() && !lingers(pw ? pw->pw_name : "");
}

char *logout_warning_dup(void)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *user = pw ? pw->pw_name : "";
	struct buf b = {0};

	if (!logout_ends() || said_before())
		return NULL;
	buf_printf(
		&b,
		"logind ends your processes when you log out (KillUserProcesses=yes): the engine "
		"would end with an SSH session. `loginctl enable-linger %s` lets it go on.",
		user);
	return b.p;
}
