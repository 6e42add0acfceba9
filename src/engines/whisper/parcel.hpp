// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Values as bytes and back, for two programs of one build on one machine: native byte order, no
// versions. What is read is not trusted all the same: a worker that has run wild may say anything.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace livedub::whisper {

class ParcelWriter {
  public:
    void number(std::int32_t value);
    void real(float value);
    void text(std::string_view value);
    void samples(std::span<const std::int16_t> values);

    [[nodiscard]] std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

/// Reads what a ParcelWriter wrote, in its order. Past a mistake everything is zero or empty, and
/// is_ok() is false for good.
class ParcelReader {
  public:
    /// @param bytes Outlive this.
    explicit ParcelReader(std::string_view bytes) : rest_{bytes} {}

    [[nodiscard]] std::int32_t number();
    [[nodiscard]] float real();
    [[nodiscard]] std::string text();
    [[nodiscard]] std::vector<std::int16_t> samples();

    /// How many items follow, each of at least `least_bytes`; more than there can be is a mistake.
    [[nodiscard]] std::size_t count(std::size_t least_bytes);

    [[nodiscard]] bool is_ok() const noexcept { return is_ok_; }
    /// Also that nothing is left over.
    [[nodiscard]] bool is_done() const noexcept { return is_ok_ && rest_.empty(); }

  private:
    [[nodiscard]] std::string_view bytes(std::size_t size);

    std::string_view rest_;
    bool is_ok_ = true;
};

}  // namespace livedub::whisper
