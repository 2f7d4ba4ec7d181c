/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_polkit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "bus/bus_error.h"
#include "bus/bus_manager.h"
#include "bus/bus_reply.h"

#define AUTHORITY "org.freedesktop.PolicyKit1"
#define AUTHORITY_PATH "/org/freedesktop/PolicyKit1/Authority"
#define AUTHORITY_INTERFACE AUTHORITY ".Authority"
#define ALLOW_INTERACTION 1u
#define ANSWER_USEC UINT64_C(25000000)       /* for an answer by rules */
#define INTERACTION_USEC UINT64_C(120000000) /* for somebody to type a password */
#define QUESTIONS_MAX 256                    /* over all callers */
#define QUESTIONS_OF_ONE_MAX 16              /* of one caller */

/* A call that waits for polkit. */
typedef struct Question {
        ListLink all; /* in server->questions */
        BusConnection *connection;
        sd_bus_message *message; /* referenced */
        char *unit;              /* that was asked about; owned, NULL = none */
        pid_t pid;               /* of the caller */
} Question;

/* What acts on one unit, in the words of rules and in those for people. */
typedef struct UnitVerb {
        const char *member;  /* of the manager */
        const char *of_unit; /* of the unit */
        const char *verb;
        const char *request;
        bool loads; /* a unit that is not loaded yet is */
} UnitVerb;

/* clang-format off */
static const UnitVerb unit_verbs[] = {
        { "StartUnit", "Start", "start", "start '$(unit)'", true },
        { "StartUnitWithFlags", "Start", "start", "start '$(unit)'", true },
        { "StopUnit", "Stop", "stop", "stop '$(unit)'", true },
        { "ReloadUnit", "Reload", "reload", "reload '$(unit)'", true },
        { "RestartUnit", "Restart", "restart", "restart '$(unit)'", true },
        { "TryRestartUnit", "TryRestart", "try-restart", "restart '$(unit)'", true },
        { "ReloadOrRestartUnit", "ReloadOrRestart", "reload-or-restart", "reload or restart '$(unit)'", true },
        { "ReloadOrTryRestartUnit", "ReloadOrTryRestart", "reload-or-try-restart", "reload or restart '$(unit)'", true },
        { "KillUnit", "Kill", "kill", "send a UNIX signal to the processes of '$(unit)'", false },
        { "ResetFailedUnit", "ResetFailed", "reset-failed", "reset the \"failed\" state of '$(unit)'", false },
        { "SetUnitProperties", "SetProperties", "set-property", "set properties on '$(unit)'", true },
        { "RefUnit", "Ref", "ref", "hold '$(unit)'", true },
        { "CleanUnit", "Clean", "clean", "delete files and directories associated with '$(unit)'", true },
        { "FreezeUnit", "Freeze", "freeze", "freeze or thaw the processes of '$(unit)' unit", true },
        { "ThawUnit", "Thaw", "thaw", "freeze or thaw the processes of '$(unit)' unit", true },
        { "BindMountUnit", "BindMount", "bind-mount", "mount into the file systems of '$(unit)'", true },
        { "MountImageUnit", "MountImage", "mount-image", "mount into the file systems of '$(unit)'", true },
};

static const char *const actions[BUS_ACCESS_COUNT] = {
        [BUS_ACCESS_UNITS] = "org.freedesktop.systemd1.manage-units",
        [BUS_ACCESS_UNIT_FILES] = "org.freedesktop.systemd1.manage-unit-files",
        [BUS_ACCESS_ENVIRONMENT] = "org.freedesktop.systemd1.set-environment",
        [BUS_ACCESS_RELOAD] = "org.freedesktop.systemd1.reload-daemon",
};
/* clang-format on */

/* EnqueueUnitJob and its like name the verb in an argument. */
static const UnitVerb *find_verb_of_job(BusCall *call, bool on_unit) {
        const char *type;

        if ((!on_unit && sd_bus_message_skip(call->message, "s") < 0) ||
            sd_bus_message_read_basic(call->message, 's', &type) < 0 ||
            sd_bus_message_rewind(call->message, true) < 0)
                return NULL;
        for (unsigned i = 0; i < ARRAY_LENGTH(unit_verbs); i++)
                if (streq(unit_verbs[i].verb, type))
                        return &unit_verbs[i];
        return NULL;
}

