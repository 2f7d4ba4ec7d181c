# SPDX-License-Identifier: Apache-2.0
"""The sample units of tests/units/proof: what each asserts, and what came of it in a place.

A sample is named DIRECTIVE-MODE.service. Its command line is the probe's, each argument an assertion QUESTION=EXPECTED:

    a|b         one of these             <N      a number below N
    differs     not what the same unit answers without the directive
    none        no answer: the process did not live to give it
    ~           stands for a space

Result= is asked of the manager. "v1:" and "v2:" are asked only where
such control groups are used, "controlled:" where any are. Where there is a NAME.slice, the service is in it. Those of settings for the time in which the
manager starts are started with it.
"""

import fnmatch
import json
import re
from pathlib import Path

from tendbox import ROOT

DIRECTORY = ROOT / "tests/units/proof"
RESOURCES = re.compile(r"^(CPU(Quota|Weight|Shares|Acc)|Startup|Memory(Max|Limit|High|Low|Min|Swap|Acc)|Tasks|Allowed|IO(Weight|Read|Write|Device|Acc)|"
                       r"BlockIO|Device|IPAddress|IP(In|E)gress|Slice|Delegate|Socket|Restrict(Network|FileSystems)|DisableC|DefaultMemory|BPF)")  # fmt: skip
# Settings that one row speaks for.
OTHER_NAMES = {"BindReadOnlyPaths": "BindPaths", "StandardInputText": "StandardInputData"}


class Sample:
    def __init__(self, path):
        self.name = path.stem
        self.directive = self.name.split("-")[0]
        self.text = path.read_text()
        command = next(line for line in self.text.splitlines() if line.startswith("ExecStart="))
        self.assertions = [tuple(word.split("=", 1)) for word in command.split()[1:]]
        self.is_resource = bool(RESOURCES.match(self.name))
        self.is_for_startup = self.name.startswith("Startup")
        above = path.with_suffix(".slice")
        self.slice_text = above.read_text() if above.exists() else ""

    def files(self, end):
        """Unit name to text: the sample, or for the end "-without" the same without the directive."""
        without = (lambda text: re.sub(rf"^{self.directive}=.*\n", "", text, flags=re.M)) if end else str
        if not self.slice_text:
            return {f"{self.name}{end}.service": without(self.text)}
        above = self.slice_name(end)
        return {f"{self.name}{end}.service": f"{without(self.text)}Slice={above}\n", above: without(self.slice_text)}

    def slice_name(self, end):
        return f"{self.name}{end}.slice".replace("-", "_")  # one below no other

    def bearer(self):
        """The unit that has the directive."""
        return self.slice_name("") if self.slice_text else f"{self.name}.service"


def all_samples():
    return [Sample(path) for path in sorted(DIRECTORY.glob("*.service"))]


def samples_for(place):
    """Those that say something about a place."""
    if place in ("v1", "v2", "none"):
        return [sample for sample in all_samples() if sample.is_resource]
    return [sample for sample in all_samples() if not sample.is_resource or place != "root"]


class Run:
    """One start of a sample in a place: the answers, how it ended, what the manager says about it."""

    def __init__(self, place, unit, properties):
        self.place, self.unit, self.properties = place, unit, properties
        self.answers = {}
        for line in place.box.log(unit).splitlines():
            match = re.search(r"(?:^|[ \t])([a-z][a-z0-9]*(?::[^=\s]*)?)=(.*)$", line)
            if match:
                self.answers[match.group(1)] = match.group(2)

    def ask(self, question):
        if question == "Result":
            return self.properties.get("Result", "")
        return self.answers.get(self.place.text(question), "none")

    def failed_step(self):
        """The exit code of the step that ended the start, or 0."""
        code = int(self.properties.get("ExecMainStatus") or 0)
        return code if self.properties.get("Result") == "exit-code" and 200 <= code <= 245 else 0


def is_met(expected, answer, control):
    """Whether an answer is what was expected; `control` is that of the unit without the directive."""
    if expected == "differs":
        return answer not in ("none", control)
    if expected.startswith("<"):
        return answer.isdigit() and int(answer) < int(expected[1:])
    return any(fnmatch.fnmatchcase(answer, one.replace("~", " ")) for one in expected.split("|"))


def asked(sample, hierarchy):
    """The assertions that apply where these control groups are."""
    others = [f"{one}:" for one in ("v1", "v2") if one != hierarchy]
    if hierarchy not in ("v1", "v2"):
        others.append("controlled:")  # by whoever made the box's own group
    return [one for one in sample.assertions if not one[0].startswith(tuple(others))]


def unmet(sample, run, control, hierarchy):
    """The assertions that do not hold, as text."""
    found = []
    for question, expected in asked(sample, hierarchy):
        answer = run.ask(question)
        if not is_met(run.place.text(expected), answer, control.ask(question)):
            found.append(f"{question}={answer}, not {expected}")
    return found


def said(box, unit, directive):
    """What the manager says about a directive of a unit: the word of `tend report` and the reason."""
    result = box.tend("report", "--json", *([] if box.is_system else ["--user"]), unit)
    rows = json.loads(result.stdout)["settings"] if result.returncode == 0 else []
    for row in rows:
        if row["setting"] == OTHER_NAMES.get(directive, directive):
            return row["holds"], row["why"] or ""
    return "enforced", ""  # of what nothing is said, nothing is missing


class Outcome:
    """What a sample came to: a word for the table, and a complaint when the manager claims what does not hold."""

    def __init__(self, sample, run, control, hierarchy):
        self.sample = sample
        self.missing = unmet(sample, run, control, hierarchy)
        self.without = unmet(sample, control, control, hierarchy)
        self.word, self.why = said(run.place.box, sample.bearer(), sample.directive)
        self.complaint = ""
        if not self.missing:
            if self.word == "enforced" and not asked(sample, hierarchy):
                self.word = "-"
            elif self.word == "enforced" and not self.without:
                self.word = "anyway"  # it holds without the directive too: nothing is proven
        elif self.word in ("enforced", "emulated") and not run.failed_step():
            self.complaint = f"{sample.name} is said to be {self.word} {self.why}, but: {'; '.join(self.missing)}"
            self.word = "broken"
        elif self.word in ("enforced", "emulated", "failed"):
            self.word = "fails"  # the unit is not started

    def __str__(self):
        return f"{self.sample.name}: {self.word} ({self.why}) {'; '.join(self.missing)}"


def run_all(place, samples, hierarchy):
    """Runs these samples and their controls in a place, all at once. Returns their outcomes."""
    box = place.box
    ends = ("-without", "")  # one after the other: both may use the same files
    for sample in samples:
        for name, text in (pair for end in ends for pair in sample.files(end).items()):
            box.unit(name, place.text(text))
    box.start(*[f"{sample.name}{end}.service" for sample in samples if sample.is_for_startup for end in ends])
    for end in ends:
        box.systemctl("start", *[f"{sample.name}{end}.service" for sample in samples], timeout=600)
    properties = properties_of(box, [f"{sample.name}{end}.service" for sample in samples for end in ("", "-without")])
    outcomes = []
    for sample in samples:
        run, control = (Run(place, unit, properties[unit]) for unit in (f"{sample.name}{end}.service" for end in ("", "-without")))
        outcomes.append(Outcome(sample, run, control, hierarchy))
    return outcomes


def properties_of(box, units):
    """How the runs of these units ended: unit to property to value."""
    shown = box.systemctl("show", "-pId", "-pResult", "-pExecMainStatus", *units).stdout
    blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in shown.split("\n\n")]
    return {block["Id"]: block for block in blocks if "Id" in block}
