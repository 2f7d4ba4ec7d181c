/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>

#include "base/macros.h"

/* Settings without which a service would see other files or other secrets than it was written for,
 * and that are not done: the unit does not start, at the step where systemd would do them. Those
 * whose row no longer says "refused" pass. */

static const DirectiveId images[] = {
        DIRECTIVE_EXTENSION_DIRECTORIES, DIRECTIVE_EXTENSION_IMAGES,
        DIRECTIVE_MOUNT_IMAGES,          DIRECTIVE_ROOT_HASH,
        DIRECTIVE_ROOT_HASH_SIGNATURE,   DIRECTIVE_ROOT_IMAGE,
        DIRECTIVE_ROOT_VERITY,
};

static const DirectiveId secrets[] = {
        DIRECTIVE_LOAD_CREDENTIAL_ENCRYPTED,
        DIRECTIVE_SET_CREDENTIAL_ENCRYPTED,
};

static int refuse(const ExecContext *context, const DirectiveId *ids, size_t n_ids) {
        int result = STEP_DONE;

        for (size_t i = 0; i < n_ids; i++) {
                const DirectiveRow *row = directive_row(context->spec->type, ids[i]);
                const Value *value = unit_spec_find(context->spec, ids[i]);

                if (!row || !value || row->support != SUPPORT_REFUSED ||
                    !unit_spec_asks(row, value))
                        continue;
                exec_context_say(context, REPORT_FAILED, ids[i], "%s", row->note ?: "");
                result = -EOPNOTSUPP;
        }
        return result;
}

int step_refuse_images(ExecContext *context) {
        return refuse(context, images, ARRAY_LENGTH(images));
}

int step_refuse_secrets(ExecContext *context) {
        return refuse(context, secrets, ARRAY_LENGTH(secrets));
}
