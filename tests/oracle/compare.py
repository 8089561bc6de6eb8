"""Holds an answer of the program against what the oracle computed; every difference is one line."""

import verdicts


def differences(expected, answer):
    """All that differs between the oracle's verdicts and the program's."""
    said, found = {}, []
    for verdict in answer:
        key = name(verdict)
        if key in said:
            found.append(f"{key}: answered twice")
        said[key] = verdict
    wanted = {name(verdict): verdict for verdict in expected}
    found += [f"{key}: not answered" for key in wanted if key not in said]
    found += [f"{key}: answered, and no such period is asked for" for key in said if key not in wanted]
    if not found and list(said) != list(wanted):
        found.append("the verdicts do not stand in the order of the files and of time")
    for key, verdict in wanted.items():
        if key in said:
            found += [f"{key}: {text}" for text in fields(verdict, said[key]) + by_itself(said[key], "planned" in verdict)]
    return found


def name(verdict):
    return f"{verdict.get('commune')}/{verdict.get('quota')} {verdict.get('period')}"


def fields(wanted, said):
    """Field by field; what the oracle leaves out may be anything."""
    found = []
    for key, value in wanted.items():
        if key == "at_least":
            found += shares(value, said.get(key))
        elif key in ("counted", "not_counted"):
            found += rows(key, value, said.get(key))
        elif key not in said or said[key] != value:
            found.append(f"{key} is {said.get(key)!r}, should be {value!r}")
    return found


def shares(wanted, said):
    if not isinstance(said, list) or len(said) != len(wanted):
        return [f"at_least has {len(said or [])} shares, should have {len(wanted)}"]
    return [f"at_least[{n}]: {text}" for n, pair in enumerate(zip(wanted, said)) for text in fields(*pair)]


def rows(key, wanted, said):
    """Lists of airings: what is there too much or too little, else the order."""
    def label(row):
        return row if isinstance(row, str) else f"{row.get('airing')} ({row.get('why')})"

    wanted, said = [label(row) for row in wanted], [label(row) for row in said or []]
    found = [f"{key} lacks {row}" for row in wanted if row not in said]
    found += [f"{key} has {row} too much" for row in said if row not in wanted]
    if not found and wanted != said:
        found.append(f"{key} holds a row twice, or not by time")
    return found


def by_itself(said, over):
    """What an answer must say by its own numbers, also of a period that is not over."""
    found, exempt = [], said.get("verdict") == "exempt"
    parts = [said] + said.get("at_least", [])
    if any(type(part.get(key)) is not int for part in parts for key in ("required", "aired", "planned", "missing")):
        return ["required, aired, planned and missing are not whole numbers"]
    own = [verdict_of(part, exempt, over) for part in parts]
    for part, verdict in zip(parts[1:], own[1:]):
        if part.get("verdict") != verdict:
            numbers = f"{part['aired']} and {part['planned']} planned of {part['required']}"
            found.append(f"a share with {numbers} is {part.get('verdict')}, should be {verdict}")
    worst = max(own, key=verdicts.WORST_LAST.index)
    if said.get("verdict") != worst:
        found.append(f"verdict is {said.get('verdict')}, the worst of the whole and its shares is {worst}")
    if sum(said.get("by_kind", {}).values()) != said["aired"]:
        found.append("by_kind does not sum to aired")
    if "advice" in said and (said["advice"] is not None) != (worst in ("at_risk", "failed")):
        found.append(f"verdict {said.get('verdict')} with advice {said['advice']!r}")
    listed = list(said.get("counted", [])) + [row.get("airing") for row in said.get("not_counted", [])]
    if len(listed) != len(set(listed)):
        found.append("an airing is listed twice in counted and not_counted")
    return found


def verdict_of(part, exempt, over):
    """The verdict that the numbers of a part ask for."""
    if exempt:
        return "exempt"
    if part["aired"] >= part["required"]:
        return "met"
    if over:
        return "failed"
    return "on_track" if part["aired"] + part["planned"] >= part["required"] else "at_risk"
