// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "interruption.hpp"

#include <chrono>

#include "base/thread_name.hpp"

namespace livedub {

Interruption::Interruption()
    : waiter_{[this](const std::stop_token& end) {
          name_this_thread("dub-signals");
          while (!end.stop_requested()) {
              if (signals_.wait_for(std::chrono::milliseconds{100})) {
                  stop_.request_stop();
                  return;
              }
          }
      }} {}

}  // namespace livedub
