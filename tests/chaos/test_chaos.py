# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever fails: the picture stays, the sound stays, the delay stays, and the dub comes back by itself.

Each scenario of scenarios.py, judged by what a viewer of /out saw and heard.
"""

import pytest
from chaos.scenarios import SCENARIOS, Scenario
from chaos.stage import Stage

LAG_MS, AV_MS = 500, 45
BACK_S = 2.0  # after the fragment that is on when the cause is gone


def limited(scenario: Scenario):
    return pytest.param(scenario.name, marks=pytest.mark.timeout(scenario.limit_s))


@pytest.mark.parametrize("name", map(limited, SCENARIOS.values()))
def test_scenario(name, systems, chaos_clip, tables):
    scenario = SCENARIOS[name]
    system = systems(scenario)
    try:
        with Stage(system, name, chaos_clip) as stage:
            scenario.run(stage)
    finally:
        system.restore()
    system.wait_let_go()
    truth = stage.judge()
    tables.append(f"{name}: {scenario.title}\n{truth}")

    assert truth.windows, "nothing was heard"
    assert truth.goes_back == []
    # Sound that was damaged on its way may be dubbed by silence.
    assert [line for line in truth.contradictions if scenario.judges_sound or "called original" in line] == []
    assert set(truth.reasons()) <= {"dubbed", *scenario.reasons}, truth.reasons()
    assert not scenario.must or scenario.must & set(truth.reasons()), truth.reasons()
    assert truth.back_s is None or truth.back_s <= system.segment_s + BACK_S
    if truth.pictures_in:
        late_ms = (truth.delays_s - system.delay_s) * 1000
        assert abs(late_ms).max() <= LAG_MS, f"{late_ms.min():+.0f} to {late_ms.max():+.0f} ms at {truth.late_at_s:.1f} s"
        assert scenario.loses_pictures or truth.lost == []
    if scenario.judges_sound:
        assert abs(truth.av_worst_ms) <= AV_MS
        if not scenario.loses_pictures:
            assert truth.sound_gap_ms <= 25 and truth.sound_overlap_ms <= 25
            assert len(truth.dropouts_s) <= 2, "more than an encoder's first frame is silent"