static const UnitVerb *find_verb(BusCall *call, const BusMethodRow *row) {
        bool on_unit = call->object.kind == BUS_OBJECT_UNIT;

        if (streq(row->member, on_unit ? "EnqueueJob" : "EnqueueUnitJob"))
                return find_verb_of_job(call, on_unit);
        for (unsigned i = 0; i < ARRAY_LENGTH(unit_verbs); i++)
                if (streq(on_unit ? unit_verbs[i].of_unit : unit_verbs[i].member, row->member))
                        return &unit_verbs[i];
        return NULL;
}

/* The unit that a call acts on: that of the object, or of the first argument. */
static int find_unit(BusCall *call, const UnitVerb *verb, const Unit **ret) {
        EngineError error = { 0 };
        const char *name;
        Unit *unit;
        int r;

        *ret = call->object.unit;
        if (call->object.kind == BUS_OBJECT_UNIT)
                return 0;
        r = sd_bus_message_read_basic(call->message, 's', &name);
        if (r >= 0)
                r = sd_bus_message_rewind(call->message, true);
        if (r < 0)
                return r;
        if (verb->loads && *name) {
                r = engine_load_unit(call->server->engine, name, &unit, &error);
                if (r < 0)
                        return bus_error_set_engine(call->error, r, &error);
        } else {
                r = bus_manager_find_unit(call, name, &unit);
                if (r < 0)
                        return r;
        }
        *ret = unit;
        return 0;
}

/* --- the answer ------------------------------------------------------------------------------- */

static void question_free(void *userdata) {
        Question *question = userdata;

        list_remove(&question->all);
        question->connection->server->n_questions--;
        sd_bus_message_unref(question->message);
        free(question->unit);
        free(question);
}

static int refuse(BusCall *call) {
        return sd_bus_error_set(call->error, SD_BUS_ERROR_ACCESS_DENIED, "Permission denied");
}

/* 0 when polkit says yes. */
static int read_answer(BusCall *call, sd_bus_message *reply) {
        const sd_bus_error *failure = sd_bus_message_get_error(reply);
        int is_authorized, is_challenge, r;

        if (failure && (sd_bus_error_has_name(failure, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
                        sd_bus_error_has_name(failure, SD_BUS_ERROR_NAME_HAS_NO_OWNER)))
                return refuse(call); /* there is no polkit */
        if (failure)
                return sd_bus_error_copy(call->error, failure);
        r = sd_bus_message_enter_container(reply, 'r', "bba{ss}");
        if (r >= 0)
                r = sd_bus_message_read(reply, "bb", &is_authorized, &is_challenge);
        if (r < 0)
                return r;
        if (is_authorized)
                return 0;
        if (is_challenge)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                                        "Interactive authentication required.");
        return refuse(call);
}

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *unused UNUSED) {
        AUTO(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        const Question *question = userdata;
        BusCall call = {
                .server = question->connection->server,
                .connection = question->connection,
                .message = question->message,
                .error = &error,
                .trusted = true,
                .allowed_unit = question->unit,
                .pid = question->pid,
        };
        int r = read_answer(&call, reply);

        if (r >= 0)
                r = bus_method_dispatch(&call);
        return r < 0 ? bus_reply_error(&call, r) : 1;
}

/* --- the question ----------------------------------------------------------------------------- */

static int append_details(sd_bus_message *message, const UnitVerb *verb, const char *unit) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r;

        if (!verb)
                return sd_bus_message_append(message, "a{ss}", 0);
        strbuf_addf(&text, "Authentication is required to %s.", verb->request);
        r = strbuf_result(&text);
        if (r < 0)
                return err_pass(r);
        return sd_bus_message_append(message,
                                     "a{ss}",
                                     4,
                                     "unit",
                                     unit,
                                     "verb",
                                     verb->verb,
                                     "polkit.message",
                                     strbuf_text(&text),
                                     "polkit.gettext_domain",
                                     "systemd");
}

