"""The pass: observe, judge, plan, apply. The only place where sync, rules and kpi meet.

recipe        one pass, as a recipe
world         what a pass works with, put together from the settings
judgement     every policy's verdict on every ticket that changed or is due
bench         which policies have to be asked about a ticket at all
register      tables other than incident: changes, problems, releases, complaints, the calendar
record        every policy's verdict on their records
explanation   all of that for one ticket, for people
figure        facts and scores for the indicators
halt          what keeps the connector from writing or asking: brake, pause, retired
observation   what policies that only observe wished for, kept
retirement    leaving an instance
review        and summed up, before they may write
counting      figures over very many tickets, without lists
archive       what came of the tickets of a period, with its texts
publication   scorecards as records of the instance
source        what the declared sources hold: files, and the surveys of the instance
standing      all figures of a period as one value: scores, trends, grades, what is watched, sources
"""

from connector.reconcile.archive import results_of
from connector.reconcile.counting import COUNTED, complete_outcomes, counted_scores, keep_outcomes
from connector.reconcile.explanation import Explanation, explain
from connector.reconcile.figure import (
    facts,
    indicators_of,
    limits_of,
    scores,
    scores_of,
    terms_of,
    unmeasured_by,
)
from connector.reconcile.halt import Halt, halt, halted, halted_there, lift
from connector.reconcile.publication import Publication, Published, plan_publication, publish
from connector.reconcile.recipe import PassReport, Watch, refresh, run_pass, sweep_world
from connector.reconcile.register import resting
from connector.reconcile.review import Noisy, PolicyReview, Review, review
from connector.reconcile.standing import figures_of, freeze_due, labels
from connector.reconcile.world import World, build_world, open_gateway, open_world

__all__ = [
    "COUNTED",
    "Explanation",
    "Halt",
    "Noisy",
    "PassReport",
    "PolicyReview",
    "Publication",
    "Published",
    "Review",
    "Watch",
    "World",
    "build_world",
    "complete_outcomes",
    "counted_scores",
    "explain",
    "facts",
    "figures_of",
    "freeze_due",
    "halt",
    "halted",
    "halted_there",
    "indicators_of",
    "keep_outcomes",
    "labels",
    "lift",
    "limits_of",
    "open_gateway",
    "open_world",
    "plan_publication",
    "publish",
    "refresh",
    "resting",
    "results_of",
    "review",
    "run_pass",
    "scores",
    "scores_of",
    "sweep_world",
    "terms_of",
    "unmeasured_by",
]
