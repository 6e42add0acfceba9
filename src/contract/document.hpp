// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON from a stranger, read within bounds: depth and number of values are limited before anything
// is built from them, and a string of megabytes (the audio) is looked at once and moved once.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include "wire/slice.hpp"

namespace livedub::contract {

inline constexpr std::size_t kMostJsonDepth = 64;
inline constexpr std::size_t kMostJsonValues = 20'000;

class Document {
  public:
    /// The error says what is wrong and where, in valid UTF-8.
    [[nodiscard]] static tl::expected<Document, std::string> parse(std::string_view text);
    /// The same for a text that is not needed any more: a long string in it gets its memory.
    [[nodiscard]] static tl::expected<Document, std::string> parse_in_place(wire::Slice text);

    Document(Document&& other) noexcept;
    Document& operator=(Document&& other) noexcept;
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;
    ~Document();

    [[nodiscard]] nlohmann::json& root() noexcept { return *root_; }

    /// The first key that some object has twice (its last value is the one kept); empty: none.
    [[nodiscard]] const std::string& repeated_key() const noexcept { return repeated_key_; }

    /// Whether `text`, moved out of root(), is long and was found to be base64 on the way.
    [[nodiscard]] bool is_proven_base64(const std::string& text) const noexcept {
        return base64_ != nullptr && text.data() == base64_;
    }

  private:
    Document();
    [[nodiscard]] static tl::expected<Document, std::string> parse(std::string_view text,
                                                                   wire::Slice* owner);

    std::unique_ptr<nlohmann::json> root_;  // never null
    std::string repeated_key_;
    const char* base64_ = nullptr;  // the characters of that string
};

}  // namespace livedub::contract
