/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoints whose files say anything: read, audited, told as JSON. The first byte says which file
 * of which form the others are; what is beside it is whole.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/files.h"
#include "base/buf.h"
#include "wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct plain {
	const char *name, *text;
};

static const char config[] =
	"{\"type\":\"act\",\"input_features\":{\"observation.state\":{\"type\":\"STATE\",\"shape\":[2]"
	"}},\"output_features\":{\"action\":{\"type\":\"ACTION\",\"shape\":[2]}},"
	"\"normalization_mapping\":{\"STATE\":\"MEAN_STD\",\"ACTION\":\"MEAN_STD\"}}";
static const char norm[] =
	"{\"steps\":[{\"registry_name\":\"normalizer_processor\",\"config\":{\"features\":{\"action\":{"
	"\"type\":\"ACTION\",\"shape\":[2]}},\"norm_map\":{\"ACTION\":\"MEAN_STD\"}},\"state_file\":"
	"\"s\"}]}";
static const char groot[] =
	"{\"x\":{\"state\":{\"arm\":{\"mean\":[1,2],\"std\":[1,2]}},\"action\":{\"arm\":{\"mean\":[1,"
	"2]}}}}";
static const char kwargs[] =
	"{\"processor_kwargs\":{\"modality_configs\":{\"x\":{\"state\":{\"modality_keys\":[\"arm\"]},"
	"\"action\":{\"modality_keys\":[\"arm\"],\"delta_indices\":[0,1]}}}}}";

/* By first byte: the file that the input is, and those beside it. */
static const struct {
	const char *name;
	struct plain beside[3];
} forms[] = {
	{"config.json", {{"policy_preprocessor.json", norm}, {NULL, NULL}}},
	{"policy_preprocessor.json", {{"config.json", config}, {NULL, NULL}}},
	{"policy_postprocessor.json",
	 {{"config.json", config}, {"policy_preprocessor.json", norm}}},
	{"s", {{"config.json", config}, {"policy_preprocessor.json", norm}}},
	{"model.safetensors", {{"config.json", config}, {NULL, NULL}}},
	{"train_config.json", {{"config.json", config}, {NULL, NULL}}},
	{"norm_stats.json", {{NULL, NULL}}},
	{"metadata.json", {{NULL, NULL}}},
	{"statistics.json", {{"processor_config.json", kwargs}, {NULL, NULL}}},
	{"processor_config.json", {{"statistics.json", groot}, {NULL, NULL}}},
	{"adapter_config.json", {{NULL, NULL}}},
};

static void put(const char *folder, const char *name, const void *p, size_t n)
{
	char path[512];
	FILE *f;

	if (strcmp(name, "metadata.json") == 0) {
		snprintf(path, sizeof(path), "%s/experiment_cfg", folder);
		mkdir(path, 0700);
		name = "experiment_cfg/metadata.json";
	}
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (!f || (n && fwrite(p, 1, n, f) != n) || fclose(f))
		abort();
}

static void drop(const char *folder)
{
	char path[512];

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, forms[i].name);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/experiment_cfg/metadata.json", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/experiment_cfg", folder);
	rmdir(path);
	rmdir(folder);
}

static void look(const char *folder)
{
	struct err e = {0};
	struct checkpoint *c = checkpoint_open(folder, &e);
	struct audit a = {0};
	struct buf b = {0};
	struct json j;

	if (!c && !e.code)
		abort();
	if (!c)
		return;
	audit_files(&a, c);
	buf_str(&b, "[");
	checkpoint_json(&b, c);
	buf_str(&b, ",");
	audit_json(&b, &a);
	buf_str(&b, "]");
	json_init(&j, b.p, b.len);
	while (json_next(&j) != JSON_END) {
		if (j.token == JSON_ERROR)
			abort();
	}
	buf_fini(&b);
	audit_fini(&a);
	checkpoint_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	size_t which = size ? data[0] % (sizeof(forms) / sizeof(forms[0])) : 0;
	char folder[256];

	snprintf(folder, sizeof(folder), "%s/policytop-fuzz-%ld", tmp, (long)getpid());
	mkdir(folder, 0700);
	put(folder, forms[which].name, data + (size > 0), size - (size > 0));
	for (const struct plain *p = forms[which].beside; p < forms[which].beside + 3 && p->name;
	     p++)
		put(folder, p->name, p->text, strlen(p->text));
	look(folder);
	drop(folder);
	return 0;
}
