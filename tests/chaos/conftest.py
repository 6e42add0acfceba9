# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from chaos.scenarios import Scenario
from chaos.stage import Clip
from chaos.system import System


# What viewers saw, for the end of the run: it is shown of scenarios that passed, too.
TABLES: list[str] = []


def pytest_terminal_summary(terminalreporter) -> None:
    if TABLES:
        terminalreporter.section("what viewers saw")
        terminalreporter.write_line("\n\n".join(TABLES))


@pytest.fixture(scope="session")
def tables() -> list[str]:
    return TABLES


@pytest.fixture(scope="session")
def chaos_clip(clip, tmp_path_factory) -> Clip:
    return Clip.load(clip.mp4, tmp_path_factory.mktemp("chaos"))


@pytest.fixture(scope="session")
def systems(build, tmp_path_factory):
    """One system for all scenarios that want the same of it, so that what one leaves behind meets the next."""
    running: dict[tuple, System] = {}

    def system_of(scenario: Scenario) -> System:
        key = (*sorted(scenario.settings.items()), *sorted(scenario.sts.items()))
        if key not in running:
            # Two at a time would share the cores.
            for other in running.values():
                other.close()
            running.clear()
            folder = tmp_path_factory.mktemp("system")
            running[key] = System(build, folder, sts=scenario.sts, **scenario.settings)
        return running[key]

    yield system_of
    for system in running.values():
        system.close()
