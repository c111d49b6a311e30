/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main of a fuzz target in `make check`: replays the seeds of tests/fuzz/corpus/NAME, then
 * every truncation, every bit flip and many random edits of them, for about two seconds. The
 * target runs in a child, its input in shared memory, so that what kills it is kept as
 * f_NAME.crash. With --enable-fuzzing libFuzzer takes the place of this file.
 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/rng.h"
#include "tests/tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEEDS_MAX = 512, SEED_BYTES = 1 << 20, RANDOM_EDITS = 20000, HANG_S = 60 };

struct seed {
	char name[256];
	uint8_t *data;
	size_t len;
};

/* Shared with the child: what it is doing. */
struct input {
	size_t len;
	uint64_t runs;
	char name[256];
	uint8_t data[SEED_BYTES + 64];
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct seed *)a)->name, ((const struct seed *)b)->name);
}

static size_t load(const char *folder, struct seed *seed)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	size_t n = 0;

	while (d && n < SEEDS_MAX && (e = readdir(d))) {
		char path[4096];
		FILE *f;

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		f = fopen(path, "rb");
		if (!f)
			continue;
		snprintf(seed[n].name, sizeof(seed[n].name), "%s", e->d_name);
		seed[n].data = malloc(SEED_BYTES);
		seed[n].len = seed[n].data ? fread(seed[n].data, 1, SEED_BYTES, f) : 0;
		fclose(f);
		n++;
	}
	if (d)
		closedir(d);
	if (n)
		qsort(seed, n, sizeof(*seed), by_name);
	return n;
}

static uint32_t below(struct rng *r, size_t n)
{
	return rng_u32(r) % (uint32_t)n;
}

static void random_edit(struct input *in, struct rng *r)
{
	static const uint8_t odd[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '"', '[', '%'};

	for (unsigned i = below(r, 4) + 1; i && in->len; i--) {
		size_t at = below(r, in->len);
		size_t n = below(r, 8) + 1;

		switch (below(r, 4)) {
		case 0: /* overwrite: lengths and tags become extreme */
			for (size_t k = at; k < in->len && k < at + n; k++)
				in->data[k] = odd[below(r, sizeof(odd))];
			break;
		case 1: /* cut out */
			n = n < in->len - at ? n : in->len - at;
			memmove(in->data + at, in->data + at + n, in->len - at - n);
			in->len -= n;
			break;
		case 2: /* repeat */
			n = n < in->len - at ? n : in->len - at;
			if (in->len + n > sizeof(in->data))
				break;
			memmove(in->data + at + n, in->data + at, in->len - at);
			in->len += n;
			break;
		default:
			in->data[at] = (uint8_t)rng_u32(r);
		}
	}
}

/* The step-th edit of a seed; false when there is no such edit. */
static bool edit(struct input *in, const struct seed *s, uint64_t step)
{
	in->len = s->len;
	memcpy(in->data, s->data, s->len);
	if (step < s->len) {
		in->len = (size_t)step;
		return true;
	}
	step -= s->len;
	if (step < 8 * (uint64_t)s->len) {
		in->data[step / 8] ^= (uint8_t)(1U << (step % 8));
		return true;
	}
	step -= 8 * (uint64_t)s->len;
	if (step < RANDOM_EDITS && s->len) {
		struct rng r = rng_seed(step);

		random_edit(in, &r);
		return true;
	}
	return false;
}

static void run(struct input *in)
{
	/* A copy of the exact size, so that a sanitizer sees every read past the end. */
	uint8_t *copy = malloc(in->len ? in->len : 1);

	if (!copy)
		abort();
	memcpy(copy, in->data, in->len);
	LLVMFuzzerTestOneInput(copy, in->len);
	free(copy);
	in->runs++;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run_all(struct input *in, const struct seed *seed, size_t n)
{
	double end = now_s() + (getenv("POLICYTOP_QUICK") ? 1.0 : 2.0);
	bool more = true;

	for (size_t i = 0; i < n; i++) {
		snprintf(in->name, sizeof(in->name), "%s", seed[i].name);
		in->len = seed[i].len;
		memcpy(in->data, seed[i].data, seed[i].len);
		run(in);
	}
	for (uint64_t step = 0; more; step++) {
		more = false;
		for (size_t i = 0; i < n; i++) {
			if (now_s() > end)
				return;
			if (!edit(in, &seed[i], step))
				continue;
			snprintf(in->name, sizeof(in->name), "%s, edit %llu", seed[i].name,
				 (unsigned long long)step);
			run(in);
			more = true;
		}
	}
}

static void keep(const struct input *in, const char *program)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s.crash", program);
	f = fopen(path, "wb");
	if (!f)
		return;
	fwrite(in->data, 1, in->len, f);
	fclose(f);
	printf("# %zu bytes of input kept in %s\n", in->len, path);
}

int main(int argc, char **argv)
{
	struct tap t = {0};
	const char *top = getenv("TOP_SRCDIR"), *name = argc ? strrchr(argv[0], '/') : NULL;
	struct input *in = mmap(NULL, sizeof(*in), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct seed *seed = calloc(SEEDS_MAX, sizeof(*seed));
	char folder[4096];
	int status = 0;
	size_t n;
	pid_t pid;

	if (in == MAP_FAILED || !seed || !name || strncmp(name, "/f_", 3) != 0)
		return 1;
	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", top ? top : ".", name + 3);
	n = load(folder, seed);
	ok(&t, n > 0, "%zu seeds in corpus/%s", n, name + 3);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(HANG_S);
		run_all(in, seed, n);
		for (size_t i = 0; i < n; i++)
			free(seed[i].data);
		free(seed);
		exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 1;
	if (!ok(&t, status == 0, "%llu inputs, no crash, no leak, no hang",
		(unsigned long long)in->runs)) {
		printf("# %s %d in: %s\n", WIFSIGNALED(status) ? "signal" : "exit",
		       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), in->name);
		keep(in, argv[0]);
	}
	for (size_t i = 0; i < n; i++)
		free(seed[i].data);
	free(seed);
	return tap_done(&t);
}
