// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/fields.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "contract/json_value.hpp"
#include "contract/plain_text.hpp"
#include "files/json_excerpt.hpp"

namespace livedub::contract {
namespace {

std::string describe(Length length) {
    if (length.most == kAnyLength) {
        return "a string";
    }
    return fmt::format("a string of {} to {} characters", length.least, length.most);
}

std::string describe(Range range) {
    return fmt::format("an integer from {} to {}", range.least, range.most);
}

bool is_within(const nlohmann::json& value, Length length) {
    if (!value.is_string()) {
        return false;
    }
    const auto& text = value.get_ref<const std::string&>();
    if (length.most == kAnyLength) {
        return text.size() >= length.least;
    }
    const std::size_t size = count_characters(text);
    return size >= length.least && size <= length.most;
}

std::string take_text(nlohmann::json& value) {
    return std::move(value.get_ref<std::string&>());
}

tl::unexpected<Violation> refuse_payload(const std::string& code, std::string message) {
    return tl::unexpected{Violation{.code = code, .field = "", .message = std::move(message)}};
}

}  // namespace

void Complaint::add(std::string_view field, std::string_view what) {
    add_as(code_, field, what);
}

void Complaint::add_as(std::string_view code, std::string_view field, std::string_view what) {
    if (!first_) {
        first_ = Violation{.code = std::string{code},
                           .field = std::string{field},
                           .message = fmt::format("{} {}", field, what)};
    }
}

Fields::Fields(nlohmann::json* object, std::string prefix, Complaint& complaint)
    : object_{object}, prefix_{std::move(prefix)}, complaint_{&complaint} {}

nlohmann::json* Fields::find(std::string_view key) const {
    return find_value(object_, key);
}

bool Fields::has_key(std::string_view key) const {
    return object_ != nullptr && object_->is_object() && object_->contains(key);
}

bool Fields::has_object(std::string_view key) const {
    const auto* const value = find(key);
    return value != nullptr && value->is_object();
}

bool Fields::has_text(std::string_view key) const {
    const auto* const value = find(key);
    return value != nullptr && value->is_string();
}

std::string Fields::peek_text(std::string_view key) const {
    return has_text(key) ? find(key)->get<std::string>() : std::string{};
}

std::string Fields::name(std::string_view key) const {
    return prefix_ + std::string{key};
}

void Fields::refuse(std::string_view key, std::string_view allowed) {
    refuse_as({}, key, allowed);
}

void Fields::refuse_as(std::string_view code, std::string_view key, std::string_view allowed) {
    const auto* const value = find(key);
    const std::string what =
        value == nullptr ? fmt::format("is missing; it must be {}", allowed)
                         : fmt::format("is {}; it must be {}", files::excerpt(*value), allowed);
    if (code.empty()) {
        complaint_->add(name(key), what);
    } else {
        complaint_->add_as(code, name(key), what);
    }
}

std::string Fields::text(std::string_view key, Length length) {
    if (!has(key)) {
        refuse(key, describe(length));
    }
    return text_if(key, length).value_or("");
}

std::optional<std::string> Fields::text_if(std::string_view key, Length length) {
    auto* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!is_within(*value, length)) {
        refuse(key, describe(length));
        return std::nullopt;
    }
    return take_text(*value);
}

std::int64_t Fields::integer(std::string_view key, Range range) {
    if (!has(key)) {
        refuse(key, describe(range));
    }
    return integer_if(key, range).value_or(range.least);
}

std::optional<std::int64_t> Fields::integer_if(std::string_view key, Range range) {
    const auto* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto number = whole_number(*value);
    if (!number || *number < range.least || *number > range.most) {
        refuse(key, describe(range));
        return std::nullopt;
    }
    return number;
}

std::optional<bool> Fields::flag_if(std::string_view key) {
    const auto* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_boolean()) {
        refuse(key, "true or false");
        return std::nullopt;
    }
    return value->get<bool>();
}

