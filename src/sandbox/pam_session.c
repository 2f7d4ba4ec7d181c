/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/pam_session.h"

#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"

/* The interface of libpam.so.0 (pam(3)), loaded when a unit wants it, so that neither building nor
 * running tend needs it. */

#define LIBRARY "libpam.so.0"

/* Of security/_pam_types.h. */
enum {
        SUCCESS = 0,
        CONVERSATION_ERROR = 19,
        ITEM_TERMINAL = 3,
        ESTABLISH_CREDENTIALS = 0x2,
        DELETE_CREDENTIALS = 0x4,
        SILENT = 0x8000,
        DATA_SILENT = 0x40000000,
};

typedef struct PamHandle PamHandle;
typedef struct PamConversation {
        int (*talk)(int n, const void **messages, void **ret_answers, void *userdata);
        void *userdata;
} PamConversation;

typedef struct PamLibrary {
        int (*start)(const char *, const char *, const PamConversation *, PamHandle **);
        int (*set_item)(PamHandle *, int, const void *);
        int (*put_environment)(PamHandle *, const char *);
        int (*manage_account)(PamHandle *, int);
        int (*set_credentials)(PamHandle *, int);
        int (*open_session)(PamHandle *, int);
        int (*close_session)(PamHandle *, int);
        char **(*get_environment)(PamHandle *);
        int (*end)(PamHandle *, int);
        const char *(*describe)(PamHandle *, int);
} PamLibrary;

static const struct {
        const char *name;
        size_t place;
} symbols[] = {
        { "pam_start", offsetof(PamLibrary, start) },
        { "pam_set_item", offsetof(PamLibrary, set_item) },
        { "pam_putenv", offsetof(PamLibrary, put_environment) },
        { "pam_acct_mgmt", offsetof(PamLibrary, manage_account) },
        { "pam_setcred", offsetof(PamLibrary, set_credentials) },
        { "pam_open_session", offsetof(PamLibrary, open_session) },
        { "pam_close_session", offsetof(PamLibrary, close_session) },
        { "pam_getenvlist", offsetof(PamLibrary, get_environment) },
        { "pam_end", offsetof(PamLibrary, end) },
        { "pam_strerror", offsetof(PamLibrary, describe) },
};

static int load(PamLibrary *ret) {
        void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_GLOBAL); /* stays; modules look into it */

        for (size_t i = 0; library && i < ARRAY_LENGTH(symbols); i++) {
                void *symbol = dlsym(library, symbols[i].name);
                if (!symbol)
                        return PAM_NO_LIBRARY;
                memcpy((char *)ret + symbols[i].place, &symbol, sizeof(symbol));
        }
        return library ? PAM_OPENED : PAM_NO_LIBRARY;
}

/* Nobody is there who could answer. */
static int refuse_to_talk(int n UNUSED,
                          const void **messages UNUSED,
                          void **ret_answers UNUSED,
                          void *userdata UNUSED) {
        return CONVERSATION_ERROR;
}

/* --- the child that keeps the session ----------------------------------------------------------
 */

/* It gives up what it does not need, as far as it may: the session is closed as the user, too. */
static void become(const PamRequest *request) {
        if (setgroups(0, NULL) < 0)
                return;
        if (request->gid != (gid_t)-1 && setresgid(request->gid, request->gid, request->gid) < 0)
                return;
        if (request->uid != (uid_t)-1 && setresuid(request->uid, request->uid, request->uid) < 0)
                return;
}

static _Noreturn void
keep(const PamLibrary *pam, PamHandle *handle, const PamRequest *request, pid_t service) {
        sigset_t wanted;
        int signal_number;

        (void)prctl(PR_SET_NAME, "(sd-pam)", 0, 0, 0); /* as in systemd.exec(5) */
        (void)syscall(SYS_close_range, 0, ~0U, 0);
        become(request);
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
        (void)sigemptyset(&wanted);
        (void)sigaddset(&wanted, SIGTERM);
        /* The wish comes too late when the service has ended already. */
        while (getppid() == service && sigwait(&wanted, &signal_number) != 0)
                ;
        (void)pam->set_credentials(handle, DELETE_CREDENTIALS | SILENT);
        int r = pam->close_session(handle, SILENT);
        (void)pam->end(handle, r | DATA_SILENT);
        _exit(EXIT_SUCCESS);
}

static int leave_keeper(const PamLibrary *pam, PamHandle *handle, const PamRequest *request) {
        pid_t service = getpid();
        sigset_t blocked, before;

        (void)sigemptyset(&blocked); /* cannot fail with valid arguments, as the next */
        (void)sigaddset(&blocked, SIGTERM);
        if (sigprocmask(SIG_BLOCK, &blocked, &before) < 0)
                return err_new(-errno);
        pid_t pid = fork();
        if (pid == 0)
                keep(pam, handle, request, service);
        int r = pid < 0 ? -errno : 0;
        (void)sigprocmask(SIG_SETMASK, &before, NULL); /* as it was */
        return err_pass(r);
}

/* --- the session -------------------------------------------------------------------------------
 */

static int begin(const PamLibrary *pam,
                 PamHandle *handle,
                 const PamRequest *request,
                 char *const *environment) {
        int r = request->terminal ? pam->set_item(handle, ITEM_TERMINAL, request->terminal)
                                  : SUCCESS;

        STRV_FOREACH(variable, environment)
        (void)pam->put_environment(handle, *variable); /* it may not like it */
        if (r == SUCCESS)
                r = pam->manage_account(handle, SILENT);
        if (r == SUCCESS)
                (void)pam->set_credentials(handle, ESTABLISH_CREDENTIALS | SILENT); /* as systemd */
        return r == SUCCESS ? pam->open_session(handle, SILENT) : r;
}

static void take_environment(const PamLibrary *pam, PamHandle *handle, EnvironmentBlock *block) {
        char **set = pam->get_environment(handle);

        environment_block_put_all(block, set);
        for (char **variable = set; variable && *variable; variable++)
                free(*variable);
        free(set);
}

bool pam_session_is_possible(void) {
        return true;
}

int pam_session_open(const PamRequest *request,
                     EnvironmentBlock *environment,
                     const char **ret_reason) {
        static const PamConversation conversation = { .talk = refuse_to_talk };
        PamLibrary pam = { 0 };
        PamHandle *handle = NULL;

        *ret_reason = NULL;
        if (load(&pam) != PAM_OPENED)
                return PAM_NO_LIBRARY;
        int r = pam.start(request->service, request->user, &conversation, &handle);
        if (r != SUCCESS)
                return err_new(-EACCES);
        r = begin(&pam, handle, request, environment_block_list(environment));
        if (r != SUCCESS) {
                *ret_reason = pam.describe(handle, r);
                (void)pam.end(handle, r | DATA_SILENT);
                return err_new(-EACCES);
        }
        take_environment(&pam, handle, environment);
        r = leave_keeper(&pam, handle, request);
        if (r < 0)
                (void)pam.close_session(handle, SILENT); /* the first error counts */
        return err_pass(r);
}
