"""From counts of correct samples to numbers, with their uncertainty. Counts always come in the order n, c, k."""

from passk_lab.arguments import Doubt
from passk_lab.metrics.answers import answer_entropy, distinct_at_k, majority_at_k
from passk_lab.metrics.audits import (
    OutcomeAudit,
    audit_interval,
    audit_size,
    clean_audit_size,
    common_rate_bound,
    outcome_audit,
    outcome_audit_size,
)
from passk_lab.metrics.beyond import pass_at_k_beyond
from passk_lab.metrics.bounded_mean import Interval, mean_interval
from passk_lab.metrics.comparison import Comparison, Crossover, compare
from passk_lab.metrics.correction import (
    CorrectedCurve,
    corrected_curve,
    corrected_pass_at_k,
    corrected_pass_at_k_variance,
    rogan_gladen,
    rogan_gladen_interval,
    rogan_gladen_variance,
)
from passk_lab.metrics.curves import pass_at_k_curve
from passk_lab.metrics.estimators import g_pass_at_k, max_at_k, pass_at_k, pass_at_k_plugin, pass_hat_k
from passk_lab.metrics.known_p import cover_at_tau, gap_at_k, gap_peak, success_at_k, weight_at_k
from passk_lab.metrics.luck import blind_luck, chance_by_luck
from passk_lab.metrics.planning import (
    detectable_difference,
    problems_for_crossing,
    problems_needed,
    samples_needed,
)
from passk_lab.metrics.prediction import Prediction, predict_pass_at_k
from passk_lab.metrics.prior import Prior, fit_prior
from passk_lab.metrics.reward_model import best_of_k
from passk_lab.metrics.spending import Spending, spend
from passk_lab.metrics.spread import Spread, fit_spread
from passk_lab.metrics.stopping import Stopping, pass_at_k_stopped, stopping_test
from passk_lab.metrics.suspects import Discordant, HangsOn, accepted_answers, discordant, hangs_on, seldom_accepted
from passk_lab.metrics.uncertainty import (
    Posterior,
    curve_interval,
    pass_at_k_posterior,
    pass_at_k_posterior_mean,
    pass_at_k_variance,
)
from passk_lab.metrics.verifier import (
    chosen_at_k,
    half_truth_k,
    half_truth_p,
    seen_at_k,
    seen_at_k_equal_answers,
    seen_at_k_per_answer,
    seen_at_k_per_problem,
)

__all__ = [
    "Comparison",
    "CorrectedCurve",
    "Crossover",
    "Discordant",
    "Doubt",
    "HangsOn",
    "Interval",
    "OutcomeAudit",
    "Posterior",
    "Prediction",
    "Prior",
    "Spending",
    "Spread",
    "Stopping",
    "accepted_answers",
    "answer_entropy",
    "audit_interval",
    "audit_size",
    "best_of_k",
    "blind_luck",
    "chance_by_luck",
    "chosen_at_k",
    "clean_audit_size",
    "common_rate_bound",
    "compare",
    "corrected_curve",
    "corrected_pass_at_k",
    "corrected_pass_at_k_variance",
    "cover_at_tau",
    "curve_interval",
    "detectable_difference",
    "discordant",
    "distinct_at_k",
    "fit_prior",
    "fit_spread",
    "g_pass_at_k",
    "gap_at_k",
    "gap_peak",
    "half_truth_k",
    "half_truth_p",
    "hangs_on",
    "majority_at_k",
    "max_at_k",
    "mean_interval",
    "outcome_audit",
    "outcome_audit_size",
    "pass_at_k",
    "pass_at_k_beyond",
    "pass_at_k_curve",
    "pass_at_k_plugin",
    "pass_at_k_posterior",
    "pass_at_k_posterior_mean",
    "pass_at_k_stopped",
    "pass_at_k_variance",
    "pass_hat_k",
    "predict_pass_at_k",
    "problems_for_crossing",
    "problems_needed",
    "rogan_gladen",
    "rogan_gladen_interval",
    "rogan_gladen_variance",
    "samples_needed",
    "seen_at_k",
    "seen_at_k_equal_answers",
    "seen_at_k_per_answer",
    "seen_at_k_per_problem",
    "seldom_accepted",
    "spend",
    "stopping_test",
    "success_at_k",
    "weight_at_k",
]
