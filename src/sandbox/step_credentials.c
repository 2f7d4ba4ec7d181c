/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>

#include "base/error.h"
#include "sandbox/credential.h"
#include "sandbox/directory_kinds.h"

/* A setting to name in reports. */
static DirectiveId asking_setting(const UnitSpec *spec) {
        static const DirectiveId ids[] = { DIRECTIVE_LOAD_CREDENTIAL, DIRECTIVE_SET_CREDENTIAL };

        for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
                if (unit_spec_rules(spec, ids[i]))
                        return ids[i];
        return DIRECTIVE_IMPORT_CREDENTIAL;
}

int step_credentials(ExecContext *context) {
        const char *root = directory_kind_root(context->spec, DIRECTORY_RUNTIME);
        const char *unit =
                unit_spec_text(context->spec, DIRECTIVE_PLAN_UNIT) ?: context->spec->name;
        const char *id = NULL;
        int r;

        if (!credential_is_wanted(context->spec))
                return STEP_DONE;
        context->credentials = credential_directory(root, unit);
        if (!context->credentials)
                return exec_context_problem(context, DIRECTIVE_LOAD_CREDENTIAL, -ENOMEM, NULL);
        const CredentialOrder order = {
                .spec = context->spec,
                .unit = unit,
                .directory = context->credentials,
                .inherited = unit_spec_text(context->spec, DIRECTIVE_PLAN_RECEIVED_CREDENTIALS)
                                     ?: environment_find(context->request.environment,
                                                         STR_LITERAL("CREDENTIALS_DIRECTORY")),
                .uid = context->scope == UNIT_SCOPE_SYSTEM ? context->identity.uid : UID_KEEP,
        };
        r = credential_make(&order, &id);
        if (r < 0)
                return exec_context_problem(context, DIRECTIVE_LOAD_CREDENTIAL, r, id);
        if (r == CREDENTIAL_SWAPPABLE)
                exec_context_say(context,
                                 REPORT_NOTE,
                                 asking_setting(context->spec),
                                 "in memory that the kernel may swap out");
        if (r == CREDENTIAL_PLAIN)
                exec_context_say(context,
                                 REPORT_WEAKENED,
                                 asking_setting(context->spec),
                                 "files in %s, on no file system of their own",
                                 root);
        return STEP_DONE;
}
