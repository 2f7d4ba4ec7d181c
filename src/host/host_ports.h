/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The real implementation of the engine's ports. */

#include "engine/ports.h"
#include "host/host.h"

/* The table for this host. */
EnginePorts host_ports_table(Host *host);
