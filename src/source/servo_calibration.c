/* SPDX-License-Identifier: Apache-2.0 */
/* Where LeRobot keeps calibrations. Its folders were renamed in 0.4.3: both names are looked for. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "source/servo.h"

enum { FOLDERS_MAX = 256 /* of LeRobot's robots that are looked into */ };

static const char *const sorts[] = {"robots", "teleoperators"};

/* LeRobot expands a leading ~ itself. */
static char *expanded_dup(const char *path)
{
	const char *home = getenv("HOME");

	return path[0] == '~' && path[1] == '/' && home ? path_join_dup(home, path + 2)
							: xstrdup(path);
}

static char *join_free(char *folder, const char *name)
{
	char *path = path_join_dup(folder, name);

	free(folder);
	return path;
}

/* The folder of all calibrations. */
static char *home_dup(void)
{
	static const struct {
		const char *variable, *below;
	} places[] = {
		{"HF_LEROBOT_CALIBRATION", ""},
		{"HF_LEROBOT_HOME", "calibration"},
		{"HF_HOME", "lerobot/calibration"},
		{"XDG_CACHE_HOME", "huggingface/lerobot/calibration"},
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const char *value = getenv(places[i].variable);

		if (!value || !value[0])
			continue;
		return places[i].below[0] ? join_free(expanded_dup(value), places[i].below)
					  : expanded_dup(value);
	}
	return expanded_dup("~/.cache/huggingface/lerobot/calibration");
}

/* The file when it is there; name: "ID.json". */
static char *there_dup(const char *folder, const char *kind, const char *name)
{
	char *path = join_free(path_join_dup(folder, kind), name);
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		return path;
	free(path);
	return NULL;
}

/* In the folders of any robot: there must be one. */
static char *search_dup(const char *folder, const char *name, char kind[NAME_BYTES], struct err *e)
{
	DIR *d = opendir(folder);
	char *found = NULL;
	struct dirent *entry;

	for (int n = 0; d && n < FOLDERS_MAX && (entry = readdir(d)); n++) {
		char *path = entry->d_name[0] == '.' ? NULL
						     : there_dup(folder, entry->d_name, name);

		if (path && found)
			err_set(e, EINVAL,
				"LeRobot has %s for more than one robot (%s, %s): say robot=", name,
				kind, entry->d_name);
		else if (path)
			text_clean(kind, NAME_BYTES, entry->d_name, strlen(entry->d_name));
		free(found ? path : NULL);
		found = found ? found : path;
	}
	if (d)
		closedir(d);
	if (e->code) {
		free(found);
		return NULL;
	}
	return found;
}

char *servo_calibration_find_dup(const struct robot_class *robot, const char *id,
				 char kind[NAME_BYTES], struct err *e)
{
	char name[NAME_BYTES + 8], *home, *found = NULL;
	struct err none = {0};

	if (!id[0] || strlen(id) >= NAME_BYTES || strchr(id, '/') || id[0] == '.') {
		err_set(e, EINVAL, "'%s' is no robot id of LeRobot", id);
		return NULL;
	}
	snprintf(name, sizeof(name), "%s.json", id);
	home = home_dup();
	for (unsigned s = 0; !found && !none.code && s < 2; s++) {
		char *folder = path_join_dup(home, sorts[s]);

		if (!robot)
			found = search_dup(folder, name, kind, &none);
		for (const char *const *k = robot ? robot->calibrations : NULL; !found && k && *k;
		     k++) {
			found = there_dup(folder, *k, name);
			text_copy(kind, NAME_BYTES, *k);
		}
		free(folder);
	}
	if (!found && none.code)
		err_set(e, none.code, "%s", none.msg);
	else if (!found)
		err_set(e, ENOENT,
			"LeRobot has no calibration %s of %s in %s: calibrate, or say "
			"calibration=FILE",
			name, robot ? robot->name : "any robot", home);
	free(home);
	return found;
}

int servo_calibration_load(struct calibration *c, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
	char *text;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		return err_set(e, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, EBADMSG, "%s: is no regular file", path);
	}
	text = xcalloc(1, CALIBRATION_BYTES + 1);
	n = read(fd, text, CALIBRATION_BYTES + 1);
	rc = n < 0 ? err_set(e, errno, "%s", strerror(errno))
		   : calibration_parse(c, text, (size_t)n, e);
	if (rc < 0)
		err_prefix(e, "%s", path);
	free(text);
	close(fd);
	return rc;
}
