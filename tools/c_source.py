# SPDX-License-Identifier: Apache-2.0
"""Just enough of C for the checks: files of the tree, text without comments, functions."""

import os
import re
import sys
from collections import namedtuple

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

TOKEN = re.compile(
    r'/\*.*?(?:\*/|\Z)|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", re.M)
ATTRIBUTE = re.compile(r"\b(?:PRINTF_LIKE|__attribute__)\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
PROTOTYPE = re.compile(r"^(?P<head>[^=(]*?[\s*])(?P<name>\w+)\s*\((?P<parameters>.*)\)$", re.S)
NO_FUNCTION = re.compile(
    r"^(?:typedef\b|_Static_assert\b|static_assert\b|DEFINE_\w+|(?:struct|union|enum)\s+\w+$)")

# `line` is that of the name, `end` of the closing brace (of the semicolon for a prototype).
Function = namedtuple("Function", "name line end parameters is_definition")


def c_files(*tops):
    """Paths of all .c and .h files below the given folders, relative to the checkout, sorted."""
    found = []
    for top in tops:
        for folder, dirs, names in os.walk(os.path.join(TOP, top)):
            dirs[:] = [d for d in dirs if not d.startswith(".")]
            found += [os.path.relpath(os.path.join(folder, n), TOP)
                      for n in names if n.endswith((".c", ".h"))]
    return sorted(found)


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8", errors="replace") as f:
        return f.read()


def spaces(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text, strings_too=False):
    """The text with comments (and strings) made blank; every line keeps its number."""
    def blank(match):
        token = match.group(0)
        return spaces(token) if strings_too or token[0] == "/" else token
    return TOKEN.sub(blank, text)


def split_parameters(text):
    text = text.strip()
    if text in ("", "void"):
        return []
    depth, parts = 0, [""]
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [" ".join(part.split()) for part in parts]


def _declarations(bare):
    """Yields (start, end, text, has_body) of what stands outside of all braces."""
    start = depth = parens = 0
    body_start = None
    for i, c in enumerate(bare):
        if c == "(":
            parens += 1
        elif c == ")":
            parens -= 1
        elif c == "{":
            if depth == 0 and parens == 0:
                body_start = i
            depth += 1
        elif c == "}":
            depth -= 1
            head = bare[start:body_start] if body_start is not None else ""
            if depth == 0 and parens == 0 and head.rstrip().endswith(")"):
                yield start, i, head, True
                start, body_start = i + 1, None
        elif c == ";" and depth == 0 and parens == 0:
            if body_start is None:
                yield start, i, bare[start:i], False
            start, body_start = i + 1, None


def functions(text):
    """All function definitions and prototypes of a file, in order."""
    bare = DIRECTIVE.sub(lambda m: spaces(m.group(0)), without_comments(text, True))
    for start, end, head, is_definition in _declarations(bare):
        declaration = ATTRIBUTE.sub(lambda m: spaces(m.group(0)), head)
        indent = len(declaration) - len(declaration.lstrip())
        match = PROTOTYPE.match(declaration.strip())
        if not match or NO_FUNCTION.match(declaration.strip()) or not match["head"].strip():
            continue
        name_at = start + indent + match.start("name")
        yield Function(name=match["name"],
                       line=bare.count("\n", 0, name_at) + 1,
                       end=bare.count("\n", 0, end) + 1,
                       parameters=split_parameters(match["parameters"]),
                       is_definition=is_definition)


def finish(name, findings, checked):
    """Prints findings as file:line: text, and a last line; exits non-zero when there are some."""
    for finding in findings:
        print(finding)
    print(f"{name}: {checked} checked, {len(findings)} wrong")
    sys.exit(1 if findings else 0)
