/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message between a policy and its client: MessagePack with numpy arrays in it, in any of the
 * forms that openpi and GR00T use, taken apart into leaves with the path of keys that leads to
 * each. The forms are told by their keys, in any order of them:
 *
 *   openpi          {__ndarray__: true, data, dtype, shape}, {__npgeneric__: true, data, dtype}
 *   GR00T B and C   {__ndarray_class__: true, as_npy: a .npy file}
 *   msgpack-numpy   {nd: true or false, type, kind, shape, data}
 *   neither         an array of plain numbers, also nested, is a leaf of dtype "list"
 *
 * Incremental; the data of an array is kept only when it is wanted. Any thread; one thread a struct.
 */
#ifndef POLICYTOP_WIRE_PAYLOAD_H
#define POLICYTOP_WIRE_PAYLOAD_H

#include "wire/msgpack.h"
#include "wire/ndarray.h"

enum {
	PAYLOAD_PATH = 256,   /* bytes of a path with its '\0'; longer ones are cut */
	PAYLOAD_TEXT = 4096,  /* bytes of a text that are kept */
	PAYLOAD_PLAIN = 4096, /* plain numbers of one array that are kept; more: no leaf */
	PAYLOAD_HEAD = 512,   /* bytes of the data of any array that are kept: a .npy header */
};

enum payload_kind { PAYLOAD_ARRAY, PAYLOAD_STRING, PAYLOAD_NUMBER };

struct payload_leaf {
	enum payload_kind kind;
	const char *path;	     /* cleaned keys with the separator between them */
	const struct ndarray *array; /* data NULL: not kept, or not understood */
	const char *text;	     /* a str or bin, not cleaned */
	size_t len;
	double number; /* of a number or a truth value */
};

struct payload_host {
	void *host;
	/* How many bytes of an array's data to keep: all of them, or 0. */
	size_t (*want)(void *host, const char *path, uint32_t size);
	void (*leaf)(void *host, const struct payload_leaf *leaf);
};

struct payload {
	const char *error; /* what is wrong, static; NULL while nothing is */
	bool map;	   /* the object is a map, or an array that begins with one */
	/* private */
	const struct payload_host *host;
	struct msgpack_host reader_host;
	struct msgpack reader;
	char separator;
	bool begun;
	char path[PAYLOAD_PATH];
	struct {
		uint16_t path; /* its length */
		bool map;
		uint32_t index; /* containers in it so far */
	} level[MSGPACK_DEPTH_MAX + 1];
	unsigned depth;
	bool reserved; /* the last key may be of an array's map, and is not in the path */
	char key[32];  /* the last one, as written; longer ones are no key of an array's map */
	struct buf text, data;

	/* The map under way, as long as it may be an array. */
	struct {
		bool open; /* no map since it began */
		bool marked, scalar, npy;
		bool has_data;
		unsigned depth; /* of the map */
		uint64_t shape[NDARRAY_DIMS];
		unsigned dims;
		uint32_t size; /* of data */
		double value;
		struct ndarray array;
	} candidate;

	/* The array of plain numbers under way. */
	struct {
		bool open;
		unsigned depth; /* of the outermost array */
		unsigned dims;
		uint64_t shape[NDARRAY_DIMS];
		uint64_t n;
		double *value; /* [PAYLOAD_PLAIN] */
	} plain;
};

void payload_init(struct payload *p, const struct payload_host *host, char separator);
void payload_fini(struct payload *p);

void payload_begin(struct payload *p); /* a message */
void payload_take(struct payload *p, const void *bytes, size_t n);
size_t payload_skippable(const struct payload *p); /* as in msgpack.h */
void payload_skip(struct payload *p, size_t n);
bool payload_end(struct payload *p); /* of the message; false: error says why */

#endif
