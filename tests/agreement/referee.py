"""A slow and obvious referee for the hazard ledger: it imports nothing of LiftWarden and counts by reading a story aloud.

Written from the words alone — the 2017 notice with its annex, DESIGN §4 first bullet, the goal's "Hazard ledger" — so that
an error of the product's rules is not repeated here. A story is a list of facts in the order in which they were *learned*.
Each fact is a dict: `kind`, `lift`, `moment` (when it happened), and what its kind needs:

    found        problem, division, cause      a problem was found on the lift
    begun        problem                       rectification was contracted, begun or reported
    ended        problem                       closed (销号) or dismantled
    withdrawn    problem                       ended too, but it had been no problem at all
    shut_down    file, order   unsealed  order 封停 by an authority's order, and 启封 of that order
    listed       file, order   delisted  order 挂牌督办, and 摘牌
    transferred  file, division                the file is another division's from its moment on
    corrected    file                          the file no longer counts from its moment on
    joined       file, into                    what was in a new file is the old file's: A had become known late

`file` is "A1" or "F1": the lift's first file of that count, "A2" the one opened after A1 was corrected away. What was
known at a snapshot is the story's beginning: cut the list there. Nothing is remembered between two questions; everything
is read again from the start, which is slow, and is the point.
"""

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
CAMPAIGN_ENDED = datetime(2017, 1, 1, tzinfo=CHINA)  # the first instant that is no longer 截至2016年12月31日
OBSERVED_MONTHS = 12
LETTERS = {
    "A": {"completed": "B", "in hand": "C", "shut down": "D", "listed": "E"},
    "F": {"completed": "G", "in hand": "H", "shut down": "I", "listed": "H"},
}


def cut_off(year, month):
    """The first instant of the next month, Chinese time: what happened before it belongs to the month."""
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=CHINA)


def census(story, before):
    """Say for every (lift, "A" or "F") its one letter and division at a cut-off: {(lift, count): (letter, division)}."""
    answer = {}
    for lift in sorted({fact["lift"] for fact in story}):
        facts = [fact for fact in story if fact["lift"] == lift]
        for file, problems in files(facts).items():
            verdict = judged(facts, file, problems, before)
            if (
                verdict and (lift, file[0]) not in answer
            ):  # an earlier file of the same count stands: one lift, one cell
                answer[lift, file[0]] = verdict
    return answer


def files(facts):
    """Sort one lift's problems into its files, in the order in which they were learned: {"A1": [...], "F1": [...]}.

    A problem found in the campaign is of the old count (A). A later one joins the old file while a problem of it is
    open, or when it shows again the cause of a problem of it inside twelve months of its close (recurrence). All others
    are new (F). A file that was corrected away takes up nothing more. A problem stays where it was put, until a
    correction says otherwise: no count changes behind its reader's back.
    """
    sorted_in = {}
    for place, fact in enumerate(facts):
        if fact["kind"] == "joined":
            sorted_in.setdefault(fact["into"], []).extend(sorted_in.pop(fact["file"]))
        if fact["kind"] != "found":
            continue
        learned = facts[:place]
        count = "A" if is_of_campaign(fact) or belongs_to_old(fact, sorted_in, learned) else "F"
        sorted_in.setdefault(label(count, learned), []).append(fact)
    return sorted_in


def label(count, learned):
    """Name the file of a count that takes up problems now."""
    gone = [fact for fact in learned if fact["kind"] in ("corrected", "joined") and fact["file"][0] == count]
    return f"{count}{len(gone) + 1}"


def belongs_to_old(fact, sorted_in, learned):
    """Say whether a later finding is the old file's, by what was learned until then."""
    old = sorted_in.get(label("A", learned), [])
    if not any(is_unfinished(problem, learned) for problem in old):
        return False
    if any(is_open(problem, learned, fact["moment"]) for problem in old):
        return True
    gone = [problem for problem in old if end_of(problem, learned) and end_of(problem, learned) <= fact["moment"]]
    last = max(end_of(problem, learned) for problem in gone)
    same = any(problem["cause"] == fact["cause"] and not is_withdrawn(problem, learned) for problem in gone)
    return same and fact["moment"] < months_later(last, OBSERVED_MONTHS)


def judged(facts, file, problems, before):
    """Give one file's letter and division at a cut-off, or nothing if it is not in the form."""
    found = [problem for problem in problems if problem["moment"] < before]
    if not found or is_corrected(facts, file, before):
        return None
    if file[0] == "A" and not any(is_unfinished(problem, facts) for problem in problems):
        return None  # the look-back frame: filed in the campaign and completed by its last day; no cell
    return LETTERS[file[0]][state(facts, file, found, before)], division_of(facts, file, problems, before)


