/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is understood of a command line: which program drives the robot, behind which others,
 * and what its arguments, its configuration file and the environment say about robot, policy and
 * task. Every fact names the word it is from; what is not said is not there, nothing is guessed.
 *
 * Pure: reads no file but through its caller, starts nothing, changes nothing. The command line is
 * hostile: all that is kept is bounded and has been through text_clean(). Main thread.
 */
#ifndef POLICYTOP_PLAN_PLAN_H
#define POLICYTOP_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/joint.h"

enum {
	PLAN_FACTS_MAX = 64,
	PLAN_CAMERAS_MAX = 16,
	PLAN_SOURCES_MAX = 8,
	PLAN_WARNINGS_MAX = 8,
	PLAN_NOTES_MAX = 16,
	PLAN_ASSIGNS_MAX = 32,
	PLAN_TEXT_BYTES = 512,
	PLAN_FROM_BYTES = 96,
	PLAN_FILE_MAX = 1 << 20, /* bytes of a configuration file */
};

struct plan;

/* An option of a family and the fact that it tells; of several with one key the first row wins. */
struct plan_option {
	const char *key;    /* "checkpoint"; NULL ends a table */
	const char *option; /* "policy.path": without dashes, '-' as '_' */
};

/* A kind of program: one row of plan_table. Texts are lists ended by NULL. */
struct plan_family {
	const char *name, *summary;
	const char *const *program; /* as started: base names */
	const char *const *module;  /* python -m */
	const char *const *script;  /* ends of a script's path, from a '/' on */
	const struct plan_option *option;
	bool lerobot;			    /* its plug-ins are found, and its lines are known */
	bool (*also)(const struct plan *p); /* more to ask for than a name; NULL: nothing */
	void (*derive)(struct plan *p);	    /* what follows from the facts; NULL: nothing */
};

extern const struct plan_family *const plan_table[]; /* NULL ends */

struct plan_fact {
	const char *key; /* of an option row, static */
	char value[PLAN_TEXT_BYTES];
	char from[PLAN_FROM_BYTES];
};

struct plan_camera {
	char role[NAME_BYTES], type[NAME_BYTES];
	char path[256];	    /* index_or_path, or serial_number_or_name, …: "" none */
	long width, height; /* 0 unknown */
	double fps;	    /* 0 unknown */
	bool depth;	    /* use_depth */
};

struct plan_source {
	char word[PLAN_TEXT_BYTES];
	char from[PLAN_FROM_BYTES];
};

struct plan {
	const struct plan_family *family; /* NULL: not known */
	int argc;
	char *const *argv;	      /* the caller's */
	int program;		      /* index of the word that names it; -1 none */
	int args;		      /* of its first argument */
	bool python;		      /* seen to run in an interpreter, or known to */
	bool module;		      /* program is what follows python's -m */
	const char *root;	      /* chroot's folder, NULL none */
	int assign[PLAN_ASSIGNS_MAX]; /* words VAR=VALUE before the program */
	int assigns;
	unsigned facts, cameras, sources, warnings, notes;
	struct plan_fact fact[PLAN_FACTS_MAX];
	struct plan_camera camera[PLAN_CAMERAS_MAX];
	char cameras_from[PLAN_FROM_BYTES];
	struct plan_source source[PLAN_SOURCES_MAX];
	char warning[PLAN_WARNINGS_MAX][PLAN_TEXT_BYTES];
	char note[PLAN_NOTES_MAX][PLAN_TEXT_BYTES]; /* options that are not known here */
};

/* What lies outside of the command line. */
struct plan_world {
	void *host;
	const char *(*env)(void *host, const char *name); /* NULL: not set */
	/* A whole text file, at most PLAN_FILE_MAX bytes; NULL: not there. The caller frees it. */
	char *(*read)(void *host, const char *path, size_t *len);
};

/* Fills p. -EINVAL with e: no command, or none behind env, nice and the like. */
int plan_command(struct plan *p, int argc, char *const *argv, const struct plan_world *w,
		 struct err *e);

const struct plan_fact *plan_get(const struct plan *p, const char *key); /* NULL unknown */
const char *plan_value(const struct plan *p, const char *key);		 /* "" unknown */

/* What run finds out besides. */
void plan_warn(struct plan *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void plan_source(struct plan *p, const char *from, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends the members of a JSON object: what the plan holds, but for its sources. */
struct buf;
void plan_json(struct buf *b, const struct plan *p);

#endif