static int make_question(const BusCall *call,
                         const BusMethodRow *row,
                         const UnitVerb *verb,
                         const char *unit,
                         sd_bus_message **ret) {
        AUTO(sd_bus_message_unref) sd_bus_message *message = NULL;
        int interactive = sd_bus_message_get_allow_interactive_authorization(call->message);
        int r = sd_bus_message_new_method_call(call->connection->bus,
                                               &message,
                                               AUTHORITY,
                                               AUTHORITY_PATH,
                                               AUTHORITY_INTERFACE,
                                               "CheckAuthorization");

        if (r >= 0)
                r = sd_bus_message_append(message,
                                          "(sa{sv})s",
                                          "system-bus-name",
                                          1,
                                          "name",
                                          "s",
                                          sd_bus_message_get_sender(call->message),
                                          actions[row->access]);
        if (r >= 0)
                r = append_details(message, verb, unit);
        if (r >= 0)
                r = sd_bus_message_append(
                        message, "us", interactive > 0 ? ALLOW_INTERACTION : 0, "");
        if (r < 0)
                return r;
        *ret = STEAL(message);
        return 0;
}

/* Whether there is room for one more question. */
static bool may_ask(const BusCall *call) {
        const char *sender = sd_bus_message_get_sender(call->message);
        unsigned n = 0;

        LIST_FOREACH(question, &call->server->questions, Question, all) {
                n += streq(sd_bus_message_get_sender(question->message), sender);
        }
        return n < QUESTIONS_OF_ONE_MAX && call->server->n_questions < QUESTIONS_MAX;
}

static int send_question(BusCall *call, sd_bus_message *message, const char *unit) {
        bool interactive = sd_bus_message_get_allow_interactive_authorization(call->message) > 0;
        Question *question = calloc(1, sizeof(*question));
        sd_bus_slot *slot = NULL;
        int r;

        if (!question)
                return err_new(-ENOMEM);
        question->connection = call->connection;
        question->message = sd_bus_message_ref(call->message);
        question->unit = unit ? strdup(unit) : NULL;
        question->pid = call->pid;
        list_append(&call->server->questions, &question->all);
        call->server->n_questions++;
        r = unit && !question->unit ? -ENOMEM : 0;
        if (r >= 0)
                r = sd_bus_call_async(call->connection->bus,
                                      &slot,
                                      message,
                                      on_answer,
                                      question,
                                      interactive ? INTERACTION_USEC : ANSWER_USEC);
        if (r < 0) {
                question_free(question);
                return r;
        }
        (void)sd_bus_slot_set_destroy_callback(slot, question_free); /* fail only without a slot */
        (void)sd_bus_slot_set_floating(slot, true);
        sd_bus_slot_unref(slot);
        return 1;
}

int bus_polkit_ask(BusCall *call, const BusMethodRow *row) {
        AUTO(sd_bus_message_unref) sd_bus_message *message = NULL;
        const UnitVerb *verb = find_verb(call, row);
        const Unit *unit = NULL;
        int r;

        if (!actions[row->access])
                return refuse(call);
        if (!may_ask(call))
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many questions to polkit at once.");
        r = verb ? find_unit(call, verb, &unit) : 0;
        if (r >= 0)
                r = make_question(call, row, verb, unit ? unit->id : NULL, &message);
        return r < 0 ? r : send_question(call, message, unit ? unit->id : NULL);
}

int bus_polkit_check_unit(BusCall *call, const BusMethodRow *row) {
        const UnitVerb *verb = call->allowed_unit ? find_verb(call, row) : NULL;
        const Unit *unit = NULL;
        int r;

        if (!call->allowed_unit)
                return 0;
        if (!verb)
                return refuse(call);
        r = find_unit(call, verb, &unit);
        return r < 0 ? r : streq(unit->id, call->allowed_unit) ? 0 : refuse(call);
}
