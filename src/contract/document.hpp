// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON from a stranger, read within bounds: depth and number of values are limited before anything
// is built from them, and a string of megabytes (the audio) is copied once.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

namespace livedub::contract {

inline constexpr std::size_t kMostJsonDepth = 64;
inline constexpr std::size_t kMostJsonValues = 20'000;

class Document {
  public:
    /// The error says what is wrong and where, in valid UTF-8.
    [[nodiscard]] static tl::expected<Document, std::string> parse(std::string_view text);

    Document(Document&& other) noexcept;
    Document& operator=(Document&& other) noexcept;
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;
    ~Document();

    [[nodiscard]] nlohmann::json& root() noexcept { return *root_; }

    /// The first key that some object has twice (its last value is the one kept); empty: none.
    [[nodiscard]] const std::string& repeated_key() const noexcept { return repeated_key_; }

  private:
    Document(std::unique_ptr<nlohmann::json> root, std::string repeated_key);

    std::unique_ptr<nlohmann::json> root_;  // never null
    std::string repeated_key_;
};

}  // namespace livedub::contract
