/* SPDX-License-Identifier: Apache-2.0 */
/* Records of usbmon, as the kernel lays them out. Real ones are had in the virtual machine. */
#include <errno.h>
#include <string.h>

#include "../tap.h"
#include "base/clock.h"
#include "hal/usbmon.h"

static const struct usbmon_port port = {.bus = 3, .device = 7, .in = 1, .out = 2};

static void put(unsigned char *at, uint64_t v, size_t n)
{
	memcpy(at, &v, n); /* of this machine's order, which is the kernel's */
}

/* As documented in Documentation/usb/usbmon.rst: what a bulk transfer of 6 bytes is told as. */
static void fill(unsigned char h[USBMON_HEADER_BYTES], char type, unsigned endpoint)
{
	memset(h, 0, USBMON_HEADER_BYTES);
	put(h, 0xffff8880, 8);
	h[8] = (unsigned char)type;
	h[9] = 3;
	h[10] = (unsigned char)endpoint;
	h[11] = 7;
	put(h + 12, 3, 2);
	h[14] = '-';
	put(h + 16, 1700000000, 8);
	put(h + 24, 250000, 4);
	put(h + 32, 6, 4);
	put(h + 36, 6, 4);
}

static enum usbmon_kind read_it(const unsigned char *h, struct usbmon_piece *out)
{
	return usbmon_read(&port, h, USBMON_HEADER_BYTES, out);
}

static void test_bytes(struct tap *t)
{
	unsigned char h[USBMON_HEADER_BYTES];
	struct usbmon_piece p;

	fill(h, 'S', 0x02);
	ok(t, read_it(h, &p) == USBMON_BYTES && p.direction == 1 && p.length == 6 && !p.missed,
	   "bytes to the device, when they are submitted");
	ok(t, p.wall_ns == 1700000000 * NS_PER_S + 250 * NS_PER_MS, "at the kernel's time");
	fill(h, 'C', 0x81);
	ok(t, read_it(h, &p) == USBMON_BYTES && p.direction == 0, "and from it, when they came");
	put(h + 36, 4, 4);
	ok(t, read_it(h, &p) == USBMON_BYTES && p.length == 4 && p.missed == 2,
	   "what was not captured is counted");
	put(h + 32, 1u << 30, 4);
	put(h + 36, 1u << 30, 4);
	ok(t,
	   read_it(h, &p) == USBMON_BYTES && p.length == USBMON_DATA_BYTES &&
		   p.missed == (1u << 30) - USBMON_DATA_BYTES,
	   "no more than there is room for");
	put(h + 16, (uint64_t)INT64_MAX, 8);
	ok(t, read_it(h, &p) == USBMON_BYTES && p.wall_ns == TIME_UNKNOWN,
	   "a time that cannot be is unknown");
}

static void test_nothing(struct tap *t)
{
	unsigned char h[USBMON_HEADER_BYTES];
	struct usbmon_piece p;

	fill(h, 'C', 0x02);
	ok(t, read_it(h, &p) == USBMON_NOTHING, "the end of a transfer to the device says no more");
	fill(h, 'S', 0x81);
	ok(t, read_it(h, &p) == USBMON_NOTHING, "nor does the begin of one from it");
	fill(h, 'S', 0x02);
	h[11] = 8;
	ok(t, read_it(h, &p) == USBMON_NOTHING, "another device");
	fill(h, 'S', 0x02);
	put(h + 12, 4, 2);
	ok(t, read_it(h, &p) == USBMON_NOTHING, "another bus");
	fill(h, 'S', 0x03);
	ok(t, read_it(h, &p) == USBMON_NOTHING, "another endpoint");
	fill(h, 'S', 0x02);
	h[9] = 1;
	ok(t, read_it(h, &p) == USBMON_NOTHING, "an interrupt");
	fill(h, 'S', 0x02);
	h[15] = '>';
	ok(t, read_it(h, &p) == USBMON_NOTHING, "bytes that were not captured");
	fill(h, 'C', 0x81);
	put(h + 32, 0, 4);
	ok(t, read_it(h, &p) == USBMON_NOTHING, "a transfer without any");
	ok(t, usbmon_read(&port, h, 48, &p) == USBMON_NOTHING, "a short record");
}

static void test_words(struct tap *t)
{
	static const char *const bad[] = {"",	   "3",	  "3-",	    "-7",	   "3-7x",
					  "3 -7",  "0-7", "3-0",    "+3-7",	   "3-+7",
					  "3-7-1", "a-7", "3-1000", "4294967299-7"};
	struct usbmon_port p;
	unsigned wrong = 0;

	ok(t, usbmon_parse("3-7", &p) && p.bus == 3 && p.device == 7, "a bus and a device");
	ok(t, usbmon_parse("003-007", &p) && p.bus == 3 && p.device == 7, "as lsusb prints them");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		wrong += usbmon_parse(bad[i], &p);
	ok(t, !wrong, "and nothing else");
}

static void test_find(struct tap *t)
{
	struct usbmon_port p = {.bus = 999, .device = 999};
	struct err e = {0};

	ok(t, usbmon_find(&p, &e) == -ENODEV, "a device that is not there: %s", e.msg);
	ok(t, !usbmon_there(&p), "which is said of it later, too");
	ok(t, usbmon_open(&p, &e) < 0 && e.msg[0], "nor its bus: %s", e.msg);
}

int main(void)
{
	struct tap t = {0};

	test_bytes(&t);
	test_nothing(&t);
	test_words(&t);
	test_find(&t);
	return tap_done(&t);
}
