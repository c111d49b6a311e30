/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVML is opened when it is needed: no header and no library of NVIDIA's at build time. Names,
 * structs and numbers are those of nvml.h, whose ABI NVIDIA keeps.
 */
#include "cmd/inspect_gpu.h"

#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

struct nvml_memory {
	unsigned long long total, free, used;
};

enum { NVML_SUCCESS = 0, NVML_TEMPERATURE_GPU = 0 };

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
	find(n, "nvmlDeviceGetCurrentClocksThrottleReasons", &n->reasons);
	if (n->init && n->shutdown && n->count && n->handle && n->memory && n->temperature &&
	    n->init() == NVML_SUCCESS)
		return true;
	dlclose(n->lib);
	return false;
}

static void card(struct inspect *l, const struct nvml *n, unsigned at)
{
	struct nvml_memory m = {0};
	unsigned long long reasons = 0;
	unsigned degc = 0;
	struct preflight_item *i;
	char name[16];
	void *device;

	snprintf(name, sizeof(name), "gpu%u", at);
	if (n->handle(at, &device) != NVML_SUCCESS || n->memory(device, &m) != NVML_SUCCESS) {
		inspect_add(l, "gpu", name, LEVEL_UNKNOWN, "the card does not answer");
		return;
	}
	if (n->temperature(device, NVML_TEMPERATURE_GPU, &degc) != NVML_SUCCESS)
		degc = 0;
	if (n->reasons && n->reasons(device, &reasons) != NVML_SUCCESS)
		reasons = 0;
	i = inspect_add(l, "gpu", name, reasons & THROTTLED ? LEVEL_WARN : LEVEL_OK,
			"%.1f of %.1f GB are free, %u degC%s", (double)m.free / 1e9,
			(double)m.total / 1e9, degc,
			reasons & THROTTLED ? ", slowed down by heat or power" : "");
	inspect_number(i, (double)m.free / 1e9, (double)NAN, "GB");
	if (reasons & THROTTLED)
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
