// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Notices that a service which was away is back, so that a wait between two attempts ends as soon
// as an attempt is worth making.

#pragma once

#include <functional>
#include <memory>

#include "sts_client/sts_dubber.hpp"

namespace livedub::net {
class IoThread;
}

namespace livedub::sts_client {

/// Asks GET /ready at once and then every second. Io thread only.
///
/// Only a change counts, from no answer or a 5xx to any other answer: also a server that has no
/// such page says by 404 that it is there. One that is there from the beginning had another reason
/// to fail, so the watch ends and the schedule of attempts stands as it is.
class ReturnWatch {
  public:
    /// @param on_return Once; it may destroy the watch.
    ReturnWatch(net::IoThread& io, const StsClientConfig& config, std::function<void()> on_return);

    /// on_return is not called any more.
    ~ReturnWatch();
    ReturnWatch(const ReturnWatch&) = delete;
    ReturnWatch& operator=(const ReturnWatch&) = delete;

  private:
    class Asking;
    std::shared_ptr<Asking> asking_;  // shared with its pending operations
};

}  // namespace livedub::sts_client
