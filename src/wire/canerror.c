/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/canerror.h"

#include <linux/can/error.h>
#include <string.h>

#include "base/text.h"

/* By Linux 6.0; older headers do not name it. */
static const uint32_t COUNTERS = 0x200;

struct word {
	uint32_t bit;
	const char *word;
};

static void add(struct canerror *e, const char *word)
{
	size_t at = strlen(e->what);

	if (at)
		at += text_copy(e->what + at, sizeof(e->what) - at, ", ");
	text_copy(e->what + at, sizeof(e->what) - at, word);
}

static void add_all(struct canerror *e, uint32_t bits, const struct word *words)
{
	for (; words->word; words++) {
		if (bits & words->bit)
			add(e, words->word);
	}
}

static const struct word classes[] = {
	{CAN_ERR_TX_TIMEOUT, "transmission timeout"},
	{CAN_ERR_BUSOFF, "bus off"},
	{CAN_ERR_RESTARTED, "controller restarted"},
	{CAN_ERR_ACK, "no acknowledgement"},
	{CAN_ERR_LOSTARB, "arbitration lost"},
	{CAN_ERR_TRX, "transceiver fault"},
	{CAN_ERR_BUSERROR, "bus error"},
	{0},
};

static const struct word controller[] = {
	{CAN_ERR_CRTL_RX_OVERFLOW | CAN_ERR_CRTL_TX_OVERFLOW, "controller buffer overflow"},
	{CAN_ERR_CRTL_RX_WARNING | CAN_ERR_CRTL_TX_WARNING, "error warning"},
	{CAN_ERR_CRTL_RX_PASSIVE | CAN_ERR_CRTL_TX_PASSIVE, "error passive"},
	{0},
};

static const struct word protocol[] = {
	{CAN_ERR_PROT_BIT | CAN_ERR_PROT_BIT0 | CAN_ERR_PROT_BIT1, "bit error"},
	{CAN_ERR_PROT_FORM, "form error"},
	{CAN_ERR_PROT_STUFF, "stuff error"},
	{CAN_ERR_PROT_OVERLOAD, "bus overload"},
	{0},
};

static void read_controller(struct canerror *e, uint32_t bits)
{
	add_all(e, bits, controller);
	e->overflow = bits & (CAN_ERR_CRTL_RX_OVERFLOW | CAN_ERR_CRTL_TX_OVERFLOW);
	if (bits & (CAN_ERR_CRTL_RX_PASSIVE | CAN_ERR_CRTL_TX_PASSIVE))
		e->state = BUS_PASSIVE;
	else if (bits & (CAN_ERR_CRTL_RX_WARNING | CAN_ERR_CRTL_TX_WARNING))
		e->state = BUS_WARNING;
	else if (bits & CAN_ERR_CRTL_ACTIVE)
		e->state = BUS_OK;
}

void canerror_read(struct canerror *e, uint32_t id, const uint8_t *data, size_t len)
{
	uint8_t d[CAN_ERR_DLC] = {0};

	*e = (struct canerror){.tx_errors = -1, .rx_errors = -1};
	if (len)
		memcpy(d, data, len < sizeof(d) ? len : sizeof(d));
	add_all(e, id, classes);
	if (id & CAN_ERR_CRTL)
		read_controller(e, d[1]);
	if (id & CAN_ERR_PROT)
		add_all(e, d[2], protocol);
	if (id & CAN_ERR_RESTARTED)
		e->state = BUS_OK;
	if (id & CAN_ERR_BUSOFF)
		e->state = BUS_OFF;
	e->no_answer = id & CAN_ERR_ACK;
	/* Before Linux 6.0 nothing says that they are there, but controller frames of many drivers do. */
	if (id & COUNTERS || (id & CAN_ERR_CRTL && (d[6] || d[7]))) {
		e->tx_errors = d[6];
		e->rx_errors = d[7];
	}
	if (!e->what[0])
		add(e, "error frame");
}
