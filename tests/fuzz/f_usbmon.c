/* SPDX-License-Identifier: Apache-2.0 */
/* Records of usbmon, of the device they name or another, and the words that name one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hal/usbmon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void word(const uint8_t *data, size_t size)
{
	struct usbmon_port p;
	char text[64];

	if (size >= sizeof(text))
		return;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (usbmon_parse(text, &p) && (!p.bus || !p.device || p.bus > 999 || p.device > 999))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct usbmon_port p = {.bus = 1, .device = 1, .in = 1, .out = 1};
	struct usbmon_piece piece;

	word(data, size);
	if (size >= USBMON_HEADER_BYTES) { /* that of the record itself */
		p.device = data[11];
		p.bus = data[12] | (unsigned)data[13] << 8;
		p.in = p.out = data[10] & 15;
		size = USBMON_HEADER_BYTES;
	}
	if (usbmon_read(&p, data, size, &piece) == USBMON_BYTES &&
	    (piece.length > USBMON_DATA_BYTES || piece.direction < 0 || piece.direction > 1))
		abort();
	return 0;
}
