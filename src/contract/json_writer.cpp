// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/json_writer.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "contract/plain_text.hpp"

namespace livedub::contract {

JsonWriter::JsonWriter(std::size_t size_hint) {
    out_.reserve(size_hint);
    out_ += '{';
}

void JsonWriter::begin(std::string_view key) {
    write_key(key);
    out_ += '{';
    is_first_ = true;
}

void JsonWriter::end() {
    out_ += '}';
    is_first_ = false;
}

void JsonWriter::null(std::string_view key) {
    json(key, "null");
}

void JsonWriter::flag(std::string_view key, bool value) {
    json(key, value ? "true" : "false");
}

void JsonWriter::integer(std::string_view key, std::int64_t value) {
    json(key, fmt::to_string(value));
}

void JsonWriter::integer_or_null(std::string_view key, std::optional<std::int64_t> value) {
    json(key, value ? fmt::to_string(*value) : "null");
}

void JsonWriter::number(std::string_view key, double value) {
    json(key, nlohmann::json(value).dump());
}

void JsonWriter::number_or_null(std::string_view key, std::optional<double> value) {
    json(key, value ? nlohmann::json(*value).dump() : "null");
}

void JsonWriter::text(std::string_view key, std::string_view value) {
    write_key(key);
    write_quoted(value);
}

void JsonWriter::text_or_null(std::string_view key, const std::optional<std::string>& value) {
    if (value) {
        text(key, *value);
    } else {
        null(key);
    }
}

void JsonWriter::texts_or_null(std::string_view key, const std::vector<std::string>& values) {
    if (values.empty()) {
        null(key);
        return;
    }
    write_key(key);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        out_ += i == 0 ? "" : ",";
        write_quoted(values[i]);
    }
    out_ += ']';
}

void JsonWriter::json(std::string_view key, std::string_view value) {
    write_key(key);
    out_ += value.empty() ? "null" : value;
}

std::size_t JsonWriter::gap(std::string_view key) {
    json(key, R"("")");
    return out_.size() - 1;
}

void JsonWriter::attachment(std::string_view key, std::size_t number) {
    json(key, fmt::format(R"({{"_placeholder":true,"num":{}}})", number));
}

std::string JsonWriter::finish() && {
    out_ += '}';
    return std::move(out_);
}

void JsonWriter::write_key(std::string_view key) {
    if (!is_first_) {
        out_ += ',';
    }
    is_first_ = false;
    out_ += '"';
    out_ += key;
    out_ += "\":";
}

void JsonWriter::write_quoted(std::string_view text) {
    if (is_plain(text)) {
        out_ += '"';
        out_ += text;
        out_ += '"';
        return;
    }
    out_ += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace livedub::contract
