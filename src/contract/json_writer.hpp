// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes one JSON object, key by key in the order given, into one string: megabytes of base64 are
// appended once.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace livedub::contract {

/// Text that is not valid UTF-8 is written with U+FFFD in the bad places; NaN and infinity as null.
/// Keys are ours, and plain.
class JsonWriter {
  public:
    /// Opens the object. @param size_hint How long the whole text will be.
    explicit JsonWriter(std::size_t size_hint = 512);

    void begin(std::string_view key);  // an object inside
    void end();

    void null(std::string_view key);
    void flag(std::string_view key, bool value);
    void integer(std::string_view key, std::int64_t value);
    void integer_or_null(std::string_view key, std::optional<std::int64_t> value);
    void number(std::string_view key, double value);
    void number_or_null(std::string_view key, std::optional<double> value);
    void text(std::string_view key, std::string_view value);
    void text_or_null(std::string_view key, const std::optional<std::string>& value);
    /// A list of strings; an empty one is null.
    void texts_or_null(std::string_view key, const std::vector<std::string>& values);
    /// `value` is JSON text already; empty is null.
    void json(std::string_view key, std::string_view value);

    /// An empty text, and the place where it is to be filled: for plain text that travels apart.
    [[nodiscard]] std::size_t gap(std::string_view key);

    /// What stands for the `number`-th attachment of the packet (1.12).
    void attachment(std::string_view key, std::size_t number);

    [[nodiscard]] std::string finish() &&;

  private:
    void write_key(std::string_view key);
    void write_quoted(std::string_view text);

    std::string out_;
    bool is_first_ = true;  // of the innermost object
};

}  // namespace livedub::contract
