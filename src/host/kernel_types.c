/* SPDX-License-Identifier: Apache-2.0 */
#include "host/kernel_types.h"

#include <errno.h>
#include <linux/btf.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"

/* One record: its head, and what stands behind it. */
typedef struct TypeRecord {
        struct btf_type head;
        Str more;
} TypeRecord;

/* How much stands behind the head, by kind: `fixed` bytes and `each` for each of its parts. */
static const struct {
        uint8_t fixed, each;
} sizes[] = {
        [BTF_KIND_INT] = { .fixed = sizeof(uint32_t) },
        [BTF_KIND_ARRAY] = { .fixed = sizeof(struct btf_array) },
        [BTF_KIND_STRUCT] = { .each = sizeof(struct btf_member) },
        [BTF_KIND_UNION] = { .each = sizeof(struct btf_member) },
        [BTF_KIND_ENUM] = { .each = sizeof(struct btf_enum) },
        [BTF_KIND_FUNC_PROTO] = { .each = sizeof(struct btf_param) },
        [BTF_KIND_VAR] = { .fixed = sizeof(struct btf_var) },
        [BTF_KIND_DATASEC] = { .each = sizeof(struct btf_var_secinfo) },
        [BTF_KIND_DECL_TAG] = { .fixed = sizeof(struct btf_decl_tag) },
        [BTF_KIND_ENUM64] = { .each = sizeof(struct btf_enum64) },
};

/* A part of `bytes` that must lie in it; false when it does not. */
static bool cut(Str bytes, size_t offset, size_t length, Str *ret) {
        if (offset > bytes.length || length > bytes.length - offset)
                return false;
        *ret = (Str){ bytes.data + offset, length };
        return true;
}

static Str without(Str bytes, size_t length) {
        return (Str){ bytes.data + length, bytes.length - length };
}

int kernel_types_read(Str bytes, KernelTypes *ret) {
        struct btf_header header;
        KernelTypes types;
        Str body;

        if (bytes.length < sizeof(header))
                return err_new(-EBADMSG);
        memcpy(&header, bytes.data, sizeof(header));
        if (header.magic != BTF_MAGIC || header.version != BTF_VERSION ||
            header.hdr_len < sizeof(header) || header.hdr_len > bytes.length ||
            !cut(bytes, header.hdr_len, bytes.length - header.hdr_len, &body) ||
            !cut(body, header.type_off, header.type_len, &types.types) ||
            !cut(body, header.str_off, header.str_len, &types.strings) ||
            types.strings.length == 0 || types.strings.data[types.strings.length - 1] != '\0')
                return err_new(-EBADMSG);
        *ret = types;
        return 0;
}

/* The next record; 0 at the end. -EBADMSG. */
static int next_record(Str *rest, TypeRecord *ret) {
        if (rest->length == 0)
                return 0;
        if (rest->length < sizeof(ret->head))
                return err_new(-EBADMSG);
        memcpy(&ret->head, rest->data, sizeof(ret->head));
        unsigned kind = BTF_INFO_KIND(ret->head.info);
        if (kind == BTF_KIND_UNKN || kind > BTF_KIND_MAX)
                return err_new(-EBADMSG); /* how long it is cannot be known */
        size_t length = kind < ARRAY_LENGTH(sizes)
                                ? sizes[kind].fixed +
                                          (size_t)sizes[kind].each * BTF_INFO_VLEN(ret->head.info)
                                : 0;
        if (!cut(*rest, sizeof(ret->head), length, &ret->more))
                return err_new(-EBADMSG);
        *rest = without(*rest, sizeof(ret->head) + length);
        return 1;
}

static bool is_called(const KernelTypes *types, uint32_t name_offset, const char *name) {
        return name_offset < types->strings.length &&
               streq(types->strings.data + name_offset, name); /* the last byte is 0 */
}

/* The record of a kind and name, and its number. -ENOENT, -EBADMSG. */
static int find_record(const KernelTypes *types,
                       unsigned kind,
                       const char *name,
                       uint32_t *ret_id,
                       TypeRecord *ret) {
        Str rest = types->types;
        uint32_t id = 1; /* 0 is void, which has no record */
        int r;

        for (; (r = next_record(&rest, ret)) > 0; id++)
                if (BTF_INFO_KIND(ret->head.info) == kind &&
                    is_called(types, ret->head.name_off, name)) {
                        *ret_id = id;
                        return 0;
                }
        return err_new(r < 0 ? r : -ENOENT);
}

int kernel_types_find_function(const KernelTypes *types, const char *name, uint32_t *ret_id) {
        TypeRecord record;

        return err_pass(find_record(types, BTF_KIND_FUNC, name, ret_id, &record));
}

int kernel_types_find_member(const KernelTypes *types,
                             const char *structure,
                             const char *member,
                             uint32_t *ret_offset) {
        struct btf_member one;
        TypeRecord record;
        uint32_t id;
        int r = find_record(types, BTF_KIND_STRUCT, structure, &id, &record);

        if (r < 0)
                return err_pass(r);
        for (; record.more.length > 0; record.more = without(record.more, sizeof(one))) {
                memcpy(&one, record.more.data, sizeof(one)); /* it is whole, or was not cut */
                if (!is_called(types, one.name_off, member))
                        continue;
                bool has_sizes = BTF_INFO_KFLAG(record.head.info);
                uint32_t bits = has_sizes ? BTF_MEMBER_BIT_OFFSET(one.offset) : one.offset;
                *ret_offset = bits / 8;
                return bits % 8 == 0 ? 0 : err_new(-ENOENT);
        }
        return err_new(-ENOENT);
}
