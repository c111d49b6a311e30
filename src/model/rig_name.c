/* SPDX-License-Identifier: Apache-2.0 */
#include "model/rig_name.h"

#include <string.h>

bool rig_name_valid(const char *rig)
{
	static const char may[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = strlen(rig);

	return n > 0 && n < RIG_BYTES && rig[0] != '.' && rig[0] != '-' && strspn(rig, may) == n;
}
