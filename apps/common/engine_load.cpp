// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "common/engine_load.hpp"

#include "telemetry/log.hpp"

namespace livedub {

EngineLoad::EngineLoad(prometheus::Registry& registry)
    : degraded_{prometheus::BuildGauge()
                    .Name("sts_degraded")
                    .Help("What is left out because the engines do not keep up with all streams: "
                          "0 nothing, 1 some fragments, 2 every voice.")
                    .Register(registry)
                    .Add({})} {}

void EngineLoad::note(const speech::LoadChange& change) {
    degraded_.Set(static_cast<double>(change.level));
    const auto level =
        change.level == speech::LoadLevel::kKeepsUp ? spdlog::level::info : spdlog::level::warn;
    logger("speech")->log(
        level, "{} now=\"{}\" realtime_factor={:.2f} demand={:.2f} in_time={:.2f}",
        change.level == speech::LoadLevel::kKeepsUp ? "recovered" : "degraded",
        to_string(change.level), change.real_time_factor, change.demand, change.in_time);
}

}  // namespace livedub
