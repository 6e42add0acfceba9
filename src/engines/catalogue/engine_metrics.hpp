// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the engines tell, as numbers: the same families in every program that has engines.

#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "engines/catalogue/catalogue.hpp"

namespace livedub::engines {

class EngineMetrics {
  public:
    /// Every series is there at once. The registry outlives it.
    explicit EngineMetrics(prometheus::Registry& registry);

    /// Has a pipeline that is made of `config` tell this, which outlives it. When the engines do
    /// not keep up with all streams the log says so, too.
    void listen(SpeechConfig& config);

  private:
    void note_load(const speech::LoadChange& change);

    prometheus::Counter& cache_hits_;
    prometheus::Counter& cache_misses_;
    prometheus::Counter& terms_kept_;
    prometheus::Counter& terms_lost_;
    prometheus::Counter& translation_failovers_;
    prometheus::Counter& synthesis_failovers_;
    prometheus::Gauge& degraded_;
};

}  // namespace livedub::engines
