// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A LinkCore with a driver made of vectors: what the link asks for is noted, clips are prepared and
// dubs decoded at once unless a test says otherwise, and the clock stands still.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sts_client/link_core.hpp"

namespace livedub::sts_client {

class LinkBench : public testing::Test {
  protected:
    static constexpr PcmFormat kFormat{8'000, 1};
    static constexpr std::size_t kFrames = 800;  // 100 ms
    static constexpr std::chrono::milliseconds kToDeadline{8'500};

    /// Starts the link that config_ and options_ describe.
    LinkCore& open();
    /// And has it connected, with a session.
    LinkCore& open_ready();

    void connect();  // the connection is made
    void lose(ErrorCode code = ErrorCode::kUnavailable, const std::string& why = "reset by peer");
    void come_back();  // the watch sees the service again
    void ready(int max_inflight = 3, bool binary = false);
    void pass(std::chrono::milliseconds by);  // and lets the link wake as often as it wants

    void ask(std::uint64_t number, std::chrono::milliseconds to_deadline = kToDeadline);
    void ask_many(std::uint64_t first, std::uint64_t count);

    /// A result with sound for the fragment that was sent as number `sent_index` of all.
    [[nodiscard]] contract::FragmentProcessed result(std::size_t sent_index) const;
    void give(contract::FragmentProcessed result);
    void answer(std::size_t sent_index) { give(result(sent_index)); }
    void fail(std::size_t sent_index, const std::string& code);
    void say_error(const std::string& code, std::optional<std::string> fragment_id = {},
                   const std::string& severity = "error");
    void say_backpressure(const std::string& action, std::optional<int> delay_ms = {});
    void stop();
    void finish_decoding(bool is_decodable = true);  // of what hold_decodes_ kept

    /// The outcomes of one fragment so far.
    [[nodiscard]] std::vector<DubOutcome> outcomes_of(std::uint64_t number) const;
    /// The one outcome's reason; nullopt: dubbed. Fails when there is not exactly one.
    [[nodiscard]] std::optional<FallbackReason> reason_of(std::uint64_t number) const;
    [[nodiscard]] std::vector<std::string> acks_of(const std::string& fragment_id) const;
    [[nodiscard]] std::vector<std::int64_t> sequence() const;  // numbers of all that was sent

    LinkConfig config_;
    DubOptions options_{.stream_id = "cam", .format = kFormat};
    bool hold_prepares_ = false;
    bool hold_decodes_ = false;
    double random_ = 0.5;

    FakeClock clock_;
    std::optional<LinkCore> link_;

    // What the link asked for.
    int connects_ = 0;
    int watches_ = 0;
    int disconnects_ = 0;
    int give_ups_ = 0;
    int finishes_ = 0;
    std::vector<Fragment> prepares_;
    std::vector<contract::StreamInit> inits_;
    std::vector<contract::FragmentData> sent_;
    std::vector<contract::FragmentAck> acks_;
    std::vector<contract::StreamControl> ends_;
    std::vector<DecodeTask> decodes_;
    std::vector<DubOutcome> settled_;
    std::vector<action::KeepLate> late_;

  private:
    friend struct ActionNotes;

    void drain();

    int ids_ = 0;
};

}  // namespace livedub::sts_client
