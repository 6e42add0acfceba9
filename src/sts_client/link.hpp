// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The driver of one LinkCore: its connection, its timer, its work for the pool. Lives on the io
// thread and outlives its session for as long as saying goodbye takes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "contract/violation.hpp"
#include "dubbing/dubber.hpp"
#include "net/io_thread.hpp"
#include "sio/client.hpp"
#include "sts_client/coding_pool.hpp"
#include "sts_client/link_core.hpp"
#include "sts_client/link_metrics.hpp"
#include "sts_client/return_watch.hpp"
#include "sts_client/sts_dubber.hpp"

namespace livedub::sts_client {

/// What all links of a Dubber share; it outlives them.
struct LinkSurroundings {
    net::IoThread& io;
    CodingPool& pool;
    LinkMetricsBook& metrics;
    const StsClientConfig& config;
};

/// Shared, because the pool and the io thread hold it while they do something for it.
class Link final : public std::enable_shared_from_this<Link> {
  public:
    /// @param on_finished On the io thread, once, when nothing of it is left to do.
    Link(LinkSurroundings surroundings, DubOptions options, OnOutcome on_outcome,
         std::function<void(Link&)> on_finished);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // Any thread:

    void start();
    void request(Fragment fragment, SteadyTime deadline);
    /// The session is gone: no outcome comes once this has returned. Waits for the io thread.
    void leave();

    /// Drops everything without a goodbye, on_finished too. Only the io thread.
    void abort();

  private:
    struct Timer;
    struct Perform;

    // Only the io thread calls and touches these.
    void drive();
    void wake_at_next();
    void close_metrics();
    void tell_of_late_results();
    void on_event(sio::Event event);
    void take_result(sio::Event event);
    void warn_of(std::string_view event, const contract::Violation& violation) const;
    void watch();
    void connect();
    void prepare(Fragment fragment);
    void decode(DecodeTask task);
    void settle(DubOutcome outcome);

    // Given at construction; outlives this.
    const LinkSurroundings around_;

    // Constant after construction.
    const std::string stream_id_;

    // Only the io thread touches these.
    SystemClock clock_;
    LinkCore core_;
    OnOutcome on_outcome_;
    std::function<void(Link&)> on_finished_;
    std::unique_ptr<sio::Client> client_;
    std::uint64_t connection_ = 0;  // counts them: a result belongs to the one it came by
    std::size_t result_bytes_ = 0;  // with the pool, to be parsed
    std::unique_ptr<Timer> timer_;
    std::unique_ptr<ReturnWatch> watch_;  // between two attempts
    std::optional<SteadyTime> wake_;
    LinkMetrics* metrics_ = nullptr;  // of the book; from start() until the session is gone
    LinkCounts shown_;
    std::uint64_t late_told_ = 0;
    bool is_driving_ = false;
    bool is_left_ = false;
};

}  // namespace livedub::sts_client