std::vector<std::string> Fields::texts_if(std::string_view key, Length length) {
    auto* const value = find(key);
    if (value == nullptr) {
        return {};
    }
    if (!value->is_array()) {
        refuse(key, "a list of strings");
        return {};
    }
    std::vector<std::string> texts;
    for (auto& item : *value) {
        if (!is_within(item, length)) {
            complaint_->add(
                fmt::format("{}[{}]", name(key), texts.size()),
                fmt::format("is {}; it must be {}", files::excerpt(item), describe(length)));
            return {};
        }
        texts.push_back(take_text(item));
    }
    return texts;
}

std::optional<std::string> Fields::choice_if(std::string_view key,
                                             std::span<const std::string_view> allowed) {
    auto* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_string() ||
        std::ranges::find(allowed, value->get_ref<const std::string&>()) == allowed.end()) {
        refuse(key, fmt::format("one of {}", fmt::join(allowed, ", ")));
        return std::nullopt;
    }
    return take_text(*value);
}

bool Fields::has_attachment(std::string_view key) const {
    const auto* const value = find(key);
    return value != nullptr && is_placeholder(*value);
}

std::string Fields::attachment(std::string_view key, std::span<std::string> attachments) {
    const auto* const value = find(key);
    auto* const found = value == nullptr ? nullptr : find_attachment(*value, attachments);
    if (found == nullptr) {
        complaint_->add(name(key),
                        fmt::format("names no attachment; there are {}", attachments.size()));
        return {};
    }
    return std::move(*found);
}

std::string Fields::json_if(std::string_view key) {
    const auto* const value = find(key);
    if (value == nullptr) {
        return {};
    }
    if (!value->is_object()) {
        refuse(key, "an object or null");
        return {};
    }
    return value->dump();
}

Fields Fields::object(std::string_view key) {
    if (!has(key)) {
        refuse(key, "an object");
    }
    return object_if(key);
}

Fields Fields::object_if(std::string_view key) {
    auto* const value = find(key);
    if (value != nullptr && !value->is_object()) {
        refuse(key, "an object");
    }
    return {value, name(key) + ".", *complaint_};
}

void Fields::each_object_if(std::string_view key, const std::function<void(Fields)>& read) {
    auto* const value = find(key);
    if (value == nullptr) {
        return;
    }
    if (!value->is_array()) {
        refuse(key, "a list of objects");
        return;
    }
    for (std::size_t i = 0; i < value->size(); ++i) {
        auto& item = (*value)[i];
        const auto item_name = fmt::format("{}[{}]", name(key), i);
        if (!item.is_object()) {
            complaint_->add(item_name,
                            fmt::format("is {}; it must be an object", files::excerpt(item)));
            return;
        }
        read({&item, item_name + ".", *complaint_});
    }
}

namespace {

Checked<Document> checked(tl::expected<Document, std::string> document, const std::string& code) {
    if (!document) {
        return refuse_payload(code, "the payload is " + document.error());
    }
    if (!document->root().is_object()) {
        return refuse_payload(code, fmt::format("the payload is {}; it must be an object",
                                                files::excerpt(document->root())));
    }
    return std::move(*document);
}

}  // namespace

Checked<Document> parse_document(std::string_view json, const std::string& code) {
    return checked(Document::parse(json), code);
}

Checked<Document> parse_document_in_place(wire::Slice json, const std::string& code) {
    return checked(Document::parse_in_place(std::move(json)), code);
}

void check_keys(const Document& document, Complaint& complaint) {
    if (!document.repeated_key().empty()) {
        complaint.add(files::first_characters(document.repeated_key(), 40),
                      "is given twice; it must be given once");
    }
}

Checked<Document> parse_object(std::string_view json, const std::string& code) {
    auto document = parse_document(json, code);
    Complaint complaint{code};
    if (document) {
        check_keys(*document, complaint);
    }
    if (complaint.first()) {
        return tl::unexpected{*complaint.first()};
    }
    return document;
}

Checked<Document> parse_optional_object(std::string_view json, const std::string& code) {
    const bool is_nothing = json.find_first_not_of(" \t\r\n") == std::string_view::npos;
    return parse_object(is_nothing || json == "null" ? "{}" : json, code);
}

}  // namespace livedub::contract
