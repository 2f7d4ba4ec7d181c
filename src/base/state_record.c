/* SPDX-License-Identifier: Apache-2.0 */
#include "base/state_record.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/macros.h"

typedef struct RecordHead {
        uint32_t length; /* of everything after this member */
        uint32_t crc;    /* of everything after this member */
        uint16_t list;
        uint8_t kind;
        uint8_t name_length;
        uint32_t index;
        int32_t pid;
        Id128 invocation_id;
} RecordHead;

static_assert(sizeof(RecordHead) == 36, "the file format has a fixed head");

#define BODY_OFFSET (2 * sizeof(uint32_t))

static uint32_t checksum(const char *data, size_t length) {
        return crc32_update(0, data + BODY_OFFSET, length - BODY_OFFSET);
}

int state_record_append(StrBuf *out, const StateRecord *record) {
        if (record->name.length > UINT8_MAX)
                return err_new(-ENAMETOOLONG);
        size_t length = sizeof(RecordHead) + record->name.length + record->text.length;
        if (record->text.length > STATE_RECORD_MAX || length > STATE_RECORD_MAX)
                return err_new(-E2BIG);

        RecordHead head = {
                .length = (uint32_t)(length - sizeof(uint32_t)),
                .list = record->list,
                .kind = (uint8_t)record->kind,
                .name_length = (uint8_t)record->name.length,
                .index = record->index,
                .pid = record->pid,
                .invocation_id = record->invocation_id,
        };
        size_t begin = out->length;
        strbuf_add_bytes(out, &head, sizeof(head));
        strbuf_add_str(out, record->name);
        strbuf_add_str(out, record->text);
        int r = strbuf_result(out);
        if (r < 0)
                return err_pass(r);
        head.crc = checksum(out->data + begin, length);
        memcpy(out->data + begin, &head, sizeof(head));
        return 0;
}

int state_record_next(Str *rest, StateRecord *ret) {
        RecordHead head;

        if (rest->length == 0)
                return STATE_RECORD_END;
        if (rest->length < sizeof(head))
                return STATE_RECORD_TORN;
        memcpy(&head, rest->data, sizeof(head));
        size_t length = (size_t)head.length + sizeof(uint32_t);
        if (length < sizeof(head) || length > STATE_RECORD_MAX || length > rest->length ||
            head.name_length > length - sizeof(head))
                return STATE_RECORD_TORN;
        if (head.kind < STATE_RECORD_UNIT || head.kind > STATE_RECORD_VOID ||
            head.crc != checksum(rest->data, length))
                return STATE_RECORD_TORN;

        const char *name = rest->data + sizeof(head);
        *ret = (StateRecord){
                .kind = (StateRecordKind)head.kind,
                .list = head.list,
                .index = head.index,
                .pid = head.pid,
                .invocation_id = head.invocation_id,
                .name = { name, head.name_length },
                .text = { name + head.name_length, length - sizeof(head) - head.name_length },
        };
        rest->data += length;
        rest->length -= length;
        return STATE_RECORD_OK;
}
