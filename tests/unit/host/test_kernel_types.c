/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <errno.h>
#include <linux/btf.h>

#include "host/kernel_types.h"

/* An int, "struct file" with two members, and a function "open": what follows the header. */
typedef struct Sample {
        struct btf_header header;
        struct btf_type number;
        uint32_t number_bits;
        struct btf_type file;
        struct btf_member members[2];
        struct btf_type open;
        char strings[32];
} Sample;

enum { NAME_INT = 1, NAME_FILE = 5, NAME_MODE = 10, NAME_INODE = 15, NAME_OPEN = 21 };

static Sample make_sample(void) {
        Sample sample = {
                .header = { .magic = BTF_MAGIC,
                            .version = BTF_VERSION,
                            .hdr_len = sizeof(struct btf_header),
                            .type_len = offsetof(Sample, strings) - offsetof(Sample, number),
                            .str_off = offsetof(Sample, strings) - offsetof(Sample, number),
                            .str_len = sizeof(sample.strings) },
                .number = { .name_off = NAME_INT, .info = BTF_KIND_INT << 24, .size = 4 },
                .file = { .name_off = NAME_FILE, .info = BTF_KIND_STRUCT << 24 | 2, .size = 16 },
                .members = { { .name_off = NAME_MODE, .type = 1, .offset = 0 },
                             { .name_off = NAME_INODE, .type = 1, .offset = 64 } },
                .open = { .name_off = NAME_OPEN, .info = BTF_KIND_FUNC << 24, .type = 0 },
        };

        memcpy(sample.strings, "\0int\0file\0mode\0inode\0open", 26);
        return sample;
}

static int read_sample(const Sample *sample, KernelTypes *ret) {
        return kernel_types_read((Str){ (const char *)sample, sizeof(*sample) }, ret);
}

static void test_functions_are_numbered_from_1_on(void **state UNUSED) {
        Sample sample = make_sample();
        KernelTypes types;
        uint32_t id = 0;

        assert_int_equal(read_sample(&sample, &types), 0);
        assert_int_equal(kernel_types_find_function(&types, "open", &id), 0);
        assert_int_equal(id, 3);
        assert_int_equal(kernel_types_find_function(&types, "file", &id), -ENOENT);
        assert_int_equal(kernel_types_find_function(&types, "close", &id), -ENOENT);
}

static void test_members_are_told_in_bytes(void **state UNUSED) {
        Sample sample = make_sample();
        KernelTypes types;
        uint32_t offset = 99;

        assert_int_equal(read_sample(&sample, &types), 0);
        assert_int_equal(kernel_types_find_member(&types, "file", "mode", &offset), 0);
        assert_int_equal(offset, 0);
        assert_int_equal(kernel_types_find_member(&types, "file", "inode", &offset), 0);
        assert_int_equal(offset, 8);
        assert_int_equal(kernel_types_find_member(&types, "file", "open", &offset), -ENOENT);
        assert_int_equal(kernel_types_find_member(&types, "open", "mode", &offset), -ENOENT);
        sample.members[1].offset = 65; /* a bit in the middle of a byte */
        assert_int_equal(kernel_types_find_member(&types, "file", "inode", &offset), -ENOENT);
}

static void test_what_does_not_fit_is_refused(void **state UNUSED) {
        Sample sample = make_sample();
        KernelTypes types;
        uint32_t id;

        for (size_t length = 0; length < sizeof(sample); length++)
                assert_int_equal(kernel_types_read((Str){ (const char *)&sample, length }, &types),
                                 -EBADMSG);
        sample.header.type_len += 64;
        assert_int_equal(read_sample(&sample, &types), -EBADMSG);
        sample = make_sample();
        sample.header.magic++;
        assert_int_equal(read_sample(&sample, &types), -EBADMSG);
        sample = make_sample();
        sample.file.info = BTF_KIND_STRUCT << 24 | 0xffff; /* more members than there is room for */
        assert_int_equal(read_sample(&sample, &types), 0);
        assert_int_equal(kernel_types_find_function(&types, "open", &id), -EBADMSG);
        sample.file.info = 31U << 24; /* a kind that nobody knows the length of */
        assert_int_equal(kernel_types_find_function(&types, "open", &id), -EBADMSG);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_functions_are_numbered_from_1_on),
                cmocka_unit_test(test_members_are_told_in_bytes),
                cmocka_unit_test(test_what_does_not_fit_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
