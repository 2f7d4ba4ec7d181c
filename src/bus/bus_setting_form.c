/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_setting_form.h"

#include <errno.h>
#include <inttypes.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_setting_list.h"
#include "unit/base64.h"
#include "unit/capability_name.h"
#include "unit/kinds.h"

static int take_line(SettingForm *form, StrBuf *text) {
        return strv_take(&form->lines, strbuf_steal(text));
}

static bool is_time(const SettingForm *form) {
        return form->directive->kind == &kind_time_span;
}

static bool is_percent_kind(const SettingForm *form) {
        return form->directive->kind == &kind_pressure_limit;
}

/* --- one basic value -------------------------------------------------------------------------- */

/* A text for people stays on one line. */
static int read_text(SettingForm *form) {
        const char *text;
        int r = sd_bus_message_read_basic(form->message, 's', &text);
        AUTO_FREE char *copy = r >= 0 ? strdup(text) : NULL;

        if (r < 0)
                return r;
        if (!copy)
                return err_new(-ENOMEM);
        for (char *p = copy; *p && form->directive->id == DIRECTIVE_DESCRIPTION; p++)
                if ((unsigned char)*p < ' ')
                        *p = ' ';
        return strv_add(&form->lines, copy);
}

static int read_bool(SettingForm *form) {
        int truth, r = sd_bus_message_read_basic(form->message, 'b', &truth);

        return r < 0 ? r : strv_add(&form->lines, truth ? "yes" : "no");
}

/* A signed number, or the name it stands for. */
static int read_signed(SettingForm *form) {
        const KindParameter *parameter = form->directive->parameter;
        int32_t number;
        int r = sd_bus_message_read_basic(form->message, 'i', &number);

        if (r < 0)
                return r;
        if (form->directive->kind == &kind_enum_number && parameter && number >= 0 &&
            (unsigned)number < parameter->n_names && parameter->names[number])
                return strv_add(&form->lines, parameter->names[number]);
        return strv_addf(&form->lines, "%" PRIi32, number);
}

static int read_u32(SettingForm *form) {
        uint32_t number;
        int r = sd_bus_message_read_basic(form->message, 'u', &number);

        if (r < 0)
                return r;
        if (form->directive->kind == &kind_mode)
                return strv_addf(&form->lines, "%04" PRIo32, number);
        if (is_percent_kind(form))
                return strv_addf(&form->lines, "%.2f%%", (double)number * 100 / (double)UINT32_MAX);
        return strv_addf(&form->lines, "%" PRIu32, number);
}

static int read_u16(SettingForm *form) {
        uint16_t number;
        int r = sd_bus_message_read_basic(form->message, 'q', &number);

        return r < 0 ? r : strv_addf(&form->lines, "%u", number);
}

static int read_u64(SettingForm *form) {
        uint64_t number;
        int r = sd_bus_message_read_basic(form->message, 't', &number);

        if (r < 0)
                return r;
        if (number == UINT64_MAX)
                return strv_add(&form->lines,
                                form->directive->kind == &kind_weight ? "" : "infinity");
        if (form->directive->kind == &kind_nanoseconds)
                return strv_addf(&form->lines, "%" PRIu64 "ns", number);
        return strv_addf(&form->lines, "%" PRIu64 "%s", number, is_time(form) ? "us" : "");
}

/* CPUQuotaPerSecUSec: of each second, so many. */
static int read_quota(SettingForm *form) {
        uint64_t usec;
        int r = sd_bus_message_read_basic(form->message, 't', &usec);

        if (r < 0)
                return r;
        if (usec == UINT64_MAX)
                return strv_add(&form->lines, "");
        return strv_addf(
                &form->lines, "%" PRIu64 ".%02" PRIu64 "%%", usec / 10000, usec % 10000 / 100);
}

/* MemoryMaxScale and the like: a share of the whole range of the type. */
static int read_scale(SettingForm *form) {
        uint32_t share;
        int r = sd_bus_message_read_basic(form->message, 'u', &share);

        if (r < 0)
                return r;
        uint64_t permyriad = ((uint64_t)share * 10000 + UINT32_MAX / 2) / UINT32_MAX;
        return strv_addf(
                &form->lines, "%" PRIu64 ".%02" PRIu64 "%%", permyriad / 100, permyriad % 100);
}

/* --- masks ------------------------------------------------------------------------------------ */

static int read_capabilities(SettingForm *form) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        uint64_t mask;
        int r = sd_bus_message_read_basic(form->message, 't', &mask);

        if (r < 0)
                return r;
        if ((mask & KIND_ALL_CAPABILITIES) == KIND_ALL_CAPABILITIES)
                return strv_add(&form->lines, "~");
        for (int i = 0; i < 63; i++) {
                if (!(mask >> i & 1))
                        continue;
                capability_print(i, &text);
                strbuf_add_char(&text, ' ');
        }
        /* An earlier assignment is replaced. */
        if (text.length > 0)
                r = strv_add(&form->lines, "");
        return r < 0 ? r : take_line(form, &text);
}

