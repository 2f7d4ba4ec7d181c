/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "engine/notify_message.h"
#include "fuzz_input.h"

/* What cannot be true whatever the input is. */
static void require(bool truth) {
        if (!truth)
                abort();
}

static bool is_inside(Str part, Str whole) {
        return part.data >= whole.data && part.data + part.length <= whole.data + whole.length;
}

static void check_values(const NotifyMessage *message, Str text) {
        for (unsigned i = 0; i < NOTIFY_KEY_COUNT; i++) {
                if (!((message->present | message->invalid) & NOTIFY_BIT(i)))
                        continue;
                require(is_inside(message->values[i], text));
                require(str_find_char(message->values[i], '\n') < 0);
        }
        if (notify_message_has(message, NOTIFY_KEY_STATUS))
                require(utf8_is_valid(message->values[NOTIFY_KEY_STATUS]));
        if (notify_message_has(message, NOTIFY_KEY_FDNAME))
                require(message->values[NOTIFY_KEY_FDNAME].length <= NOTIFY_FD_NAME_MAX);
        if (notify_message_has(message, NOTIFY_KEY_MAINPID))
                require(message->main_pid > 0);
        if (notify_message_has(message, NOTIFY_KEY_BARRIER))
                require(message->present == NOTIFY_BIT(NOTIFY_KEY_BARRIER));
}

/* What was understood, written again, is understood the same. */
static void check_round_trip(const NotifyMessage *message) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        NotifyMessage again;
        for (unsigned i = 0; i < NOTIFY_KEY_COUNT; i++)
                if ((message->present & ~message->invalid) & NOTIFY_BIT(i))
                        strbuf_addf(
                                &out, "%s=%.*s\n", notify_key_name(i), STR_ARG(message->values[i]));
        if (out.length > NOTIFY_MESSAGE_MAX)
                return;
        require(notify_message_parse(str_of(strbuf_text(&out)), &again) == NOTIFY_OK);
        require(again.invalid == 0 && again.present == (message->present & ~message->invalid));
        require(again.main_pid == message->main_pid || (message->invalid != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Str text = { (const char *)data, size };
        NotifyMessage message;
        if (notify_message_parse(text, &message) != NOTIFY_OK)
                return 0;
        check_values(&message, text);
        check_round_trip(&message);
        return 0;
}
