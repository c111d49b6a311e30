/* SPDX-License-Identifier: Apache-2.0 */
/* One row a kind, in the order of `list sources`. */
#include "source/source.h"

extern const struct source_class source_dataset, source_sim, source_raw, source_stdin, source_unix,
	source_tcp, source_hook, source_log, source_foxglove, source_openpi, source_groot,
	source_feetech, source_dynamixel, source_tap, source_usbmon, source_can, source_v4l2;

const struct source_class *const source_table[] = {
	&source_dataset,   &source_sim,	   &source_raw,	   &source_stdin,
	&source_unix,	   &source_tcp,	   &source_hook,   &source_log,
	&source_foxglove,  &source_openpi, &source_groot,  &source_feetech,
	&source_dynamixel, &source_tap,	   &source_usbmon, &source_can,
	&source_v4l2,	   NULL,
};
