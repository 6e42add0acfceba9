// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A message loses its beginning layer by layer as it is understood: the digit of Engine.IO, that of
// Socket.IO, the event's name. It may have megabytes, so what is left stays where it is.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace livedub::wire {

/// A text and which part of it counts; reads as that part.
class Slice {
  public:
    Slice() = default;
    // NOLINTBEGIN(google-explicit-constructor): a text is a slice of itself, and a slice a text
    Slice(std::string text) : text_{std::move(text)}, size_{text_.size()} {}
    Slice(std::string_view text) : Slice{std::string{text}} {}
    Slice(const char* text) : Slice{std::string{text}} {}
    operator std::string_view() const noexcept { return view(); }
    // NOLINTEND(google-explicit-constructor)

    [[nodiscard]] std::string_view view() const noexcept { return {text_.data() + begin_, size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// From now on only that counts. @param part Of view().
    void keep(std::string_view part) noexcept {
        begin_ = static_cast<std::size_t>(part.data() - text_.data());
        size_ = part.size();
    }

    /// A string of what counts, moved to the front of the same memory.
    [[nodiscard]] std::string take() && {
        text_.resize(begin_ + std::exchange(size_, 0));
        text_.erase(0, std::exchange(begin_, 0));
        return std::move(text_);
    }

    friend bool operator==(const Slice& left, const Slice& right) noexcept {
        return left.view() == right.view();
    }

  private:
    std::string text_;
    std::size_t begin_ = 0;
    std::size_t size_ = 0;
};

}  // namespace livedub::wire
