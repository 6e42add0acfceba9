// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The fragments of one stream that are not decided yet, in the order in which they came, and a
// memory of those that were decided lately, for answers that come too late.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "dubbing/dubber.hpp"
#include "sts_client/circuit_breaker.hpp"
#include "sts_client/link_action.hpp"
#include "sts_client/send_window.hpp"

namespace livedub::sts_client {

struct PendingFragment {
    enum class State {
        kPreparing = 1,  // its clip is being made
        kPrepared = 2,   // waits to be sent
        kSent = 3,
        kDecoding = 4,  // its result is here and being decoded
    };

    std::uint64_t number = 0;
    FragmentShape shape;
    Attempt attempt = Attempt::kOrdinary;
    SteadyTime requested;
    SteadyTime deadline;
    State state = State::kPreparing;

    std::optional<SendVerdict> held_by;  // what it waited for last, once prepared
    std::string clip;                    // once prepared, until sent
    std::string id;                      // once sent
    SteadyTime sent;                     // once sent
    DubOutcome outcome;                  // once answered: all but the sound

    [[nodiscard]] bool is_unsent() const noexcept {
        return state == State::kPreparing || state == State::kPrepared;
    }
};

/// One that was sent and is decided.
struct DecidedFragmentMemory {
    std::string id;
    std::uint64_t number = 0;
    FragmentShape shape;
    bool is_answered = false;  // its result has been seen
};

/// Not thread-safe. Pointers are valid until the next call that adds or takes.
class PendingFragments {
  public:
    /// False when it is full (kMost) or has one of this number.
    [[nodiscard]] bool add(PendingFragment fragment);

    [[nodiscard]] PendingFragment* by_number(std::uint64_t number);
    [[nodiscard]] PendingFragment* by_id(std::string_view id);
    /// The oldest unsent one, prepared or not: they leave in order. Null: none.
    [[nodiscard]] PendingFragment* next_to_send();
    [[nodiscard]] int outstanding() const;  // sent and not answered

    /// The numbers of those in a state that `wanted` names.
    [[nodiscard]] std::vector<std::uint64_t> numbers_of(
        bool (*wanted)(const PendingFragment&)) const;

    /// Removes one that is there, and remembers it if it was sent.
    PendingFragment take(std::uint64_t number);
    void clear() { pending_.clear(); }
    /// Notes why those that are prepared have not been sent.
    void mark_held(SendVerdict why);

    /// Null: never sent, or long ago.
    [[nodiscard]] DecidedFragmentMemory* decided(std::string_view id);

    [[nodiscard]] const std::deque<PendingFragment>& all() const noexcept { return pending_; }

  private:
    static constexpr std::size_t kMost = 32;      // more than any delay line holds
    static constexpr std::size_t kRemember = 64;  // older ones count as unknown

    std::deque<PendingFragment> pending_;
    std::deque<DecidedFragmentMemory> decided_;
};

}  // namespace livedub::sts_client
