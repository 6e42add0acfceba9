// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Says in the log and the metrics when the engines do not keep up with all streams.

#pragma once

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "speech/load_watch.hpp"

namespace livedub {

/// Any thread. The registry outlives it.
class EngineLoad {
  public:
    explicit EngineLoad(prometheus::Registry& registry);

    /// For speech::PipelineConfig::on_load.
    void note(const speech::LoadChange& change);

  private:
    prometheus::Gauge& degraded_;
};

}  // namespace livedub
