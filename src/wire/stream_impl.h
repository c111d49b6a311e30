/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the stream decoder; nobody else includes it. */
#ifndef POLICYTOP_WIRE_STREAM_IMPL_H
#define POLICYTOP_WIRE_STREAM_IMPL_H

#include <stdbool.h>

#include "wire/json.h"
#include "wire/stream.h"

struct stream {
	void (*emit)(void *host, const struct event *ev);
	void *host;
	char prefix[NAME_BYTES];

	/* The joints: known after a hello that lists them, or guessed from the first values. */
	struct hello hello; /* with prefixes; as emitted */
	bool joints_known, joints_guessed;
	unsigned wire_joints;		   /* as many as the sender has: >= hello.joints */
	char name[MAX_JOINTS][NAME_BYTES]; /* cleaned, without prefix */

	/* The line under work. */
	int64_t t_ns;
	char reason[160]; /* the first thing wrong with it, "" none */
	struct step step;
	double *actions; /* of a chunk */
	size_t actions_room;

	/* Bad lines. */
	uint64_t lines, bad, untold;
	char first_bad[192]; /* number and reason */
	int64_t told_ns;     /* TIME_UNKNOWN: never */

	/* A line that came in pieces. */
	char *part;
	size_t part_len, part_room;
};

/* Notes what is wrong with the line under work; the first reason stays. */
void stream_blame(struct stream *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void stream_emit(struct stream *s, struct event *ev);

/* The cleaned text of the next value; false (and dst "") when it is null or no string. */
bool stream_take_text(struct stream *s, struct json *j, char *dst, size_t size);

/* The next value as a number; false when it is null or unusable, which is blamed on key. */
bool stream_take_double(struct stream *s, struct json *j, const char *key, double *out);
bool stream_take_i64(struct stream *s, struct json *j, const char *key, int64_t *out);

/* The next value as true or false; *out stays when it is neither, which is blamed on key. */
void stream_take_flag(struct stream *s, struct json *j, const char *key, bool *out);

/*
 * Calls take for every top-level key of the line; take must consume the value (json_next, then
 * json_skip). False, with a reason, when the line is no JSON object.
 */
bool stream_each_key(struct stream *s, const char *line, size_t len,
		     void (*take)(struct stream *s, struct json *j, void *out), void *out);

/* stream_hello.c: a hello line; joints guessed from a step or chunk line. */
void stream_take_hello(struct stream *s, const char *line, size_t len);
bool stream_guess_joints(struct stream *s, const char *line, size_t len);

/* Steps over the next value. */
void stream_skip_value(struct json *j);

/* The next value as a time in seconds; *src_ns stays when there is none. */
void stream_take_time(struct stream *s, struct json *j, int64_t *src_ns);

/* stream_small.c: the kinds without vectors. False: type is none of them. */
bool stream_take_small(struct stream *s, const char *type, const char *line, size_t len);

/* stream_camera.c: a picture as facts. */
void stream_take_camera(struct stream *s, const char *line, size_t len);

/* stream_step.c: the kinds with vectors. */
void stream_take_step(struct stream *s, const char *line, size_t len);
void stream_take_chunk(struct stream *s, const char *line, size_t len);

#endif
