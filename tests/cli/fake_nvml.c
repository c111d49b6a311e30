/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA's library as a test wants it, by nvml.h's documented calls: FAKE_NVML is
 * "CARDS FREE_GB TOTAL_GB DEGC SLOWDOWN_DEGC REASONS"; CARDS -1: it does not start.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct memory {
	unsigned long long total, free, used;
};

struct wish {
	int cards;
	double free_gb, total_gb;
	unsigned degc, slowdown;
	unsigned long long reasons;
};

int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlDeviceGetCount_v2(unsigned *n);
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **device);
int nvmlDeviceGetMemoryInfo(void *device, struct memory *m);
int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *degc);
int nvmlDeviceGetTemperatureThreshold(void *device, int which, unsigned *degc);
int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *reasons);

enum { SUCCESS = 0, NOT_SUPPORTED = 3, UNKNOWN = 999 };

static struct wish wish(void)
{
	const char *text = getenv("FAKE_NVML");
	struct wish w = {0};

	sscanf(text ? text : "", "%d %lf %lf %u %u %llx", &w.cards, &w.free_gb, &w.total_gb,
	       &w.degc, &w.slowdown, &w.reasons);
	return w;
}

int nvmlInit_v2(void)
{
	return wish().cards < 0 ? UNKNOWN : SUCCESS;
}

int nvmlShutdown(void)
{
	return SUCCESS;
}

int nvmlDeviceGetCount_v2(unsigned *n)
{
	*n = (unsigned)wish().cards;
	return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **device)
{
	static char cards[4];

	*device = &cards[i % 4];
	return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(void *device, struct memory *m)
{
	struct wish w = wish();

	(void)device;
	memset(m, 0, sizeof(*m));
	m->total = (unsigned long long)(w.total_gb * 1e9);
	m->free = (unsigned long long)(w.free_gb * 1e9);
	return w.total_gb > 0 ? SUCCESS : UNKNOWN;
}

int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *degc)
{
	(void)device;
	*degc = wish().degc;
	return sensor == 0 ? SUCCESS : UNKNOWN;
}

int nvmlDeviceGetTemperatureThreshold(void *device, int which, unsigned *degc)
{
	(void)device;
	*degc = wish().slowdown;
	return which == 1 && wish().slowdown ? SUCCESS : NOT_SUPPORTED;
}

int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *reasons)
{
	(void)device;
	*reasons = wish().reasons;
	return SUCCESS;
}
