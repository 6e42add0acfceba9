// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/pull_record.hpp"

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

#include "files/whole_file.hpp"

namespace livedub::models {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestRecord = 65'536;

std::string text_at(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::optional<PullRecord> read_record(const std::filesystem::path& file) {
    const auto text = files::read_whole_file(file, kLongestRecord);
    const auto json = Json::parse(text.value_or(std::string{}), nullptr, false);
    if (!json.is_object()) {
        return std::nullopt;
    }
    PullRecord record{.url = text_at(json, "url"),
                      .validator = text_at(json, "validator"),
                      .sha256 = text_at(json, "sha256")};
    if (const auto bytes = json.find("bytes"); bytes != json.end() && bytes->is_number_unsigned()) {
        record.bytes = bytes->get<std::uint64_t>();
    }
    return record;
}

Result<void> write_record(const std::filesystem::path& file, const PullRecord& record) {
    Json json{{"url", record.url}, {"bytes", record.bytes}};
    if (!record.validator.empty()) {
        json["validator"] = record.validator;
    }
    if (!record.sha256.empty()) {
        json["sha256"] = record.sha256;
    }
    return files::write_whole_file(file,
                                   json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace livedub::models
