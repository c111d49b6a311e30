/* SPDX-License-Identifier: Apache-2.0 */
#include "db/fs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "base/mem.h"

enum { FUSE_TYPE = 0x65735546 };

/* Numbers of linux/magic.h and of the filesystems' own headers; see statfs(2). */
static const struct {
	unsigned long type;
	const char *name;
} network[] = {
	{0x6969, "NFS"},       {0x517b, "SMB"},	       {0xfe534d42, "SMB2"},   {0xff534d42, "CIFS"},
	{0x00c36400, "Ceph"},  {0x5346414f, "AFS"},    {0x6b414653, "AFS"},    {0x73757245, "Coda"},
	{0x01021997, "9p"},    {0x564c, "NCP"},	       {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"},
	{0x7461636f, "OCFS2"}, {0x19830326, "BeeGFS"},
};

static const char *const network_fuse[] = {"sshfs",  "rclone",	  "s3fs",    "gcsfuse", "glusterfs",
					   "davfs2", "curlftpfs", "juicefs", "moosefs", "smbnetfs"};

const char *fs_network_name(unsigned long type)
{
	for (size_t i = 0; i < sizeof(network) / sizeof(network[0]); i++) {
		if (network[i].type == (type & 0xffffffff))
			return network[i].name;
	}
	return NULL;
}

const char *fs_network_fuse(const char *fstype)
{
	if (strncmp(fstype, "fuse.", 5) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(network_fuse) / sizeof(network_fuse[0]); i++) {
		if (strcmp(network_fuse[i], fstype + 5) == 0)
			return network_fuse[i];
	}
	return NULL;
}

/* FUSE hides what it is: the mount table names it ("… MAJOR:MINOR … - FSTYPE …"). */
static const char *fuse_name(dev_t dev)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	const char *found = NULL;
	char line[4096], fstype[64];
	unsigned major_no, minor_no;

	while (f && !found && fgets(line, sizeof(line), f)) {
		const char *dash = strstr(line, " - ");

		if (dash && sscanf(line, "%*d %*d %u:%u", &major_no, &minor_no) == 2 &&
		    major_no == major(dev) && minor_no == minor(dev) &&
		    sscanf(dash + 3, "%63s", fstype) == 1)
			found = fs_network_fuse(fstype);
	}
	if (f)
		fclose(f);
	return found;
}

int fs_check(const char *path, struct err *e)
{
	char *at = xstrdup(path);
	const char *name = NULL;
	struct statfs fs;
	struct stat st;
	char *slash;
	int rc;

	while ((rc = statfs(at, &fs)) && errno == ENOENT && (slash = strrchr(at, '/')))
		slash[slash == at && slash[1] ? 1 : 0] = '\0';
	if (!rc) {
		name = fs_network_name((unsigned long)fs.f_type);
		if (!name && fs.f_type == FUSE_TYPE && !stat(at, &st))
			name = fuse_name(st.st_dev);
	}
	free(at);
	if (!name)
		return 0;
	return err_set(
		e, ENOTSUP,
		"%s: is on a network filesystem (%s), where SQLite's log cannot work; give a "
		"local file with --db",
		path, name);
}
