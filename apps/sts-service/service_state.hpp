// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How far sts-service is, and the pages that say so (external contract, section 3).

#pragma once

#include <atomic>
#include <string>

#include <prometheus/registry.h>

#include "dubbing/dubber.hpp"
#include "http/server.hpp"
#include "telemetry/process_metrics.hpp"

namespace livedub {

/// Any thread.
class ServiceState {
  public:
    enum class Phase {
        kStarting = 1,  // models are loading
        kReady = 2,
        kEnding = 3,
    };

    explicit ServiceState(bool is_echo)
        : is_echo_{is_echo},
          has_models_{is_echo},
          phase_{is_echo ? Phase::kReady : Phase::kStarting} {}

    /// Only forward: what has loaded when the program is ending makes it ready no more.
    void set(Phase phase) noexcept {
        auto current = phase_.load();
        while (current < phase && !phase_.compare_exchange_weak(current, phase)) {
        }
    }
    [[nodiscard]] Phase phase() const noexcept { return phase_; }
    [[nodiscard]] bool is_echo() const noexcept { return is_echo_; }

    /// "echo-sts", "full-sts-service".
    [[nodiscard]] std::string service() const { return is_echo_ ? "echo-sts" : "full-sts-service"; }

    /// Before Phase::kReady is set; not changed afterwards.
    void set_engines(EngineNames engines) {
        engines_ = std::move(engines);
        has_models_ = true;
    }
    /// Echo needs none.
    [[nodiscard]] bool has_models() const noexcept { return has_models_; }
    [[nodiscard]] const EngineNames& engines() const noexcept { return engines_; }

  private:
    const bool is_echo_;
    EngineNames engines_;
    std::atomic<bool> has_models_;
    std::atomic<Phase> phase_;
};

/// Everything that is no Socket.IO. State and registry outlive the handler.
[[nodiscard]] http::Handler make_sts_pages(const ServiceState& state,
                                           const prometheus::Registry& registry);

}  // namespace livedub
