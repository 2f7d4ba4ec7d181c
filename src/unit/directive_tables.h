/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The tables behind directive.h, one for each group of numbers in directive_id.h. Each is sorted by
 * name and, at the same time, by number. */

#include "unit/directive.h"

extern const DirectiveRow directives_unit[];
extern const unsigned n_directives_unit;
extern const DirectiveRow directives_install[];
extern const unsigned n_directives_install;
extern const DirectiveRow directives_x_tend[];
extern const unsigned n_directives_x_tend;
extern const DirectiveRow directives_plan[];
extern const unsigned n_directives_plan;
extern const DirectiveRow directives_service[];
extern const unsigned n_directives_service;
extern const DirectiveRow directives_exec[];
extern const unsigned n_directives_exec;
extern const DirectiveRow directives_sandbox[];
extern const unsigned n_directives_sandbox;
extern const DirectiveRow directives_resource[];
extern const unsigned n_directives_resource;
extern const DirectiveRow directives_kill[];
extern const unsigned n_directives_kill;
extern const DirectiveRow directives_socket[];
extern const unsigned n_directives_socket;
extern const DirectiveRow directives_mount[];
extern const unsigned n_directives_mount;
extern const DirectiveRow directives_timer[];
extern const unsigned n_directives_timer;
extern const DirectiveRow directives_timer_triggers[];
extern const unsigned n_directives_timer_triggers;
extern const DirectiveRow directives_path[];
extern const unsigned n_directives_path;
extern const DirectiveRow directives_old[];
extern const unsigned n_directives_old;
