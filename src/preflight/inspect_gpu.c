/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVML is opened when it is needed: no header and no library of NVIDIA's at build time. Names,
 * structs and numbers are those of nvml.h, whose ABI NVIDIA keeps.
 */
#include "preflight/inspect_gpu.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct nvml_memory {
	unsigned long long total, free, used;
};

enum { NVML_SUCCESS = 0, NVML_TEMPERATURE_GPU = 0, NVML_THRESHOLD_SLOWDOWN = 1 };

/* Degrees below the threshold at which the card slows itself down. */
enum { NEAR_DEGC = 5 };

/* nvmlClocksEventReason*: software and hardware slow-down by heat, power brake. */
static const unsigned long long THROTTLED = 0x20 | 0x40 | 0x80;

struct nvml {
	void *lib;
	int (*init)(void);
	int (*shutdown)(void);
	int (*count)(unsigned *n);
	int (*handle)(unsigned i, void **device);
	int (*memory)(void *device, struct nvml_memory *m);
	int (*temperature)(void *device, int sensor, unsigned *degc);
	int (*threshold)(void *device, int which, unsigned *degc);
	int (*reasons)(void *device, unsigned long long *reasons);
};

/* Through an integer: ISO C knows no cast from an object to a function. */
static void find(const struct nvml *n, const char *name, void *function)
{
	void *at = dlsym(n->lib, name);

	*(void **)function = at;
}

static bool open_nvml(struct nvml *n)
{
	n->lib = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!n->lib)
		return false;
	find(n, "nvmlInit_v2", &n->init);
	find(n, "nvmlShutdown", &n->shutdown);
	find(n, "nvmlDeviceGetCount_v2", &n->count);
	find(n, "nvmlDeviceGetHandleByIndex_v2", &n->handle);
	find(n, "nvmlDeviceGetMemoryInfo", &n->memory);
	find(n, "nvmlDeviceGetTemperature", &n->temperature);
	find(n, "nvmlDeviceGetTemperatureThreshold", &n->threshold);
	find(n, "nvmlDeviceGetCurrentClocksThrottleReasons", &n->reasons);
	if (n->init && n->shutdown && n->count && n->handle && n->memory && n->temperature &&
	    n->init() == NVML_SUCCESS)
		return true;
	dlclose(n->lib);
	return false;
}

/* GB of the weights that this machine must load, NaN unknown or a server's business. */
static double weights_gb(const struct inspect *l)
{
	DIR *d = l->policy && !l->rig->server[0] ? opendir(l->policy->path) : NULL;
	const struct dirent *entry;
	double bytes = 0;
	struct stat st;

	while (d && (entry = readdir(d))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (dot && strcmp(dot, ".safetensors") == 0 &&
		    fstatat(dirfd(d), entry->d_name, &st, 0) == 0)
			bytes += (double)st.st_size;
	}
	if (d)
		closedir(d);
	return bytes > 0 ? bytes / 1e9 : (double)NAN;
}

struct reading {
	struct nvml_memory memory;
	unsigned degc, slow_degc; /* 0 unknown */
	unsigned long long reasons;
};

static bool read_card(const struct nvml *n, unsigned at, struct reading *r)
{
	void *device;

	*r = (struct reading){.degc = 0};
	if (n->handle(at, &device) != NVML_SUCCESS || n->memory(device, &r->memory) != NVML_SUCCESS)
		return false;
	if (n->temperature(device, NVML_TEMPERATURE_GPU, &r->degc) != NVML_SUCCESS)
		r->degc = 0;
	if (n->threshold &&
	    n->threshold(device, NVML_THRESHOLD_SLOWDOWN, &r->slow_degc) != NVML_SUCCESS)
		r->slow_degc = 0;
	if (n->reasons && n->reasons(device, &r->reasons) != NVML_SUCCESS)
		r->reasons = 0;
	return true;
}

static void card(struct inspect *l, const struct nvml *n, unsigned at)
{
	double wanted = weights_gb(l), gb;
	struct preflight_item *i;
	struct reading r;
	char name[16], heat[48] = "";
	bool hot;

	snprintf(name, sizeof(name), "gpu%u", at);
	if (!read_card(n, at, &r)) {
		inspect_add(l, "gpu", name, LEVEL_UNKNOWN, "the card does not answer");
		return;
	}
	gb = (double)r.memory.free / 1e9;
	hot = r.degc && r.slow_degc && r.degc + NEAR_DEGC >= r.slow_degc;
	if (r.degc)
		snprintf(heat, sizeof(heat), ", %u degC%s", r.degc,
			 r.reasons & THROTTLED ? ", slowed down by heat or power"
			 : hot		       ? ", about to slow down"
					       : "");
	i = inspect_add(l, "gpu", name,
			r.reasons & THROTTLED || hot || gb < wanted ? LEVEL_WARN : LEVEL_OK,
			"%.1f of %.1f GB are free%s", gb, (double)r.memory.total / 1e9, heat);
	inspect_number(i, gb, wanted, "GB");
	if (gb < wanted)
		inspect_do(i, "end what uses it: the policy's weights are %.1f GB", wanted);
	else if (r.reasons & THROTTLED || hot)
		inspect_do(i, "look at its fan and its power limit");
}

void inspect_gpu(struct inspect *l)
{
	struct nvml n = {0};
	unsigned cards = 0;

	if (!open_nvml(&n)) {
		inspect_add(l, "gpu", "", LEVEL_UNKNOWN, "no library of NVIDIA's on this machine");
		return;
	}
	if (n.count(&cards) != NVML_SUCCESS || !cards)
		inspect_add(l, "gpu", "", LEVEL_UNKNOWN, "no card");
	for (unsigned i = 0; i < cards && i < 16; i++)
		card(l, &n, i);
	n.shutdown();
	dlclose(n.lib);
}
