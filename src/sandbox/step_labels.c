/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"

/* Labels of security modules (systemd.exec(5), "Mandatory Access Control"). Without the module the
 * setting has no effect, as in systemd, but that is said. */

typedef struct LabelRow {
        DirectiveId id;
        const char *module;
        const char *enabled;       /* a file that is there while the module works */
        const char *line;          /* ... and says this; NULL = anything */
        const char *attributes[2]; /* files that take the label, the first that is there */
        const char *prefix;        /* before the label */
} LabelRow;

static const LabelRow smack = {
        .id = DIRECTIVE_SMACK_PROCESS_LABEL,
        .module = "SMACK",
        .enabled = "/sys/fs/smackfs/load2",
        .attributes = { "/proc/self/attr/smack/current", "/proc/self/attr/current" },
        .prefix = "",
};
static const LabelRow se_linux = {
        .id = DIRECTIVE_SE_LINUX_CONTEXT,
        .module = "SELinux",
        .enabled = "/sys/fs/selinux/enforce",
        .attributes = { "/proc/self/attr/exec" },
        .prefix = "",
};
static const LabelRow app_armor = {
        .id = DIRECTIVE_APP_ARMOR_PROFILE,
        .module = "AppArmor",
        .enabled = "/sys/module/apparmor/parameters/enabled", /* securityfs may be elsewhere */
        .line = "Y",
        .attributes = { "/proc/self/attr/apparmor/exec", "/proc/self/attr/exec" },
        .prefix = "exec ",
};

static bool works(const LabelRow *row) {
        AUTO_FREE char *line = NULL;

        if (!row->line)
                return access(row->enabled, F_OK) == 0;
        return file_read_line(row->enabled, &line) >= 0 && streq(line, row->line);
}

static int set(const LabelRow *row, const char *label) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r = -ENOENT;

        strbuf_addf(&text, "%s%s", row->prefix, label);
        if (strbuf_result(&text) < 0)
                return err_new(-ENOMEM);
        for (size_t i = 0; r == -ENOENT && i < ARRAY_LENGTH(row->attributes); i++)
                if (row->attributes[i])
                        r = file_write_once(row->attributes[i], strbuf_text(&text));
        return err_pass(r);
}

static int apply(ExecContext *context, const LabelRow *row) {
        const char *label = unit_spec_text(context->spec, row->id);
        bool is_optional = label && *label == '-';

        if (!label)
                return STEP_DONE;
        if (!works(row))
                return exec_context_shortfall(context,
                                              REPORT_REFUSED,
                                              row->id,
                                              "the kernel runs without %s",
                                              row->module);
        int r = set(row, label + is_optional);
        if (r >= 0)
                return STEP_DONE;
        if (!is_optional)
                return exec_context_problem(context, row->id, r, label);
        return exec_context_shortfall(context,
                                      REPORT_REFUSED,
                                      row->id,
                                      "%s: %s",
                                      label + 1,
                                      strerrordesc_np(-r) ?: "Unknown error");
}

int step_smack_label(ExecContext *context) {
        return apply(context, &smack);
}

int step_se_linux_context(ExecContext *context) {
        return apply(context, &se_linux);
}

int step_app_armor_profile(ExecContext *context) {
        return apply(context, &app_armor);
}
