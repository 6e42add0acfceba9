// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading the keys of a JSON object by rule. What breaks one is written down, the first time, and
// reading goes on with a default: a parse_* function asks once, at its end, whether all was well.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "contract/document.hpp"
#include "contract/violation.hpp"

namespace livedub::contract {

/// Integers above this are not safe in a peer that counts in doubles.
inline constexpr std::int64_t kMostInteger = 9'007'199'254'740'991;

/// What is wrong with the message being read: the first thing found.
class Complaint {
  public:
    /// @param code For everything that is not said to have another one.
    explicit Complaint(std::string code) : code_{std::move(code)} {}

    /// `what` completes a sentence that begins with the field: "is missing".
    void add(std::string_view field, std::string_view what);
    void add_as(std::string_view code, std::string_view field, std::string_view what);

    [[nodiscard]] const std::optional<Violation>& first() const noexcept { return first_; }

  private:
    std::string code_;
    std::optional<Violation> first_;
};

struct Range {
    std::int64_t least = 0;
    std::int64_t most = kMostInteger;
};

inline constexpr std::size_t kAnyLength = std::string_view::npos;

/// In characters.
struct Length {
    std::size_t least = 0;
    std::size_t most = 128;
};

/// The keys of one object. A key that is absent and one that is null are the same: no value.
class Fields {
  public:
    /// @param object Outlives this; null, or no object: as if it had no keys.
    /// @param prefix Of the names in complaints: "config.".
    Fields(nlohmann::json* object, std::string prefix, Complaint& complaint);

    [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
    /// Whether the key is there, null or not.
    [[nodiscard]] bool has_key(std::string_view key) const;
    [[nodiscard]] bool has_object(std::string_view key) const;
    [[nodiscard]] bool has_text(std::string_view key) const;

    /// The string that is there, left in its place; empty when it is none.
    [[nodiscard]] std::string peek_text(std::string_view key) const;

    // Required: a complaint when there is no value.
    std::string text(std::string_view key, Length length);
    std::int64_t integer(std::string_view key, Range range);
    Fields object(std::string_view key);

    // Optional. Strings are moved out.
    std::optional<std::string> text_if(std::string_view key, Length length);
    std::optional<std::int64_t> integer_if(std::string_view key, Range range);
    std::optional<bool> flag_if(std::string_view key);
    std::vector<std::string> texts_if(std::string_view key, Length length);
    /// One of `allowed`.
    std::optional<std::string> choice_if(std::string_view key,
                                         std::span<const std::string_view> allowed);
    /// An object's JSON text; empty: no value.
    std::string json_if(std::string_view key);
    /// An optional object's keys: none when it is not there.
    Fields object_if(std::string_view key);
    /// An optional array of objects: calls `read` with each.
    void each_object_if(std::string_view key, const std::function<void(Fields)>& read);

    /// A placeholder for a binary attachment (1.12), and the bytes it stands for, moved out.
    [[nodiscard]] bool has_attachment(std::string_view key) const;
    std::string attachment(std::string_view key, std::span<std::string> attachments);

    /// A complaint: "<field> is <value>; it must be <allowed>", or "<field> is missing; ...".
    void refuse(std::string_view key, std::string_view allowed);
    void refuse_as(std::string_view code, std::string_view key, std::string_view allowed);
    [[nodiscard]] std::string name(std::string_view key) const;
    [[nodiscard]] Complaint& complaint() const noexcept { return *complaint_; }

  private:
    [[nodiscard]] nlohmann::json* find(std::string_view key) const;

    nlohmann::json* object_;
    std::string prefix_;
    Complaint* complaint_;  // never null
};

/// The JSON text of an object, parsed. Errors: `code` when it is not.
[[nodiscard]] Checked<Document> parse_document(std::string_view json, const std::string& code);
/// The same for a text that is not needed any more.
[[nodiscard]] Checked<Document> parse_document_in_place(wire::Slice json, const std::string& code);
/// Complains when some object of it has a key twice.
void check_keys(const Document& document, Complaint& complaint);
/// Both. Errors: `code`.
[[nodiscard]] Checked<Document> parse_object(std::string_view json, const std::string& code);
/// Empty text and null count as {}.
[[nodiscard]] Checked<Document> parse_optional_object(std::string_view json,
                                                      const std::string& code);

/// The value, unless there is something to complain about.
template <typename T>
[[nodiscard]] Checked<T> unless(const Complaint& complaint, T value) {
    if (complaint.first()) {
        return tl::unexpected{*complaint.first()};
    }
    return value;
}

}  // namespace livedub::contract
