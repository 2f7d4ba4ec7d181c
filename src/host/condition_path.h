/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The conditions about files. Each says 1, 0 or -errno. */

/* ConditionPathExists= and ConditionPathExistsGlob=. */
int condition_path_exists(const char *path);
int condition_path_glob(const char *pattern);
/* What a pattern matches first, for the caller to free; NULL. */
char *condition_path_match(const char *pattern);
/* ConditionPathIsDirectory= follows links, ConditionPathIsSymbolicLink= does not. */
int condition_path_is_directory(const char *path);
int condition_path_is_link(const char *path);
/* ConditionPathIsMountPoint=: another file system or bind mount than the directory above. */
int condition_path_is_mount_point(const char *path);
/* ConditionPathIsReadWrite=: the file system is not mounted read-only. */
int condition_path_is_writable(const char *path);
/* ConditionPathIsEncrypted=: the block device behind it is a dm-crypt volume. */
int condition_path_is_encrypted(const char *path);
/* ConditionDirectoryNotEmpty=, ConditionFileNotEmpty=, ConditionFileIsExecutable=. */
int condition_directory_not_empty(const char *path);
int condition_file_not_empty(const char *path);
int condition_file_is_executable(const char *path);
/* ConditionNeedsUpdate=: /usr is newer than the stamp file .updated in /etc or /var. */
int condition_needs_update(const char *path);
/* ConditionFirstBoot=: a boolean against /run/systemd/first-boot. */
int condition_first_boot(const char *wanted);
/* ConditionCredential=: the manager was given this credential. */
int condition_credential(const char *name);
