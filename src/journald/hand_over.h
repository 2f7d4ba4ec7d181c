/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* From root to the user that the recorder runs as: directories, files, and then the process. */

#include "journald/recorder.h"

/* Gives the directories that are written to the user and becomes it. Where that is not possible,
 * which is logged, everything stays as it is. Paths and configuration must be there; what only root
 * may open must be open. */
int hand_over(Recorder *recorder, const StorageOptions *options);