static int read_secure_bits(SettingForm *form) {
        static const char *const names[] = {
                "noroot",    "noroot-locked",    "no-setuid-fixup", "no-setuid-fixup-locked",
                "keep-caps", "keep-caps-locked",
        };
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int32_t mask;
        int r = sd_bus_message_read_basic(form->message, 'i', &mask);

        if (r < 0)
                return r;
        for (unsigned i = 0; i < ARRAY_LENGTH(names); i++)
                if ((uint32_t)mask >> i & 1)
                        strbuf_addf(&text, "%s%s", text.length > 0 ? " " : "", names[i]);
        return take_line(form, &text);
}

static int read_namespaces(SettingForm *form) {
        static const struct {
                uint64_t flag;
                const char *name;
        } rows[] = {
                { 0x02000000, "cgroup" }, { 0x08000000, "ipc" }, { 0x40000000, "net" },
                { 0x00020000, "mnt" },    { 0x20000000, "pid" }, { 0x10000000, "user" },
                { 0x04000000, "uts" },
        };
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        uint64_t allowed;
        unsigned n = 0;
        int r = sd_bus_message_read_basic(form->message, 't', &allowed);

        if (r < 0)
                return r;
        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++)
                if (allowed & rows[i].flag)
                        strbuf_addf(&text, "%s%s", n++ > 0 ? " " : "", rows[i].name);
        if (n == 0 || n == ARRAY_LENGTH(rows))
                return strv_add(&form->lines, n == 0 ? "yes" : "no");
        return take_line(form, &text);
}

static int read_mount_flags(SettingForm *form) {
        static const struct {
                uint64_t flag;
                const char *name;
        } rows[] = { { 1 << 20, "shared" }, { 1 << 19, "slave" }, { 1 << 18, "private" } };
        uint64_t flags;
        int r = sd_bus_message_read_basic(form->message, 't', &flags);

        for (unsigned i = 0; r >= 0 && i < ARRAY_LENGTH(rows); i++)
                if (flags & rows[i].flag)
                        return strv_add(&form->lines, rows[i].name);
        return r < 0 ? r : strv_add(&form->lines, "");
}

static int read_coredump_filter(SettingForm *form) {
        uint64_t mask;
        int r = sd_bus_message_read_basic(form->message, 't', &mask);

        return r < 0 ? r : strv_addf(&form->lines, "0x%" PRIx64, mask);
}

/* A bit set: the numbers of its bits. */
static int read_numbers(SettingForm *form) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        const uint8_t *bytes;
        size_t size;
        int r = sd_bus_message_read_array(form->message, 'y', (const void **)&bytes, &size);

        if (r < 0)
                return r;
        for (size_t i = 0; i < size * 8; i++)
                if (bytes[i / 8] >> (i % 8) & 1)
                        strbuf_addf(&text, "%s%zu", text.length > 0 ? " " : "", i);
        return take_line(form, &text);
}

static int read_base64(SettingForm *form) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        const void *bytes;
        size_t size;
        int r = sd_bus_message_read_array(form->message, 'y', &bytes, &size);

        if (r < 0)
                return r;
        base64_encode((Str){ bytes, size }, &text);
        return take_line(form, &text);
}

/* --- streams ---------------------------------------------------------------------------------- */

/* StandardOutputFile and the like: the way the property's name ends tells the form. */
static int read_stream(SettingForm *form) {
        static const struct {
                const char *ending, *prefix;
        } rows[] = {
                { "FileDescriptorName", "fd:" },
                { "FileToAppend", "append:" },
                { "FileToTruncate", "truncate:" },
                { "File", "file:" },
        };
        const char *text;
        int r = sd_bus_message_read_basic(form->message, 's', &text);

        for (unsigned i = 0; r >= 0 && i < ARRAY_LENGTH(rows); i++)
                if (str_has_suffix(str_of(form->property), rows[i].ending))
                        return strv_addf(&form->lines, "%s%s", rows[i].prefix, text);
        return r < 0 ? r : strv_add(&form->lines, text);
}

/* --- the table -------------------------------------------------------------------------------- */

