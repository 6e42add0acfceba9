// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How many streams may be initialised at once, over all connections. One thread's.

#pragma once

#include <cstddef>
#include <optional>
#include <utility>

namespace livedub::sts_session {

class StreamCapacity;

/// One stream's place; given back when it goes.
class Seat {
  public:
    Seat() = default;
    ~Seat();
    Seat(Seat&& other) noexcept : capacity_{std::exchange(other.capacity_, nullptr)} {}
    Seat& operator=(Seat&& other) noexcept {
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    [[nodiscard]] bool is_taken() const noexcept { return capacity_ != nullptr; }

  private:
    friend class StreamCapacity;
    explicit Seat(StreamCapacity& capacity) : capacity_{&capacity} {}
    StreamCapacity* capacity_ = nullptr;  // outlives this
};

class StreamCapacity {
  public:
    /// @param most 0: no limit.
    explicit StreamCapacity(std::size_t most) : most_{most} {}

    /// nullopt when all are taken.
    [[nodiscard]] std::optional<Seat> try_take() {
        if (most_ > 0 && taken_ >= most_) {
            return std::nullopt;
        }
        ++taken_;
        return Seat{*this};
    }

    [[nodiscard]] std::size_t taken() const noexcept { return taken_; }

  private:
    friend class Seat;
    const std::size_t most_;
    std::size_t taken_ = 0;
};

inline Seat::~Seat() {
    if (capacity_ != nullptr) {
        --capacity_->taken_;
    }
}

}  // namespace livedub::sts_session
