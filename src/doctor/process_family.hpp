// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What this process and the programs it has started use: engines are linked in or run as children.

#pragma once

#include <chrono>
#include <vector>

#include <sys/types.h>

namespace livedub::doctor {

/// The members are those at the time of construction, so that reading costs next to nothing.
class ProcessFamily {
  public:
    ProcessFamily();

    /// Processor time so far. Members that have gone count nothing.
    [[nodiscard]] std::chrono::microseconds cpu_time() const;

    /// Memory now; what several share is divided between them.
    [[nodiscard]] double memory_mib() const;

  private:
    std::vector<pid_t> children_;
};

}  // namespace livedub::doctor