/* clang-format off */
static const SettingFormRow rows[] = {
        /* Properties that are written in their own way. */
        { "CPUQuotaPerSecUSec", "t", read_quota, NULL, NULL },
        { "MemoryMinScale", "u", read_scale, "MemoryMin", NULL },
        { "MemoryLowScale", "u", read_scale, "MemoryLow", NULL },
        { "MemoryHighScale", "u", read_scale, "MemoryHigh", NULL },
        { "MemoryMaxScale", "u", read_scale, "MemoryMax", NULL },
        { "MemorySwapMaxScale", "u", read_scale, "MemorySwapMax", NULL },
        { "MemoryLimitScale", "u", read_scale, "MemoryLimit", NULL },
        { "DefaultMemoryMinScale", "u", read_scale, "DefaultMemoryMin", NULL },
        { "DefaultMemoryLowScale", "u", read_scale, "DefaultMemoryLow", NULL },
        { "TasksMaxScale", "u", read_scale, "TasksMax", NULL },
        { "CapabilityBoundingSet", "t", read_capabilities, NULL, NULL },
        { "AmbientCapabilities", "t", read_capabilities, NULL, NULL },
        { "SecureBits", "i", read_secure_bits, NULL, NULL },
        { "RestrictNamespaces", "t", read_namespaces, NULL, NULL },
        { "MountFlags", "t", read_mount_flags, NULL, NULL },
        { "CoredumpFilter", "t", read_coredump_filter, NULL, NULL },
        { "StandardInputData", "ay", read_base64, NULL, NULL },
        { "RootHash", "ay", NULL, NULL, NULL },
        { "RootHashSignature", "ay", NULL, NULL, NULL },
        { "DeviceAllow", "a(ss)", setting_read_pairs, NULL, " " },
        { "Listen", "a(ss)", setting_read_listeners, NULL, "=" },
        { "Paths", "a(ss)", setting_read_keyed_pairs, NULL, "=" },
        { "TimersCalendar", "a(ss)", setting_read_keyed_pairs, NULL, "=" },
        { "TimersMonotonic", "a(st)", setting_read_keyed_times, NULL, NULL },
        { "DelegateControllers", "as", setting_read_words_together, "Delegate", NULL },
        { "DisableControllers", "as", setting_read_words_together, NULL, NULL },
        { "StandardInputFileDescriptorName", "s", read_stream, "StandardInput", NULL },
        { "StandardOutputFileDescriptorName", "s", read_stream, "StandardOutput", NULL },
        { "StandardErrorFileDescriptorName", "s", read_stream, "StandardError", NULL },
        { "StandardInputFile", "s", read_stream, "StandardInput", NULL },
        { "StandardOutputFile", "s", read_stream, "StandardOutput", NULL },
        { "StandardErrorFile", "s", read_stream, "StandardError", NULL },
        { "StandardOutputFileToAppend", "s", read_stream, "StandardOutput", NULL },
        { "StandardErrorFileToAppend", "s", read_stream, "StandardError", NULL },
        { "StandardOutputFileToTruncate", "s", read_stream, "StandardOutput", NULL },
        { "StandardErrorFileToTruncate", "s", read_stream, "StandardError", NULL },
        /* The others, by signature. */
        { NULL, "s", read_text, NULL, NULL },
        { NULL, "b", read_bool, NULL, NULL },
        { NULL, "i", read_signed, NULL, NULL },
        { NULL, "u", read_u32, NULL, NULL },
        { NULL, "q", read_u16, NULL, NULL },
        { NULL, "t", read_u64, NULL, NULL },
        { NULL, "as", setting_read_words, NULL, NULL },
        { NULL, "ay", read_numbers, NULL, NULL },
        { NULL, "aay", setting_read_fields, NULL, NULL },
        { NULL, "(bas)", setting_read_signed_words, NULL, NULL },
        { NULL, "(bs)", setting_read_label, NULL, NULL },
        { NULL, "(aiai)", setting_read_exit_set, NULL, NULL },
        { NULL, "a(sb)", setting_read_optional_paths, NULL, NULL },
        { NULL, "a(ss)", setting_read_pairs, NULL, ":" },
        { NULL, "a(st)", setting_read_device_limits, NULL, NULL },
        { NULL, "a(say)", setting_read_credentials, NULL, NULL },
        { NULL, "a(sst)", setting_read_links, NULL, NULL },
        { NULL, "a(ssbt)", setting_read_binds, NULL, NULL },
        { NULL, "a(iayu)", setting_read_addresses, NULL, NULL },
        { NULL, "a(iiqq)", setting_read_port_rules, NULL, NULL },
        { NULL, "a(sbbs)", setting_read_conditions, NULL, NULL },
};

/* What is shown with run-time parts is set without them. */
static const struct {
        const char *shown, *sent;
} run_time_parts[] = {
        { "a(sbbsi)", "a(sbbs)" },
        { "a(stt)", "a(st)" },
};
/* clang-format on */

const SettingFormRow *setting_form_find(const char *property, const char *shown) {
        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++)
                if (rows[i].property && streq(rows[i].property, property))
                        return rows[i].read ? &rows[i] : NULL;
        if (!shown)
                return NULL;
        for (unsigned i = 0; i < ARRAY_LENGTH(run_time_parts); i++)
                if (streq(run_time_parts[i].shown, shown))
                        shown = run_time_parts[i].sent;
        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++)
                if (!rows[i].property && streq(rows[i].signature, shown))
                        return &rows[i];
        return NULL;
}