def state(facts, file, found, before):
    """Say in the annex's words how a file stands just before a moment."""
    still_open = [problem for problem in found if is_open(problem, facts, before, strictly=True)]
    if not still_open:
        return "completed"
    if stands(facts, file, "shut_down", "unsealed", before):
        return "shut down"
    if any(is_begun(problem, facts, before) for problem in still_open):
        return "in hand"
    if stands(facts, file, "listed", "delisted", before):
        return "listed"
    return "in hand"


def division_of(facts, file, problems, before):
    """Say whose the file is: the division's that filed it first, until it is handed over."""
    division = problems[0]["division"]
    moves = [fact for fact in facts if is_of_file(fact, file, "transferred") and fact["moment"] < before]
    for move in sorted(moves, key=lambda fact: fact["moment"]):
        division = move["division"]
    return division


def stands(facts, file, imposed, lifted, before):
    """Say whether any order of a kind stands just before a moment: imposed, and not lifted."""
    named = {file, *(fact["file"] for fact in facts if fact["kind"] == "joined" and fact["into"] == file)}
    orders = [fact for fact in facts if fact["kind"] == imposed and fact["file"] in named and fact["moment"] < before]
    gone = {fact["order"] for fact in facts if fact["kind"] == lifted and fact["moment"] < before}
    return any(order["order"] not in gone for order in orders)


def is_corrected(facts, file, before):
    """Say whether a file was corrected away before a moment."""
    return any(is_of_file(fact, file, "corrected") and fact["moment"] < before for fact in facts)


def is_begun(problem, facts, before):
    """Say whether a problem's rectification had begun before a moment."""
    return any(
        fact["kind"] == "begun" and fact["problem"] == problem["problem"] and fact["moment"] < before for fact in facts
    )


def is_open(problem, facts, moment, strictly=False):
    """Say whether a problem was found and not ended at a moment, or (strictly) just before it."""
    end = end_of(problem, facts)
    ended = end is not None and (end < moment or (end == moment and not strictly))
    return problem["moment"] <= moment and not ended


def is_unfinished(problem, facts):
    """Say whether a problem of the campaign was still unfinished on its last day."""
    end = end_of(problem, facts)
    return is_of_campaign(problem) and (end is None or end >= CAMPAIGN_ENDED)


def end_of(problem, facts):
    """Tell when a problem ended, if it has."""
    for fact in facts:
        if fact["kind"] in ("ended", "withdrawn") and fact["problem"] == problem["problem"]:
            return fact["moment"]
    return None


def is_withdrawn(problem, facts):
    """Say whether a problem was taken back as no problem at all."""
    return any(fact["kind"] == "withdrawn" and fact["problem"] == problem["problem"] for fact in facts)


def is_of_campaign(problem):
    """Say whether a problem was found in the campaign."""
    return problem["moment"] < CAMPAIGN_ENDED


def is_of_file(fact, file, kind):
    """Say whether a fact is of a kind and of a file."""
    return fact["kind"] == kind and fact.get("file") == file


def months_later(moment, months):
    """Add calendar months; the 31st of a short month is its last day."""
    local = moment.astimezone(CHINA)
    index = local.year * 12 + local.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last_day = (datetime(year + month // 12, month % 12 + 1, 1, tzinfo=CHINA) - timedelta(days=1)).day
    return local.replace(year=year, month=month, day=min(local.day, last_day))


def cells(answer, parents):
    """Count the form of every division: {division: {"A": n, …, "I": n}}, each lift also in the form of every parent."""
    counted = {}
    for letter, own in answer.values():
        for division in lineage(own, parents):
            form = counted.setdefault(division, dict.fromkeys("ABCDEFGHI", 0))
            form[letter] += 1
            form["A" if letter in "BCDE" else "F"] += 1
    return counted


def behind(answer, parents, division, letter):
    """Name the (lift, count) behind one cell of one division's form."""
    wanted = {"A": "BCDE", "F": "GHI"}.get(letter, letter)
    return sorted(key for key, (own, at) in answer.items() if own in wanted and division in lineage(at, parents))


def lineage(division, parents):
    """Tell a division and all above it."""
    line = []
    while division:
        line.append(division)
        division = parents.get(division)
    return line
